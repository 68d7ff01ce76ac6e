"""What re-opens a link: death, entitlement over, an expired paper, a birthday, a closed account. Who hears of it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from disburse import clock
from disburse.accounts import actions, life
from disburse.accounts.actions import Acceptance
from disburse.accounts.payable import payable
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import (
    AccountStatus,
    Link,
    LinkState,
    RecipientHold,
)
from disburse.confirmations import actions as confirmations
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.tables import ConfirmationRequest, WireState
from disburse.errors import DisburseError
from disburse.funnel import queries as funnel
from disburse.ids import new_id
from disburse.people import actions as people
from disburse.people import changes
from disburse.people.entries import End, NewRecipient
from disburse.people.tables import EndReason, Organisation, Precision, Recipient, RecipientKind
from disburse.progress.recount import recount
from tests.disburse.accounts.world import CLERK, MARCH, World

GROWING = date(2026, 6, 1)


def confirmed(world: World, person: str, account: UUID) -> UUID:
    """Link and let the bank say yes."""
    with world.database.transaction() as session:
        acceptance = Acceptance(person_id=world.persons[person], account_id=account, how=How.CLERK, since=MARCH)
        link = actions.accept(session, acceptance=acceptance, by=CLERK)
    say_yes(world)
    return link


def say_yes(world: World) -> None:
    with world.database.transaction() as session:
        confirmations.ask(session, bank_code="VBA", by=CLERK)
    with world.database.transaction() as session:
        requests = session.exec(select(ConfirmationRequest).where(ConfirmationRequest.closed_on == None)).all()  # noqa: E711
        answers = [BankAnswer(key=n, bank_code="VBA", status=WireState.SUCCEEDED, request_id=r.id)
                   for n, r in enumerate(requests)]  # fmt: skip
        confirmations.take_answers(session, answers=answers, source="test", by=CLERK)


def link(world: World, link_id: UUID) -> Link:
    with world.database.reading() as session:
        return session.get_one(Link, link_id)


def why(world: World, person: str) -> str:
    with world.database.reading() as session:
        enrolment = world.enrolments[person]
        return payable(session, [enrolment])[enrolment].why


def turn(world: World) -> int:
    with world.database.transaction() as session:
        return life.turn_day(session, by=CLERK)


def change(world: World, person: str, **values: object) -> None:
    """Alter the current recipient of somebody's enrolment, as a roster would."""
    with world.database.transaction() as session:
        recipient = session.exec(
            select(Recipient).where(Recipient.enrolment_id == world.enrolments[person], Recipient.ended_on == None)  # noqa: E711
        ).one()
        for name, value in values.items():
            setattr(recipient, name, value)
        session.add(recipient)


def counts_agree(world: World) -> None:
    """The cells and a count of the rows themselves say the same."""
    with world.database.reading() as session:
        cells = {(c.programme, c.commune_code): (c.registered_own, c.registered_other) for c in funnel.cells(session)}
        again = {(c.programme, c.code): (c.funnel.registered_own, c.funnel.registered_other)
                 for c in recount(session, clock.today())}  # fmt: skip
        assert {k: v for k, v in cells.items() if any(v)} == {k: v for k, v in again.items() if any(v)}


class TestDeath:
    def test_the_link_of_the_dead_ends_at_once(self, world: World) -> None:
        """Nothing goes to the account of somebody who died, nor through it to the wards."""
        world.person("me", "Nguyễn Thị Mẹ")
        world.person("con", "Nguyễn Văn Con", "2015-01-01", recipient="me")
        made = confirmed(world, "me", world.account("1234567890101"))
        assert (why(world, "me"), why(world, "con")) == ("", "")
        with world.database.transaction() as session:
            ends = [End(world.enrolments["me"], clock.today(), "died")]  # type: ignore[arg-type]
            people.end_enrolments(session, ends=ends, by=CLERK)
            life.reconsider_enrolments(session, enrolments=[world.enrolments["me"]], by=CLERK)
        assert (link(world, made).state, link(world, made).reason) == (LinkState.CLOSED, CloseReason.DIED)
        assert (why(world, "con"), why(world, "me")) == ("holder_dead", "person_dead")
        assert turn(world) == 0
        counts_agree(world)


class TestOrganisations:
    def home(self, world: World, *wards: str) -> UUID:
        """Let a home with a confirmed account receive for these people; returns its link."""
        account = world.account("1234567890911")
        with world.database.transaction() as session:
            home = Organisation(name="Trung tâm nuôi dưỡng", name_fold="trung tam nuoi duong", province_code="51")
            session.add(home)
            session.flush()
            for ward in wards:
                receives = NewRecipient(
                    id=new_id(), enrolment_id=world.enrolments[ward], kind=RecipientKind.ORGANISATION,
                    person_id=None, organisation_id=home.id, since=MARCH,
                )  # fmt: skip
                people.set_recipient(session, recipient=receives, by=CLERK)
            acceptance = Acceptance(organisation_id=home.id, account_id=account, how=How.CLERK, since=MARCH)
        with world.database.transaction() as session:
            made = actions.accept(session, acceptance=acceptance, by=CLERK)
        say_yes(world)
        return made

    def test_a_home_that_receives_for_nobody_needs_no_link(self, world: World) -> None:
        """One child leaves, the link stays for the other; the last one leaves, and it ends at once."""
        for key in ("một", "hai"):
            world.person(key, f"Nguyễn Văn {key.title()}", "2015-01-01")
        made = self.home(world, "một", "hai")
        assert why(world, "một") == ""
        for ward, state in (("một", LinkState.CONFIRMED), ("hai", LinkState.CLOSED)):
            with world.database.transaction() as session:
                ends = [End(world.enrolments[ward], clock.today() - timedelta(days=1), EndReason.STOPPED)]
                people.end_enrolments(session, ends=ends, by=CLERK)
                life.reconsider_enrolments(session, enrolments=[world.enrolments[ward]], by=CLERK)
            assert link(world, made).state == state
        assert link(world, made).reason == CloseReason.ENDED
        assert turn(world) == 0
        counts_agree(world)

    def test_the_day_ends_what_nobody_asked_about(self, world: World) -> None:
        """A roster gives the child another recipient: the next turn of the day ends the home's link."""
        world.person("em", "Nguyễn Văn Em", "2015-01-01")
        made = self.home(world, "em")
        change(world, "em", ended_on=clock.today())
        assert turn(world) == 1
        assert (link(world, made).state, link(world, made).reason) == (LinkState.CLOSED, CloseReason.ENDED)


class TestEndOfEntitlement:
    def test_who_receives_for_nobody_needs_no_link(self, world: World) -> None:
        """The guardian's own enrolment ended long ago, the last ward's ends now: the link ends as well."""
        world.person("di", "Nguyễn Thị Dì", programme=None)
        world.person("chau", "Nguyễn Văn Cháu", "2015-01-01", recipient="di")
        made = confirmed(world, "di", world.account("1234567890102"))
        with world.database.transaction() as session:
            people.end_enrolments(session, ends=[End(world.enrolments["chau"], MARCH, "stopped")], by=CLERK)  # type: ignore[arg-type]
            people.end_enrolments_over(session, enrolment_ids=[world.enrolments["chau"]], by=CLERK)
        assert turn(world) == 1
        assert (link(world, made).state, link(world, made).reason) == (LinkState.CLOSED, CloseReason.ENDED)

    def test_an_undone_roster_keeps_links(self, world: World) -> None:
        """What was entered by mistake or undone says nothing about the account."""
        world.person("tam", "Nguyễn Văn Tám")
        made = confirmed(world, "tam", world.account("1234567890103"))
        with world.database.transaction() as session:
            people.end_enrolments(session, ends=[End(world.enrolments["tam"], MARCH, "undone")], by=CLERK)  # type: ignore[arg-type]
            people.end_enrolments_over(session, enrolment_ids=[world.enrolments["tam"]], by=CLERK)
        assert turn(world) == 0
        assert link(world, made).state == LinkState.CONFIRMED


class TestSuspension:
    def test_no_money_from_the_day_on_until_it_is_lifted(self, world: World) -> None:
        """A suspended enrolment stays counted and its link confirmed, but is not payable; from tomorrow, not yet."""
        world.person("tam", "Nguyễn Văn Tám")
        made = confirmed(world, "tam", world.account("1234567890130"))
        for since, answer in ((clock.today() + timedelta(days=1), ""), (clock.today(), "suspended")):
            with world.database.transaction() as session:
                changes.suspend(session, enrolment_id=world.enrolments["tam"], since=since, why="xác minh", by=CLERK)
            assert why(world, "tam") == answer
            if not answer:
                resume(world, "tam")
        assert link(world, made).state == LinkState.CONFIRMED
        counts_agree(world)
        resume(world, "tam")
        assert why(world, "tam") == ""


def resume(world: World, person: str) -> None:
    with world.database.transaction() as session:
        changes.resume(session, enrolment_id=world.enrolments[person], why="xong", by=CLERK)


class TestExpiry:
    def test_an_expired_paper_holds_and_a_new_one_lets_go(self, world: World) -> None:
        """Not payable from the first morning, out of `registered` with the day's turn, back with a new paper."""
        world.person("anh", "Nguyễn Văn Anh")
        world.person("bac", "Nguyễn Thị Bác", recipient="anh", kind=RecipientKind.AUTHORISED)
        made = confirmed(world, "anh", world.account("1234567890104"))
        change(world, "bac", paper_until=clock.today() - timedelta(days=1))
        assert why(world, "bac") == "expired"
        assert turn(world) == 1
        assert (why(world, "bac"), why(world, "anh")) == ("held", "")
        assert link(world, made).state == LinkState.CONFIRMED  # his own enrolment still uses it
        counts_agree(world)
        with world.database.transaction() as session:
            hold = session.exec(select(RecipientHold)).one()
            with pytest.raises(DisburseError, match="last day"):
                life.keep_recipient(session, hold_id=hold.id, note="giấy mới", paper_until=None, by=CLERK)
            until = clock.today() + timedelta(days=300)
            life.keep_recipient(session, hold_id=hold.id, note="giấy mới", paper_until=until, by=CLERK)
        assert why(world, "bac") == ""
        assert turn(world) == 0
        counts_agree(world)

    def test_a_link_only_for_the_held_ends(self, world: World) -> None:
        """Who received through it for nobody else has no link left."""
        world.person("anh", "Nguyễn Văn Anh", programme=None)
        world.person("bac", "Nguyễn Thị Bác", recipient="anh", kind=RecipientKind.AUTHORISED)
        made = confirmed(world, "anh", world.account("1234567890105"))
        change(world, "bac", paper_until=clock.today() - timedelta(days=1))
        assert turn(world) == 2
        assert (link(world, made).state, link(world, made).reason) == (LinkState.CLOSED, CloseReason.EXPIRED)
        counts_agree(world)


class TestComingOfAge:
    def test_a_parent_stops_receiving_at_eighteen(self, world: World) -> None:
        """The day before the birthday all is well; on it the question is open again; an officer may let it go on."""
        world.person("me", "Nguyễn Thị Mẹ", "1980-01-01")
        world.person("con", "Nguyễn Văn Con", "2008-06-01", recipient="me", kind=RecipientKind.LEGAL_REP)
        confirmed(world, "me", world.account("1234567890106"))
        with clock.living_on(GROWING - timedelta(days=1)):
            assert (turn(world), why(world, "con")) == (0, "")
        with clock.living_on(GROWING):
            assert why(world, "con") == "of_age"
            assert (turn(world), why(world, "con"), why(world, "me")) == (1, "held", "")
            with world.database.transaction() as session:
                hold = session.exec(select(RecipientHold)).one()
                note = "Tòa án tuyên mất năng lực hành vi"
                life.keep_recipient(session, hold_id=hold.id, note=note, paper_until=None, by=CLERK)
            assert (turn(world), why(world, "con")) == (0, "")

    def test_a_guardian_of_a_grown_up_stays(self, world: World) -> None:
        """Who was grown up when the guardian began had another reason for one."""
        world.person("chi", "Nguyễn Thị Chị")
        world.person("em", "Nguyễn Văn Em", "1990-06-01", recipient="chi")
        confirmed(world, "chi", world.account("1234567890107"))
        assert (turn(world), why(world, "em")) == (0, "")

    @pytest.mark.parametrize(
        ("born", "precision", "expected"),
        [
            (date(2008, 2, 29), Precision.DAY, date(2026, 3, 1)),
            (date(2008, 6, 1), Precision.DAY, date(2026, 6, 1)),
            (date(2008, 12, 1), Precision.MONTH, date(2027, 1, 1)),
            (date(2008, 5, 1), Precision.MONTH, date(2026, 6, 1)),
            (date(2008, 1, 1), Precision.YEAR, date(2027, 1, 1)),
            (None, None, None),
        ],
    )
    def test_the_first_certain_day(self, born: date | None, precision: Precision | None, expected: date | None) -> None:
        """A year alone is certain only when it is over."""
        assert life.turns(born, precision, 18) == expected


class TestAccounts:
    def test_a_closed_account_ends_even_a_confirmed_link(self, world: World) -> None:
        """A list of the bank that says closed re-opens the question; locked only holds the money."""
        world.person("tam", "Nguyễn Văn Tám")
        account = world.account("1234567890108")
        made = confirmed(world, "tam", account)
        for status, expected in (
            (AccountStatus.LOCKED, "locked"),
            (AccountStatus.OPEN, ""),
            (AccountStatus.CLOSED, "no_link"),
        ):
            world.account("1234567890108", status=status)
            with world.database.transaction() as session:
                life.accounts_changed(session, account_ids=[account], by=CLERK)
            assert why(world, "tam") == expected
        assert link(world, made).reason == CloseReason.ACCOUNT_CLOSED
        counts_agree(world)


def also(world: World, key: str, programme: str) -> None:
    """Give a person a second enrolment, received by themself."""
    from disburse.funnel import actions as counted
    from disburse.funnel.stages import Entry
    from disburse.people.entries import NewEnrolment, add_enrolments, add_recipients

    with world.database.transaction() as session:
        enrolment = world.enrolments[f"{key} {programme}"] = new_id()
        person = world.persons[key]
        add_enrolments(
            session,
            [NewEnrolment(enrolment, person, programme, "21040", "21040", date(2025, 7, 1), "51", MARCH)],
        )
        own = NewRecipient(new_id(), enrolment, RecipientKind.OWN, person, MARCH)
        add_recipients(session, [own])
        counted.enter(session, [Entry(enrolment, "21040", programme, lines=1, amount_total=1)])
