"""kill -9 at random moments of a real import: none of it or all of it, and whoever comes next carries on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse.accounts.tables import Registration
from disburse.audit.queries import verify
from disburse.db import Database
from disburse.funnel import queries as funnel
from disburse.funnel.tables import EnrolmentStage
from disburse.people.tables import BenefitLine, Enrolment, Person, Recipient
from disburse.rosters.tables import Roster, RosterRow, RosterState, RowState
from tests.disburse.rosters.files import command, environment, roster_bytes

ROWS = 5_000  # two staged chunks
COUNTED = (Person, Enrolment, BenefitLine, Recipient, EnrolmentStage, Registration)


class Victim:
    """An import that is killed again and again; every start after the first goes on where the last one stopped."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.environment = environment(database, folder)
        self.folder = folder

    def start(self, period: str, seed: int) -> list[str]:
        """Write the next file and return the command that imports it."""
        path = self.folder / f"{period}.csv"
        path.write_bytes(roster_bytes(ROWS, seed))
        return command("roster", "import", str(path), "--programme", "BTXH", "--period", period)

    def run(self, arguments: list[str], seconds: float | None = None) -> int:
        """Run a command; kill -9 it and all it started after `seconds`. Returns its exit code (-9 when killed)."""
        process = subprocess.Popen(
            arguments, env=self.environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        try:
            _, errors = process.communicate(timeout=seconds)
            assert process.returncode == 0, errors.decode()
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        return process.returncode

    def counts(self) -> list[int]:
        """Return the number of rows of everything an import makes."""
        with self.database.reading() as session:
            return [session.exec(select(sa.func.count()).select_from(table)).one() for table in COUNTED]

    def imported(self) -> int:
        """Return how many rosters are imported."""
        with self.database.reading() as session:
            of_state = select(sa.func.count()).select_from(Roster).where(Roster.state == RosterState.IMPORTED)
            return session.exec(of_state).one()

    def newest(self) -> Roster:
        """Return the roster imported last."""
        with self.database.reading() as session:
            return session.exec(select(Roster).order_by(col(Roster.id).desc()).limit(1)).one()

    def rows_of(self, roster: Roster) -> int:
        """Return how many rows of a roster are kept."""
        with self.database.reading() as session:
            of_roster = select(sa.func.count()).select_from(RosterRow).where(RosterRow.roster_id == roster.id)
            return session.exec(of_roster).one()

    def flaws(self) -> Iterator[str]:
        """Name everything that a kill must not leave behind."""
        with self.database.reading() as session:
            if found := funnel.differences(session):
                yield f"cells: {found[:3]}"
            if broken := list(verify(session)):
                yield f"audit: {broken[:3]}"
            doubled = (
                select(RosterRow.roster_id, RosterRow.sheet, RosterRow.line)
                .group_by(RosterRow.roster_id, RosterRow.sheet, RosterRow.line)  # type: ignore[arg-type]
                .having(sa.func.count() > 1)
            )
            if session.exec(doubled).first():
                yield "a row is there twice"
            half = (
                select(sa.func.count())
                .select_from(RosterRow)
                .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
                .where(Roster.state == RosterState.IMPORTED, RosterRow.state == RowState.STAGED)
            )
            if session.exec(half).one():
                yield "an imported roster has rows that are only staged"


def kill_many(database: Database, folder: Path, kills: int) -> None:
    """Import list after list; kill `kills` processes at random moments, check after each kill."""
    seed = random.randrange(2**32)
    rng, victim = random.Random(seed), Victim(database, folder)
    begin = time.monotonic()
    victim.run(victim.start("2025-08", 0))
    whole = time.monotonic() - begin
    done, month, killed = victim.counts(), 9, 0
    while killed < kills:
        sender = arguments = victim.start(f"{2025 + month // 12}-{month % 12 + 1:02d}", month)
        rosters = victim.imported()
        while victim.imported() == rosters:
            last_one = killed >= kills
            code = victim.run(arguments, None if last_one else rng.uniform(0.2 * whole, 1.1 * whole))
            killed += code == -signal.SIGKILL
            counts = victim.counts()
            assert (counts == done) == (victim.imported() == rosters), f"seed {seed}, kill {killed}: {counts}, {done}"
            assert list(victim.flaws()) == [], f"seed {seed}, kill {killed}"
            # A kill before the file was received leaves no job: then only its sender can come again.
            arguments = rng.choice([sender, command("worker", "--once")])
        roster = victim.newest()
        assert victim.rows_of(roster) == ROWS, f"seed {seed}"
        assert counts[1] - done[1] == roster.rows_new, f"seed {seed}: {counts}, {done}"
        done, month = counts, month + 1


class TestKilledImport:
    def test_kills_lose_nothing_and_double_nothing(self, stocked: Database, tmp_path: Path) -> None:
        """After every kill: none of the list or all of it, cells and chain in order; the worker carries on."""
        kill_many(stocked, tmp_path, 4)

    @pytest.mark.campaign
    def test_two_hundred_kills(self, stocked: Database, tmp_path: Path) -> None:
        """The same, two hundred times."""
        kill_many(stocked, tmp_path, 200)
