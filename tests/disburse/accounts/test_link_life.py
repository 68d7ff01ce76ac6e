"""Random lives of links against a model: what may never happen does not, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import Session, select

from disburse.accounts import actions
from disburse.accounts.actions import Acceptance
from disburse.accounts.states import CloseReason, How, is_live
from disburse.accounts.tables import Link, LinkState
from disburse.audit.actor import By
from disburse.confirmations import actions as confirmations
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, WireState
from disburse.db import Database
from disburse.errors import DisburseError
from disburse.funnel import queries as funnel
from tests.disburse.accounts.world import MARCH, World

NAMES = ("tam", "buoi", "giam")
NUMBERS = tuple(f"12345678900{n:02d}" for n in range(5))
CLERKS = tuple(By(name=name) for name in ("Duyên", "Bảo", "Thu"))
persons, numbers, clerks = st.sampled_from(NAMES), st.sampled_from(NUMBERS), st.sampled_from(CLERKS)


class LinkLife(RuleBasedStateMachine):
    """Clerks, approvers and a bank act in any order; the database refuses what must not be."""

    database: Database

    @initialize()
    def people(self) -> None:
        self.world = World(self.database)
        if not _codes(self.database):
            self.world.reference()
        self.keys = {name: f"{name}{id(self)}" for name in NAMES}
        for name in NAMES:
            self.world.person(self.keys[name], "Nguyễn Văn Tám")
        self.accounts = {n: self.world.account(f"{n}{len(_links(self.database)):04d}", "") for n in NUMBERS}
        self.mine = set(self.world.persons.values())
        self.moved: dict[UUID, str] = {}

    def act(self, what: Callable[[Session], Any]) -> None:
        """Do something, or be refused in words; nothing else may come out."""
        try:
            with self.database.transaction() as session:
                what(session)
        except DisburseError as refused:
            assert refused.sentence()

    def link(self, number: int) -> Link | None:
        mine = [link for link in _links(self.database) if link.person_id in self.mine]
        return mine[number % len(mine)] if mine else None

    @rule(person=persons, number=numbers, by=clerks, primary=st.booleans())
    def accept(self, person: str, number: str, by: By, primary: bool) -> None:
        acceptance = Acceptance(
            person_id=self.world.persons[self.keys[person]],
            account_id=self.accounts[number],
            how=How.CLERK,
            since=MARCH,
            primary=primary,
        )
        self.act(lambda s: actions.accept(s, acceptance=acceptance, by=by))

    @rule(by=clerks)
    def ask(self, by: By) -> None:
        self.act(lambda s: confirmations.ask(s, bank_code="VBA", by=by))

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
        answer = BankAnswer(
            key=1,
            bank_code="VBA",
            status=status,
            request_id=requests[-1 - which % min(5, len(requests))].id,  # of this life, mostly
            reason_code="rjct.name.mismatch" if status == WireState.REJECTED else "",
            name_match=name,
            account_status=account,
        )
        self.act(lambda s: confirmations.take_answers(s, answers=[answer], source="test", by=CLERKS[0]))

    @rule(person=persons, number=numbers, by=clerks)
    def all_goes_well(self, person: str, number: str, by: By) -> None:
        """Accepted, asked, confirmed: the usual life, from which the unusual ones start."""
        self.accept(person, number, by, True)
        self.ask(by)
        self.bank_answers(0, WireState.SUCCEEDED, "yes", "open")

    @rule(which=st.integers(0, 50), number=numbers)
    def is_replaced(self, which: int, number: str) -> None:
        """Proposed by one, approved by another, asked, confirmed."""
        self.propose(which, number, CLERKS[0])
        for link in _links(self.database):
            if link.person_id in self.mine and link.state == LinkState.PROPOSED:
                self.act(lambda s, id_=link.id: actions.approve_replacement(s, link_id=id_, by=CLERKS[1]))  # type: ignore[misc]
        self.ask(CLERKS[0])
        self.bank_answers(0, WireState.SUCCEEDED, "yes", "open")

    @rule(which=st.integers(0, 50), reason=st.sampled_from(list(CloseReason)), by=clerks)
    def close(self, which: int, reason: CloseReason, by: By) -> None:
        if link := self.link(which):
            self.act(lambda s: actions.close(s, link_id=link.id, reason=reason, by=by))

    @rule(which=st.integers(0, 50), number=numbers, by=clerks)
    def propose(self, which: int, number: str, by: By) -> None:
        if link := self.link(which):
            account = self.accounts[number]
            self.act(
                lambda s: actions.propose_replacement(
                    s, link_id=link.id, account_id=account, reason="Đổi ngân hàng", by=by
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

    @invariant()
    def one_account_a_person_and_one_person_an_account(self) -> None:
        live = [x for x in _links(self.database) if is_live(x.state, x.replaces)]
        primaries = [x.person_id for x in live if x.is_primary]
        assert len(primaries) == len(set(primaries))
        assert len(live) == len({x.account_id for x in live})

    @invariant()
    def confirmed_only_by_the_banks_yes_to_this_version(self) -> None:
        with self.database.reading() as session:
            yes = {
                (request.link_id, request.link_version)
                for request, result in session.exec(
                    select(ConfirmationRequest, ConfirmationResult).where(
                        ConfirmationRequest.id == ConfirmationResult.request_id,
                        ConfirmationResult.status == WireState.SUCCEEDED,
                    )
                )
                if result.name_match != "no" and result.account_status != "closed"
            }
        for link in _links(self.database):
            if link.state == LinkState.CONFIRMED or link.confirmed_on:
                assert (link.id, link.version) in yes

    @invariant()
    def nothing_that_ended_comes_back(self) -> None:
        for link in _links(self.database):
            if self.moved.get(link.id) == LinkState.CLOSED:
                assert link.state == LinkState.CLOSED
            self.moved[link.id] = link.state

    @invariant()
    def the_funnel_tells_the_same(self) -> None:
        with self.database.reading() as session:
            assert funnel.differences(session) == []
            live = {x.person_id for x in _links(self.database) if is_live(x.state, x.replaces) and x.is_primary}
            counted = sum(c.registered_own for c in funnel.cells(session))
            assert counted == len(live)


def _links(database: Database) -> list[Link]:
    with database.reading() as session:
        return list(session.exec(select(Link).order_by(Link.id)))  # type: ignore[arg-type]


def _codes(database: Database) -> list[str]:
    from disburse.banks.tables import Bank

    with database.reading() as session:
        return list(session.exec(select(Bank.code)))


def _live(database: Database, examples: int) -> None:
    machine = type("LinkLife", (LinkLife,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    lived = {(link.state, link.reason) for link in _links(database)}
    assert LinkState.CONFIRMED in {state for state, _ in lived}, "the lives were too tame"
    assert (LinkState.CLOSED, CloseReason.REPLACED) in lived, "the lives were too tame"


def test_a_hundred_lives_of_links_on_sqlite(sqlite_database: Database) -> None:
    """100 random histories of up to 15 acts."""
    _live(sqlite_database, 100)


def test_thirty_lives_of_links_on_postgresql(postgres_database: Database) -> None:
    """30 here, the rest in the campaign: each act is a round trip to the server."""
    _live(postgres_database, 30)


@pytest.mark.campaign
def test_two_thousand_lives_of_links(database: Database) -> None:
    """2,000 random histories on each database."""
    _live(database, 2_000)
