"""The acts of a life of links: clerks, approvers, files and a bank in any order. See test_link_life.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlmodel import Session, select

from disburse import clock, schema
from disburse.accounts import actions, life, reopening
from disburse.accounts.actions import Acceptance
from disburse.accounts.asked import changed_among
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import AccountStatus, Link, LinkState
from disburse.audit.actor import By
from disburse.confirmations import actions as confirmations
from disburse.confirmations import wire
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.tables import ConfirmationRequest, WireState
from disburse.db import Database
from disburse.duplicates import actions as duplicates
from disburse.duplicates.tables import MergeState, PersonMerge
from disburse.errors import DisburseError
from disburse.people import changes
from disburse.people.stated import read_person
from disburse.people.tables import (
    RecipientKind,
)
from matching.text import fold
from tests.disburse.accounts.world import MARCH, World

NAMES = ("tam", "buoi", "giam")
IDENTITIES = (
    ("Nguyễn Văn Tám", ""),
    ("Nguyễn Văn Tâm", ""),
    ("Lê Thị Duyên", ""),
    ("Nguyễn Văn Tám", "0510500001"),
    ("Lê Thị Duyên", "0510500002"),
)
NUMBERS = tuple(f"12345678900{n:02d}" for n in range(5))
CLERKS = tuple(By(name=name) for name in ("Duyên", "Bảo", "Thu"))
IDS = {"tam": "051050000111", "buoi": "051050000112", "giam": "051050000113"}
persons, numbers, clerks = st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(CLERKS)


OWN = RecipientKind.OWN
WARD, GROWN_UP_SINCE = "con", date(2008, 11, 1)
# What is read again and again, and what a new history starts without; what people look up stays.
# `person_note` stays as empty as it is: PostgreSQL lets nobody delete from it.
_KEPT = {"bank", "programme", "audit_event", "key_check", "area", "area_change", "person_note"}


class LinkMoves(RuleBasedStateMachine):
    """Clerks, approvers, a bank, time and death act in any order; the database refuses what must not be.

    Three people with an entitlement of their own, and a child for whom the first of them receives.
    """

    database: Database
    lived: set[tuple[LinkState, str]]

    @initialize()
    def people(self) -> None:
        self.world = World(self.database)
        empty(self.database)
        for name in NAMES:
            self.world.person(name, "Nguyễn Văn Tám", citizen_id=IDS[name])
        self.world.person(WARD, "Nguyễn Văn Con", "2016-05-01", recipient="tam", kind=RecipientKind.LEGAL_REP)
        self.accounts = {n: self.world.account(n, "") for n in NUMBERS}
        self.sent: list[tuple[UUID, BankAnswer]] = []  # what the bank ever said by account, and about which link
        self.meant: set[UUID] = set()  # the links it ever said yes to, whatever was understood
        self.read: dict[UUID, set[tuple[str, str, str]]] = {}
        self.moved: dict[UUID, str] = {}
        self.changed = True  # since the invariants were looked at

    def act(self, what: Callable[[Session], Any]) -> None:
        """Do something, or be refused in words; nothing else may come out."""
        try:
            with self.database.transaction() as session:
                what(session)
            self.changed = True
        except DisburseError as refused:
            assert refused.sentence()

    def link(self, number: int) -> Link | None:
        links = links_of(self.database)
        return links[number % len(links)] if links else None

    @rule(person=persons, number=numbers, by=clerks, primary=st.booleans())
    def accept(self, person: str, number: str, by: By, primary: bool) -> None:
        acceptance = Acceptance(
            person_id=self.world.persons[person],
            account_id=self.accounts[number],
            how=How.CLERK,
            since=MARCH,
            primary=primary,
        )
        self.act(lambda s: actions.accept(s, acceptance=acceptance, by=by))

    @rule(by=clerks)
    def ask(self, by: By) -> None:
        self.act(lambda s: confirmations.ask(s, bank_code="VBA", by=by))
        self.bank_looks()

    @rule()
    def bank_looks(self) -> None:
        """What it reads of a holder is what its answer is about."""
        with self.database.reading() as session:
            for state in (WireState.PENDING, WireState.RECEIVED):
                for asked in wire.page(session, bank_code="VBA", state=state, after=None, limit=None):
                    facts = (fold(asked.holder_name), asked.holder_citizen_id, asked.holder_birth_date[:4])
                    self.read.setdefault(asked.id, set()).add(facts)

    @rule(
        which=st.integers(0, 50),
        status=st.sampled_from([WireState.SUCCEEDED, WireState.SUCCEEDED, WireState.RECEIVED, WireState.REJECTED]),
        name=st.sampled_from(["yes", "", "no"]),
        account=st.sampled_from(["open", "open", "closed"]),
    )
    def bank_answers(self, which: int, status: WireState, name: str, account: str) -> None:
        with self.database.reading() as session:
            requests = list(session.exec(select(ConfirmationRequest).order_by(ConfirmationRequest.id)))  # type: ignore[arg-type]
        if not requests:
            return
        request = requests[-1 - which % min(5, len(requests))]  # of this life, mostly
        assert request.link_id is not None
        answer = BankAnswer(
            key=1,
            bank_code="VBA",
            status=status,
            request_id=request.id,
            reason_code="rjct.name.mismatch" if status == WireState.REJECTED else "",
            name_match=name,
            account_status=account,
        )
        self.hears(request.link_id, answer)

    @rule(
        which=st.integers(0, 50),
        status=st.sampled_from([WireState.SUCCEEDED, WireState.SUCCEEDED, WireState.REJECTED]),
        facts=st.sampled_from([{}, {"name_match": "partial", "id_match": "none"}, {"papers": False}]),
        days=st.sampled_from([0, 0, 0, 9, None]),
        late=st.booleans(),
    )
    def bank_answers_by_account(
        self, which: int, status: WireState, facts: dict[str, Any], days: int | None, late: bool
    ) -> None:
        """A file without request ids: about any link that the bank was ever told of, also one that is over; looked at
        today, before, or nobody says when. The file may lie about and come later (`old_file_again`)."""
        told = [link for link in links_of(self.database) if not link.replaces or link.approved_by]
        if not told:
            return
        link = told[which % len(told)]
        answer = BankAnswer(
            key=1,
            bank_code="VBA",
            status=status,
            account_number=next(n for n, account in self.accounts.items() if account == link.account_id),
            reason_code="rjct.name.mismatch" if status == WireState.REJECTED else "",
            checked_at=None if days is None else clock.utc_now() - timedelta(days=days),
            **({"name_match": "yes"} | facts),
        )
        self.sent.append((link.id, answer))
        if not late:
            self.hears(link.id, answer)

    @rule(person=persons, facts=st.sampled_from(IDENTITIES), by=clerks)
    def is_written_anew(self, person: str, facts: tuple[str, str], by: By) -> None:
        """A clerk corrects somebody, or writes another's name over theirs, or writes them back."""
        name, digits = facts
        number = digits and digits + IDS[person][-2:]
        stated = read_person(name=name, birth="03/02/1950", citizen=number)
        who = self.world.persons[person]
        self.act(lambda s: changes.change_person(s, person_id=who, stated=stated, keep=["phone"], why="sai", by=by))

    @rule()
    def the_matchers_minute_comes(self) -> None:
        """After it nobody stands confirmed who is somebody else."""
        self.act(lambda s: reopening.reopen(s, by=CLERKS[0]))
        with self.database.reading() as session:
            assert not changed_among(session, [x.id for x in links_of(self.database) if x.state == LinkState.CONFIRMED])

    @rule(kept=persons, gone=persons, by=clerks)
    def merge(self, kept: str, gone: str, by: By) -> None:
        """Two records become one, by two people where one is confirmed."""
        kept_id, gone_id = self.world.persons[kept], self.world.persons[gone]

        def merged(session: Session) -> None:
            links = duplicates.primary_links(session, [kept_id, gone_id])
            made = duplicates.propose(
                session, kept_id=kept_id, gone_id=gone_id, kept_link_id=links[0].id if links else None,
                reason="trùng", by=by,
            )  # fmt: skip
            if made.state == MergeState.PROPOSED:
                duplicates.approve(session, merge_id=made.id, by=next(x for x in CLERKS if x.name != by.name))

        self.act(merged)

    @rule(by=clerks)
    def part_again(self, by: By) -> None:
        with self.database.reading() as session:
            done = session.exec(select(PersonMerge.id).where(PersonMerge.state == MergeState.DONE)).first()
        if done:
            other = next(x for x in CLERKS if x.name != by.name)
            self.act(lambda s: duplicates.undo(s, merge_id=done, why="hai người", by=by))
            self.act(lambda s: duplicates.agree_to_undo(s, merge_id=done, by=other))

    @rule(which=st.integers(0, 50))
    def old_file_again(self, which: int) -> None:
        if self.sent:
            self.hears(*self.sent[which % len(self.sent)])

    @rule(holder=persons, another=persons, number=numbers, by=clerks, asked=st.booleans())
    def linked_by_mistake(self, holder: str, another: str, number: str, by: By, asked: bool) -> None:
        """Confirmed by a file, seen to be a mistake, linked to whom it belongs to: then the same file comes again."""
        self.accept(holder, number, by, True)
        linked = [link for link in links_of(self.database) if link.account_id == self.accounts[number]]
        if not linked or linked[-1].state != LinkState.ACCEPTED:
            return
        newest = linked[-1]
        answer = BankAnswer(
            key=1, bank_code="VBA", status=WireState.SUCCEEDED, account_number=number, name_match="yes",
            checked_at=clock.utc_now(),
        )  # fmt: skip
        self.sent.append((newest.id, answer))
        self.hears(newest.id, answer)
        self.act(lambda s: actions.close(s, link_id=newest.id, reason=CloseReason.MISTAKE, by=CLERKS[0]))
        self.accept(another, number, CLERKS[1], True)
        if asked:
            self.ask(by)
        self.hears(newest.id, answer)

    def hears(self, about: UUID, answer: BankAnswer) -> None:
        """The bank says something about a link; what it says no to is paid no more, from that moment on."""
        if answer.status == WireState.SUCCEEDED:
            self.meant.add(about)
        before = {link.id: link.state for link in links_of(self.database)}
        self.act(lambda s: confirmations.take_answers(s, answers=[answer], source="test", by=CLERKS[0]))
        for link in links_of(self.database):
            if link.state == LinkState.CONFIRMED != before[link.id]:
                assert link.id == about, "confirmed by an answer about another link"
                assert answer.papers is not False, "confirmed by a yes that contradicts itself"
                assert answer.name_match != "partial", "confirmed by half a name"
        now = next(link for link in links_of(self.database) if link.id == about)
        if answer.status == WireState.REJECTED and before[about] == LinkState.CONFIRMED and answer.request_id:
            assert now.state == LinkState.REFUSED, "a later no left the account in payment"

    @rule(which=st.integers(0, 50), dated=st.booleans())
    def bank_takes_back(self, which: int, dated: bool) -> None:
        """A mistaken yes, withdrawn by the request's id."""
        with self.database.reading() as session:
            confirmed = sa.select(ConfirmationRequest.id, ConfirmationRequest.link_id).join(  # type: ignore[call-overload]
                Link, Link.id == ConfirmationRequest.link_id
            )
            rows = session.execute(confirmed.where(Link.state == LinkState.CONFIRMED).order_by(Link.id)).all()
        if rows:
            request, link = rows[which % len(rows)]
            answer = BankAnswer(
                key=1, bank_code="VBA", status=WireState.REJECTED, request_id=request, reason_code="rjct.id.mismatch",
                checked_at=clock.utc_now() if dated else None,
            )  # fmt: skip
            self.hears(link, answer)

    @rule(person=persons, number=numbers, by=clerks)
    def all_goes_well(self, person: str, number: str, by: By) -> None:
        """Accepted, asked, confirmed: the usual life, from which the unusual ones start."""
        self.accept(person, number, by, True)
        self.ask(by)
        self.bank_answers(0, WireState.SUCCEEDED, "yes", "open")

    @rule(which=st.integers(0, 50), number=numbers, part=st.booleans())
    def is_replaced(self, which: int, number: str, part: bool) -> None:
        """Proposed by one, approved by another, asked, confirmed."""
        self.all_goes_well("tam", NUMBERS[0], CLERKS[0])  # where nobody is confirmed yet
        confirmed = [n for n, link in enumerate(links_of(self.database)) if link.state == LinkState.CONFIRMED]
        which = confirmed[which % len(confirmed)] if confirmed else which
        self.propose(which, number, CLERKS[0], part)
        for link in links_of(self.database):
            if link.state == LinkState.PROPOSED:
                self.act(lambda s, id_=link.id: actions.approve_replacement(s, link_id=id_, by=CLERKS[1]))  # type: ignore[misc]
        self.ask(CLERKS[0])
        self.bank_answers(0, WireState.SUCCEEDED, "yes", "open")

    @rule(which=st.integers(0, 50), reason=st.sampled_from(list(CloseReason)), by=clerks)
    def close(self, which: int, reason: CloseReason, by: By) -> None:
        if link := self.link(which):
            self.act(lambda s: actions.close(s, link_id=link.id, reason=reason, by=by))

    @rule(which=st.integers(0, 50), number=numbers, by=clerks, part=st.booleans())
    def propose(self, which: int, number: str, by: By, part: bool) -> None:
        """For all that the holder receives, or for the child's enrolment alone."""
        if link := self.link(which):
            account, only = self.accounts[number], [self.world.enrolments[WARD]] if part else None
            self.act(
                lambda s: actions.propose_replacement(
                    s, link_id=link.id, account_id=account, reason="Đổi ngân hàng", by=by, enrolments=only
                )
            )

    @rule(which=st.integers(0, 50), by=clerks)
    def approve(self, which: int, by: By) -> None:
        link = self.link(which)
        if link is None:
            return
        proposed = link.state == LinkState.PROPOSED
        self.act(lambda s: actions.approve_replacement(s, link_id=link.id, by=by))
        with self.database.reading() as session:
            now = session.get(Link, link.id)
            assert now is not None
            if proposed and now.state == LinkState.APPROVED:
                assert by.name != now.decided_by, "the maker approved"

    @rule(which=st.integers(0, 50), to=st.sampled_from(list(LinkState)), by=clerks)
    def force(self, which: int, to: LinkState, by: By) -> None:
        """Somebody tries any move directly; an unasked or unapproved link never becomes confirmed."""
        link = self.link(which)
        if link is None or (to == LinkState.CONFIRMED and link.state in (LinkState.REQUESTED, LinkState.RECEIVED)):
            return  # that is the bank's own door, opened by its answers alone
        self.act(lambda s: actions.move(s, steps=[actions.Step(link.id, to, date(2024, 3, 9))], by=by))
        with self.database.reading() as session:
            now = session.get(Link, link.id)
            assert now is not None
            assert now.state in (to, link.state)
            assert not (to == LinkState.APPROVED and now.state != link.state)

    @rule(number=numbers, status=st.sampled_from([AccountStatus.CLOSED, AccountStatus.LOCKED, AccountStatus.OPEN]))
    def bank_list_says(self, number: str, status: AccountStatus) -> None:
        self.changed = True
        self.world.account(number, "", status=status)
        account = self.accounts[number]
        self.act(lambda s: life.accounts_changed(s, account_ids=[account], by=CLERKS[0]))

    @rule(which=st.integers(0, 50))
    def bank_closes_an_account_in_use(self, which: int) -> None:
        link = self.link(which)
        for number, account in self.accounts.items():
            if link is not None and account == link.account_id:
                self.bank_list_says(number, AccountStatus.CLOSED)


def empty(database: Database) -> None:
    """Start a history without people: those before it would only make each look longer."""
    with database.transaction() as session:
        filled = [t for t in reversed(schema.metadata.sorted_tables) if t.name not in _KEPT]
        for table in filled:
            session.execute(sa.delete(table))


def links_of(database: Database) -> list[Link]:
    with database.reading() as session:
        return list(session.exec(select(Link).order_by(Link.id)))  # type: ignore[arg-type]
