"""Month after month: what a list changes, who is missing from a full one, undoing, and answers to questions."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from disburse import clock
from disburse.audit.actor import COMMAND
from disburse.config import Settings
from disburse.errors import Conflict, Invalid, NotFound
from disburse.people.actions import end_enrolments
from disburse.people.entries import End
from disburse.people.tables import EndReason, EnrolmentState
from disburse.progress.tasks import turn_day
from disburse.rosters import actions
from disburse.rosters.answering import Answer, answer_question, answer_questions
from disburse.rosters.tables import QuestionKind, QuestionState, Roster, RosterRow, RowIssue, Scope
from disburse.rosters.taking_back import take_back
from disburse.rosters.undoing import undo
from tests.disburse.rosters.desk import Desk, monthly

TWO = (
    "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 500000\nTrần Văn Bảy | 1947 | 051047000002 | 700000"
)
LAN = "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 500000"


def _undo(desk: Desk, roster: Roster) -> None:
    with desk.database.transaction() as session:
        undo(session, roster_id=roster.id, is_paid_from=False, by=COMMAND)


def _settled(desk: Desk, roster: Roster) -> list[int]:
    with desk.database.reading() as session:
        found = select(RosterRow.line).where(RosterRow.roster_id == roster.id, col(RosterRow.settled_by).is_not(None))
        return sorted(session.exec(found))


class TestBenefitLines:
    def test_an_unchanged_amount_is_no_news(self, desk: Desk) -> None:
        """The same amount again leaves the line as it is."""
        desk.full("2026-05", LAN)
        again = desk.full("2026-06", LAN)
        assert desk.rows(again) == [(2, "same")]
        assert monthly(desk.lines("Lê Thị Lan")) == [(500_000, "2026-05-01", None)]

    def test_a_changed_amount_ends_the_old_line_the_day_before(self, desk: Desk) -> None:
        """The old line ends on the last day before the period, the new one begins with it."""
        desk.full("2026-05", LAN)
        desk.full("2026-06", LAN.replace(" 500000", " 650000"))
        assert monthly(desk.lines("Lê Thị Lan")) == [
            (500_000, "2026-05-01", "2026-05-31"),
            (650_000, "2026-06-01", None),
        ]
        assert desk.cell()["amount_total"] == 650_000

    def test_arrears_are_of_their_month_only(self, desk: Desk) -> None:
        """A sum of arrears stands beside the monthly line and is over with the month."""
        desk.full("2026-05", "name | id | amount | arrears\nLê Thị Lan | 051150000001 | 500000 | 1500000")
        assert ("arrears", 1_500_000, "2026-05-01", "2026-05-31") in desk.lines("Lê Thị Lan")
        assert desk.cell()["lines"] == 1

    def test_a_full_list_ends_a_line_it_does_not_name(self, desk: Desk) -> None:
        """Two lines in May, one in June's full list: the other ended with May."""
        two = (
            "name | id | kind | amount | second of\n"
            "Lan | 051150000001 | BTXH-6A | 7 |\n"
            "Lan | 051150000001 | BTXH-CS-2C | 3 | 2"
        )
        desk.full("2026-05", two)
        desk.full("2026-06", "name | id | kind | amount\nLan | 051150000001 | BTXH-6A | 7")
        assert monthly(desk.lines("Lan")) == [(7, "2026-05-01", None), (3, "2026-05-01", "2026-05-31")]

    def test_a_list_of_a_month_gone_by_speaks_of_that_month(self, desk: Desk) -> None:
        """April arrives after May: April's amount holds for April, May's goes on."""
        desk.full("2026-03", LAN)
        desk.full("2026-05", LAN)
        late = desk.full("2026-04", LAN.replace(" 500000", " 480000"))
        assert desk.rows(late) == [(2, "changed")]
        assert sorted(monthly(desk.lines("Lê Thị Lan")), key=lambda line: line[1]) == [
            (500_000, "2026-03-01", "2026-03-31"),
            (480_000, "2026-04-01", "2026-04-30"),
            (500_000, "2026-05-01", None),
        ]
        assert desk.cell()["amount_total"] == 500_000


class TestMissing:
    def test_only_a_full_list_makes_anyone_missing(self, desk: Desk) -> None:
        """A part that does not name somebody says nothing about them."""
        desk.full("2026-05", TWO)
        assert desk.part("2026-06", LAN).rows_gone == 0
        assert "unexplained" not in desk.cell()

    def test_who_is_missing_stays_in_the_total_with_a_question(self, desk: Desk) -> None:
        """Missing from the full list: unexplained, still counted, asked about once."""
        desk.full("2026-05", TWO)
        june = desk.full("2026-06", LAN)
        assert (june.rows_same, june.rows_gone) == (1, 1)
        assert [q.kind for q in desk.questions(june)] == [QuestionKind.GONE]
        assert desk.cell() == {"total": 2, "id_valid": 2, "lines": 2, "amount_total": 1_200_000, "unexplained": 1}
        assert desk.full("2026-07", LAN).rows_gone == 0
        assert desk.is_sound()

    def test_who_comes_back_is_explained(self, desk: Desk) -> None:
        """Named again a month later: no longer unexplained."""
        desk.full("2026-04", TWO)
        desk.full("2026-05", LAN)
        desk.full("2026-06", TWO)
        assert "unexplained" not in desk.cell()

    def test_the_question_about_who_comes_back_closes(self, desk: Desk) -> None:
        """A stale card would end somebody on the newest list; undoing that list asks again."""
        desk.full("2026-04", TWO)
        [gone] = desk.questions(desk.full("2026-05", LAN))
        desk.full("2026-06", TWO)
        assert [q.state for q in desk.questions()] == [QuestionState.CLOSED]
        with pytest.raises(NotFound), desk.database.transaction() as session:
            answer_question(session, answer=Answer(gone.id, "stopped"), by=COMMAND)

    def test_and_opens_when_the_list_that_named_them_is_undone(self, desk: Desk) -> None:
        """Missing again: unexplained again, and asked about again."""
        desk.full("2026-04", TWO)
        desk.full("2026-05", LAN)
        named = desk.part("2026-06", TWO)
        _undo(desk, named)
        assert [q.state for q in desk.questions()] == [QuestionState.OPEN]
        assert desk.cell()["unexplained"] == 1

    def test_a_list_of_a_month_gone_by_answers_no_question(self, desk: Desk) -> None:
        """April, brought after May, names whom May missed: they are missing still."""
        desk.full("2026-03", TWO)
        desk.full("2026-05", LAN)
        desk.part("2026-04", LAN)
        assert [q.state for q in desk.questions()] == [QuestionState.OPEN]

    def test_a_recorded_end_to_come_explains_an_absence(self, desk: Desk) -> None:
        """Who died this month is entitled until its end; the next full list leaves them out and asks nobody."""
        desk.full("2026-05", TWO)
        enrolment = desk.enrolment("Trần Văn Bảy")
        with desk.database.transaction() as session:
            end_enrolments(session, ends=[End(enrolment.id, date(2026, 6, 30), EndReason.DIED)], by=COMMAND)
        june = desk.full("2026-06", LAN)
        assert (june.rows_gone, desk.questions(june), "unexplained" in desk.cell()) == (0, [], False)

    def test_a_waiting_row_keeps_whom_it_resembles(self, desk: Desk) -> None:
        """A row that parks for another reason still shows that the person is on the list."""
        desk.full("2026-05", TWO)
        broken = LAN.replace("amount", "amount | state").replace(" 500000", " 500000 | ok")
        june = desk.full("2026-06", broken + "\nTrần Văn Bảy | 1947 | 051047000002 | 700000 | parked")
        assert june.rows_gone == 0
        assert desk.cell()["parked"] == 1

    def test_partly_equal_areas_make_nobody_missing(self, desk: Desk) -> None:
        """A list of two communes after a list of one of them: the officer is asked, nobody is called missing."""
        desk.full("2026-05", TWO)
        june = desk.full("2026-06", LAN.replace("amount", "amount | commune").replace(" 500000", " 500000 | 21040")
                         + "\nHồ Thị Hoa | 1960 | 051160000003 | 500000 | 21085")  # fmt: skip
        assert june.rows_gone == 0
        assert [w["code"] for w in june.report["file_warnings"]] == ["areas_differ"]

    def test_the_reason_ends_the_enrolment_on_the_last_day_of_that_month(self, desk: Desk) -> None:
        """Died on 20 May: entitled until 31 May, then no longer counted."""
        desk.full("2026-05", TWO)
        [question] = desk.questions(desk.full("2026-06", LAN))
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, "died", date(2026, 5, 20)), by=COMMAND)
        ended = desk.enrolment("Trần Văn Bảy")
        assert (ended.state, ended.to_date, ended.end_reason) == (
            EnrolmentState.ENDED,
            date(2026, 5, 31),
            EndReason.DIED,
        )
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000}
        assert desk.is_sound()


class TestWaitingRows:
    def test_a_later_list_settles_the_rows_it_brings_again(self, desk: Desk) -> None:
        """The same broken row in May and in June waits once, not twice."""
        broken = "name | born | state | amount\nLê Thị Lan | 1950 | parked | 5\nTrần Văn Bảy | 1947 | ok | 5"
        desk.part("2026-05", broken)
        assert desk.cell()["parked"] == 1
        desk.part("2026-06", broken)
        assert desk.cell()["parked"] == 1
        desk.part("2026-06", "name | born | amount\nLê Thị Lan | 1950 | 5")
        assert "parked" not in desk.cell()

    def test_a_row_settles_one_person(self, desk: Desk) -> None:
        """Three namesakes wait and one comes in: two wait on, and the one who fits best does not."""
        may = desk.part(
            "2026-05",
            "name | born | id | amount | state\nNguyễn Văn Nam | | | 400000 | parked\n"
            "Nguyễn Văn Nam | 1950 | 051050000009 | 500000 | parked\nNguyễn Văn Nam | 1950 | | 500000 | parked",
        )
        desk.put(Scope.ADDITIONS, "2026-06", "name | born | id | amount\nNguyễn Văn Nam | 1950 | 051050000009 | 500000")
        assert desk.cell()["parked"] == 2
        assert _settled(desk, may) == [3]
        assert desk.is_sound()

    def test_a_row_asked_about_is_not_settled_by_the_known_namesakes(self, desk: Desk) -> None:
        """The list names the two we know: who the third row is stays a question, and its answer counts."""
        nam = "\nNguyễn Văn Nam | 1950 | 05105000000"
        two = f"name | born | id | amount{nam}1 | 5{nam}2 | 5"
        desk.part("2026-05", two)
        extra = desk.put(Scope.ADDITIONS, "2026-05", "name | born | amount\nNguyễn Văn Nam | 1950 | 5")
        desk.full("2026-06", two)
        [question] = desk.questions(extra)
        assert (question.state, desk.cell()["parked"]) == (QuestionState.OPEN, 1)
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, "new"), by=COMMAND)
        assert (desk.cell()["total"], "parked" in desk.cell()) == (3, False)

    def test_a_row_that_waits_again_closes_the_old_question(self, desk: Desk) -> None:
        """One question for one person; undoing the newer list opens the older one again."""
        two = "name | born | amount\nLê Thị Lan | 1950-01-05 | 5\nLê Thị Lan | 1950-08-09 | 5"
        desk.full("2026-04", two)
        one = "name | born | amount\nLê Thị Lan | 1950 | 5"
        may, june = desk.part("2026-05", one), desk.part("2026-06", one)
        states = [[q.state for q in desk.questions(listed)] for listed in (may, june)]
        assert states == [[QuestionState.CLOSED], [QuestionState.OPEN]]
        _undo(desk, june)
        states = [[q.state for q in desk.questions(listed)] for listed in (may, june)]
        assert states == [[QuestionState.OPEN], [QuestionState.CLOSED]]
        assert desk.cell()["parked"] == 1

    def test_a_person_named_elsewhere_in_the_waiting_rows_list_is_another(self, desk: Desk) -> None:
        """May names Lan and lets a second Lan wait; June names the first: the second waits on."""
        desk.part("2026-05", "name | born | state | amount\nLê Thị Lan | 1950 | ok | 5\nLê Thị Lan | 1950 | parked | 5")
        desk.part("2026-06", "name | born | amount\nLê Thị Lan | 1950 | 5")
        assert desk.cell()["parked"] == 1

    def test_a_repeated_row_waits_no_more_once_its_person_is_named(self, desk: Desk) -> None:
        """A row parked as a copy of another one is settled with the person whom both name."""
        table = (
            "name | born | state | duplicate | amount\nLê Thị Lan | 1950 | ok | | 5\nLê Thị Lan | 1950 | parked | 2 | 5"
        )
        desk.part("2026-05", table)
        desk.part("2026-06", "name | born | amount\nLê Thị Lan | 1950 | 5")
        assert "parked" not in desk.cell()

    def test_a_row_without_a_commune_is_not_settled_by_one_of_another_list(self, desk: Desk) -> None:
        """Nobody knows where Nam lives, only that it is none of that other list's communes."""
        rows = "\nNguyễn Văn Nam | 1950 | ? | 5 | parked\nLê X | 1950 | 21040 | 5 | ok"
        desk.part("2026-05", f"name | born | commune | amount | state{rows}")
        desk.part("2026-06", "name | born | amount\nNguyễn Văn Nam | 1950 | 5", commune="21085")
        assert desk.cell("") == {"parked": 1}
        desk.part("2026-06", "name | born | amount\nNguyễn Văn Nam | 1950 | 5")
        assert desk.cell("") == {}

    def test_a_full_list_does_not_settle_additions_it_does_not_name(self, desk: Desk) -> None:
        """Whom an addition brought waits until a person decides; rows of the full list before are replaced."""
        broken = LAN.replace("amount", "amount | state").replace(" 500000", " 500000 | ok")
        desk.full("2026-05", broken + "\nTrần Văn Cũ | 1950 | | 500000 | parked")
        desk.put(Scope.ADDITIONS, "2026-06", broken + "\nTrần Văn Chờ | 1950 | | 500000 | parked")
        assert desk.cell()["parked"] == 2
        desk.full("2026-06", LAN)
        assert desk.cell()["parked"] == 1

    def test_a_list_of_removals_settles_nobody_who_waits_to_come_in(self, desk: Desk) -> None:
        """That somebody of this name is to go says nothing about who waits."""
        broken = LAN.replace("amount", "amount | state").replace(" 500000", " 500000 | ok")
        desk.full("2026-05", broken + "\nTrần Văn Chờ | 1950 | | 500000 | parked")
        desk.put(Scope.REMOVALS, "2026-06", "name | born | reason\nTrần Văn Chờ | 1950 | chết")
        assert desk.cell()["parked"] == 2

    def test_a_row_of_unknown_commune_waits_in_the_programmes_own_cell(self, desk: Desk) -> None:
        """Nobody knows where: counted beside the programme's total only."""
        desk.part(
            "2026-05", "name | commune | state | amount\nLê Thị Lan | ? | parked | 5\nTrần Văn Bảy | 21040 | ok | 5"
        )
        assert desk.cell("") == {"parked": 1}


class TestRemovals:
    def test_a_row_proposes_an_end_and_changes_nobody(self, desk: Desk) -> None:
        """The reason is kept with the question; one confirmation ends them all."""
        desk.full("2026-05", TWO)
        table = "name | born | reason\nLê Thị Lan | 1950 | Chết tháng 5\nTrần Văn Bảy | 1947 | chuyển đi TP.HCM"
        listed = desk.put(Scope.REMOVALS, "2026-06", table)
        questions = desk.questions(listed)
        assert [(q.kind, q.reason) for q in questions] == [
            (QuestionKind.REMOVAL, "Chết tháng 5"), (QuestionKind.REMOVAL, "chuyển đi TP.HCM"),
        ]  # fmt: skip
        assert desk.cell()["total"] == 2
        with desk.database.transaction() as session:
            answer_questions(session, answers=[Answer(q.id, "agree") for q in questions], by=COMMAND)
        assert desk.cell() == {}
        ended = [desk.enrolment(name) for name in ("Lê Thị Lan", "Trần Văn Bảy")]
        assert [(e.to_date, e.end_reason) for e in ended] == [
            (date(2026, 5, 31), EndReason.DIED), (date(2026, 5, 31), EndReason.MOVED),
        ]  # fmt: skip

    def test_a_row_that_finds_nobody_parks(self, desk: Desk) -> None:
        """A removal of somebody unknown waits for a person."""
        desk.full("2026-05", LAN)
        assert desk.rows(desk.put(Scope.REMOVALS, "2026-06", "name | born | reason\nPhạm Văn Lạ | 1950 | chết")) == [
            (2, "parked")
        ]


class TestChangeOfProgramme:
    def test_from_social_protection_to_pension_is_one_move(self, desk: Desk) -> None:
        """The old enrolment ends the day before the new one begins; the guardian stays."""
        desk.full("2026-05", "name | id | amount | recipient\nLê Thị Lan | 051150000001 | 500000 | Trần Văn Con")
        pension = desk.full("2026-06", LAN, programme="HTXH")
        assert desk.rows(pension) == [(2, "changed")]
        before = desk.enrolment("Lê Thị Lan", "BTXH")
        assert (before.end_reason, before.to_date) == (EndReason.CHANGED_PROGRAMME, date(2026, 5, 31))
        assert desk.recipient("Lê Thị Lan") == ("authorised", "Trần Văn Con")
        assert desk.cell() == {}
        assert desk.cell(programme="HTXH")["total"] == 1


class TestUndo:
    def test_the_newest_list_is_undone_and_everything_is_as_before(self, desk: Desk) -> None:
        """New ones end, changed ones go back, missing ones are missing no more, questions close."""
        desk.full("2026-05", TWO)
        before = desk.cell()
        june = desk.full(
            "2026-06",
            "name | born | id | amount | recipient | pay\n"
            "Lê Thị Lan | 1950 | 051150000001 | 900000 | Trần Văn Con | account\n"
            "Hồ Văn Mới | 1960 | 051060000003 | 500000 | |",
        )
        assert june.rows_gone == 1
        with desk.database.transaction() as session:
            undo(session, roster_id=june.id, is_paid_from=False, by=COMMAND)
        assert desk.cell() == before
        assert desk.is_sound()
        assert desk.recipient("Lê Thị Lan") == ("own", "Lê Thị Lan")
        assert [q.state for q in desk.questions(june)] == [QuestionState.CLOSED]
        assert ("Hồ Văn Mới", "1960-01-01") in desk.people()
        assert desk.full("2026-06", TWO).rows_same == 2

    def test_who_stands_on_another_list_stays(self, desk: Desk) -> None:
        """May's list made the enrolment, June's of more communes names her: she is entitled from June on."""
        may = desk.full("2026-05", LAN)
        more = LAN.replace("amount", "amount | commune").replace(" 500000", " 500000 | 21040")
        june = desk.part("2026-06", more + "\nTrần Văn Bảy | 1947 | 051047000002 | 700000 | 21085")
        _undo(desk, may)
        lan = desk.enrolment("Lê Thị Lan")
        assert (lan.state, lan.from_date, lan.first_roster_id) == (EnrolmentState.ACTIVE, date(2026, 6, 1), june.id)
        assert monthly(desk.lines("Lê Thị Lan")) == [(500_000, "2026-06-01", None)]
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000}
        _undo(desk, june)
        assert (desk.cell(), desk.active()) == ({}, 0)
        assert desk.is_sound()

    def test_who_stands_on_a_list_of_a_month_to_come_counts_when_it_begins(self, desk: Desk) -> None:
        """Of what May said nothing is left: July's list counts in July."""
        may = desk.full("2026-05", LAN)
        more = LAN.replace("amount", "amount | commune").replace(" 500000", " 650000 | 21040")
        desk.part("2026-07", more + "\nHồ A | 1950 | | 5 | 21085")
        _undo(desk, may)
        assert (desk.cell(), desk.is_sound()) == ({}, True)
        with clock.living_on(date(2026, 7, 1)):
            turn_day(desk.database, Settings())
            assert desk.cell()["amount_total"] == 650_000

    def test_a_row_taken_back_ends_nobody_whom_another_list_names(self, desk: Desk) -> None:
        """A batch of repairs is undone: its row waits again, the person stays with the list that names them too."""
        may = desk.full("2026-05", LAN)
        more = LAN.replace("amount", "amount | commune").replace(" 500000", " 500000 | 21040")
        june = desk.part("2026-06", more + "\nTrần Văn Bảy | 1947 | 051047000002 | 700000 | 21085")
        with desk.database.transaction() as session:
            roster = actions.get(session, may.id)
            rows = list(session.exec(select(RosterRow).where(RosterRow.roster_id == may.id)))
            session.expunge_all()
            take_back(session, roster=session.merge(roster), rows=rows)
        assert (desk.enrolment("Lê Thị Lan").first_roster_id, desk.rows(may)) == (june.id, [(2, "parked")])
        assert (desk.cell()["total"], desk.cell()["parked"], desk.is_sound()) == (1, 1, True)

    def test_the_other_programme_stays_where_it_is(self, desk: Desk) -> None:
        """The person's commune changed with one programme's list: undoing it moves no enrolment of it."""
        desk.part("2026-05", LAN, programme="NCC")
        desk.part("2026-05", LAN, commune="21085")
        june = desk.part("2026-06", LAN, programme="NCC")
        _undo(desk, june)
        assert desk.enrolment("Lê Thị Lan", "NCC").commune_code == "21040"
        assert (desk.cell("21085", "NCC"), desk.cell("21040", "NCC")["total"]) == ({}, 1)

    def test_a_move_is_undone_though_a_later_list_took_them_back(self, desk: Desk) -> None:
        """BTXH names her again after the move to HTXH: undoing HTXH leaves the newer enrolment alone."""
        desk.full("2026-04", LAN)
        pension = desk.part("2026-05", LAN, programme="HTXH")
        desk.full("2026-06", LAN)
        _undo(desk, pension)
        assert (desk.active(), desk.active("HTXH")) == (1, 0)
        assert desk.cell()["total"] == 1
        assert desk.is_sound()

    def test_an_older_list_cannot_be_undone(self, desk: Desk) -> None:
        """First the newest, then the one before it."""
        may = desk.full("2026-05", LAN)
        desk.full("2026-06", LAN)
        with pytest.raises(Conflict, match=r"newest"), desk.database.transaction() as session:
            undo(session, roster_id=may.id, is_paid_from=False, by=COMMAND)

    def test_a_paid_list_cannot_be_undone(self, desk: Desk) -> None:
        """Once payments were made from it, only a corrected list helps."""
        may = desk.full("2026-05", LAN)
        with pytest.raises(Conflict, match="Payments"), desk.database.transaction() as session:
            undo(session, roster_id=may.id, is_paid_from=True, by=COMMAND)


class TestAnswers:
    def test_the_person_chosen_is_the_row(self, desk: Desk) -> None:
        """Two homonyms, one row: the clerk's choice enters the row for that person."""
        desk.full("2026-05", "name | born | amount\nLê Thị Lan | 1950-01-05 | 5\nLê Thị Lan | 1950-08-09 | 5")
        june = desk.part("2026-06", "name | born | amount\nLê Thị Lan | 1950 | 9")
        [question] = desk.questions(june)
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, question.person_ids[0]), by=COMMAND)
        assert desk.rows(june) == [(2, "changed")]
        assert desk.cell() == {"total": 2, "lines": 2, "amount_total": 14}
        assert desk.is_sound()

    def test_a_new_person_is_made_when_the_clerk_says_so(self, desk: Desk) -> None:
        """Another valid ID: two people after all."""
        desk.full("2026-05", "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 5")
        june = desk.part("2026-06", "name | born | id | amount\nLê Thị Lan | 1950 | 051150000007 | 5")
        [question] = desk.questions(june)
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, "new"), by=COMMAND)
        assert desk.cell() == {"total": 2, "id_valid": 2, "lines": 2, "amount_total": 10}

    def test_a_recorded_move_brings_the_enrolment_here(self, desk: Desk) -> None:
        """Enrolled elsewhere: the move takes the enrolment along, from cell to cell."""
        desk.full("2026-05", LAN, commune="21085")
        june = desk.part("2026-06", LAN)
        [question] = desk.questions(june)
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, "move"), by=COMMAND)
        assert desk.cell("21085") == {}
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000}

    def test_a_dropped_row_waits_no_more(self, desk: Desk) -> None:
        """The clerk throws the row away: nobody is added, nothing waits."""
        desk.full("2026-05", LAN, commune="21085")
        [question] = desk.questions(desk.part("2026-06", LAN))
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, "drop"), by=COMMAND)
        assert desk.cell() == {}

    @pytest.mark.parametrize(("answer", "total", "amount"), [("new", 3, 1_800_000), ("drop", 2, 1_000_000)])
    def test_further_lines_wait_and_come_with_their_row(self, desk: Desk, answer: str, total: int, amount: int) -> None:
        """Two lines of one person wait for one answer; it takes both, and neither is counted as waiting after it."""
        desk.part("2026-05", "name | born | id | amount\nNguyễn Văn Nam | 1950 | 051050000001 | 500000\n"
                             "Nguyễn Văn Nam | 1950 | 051050000002 | 500000")  # fmt: skip
        june = desk.part("2026-06", "name | born | kind | amount | second of\n"
                         "Nguyễn Văn Nam | 1950 | BTXH-6A | 500000 |\n"
                         "Nguyễn Văn Nam | 1950 | BTXH-CS-2C | 300000 | 2")  # fmt: skip
        [question] = desk.questions(june)
        with desk.database.reading() as session:
            told = select(RowIssue.line, RowIssue.code).where(RowIssue.roster_id == june.id)
            assert sorted(session.exec(told)) == [(2, "which_person"), (3, "which_person")]
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, answer), by=COMMAND)
        assert desk.rows(june) == ([(2, "new"), (3, "new")] if answer == "new" else [(2, "parked"), (3, "parked")])
        cell = desk.cell()
        assert (cell["total"], cell["amount_total"], "parked" in cell) == (total, amount, False)
        assert desk.is_sound()

    def test_an_answer_that_does_not_fit_is_refused(self, desk: Desk) -> None:
        """A removal cannot be answered with a person."""
        desk.full("2026-05", TWO)
        [question] = desk.questions(desk.full("2026-06", LAN))
        with pytest.raises(Invalid), desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, "new"), by=COMMAND)


class TestDaysToCome:
    def test_a_list_for_a_month_to_come_counts_when_it_begins(self, desk: Desk) -> None:
        """New people and new amounts of July count in July; `turn_day` brings them in."""
        desk.full("2026-05", LAN)
        desk.full("2026-07", TWO.replace(" 500000", " 650000"))
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000}
        with clock.living_on(date(2026, 7, 1)):
            assert turn_day(desk.database, Settings()) == 1
            assert desk.cell() == {"total": 2, "id_valid": 2, "lines": 2, "amount_total": 1_350_000}
            assert turn_day(desk.database, Settings()) == 0
        assert desk.is_sound()


class TestNamelessRows:
    def test_a_row_without_a_usable_name_waits_once(self, desk: Desk) -> None:
        """The same nameless row a month later is the same row: its ID and file number say so."""
        broken = "name | id | file | state | amount\n | 051150000009 | HS-9 | parked | 5\nTrần Văn Bảy | | | ok | 5"
        desk.part("2026-05", broken)
        desk.part("2026-06", broken)
        assert desk.cell()["parked"] == 1

    def test_a_waiting_row_keeps_whom_its_id_names(self, desk: Desk) -> None:
        """Its name cannot be read, its citizen ID can: the person is on the list."""
        desk.full("2026-05", TWO)
        nameless = "name | born | id | amount | state\nLê Thị Lan | 1950 | 051150000001 | 500000 | ok\n"
        assert desk.full("2026-06", nameless + " | | 051047000002 | 700000 | parked").rows_gone == 0
