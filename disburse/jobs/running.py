"""Running one job: claim, heartbeat in a thread, work, end. The same way for a worker and for the command line."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import Session

from disburse.db import Database
from disburse.errors import Conflict, DisburseError, place_of
from disburse.jobs import actions
from disburse.jobs.actions import Claim

log = structlog.get_logger()


class Held:
    """A job in our hands: its payload and checkpoint, and the fenced way to note progress."""

    def __init__(self, job: Claim, watch: Callable[[int, int, str], None] | None = None) -> None:
        self.job = job
        self._watch = watch

    def advance(
        self,
        session: Session,
        *,
        done: int | None = None,
        total: int | None = None,
        message: str | None = None,
        checkpoint: dict[str, Any] | None = None,
    ) -> None:
        """Note progress in `session`'s transaction; Conflict("job_lost") undoes the transaction."""
        actions.advance(session, held=self.job, done=done, total=total, message=message, checkpoint=checkpoint)
        if self._watch and done is not None:
            self._watch(done, total or 0, message or "")


Task = Callable[[Database, Held], dict[str, Any]]


def worker_name() -> str:
    """Return who this process is, for the jobs page: host and process number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run_next(database: Database, tasks: Mapping[str, Task], *, lease_seconds: int) -> bool:
    """Claim the next job due and run it. Returns whether there was one."""
    with database.transaction() as session:
        held = actions.claim(session, worker=worker_name(), lease_seconds=lease_seconds)
    if held is None:
        return False
    try:
        _run(database, held, tasks.get(held.kind), lease_seconds=lease_seconds)
    except Exception as error:  # the worker outlives its jobs; _run has put the reason on the job
        log.warning("job.failed", job=str(held.id), kind=held.kind, error=type(error).__name__)
    return True


def run_now(
    database: Database,
    job_id: UUID,
    task: Task,
    *,
    lease_seconds: int = 30,
    watch: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    """Run one job in this process and return its result; its error is raised here too.

    `watch(done, total, message)` is called at each step, for a progress bar.
    """
    with database.transaction() as session:
        held = actions.claim(session, worker=worker_name(), lease_seconds=lease_seconds, only=job_id)
    if held is None:
        raise Conflict("job_lost")
    return _run(database, held, task, lease_seconds=lease_seconds, watch=watch)


def _run(
    database: Database,
    held: Claim,
    task: Task | None,
    *,
    lease_seconds: int,
    watch: Callable[[int, int, str], None] | None = None,
) -> dict[str, Any]:
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(database, held, lease_seconds, stop), daemon=True)
    heart.start()
    try:
        if task is None:
            raise DisburseError("job_failed", reason=held.kind)
        result = task(database, Held(held, watch))
        with database.transaction() as session:
            actions.finish(session, held=held, result=result)
        return result
    except Exception as error:
        _note_failure(database, held, error)
        raise
    finally:
        stop.set()
        heart.join(timeout=lease_seconds)


def _note_failure(database: Database, held: Claim, error: Exception) -> None:
    # A known error will come again at every attempt; an unknown one may be the database restarting.
    if isinstance(error, DisburseError):
        reason, failure, pause = error.sentence(), error.as_json(), None
    else:
        reason, failure = f"{type(error).__name__}: {place_of(error)}", None
        pause = timedelta(seconds=min(300, 5 * 2**held.attempt))
    try:
        with database.transaction() as session:
            actions.fail(session, held=held, error=reason, failure=failure, again_after=pause)
    except DisburseError:
        return  # the lease is lost: the new holder writes the ending


def _beat(database: Database, held: Claim, lease_seconds: int, stop: threading.Event) -> None:
    while not stop.wait(lease_seconds / 3):
        try:
            with database.transaction() as session:
                actions.renew(session, held=held, lease_seconds=lease_seconds)
        except Conflict:
            return
        except Exception as error:
            log.warning("job.heartbeat", job=str(held.id), error=type(error).__name__)
