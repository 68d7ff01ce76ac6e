"""Loading the packaged areas, on both databases, and reading them back."""

from __future__ import annotations

import time
from datetime import date

from sqlmodel import col, func, select

from disburse.areas import actions, queries
from disburse.areas.tables import Area, AreaChange
from disburse.areas.units import CURRENT_FROM, EARLIER_FROM
from disburse.audit.actor import SYSTEM
from disburse.audit.tables import AuditEvent
from disburse.db import Database

BEFORE = date(2024, 3, 31)


class TestLoad:
    def test_everything_within_seconds(self, database: Database) -> None:
        """34 and 63 provinces, 3,321 and 10,040 units, and what became of each, well under ten seconds."""
        start = time.monotonic()
        with database.transaction() as session:
            done = actions.load(session, by=SYSTEM)
        assert time.monotonic() - start < 10
        assert done == actions.Loaded(added=34 + 63 + 3_321 + 10_040 + 63 + 10_602, changed=0)
        with database.reading() as session:
            assert queries.count(session) == 13_458
            assert session.exec(select(func.count()).select_from(AreaChange)).one() == 10_665
            assert len(queries.provinces(session)) == 34
            assert len(queries.communes(session)) == 3_321
            assert len(queries.provinces(session, BEFORE)) == 63
            assert len(queries.communes(session, day=BEFORE)) == 10_040

    def test_again_changes_nothing(self, database: Database) -> None:
        """A second load adds no row and no audit event; a spoilt name is put right, an ended area stays ended."""
        with database.transaction() as session:
            actions.load(session, by=SYSTEM)
        with database.transaction() as session:
            assert actions.load(session, by=SYSTEM) == actions.Loaded(added=0, changed=0)
        with database.transaction() as session:
            spoilt = queries.get(session, "21061", CURRENT_FROM)
            ended = queries.get(session, "21085", CURRENT_FROM)
            assert spoilt is not None
            assert ended is not None
            spoilt.name = "?"
            ended.valid_to = date(2030, 1, 1)
        with database.transaction() as session:
            assert actions.load(session, by=SYSTEM) == actions.Loaded(added=0, changed=1)
        with database.reading() as session:
            area = queries.get(session, "21061", CURRENT_FROM)
            assert area is not None
            assert area.name == "Xã Vạn Tường"
            assert queries.on_day(session, "21085", date(2030, 1, 1)) is None
            assert session.exec(select(func.count()).where(col(AuditEvent.action) == "areas.load")).one() == 2


class TestQueries:
    def test_reads(self, database: Database) -> None:
        """Areas by day, by province, by beginning of the name, and along the crosswalk in both directions."""
        with database.transaction() as session:
            actions.load(session, by=SYSTEM)
        with database.reading() as session:
            before, after = queries.on_day(session, "21061", BEFORE), queries.on_day(session, "21061")
            assert before is not None
            assert after is not None
            assert (before.name, before.district, before.province_code) == ("Xã Bình Trị", "Huyện Bình Sơn", "51")
            assert after.name == "Xã Vạn Tường"
            assert len(queries.communes(session, "51")) == 96
            assert len(queries.communes(session, "51", BEFORE)) == 274 - 1  # Trà Bùi went to two
            assert [a.name for a in queries.search(session, "van tuong")] == ["Xã Vạn Tường"]
            assert [a.name for a in queries.search(session, "21061", BEFORE)] == ["Xã Bình Trị"]
            assert queries.search(session, " ") == []
            assert [c.new_code for c in queries.successors(session, "21142", EARLIER_FROM)] == ["21136", "21157"]
            assert all(c.split for c in queries.successors(session, "21142", EARLIER_FROM))
            assert len(queries.sources(session, "21040", CURRENT_FROM)) == 7
            assert [c.new_code for c in queries.successors(session, "62", EARLIER_FROM)] == ["51"]

    def test_sorted_the_vietnamese_way(self, database: Database) -> None:
        """Communes sort by the first word of their name without its type, Vietnamese letters in their order."""
        with database.transaction() as session:
            actions.load(session, by=SYSTEM)
        with database.reading() as session:
            names = [a.name for a in queries.communes(session, "51")]
            assert names.index("Xã Ba Tô") < names.index("Xã Ba Tơ") < names.index("Xã Bình Sơn")
            assert names.index("Xã Bình Sơn") < names.index("Xã Đăk Hà") < names.index("Xã Vạn Tường")
            assert session.exec(select(func.max(func.length(Area.sort_key)))).one() <= 200
