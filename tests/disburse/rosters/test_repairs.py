"""Rows put right on screen: read again by the same rules, entered at once, never lost from a count."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlmodel import col, select

from disburse.access.actor import Actor, Held
from disburse.access.actor import Scope as Where
from disburse.access.roles import Permission
from disburse.access.tables import Role
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.errors import Conflict, Invalid
from disburse.funnel.tables import ProgressCell
from disburse.ids import new_id
from disburse.rosters import actions, repairing, repairs
from disburse.rosters.importing import enter_roster
from disburse.rosters.tables import RosterRow, RosterState, RowState
from tests.disburse.rosters.desk import Desk, living
from tests.disburse.rosters.repair_shop import ROWS, Shop, officer

BINH_SON = "21040"


@pytest.fixture
def shop(stocked: Database) -> Iterator[Shop]:
    """An imported list with a name nobody can read, two unknown communes and an ID under two names."""
    with living():
        yield Shop(stocked).receive()


@pytest.fixture
def staged(stocked: Database) -> Iterator[Shop]:
    """The same list, read and not yet imported."""
    with living():
        yield Shop(stocked).receive(entered=False)


def waiting(shop: Shop) -> int:
    with shop.database.reading() as session:
        return sum(session.exec(select(ProgressCell.parked)))


class TestFixRow:
    def test_a_waiting_row_comes_in_at_once(self, shop: Shop) -> None:
        """The name is corrected: the person is enrolled, and one row fewer waits in roster and funnel alike."""
        desk, before = Desk(shop.database), shop.roster
        assert (waiting(shop), before.rows_parked) == (3, 3)
        done = shop.fix(6, B="Đặng Văn Đức")
        after = shop.roster
        assert (done.waiting, after.rows_parked, after.rows_ok) == ([], 2, before.rows_ok + 1)
        assert after.rows_read == after.rows_ok + after.rows_parked + after.rows_skipped
        assert (waiting(shop), shop.row(6).state) == (2, RowState.NEW)
        assert desk.enrolment("Đặng Văn Đức").commune_code == shop.row(6).commune_code
        assert desk.is_sound()

    def test_a_commune_picked_from_the_list_settles_the_row(self, shop: Shop) -> None:
        """Whatever the cell says, the unit picked is the one meant."""
        key = f"{BINH_SON}/2025-07-01/{BINH_SON}"
        done = shop.fix(3, commune=key)
        assert (done.waiting, shop.row(3).commune_code, shop.codes(3)) == ([], BINH_SON, [])
        assert waiting(shop) == 2

    def test_further_lines_come_in_with_their_row(self, stocked: Database) -> None:
        """A name was mistyped into a namesake's: once it is right, the person's second line waits no more either."""
        with living():
            desk = Desk(stocked)
            desk.part("2026-04", "name | born | amount\nNguyễn Văn Nam | 1950 | 5\nNguyễn Văn Nam | 1950 | 6")
            first = ("1", "Nguyễn Văn Nam", "1950", "Nam", "", "Xã Bình Sơn", "1000000", "NKT nặng")
            second = ("", "", "", "", "", "", "300000", "Hỗ trợ kinh phí chăm sóc")
            shop = Shop(stocked).receive(rows=(first, second, *ROWS[:1]))
            assert (shop.codes(3)[-1:], waiting(shop)) == (["which_person"], 2)
            shop.fix(2, B="Nguyễn Văn Bắc")
            assert [shop.row(line).state for line in (2, 3)] == [RowState.NEW, RowState.NEW]
            assert (waiting(shop), shop.roster.rows_parked, len(desk.lines("Nguyễn Văn Bắc"))) == (0, 0, 2)
            assert desk.is_sound()

    def test_a_row_that_is_still_wrong_stays_counted(self, shop: Shop) -> None:
        """Another slip in the name: the row waits on, in the list and in the funnel."""
        done = shop.fix(6, B="123")
        assert (done.good, shop.roster.rows_parked, waiting(shop)) == ([], 3, 3)
        assert "name_invalid" in shop.codes(6)

    def test_the_raw_cell_is_kept_and_the_act_is_told_masked(self, shop: Shop) -> None:
        """The form shows old beside new; the log holds no whole number."""
        shop.fix(6, B="Đặng Văn Đức", E="051055000999")
        cells = {cell.key: cell for cell in shop.row(6).cells}
        assert (cells["B"].raw, cells["B"].value, cells["E"].raw) == ("???", "Đặng Văn Đức", "051055000005")
        with shop.database.reading() as session:
            event = session.exec(select(AuditEvent).where(AuditEvent.action == "row.fixed")).one()
            done = repairs.history(session, shop.roster_id, ("xa", 6))
        assert "051055000999" not in json.dumps(event.facts)
        assert event.facts["cells"]["E (Số CCCD)"] == ["•••• 0005", "•••• 0999"]
        assert [(one.made_by, one.cells["B"]) for one in done] == [(COMMAND.name, ["???", "Đặng Văn Đức"])]

    def test_an_entered_row_says_its_person_anew(self, shop: Shop) -> None:
        """The day of birth was impossible; the right one reaches the person, and the warning goes."""
        shop.fix(4, commune=f"{BINH_SON}/2025-07-01/{BINH_SON}")
        assert "birth_impossible_day" in shop.codes(4)
        shop.fix(4, C="30/6/1950", G="1100000")
        assert shop.codes(4) == ["amount_unlike_rate"]
        assert ("Lê Văn Châu", "1950-06-30") in Desk(shop.database).people()
        assert shop.row(4).state == RowState.NEW
        assert [line[1] for line in Desk(shop.database).lines("Lê Văn Châu") if line[3] is None] == [1_100_000]
        assert Desk(shop.database).is_sound()

    def test_an_entered_row_cannot_fall_back(self, shop: Shop) -> None:
        """A repair that would make an imported row wait again is refused, and nothing of it is kept."""
        with pytest.raises(Conflict) as refused:
            shop.fix(2, B="!!")
        assert refused.value.code == "repair_would_park"
        assert (shop.row(2).version, shop.row(2).state) == (0, RowState.NEW)

    def test_the_other_row_of_a_shared_id_is_freed_too(self, shop: Shop) -> None:
        """Two names under one ID: when one gets its own, the other keeps the number and both lose the warning."""
        assert "id_shared" in shop.codes(8) and "id_shared" in shop.codes(9)
        shop.fix(9, E="051054000008")
        assert (shop.codes(8), shop.codes(9)) == ([], [])
        assert shop.row(8).values["citizen_id"] == "051153000007"
        cell = Desk(shop.database).cell(BINH_SON)
        assert cell["id_valid"] == 3

    def test_a_staged_row_stays_staged(self, staged: Shop) -> None:
        """Before the import nobody is entered; the counts of the list move all the same."""
        staged.fix(6, B="Đặng Văn Đức")
        roster = staged.roster
        assert (roster.state, roster.rows_parked, staged.row(6).state) == (RosterState.STAGED, 2, RowState.STAGED)
        assert Desk(staged.database).people() == []

    def test_two_editors_do_not_overwrite_each_other(self, shop: Shop) -> None:
        """Whoever opened the row before somebody else's repair is asked to look again."""
        row = shop.row(6)
        with shop.database.reading() as session:
            tried = repairing.attempt(session, roster=shop.roster, row=row, typed={"B": "Lê Văn Khác"})
        assert tried is not None
        shop.fix(6, B="Đặng Văn Đức")
        fresh = repairing.read_attempt(tried)
        with pytest.raises(Conflict) as refused, shop.database.transaction() as session:
            repairing.fix_row(session, tried=tried, fresh=fresh, actor=officer(), by=COMMAND)
        assert refused.value.code == "row_changed_meanwhile"

    def test_a_row_is_not_sent_to_a_commune_of_others(self, shop: Shop) -> None:
        """A commune officer corrects their own people only."""
        with pytest.raises(Invalid) as refused:
            shop.fix(8, actor=officer(Role.COMMUNE, BINH_SON), F="Xã Vạn Tường")
        assert refused.value.code == "repair_outside"

    def test_a_grant_for_another_programme_opens_no_rows(self, shop: Shop) -> None:
        """One commune's BTXH and another's NCC show a BTXH list's rows of the first commune alone."""
        with shop.database.reading() as session:
            placed = select(RosterRow.commune_code).where(col(RosterRow.commune_code).is_not(None)).distinct()
            other = next(code or "" for code in session.exec(placed) if code != BINH_SON)
            held = tuple(Held(Role.COMMUNE, Where(*where)) for where in ((BINH_SON, "BTXH"), (other, "NCC")))
            both = Actor(new_id(), "hai.quyen", "Cán Bộ", COMMAND, held)
            mine = repairs.rows_within(both, Permission.ROW_FIX, shop.roster)
            seen = session.exec(select(RosterRow.commune_code).where(RosterRow.roster_id == shop.roster_id, mine))
            assert set(seen) == {BINH_SON}


class TestDropRow:
    def drop(self, shop: Shop, reason: str = "not_a_person", words: str = "") -> None:
        with shop.database.transaction() as session:
            repairing.drop_row(session, roster=shop.roster, row=shop.row(6), reason=reason, words=words, by=COMMAND)

    def test_a_row_given_up_waits_no_more_and_is_counted(self, shop: Shop) -> None:
        """It leaves the funnel's waiting rows; the list still says that it was read, and how many were given up."""
        self.drop(shop)
        with shop.database.reading() as session:
            assert repairs.dropped(session, shop.roster_id) == 1
        assert (waiting(shop), shop.roster.rows_parked) == (2, 3)
        assert shop.row(6).settled

    def test_it_can_wait_again(self, shop: Shop) -> None:
        """A reason given by mistake is taken back."""
        self.drop(shop, "other", "dòng thử")
        with shop.database.transaction() as session:
            repairing.restore_row(session, roster=shop.roster, row=shop.row(6), by=COMMAND)
        assert (waiting(shop), shop.row(6).waits) == (3, True)

    @pytest.mark.parametrize(("reason", "words"), [("", ""), ("other", " "), ("unheard_of", "vì thế")])
    def test_without_a_reason_nothing_is_given_up(self, shop: Shop, reason: str, words: str) -> None:
        """One of our reasons, or words of one's own."""
        with pytest.raises(Invalid) as refused:
            self.drop(shop, reason, words)
        assert refused.value.code == "drop_needs_reason"

    def test_a_row_given_up_before_the_import_does_not_wait_after_it(self, staged: Shop) -> None:
        """The import counts only rows that still wait."""
        self.drop(staged)
        with staged.database.transaction() as session:
            enter_roster(session, roster=actions.get(session, staged.roster_id), by=COMMAND)
        assert waiting(staged) == 2


class TestHistory:
    def test_only_what_differs_is_a_repair(self, shop: Shop) -> None:
        """A form sent as it was changes nothing."""
        row = shop.row(6)
        with shop.database.reading() as session:
            same = {cell.key: cell.value for cell in row.cells}
            assert repairing.attempt(session, roster=shop.roster, row=row, typed=same) is None
            assert session.exec(select(col(AuditEvent.seq)).where(AuditEvent.action == "row.fixed")).all() == []
