"""Rows that wait for a person: what a later list settles, and what it leaves waiting."""

from __future__ import annotations

from sqlmodel import col, select

from disburse.audit.actor import COMMAND
from disburse.rosters.answering import Answer, answer_question
from disburse.rosters.tables import QuestionState, Roster, RosterRow, Scope
from tests.disburse.rosters.desk import LAN, TWO, Desk


def _settled(desk: Desk, roster: Roster) -> list[int]:
    with desk.database.reading() as session:
        found = select(RosterRow.line).where(RosterRow.roster_id == roster.id, col(RosterRow.settled_by).is_not(None))
        return sorted(session.exec(found))


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
        desk.undo(june)
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
