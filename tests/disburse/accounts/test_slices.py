"""What banks state, read by a process of its own: the same slices, and nothing of it outlives the process it is for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from disburse import crypto
from disburse.accounts import slices
from disburse.accounts.pairs import Pairs
from disburse.accounts.proposals import propose_all, settings_of
from disburse.accounts.slices import Statements
from disburse.db import Database
from tests.disburse.accounts.world import World

NAMES = ("Nguyễn Văn Tám", "Trần Thị Sen", "Lê Hữu Đạt", "Phạm Thị Bích", "H' Bia Niê")


def hold(url: str, keyring: crypto.Keyring, told: Connection) -> None:
    """Begin to read beside, say which process does, and wait."""
    crypto.use(keyring)
    slices.ALONE = 0
    with Database(url).reading() as session:
        statements = Statements(session)
        with statements.slices() as found:
            next(found)
            told.send([child for pool in [statements._beside] if pool for child in pool._processes])
            time.sleep(60)


def told(pairs: Pairs) -> list[tuple[bytes, str, float, str]]:
    """Who is proposed with which account, and why."""
    return list(zip(pairs.ids(), pairs.decisions(), pairs.score.tolist(), pairs.told(str), strict=True))


class TestStatements:
    """Reading in this process and beside it."""

    def test_a_process_beside_reads_the_same(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """Numbers, phones, ids, posted words and the pairs proposed are equal, whoever opened the cells."""
        world = World(database).reference()
        for number, name in enumerate(NAMES):
            citizen = f"0510510012{number:02d}" if number % 2 else None
            world.person(f"p{number}", name, f"19{50 + number}-03-12", citizen)
            world.account(f"{10**12 + number}", name.upper(), f"19{50 + number}-03-12", citizen)
        found = []
        for alone in (slices.ALONE, 0):
            monkeypatch.setattr(slices, "ALONE", alone)
            with database.reading() as session:
                read: list[slices.Statements] = []
                run = propose_all(
                    session, settings_of(""), keep_words=True, read=lambda _people, _ids, bank, to=read: to.append(bank)
                )
                lines, ids = read[0].lines()
                words = [array.tobytes() for array in (*lines, ids)]
                found.append((told(run.proposals.pairs), len(read[0]), words))
        (here, rows, words), (beside, as_many, the_same) = found
        assert here == beside
        assert len(here) == rows == as_many == len(NAMES)
        assert words == the_same

    @pytest.mark.parametrize("alone", [slices.ALONE, 0])
    @pytest.mark.parametrize(("size", "given"), [(2, [2, 2, 1]), (5, [5, 0]), (6, [5])])
    def test_every_row_is_in_one_slice(
        self, database: Database, monkeypatch: pytest.MonkeyPatch, alone: int, size: int, given: list[int]
    ) -> None:
        """The last slice is the first that is not full, if need be an empty one; once it is read, `when_read`."""
        world = World(database).reference()
        for number, name in enumerate(NAMES):
            world.account(f"{10**12 + number}", name.upper(), "1950-03-12", None)
        monkeypatch.setattr(slices, "SLICE", size)
        monkeypatch.setattr(slices, "ALONE", alone)
        ended: list[bool] = []
        with database.reading() as session:
            statements = Statements(session)
            with statements.slices(lambda: ended.append(True)) as found:
                assert [len(people) for people in found] == given
            assert ended == [True]
            assert len(set(statements.keys().registrations.tolist())) == len(statements) == len(NAMES)

    def test_lines_of_a_run_that_failed_are_never_handed_over(self, database: Database) -> None:
        """Some of the lines would be taken for all: who waits for them hears that there are none to come."""
        world = World(database).reference()
        world.account("1000000000001", "TRAN THI SEN", "1950-03-12", None)
        with database.reading() as session:
            statements = Statements(session, keep_words=True)
            with pytest.raises(ZeroDivisionError), statements.slices():
                raise ZeroDivisionError
            with pytest.raises(CancelledError):
                statements.lines()

    def test_of_nobody_and_nothing(self, database: Database) -> None:
        """A run over empty lists reads them to the end like any other."""
        World(database).reference()
        read: list[int] = []
        with database.reading() as session:
            run = propose_all(
                session, settings_of(""), keep_words=True,
                read=lambda _people, ids, _bank: read.append(len(ids)),
            )  # fmt: skip
        assert read == [0]
        assert len(run.proposals.persons) == len(run.proposals.pairs) == 0

    def test_a_process_beside_begins_without_the_tables(self) -> None:
        """What it loads knows neither SQLAlchemy nor SQLModel, which take longer to load than a slice to read."""
        loaded = "import disburse.accounts.beside, matching.posts, sys; sys.exit('sqlalchemy' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0

    def test_nobody_reads_on_for_a_process_that_was_killed(self, sqlite_database: Database) -> None:
        """kill -9 of the run ends the process beside it within seconds."""
        World(sqlite_database).reference()
        context = get_context("spawn")
        here, there = context.Pipe()
        run = context.Process(target=hold, args=(sqlite_database.url, crypto.keyring(), there))
        run.start()
        (child,) = here.recv()
        assert run.pid is not None
        assert Path(f"/proc/{child}").exists()
        os.kill(run.pid, signal.SIGKILL)
        run.join()
        until = time.monotonic() + 20
        while _lives(child) and time.monotonic() < until:
            time.sleep(0.05)
        assert not _lives(child)


def _lives(pid: int) -> bool:
    """Whether a process is there and not only waits to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
