"""The cells move with the enrolments, in the same transaction, also when many writers move them at once."""

from __future__ import annotations

import random
import threading
from datetime import date
from uuid import UUID

import pytest

from disburse.db import Database
from disburse.funnel import actions, queries
from disburse.funnel.stages import Entry
from disburse.ids import new_id
from disburse.people import entries
from disburse.people.entries import NewEnrolment, NewPerson

COMMUNES = ("21040", "21061", "21085")


def enrol(database: Database, count: int, commune: str = "21040") -> list[UUID]:
    """Make people with an active enrolment each, counted in one commune."""
    people = [NewPerson(new_id(), f"Người {number}") for number in range(count)]
    made = [
        NewEnrolment(new_id(), p.id, "NCC", commune, commune, date(2025, 7, 1), "51", date(2026, 1, 1)) for p in people
    ]
    with database.transaction() as session:
        entries.add_people(session, people)
        entries.add_enrolments(session, made)
        actions.enter(session, [Entry(e.id, commune, "NCC", id_valid=1, lines=2, amount_total=700) for e in made])
    return [enrolment.id for enrolment in made]


def measures(database: Database, commune: str = "21040") -> dict[str, int | None]:
    """Return the measures of a cell that are not zero."""
    with database.reading() as session:
        cell = queries.cell(session, "NCC", commune)
        found = cell.model_dump(exclude={"programme", "commune_code"}) if cell else {}
    return {name: value for name, value in found.items() if value != 0}


class TestCells:
    def test_who_enters_counts(self, stocked: Database) -> None:
        """Three enrolments: three in the total, their flags and đồng summed; paid is not known yet."""
        enrol(stocked, 3)
        assert measures(stocked) == {
            "total": 3, "id_valid": 3, "lines": 6, "amount_total": 2100, "paid": None, "amount_by_account": None,
        }  # fmt: skip

    def test_the_amount_by_account_follows_the_amount_of_who_is_paid(self, stocked: Database) -> None:
        """A raise for somebody paid by account raises that figure too; for the others it does not."""
        paid, unpaid = enrol(stocked, 2)
        with stocked.transaction() as session:
            actions.restate(session, {paid: {"paid": 1}})
            actions.open_paid(session, programme="NCC", commune_codes=["21040"])
        with stocked.transaction() as session:
            actions.restate(session, {paid: {"amount_total": 900}, unpaid: {"amount_total": 800}})
        assert measures(stocked)["amount_by_account"] == 900

    def test_a_restated_flag_moves_the_cell_by_the_difference(self, stocked: Database) -> None:
        """The same flag again moves nothing; later words of a transaction win."""
        one, two = enrol(stocked, 2)
        with stocked.transaction() as session:
            actions.restate(session, {one: {"verified": 1}, two: {"verified": 1}})
            actions.restate(session, {two: {"verified": 0, "confirmed": 1}})
        assert measures(stocked)["verified"] == measures(stocked)["confirmed"] == 1
        with stocked.transaction() as session:
            actions.restate(session, {one: {"verified": 1}})
        assert measures(stocked)["verified"] == 1

    def test_who_leaves_takes_everything_along(self, stocked: Database) -> None:
        """The end of an enrolment empties its share of the cell; a flag after it finds nobody."""
        [one] = enrol(stocked, 1)
        with stocked.transaction() as session:
            actions.restate(session, {one: {"verified": 1}})
            actions.leave(session, [one])
            actions.restate(session, {one: {"confirmed": 1}})
        assert measures(stocked) == {"paid": None, "amount_by_account": None}

    def test_a_move_takes_the_share_to_another_commune(self, stocked: Database) -> None:
        """One cell loses what the other gains."""
        one, _two = enrol(stocked, 2)
        with stocked.transaction() as session:
            actions.move_all(session, {one: "21085"})
        assert measures(stocked)["total"] == measures(stocked, "21085")["total"] == 1

    def test_paid_is_null_until_it_is_opened(self, stocked: Database) -> None:
        """Opening counts what the stages say, then deltas follow."""
        one, two = enrol(stocked, 2)
        with stocked.transaction() as session:
            actions.restate(session, {one: {"paid": 1, "amount_by_account": 700}})
        assert measures(stocked)["paid"] is None
        with stocked.transaction() as session:
            actions.open_paid(session, programme="NCC", commune_codes=["21040"])
        assert (measures(stocked)["paid"], measures(stocked)["amount_by_account"]) == (1, 700)
        with stocked.transaction() as session:
            actions.restate(session, {two: {"paid": 1, "amount_by_account": 700}})
        assert measures(stocked)["paid"] == 2

    def test_opened_and_paid_in_one_transaction(self, stocked: Database) -> None:
        """The order of the two does not matter."""
        [one] = enrol(stocked, 1)
        with stocked.transaction() as session:
            actions.open_paid(session, programme="NCC", commune_codes=["21040", "21085"])
            actions.restate(session, {one: {"paid": 1, "amount_by_account": 700}})
        assert measures(stocked)["paid"] == 1
        assert measures(stocked, "21085") == {}

    def test_what_is_undone_moves_nothing(self, stocked: Database) -> None:
        """A transaction that fails, or a savepoint rolled back, leaves the cells alone."""
        one, two = enrol(stocked, 2)
        with pytest.raises(RuntimeError), stocked.transaction() as session:
            actions.leave(session, [one])
            raise RuntimeError
        with stocked.transaction() as session:
            actions.restate(session, {one: {"verified": 1}})
            savepoint = session.begin_nested()
            actions.leave(session, [two])
            savepoint.rollback()
        assert (measures(stocked)["total"], measures(stocked)["verified"]) == (2, 1)

    def test_an_unknown_stage_is_a_programming_error(self, stocked: Database) -> None:
        """A misspelt stage never becomes a silent zero."""
        [one] = enrol(stocked, 1)
        with pytest.raises(ValueError, match="verfied"), stocked.transaction() as session:
            actions.restate(session, {one: {"verfied": 1}})


class TestRaces:
    def test_many_writers_at_once_lose_nothing_and_never_lock_one_another(self, stocked: Database) -> None:
        """Six writers restate, move and park the same enrolments in any order: no deadlock, cells equal stages."""
        ids = [enrolment for commune in COMMUNES for enrolment in enrol(stocked, 20, commune)]
        failures: list[BaseException] = []
        seed = random.randrange(2**32)

        def write(number: int) -> None:
            rng = random.Random(f"{seed}-{number}")
            database = Database(stocked.engine.url.render_as_string(hide_password=False))
            try:
                for _ in range(15):
                    with database.transaction() as session:
                        for enrolment in rng.sample(ids, 10):
                            actions.restate(session, {enrolment: {"verified": rng.randint(0, 1)}})
                            actions.move_all(session, {enrolment: rng.choice(COMMUNES)})
                        actions.park(session, programme="NCC", commune_code=rng.choice(COMMUNES), by_count=1)
            except BaseException as error:
                failures.append(error)
            finally:
                database.close()

        writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert failures == [], f"seed {seed}"
        with stocked.reading() as session:
            assert queries.differences(session) == []
            assert sum(cell.parked for cell in queries.cells(session)) == 6 * 15
            assert sum(cell.total for cell in queries.cells(session)) == 60
