"""Lists brought on the screen: read by a job, left waiting, put aside and erased in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from disburse import clock
from disburse.accounts import arrivals, due, lists, tasks
from disburse.accounts.arrivals import Arrival
from disburse.accounts.tables import ListState, Registration, RegistrationList, RegistrationRow, RegistrationSource
from disburse.config import Settings
from disburse.doctor.imports import nothing_is_stuck
from disburse.errors import Conflict
from disburse.jobs.running import run_next
from disburse.jobs.tables import Job
from disburse.workbooks.tables import Upload
from disburse.worker import TASKS
from tests.disburse.accounts.test_lists import LIST
from tests.disburse.accounts.world import CHECKER, CLERK, World


def bring(world: World, content: str = LIST) -> UUID:
    """Bring a list of four holders, of which one has a card number."""
    arrival = Arrival(
        content=content.encode(), name="vba.csv", bank_code="VBA", source=RegistrationSource.BANK_LIST, basis="",
        area_code="51",
    )  # fmt: skip
    with world.database.transaction() as session:
        return arrivals.bring(session, arrival=arrival, by=CLERK)


def work(world: World) -> None:
    while run_next(world.database, TASKS, lease_seconds=60):
        pass


def state(world: World, list_id: UUID) -> ListState:
    with world.database.reading() as session:
        return lists.get_list(session, list_id).state


class TestLeftWaiting:
    def test_put_aside_and_erased_after_the_retention(self, world: World) -> None:
        """After the days of bank workbooks nobody's list waits; bytes and raw cells of the others go, counts stay."""
        waiting, taken = bring(world), bring(world, LIST.replace("NGUYEN VAN TAM", "LE VAN NAM"))
        work(world)
        with world.database.transaction() as session:
            arrivals.take(session, list_id=taken, by=CHECKER)
        work(world)
        tasks.erase_lists(world.database, Settings())
        assert (state(world, waiting), state(world, taken)) == (ListState.WAITING, ListState.IMPORTED)
        with clock.living_on(clock.today() + timedelta(days=91)):
            tasks.erase_lists(world.database, Settings())
        assert (state(world, waiting), state(world, taken)) == (ListState.PUT_ASIDE, ListState.IMPORTED)
        with world.database.reading() as session:
            assert set(session.exec(select(Upload.content_sealed))) == {None}
            rows = session.exec(select(RegistrationRow)).all()
            assert [(row.list_id, row.raw_sealed) for row in rows] == [(taken, b"")]
            made = lists.get_list(session, taken)
            assert (made.rows_ok, made.rows_parked, made.settled_by, made.created_by) == (
                3,
                1,
                CHECKER.name,
                CLERK.name,
            )
            assert "samples" not in made.report
            assert set(session.exec(select(Registration.stated_by))) == {CLERK.name}


class TestTake:
    def test_the_first_list_starts_the_first_matching(self, world: World) -> None:
        """Nobody in the office has a command line: a list that is taken in brings the first run with it, once."""
        for content in (LIST, LIST.replace("TAM", "NAM")):
            list_id = bring(world, content)
            work(world)
            with world.database.transaction() as session:
                arrivals.take(session, list_id=list_id, by=CLERK)
            work(world)
        with world.database.reading() as session:
            assert len(session.exec(select(Job.id).where(Job.kind == due.LINK)).all()) == 1

    def test_once(self, world: World) -> None:
        """Not before it was read, and not twice; one that nobody reads any more is found."""
        list_id = bring(world)
        with pytest.raises(Conflict, match="taken in or put it aside"), world.database.transaction() as session:
            arrivals.take(session, list_id=list_id, by=CLERK)
        work(world)
        with world.database.transaction() as session:
            arrivals.take(session, list_id=list_id, by=CLERK)
        with pytest.raises(Conflict, match="taken in or put it aside"), world.database.transaction() as session:
            arrivals.put_aside(session, list_id=list_id, by=CLERK)
        with world.database.transaction() as session:
            session.get_one(RegistrationList, list_id).state = ListState.CHECKING
            for job in session.exec(select(Job)):
                session.delete(job)
        with world.database.reading() as session:
            assert [found.where for found in nothing_is_stuck(session)] == [f"list {list_id}"]
