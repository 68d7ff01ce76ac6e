"""Undoing a merge: what was made since goes with whom it belongs to or stands in the way, and two people part two."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import actions as accounts
from disburse.accounts.actions import Acceptance
from disburse.accounts.holdings import holdings
from disburse.accounts.payable import Payable, payable
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import Link, RecipientLink
from disburse.audit.actor import By
from disburse.cases.receiving import Paper, Receiving, receive
from disburse.db import Database, take_turns
from disburse.duplicates import actions
from disburse.duplicates.tables import MergeState, PersonMerge
from disburse.errors import Conflict, Denied
from disburse.people import changes as people
from disburse.people.stated import read_person
from disburse.people.tables import Recipient, RecipientKind
from tests.disburse.accounts.test_life import confirmed, counts_agree, say_yes
from tests.disburse.accounts.world import CHECKER, CLERK, MARCH, World


@pytest.fixture
def two(world: World) -> World:
    """B, with NCC and a confirmed account; A, who may be the same, with BTXH and none."""
    world.person("B", "Nguyễn Văn Tám", citizen_id="051050000111", programme="NCC")
    world.person("A", "Nguyễn Văn Tám")
    confirmed(world, "B", world.account("1500201000001"))
    return world


def merge(world: World) -> UUID:
    """Merge A into B: proposed by one, agreed by another."""
    with world.database.transaction() as session:
        made = actions.propose(
            session, kept_id=world.persons["B"], gone_id=world.persons["A"], kept_link_id=None, reason="trùng", by=CLERK
        )
        key, state = made.id, made.state
    if state == MergeState.PROPOSED:
        with world.database.transaction() as session:
            actions.approve(session, merge_id=key, by=CHECKER)
    return key


def undo(world: World, key: UUID, by: By = CLERK) -> bool:
    with world.database.transaction() as session:
        return actions.undo(session, merge_id=key, why="hai người", by=by)


def part(world: World, key: UUID) -> None:
    """Ask as one person, agree as another."""
    assert not undo(world, key)
    with world.database.transaction() as session:
        actions.agree_to_undo(session, merge_id=key, by=CHECKER)


def waiting_for_turns(session: Session) -> int:
    """How many wait for a turn that somebody else has."""
    statement = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return int(session.execute(sa.text(statement)).scalar_one())


def pays(world: World, key: str) -> Payable:
    with world.database.reading() as session:
        return payable(session, [world.enrolments[key]])[world.enrolments[key]]


def holder_of(world: World, key: str) -> UUID | None:
    """Return whose account an enrolment is paid to; None where it is not."""
    paid = pays(world, key)
    with world.database.reading() as session:
        return None if paid.why else session.get_one(Link, paid.link_id).person_id


def recipient_of(world: World, key: str) -> Recipient:
    with world.database.reading() as session:
        found = select(Recipient).where(
            Recipient.enrolment_id == world.enrolments[key], col(Recipient.ended_on).is_(None)
        )
        return session.exec(found).one()


def become(world: World, key: str, kind: RecipientKind, who: str = "", citizen: str = "") -> None:
    stated = read_person(name=who, birth="2/2/1970", citizen=citizen) if who else None
    paper = Paper("Giấy ủy quyền", "1", MARCH) if who else Paper()
    receiving = Receiving(world.enrolments[key], kind, clock.today(), stated, paper=paper)
    with world.database.transaction() as session:
        receive(session, receiving=receiving, cap=5, by=CLERK)


class TestUndo:
    def test_two_people_part_what_two_people_merged(self, two: World) -> None:
        """One asks, nobody agrees to their own wish, another may say no; only an agreed wish parts the records."""
        key = merge(two)
        assert holder_of(two, "A") == two.persons["B"]
        assert not undo(two, key)
        with pytest.raises(Conflict, match="asked to undo"):
            undo(two, key, CHECKER)
        with pytest.raises(Denied), two.database.transaction() as session:
            actions.agree_to_undo(session, merge_id=key, by=CLERK)
        with two.database.transaction() as session:
            actions.stay_merged(session, merge_id=key, by=CHECKER)
        part(two, key)
        assert (holder_of(two, "A"), holder_of(two, "B")) == (None, two.persons["B"])
        counts_agree(two)

    def test_an_account_confirmed_since_needs_the_second_person_too(self, world: World) -> None:
        """Merged by one because neither had a confirmed account; the bank's yes came in between."""
        world.person("B", "Nguyễn Văn Tám", programme="NCC")
        world.person("A", "Nguyễn Văn Tám")
        mine = Acceptance(
            account_id=world.account("1500201000009"), how=How.CLERK, since=MARCH, person_id=world.persons["A"]
        )
        with world.database.transaction() as session:
            accounts.accept(session, acceptance=mine, by=CLERK)
        key = merge(world)
        say_yes(world)
        assert not undo(world, key)

    def test_who_receives_for_themself_is_parted_with_their_entitlement(self, two: World) -> None:
        """A's guardian gave way to "own" on the merged record; parted, A's entitlement is A's and not paid to B."""
        two.person("G", "Trần Thị Giám", programme=None, citizen_id="051170000333")
        become(two, "A", RecipientKind.AUTHORISED, "Trần Thị Giám", "051170000333")
        key = merge(two)
        become(two, "A", RecipientKind.OWN)
        assert holder_of(two, "A") == two.persons["B"]
        part(two, key)
        assert recipient_of(two, "A").person_id == two.persons["A"]
        assert (holder_of(two, "A"), holder_of(two, "B")) == (None, two.persons["B"])
        counts_agree(two)

    def test_a_number_that_somebody_else_bears_by_now_stands_in_the_way(self, two: World) -> None:
        """A's citizen ID stood on no record after the merge, and was written down for a new one; nothing is parted."""
        with two.database.transaction() as session:
            people.change_person(
                session, person_id=two.persons["A"], stated=read_person(name="Nguyễn Văn Tám", citizen="051050000222"),
                keep=[], why="bổ sung", by=CLERK,
            )  # fmt: skip
        key = merge(two)
        two.person("A2", "Nguyễn Văn Tám", citizen_id="051050000222")
        with pytest.raises(Conflict, match="another record, of Nguyễn Văn Tám"):
            undo(two, key)
        assert holder_of(two, "A") == two.persons["B"]

    def test_an_account_given_to_the_merged_record_stands_in_the_way(self, two: World) -> None:
        """A change for A's enrolment alone: whose account it is nobody can tell. Once it is ended, they part."""
        key = merge(two)
        with two.database.reading() as session:
            old = session.exec(select(Link.id)).one()
        new = two.account("1500201000002")
        with two.database.transaction() as session:
            enrolments = [two.enrolments["A"]]
            made = accounts.propose_replacement(
                session, link_id=old, account_id=new, reason="đổi", enrolments=enrolments, by=CLERK
            )
        with pytest.raises(Conflict, match="…0002"):
            undo(two, key)
        with two.database.transaction() as session:
            accounts.approve_replacement(session, link_id=made, by=CHECKER)
        say_yes(two)
        with pytest.raises(Conflict, match="…0002"):
            undo(two, key)
        with two.database.transaction() as session:
            accounts.close(session, link_id=made, reason=CloseReason.WITHDRAWN, by=CLERK)
        part(two, key)
        assert holder_of(two, "A") is None
        counts_agree(two)

    def test_the_others_account_is_named_no_more(self, two: World) -> None:
        """A's second account was named for B's entitlement while they were one: parted, B is paid on B's own."""
        second = Acceptance(
            account_id=two.account("1500201000003"), how=How.CLERK, since=MARCH, person_id=two.persons["A"]
        )
        with two.database.transaction() as session:
            named = accounts.accept(session, acceptance=second, by=CLERK)
        say_yes(two)
        with two.database.transaction() as session:
            session.get_one(Link, named).is_primary = False
        key = merge(two)
        with two.database.transaction() as session:
            accounts.name_link(session, recipient_id=recipient_of(two, "B").id, link_id=named, by=CLERK)
        assert pays(two, "B").link_id == named
        part(two, key)
        assert (holder_of(two, "B"), pays(two, "B").why) == (two.persons["B"], "")
        counts_agree(two)

    def test_a_ward_of_the_merged_record_stands_in_the_way(self, two: World) -> None:
        """Which of the two somebody chose to receive for them, only an officer can say."""
        two.person("W", "Lê Thị Bé")
        key = merge(two)
        become(two, "W", RecipientKind.AUTHORISED, "Nguyễn Văn Tám", "051050000111")
        with pytest.raises(Conflict, match="Lê Thị Bé"):
            undo(two, key)

    def test_a_later_merge_is_undone_first(self, two: World) -> None:
        """What two merges moved is given back in the order in which it came."""
        first = merge(two)
        two.person("C", "Nguyễn Văn Tám", programme="HTXH")
        with two.database.transaction() as session:
            proposed = actions.propose(
                session, kept_id=two.persons["B"], gone_id=two.persons["C"], kept_link_id=None, reason="trùng", by=CLERK
            )
            second = proposed.id
        with two.database.transaction() as session:
            actions.approve(session, merge_id=second, by=CHECKER)
        with pytest.raises(Conflict, match="later merge"):
            undo(two, first)
        part(two, second)
        part(two, first)
        with two.database.reading() as session:
            states = set(session.exec(select(PersonMerge.state)))
        assert states == {MergeState.UNDONE}


class TestPayable:
    def test_a_named_account_must_be_the_recipients(self, two: World) -> None:
        """However it came to be named, another's account is paid to by nobody and written into no list."""
        with two.database.transaction() as session:
            link = session.exec(select(Link.id)).one()
            session.add(RecipientLink(recipient_id=recipient_of(two, "A").id, link_id=link))
        assert pays(two, "A").why == "link_of_another"
        with two.database.reading() as session:
            assert two.enrolments["A"] not in holdings(session, [two.enrolments["A"]])

    def test_own_is_the_ward(self, two: World) -> None:
        """Whoever is recorded as receiving for themself is the one the entitlement belongs to."""
        with two.database.transaction() as session:
            recipient = session.get_one(Recipient, recipient_of(two, "A").id)
            recipient.person_id = two.persons["B"]
        assert pays(two, "A").why == "not_the_ward"


class TestBesideARun:
    """A run writes the pairs of thousands of people without a mark on each of them."""

    @pytest.mark.parametrize("act", ["merge", "part"])
    def test_who_becomes_one_or_two_waits_for_the_steps_of_a_run(self, postgres_database: Database, act: str) -> None:
        """Neither happens while a step holds its turn; both go on when it has ended."""
        world = World(postgres_database).reference()
        world.person("B", "Nguyễn Văn Tám", citizen_id="051050000111", programme="NCC")
        world.person("A", "Nguyễn Văn Tám")
        key = merge(world) if act == "part" else None
        with ThreadPoolExecutor(1) as other, world.database.transaction() as step:
            take_turns(step, "candidates", shared=True)
            done = other.submit(undo, world, key) if key else other.submit(merge, world)
            with world.database.reading() as session:
                until = time.monotonic() + 20
                while not waiting_for_turns(session) and time.monotonic() < until:
                    assert not done.done()
                    time.sleep(0.02)
                assert waiting_for_turns(session) == 1
            step.rollback()
            done.result(20)
