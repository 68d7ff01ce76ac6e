"""Who receives in the place of somebody on a confirmed account: two people, a paper for adults, holds that stay."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import select

from disburse import clock
from disburse.accounts import actions as accounts
from disburse.accounts import life
from disburse.accounts.actions import Acceptance
from disburse.accounts.payable import Payable, payable
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import Link, LinkState
from disburse.audit.actor import COMMAND, By
from disburse.cases import payees
from disburse.cases.receiving import Paper, Receiving, approve_change, receive
from disburse.cases.tables import RecipientChange
from disburse.errors import Conflict, Denied, Invalid
from disburse.people.stated import read_person
from disburse.people.tables import RecipientKind
from tests.disburse.accounts.conftest import world
from tests.disburse.accounts.test_life import change, confirmed, counts_agree
from tests.disburse.accounts.world import CHECKER, CLERK, MARCH, World

__all__ = ["world"]

PAPER = Paper("Giấy ủy quyền có chứng thực", "1", MARCH)
THIRD = read_person(name="Trần Thị Giám", birth="01/02/1970", citizen="051170000333")


@pytest.fixture
def two(world: World) -> World:
    """A, 74 years old, and T, each on a confirmed account of their own."""
    world.person("A", "Nguyễn Văn Tám", citizen_id="051050000111")
    world.person("T", "Trần Thị Giám", "1970-02-01", citizen_id="051170000333", programme="NCC")
    confirmed(world, "A", world.account("1500201000001"))
    confirmed(world, "T", world.account("1500201000002"))
    return world


def let(
    world: World, key: str, kind: RecipientKind = RecipientKind.AUTHORISED, paper: Paper = PAPER, by: By = CLERK
) -> UUID | None:  # fmt: skip
    who = None if kind == RecipientKind.OWN else THIRD
    given = Receiving(world.enrolments[key], kind, clock.today(), who, paper=paper if who else Paper())
    with world.database.transaction() as session:
        return receive(session, receiving=given, cap=5, by=by)


def waits(world: World) -> UUID:
    with world.database.reading() as session:
        return session.exec(select(RecipientChange.id).where(RecipientChange.state == "proposed")).one()


def approve(world: World, by: By = CHECKER) -> None:
    change_id = waits(world)
    with world.database.transaction() as session:
        approve_change(session, change_id=change_id, cap=5, by=by)


def pays(world: World, key: str = "A") -> Payable:
    with world.database.reading() as session:
        return payable(session, [world.enrolments[key]])[world.enrolments[key]]


class TestTwoPeople:
    def test_a_confirmed_payee_changes_by_two_people(self, two: World) -> None:
        """Until the second person approves, the money goes where it went; the maker is not that person."""
        assert let(two, "A") is None
        assert pays(two).holder == "Nguyễn Văn Tám"
        with pytest.raises(Conflict, match="waiting already"):
            let(two, "A")
        with pytest.raises(Denied):
            approve(two, CLERK)
        approve(two)
        assert (pays(two).holder, pays(two).why) == ("Trần Thị Giám", "")
        counts_agree(two)

    def test_turned_down_nothing_has_happened(self, two: World) -> None:
        """After a no another may be proposed."""
        let(two, "A")
        change_id = waits(two)
        with two.database.transaction() as session:
            payees.turn_down(session, change_id=change_id, by=CHECKER)
        assert pays(two).holder == "Nguyễn Văn Tám"
        assert let(two, "A") is None

    def test_what_changed_meanwhile_is_not_approved(self, two: World) -> None:
        """Another recipient by a list in between: who proposed did not see them."""
        let(two, "A")
        change(two, "A", ended_on=clock.today())
        with pytest.raises(Conflict, match="receives since"):
            approve(two)

    def test_ending_the_account_first_is_no_way_around(self, two: World) -> None:
        """Who ended the payee's confirmed account cannot put somebody in their place alone; a colleague may."""
        with two.database.reading() as session:
            mine = session.exec(select(Link.id).where(Link.person_id == two.persons["A"])).one()
        with two.database.transaction() as session:
            accounts.close(session, link_id=mine, reason=CloseReason.WITHDRAWN, by=CLERK)
        assert let(two, "A") is None
        change_id = waits(two)
        with two.database.transaction() as session:
            payees.turn_down(session, change_id=change_id, by=CLERK)
        assert let(two, "A", by=CHECKER) is not None

    def test_there_and_back_gives_nobody_another_account(self, two: World) -> None:
        """The end of A's link follows from the approval: who approved does not link A anew."""
        let(two, "A")
        approve(two)
        with two.database.reading() as session:
            old = session.exec(select(Link).where(Link.person_id == two.persons["A"])).one()
        assert (old.state, old.reason) == (LinkState.CLOSED, CloseReason.ENDED)
        assert let(two, "A", RecipientKind.OWN) is None  # T is confirmed now
        other = Acceptance(
            account_id=two.account("1500201000003"), how=How.CLERK, since=MARCH, person_id=two.persons["A"]
        )
        with pytest.raises(Denied), two.database.transaction() as session:
            accounts.accept(session, acceptance=other, by=CHECKER)

    def test_without_a_confirmed_account_one_officer_is_enough(self, world: World) -> None:
        """No money stands behind a bank's yes yet: the paper and the entry are what they always were."""
        world.person("A", "Nguyễn Văn Tám")
        assert let(world, "A") is not None


class TestLegalRepresentatives:
    def test_an_adult_needs_a_paper(self, two: World) -> None:
        """A parent's right ends with the ward's childhood; so it does where nobody knows the age."""
        with pytest.raises(Invalid, match="18 or older"):
            let(two, "A", RecipientKind.LEGAL_REP, Paper())
        two.person("B", "Trần Bé", f"{clock.today().year - 5}-01-02")
        assert let(two, "B", RecipientKind.LEGAL_REP, Paper()) is not None

    @pytest.mark.parametrize("turned", [True, False])
    def test_typed_again_they_stay_held(self, world: World, turned: bool) -> None:
        """The ward is 18: the same parent again, with a paper, waits for somebody to let them go on all the same."""
        world.person("G", "Trần Thị Giám", "1970-02-01", citizen_id="051170000333", programme="NCC")
        world.person("W", "Trần Bé", f"{clock.today().year - 18}-01-02", recipient="G", kind=RecipientKind.LEGAL_REP)
        confirmed(world, "G", world.account("1500201000001"))
        if turned:
            with world.database.transaction() as session:
                life.turn_day(session, by=COMMAND)
        assert let(world, "W", RecipientKind.LEGAL_REP) is not None
        assert pays(world, "W").why == "held"
        counts_agree(world)
