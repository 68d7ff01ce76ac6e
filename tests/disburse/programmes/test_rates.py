"""What a benefit pays on a day: dated rows, and no amount that no decree in the table states."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from disburse.programmes.rates import PROGRAMMES, RateTable, packaged, parse_rate


@pytest.fixture(scope="module")
def table() -> RateTable:
    return packaged()


class TestPackaged:
    def test_counts(self, table: RateTable) -> None:
        """The table has 250 rows: 242 types with one rate each, and 8 rows of bases."""
        assert len(table.types()) == 242
        assert sum(len(kind.rates) for kind in table.types()) == 242
        assert {code: len(rates) for code, rates in table.bases().items()} == {"BTXH": 4, "NCC": 3, "HTXH": 1}

    def test_programmes_and_owners(self) -> None:
        """NCC belongs to Home Affairs; BTXH and HTXH to Health."""
        assert {p.code: p.owner for p in PROGRAMMES} == {"NCC": "Sở Nội vụ", "BTXH": "Sở Y tế", "HTXH": "Sở Y tế"}

    def test_outside_the_regular_total(self, table: RateTable) -> None:
        """Care, one-off and emergency kinds are kinds of BTXH and stand beside the monthly total."""
        outside = [kind for kind in table.types() if not kind.regular]
        assert {kind.group for kind in outside} == {"care", "one_off", "emergency"}
        assert {kind.programme for kind in outside} == {"BTXH"}
        assert len(outside) == 10


class TestAmount:
    @pytest.mark.parametrize(
        ("code", "on", "amount"),
        [
            # type           day           đồng a month
            ("BTXH-6A",      "2024-03-01", 720_000),
            ("BTXH-6A+",     "2024-03-01", 900_000),
            ("BTXH-6B",      "2024-03-01", 540_000),
            ("BTXH-5C",      "2024-06-30", 360_000),
            ("BTXH-5C",      "2024-07-01", 500_000),
            ("BTXH-6B",      "2026-07-01", 810_000),
            ("BTXH-CS-2D2",  "2024-03-01", 900_000),
            ("BTXH-MT",      "2024-03-01", 7_200_000),
            ("BTXH-5C",      "2021-06-30", None),       # the coefficients are of 2021-07-01
            ("NCC-3.1",      "2024-07-01", 2_789_000),
            ("NCC-3.1",      "2024-06-30", None),       # only the base of that time is known
            ("NCC-TB-45",    "2025-12-31", 4_024_000),
            ("NCC-TB-45",    "2026-07-01", None),       # Decree 321/2026: its annex is not in the table
            ("HTXH-75",      "2025-06-30", None),
            ("HTXH-75",      "2025-07-01", 500_000),
            ("HTXH-70",      "2026-07-01", 540_000),
            ("HTXH-75-HCM",  "2026-07-01", 650_000),
            ("NO-SUCH",      "2024-07-01", None),
        ],
    )  # fmt: skip
    def test_on_a_day(self, table: RateTable, code: str, on: str, amount: int | None) -> None:
        """Each amount is the newest one stated for the day, or None where the table has none."""
        assert table.amount(code, date.fromisoformat(on)) == amount

    def test_a_province_with_a_higher_base(self, table: RateTable) -> None:
        """A base stated on the list counts when it is above the decree's."""
        day = date(2024, 3, 1)
        assert table.amount("BTXH-6A", day, base=450_000) == 900_000
        assert table.amount("BTXH-6A", day, base=270_000) == 720_000


class TestBase:
    @pytest.mark.parametrize(
        ("programme", "on", "base"),
        [
            ("BTXH", "2021-06-30", 270_000), ("BTXH", "2024-03-01", 360_000), ("BTXH", "2024-07-01", 500_000),
            ("BTXH", "2026-07-01", 540_000), ("NCC", "2024-03-01", 2_055_000), ("NCC", "2024-07-01", 2_789_000),
            ("NCC", "2026-07-01", 3_012_000), ("NCC", "2023-06-30", None), ("HTXH", "2026-07-01", 540_000),
        ],
    )  # fmt: skip
    def test_on_a_day(self, table: RateTable, programme: str, on: str, base: int | None) -> None:
        """Bases change with the decrees."""
        assert table.base(programme, date.fromisoformat(on)) == base


class TestFits:
    @pytest.mark.parametrize(
        ("code", "amount", "fits"),
        [
            ("BTXH-6A", 720_000, True), ("BTXH-6A", 540_000, False), ("BTXH-4", 720_000, True),
            ("BTXH-4", 500_000, False), ("BTXH-MT", 8_000_000, True), ("NCC-3.1", 2_055_000, None),
        ],
    )  # fmt: skip
    def test_in_march_2024(self, table: RateTable, code: str, amount: int, fits: bool | None) -> None:
        """Single parents get the sum per child, funerals at least the floor; without a rate nobody can say."""
        assert table.fits(code, amount, date(2024, 3, 1)) is fits


class TestParseRate:
    def test_every_form(self) -> None:
        """The third column of the table is read without loss."""
        day = date(2024, 7, 1)
        assert parse_rate("hệ số 2.5", day, "").coefficient == Decimal("2.5")
        assert parse_rate("hệ số 1.0 x số con", day, "").per == "child"
        assert parse_rate("2789000 đồng/tháng (trợ cấp)", day, "").amount == 2_789_000
        assert parse_rate("529000/01 thâm niên đồng/tháng (phụ cấp)", day, "").per == "year"
        assert parse_rate("tối thiểu 20 lần mức chuẩn", day, "") == parse_rate("hệ số 20 tối thiểu", day, "")
        assert parse_rate("500000 đồng/tháng (tỉnh có thể cao hơn)", day, "").floor

    def test_no_number(self) -> None:
        """A row without a number is a mistake in the table, not a rate of nothing."""
        with pytest.raises(ValueError, match="no number"):
            parse_rate("theo quy định", date(2024, 7, 1), "")
