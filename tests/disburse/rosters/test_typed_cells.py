"""Cells as tired hands type them: stray signs, two numbers in one cell, several columns of one category."""

from __future__ import annotations

import pytest

from disburse.workbooks.money import parse_money
from tests.disburse.rosters.drawn_sheets import draw

HEAD = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Mức hưởng"]


class TestIdentity:
    @pytest.mark.parametrize("cell", ["21234567", 21234567])
    def test_eight_digits(self, cell: object) -> None:
        """A CMND that lost its zero is an old ID, typed as text or as a number."""
        outcome = draw([HEAD, [1, "Phạm Văn Anh", 1951, cell, 500000]])
        assert (outcome.value("old_id"), outcome.codes()) == ("021234567", ["id_old"])

    @pytest.mark.parametrize("cell", ["212345601\n051051000001", "051051000001 212345601", "051051000001/212345601"])
    def test_both_numbers(self, cell: str) -> None:
        """Old and new number in one cell, whatever stands between them."""
        v = draw([HEAD, [1, "Phạm Văn Anh", 1951, cell, 500000]]).values[0]
        assert (v["citizen_id"], v["old_id"]) == ("051051000001", "212345601")

    @pytest.mark.parametrize("cell", ["051051000001.0", "051051000001.00", "051 051 000 001", "'051051000001"])
    def test_tails_and_blanks(self, cell: str) -> None:
        """Zeros behind a point, blanks and apostrophes go."""
        assert draw([HEAD, [1, "Phạm Văn Anh", 1951, cell, 500000]]).value("citizen_id") == "051051000001"


class TestBirth:
    @pytest.mark.parametrize("cell", ["12/03/1951.", "12\\3\\1951", " 12-03-1951;", "12.3.1951"])
    def test_typed_dates(self, cell: str) -> None:
        """A dot behind, backslashes between: still a whole date."""
        assert draw([HEAD, [1, "Phạm Văn Anh", cell, "", 500000]]).value("birth_date") == "1951-03-12"

    def test_half_a_year(self) -> None:
        """1951.5 is a slip, never an afternoon of 1905."""
        outcome = draw([HEAD, [1, "Phạm Văn Anh", 1951.5, "051051000001", 500000]])
        assert (outcome.value("birth_date"), outcome.codes()) == (None, ["birth_unreadable"])


class TestMoney:
    @pytest.mark.parametrize(
        "text", ["500.000,-", "+500000", "500.000,- đ", "500.000,--", "500.000", "500,000", "500 000 đ", "500000 VND"]
    )
    def test_typed_sums(self, text: str) -> None:
        """Signs of no cents and a plus change nothing."""
        assert parse_money(text) == 500_000

    @pytest.mark.parametrize("text", ["-500000", "500-000", "5.00", "500.000,-5"])
    def test_doubtful_sums(self, text: str) -> None:
        """What is doubtful stays unread."""
        assert parse_money(text) is None


class TestSeveralCategoryColumns:
    def test_details_settle_the_category(self) -> None:
        """Điểm, khoản beside Đối tượng says what the words leave open."""
        head = ["STT", "Họ và tên", "Năm sinh", "Đối tượng", "Theo NĐ 20"]
        outcome = draw([head, [1, "Phạm Văn Anh", 1981, "Khuyết tật", "BTXH-6B"]], programme="BTXH", period="2024-03")
        assert outcome.value("benefit_type") == "BTXH-6B"
        assert "unknown_columns" not in outcome.warnings

    def test_a_blank_category(self) -> None:
        """Where the first column is blank the next one speaks."""
        head = ["STT", "Họ và tên", "Năm sinh", "Đối tượng", "Hạng TB"]
        outcome = draw([head, [1, "Phạm Văn Anh", 1951, "", "Thương binh 21%"]], programme="NCC", period="2024-03")
        assert outcome.value("benefit_text") == "Thương binh 21%"

    def test_mothers_allowance(self) -> None:
        """The allowance of a heroic mother is a benefit of its own."""
        head = ["STT", "Họ và tên", "Năm sinh", "Chế độ"]
        outcome = draw([head, [1, "Đinh Thị Lan", 1931, "Phụ cấp Bà mẹ VNAH"]], programme="NCC", period="2026-11")
        assert outcome.value("benefit_type") == "NCC-4-PC"


class TestCounts:
    def test_parked_rows_with_a_warning_are_warned_too(self) -> None:
        """rows_warned counts every row with at least one warning."""
        outcome = draw([HEAD, [1, "Phạm 9", 1951, "", 500000], [2, "Lê Văn Ba", 1951, "", 500000]])
        assert (outcome.report["rows_warned"], outcome.report["rows_bad"]) == (2, 1)


class TestMonstrousNumbers:
    @pytest.mark.parametrize("column", range(10))
    def test_five_thousand_digits(self, column: int) -> None:
        """No cell of digits, however long, takes the file down."""
        head = [*HEAD, "Truy lĩnh", "Tổng cộng", "Hệ số", "Số tài khoản", "Điện thoại"]
        row: list[object] = [1, "Phạm Văn Anh", 1951, "051051000001", 500000, "", "", "", "", ""]
        row[column] = "9" * 5000
        outcome = draw([head, row, [2, "Lê Văn Ba", 1951, "", 500000]], text=True)
        assert len(outcome.rows) == 2
        assert outcome.rows[1]["state"] == "ok"


class TestOnePersonOnMergedLines:
    def test_equal_sums(self) -> None:
        """A merged person with two equal sums has two lines, no duplicate."""
        rows = [HEAD, [1, "Phạm Văn Anh", 1951, "051051000001", 500000], ["", "", "", "", 500000]]
        outcome = draw(rows, merges=[(2, c, 3, c) for c in range(4)])
        assert ([r["state"] for r in outcome.rows], outcome.value("second_line_of", 1)) == (["ok", "ok"], 2)
