"""One repair for all rows alike: previewed, applied as one batch with one event, undone as one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import select

from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.errors import Conflict, Invalid
from disburse.funnel.tables import ProgressCell
from disburse.rosters import repair_batches
from disburse.rosters.repair_batches import Wanted
from disburse.rosters.tables import RowState
from tests.disburse.rosters.desk import Desk, living
from tests.disburse.rosters.repair_shop import Shop

BINH_SON = "21040/2025-07-01/21040"


@pytest.fixture
def shop(stocked: Database) -> Iterator[Shop]:
    with living():
        yield Shop(stocked).receive()


def counts(shop: Shop) -> tuple[int, int, int, int, int]:
    """Return imported, parked, new, waiting in the funnel, and active enrolments."""
    roster = shop.roster
    with shop.database.reading() as session:
        parked = sum(session.exec(select(ProgressCell.parked)))
    return roster.rows_ok, roster.rows_parked, roster.rows_new, parked, Desk(shop.database).active()


class TestBatch:
    def test_a_spelling_becomes_a_commune_everywhere_and_back(self, shop: Shop) -> None:
        """Both rows come in with one event; undone, they wait as before and nobody of them is enrolled."""
        actor, before = shop.hire(), counts(shop)
        assert before == (5, 3, 5, 3, 5)
        batch = shop.repair(actor, "commune_unknown", "value", raw="Xã Bin Son", value=BINH_SON)
        assert counts(shop) == (7, 1, 7, 1, 7)
        assert [shop.row(line).state for line in (3, 4)] == [RowState.NEW, RowState.NEW]
        with shop.database.reading() as session:
            event = session.exec(select(AuditEvent).where(AuditEvent.action == "rows.repaired")).one()
        assert (event.facts["rows"], event.facts["settled"], event.facts["before"]) == (2, 2, "Xã Bin Son")
        shop.undo(actor, batch)
        assert counts(shop) == before
        assert (shop.row(3).waits, "commune_unknown" in shop.codes(3)) == (True, True)
        assert Desk(shop.database).is_sound()
        with pytest.raises(Conflict):
            shop.undo(actor, batch)

    def test_titles_are_left_out_of_all_names(self, shop: Shop) -> None:
        """A mechanical repair writes each row's own clean name; the warning goes, nobody is entered twice."""
        actor = shop.hire()
        with shop.database.reading() as session:
            (group,), total = repair_batches.groups(session, actor, shop.roster, "honorific_removed")
        assert (group.rule, group.count, total) == ("clean_name", 2, 2)
        shop.repair(actor, "honorific_removed", "clean_name")
        assert shop.codes(5) == shop.codes(7) == []
        cells = {cell.key: (cell.raw, cell.value) for cell in shop.row(5).cells}
        assert cells["B"] == ("Ông Phạm Văn Dũng", "Phạm Văn Dũng")
        assert counts(shop)[4] == 5

    def test_groups_name_the_likely_commune(self, shop: Shop) -> None:
        """The spelling nearest to a commune of the province is proposed."""
        with shop.database.reading() as session:
            (group,), _ = repair_batches.groups(session, shop.hire(), shop.roster, "commune_unknown")
        assert (group.raw, group.count, group.suggestion and group.suggestion.value) == ("Xã Bin Son", 2, BINH_SON)

    def test_what_cannot_be_repaired_in_bulk_is_said(self, shop: Shop) -> None:
        """A value of ours, a kind where equal words mean one thing, and rows to repair: else nothing is made."""
        actor, said = shop.hire(), []
        for wanted in (
            Wanted("commune_unknown", "value", "Xã Bin Son", ""),
            Wanted("commune_unknown", "value", "Xã Bin Son", "99999/2025-07-01/99999"),
            Wanted("name_invalid", "value", "???", "Ai Đó"),
            Wanted("birth_impossible_day", "guess"),
            Wanted("birth_two_digit_year", "century"),
        ):
            with shop.database.reading() as session, pytest.raises(Invalid) as refused:
                repair_batches.plan(session, actor, shop.roster, wanted)
            said.append(refused.value.code)
        unknown, missing = "batch_rule_unknown", "batch_value_missing"
        assert said == [missing, missing, unknown, unknown, "batch_empty"]
