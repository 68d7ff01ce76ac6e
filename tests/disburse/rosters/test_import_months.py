"""Month after month: what a list changes, who is missing from a full one, undoing, and answers to questions."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from disburse import clock
from disburse.audit.actor import COMMAND
from disburse.config import Settings
from disburse.errors import Invalid, NotFound
from disburse.people.actions import end_enrolments
from disburse.people.entries import End
from disburse.people.tables import EndReason, EnrolmentState
from disburse.progress.tasks import turn_day
from disburse.rosters.answering import Answer, answer_question, answer_questions
from disburse.rosters.tables import QuestionKind, QuestionState, RowIssue, Scope
from tests.disburse.rosters.desk import LAN, TWO, Desk, monthly


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
        desk.undo(named)
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
