"""Jobs: claimed once, kept by a heartbeat, fenced by their attempt."""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from disburse import clock
from disburse.access.tables import User
from disburse.audit.actor import SYSTEM, By
from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.errors import Conflict
from disburse.jobs import actions, queries
from disburse.jobs.running import Held, run_next, run_now
from disburse.jobs.tables import Job, JobState
from disburse.workbooks.refusals import Refusal, told


def enqueue(database: Database, kind: str = "test.count") -> Job:
    with database.transaction() as session:
        return actions.enqueue(session, kind=kind, object_id="x", payload={"to": 3}, by=SYSTEM)


def count_up(database: Database, held: Held) -> dict[str, Any]:
    for number in range(held.job.checkpoint.get("at", 0), held.job.payload["to"]):
        with database.transaction() as session:
            held.advance(session, done=number + 1, total=3, checkpoint={"at": number + 1})
    return {"counted": held.job.payload["to"]}


def silence(database: Database, job: Job) -> None:
    """Let the lease run out, as when the holder was killed."""
    with database.transaction() as session:
        session.execute(sa.update(Job).values(lease_until=clock.utc_now() - timedelta(seconds=1)))


class TestClaim:
    def test_a_job_is_claimed_once(self, database: Database) -> None:
        """The second worker finds nothing while the first one's lease holds."""
        enqueue(database)
        with database.transaction() as session:
            assert actions.claim(session, worker="a", lease_seconds=30)
        with database.transaction() as session:
            assert actions.claim(session, worker="b", lease_seconds=30) is None

    def test_eight_racing_workers_run_each_job_once(self, database: Database) -> None:
        """Twenty jobs and eight threads: twenty runs, none twice."""
        for _ in range(20):
            enqueue(database)
        runs: list[str] = []

        def note(_database: Database, held: Held) -> dict[str, Any]:
            runs.append(str(held.job.id))
            return {}

        def work() -> None:
            while run_next(database, {"test.count": note}, lease_seconds=30):
                pass

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(runs) == sorted(set(runs))
        assert len(runs) == 20

    def test_a_silent_holder_loses_the_job(self, database: Database) -> None:
        """After the lease ran out another worker goes on from the checkpoint, and the first can write no more."""
        job = enqueue(database)
        with database.transaction() as session:
            first = actions.claim(session, worker="a", lease_seconds=30)
            assert first is not None
            actions.advance(session, held=first, done=2, checkpoint={"at": 2})
        silence(database, job)
        with database.transaction() as session:
            second = actions.claim(session, worker="b", lease_seconds=30)
        assert second is not None
        assert (second.attempt, second.checkpoint) == (2, {"at": 2})
        with pytest.raises(Conflict), database.transaction() as session:
            actions.advance(session, held=first, done=3)


class TestRunNow:
    def test_it_returns_the_result(self, database: Database) -> None:
        """The command line gets the task's answer and the job is done."""
        job = enqueue(database)
        assert run_now(database, job.id, count_up) == {"counted": 3}
        with database.reading() as session:
            stored = queries.get(session, job.id)
        assert stored is not None
        assert (stored.state, stored.done, stored.total) == (JobState.DONE, 3, 3)

    def test_a_known_error_ends_the_job_with_its_sentence(self, database: Database) -> None:
        """A refusal would be the same at every attempt: the job fails at once, in words."""

        def refuse(_database: Database, _held: Held) -> dict[str, Any]:
            raise Conflict("database_behind")

        job = enqueue(database)
        with pytest.raises(Conflict):
            run_now(database, job.id, refuse)
        with database.reading() as session:
            stored = queries.get(session, job.id)
        assert stored is not None
        assert stored.state == JobState.FAILED
        assert "disburse migrate" in stored.error

    def test_an_unknown_error_is_tried_again_later(self, database: Database) -> None:
        """A database that restarts is no reason to give up: the job waits for its next attempt."""

        def stumble(_database: Database, _held: Held) -> dict[str, Any]:
            raise ConnectionError

        job = enqueue(database)
        with pytest.raises(ConnectionError):
            run_now(database, job.id, stumble)
        with database.reading() as session:
            stored = queries.get(session, job.id)
        assert stored is not None
        assert stored.state == JobState.QUEUED
        assert stored.run_after is not None

    def test_of_an_unknown_error_kind_and_place_are_kept_alone(self, database: Database) -> None:
        """What the database or the driver says quotes the row it was about: it goes into no job, page or backup."""

        def break_a_rule(opened: Database, _held: Held) -> dict[str, Any]:
            with opened.transaction() as session:
                for _ in range(2):
                    made = {"id": UUID(int=7), "name": "canary", "full_name": "Canary 0905123456"}
                    session.execute(sa.insert(User).values(**made, created_at=clock.utc_now()))
            return {}

        job = enqueue(database)
        with pytest.raises(DBAPIError) as broken:
            run_now(database, job.id, break_a_rule)
        assert "0905123456" not in str(broken.value)
        with database.reading() as session:
            stored = queries.get(session, job.id)
        assert stored is not None
        assert re.fullmatch(r"\w+Error: disburse[.\w]+:\d+", stored.error), stored.error


class TestChanging:
    def test_of_two_who_press_one_wins(self, database: Database) -> None:
        """Cancelled once and run again once, each told in the log; the second press is refused in words."""
        by = By(name="canbo.tinh")
        with database.transaction() as session:
            job = actions.enqueue(session, kind="x", object_id="1", by=by)
            held = actions.claim(session, worker="may:1", lease_seconds=60)
        assert held is not None
        with database.transaction() as session:
            actions.cancel(session, job_id=job.id, by=by)
        for refused, code in ((actions.cancel, "job_ended"), (actions.retry, "")):
            with database.transaction() as session:
                assert code_of(refused, session, job_id=job.id, by=by) == code
        with database.transaction() as session:
            assert code_of(actions.retry, session, job_id=job.id, by=by) == "job_goes_on"
            assert code_of(actions.finish, session, held=held) == "job_lost"
        with database.reading() as session:
            told = session.exec(select(AuditEvent.action).where(AuditEvent.object_type == "job")).all()
        assert list(told) == ["job.cancelled", "job.retried"]


def code_of(action: object, session: Session, **facts: object) -> str:
    try:
        action(session, **facts)  # type: ignore[operator]
    except Conflict as error:
        return error.code
    return ""


class TestFailure:
    def test_a_known_error_is_kept_as_code_and_facts(self, database: Database) -> None:
        """It is said in its reader's language later; a second try that goes well leaves nothing of it."""
        job = enqueue(database)
        tries: list[int] = []

        def refuse(_database: Database, _held: Held) -> dict[str, Any]:
            tries.append(1)
            if len(tries) == 1:
                raise Refusal("too_big", "rows", limit=200_000)
            return {}

        with pytest.raises(Refusal):
            run_now(database, job.id, refuse)
        with database.reading() as session:
            failed = session.get_one(Job, job.id)
        assert failed.failure == {"code": "too_big", "reason": "rows", "facts": {"limit": 200_000}}
        assert told(failed.failure, "en") == (
            "The file has more than 200,000 rows of data. Split it by commune and upload each file."
        )
        assert told(failed.failure, "vi") == failed.error
        with database.transaction() as session:
            actions.retry(session, job_id=job.id, by=SYSTEM)
        run_now(database, job.id, refuse)
        with database.reading() as session:
            assert session.get_one(Job, job.id).failure is None

    def test_words_come_as_pairs_and_codes_may_be_gone(self) -> None:
        """A fact in two languages survives the way through JSON; a code since gone is left to the sentence."""
        lost = Conflict("job_failed", reason=("lý do", "the reason"))
        stored = json.loads(json.dumps(lost.as_json()))
        assert "the reason" in (told(stored, "en") or "")
        assert "lý do" in (told(stored, "vi") or "")
        assert told({"code": "of_yesterday", "facts": {}}, "en") is None
