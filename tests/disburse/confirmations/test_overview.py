"""How requests stand: the office's pages and the bank's own count alike, and nobody's refusal falls off the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse import clock
from disburse.access.actor import Actor, Held, Scope
from disburse.access.tables import Role
from disburse.accounts import actions as accounts
from disburse.accounts import life
from disburse.accounts.actions import Acceptance
from disburse.accounts.states import CloseReason, How
from disburse.confirmations import actions, events, overview, refusals, wire
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.events import Told
from disburse.confirmations.overview import BankStand, CommuneStand
from disburse.confirmations.reasons import Owner
from disburse.confirmations.refusals import Refusal
from disburse.confirmations.tables import ConfirmationRequest, EventKind, WireState
from disburse.ids import new_id
from disburse.people import actions as people
from disburse.people.actions import End
from disburse.people.entries import NewRecipient
from disburse.people.tables import EndReason, Organisation, Person, PersonStatus, Recipient, RecipientKind, Wish
from tests.disburse.accounts.world import CHECKER, CLERK, COMMUNE, MARCH, World

OFFICER = Actor(uuid4(), "canbo", "Cán bộ", CLERK, (Held(Role.PROVINCE, Scope("51")),))
FOREIGNER = Actor(uuid4(), "canbo", "Cán bộ", CLERK, (Held(Role.PROVINCE, Scope("01")),))
YESTERDAY = clock.today() - timedelta(days=1)


@dataclass
class Desk:
    """A small commune, its requests to VBA, and both sides' view of them."""

    world: World

    def act(self, what: Callable[..., object], **facts: object) -> Any:
        with self.world.database.transaction() as session:
            return what(session, **facts, by=CLERK)

    def set(self, of: UUID, **values: object) -> None:
        """Alter how somebody receives, or what is known of them, as a roster would."""
        table, key = (Person, Person.id) if "status" in values else (Recipient, Recipient.person_id)
        with self.world.database.transaction() as session:
            session.execute(sa.update(table).where(col(key) == of).values(**values))

    def link(self, key: str, number: str) -> UUID:
        """Ask about a new person's account; the day for the answer has passed."""
        person = self.world.person(key, "Nguyễn Văn Tám", "1951-03-12")
        made = self.linked(key, number, person_id=person)
        self.act(actions.ask, bank_code="VBA")
        with self.world.database.transaction() as session:
            session.execute(sa.update(ConfirmationRequest).values(due_on=YESTERDAY))
        return made

    def linked(self, key: str, number: str, **holder: UUID) -> UUID:
        account = self.world.account(number, "NGUYEN VAN TAM")
        acceptance = Acceptance(account_id=account, how=How.CLERK, since=MARCH, **holder)
        made: UUID = self.act(accounts.accept, acceptance=acceptance)
        return made

    def opening(self, key: str, name: str = "Đinh Thị Lan", commune: str = "21061") -> UUID:
        """Ask VBA to open an account for a new person."""
        person = self.world.person(key, name, "1948", commune=commune)
        self.act(actions.ask_to_open, bank_code="VBA", person_ids=[person])
        return person

    def answer(self, about: UUID, status: WireState, reason_code: str = "", **facts: str) -> None:
        """Let the bank answer what it was asked about a link, or about a person."""
        with self.world.database.transaction() as session:
            mine = sa.or_(col(ConfirmationRequest.link_id) == about, col(ConfirmationRequest.person_id) == about)
            asked = session.exec(select(ConfirmationRequest).where(mine)).one()
            said = BankAnswer(1, "VBA", status, asked.id, reason_code=reason_code, **facts)
            taken = actions.take_answers(session, answers=[said], source="test", by=CLERK)
        assert not taken.left_out

    def work(self, **filters: str) -> list[Refusal]:
        with self.world.database.reading() as session:
            total, found = refusals.waiting(session, OFFICER, limit=50, offset=0, **filters)
        assert total == len(found)
        return found

    def lines(self) -> list[CommuneStand]:
        with self.world.database.reading() as session:
            return overview.communes(session, OFFICER, "VBA")

    def agree(self) -> BankStand:
        """Check that office and bank count the same, line by line; returns the office's stand."""
        with self.world.database.reading() as session:
            stands = {one.bank_code: one for one in overview.stands(session, OFFICER)}
            theirs = wire.counts(session, bank_code="VBA")
            total, page = wire.open_requests(session, bank_code="VBA", limit=50, offset=0)
            states = (WireState.PENDING, WireState.RECEIVED)
            pulled = [wire.page(session, bank_code="VBA", state=state, after=None, limit=50) for state in states]
        ours, lines = stands.get("VBA", BankStand(bank_code="VBA")), self.lines()
        assert (ours.by_state, ours.by_kind) == (theirs.by_state, theirs.by_kind)
        assert (ours.refused_by_code, ours.overdue, ours.oldest) == (
            theirs.refused_by_code,
            theirs.overdue,
            theirs.oldest,
        )
        waiting = ours.count("pdng") + ours.count("rcvd")
        assert waiting == total == len(page) == sum(map(len, pulled)) == sum(line.open for line in lines)
        assert sum(line.overdue for line in lines) == ours.overdue
        assert min(filter(None, (line.oldest for line in lines)), default=None) == ours.oldest
        assert sum(line.refused for line in lines) == len(self.work())
        return ours


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def by_event(desk: Desk) -> None:
    desk.link("event", "1500200000001")
    told = Told(1, "e-1", EventKind.CLOSED, "1500200000001", clock.today())
    desk.act(events.hear, bank_code="VBA", told=[told], source="test")


def by_death(desk: Desk) -> None:
    desk.link("death", "1500200000002")
    ended(desk, "death", EndReason.DIED)


def by_end(desk: Desk) -> None:
    desk.link("end", "1500200000003")
    ended(desk, "end", EndReason.STOPPED)


def ended(desk: Desk, key: str, reason: EndReason) -> None:
    enrolment = desk.world.enrolments[key]
    desk.act(people.end_enrolments, ends=[End(enrolment, YESTERDAY, reason)])
    desk.act(life.reconsider_enrolments, enrolments=[enrolment])


def by_expiry(desk: Desk) -> None:
    """The only paper by which he receives has run out."""
    desk.link("expiry", "1500200000004")
    desk.set(desk.world.persons["expiry"], kind=RecipientKind.AUTHORISED, paper_until=YESTERDAY)
    desk.act(life.turn_day)


def by_clerk(desk: Desk) -> None:
    made = desk.link("clerk", "1500200000005")
    desk.act(accounts.close, link_id=made, reason=CloseReason.MISTAKE)


def by_replacement(desk: Desk) -> None:
    """Another account is proposed for a confirmed one, asked about, and withdrawn before the bank answers."""
    made = desk.link("replaced", "1500200000006")
    desk.answer(made, WireState.SUCCEEDED, name_match="yes", id_match="citizen_id")
    account = desk.world.account("1500200000007", "NGUYEN VAN TAM")
    new = desk.act(accounts.propose_replacement, link_id=made, account_id=account, reason="Đổi")
    with desk.world.database.transaction() as session:
        accounts.approve_replacement(session, link_id=new, by=CHECKER)
    desk.act(actions.ask, bank_code="VBA")
    assert desk.agree().count("pdng") == 2
    desk.act(accounts.close, link_id=new, reason=CloseReason.WITHDRAWN)


class TestOneTruth:
    def test_a_question_that_has_ended_is_nobody_s_any_more(self, desk: Desk) -> None:
        """However a link ends, the bank is not late with a question that nobody asks: on its page nor on ours."""
        desk.link("waits", "1500200000000")
        for end in (by_event, by_death, by_end, by_expiry, by_clerk, by_replacement):
            end(desk)
            stand = desk.agree()
            assert (stand.count("pdng"), stand.count("rcvd"), stand.overdue) == (1, 0, 1), end.__name__
        with desk.world.database.reading() as session:
            assert overview.stands(session, FOREIGNER) == overview.communes(session, FOREIGNER, "VBA") == []

    def test_an_answer_moves_both_counts(self, desk: Desk) -> None:
        """What the bank answered stands in both."""
        one, two, three = (desk.link(key, f"150020000000{key}") for key in "123")
        desk.answer(one, WireState.RECEIVED)
        desk.answer(two, WireState.SUCCEEDED, name_match="yes", id_match="citizen_id")
        desk.answer(three, WireState.REJECTED, "rjct.name.mismatch")
        stand = desk.agree()
        assert [stand.count(state) for state in ("pdng", "rcvd", "succ", "rjct")] == [0, 1, 1, 1]
        assert (stand.sent, stand.refused_by_code) == (3, {"rjct.name.mismatch": 1})


class TestOpenings:
    """Requests to open an account stand on every screen beside those that ask about one."""

    def test_they_are_sent_and_wait_like_others(self, desk: Desk) -> None:
        """One to confirm and one to open are two requests, a line for each commune."""
        desk.link("tam", "1500200000001")
        desk.opening("lan")
        stand = desk.agree()
        assert (stand.sent, stand.count("pdng"), stand.overdue) == (2, 2, 1)
        assert [(line.commune_code, line.open, line.overdue) for line in desk.lines()] == [
            (COMMUNE, 1, 1), ("21061", 1, 0),
        ]  # fmt: skip

    def test_both_kinds_of_refusals_are_one_list_of_work(self, desk: Desk) -> None:
        """Person, reason, owner and day; filters find it; page by page, the oldest first."""
        link, lan = desk.link("tam", "1500200000001"), desk.opening("lan")
        desk.answer(lan, WireState.REJECTED, "rjct.papers.missing")
        assert desk.agree().refused_by_code == {"rjct.papers.missing": 1}
        (one,) = desk.work()
        assert (one.person_id, one.name, one.link_id) == (lan, "Đinh Thị Lan", None)
        assert (one.code, one.number_tail, one.refused_on, one.late) == (
            "rjct.papers.missing",
            "",
            clock.today(),
            False,
        )
        assert desk.work(owner=one.owner, code=one.code, bank_code="VBA") == [one]
        assert desk.work(code="rjct.name.mismatch") == desk.work(bank_code="BIDV") == []
        desk.answer(link, WireState.REJECTED, "rjct.name.mismatch")
        desk.agree()
        assert {one.code for one in desk.work()} == {"rjct.papers.missing", "rjct.name.mismatch"}
        with desk.world.database.reading() as session:
            pages = [refusals.waiting(session, OFFICER, limit=1, offset=offset) for offset in (0, 1, 2)]
            assert refusals.counts(session, OFFICER) == {"VBA": {"rjct.papers.missing": 1, "rjct.name.mismatch": 1}}
        assert [(total, len(page)) for total, page in pages] == [(2, 1), (2, 1), (2, 0)]

    def test_it_is_dealt_with(self, desk: Desk) -> None:
        """Another bank is asked, an account is found, the person wants cash or needs none: no work is left."""
        ways: dict[str, Callable[[UUID], object]] = {
            "again": lambda lan: desk.act(actions.ask_to_open, bank_code="BIDV", person_ids=[lan]),
            "linked": lambda lan: desk.linked("linked", "1900000000001", person_id=lan),
            "cash": lambda lan: desk.set(lan, wish=Wish.CASH),
            "dead": lambda lan: desk.set(lan, status=PersonStatus.DEAD),
            "ended": lambda _: ended(desk, "ended", EndReason.STOPPED),
        }
        for way, settle in ways.items():
            lan = desk.opening(way)
            desk.answer(lan, WireState.REJECTED, "rjct.papers.missing")
            assert len(desk.work()) == 1
            settle(lan)
            assert desk.work() == [], way

    def test_a_question_nobody_needs_is_not_asked(self, desk: Desk) -> None:
        """The bank is not sent to somebody who has died, draws nothing any more, has chosen cash or whose only paper
        has run out."""
        expired = {"kind": RecipientKind.AUTHORISED, "paper_until": YESTERDAY}
        ways: dict[str, Callable[[UUID], object]] = {
            "cash": lambda lan: desk.set(lan, wish=Wish.CASH),
            "dead": lambda _: ended(desk, "dead", EndReason.DIED),
            "ended": lambda _: ended(desk, "ended", EndReason.STOPPED),
            "expired": lambda lan: (desk.set(lan, **expired), desk.act(life.turn_day)),
        }
        for way, end in ways.items():
            lan = desk.opening(way)
            assert desk.agree().count("pdng") == 1
            end(lan)
            assert desk.agree().count("pdng") == 0, way


class TestOrganisations:
    def test_a_home_s_refusal_is_work_too(self, desk: Desk) -> None:
        """Its name, its bank and its reason stand in the list, and in the clock's line of organisations."""
        desk.world.person("con", "Nguyễn Văn Con", "2015-01-01")
        with desk.world.database.transaction() as session:
            home = Organisation(name="Trung tâm nuôi dưỡng", name_fold="trung tam nuoi duong", province_code="51")
            session.add(home)
            session.flush()
            receives = NewRecipient(
                id=new_id(), enrolment_id=desk.world.enrolments["con"], kind=RecipientKind.ORGANISATION,
                person_id=None, organisation_id=home.id, since=MARCH,
            )  # fmt: skip
            people.set_recipient(session, recipient=receives, by=CLERK)
        made = desk.linked("home", "1500200000001", organisation_id=home.id)
        desk.act(actions.ask, bank_code="VBA")
        assert desk.agree().count("pdng") == 1
        (line,) = desk.lines()
        assert (line.of_bodies, line.open) == (True, 1)
        desk.answer(made, WireState.REJECTED, "rjct.account.closed")
        desk.agree()
        (one,) = desk.work()
        assert (one.name, one.person_id, one.link_id) == ("Trung tâm nuôi dưỡng", None, made)
        desk.linked("home", "1500200000002", organisation_id=home.id)
        assert desk.work() == []


class TestRefusal:
    def test_a_refusal_has_an_owner_and_a_day(self) -> None:
        """Ten working days from the refusal; an unknown code falls to the bank."""
        one = Refusal(uuid4(), uuid4(), "A", "B", "VBA", "1234", "rjct.account.closed", date(2026, 11, 2))
        assert (one.owner, one.due_on) == (Owner.PERSON, date(2026, 11, 16))
        assert Refusal(None, None, "A", "B", "VBA", "", "new", date(2026, 11, 2)).owner == Owner.BANK
