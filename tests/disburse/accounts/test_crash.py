"""What a crash of PostgreSQL takes: what the matcher keeps between its runs, all of it, and nothing else."""

from __future__ import annotations

import os
import signal
import time

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from disburse import config, migrations
from disburse.accounts import due, tasks
from disburse.db import Database
from tests.conftest import PostgresServer
from tests.disburse.accounts.test_increments import begun, check_like_a_full_run, rows, work


def kept(session: Session) -> set[str]:
    """Return which tables of what a full run keeps hold anything."""
    names = ("match_snapshot", "match_shard", "person_words", "person_key", "registration_key")
    return {name for name in names if session.execute(sa.text(f"SELECT 1 FROM {name} LIMIT 1")).first()}


def crash(database: Database) -> None:
    """Kill a process of the server, which then starts all of them anew from its log."""
    with database.reading() as session:
        os.kill(int(session.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()), signal.SIGKILL)
        with pytest.raises(OperationalError):
            session.execute(sa.text("SELECT pg_sleep(5)"))
    until = time.monotonic() + 30
    while True:
        try:
            with database.reading() as session:
                session.execute(sa.text("SELECT 1"))
                return
        except OperationalError:
            assert time.monotonic() < until
            time.sleep(0.05)


class TestCrash:
    """What a full run keeps for the next ones stands outside PostgreSQL's log."""

    @pytest.mark.skipif("DISBURSE_TEST_PG_URL" in os.environ, reason="crashes the server")
    def test_counts_and_keys_go_together_when_postgresql_crashes(self) -> None:
        """Pairs and links stay; the counts and all keys are gone, so the next run is one over everybody and keeps
        them anew."""
        server = PostgresServer()
        try:
            server.run("CREATE DATABASE disburse_test_crash")
            database = Database(server.url_of("disburse_test_crash"))
            migrations.upgrade(database)
            life = begun(database, 1, 6)
            with database.reading() as session:
                before = rows(session)
                assert kept(session) == {"match_snapshot", "match_shard", "person_words"}
            crash(database)
            with database.reading() as session:
                assert (rows(session), kept(session)) == (before, set())
            life.enrol()
            assert tasks.enqueue_due(database, config.load())
            work(database, due.LINK)
            check_like_a_full_run(database)
            database.close()
        finally:
            server.stop()
