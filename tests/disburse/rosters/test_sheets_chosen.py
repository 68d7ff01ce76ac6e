"""Which sheets of a workbook are read: nobody who stands on one of them alone is lost."""

from __future__ import annotations

import pytest

from tests.disburse.rosters.drawn_sheets import HEAD, A, B, C, draw, names


class TestSheets:
    def test_one_sheet_per_commune(self) -> None:
        """12: the commune stands in the tab."""
        outcome = draw(
            [HEAD, [1, *A, 500000]], [HEAD, [1, *B, 500000]], names=["Bình Thạnh", "X. Bình Trị"], commune=None
        )
        assert [v["commune_code"] for v in outcome.values] == ["21040", "21061"]

    def test_namesakes_on_two_tabs_are_two_people(self) -> None:
        """12: equal rows on the tabs of two communes are no duplicates."""
        row = [1, "Nguyễn Thị Lan", 1950, "", 500000]
        outcome = draw([HEAD, row], [HEAD, row], names=["Bình Thạnh", "Bình Trị"], commune=None)
        assert [r["state"] for r in outcome.rows] == ["ok", "ok"]

    def test_cover_and_summary(self) -> None:
        """12: BIA has no table; a Tổng hợp that repeats the others is left out."""
        data = [HEAD, [1, *A, 500000]]
        both = [HEAD, [1, *A, 500000], [2, *B, 500000]]
        outcome = draw(
            [["DANH SÁCH CHI TRẢ"]],
            both,
            data,
            [HEAD, [1, *B, 500000]],
            names=["BIA", "Tổng hợp", "Bình Thạnh", "Bình Trị"],
        )
        assert names(outcome) == ["Phạm Văn Anh", "Đinh Thị Bình"]
        assert {"sheet_without_table", "summary_sheet"} <= set(outcome.warnings)

    def test_who_stands_on_the_summary_alone_is_read(self) -> None:
        """12: of a Tổng hợp that repeats the others its own people are read, and said with their lines."""
        rows = [
            [n, f"Phạm Văn Anh {'ABCDEFGHIJKLMNOPQRST'[n - 1]}", 1951, f"0510510000{n:02d}", 5] for n in range(1, 21)
        ]
        lost = [21, "Đinh Thị Bình", 1948, "051148000002", 5]
        # The same people, though the summary has lost a zero, an ID and the accents.
        said = [[*rows[0][:3], 51051000001, 5], [*rows[1][:3], "", 5], [3, "PHAM VAN ANH C", *rows[2][2:]], *rows[3:]]
        outcome = draw(
            [HEAD, *said, lost], [HEAD, *rows[:9]], [HEAD, *rows[9:]], names=["Tổng hợp", "Thôn 1", "Thôn 2"]
        )
        assert sorted(names(outcome)) == sorted([row[1] for row in [*rows, lost]])
        [warning] = [w for w in outcome.report["file_warnings"] if w["code"] == "summary_rest"]
        assert (warning["count"], "dòng 22" in warning["message"], "20 dòng" in warning["message"]) == (1, True, True)

    def test_a_namesake_who_stands_on_the_summary_alone_is_read(self) -> None:
        """Two of one name without ID are two, also where the other sheets know one."""
        rows = [[n, f"Phạm Văn Anh {'ABCDEFGHIJKLMNOPQRST'[n - 1]}", 1951, "", 5] for n in range(1, 21)]
        outcome = draw([HEAD, *rows, [21, *rows[0][1:4], 6]], [HEAD, *rows], names=["Tổng hợp", "Thôn 1"])
        assert len(names(outcome)) == 21

    def test_summary_with_people_of_its_own_is_read(self) -> None:
        """A Tổng hợp that is the list itself is read."""
        assert names(draw([HEAD, [1, *A, 500000]], [["x"]], names=["Tổng hợp", "Sheet2"])) == ["Phạm Văn Anh"]

    def test_one_sheet_per_month(self) -> None:
        """13: of T1 … T12 one is taken: that of the period, else the newest."""
        sheets = [[HEAD, [1, *p, 500000]] for p in (A, B, C)]
        months = ["T9", "T10", "T11"]
        assert names(draw(*sheets, names=months)) == ["Lê Văn Cường"]
        outcome = draw(*sheets, names=months, period="2026-10")
        assert names(outcome) == ["Đinh Thị Bình"]
        assert "month_sheets" in outcome.warnings

    def test_every_sheet_of_the_month_is_read(self) -> None:
        """13: T5, T05 and "Tháng 5" are one month; nobody on any of them is left out, and T4 is another."""
        sheets = [[HEAD, [1, *p, 500000]] for p in (A, B, C)]
        older = [HEAD, [1, "Hồ Văn Cũ", 1950, "", 500000]]
        for period in ("2026-05", None):
            outcome = draw(*sheets, older, names=["T5", "T05", "Thang 5", "T4"], period=period)
            assert names(outcome) == [A[0], B[0], C[0]]
            [warning] = [w for w in outcome.report["file_warnings"] if w["code"] == "month_sheets"]
            assert warning["count"] == 1

    def test_a_copied_sheet_of_the_month_is_read_once(self) -> None:
        """13: the same sheet twice under one month is one list."""
        sheet = [HEAD, [1, *A, 500000], [2, "Đinh Thị Bình", 1948, "", 500000]]
        outcome = draw(sheet, sheet, names=["T5", "T05"])
        assert (names(outcome), outcome.report["rows_bad"]) == ([A[0], "Đinh Thị Bình"], 0)
        assert "summary_sheet" in outcome.warnings

    def test_another_benefit_on_another_sheet_of_the_month_is_read(self) -> None:
        """13: the same people with another sum are no copy."""
        sheets = [[HEAD, [1, *A, amount], [2, *B, amount]] for amount in (500000, 300000)]
        assert draw(*sheets, names=["T5", "Tháng 5"]).report["rows_ok"] == 4

    @pytest.mark.parametrize("tabs", [["Sheet1", "Sheet2"], ["Tổng hợp", "Sheet2"]])
    def test_where_every_sheet_may_be_a_summary_all_are_read(self, tabs: list[str]) -> None:
        """12: names that spreadsheets give say nothing about which sheet is the list."""
        sheets = [[HEAD, [1, *A, amount], [2, *B, amount]] for amount in (500000, 300000)]
        assert draw(*sheets, names=tabs).report["rows_ok"] == 4

    def test_hidden_sheet(self) -> None:
        """Hidden sheets are not read, and said."""
        from disburse.workbooks.sheets import Sheet

        outcome = draw([HEAD, [1, *A, 500000]], Sheet("Ẩn", 1, visible=False))
        assert (names(outcome), outcome.warnings) == (["Phạm Văn Anh"], ["hidden_sheet"])
