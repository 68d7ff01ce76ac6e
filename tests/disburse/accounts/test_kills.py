"""kill -9 in the middle of link and of decisions import: run again, it comes out as if nothing had happened.

Each case works on a copy of one prepared database, so that what must come out is known exactly. The seed is printed;
DISBURSE_TEST_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import select

from disburse import clock, crypto
from disburse.accounts import tasks
from disburse.accounts.commands import link_here
from disburse.accounts.tables import Candidate, Link
from disburse.audit import queries as audit
from disburse.db import Database
from disburse.funnel import queries as funnel
from disburse.ids import new_id
from disburse.rosters.decision_commands import import_file
from disburse.rosters.tables import ROW_CLEANED, Roster, RosterRow, RosterState, RowState, Scope
from tests.conftest import TEST_KEY, PostgresServer
from tests.disburse.accounts.world import World

PEOPLE = 160
FAMILY, MIDDLE = ("Nguyễn", "Trần", "Lê", "Phạm"), ("Văn", "Hữu", "Đình", "Quốc", "Bá")
GIVEN = ("Tám", "Sen", "Đạt", "Khoa", "Tân", "Bích", "Mỹ", "Thu")
forks = get_context("forkserver")
forks.set_forkserver_preload(["disburse.accounts.commands", "matching.link", "tests.disburse.accounts.test_kills"])

State = tuple[list[Any], list[Any]]


def prepare(database: Database) -> None:
    """160 people, 240 accounts: sure ones, doubtful ones, two accounts of one person, strangers."""
    world = World(database).reference()
    random_ = random.Random(7)
    roster_id = new_id()
    with database.transaction() as session:
        session.add(
            Roster(
                id=roster_id, programme="BTXH", period="2024-03", scope=Scope.FULL, file_name="r.xlsx", sha256="0" * 64,
                state=RosterState.IMPORTED, created_by="x", created_at=clock.utc_now(), imported_at=clock.utc_now(),
            )
        )  # fmt: skip
    for number in range(PEOPLE):
        name = f"{random_.choice(FAMILY)} {random_.choice(MIDDLE)} {random_.choice(GIVEN)}"
        born = f"{1930 + number % 60}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        citizen = f"0510{born[2:4]}{number:06d}"
        key = f"p{number}"
        world.person(key, name, born, citizen if number % 3 else None)
        world.account(f"10000000{number:05d}", name.upper(), born, citizen if number % 4 else None)
        if number % 5 == 0:
            world.account(f"20000000{number:05d}", name.upper(), born, citizen, bank="BIDV")
        with database.transaction() as session:
            session.add(
                RosterRow(
                    roster_id=roster_id, sheet="S", line=number, state=RowState.NEW, enrolment_id=world.enrolments[key],
                    cleaned_sealed=ROW_CLEANED.seal("x", "{}"),
                )
            )  # fmt: skip


def decisions(folder: Path) -> Path:
    """A file that answers every pair: the first account yes, the second no, each seventh unsure."""
    path = folder / "decisions.csv"
    lines = ["file,sheet,line,party,bank_code,account_number,decision,reason,decided_by,decided_on"]
    for number in range(PEOPLE):
        said = "unsure" if number % 7 == 0 else "yes"
        lines.append(f"r.xlsx,S,{number},beneficiary,VBA,10000000{number:05d},{said},,Duyên,2024-03-05")
        lines.append(f"r.xlsx,S,{number},beneficiary,BIDV,20000000{number:05d},no,Không dùng,Duyên,2024-03-05")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def state_of(database: Database) -> State:
    """What must come out the same: pairs with their answers, live and ended links; and the books in order."""
    with database.reading() as session:
        assert funnel.differences(session) == []
        assert list(audit.verify(session)) == []
        links = [(x.person_id, x.account_id, x.version, x.state, x.reason) for x in session.exec(select(Link))]
        pairs = [(c.person_id, c.account_id, c.state, c.asks, c.decided_by) for c in session.exec(select(Candidate))]
    return sorted(links, key=str), sorted(pairs, key=str)


def run_link(url: str) -> None:
    tasks.PERSONS_A_STEP = 20  # eight transactions, so that a kill can fall between two
    with _opened(url) as database:
        link_here(database)


def run_decisions(url: str, folder: str) -> None:
    with _opened(url) as database:
        import_file(database, Path(folder) / "decisions.csv", reject_unlisted=True)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    crypto.use(crypto.Keyring(bytes.fromhex(TEST_KEY)))
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def start(target: Callable[..., None], *arguments: str) -> Any:
    process = forks.Process(target=target, args=arguments)
    process.start()
    return process


def finish(target: Callable[..., None], *arguments: str) -> float:
    """Run to the end; returns how long it took."""
    before = time.monotonic()
    process = start(target, *arguments)
    process.join(120)
    assert process.exitcode == 0
    return time.monotonic() - before


def kill_within(seconds: float, target: Callable[..., None], *arguments: str) -> bool:
    """Kill the process after some time; returns whether it still ran."""
    process = start(target, *arguments)
    process.join(seconds)
    alive = bool(process.is_alive())
    if alive:
        os.kill(process.pid, signal.SIGKILL)
    process.join(30)
    return alive


Copy = Callable[[str], str]  # the address of a database → that of a copy of it


@pytest.fixture(scope="module")
def sqlite_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("kills")

    def copy(url: str) -> str:
        path = folder / f"{uuid4().hex}.db"
        source = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(source)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(source, path)
        return f"sqlite:///{path}"

    return copy


@pytest.fixture(scope="module")
def postgres_copy(postgres_server: PostgresServer) -> Iterator[Copy]:
    made: list[str] = []

    def copy(url: str) -> str:
        made.append(f"disburse_test_{uuid4().hex[:12]}")
        postgres_server.run(f"CREATE DATABASE {made[-1]} TEMPLATE {sa.make_url(url).database}")
        return postgres_server.url_of(made[-1])

    yield copy
    for name in made:
        postgres_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@dataclass(frozen=True)
class Prepared:
    """A database from which each case copies: before the first run of link, or after it."""

    url: str
    copy_of: Copy

    def copy(self) -> str:
        return self.copy_of(self.url)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def copies(request: pytest.FixtureRequest) -> Prepared:
    """The people and accounts; nobody is matched yet."""
    copy: Copy = request.getfixturevalue(f"{request.param}_copy")
    empty: str = request.getfixturevalue(f"{request.param}_templates").empty
    url = copy(empty if request.param == "sqlite" else request.getfixturevalue("postgres_server").url_of(empty))
    with _opened(url) as database:
        prepare(database)
    return Prepared(url, copy)


@pytest.fixture(scope="module")
def linked(copies: Prepared) -> Prepared:
    """The same after a run of link: decisions come after one."""
    url = copies.copy()
    finish(run_link, url)
    return Prepared(url, copies.copy_of)


def campaign(kills: int, copies: Prepared, target: Any, *arguments: str) -> None:
    """Kill, run again to the end, compare with the run that nobody killed; `kills` times."""
    seed = int(os.environ.get("DISBURSE_TEST_SEED", "") or random.randrange(10**6))
    print(f"seed {seed}")  # noqa: T201
    random_ = random.Random(seed)
    warm, undisturbed = copies.copy(), copies.copy()
    finish(target, warm, *arguments)  # the fork server has imported everything from here on
    with _opened(undisturbed) as database:
        before = state_of(database)
    seconds = finish(target, undisturbed, *arguments)
    with _opened(undisturbed) as database:
        expected = state_of(database)
    assert expected != before
    alive = 0
    for number in range(kills):
        url = copies.copy()
        alive += kill_within(random_.uniform(0.05, 1.0) * seconds, target, url, *arguments)
        with _opened(url) as database:
            state_of(database)  # the books are in order at once, not only after the next run
        finish(target, url, *arguments)
        with _opened(url) as database:
            assert state_of(database) == expected, f"seed {seed}, kill {number}"
    assert alive >= kills // 4, "most kills came too late to mean anything"


class TestKills:
    def test_link_killed(self, copies: Prepared) -> None:
        """Five moments of a run of several transactions, on each database."""
        campaign(5, copies, run_link)

    def test_decisions_killed(self, linked: Prepared, tmp_path: Path) -> None:
        """A file is one transaction: all of it or nothing, and the second try completes it."""
        campaign(5, linked, run_decisions, str(decisions(tmp_path).parent))

    @pytest.mark.campaign
    def test_link_killed_two_hundred_times(self, copies: Prepared) -> None:
        """200 moments on each database."""
        campaign(200, copies, run_link)

    @pytest.mark.campaign
    def test_decisions_killed_two_hundred_times(self, linked: Prepared, tmp_path: Path) -> None:
        """200 moments on each database."""
        campaign(200, linked, run_decisions, str(decisions(tmp_path).parent))


def test_decisions_are_all_or_nothing(linked: Prepared, tmp_path: Path) -> None:
    """After a kill the database stands exactly before or exactly after the file."""
    folder = str(decisions(tmp_path).parent)
    first = linked.copy()
    with _opened(first) as database:
        before = state_of(database)
    warm = linked.copy()
    seconds = finish(run_decisions, warm, folder)
    finish(run_decisions, first, folder)
    with _opened(first) as database:
        after = state_of(database)
    for share in (0.3, 0.6, 0.9):
        url = linked.copy()
        kill_within(share * seconds, run_decisions, url, folder)
        with _opened(url) as database:
            assert state_of(database) in (before, after)
