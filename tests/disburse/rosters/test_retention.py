"""What of a list goes after its days, and what stays: nobody who still waits is made unopenable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, select

from disburse import clock
from disburse.config import Settings
from disburse.db import Database
from disburse.ids import new_id
from disburse.rosters import error_workbook, queries, repairing_many, repairs, retention, row_issues
from disburse.rosters.staging import ERASED
from disburse.rosters.tables import WAITING, RepairBatch, Roster, RosterRow, RowIssue, RowRepair
from disburse.workbooks.tables import Upload
from tests.disburse.rosters.desk import living
from tests.disburse.rosters.repair_shop import Shop, officer

BINH_SON = "21040/2025-07-01/21040"
CHAU, NOBODY, EM = 4, 6, 7  # lines: a commune nobody knows, a name nobody can read, an honorific


@pytest.fixture
def shop(stocked: Database) -> Iterator[Shop]:
    with living():
        yield Shop(stocked).receive()


def a_round(shop: Shop, *, days_later: int = 91) -> int:
    with shop.database.transaction() as session:
        session.execute(sa.update(Roster).values(created_at=clock.utc_now() - timedelta(days=days_later)))
    return retention.erase_raw(shop.database, Settings(raw_retention_days=90))


def stored(shop: Shop, table: type[SQLModel]) -> list[Any]:
    with shop.database.reading() as session:
        return list(session.exec(select(table)))


def has_file(shop: Shop) -> bool:
    return all(upload.content_sealed is not None for upload in stored(shop, Upload))


class TestEraseRaw:
    def test_who_waits_stays_openable_and_everybody_else_goes(self, shop: Shop) -> None:
        """After the days a waiting row opens, is in the workbook and can be put right; the others keep no value."""
        shop.fix(3, commune=BINH_SON)
        batch = shop.repair(shop.hire(), "honorific_removed", "clean_name")
        waiting = [row.line for row in stored(shop, RosterRow) if row.state == "parked" and row.settled_by is None]
        assert CHAU in waiting and NOBODY in waiting
        assert a_round(shop) == len(stored(shop, RosterRow)) - len(waiting)
        assert a_round(shop) == 0
        assert {row.line for row in stored(shop, RosterRow) if row.raw_sealed is not None} == set(waiting)
        assert {issue.line for issue in stored(shop, RowIssue) if issue.facts_sealed != ERASED} == set(waiting)
        with shop.database.reading() as session:
            [sheet] = {row.sheet for row in stored(shop, RosterRow)}
            cells = repairs.history(session, shop.roster_id, (sheet, 3))[0].cells
            assert [before for before, _ in cells.values()] == [""] and all(after for _, after in cells.values())
            listed = row_issues.described(session, officer(), shop.roster, stored(shop, RowIssue), "vi")
            assert all(issue.message and (issue.value == "" or issue.line in waiting) for issue in listed)
            assert error_workbook.count(session, officer(), shop.roster) == len(waiting)
            assert repairing_many.wanted_of(session.get_one(RepairBatch, batch)).rule == "clean_name"
        assert has_file(shop)
        assert shop.fix(NOBODY, B="Đặng Văn Đức").entered == 1

    def test_the_file_goes_after_the_last_who_waits(self, shop: Shop) -> None:
        """Nothing of the list can be read or put right any more, and every page of it still opens."""
        batch = shop.repair(shop.hire(), "honorific_removed", "clean_name")
        a_round(shop)
        with shop.database.transaction() as session:
            session.execute(sa.update(RosterRow).where(WAITING).values(settled_by=new_id()))
        assert a_round(shop) > 0
        assert not has_file(shop)
        left = [row.raw_sealed for row in stored(shop, RosterRow)]
        left += [one.facts_sealed for one in stored(shop, RowIssue)]
        left += [one.cells_sealed for one in (*stored(shop, RowRepair), *stored(shop, RepairBatch))]
        assert set(left) <= {None, ERASED}
        with shop.database.reading() as session:
            [repaired] = {(repair.sheet, repair.line) for repair in stored(shop, RowRepair) if repair.line == EM}
            assert repairs.history(session, shop.roster_id, repaired)[0].cells == {}
            assert repairing_many.wanted_of(session.get_one(RepairBatch, batch)).raw == ""
            assert queries.document(session, shop.roster_id)["issues"]
            assert row_issues.described(session, officer(), shop.roster, stored(shop, RowIssue), "en")

    def test_a_list_that_never_came_in_keeps_nothing(self, stocked: Database) -> None:
        """Nobody is counted by it, so nobody waits; and nothing goes before its days."""
        with living():
            shop = Shop(stocked).receive(entered=False)
            assert a_round(shop, days_later=89) == 0
            assert a_round(shop) == len(stored(shop, RosterRow))
        assert not has_file(shop)
