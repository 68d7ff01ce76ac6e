"""kill -9 at random moments while a list is prepared for the screen: nothing imported, nothing half-written."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse.audit.actor import COMMAND
from disburse.db import Database
from disburse.jobs.tables import Job
from disburse.rosters import actions
from disburse.rosters.actions import Upload
from disburse.rosters.tables import Roster, RosterRow, RosterState, RowIssue
from tests.disburse.rosters.files import command, roster_bytes
from tests.disburse.rosters.test_import_killed import ROWS, Victim

WORKER = command("worker", "--once")


class Prepared:
    """A list on the screen whose preparing is killed again and again."""

    def __init__(self, victim: Victim, period: str, seed: int) -> None:
        self.victim = victim
        content = roster_bytes(ROWS, seed, broken=20)
        upload = Upload(content=content, name=f"{period}.csv", programme="BTXH", period=period, province_code="51")
        with victim.database.transaction() as session:
            self.id: UUID = actions.receive(session, upload=upload, by=COMMAND, on_screen=True).roster_id

    def roster(self) -> Roster:
        """Return the roster as it stands."""
        with self.victim.database.reading() as session:
            return session.get_one(Roster, self.id)

    def is_ready(self) -> bool:
        """Say whether an officer could press the button."""
        return "rehearsal" in self.roster().report

    def outcome(self) -> dict[str, Any]:
        """Return what the rehearsal says, but for its moment."""
        found: dict[str, Any] = self.roster().report["rehearsal"]
        return found | {"at": ""}

    def wake(self) -> None:
        """Let the killed worker's lease run out at once: the next one need not wait for it."""
        with self.victim.database.transaction() as session:
            session.execute(sa.update(Job).where(col(Job.lease_until).is_not(None)).values(lease_until=Job.created_at))

    def counted(self, table: Any) -> int:
        """Return how many rows or issues of the list are kept."""
        with self.victim.database.reading() as session:
            statement = sa.select(sa.func.count()).select_from(table).where(table.roster_id == self.id)
            return int(session.execute(statement).scalar_one())

    def flaws(self) -> Iterator[str]:
        """Name everything that must not stand there at any moment."""
        yield from self.victim.flaws()
        found, kept = self.roster(), self.counted(RosterRow)
        if found.state not in (RosterState.READING, RosterState.STAGED):
            yield f"the roster is {found.state}"
        if found.state == RosterState.STAGED and (kept, found.rows_ok + found.rows_parked) != (ROWS, ROWS):
            yield f"staged with {kept} rows kept, {found.rows_ok} + {found.rows_parked} counted"
        with self.victim.database.reading() as session:
            lines = list(session.exec(select(RosterRow.line).where(RosterRow.roster_id == self.id)))
        if sorted(lines) != list(range(2, kept + 2)):
            yield "the lines kept are not the first ones of the file"


def kill_many(database: Database, folder: Path, kills: int) -> None:
    """Prepare list after list, each killed at random moments; what comes of it is what came of one nobody killed."""
    seed = random.randrange(2**32)
    rng, victim = random.Random(seed), Victim(database, folder)
    whole, begin = Prepared(victim, "2025-08", 7), time.monotonic()
    victim.run(WORKER)
    seconds, counts, month, killed = time.monotonic() - begin, victim.counts(), 9, 0
    issues = whole.counted(RowIssue)
    while killed < kills:
        prepared = Prepared(victim, f"{2025 + month // 12}-{month % 12 + 1:02d}", 7)
        while not prepared.is_ready():
            last = killed >= kills
            killed += victim.run(WORKER, None if last else rng.uniform(0.3, 1.1) * seconds) == -signal.SIGKILL
            assert list(prepared.flaws()) == [], f"seed {seed}, kill {killed}"
            assert victim.counts() == counts, f"seed {seed}, kill {killed}: something was imported"
            prepared.wake()
        assert prepared.counted(RowIssue) == issues, f"seed {seed}"
        assert prepared.outcome() == whole.outcome(), f"seed {seed}"
        month += 1


class TestKilledPreparing:
    def test_kills_leave_nothing_half_written(self, sqlite_stocked: Database, tmp_path: Path) -> None:
        """Two kills: the lines kept are whole chunks, nobody is imported, the end is that of an unbroken run."""
        kill_many(sqlite_stocked, tmp_path, 2)

    @pytest.mark.campaign
    def test_a_hundred_kills(self, stocked: Database, tmp_path: Path) -> None:
        """The same a hundred times, on each database."""
        kill_many(stocked, tmp_path, 100)
