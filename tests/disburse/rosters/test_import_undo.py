"""Undoing a list: everything is as before, and nobody whom another list names is lost."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from disburse import clock
from disburse.audit.actor import COMMAND
from disburse.config import Settings
from disburse.errors import Conflict
from disburse.people.tables import EnrolmentState
from disburse.progress.tasks import turn_day
from disburse.rosters import actions
from disburse.rosters.tables import QuestionState, RosterRow
from disburse.rosters.taking_back import take_back
from disburse.rosters.undoing import undo
from tests.disburse.rosters.desk import LAN, TWO, Desk, monthly


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
        desk.undo(may)
        lan = desk.enrolment("Lê Thị Lan")
        assert (lan.state, lan.from_date, lan.first_roster_id) == (EnrolmentState.ACTIVE, date(2026, 6, 1), june.id)
        assert monthly(desk.lines("Lê Thị Lan")) == [(500_000, "2026-06-01", None)]
        assert desk.cell() == {"total": 1, "id_valid": 1, "lines": 1, "amount_total": 500_000}
        desk.undo(june)
        assert (desk.cell(), desk.active()) == ({}, 0)
        assert desk.is_sound()

    def test_who_stands_on_a_list_of_a_month_to_come_counts_when_it_begins(self, desk: Desk) -> None:
        """Of what May said nothing is left: July's list counts in July."""
        may = desk.full("2026-05", LAN)
        more = LAN.replace("amount", "amount | commune").replace(" 500000", " 650000 | 21040")
        desk.part("2026-07", more + "\nHồ A | 1950 | | 5 | 21085")
        desk.undo(may)
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
        desk.undo(june)
        assert desk.enrolment("Lê Thị Lan", "NCC").commune_code == "21040"
        assert (desk.cell("21085", "NCC"), desk.cell("21040", "NCC")["total"]) == ({}, 1)

    def test_a_move_is_undone_though_a_later_list_took_them_back(self, desk: Desk) -> None:
        """BTXH names her again after the move to HTXH: undoing HTXH leaves the newer enrolment alone."""
        desk.full("2026-04", LAN)
        pension = desk.part("2026-05", LAN, programme="HTXH")
        desk.full("2026-06", LAN)
        desk.undo(pension)
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
