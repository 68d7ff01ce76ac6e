"""Loading programmes, types and rates, on both databases, and reading them back as the same table."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, func, select

from disburse.audit.actor import SYSTEM
from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.programmes import actions, queries
from disburse.programmes.rates import packaged
from disburse.programmes.tables import BenefitRate, Programme


class TestLoad:
    def test_once_and_again(self, database: Database) -> None:
        """3 programmes, 242 types and 3 bases, 250 rates; loading again adds nothing and keeps what was put right."""
        with database.transaction() as session:
            assert actions.load(session, by=SYSTEM).added == 3 + 245 + 250
        with database.transaction() as session:
            btxh = queries.get(session, "BTXH")
            assert btxh is not None
            btxh.owner = "Sở Nội vụ"  # as Thanh Hóa has it
        with database.transaction() as session:
            assert actions.load(session, by=SYSTEM).added == 0
        with database.reading() as session:
            assert [p.code for p in queries.programmes(session)] == ["NCC", "BTXH", "HTXH"]
            assert session.exec(select(Programme.owner).where(Programme.code == "BTXH")).one() == "Sở Nội vụ"
            assert session.exec(select(func.count()).where(col(AuditEvent.action) == "programmes.load")).one() == 1


class TestQueries:
    def test_rate_table_is_the_packaged_one(self, database: Database) -> None:
        """Every type pays on every day that matters what the packaged table says."""
        with database.transaction() as session:
            actions.load(session, by=SYSTEM)
        with database.reading() as session:
            table = queries.rate_table(session)
            assert len(queries.benefit_types(session)) == 242
            assert len(queries.benefit_types(session, "HTXH")) == 3
        for kind in packaged().types():
            for day in (date(2021, 7, 1), date(2024, 3, 1), date(2024, 7, 1), date(2025, 9, 1), date(2026, 11, 1)):
                assert table.amount(kind.code, day) == packaged().amount(kind.code, day)
                assert table.fits(kind.code, 720_000, day) == packaged().fits(kind.code, 720_000, day)
                known = table.get(kind.code)
                assert known is not None
                assert known.group == kind.group

    def test_a_new_rate_is_a_new_row(self, database: Database) -> None:
        """An administrator's dated row counts from its day on."""
        day = date(2027, 7, 1)
        with database.transaction() as session:
            actions.load(session, by=SYSTEM)
            session.add(BenefitRate(type_code="BASE-BTXH", valid_from=day, amount=600_000, legal_basis="nghị định mới"))
        with database.reading() as session:
            table = queries.rate_table(session)
        assert table.amount("BTXH-6B", day) == 900_000
        assert table.amount("BTXH-6B", date(2027, 6, 30)) == 810_000
