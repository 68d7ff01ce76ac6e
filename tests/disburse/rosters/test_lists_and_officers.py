"""Lists against what officers and banks have said: what stands, what is asked, what goes along."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from disburse.accounts import actions as accounts
from disburse.accounts import life
from disburse.accounts.payable import Payable, payable
from disburse.accounts.tables import RecipientHold, RecipientLink
from disburse.audit.actor import COMMAND, By
from disburse.cases.receiving import Paper, Receiving, receive
from disburse.errors import Denied
from disburse.people.stated import read_person
from disburse.people.tables import Person, Recipient, RecipientKind
from disburse.rosters import undoing
from disburse.rosters.answering import Answer, answer_question
from disburse.rosters.tables import QuestionKind, QuestionState, RosterQuestion
from tests.disburse.accounts.test_life import confirmed
from tests.disburse.accounts.world import CHECKER, World
from tests.disburse.rosters.desk import TODAY, Desk

HEADER = "name | id | amount | recipient | recipient id"
LAN = "Lê Thị Lan | 051150000001 | 500000"
TWO = f"{HEADER}\n{LAN} | Trần Văn Con | 051080000009\nLê Thị Mai | 051150000002 | 500000 | Trần Văn Con | 051080000009"


def on_account(desk: Desk, name: str, number: str) -> UUID:
    """Let the bank confirm an account of somebody."""
    world = World(desk.database)
    with desk.database.reading() as session:
        world.persons["x"] = session.exec(select(Person.id).where(Person.name == name)).one()
    return confirmed(world, "x", world.account(number))


def pays(desk: Desk, name: str, programme: str = "BTXH") -> Payable:
    enrolment = desk.enrolment(name, programme).id
    with desk.database.reading() as session:
        return payable(session, [enrolment])[enrolment]


def current(desk: Desk, name: str, programme: str = "BTXH") -> Recipient:
    enrolment = desk.enrolment(name, programme).id
    with desk.database.reading() as session:
        of_enrolment = select(Recipient).where(Recipient.enrolment_id == enrolment, col(Recipient.ended_on).is_(None))
        return session.exec(of_enrolment).one()


def alter(desk: Desk, recipient: Recipient, **values: object) -> None:
    with desk.database.transaction() as session:
        session.execute(sa.update(Recipient).where(col(Recipient.id) == recipient.id).values(**values))


GUARDIAN = read_person(name="Hồ Thị Giám", birth="01/02/1970", citizen="051170000333")
COURT = Paper("Quyết định công nhận người giám hộ", "1", date(2026, 6, 10))
JULY = f"{HEADER}\n{LAN[:-6]}540000 | Trần Văn Con | 051080000009"


def officer_enters_a_guardian(desk: Desk) -> None:
    given = Receiving(desk.enrolment("Lê Thị Lan").id, RecipientKind.GUARDIAN, TODAY, GUARDIAN, paper=COURT)
    with desk.database.transaction() as session:
        receive(session, receiving=given, cap=5, by=CHECKER)


def open_questions(desk: Desk) -> list[RosterQuestion]:
    return [one for one in desk.questions() if one.state == QuestionState.OPEN]


def answer(desk: Desk, said: str, by: By = CHECKER) -> None:
    (question,) = open_questions(desk)
    with desk.database.transaction() as session:
        answer_question(session, answer=Answer(question.id, said), by=by)


class TestRecipients:
    """An officer's word and the bank's yes against what a list copies down."""

    def test_a_dismissed_guardian_does_not_come_back_by_a_list(self, desk: Desk) -> None:
        """The court's guardian stays, the rest of the row comes in, and one question is asked; once."""
        desk.full("2026-05", TWO)
        officer_enters_a_guardian(desk)
        july = desk.part("2026-07", JULY)
        assert desk.recipient("Lê Thị Lan") == ("guardian", "Hồ Thị Giám")
        assert (desk.rows(july), desk.lines("Lê Thị Lan")[-1][1]) == ([(2, "changed")], 540_000)
        (question,) = open_questions(desk)
        assert (question.kind, question.reason) == (QuestionKind.RECIPIENT, "Trần Văn Con")
        desk.part("2026-08", JULY)
        assert len(open_questions(desk)) == 1, "the newer list asks in the older one's place"
        answer(desk, "keep")
        desk.part("2026-09", JULY)
        assert open_questions(desk) == []
        assert desk.is_sound()

    def test_a_list_of_the_month_of_the_act_asks_too(self, desk: Desk) -> None:
        """Whichever month it is for, it was copied from somewhere; a new name without a number makes nobody."""
        desk.full("2026-05", TWO)
        officer_enters_a_guardian(desk)
        people = len(desk.people())
        desk.part("2026-06", f"{HEADER}\n{LAN} | Ai Khác |")
        assert (len(open_questions(desk)), len(desk.people())) == (1, people)
        desk.part("2026-06", f"{HEADER}\n{LAN} | Hồ Thị Giám | 051170000333")
        assert open_questions(desk) == [], "the list agrees now"

    def test_a_clerk_may_take_the_list_s_word(self, desk: Desk) -> None:
        """The one the list names receives from then on; undoing the list gives the officer's back."""
        desk.full("2026-05", TWO)
        officer_enters_a_guardian(desk)
        july = desk.part("2026-07", JULY)
        answer(desk, "take")
        assert desk.recipient("Lê Thị Lan") == ("authorised", "Trần Văn Con")
        undo(desk, july.id)
        assert desk.recipient("Lê Thị Lan") == ("guardian", "Hồ Thị Giám")
        assert desk.is_sound()

    def test_on_a_confirmed_account_it_takes_a_colleague(self, desk: Desk) -> None:
        """The list names another than is paid: whoever brought it does not answer, somebody else may."""
        desk.full("2026-05", TWO)
        on_account(desk, "Trần Văn Con", "1500201000001")
        desk.part("2026-06", f"{HEADER}\n{LAN} | Phạm Văn Lạ | 051070000077 ")
        assert pays(desk, "Lê Thị Lan").holder == "Trần Văn Con"
        with pytest.raises(Denied, match="list of your own"):
            answer(desk, "take", COMMAND)
        answer(desk, "take")
        assert (pays(desk, "Lê Thị Lan").holder, pays(desk, "Lê Thị Lan").why) == ("Phạm Văn Lạ", "no_link")

    def test_honest_lists_ask_nothing(self, desk: Desk) -> None:
        """The same recipients again on confirmed accounts, and new guardians where nothing is confirmed."""
        desk.full("2026-05", TWO)
        desk.full("2026-06", TWO.replace("Trần Văn Con | 051080000009", "Phạm Văn Lạ | 051070000077"))
        on_account(desk, "Phạm Văn Lạ", "1500201000001")
        desk.full("2026-07", TWO.replace("Trần Văn Con | 051080000009", "Phạm Văn Lạ | 051070000077"))
        assert desk.questions() == []
        assert desk.recipient("Lê Thị Lan") == ("authorised", "Phạm Văn Lạ")

    def test_undoing_a_list_leaves_an_officer_s_later_act(self, desk: Desk) -> None:
        """The recipient they entered stays; the rest goes back, and how many stay is known beforehand."""
        desk.full("2026-05", f"name | id | amount\n{LAN}")
        june = desk.full("2026-06", f"{HEADER}\n{LAN[:-6]}540000 | Trần Văn Con | 051080000009")
        officer_enters_a_guardian(desk)
        with desk.database.reading() as session:
            assert undoing.overtaken(session, june.id) == 1
        undo(desk, june.id)
        assert (desk.recipient("Lê Thị Lan"), desk.is_sound()) == (("guardian", "Hồ Thị Giám"), True)
        assert [line[1] for line in desk.lines("Lê Thị Lan") if line[3] is None] == [500_000]


class TestChangingProgramme:
    def test_paper_hold_and_account_go_along(self, desk: Desk) -> None:
        """A paper that ran out holds the money in the new programme as in the old, also where the list repeats him."""
        for table in (f"name | id | amount\n{LAN}", f"{HEADER}\n{LAN} | Trần Văn Con | 051080000009"):
            self.one_move(desk, table)

    def one_move(self, desk: Desk, table: str) -> None:
        desk.part("2026-05", TWO)
        if pays(desk, "Lê Thị Mai").why == "no_link":
            on_account(desk, "Trần Văn Con", "1500201000001")
        before = current(desk, "Lê Thị Lan")
        link = pays(desk, "Lê Thị Mai").link_id
        with desk.database.transaction() as session:
            accounts.name_link(session, recipient_id=before.id, link_id=link, by=COMMAND)
        alter(desk, before, paper_kind="Giấy ủy quyền", paper_until=TODAY - timedelta(days=5))
        with desk.database.transaction() as session:
            life.turn_day(session, by=COMMAND)
        assert pays(desk, "Lê Thị Lan").why == "held"
        moved = desk.part("2026-06", table, programme="HTXH")
        assert pays(desk, "Lê Thị Lan", "HTXH").why == "held"
        after = current(desk, "Lê Thị Lan", "HTXH")
        assert (after.paper_kind, after.paper_until) == ("Giấy ủy quyền", TODAY - timedelta(days=5))
        with desk.database.reading() as session:
            assert session.get_one(RecipientLink, after.id).link_id == link
        assert desk.is_sound()
        undo(desk, moved.id)
        assert pays(desk, "Lê Thị Lan").why == "held"

    def test_a_birthday_nobody_has_looked_at_goes_along(self, desk: Desk) -> None:
        """The ward grew up yesterday; the record that goes on is younger than the birthday, and held all the same."""
        table = (
            f"name | born | {HEADER[7:]}\nLê Văn Bé | 2008-06-01 | 051208000001 | 500000 | Trần Văn Con | 051080000009"
        )
        desk.part("2026-05", table)
        alter(desk, current(desk, "Lê Văn Bé"), kind="legal_rep")
        desk.part(
            "2026-06", "name | born | id | amount\nLê Văn Bé | 2008-06-01 | 051208000001 | 500000", programme="HTXH"
        )
        with desk.database.reading() as session:
            hold = session.exec(select(RecipientHold)).one()
        assert (hold.recipient_id, hold.since) == (current(desk, "Lê Văn Bé", "HTXH").id, date(2026, 6, 15))


def undo(desk: Desk, roster_id: UUID) -> None:
    with desk.database.transaction() as session:
        undoing.undo(session, roster_id=roster_id, is_paid_from=False, by=COMMAND)
