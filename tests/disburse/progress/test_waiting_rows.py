"""Rows that wait are counted where their list stands, until what ends their waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from disburse.access.actor import Actor, Held
from disburse.access.actor import Scope as Area
from disburse.access.tables import Role
from disburse.audit.actor import COMMAND
from disburse.clock import Period
from disburse.db import Database
from disburse.doctor.counts import cells_equal_rows
from disburse.ids import new_id
from disburse.progress import actions
from disburse.progress.queries import EVERYWHERE, table
from disburse.progress.waiting import waiting
from disburse.rosters import browsing
from disburse.rosters.answering import Answer, answer_question
from disburse.rosters.tables import Scope
from tests.disburse.progress.officers import officer
from tests.disburse.rosters.desk import Desk, living

WAITS = "name | born | amount | state\nTrần Văn Chờ | 1950 | 500000 | parked\nLê Thị An | 1951 | 500000 | ok"
BOTH = (
    "name | born | amount | state | commune\nTrần Văn Chờ | 1950 | 500000 | parked | 21040\n"
    "Lê Thị An | 1951 | 5 | ok | 21040\nLê Thị Bình | 1951 | 5 | ok | 21034"
)
COMES = "name | born | id | amount\nTrần Văn Chờ | 1950 | 051050000009 | 500000"
MAY = date(2026, 5, 31)


@pytest.fixture
def desk(stocked: Database) -> Iterator[Desk]:
    """An empty desk on 15 June 2026."""
    with living():
        yield Desk(stocked)


def parked(
    desk: Desk, scopes: tuple[Area, ...] = EVERYWHERE, as_of: date | None = None, area: str | None = None
) -> int:
    with desk.database.reading() as session:
        shown = table(session, scopes, as_of=as_of, area=area)
        return sum(row.funnel.parked for row in shown.programmes)


def differences(desk: Desk) -> list[object]:
    with desk.database.reading() as session:
        return list(cells_equal_rows(session))


class TestSettled:
    def test_a_row_waits_until_the_list_that_brings_it_again(self, desk: Desk) -> None:
        """April's row comes again in June: it waited in May, on each day and in the closed month, and waits no more."""
        desk.part("2026-04", WAITS)
        desk.part("2026-06", COMES)
        assert (parked(desk), parked(desk, as_of=MAY), parked(desk, as_of=date(2026, 6, 14))) == (0, 1, 0)
        with desk.database.transaction() as session:
            actions.close_month(session, period=Period(2026, 5), by=COMMAND)
        assert parked(desk, as_of=MAY) == 1
        assert differences(desk) == []

    def test_a_row_that_was_given_up_waits_on_no_day(self, desk: Desk) -> None:
        """Somebody said that it is nobody's; cells, days gone by and the doctor agree."""
        same = "name | born | id | amount\n"
        desk.part("2026-04", same + "\n".join(f"Nguyễn Văn Nam | 1950 | 05105000000{n} | 500000" for n in (1, 2)))
        desk.put(Scope.ADDITIONS, "2026-05", "name | born | amount\nNguyễn Văn Nam | 1950 | 500000")
        assert parked(desk) == 1
        with desk.database.transaction() as session:
            answer_question(session, answer=Answer(desk.questions()[0].id, "drop"), by=COMMAND)
        assert (parked(desk), parked(desk, as_of=date(2026, 6, 14))) == (0, 0)
        assert differences(desk) == []

    def test_undone_lists_leave_nothing_behind(self, desk: Desk) -> None:
        """The older list first, then the one that had settled its row."""
        older = desk.part("2026-04", BOTH)
        newer = desk.part("2026-06", COMES)
        for roster in (older, newer):
            desk.undo(roster)
        assert (parked(desk), differences(desk)) == (0, [])


class TestWaitingRows:
    @pytest.mark.parametrize(("area", "count"), [("51", 3), ("21040", 1), ("21034", 1)])
    def test_the_lists_come_to_the_board_s_figure(self, desk: Desk, area: str, count: int) -> None:
        """What the board says waits is what the lists that it leads to say together, for each reader."""
        desk.part("2026-04", BOTH)
        desk.part("2026-05", "name | born | commune | state\nHồ A | 1950 | 21034 | parked\nHồ B | 1950 | ? | parked")
        desk.part("2026-06", "name | born\nLê Thị Ân | 1951")
        reader = Actor(new_id(), "doc", "Đọc", COMMAND, (Held(Role.PROVINCE, Area(area)),))
        with desk.database.reading() as session:
            total, found = browsing.rosters(session, reader, waiting=True, limit=50, offset=0)
            waiting = browsing.waiting_rows(session, reader, found)
        assert sum(waiting.values()) == parked(desk, (Area(area),)) == count
        assert total == len(found) == len(waiting)


class TestUnknownCommune:
    def test_each_province_counts_its_own(self, desk: Desk) -> None:
        """Whose commune nobody knows waits in the province of the list: not in another's figures."""
        row = "name | born | commune | amount | state\n{} | 1950 | ? | 5 | parked\n{} | 1950 | {} | 5 | ok"
        desk.part("2026-05", row.format("Lê Văn A", "Lê Văn B", "21040"))
        desk.put(Scope.PART, "2026-05", row.format("Trần Văn A", "Trần Văn B", "00004"), commune="00004", province="01")
        for as_of in (None, date(2026, 6, 14)):
            readers = [Area(code) for code in ("", "51", "01", "21040", "48")]
            assert [parked(desk, (one,), as_of) for one in readers] == [2, 1, 1, 0, 0]
            with desk.database.reading() as session:
                assert [waiting(session, officer(one), as_of=as_of).total for one in readers] == [2, 1, 1, 0, 0]
        assert (parked(desk, area="51"), parked(desk, area="21040")) == (1, 0)
        assert differences(desk) == []


class TestOpened:
    def test_the_figure_opens_to_its_rows(self, desk: Desk) -> None:
        """Of all or one commune, today or on a day gone by: as many rows as the figure says, named, with the reason."""
        desk.part("2026-04", BOTH)
        for area in (None, "51", "21040", "21034"):
            for day in (None, date(2026, 6, 14), date(2026, 3, 31)):
                with desk.database.reading() as session:
                    found = waiting(session, officer(), area=area, as_of=day)
                assert found.total == parked(desk, as_of=day, area=area)
                assert [(row.name, row.birth) for row in found.rows] == [
                    ("Trần Văn Chờ", (date(1950, 1, 1), "year"))
                ] * found.total
        desk.part("2026-06", COMES)
        with desk.database.reading() as session:
            assert waiting(session, officer()).total == 0
            (row,) = waiting(session, officer(Area("21040")), as_of=MAY).rows
            assert (row.settled, row.commune_code, row.line) == (True, "21040", row.line)
            assert waiting(session, officer(Area("21061")), as_of=MAY).total == 0
