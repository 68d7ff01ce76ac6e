"""Which person is this row? Each of the four rules, with lists drawn as text."""

from __future__ import annotations

import pytest

from disburse.audit.actor import COMMAND
from disburse.rosters.answering import Answer, answer_question
from disburse.rosters.tables import QuestionKind
from tests.disburse.rosters.desk import Desk, monthly


class TestEqualCitizenId:
    def test_the_same_number_and_given_name_is_the_same_person(self, desk: Desk) -> None:
        """Another spelling of the family name under one ID is a change, not a second person."""
        desk.full("2026-05", "name | born | id | amount\nNguyễn Văn Tám | 1951-03-12 | 051051000001 | 500000")
        again = desk.full("2026-06", "name | born | id | amount\nNguyễn Văng Tám | 1951-03-12 | 051051000001 | 500000")
        assert desk.people() == [("Nguyễn Văng Tám", "1951-03-12")]
        assert desk.rows(again) == [(2, "changed")]
        assert desk.active() == 1

    def test_another_given_name_is_a_conflict(self, desk: Desk) -> None:
        """Equal ID with another given name never merges: the row comes in without the ID, with a question."""
        desk.full("2026-05", "name | born | id | amount\nNguyễn Văn Tám | 1951-03-12 | 051051000001 | 500000")
        other = desk.part("2026-06", "name | born | id | amount\nTrần Thị Hoa | 1960-01-02 | 051051000001 | 500000")
        assert len(desk.people()) == 2
        assert desk.rows(other) == [(2, "new")]
        assert [q.kind for q in desk.questions(other)] == [QuestionKind.SAME_ID_OTHER_NAME]
        assert desk.cell() == {"total": 2, "id_valid": 1, "lines": 2, "amount_total": 1_000_000}

    def test_somebody_enrolled_in_another_commune_parks(self, desk: Desk) -> None:
        """Already active elsewhere: the row waits until a move is recorded, and counts as waiting in its commune."""
        desk.full("2026-05", "name | id | amount\nNguyễn Văn Tám | 051051000001 | 500000", commune="21085")
        here = desk.part("2026-06", "name | id | amount\nNguyễn Văn Tám | 051051000001 | 500000")
        assert desk.rows(here) == [(2, "parked")]
        assert [q.kind for q in desk.questions(here)] == [QuestionKind.ENROLLED_ELSEWHERE]
        assert desk.cell() == {"parked": 1}
        assert desk.cell("21085")["total"] == 1

    def test_a_move_inside_the_list_is_a_change(self, desk: Desk) -> None:
        """A list of both communes says itself that the person moved from one to the other."""
        desk.full(
            "2026-05",
            "name | id | commune | amount\n"
            "Nguyễn Văn Tám | 051051000001 | 21040 | 5\n"
            "Lê Thị Ba | 051151000002 | 21085 | 5",
        )
        moved = desk.full(
            "2026-06",
            "name | id | commune | amount\n"
            "Nguyễn Văn Tám | 051051000001 | 21085 | 5\n"
            "Lê Thị Ba | 051151000002 | 21040 | 5",
        )
        assert desk.rows(moved) == [(2, "changed"), (3, "changed")]
        assert desk.enrolment("Nguyễn Văn Tám").commune_code == "21085"
        assert desk.cell()["total"] == desk.cell("21085")["total"] == 1
        assert desk.is_sound()


class TestEqualOldId:
    def test_the_old_number_finds_the_person_and_the_new_one_is_filled_in(self, desk: Desk) -> None:
        """A CMND list is followed by a CCCD list: the person keeps one record and gains the citizen ID."""
        desk.full("2026-05", "name | born | old | amount\nNguyễn Văn Tám | 1951 | 212345678 | 500000")
        later = desk.full(
            "2026-06", "name | born | old | id | amount\nNguyễn V. Tám | 1951 | 212345678 | 051051000001 | 500000"
        )
        assert desk.rows(later) == [(2, "changed")]
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000}

    def test_another_valid_citizen_id_is_a_question(self, desk: Desk) -> None:
        """The same old number under two valid citizen IDs is for a person to decide."""
        desk.full("2026-05", "name | old | id | amount\nNguyễn Văn Tám | 212345678 | 051051000001 | 500000")
        later = desk.full("2026-06", "name | old | id | amount\nNguyễn Văn Tám | 212345678 | 051051000009 | 500000")
        assert desk.rows(later) == [(2, "parked")]
        assert [q.kind for q in desk.questions(later)] == [QuestionKind.OTHER_ID]


class TestNumbersOfSomebodyElse:
    """A number was copied down: nobody's record becomes another's, and nobody is lost."""

    NAM = "name | born | old | amount\nNguyễn Văn Nam | 1950 | 212345678 | 500000"

    @pytest.mark.parametrize("born", ["1975", "", "1950"])
    def test_an_old_id_under_another_name_asks(self, desk: Desk, born: str) -> None:
        """Of number and given name alone nobody can tell: his record stays his, her row waits with a question."""
        desk.full("2026-05", self.NAM)
        later = desk.full("2026-06", f"name | born | old | amount\nLê Thị Nam | {born} | 212345678 | 700000")
        assert desk.people() == [("Nguyễn Văn Nam", "1950-01-01")]
        assert desk.rows(later)[:1] == [(2, "parked")]
        [question] = [q for q in desk.questions(later) if q.kind == QuestionKind.WHICH_PERSON]
        assert len(question.person_ids) == 1
        assert monthly(desk.lines("Nguyễn Văn Nam")) == [(500_000, "2026-05-01", None)]

    def test_another_birth_asks_too(self, desk: Desk) -> None:
        """The same name and old ID with another year of birth is for a person to decide."""
        desk.full("2026-05", self.NAM)
        later = desk.part("2026-06", self.NAM.replace("1950", "1975"))
        assert (desk.rows(later), len(desk.questions(later))) == ([(2, "parked")], 1)

    def test_who_is_enrolled_under_that_name_is_found_by_it(self, desk: Desk) -> None:
        """She is on the list herself: a number copied from him asks nothing and changes him nothing."""
        both = self.NAM + "\nLê Thị Nam | 1975 | | 700000"
        desk.full("2026-05", both)
        later = desk.part("2026-06", "name | born | old | amount\nLê Thị Nam | 1975 | 212345678 | 700000")
        assert desk.rows(later) == [(2, "changed")]
        assert desk.people() == [("Lê Thị Nam", "1975-01-01"), ("Nguyễn Văn Nam", "1950-01-01")]
        assert desk.questions() == []

    def test_three_under_one_old_id_are_three(self, desk: Desk) -> None:
        """Inside one list the number and the given name join nobody of another full name, and next month neither."""
        table = (
            "name | born | old | amount\nNguyễn Văn Nam | | 212345678 | 1\nLê Thị Nam | | 212345678 | 2\n"
            "Trần Thị Nam | 1950 | 212345678 | 5"
        )
        desk.full("2026-05", table)
        assert desk.active() == 3
        assert [state for _, state in desk.rows(desk.full("2026-06", table))] == ["same"] * 3

    def test_an_equal_birthday_lets_a_slip_in_the_name_pass(self, desk: Desk) -> None:
        """Old ID, given name and the very day agree: a slip in the family name is one."""
        desk.full("2026-05", "name | born | old | amount\nNguyễn Văn Tám | 1951-03-12 | 212345678 | 5")
        later = desk.part("2026-06", "name | born | old | amount\nNguyến Văng Tám | 1951-03-12 | 212345678 | 5")
        assert desk.rows(later) == [(2, "changed")]

    def test_a_citizen_id_that_name_and_birth_contradict_asks(self, desk: Desk) -> None:
        """Only the given name agrees: the holder's record stays, the row waits."""
        desk.full("2026-05", "name | born | id | amount\nNguyễn Văn Nam | 1950 | 051050000001 | 5")
        later = desk.part("2026-06", "name | born | id | amount\nLê Thị Nam | 1975 | 051050000001 | 7")
        assert (desk.rows(later), desk.people()) == ([(2, "parked")], [("Nguyễn Văn Nam", "1950-01-01")])

    TWICE = (
        "name | born | id | amount\nNguyễn Văn Nam | 1951 | 051050000001 | 700000\n"
        "Nguyễn Văn Nam | 1950 | 051050000001 | 500000"
    )

    @pytest.mark.parametrize("known", [True, False])
    def test_one_citizen_id_with_two_births_is_a_question(self, desk: Desk, known: bool) -> None:
        """A list states one ID and name with two years: one comes in, known or as it stands; the other waits."""
        if known:
            desk.full("2026-04", "name | born | id | amount\nNguyễn Văn Nam | 1950 | 051050000001 | 500000")
        listed = desk.full("2026-05", self.TWICE)
        assert desk.rows(listed) == ([(2, "parked"), (3, "same")] if known else [(2, "new"), (3, "parked")])
        [question] = desk.questions(listed)
        assert (question.kind, len(question.person_ids)) == (QuestionKind.WHICH_PERSON, 1)
        assert desk.cell()["total"] == desk.cell()["parked"] == 1
        assert desk.is_sound()

    @pytest.mark.parametrize(
        ("answer", "total", "amount"), [("new", 2, 1_200_000), ("drop", 1, 700_000), ("", 1, 1_200_000)]
    )
    def test_and_any_answer_to_it_holds(self, desk: Desk, answer: str, total: int, amount: int) -> None:
        """Somebody else comes in without the ID; the same person stays as the other row says, and gains a line."""
        listed = desk.full("2026-05", self.TWICE)
        [question] = desk.questions(listed)
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(question.id, answer or question.person_ids[0]), by=COMMAND)
        assert desk.cell() == {"total": total, "id_valid": 1, "lines": total + (not answer), "amount_total": amount}
        assert ("Nguyễn Văn Nam", "1951-01-01") in desk.people()
        assert desk.is_sound()


class TestEqualNameAndBirth:
    def test_unique_on_both_sides_is_the_same_person(self, desk: Desk) -> None:
        """Name without accents and the year only still fit the one person there is; the ID is filled in."""
        desk.full("2026-05", "name | born | amount\nĐặng Thị Ánh | 1951-03-12 | 500000")
        later = desk.full("2026-06", "name | born | id | amount\nDANG THI ANH | 1951 | 051151000001 | 500000")
        assert desk.people() == [("Đặng Thị Ánh", "1951-03-12")]
        assert desk.rows(later) == [(2, "changed")]
        assert desk.cell()["id_valid"] == 1

    def test_two_who_fit_are_a_question(self, desk: Desk) -> None:
        """Two homonyms enrolled and one row: the row waits, nobody is new and nobody is gone."""
        desk.full("2026-05", "name | born | amount\nLê Thị Lan | 1950-01-05 | 500000\nLê Thị Lan | 1950-08-09 | 500000")
        later = desk.full("2026-06", "name | born | amount\nLê Thị Lan | 1950 | 500000")
        assert desk.rows(later) == [(2, "parked")]
        [question] = desk.questions(later)
        assert question.kind == QuestionKind.WHICH_PERSON
        assert len(question.person_ids) == 2
        assert desk.cell() == {"total": 2, "lines": 2, "amount_total": 1_000_000, "parked": 1}

    def test_homonyms_with_their_own_birthdays_are_told_apart(self, desk: Desk) -> None:
        """Equal names with different birthdays are matched each to their own."""
        table = "name | born | amount\nLê Thị Lan | 1950-01-05 | 500000\nLê Thị Lan | 1950-08-09 | 600000"
        desk.full("2026-05", table)
        assert desk.rows(desk.full("2026-06", table)) == [(2, "same"), (3, "same")]

    def test_a_namesake_of_another_id_whom_the_list_names_too_is_new(self, desk: Desk) -> None:
        """Two valid IDs in one list are two people, however alike."""
        desk.full("2026-05", "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 500000")
        later = desk.full(
            "2026-06",
            "name | born | id | amount\n"
            "Lê Thị Lan | 1950 | 051150000001 | 500000\n"
            "Lê Thị Lan | 1950 | 051150000002 | 500000",
        )
        assert desk.rows(later) == [(2, "same"), (3, "new")]

    def test_another_valid_id_is_a_question(self, desk: Desk) -> None:
        """Everything agrees but the valid ID: one question, never a new one and a gone one."""
        desk.full("2026-05", "name | born | id | amount\nLê Thị Lan | 1950-01-05 | 051150000001 | 500000")
        later = desk.full("2026-06", "name | born | id | amount\nLê Thị Lan | 1950-01-05 | 051150000007 | 500000")
        assert desk.rows(later) == [(2, "parked")]
        assert [q.kind for q in desk.questions(later)] == [QuestionKind.OTHER_ID]
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000, "parked": 1}

    def test_another_programme_is_no_candidate(self, desk: Desk) -> None:
        """By name alone, people are found inside the programme only."""
        desk.full("2026-05", "name | born | amount\nLê Thị Lan | 1950 | 500000", programme="NCC")
        later = desk.full("2026-06", "name | born | amount\nLê Thị Lan | 1950 | 500000")
        assert desk.rows(later) == [(2, "new")]
        assert len(desk.people()) == 2


class TestFurtherLines:
    def test_a_second_line_is_a_second_benefit_of_one_enrolment(self, desk: Desk) -> None:
        """Two rows of one person are one enrolment with two lines; both rows are imported."""
        listed = desk.full(
            "2026-05",
            "name | id | kind | amount | second of\n"
            "Lê Thị Lan | 051150000001 | BTXH-6A | 720000 |\n"
            "Lê Thị Lan | 051150000001 | BTXH-CS-2C | 360000 | 2",
        )
        assert desk.rows(listed) == [(2, "new"), (3, "new")]
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 2, "amount_total": 1_080_000}

    def test_an_equal_file_number_says_the_same_without_any_id(self, desk: Desk) -> None:
        """Name, birth, commune and file number repeat: the same person again."""
        desk.full(
            "2026-05",
            "name | born | kind | amount | file\n"
            "Lê Thị Lan | 1950 | BTXH-6A | 720000 | HS-1\n"
            "Lê Thị Lan | 1950 | BTXH-CS-2C | 360000 | HS-1",
        )
        assert desk.active() == 1
