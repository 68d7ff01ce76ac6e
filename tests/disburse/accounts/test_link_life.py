"""Random lives of links against a model: what may never happen does not, on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlmodel import Session, select

from disburse import clock
from disburse.accounts import actions, life
from disburse.accounts.payable import Payable, payable
from disburse.accounts.states import CloseReason, is_live
from disburse.accounts.tables import Account, AccountStatus, Link, LinkState, RecipientHold
from disburse.audit.actor import By
from disburse.cases.receiving import Paper, Receiving, approve_change, receive
from disburse.cases.tables import RecipientChange
from disburse.confirmations.tables import ConfirmationRequest
from disburse.db import Database
from disburse.funnel import queries as funnel
from disburse.ids import new_id
from disburse.people import actions as people
from disburse.people.entries import End, NewRecipient
from disburse.people.stated import read_person
from disburse.people.tables import (
    CITIZEN_ID,
    EndReason,
    Enrolment,
    EnrolmentState,
    Person,
    PersonStatus,
    Recipient,
    RecipientKind,
)
from tests.disburse.accounts.link_lives import (
    CLERKS,
    GROWN_UP_SINCE,
    IDS,
    NAMES,
    OWN,
    WARD,
    LinkMoves,
    clerks,
    links_of,
    numbers,
    persons,
)
from tests.disburse.accounts.told_from_rows import said_yes, used
from tests.disburse.accounts.world import MARCH, World


class LinkLife(LinkMoves):
    """Time, death and who receives act as well; after each act nothing may be broken."""

    @rule(person=persons)
    def dies(self, person: str) -> None:
        """Somebody's death is entered, to the end of this month."""
        enrolment = self.world.enrolments[person]

        def died(session: Session) -> None:
            last_day = clock.today() + timedelta(days=5)
            people.end_enrolments(session, ends=[End(enrolment, last_day, EndReason.DIED)], by=CLERKS[0])
            life.reconsider_enrolments(session, enrolments=[enrolment], by=CLERKS[0])

        self.act(died)

    @rule(person=persons, number=numbers, by=clerks)
    def all_goes_well_and_then_they_die(self, person: str, number: str, by: By) -> None:
        self.all_goes_well(person, number, by)
        self.dies(person)

    @rule(person=st.sampled_from((*NAMES, WARD)))
    def entitlement_ends(self, person: str) -> None:
        """The last day is over."""
        enrolment, yesterday = self.world.enrolments[person], clock.today() - timedelta(days=1)

        def over(session: Session) -> None:
            if session.get_one(Enrolment, enrolment).state == EnrolmentState.ACTIVE:
                people.end_enrolments(session, ends=[End(enrolment, yesterday, EndReason.STOPPED)], by=CLERKS[0])
                people.end_enrolments_over(session, enrolment_ids=[enrolment], by=CLERKS[0])

        self.act(over)
        self.day_turns()

    @rule()
    def child_grows_up(self) -> None:
        self._alter(Person, Person.id == self.world.persons[WARD], birth_date=GROWN_UP_SINCE)

    @rule(days=st.sampled_from([-1, 0, 30]))
    def paper_runs_until(self, days: int) -> None:
        of_child = Recipient.enrolment_id == self.world.enrolments[WARD]
        self._alter(Recipient, of_child, paper_until=clock.today() + timedelta(days=days))

    def _alter(self, table: Any, where: Any, **values: Any) -> None:
        self.changed = True
        with self.database.transaction() as session:
            session.execute(sa.update(table).where(where).values(**values))

    @rule(person=persons)
    def another_receives(self, person: str) -> None:
        recipient = NewRecipient(
            new_id(), self.world.enrolments[WARD], RecipientKind.GUARDIAN, self.world.persons[person], clock.today()
        )

        def taken_over(session: Session) -> None:
            people.set_recipient(session, recipient=recipient, by=CLERKS[0])
            actions.restate(session, [recipient.enrolment_id])

        self.act(taken_over)

    @rule(ward=st.sampled_from((*NAMES, WARD)), who=st.sampled_from((*NAMES, "")), by=clerks, approver=clerks)
    def officer_lets_another_receive(self, ward: str, who: str, by: By, approver: By) -> None:
        """One officer alone moves nobody's money to another's account; two different ones may."""
        enrolment = self.world.enrolments[ward]
        stated = read_person(name="Nguyễn Văn Tám", citizen=IDS[who]) if who else None
        kind, paper = (RecipientKind.AUTHORISED, Paper("Giấy ủy quyền", "1", MARCH)) if who else (OWN, Paper())
        given = Receiving(enrolment, kind, clock.today(), stated, paper=paper)
        before = self._paid_to(enrolment)
        self.act(lambda s: receive(s, receiving=given, cap=9, by=by))
        after = self._paid_to(enrolment)
        assert before is None or after in (before, None), "one person redirected a confirmed payee"
        with self.database.reading() as session:
            waits = session.exec(select(RecipientChange).where(RecipientChange.state == "proposed")).first()
        if waits is not None:
            self.act(lambda s: approve_change(s, change_id=waits.id, cap=9, by=approver))
            with self.database.reading() as session:
                now = session.get_one(RecipientChange, waits.id)
            assert now.state != "approved" or now.decided_by != now.made_by

    def _paid_to(self, enrolment: UUID) -> UUID | None:
        with self.database.reading() as session:
            paid = payable(session, [enrolment]).get(enrolment)
            return None if paid is None or paid.why else session.get_one(Link, paid.link_id).person_id

    @rule()
    def day_turns(self) -> None:
        """After it nobody who is dead, and nobody whose right has run out, has what they had."""
        self.changed = True
        with self.database.transaction() as session:
            life.turn_day(session, by=CLERKS[0])
        with self.database.reading() as session:
            dead = set(session.exec(select(Person.id).where(Person.status == PersonStatus.DEAD)))
            assert not any(link.state in _OPEN and link.person_id in dead for link in links_of(self.database))
            child = payable(session, [self.world.enrolments[WARD]])
            assert all(one.why not in ("expired", "of_age") for one in child.values())
            assert life.turn_day(session, by=CLERKS[0]) == 0, "the day turns once"

    @rule(until=st.sampled_from([None, -1, 60]))
    def officer_lets_go_on(self, until: int | None) -> None:
        with self.database.reading() as session:
            hold = session.exec(select(RecipientHold.id).where(RecipientHold.settled_on == None)).first()  # noqa: E711
        day = None if until is None else clock.today() + timedelta(days=until)
        if hold:
            self.act(lambda s: life.keep_recipient(s, hold_id=hold, note="đã xem", paper_until=day, by=CLERKS[0]))

    @invariant()
    def nothing_is_broken(self) -> None:
        """What was refused changed nothing: looking again would only take time."""
        if not self.changed:
            return
        self.changed = False
        with self.database.reading() as session:
            self.one_account_a_person_and_one_person_an_account(list(session.exec(select(Link))))
            self.paid_only_through_the_banks_yes(session)
            self.the_funnel_tells_the_same(session)

    def one_account_a_person_and_one_person_an_account(self, links: list[Link]) -> None:
        live = [x for x in links if is_live(x.state, x.replaces)]
        primaries = [x.person_id for x in live if x.is_primary]
        assert len(primaries) == len(set(primaries))
        assert len(live) == len({x.account_id for x in live})
        for link in links:
            if self.moved.get(link.id) in (LinkState.CLOSED, LinkState.REFUSED):
                assert link.state in (LinkState.CLOSED, self.moved[link.id]), "what ended came back"
            if link.confirmed_on:
                assert link.id in self.meant, "the bank never said yes to this link"
            assert link.approved_by in ("", *(c.name for c in CLERKS))
            assert link.approved_by != link.decided_by
            if link.replaces and link.confirmed_on:
                assert link.approved_by, "replaced by one person alone"
            self.moved[link.id] = link.state
            self.lived.add((link.state, link.reason))

    def paid_only_through_the_banks_yes(self, session: Session) -> None:
        """Confirmed, and payable, only with a yes to this version, and only through the recipient's own link."""
        yes = said_yes(session)
        for link in session.exec(select(Link)):
            if link.state == LinkState.CONFIRMED or link.confirmed_on:
                assert (link.id, link.version) in yes
        for one in payable(session, self.world.enrolments.values()).values():
            if not one.why:
                assert (one.link_id, one.link_version) in yes
                _check_paid(session, one)
                self._is_whom_the_bank_read_of(session, one)
                self.lived.add((LinkState.CONFIRMED, "paid"))

    def _is_whom_the_bank_read_of(self, session: Session, one: Payable) -> None:
        """Nobody is paid by a yes to somebody else: the bank read their very name, number and year, or no person."""
        link = session.get_one(Link, one.link_id)
        holder = session.get_one(Person, link.person_id)
        number = CITIZEN_ID.maybe_open(holder.id, holder.citizen_id_sealed) or ""
        of_link = select(ConfirmationRequest.id).where(ConfirmationRequest.link_id == one.link_id)
        read = set[tuple[str, str, str]]().union(*(self.read.get(id_, set()) for id_ in session.exec(of_link)))
        assert not read or read == {(holder.name_fold, number, str(holder.birth_date)[:4])}, "paid by another's yes"

    def the_funnel_tells_the_same(self, session: Session) -> None:
        assert funnel.differences(session) == []
        counted = sum(c.registered_own + c.registered_other for c in funnel.cells(session))
        assert counted == len(used(session))


_OPEN = set(LinkState) - {LinkState.CLOSED, LinkState.REFUSED}
FEW = 40  # lives in every build; the campaign has 2,000


def _check_paid(session: Session, one: Payable) -> None:
    """Money goes out: the recipient is the holder, lives, has the right today, and the account can take it."""
    link = session.get_one(Link, one.link_id)
    recipient = session.get_one(Recipient, one.recipient_id)
    assert link.state == LinkState.CONFIRMED
    assert recipient.ended_on is None
    assert recipient.person_id == link.person_id, "through somebody else's account"
    assert session.get_one(Person, link.person_id).status == PersonStatus.ACTIVE
    assert session.get_one(Account, link.account_id).status == AccountStatus.OPEN
    enrolment = session.get_one(Enrolment, one.enrolment_id)
    assert enrolment.state == EnrolmentState.ACTIVE
    holds = session.exec(select(RecipientHold).where(RecipientHold.recipient_id == recipient.id)).all()
    assert all(hold.settled_on for hold in holds)
    assert recipient.paper_until is None or recipient.paper_until >= clock.today()
    born = session.get_one(Person, enrolment.person_id).birth_date
    if born == GROWN_UP_SINCE and recipient.since < date(2026, 11, 1):
        assert any(hold.reason == "of_age" for hold in holds), "a parent went on receiving for a grown-up"


def _live(database: Database, examples: int) -> None:
    if database.is_sqlite:  # nobody pulls the plug here, and the disk is not what is tested
        sa.event.listen(database.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous=OFF"))
    World(database).reference()
    lived: set[tuple[LinkState, str]] = set()
    machine = type("LinkLife", (LinkLife,), {"database": database, "lived": lived})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=examples <= FEW,  # the build asks the same every time; the campaign goes where nobody was
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    if examples < FEW:
        return
    wanted = (
        {(LinkState.CONFIRMED, "paid")}
        | {
            (LinkState.CLOSED, str(reason))
            for reason in (CloseReason.REPLACED, CloseReason.DIED, CloseReason.ACCOUNT_CLOSED)
        }
        | {(LinkState.REFUSED, "rjct.id.mismatch")}
    )
    if examples > FEW:  # a few lives have no room for everything
        wanted |= {(LinkState.CLOSED, str(reason)) for reason in (CloseReason.ENDED, CloseReason.HOLDER_CHANGED)}
    assert wanted <= lived, f"the lives were too tame: {wanted - lived}"


def test_some_lives_of_links_on_sqlite(sqlite_database: Database) -> None:
    """A few dozen random histories of up to 30 acts."""
    _live(sqlite_database, FEW)


def test_some_lives_of_links_on_postgresql(postgres_database: Database) -> None:
    """A few here, the rest in the campaign: each act is a round trip to the server."""
    _live(postgres_database, 15)


@pytest.mark.campaign
def test_two_thousand_lives_of_links(database: Database) -> None:
    """2,000 random histories on each database."""
    _live(database, 2_000)
