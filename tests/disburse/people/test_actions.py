"""Acts on people: who receives, ends, moves and wishes, each with its event and its share of the cells."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.ids import new_id
from disburse.people import actions
from disburse.people.actions import Answer
from disburse.people.entries import End, NewPerson, NewRecipient
from disburse.people.tables import (
    EndReason,
    EnrolmentState,
    Person,
    PersonStatus,
    RecipientKind,
    VerifiedResult,
    Wish,
)
from tests.disburse.rosters.desk import TODAY, Desk

LAN = "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 500000"


def last_act(desk: Desk) -> str:
    """Return the newest event's action."""
    with desk.database.reading() as session:
        return session.exec(select(AuditEvent.action).order_by(col(AuditEvent.seq).desc()).limit(1)).one()


class TestSetRecipient:
    def test_the_new_one_receives_and_the_old_one_stays_in_the_record(self, desk: Desk) -> None:
        """Exactly one current recipient, the wish counted, an event written."""
        desk.full("2026-05", LAN)
        guardian = NewPerson(new_id(), "Trần Văn Con")
        enrolment = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            actions.add_person(session, person=guardian, by=COMMAND)
            recipient = NewRecipient(
                new_id(), enrolment.id, RecipientKind.GUARDIAN, guardian.id, TODAY, wish=Wish.ACCOUNT
            )
            actions.set_recipient(session, recipient=recipient, by=COMMAND)
        assert desk.recipient("Lê Thị Lan") == ("guardian", "Trần Văn Con")
        assert desk.cell()["wish_account"] == 1
        assert last_act(desk) == "recipient.set"

    def test_a_wish_is_remembered_with_its_day(self, desk: Desk) -> None:
        """The recipient's word moves the cell from one wish to the other."""
        desk.full("2026-05", LAN)
        with desk.database.transaction() as session:
            found = actions.queries.current_recipients(session, [desk.enrolment("Lê Thị Lan").id])
            [current] = found.values()
            actions.state_wish(session, recipient_id=current.id, wish=Wish.CASH, on=TODAY, by=COMMAND)
        assert desk.cell()["wish_cash"] == 1


class TestEndEnrolments:
    def test_who_died_leaves_the_cell_when_the_last_day_is_over(self, desk: Desk) -> None:
        """The last day of last month: out of the total today, the person marked dead from that day."""
        desk.full("2026-05", LAN)
        enrolment = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            actions.end_enrolments(session, ends=[End(enrolment.id, date(2026, 5, 31), EndReason.DIED)], by=COMMAND)
        with desk.database.reading() as session:
            person = session.get(Person, enrolment.person_id)
        assert person is not None
        assert (person.status, person.status_from) == (PersonStatus.DEAD, date(2026, 5, 31))
        assert desk.cell() == {}
        assert last_act(desk) == "enrolment.ended"

    def test_who_is_entitled_to_the_end_of_this_month_counts_until_then(self, desk: Desk) -> None:
        """A last day still to come: active and counted; the day after, `turn_day` takes it out."""
        desk.full("2026-05", LAN)
        enrolment = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            actions.end_enrolments(session, ends=[End(enrolment.id, date(2026, 6, 30), EndReason.STOPPED)], by=COMMAND)
        assert desk.cell()["total"] == 1
        assert desk.lines("Lê Thị Lan")[0][3] == "2026-06-30"
        with desk.database.transaction() as session:
            actions.end_enrolments_over(session, enrolment_ids=[enrolment.id], by=COMMAND)
        assert desk.cell() == {}
        assert desk.enrolment("Lê Thị Lan").state == EnrolmentState.ENDED

    def test_a_mistake_never_was(self, desk: Desk) -> None:
        """Entered by mistake: out at once, whatever day is written."""
        desk.full("2026-05", LAN)
        enrolment = desk.enrolment("Lê Thị Lan")
        with desk.database.transaction() as session:
            actions.end_enrolments(session, ends=[End(enrolment.id, date(2026, 6, 30), EndReason.MISTAKE)], by=COMMAND)
        assert desk.cell() == {}


class TestRecordVerified:
    def test_only_the_newest_answer_counts_and_only_a_match(self, desk: Desk) -> None:
        """Match, then a newer mismatch: not verified; an older match that arrives late changes nothing."""
        desk.full("2026-05", LAN)
        person = desk.enrolment("Lê Thị Lan").person_id

        def say(result: VerifiedResult, on: date) -> None:
            with desk.database.transaction() as session:
                actions.record_verified(session, answers=[Answer(person, result, on, "dân cư")], by=COMMAND)

        say(VerifiedResult.MATCH, date(2026, 5, 1))
        assert desk.cell()["verified"] == 1
        say(VerifiedResult.MISMATCH, date(2026, 6, 1))
        assert "verified" not in desk.cell()
        say(VerifiedResult.MATCH, date(2026, 5, 20))
        assert "verified" not in desk.cell()

    def test_every_programme_of_the_person_is_verified(self, desk: Desk) -> None:
        """One answer about a person counts for each of their enrolments."""
        desk.full("2026-05", LAN)
        desk.full("2026-05", LAN, programme="NCC")
        person = desk.enrolment("Lê Thị Lan").person_id
        with desk.database.transaction() as session:
            answer = Answer(person, VerifiedResult.MATCH, date(2026, 5, 1), "dân cư")
            actions.record_verified(session, answers=[answer, answer], by=COMMAND)
        assert desk.cell()["verified"] == desk.cell(programme="NCC")["verified"] == 1
