"""Enqueue, claim, keep and end jobs. Every write of a running job is fenced by its attempt."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Conflict
from disburse.jobs.tables import Job, JobState


@dataclass(frozen=True, slots=True)
class Claim:
    """A lease on a job: who holds it and in which attempt. What it may still write, it writes with these."""

    id: UUID
    kind: str
    object_id: str
    payload: dict[str, Any]
    checkpoint: dict[str, Any]
    attempt: int


def enqueue(
    session: Session,
    *,
    kind: str,
    object_id: object,
    by: By,
    payload: dict[str, Any] | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Save a job in this transaction; it exists exactly if the thing it works on does."""
    job = Job(
        kind=kind,
        object_id=str(object_id),
        payload=payload or {},
        created_by=by.name,
        created_at=clock.utc_now(),
        run_after=run_after,
    )
    session.add(job)
    session.flush()
    return job


def hasten(session: Session, *, kind: str, object_id: object) -> bool:
    """Let the job about something begin now; False where none waits for it or works on it."""
    mine = (col(Job.kind) == kind, col(Job.object_id) == str(object_id))
    waits = sa.update(Job).where(*mine, col(Job.state) == JobState.QUEUED).values(run_after=None)
    if session.execute(waits, execution_options={"synchronize_session": False}).rowcount:  # type: ignore[attr-defined]
        return True
    running = sa.select(col(Job.id)).where(*mine, col(Job.state) == JobState.RUNNING)
    return session.execute(running.limit(1)).first() is not None


def claim(session: Session, *, worker: str, lease_seconds: int, only: UUID | None = None) -> Claim | None:
    """Take the oldest job that is due, or whose holder has fallen silent; `only` asks for one job."""
    now = clock.utc_now()
    due = sa.and_(
        col(Job.state) == JobState.QUEUED,
        sa.or_(col(Job.run_after).is_(None), col(Job.run_after) <= now),
    )
    silent = sa.and_(col(Job.state) == JobState.RUNNING, col(Job.lease_until) < now)
    oldest = sa.select(Job.id).where(sa.or_(due, silent))  # type: ignore[call-overload]
    if only is not None:
        oldest = oldest.where(col(Job.id) == only)
    # SKIP LOCKED lets PostgreSQL's workers pass one another; SQLite ignores it and has one writer anyway.
    oldest = oldest.order_by(col(Job.id)).limit(1).with_for_update(skip_locked=True)
    row = session.execute(
        sa.update(Job)
        .where(col(Job.id) == oldest.scalar_subquery())
        .values(
            state=JobState.RUNNING,
            attempt=col(Job.attempt) + 1,
            worker=worker,
            lease_until=now + timedelta(seconds=lease_seconds),
            started_at=sa.func.coalesce(col(Job.started_at), now),
        )
        .returning(
            col(Job.id), col(Job.kind), col(Job.object_id), col(Job.payload), col(Job.checkpoint), col(Job.attempt)
        )
        .execution_options(synchronize_session=False)
    ).first()
    return Claim(*row) if row else None


def renew(session: Session, *, held: Claim, lease_seconds: int) -> None:
    """Lengthen the lease; raises Conflict("job_lost") when someone else has taken the job over."""
    _write(session, held, lease_until=clock.utc_now() + timedelta(seconds=lease_seconds))


def advance(
    session: Session,
    *,
    held: Claim,
    done: int | None = None,
    total: int | None = None,
    message: str | None = None,
    checkpoint: dict[str, Any] | None = None,
) -> None:
    """Note progress in the same transaction as the work it tells of; a lost lease undoes both."""
    values = {"done": done, "total": total, "message": message, "checkpoint": checkpoint}
    _write(session, held, **{name: value for name, value in values.items() if value is not None})


def finish(session: Session, *, held: Claim, result: dict[str, Any] | None = None) -> None:
    """End a job well."""
    _write(
        session,
        held,
        state=JobState.DONE,
        result=result or {},
        ended_at=clock.utc_now(),
        lease_until=None,
        error="",
        failure=None,
    )


def fail(
    session: Session,
    *,
    held: Claim,
    error: str,
    failure: dict[str, Any] | None = None,
    again_after: timedelta | None = None,
) -> None:
    """End an attempt badly: queued again after a pause while attempts are left, else failed with its reason.

    `failure` is the reason as code and facts, where it is a known error.
    """
    job = session.get(Job, held.id)
    retry = again_after is not None and job is not None and held.attempt < job.max_attempts
    now = clock.utc_now()
    _write(
        session,
        held,
        state=JobState.QUEUED if retry else JobState.FAILED,
        run_after=now + again_after if retry and again_after else None,
        ended_at=None if retry else now,
        error=error[:500],
        failure=failure,
        lease_until=None,
    )


def cancel(session: Session, *, job_id: UUID, by: By) -> None:
    """Withdraw a job that has not ended; who runs it loses its lease and can write nothing more.

    Raises Conflict("job_ended") when it has ended by then: of two who press, and of a worker who finishes, one wins.
    """
    waiting = [JobState.QUEUED, JobState.RUNNING]
    values = {"state": JobState.CANCELLED, "attempt": col(Job.attempt) + 1, "ended_at": clock.utc_now()}
    if not _turn(session, job_id, waiting, lease_until=None, **values):
        raise Conflict("job_ended")
    _tell(session, "job.cancelled", job_id, by)


def cancel_all(session: Session, *, object_id: object, by: By) -> None:
    """Withdraw the jobs that wait for an object or are at it."""
    live = (col(Job.object_id) == str(object_id), col(Job.state).in_([JobState.QUEUED, JobState.RUNNING]))
    for job_id in session.exec(select(Job.id).where(*live)).all():
        with suppress(Conflict):  # one that has ended in this moment needs no stopping
            cancel(session, job_id=job_id, by=by)


def retry(session: Session, *, job_id: UUID, by: By) -> None:
    """Queue a failed or cancelled job again, from its checkpoint. Raises Conflict("job_goes_on") for any other."""
    ended = [JobState.FAILED, JobState.CANCELLED]
    values = {"state": JobState.QUEUED, "max_attempts": col(Job.attempt) + 5, "error": "", "failure": None}
    if not _turn(session, job_id, ended, ended_at=None, run_after=None, **values):
        raise Conflict("job_goes_on")
    _tell(session, "job.retried", job_id, by)


def _turn(session: Session, job_id: UUID, out_of: list[JobState], **values: Any) -> bool:
    outcome = session.execute(
        sa.update(Job)
        .where(col(Job.id) == job_id, col(Job.state).in_(out_of))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(outcome.rowcount)  # type: ignore[attr-defined]


def _tell(session: Session, action: str, job_id: UUID, by: By) -> None:
    job = session.get_one(Job, job_id, populate_existing=True)
    facts: dict[str, Any] = {"kind": job.kind, "done": job.done, "total": job.total, "started_by": job.created_by}
    record(session, action=action, object_type="job", object_id=job_id, by=by, **facts)


def _write(session: Session, held: Claim, **values: Any) -> None:
    outcome = session.execute(
        sa.update(Job)
        .where(col(Job.id) == held.id, col(Job.attempt) == held.attempt, col(Job.state) == JobState.RUNNING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not outcome.rowcount:  # type: ignore[attr-defined]
        raise Conflict("job_lost")
