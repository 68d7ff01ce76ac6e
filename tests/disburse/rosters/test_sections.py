"""Lines between the rows of an officer's table: sections, totals, marked and hidden rows; none is a person."""

from __future__ import annotations

from typing import Any

import pytest

from tests.disburse.rosters.drawn_sheets import HEAD, A, B, C, draw, names


class TestSections:
    def test_communes_and_hamlets_carry_down(self) -> None:
        """7: "I. Xã Bình Thạnh", "Thôn Phú Lộc" hold for the rows below."""
        rows = [
            HEAD, ["I. Xã Bình Thạnh"], ["Thôn Phú Lộc"], [1, *A, 500000], ["Thôn Tân Hy"], [2, *B, 500000],
            ["II. Xã Bình Trị"], [3, *C, 500000],
        ]  # fmt: skip
        outcome = draw(rows, commune=None)
        assert [v["commune_code"] for v in outcome.values] == ["21040", "21040", "21061"]
        assert [v.get("hamlet") for v in outcome.values] == ["Thôn Phú Lộc", "Thôn Tân Hy", None]
        assert outcome.report["rows_skipped"] == 4

    def test_marker_and_text_in_two_cells(self) -> None:
        """7: "I" under STT, the commune under the name."""
        rows = [HEAD, ["I", "Xã Bình Thạnh", "", "", 500000], [1, *A, 500000], ["II", "Xã Bình Trị"], [1, *B, 500000]]
        assert [v["commune_code"] for v in draw(rows, commune=None).values] == ["21040", "21061"]

    def test_benefit_sections(self) -> None:
        """7: "* Khuyết tật nặng", "Khoản 5" say the category."""
        rows = [HEAD, ["", "* Khuyết tật nặng"], [1, *A, 750000], ["", "* Khuyết tật đặc biệt nặng"], [2, *B, 1000000]]
        outcome = draw(rows, programme="BTXH")
        assert [v["benefit_text"] for v in outcome.values] == ["Khuyết tật nặng", "Khuyết tật đặc biệt nặng"]
        assert names(outcome) == ["Phạm Văn Anh", "Đinh Thị Bình"]

    def test_unknown_commune_section_parks(self) -> None:
        """A section naming no known commune never lets its rows fall to another."""
        rows = [
            ["UBND xã Bình Thạnh"],
            HEAD,
            ["I. Xã Không Có Thật"],
            [1, *A, 500000],
            ["II. Xã Bình Trị"],
            [2, *B, 500000],
        ]
        outcome = draw(rows, commune=None)
        assert [r["state"] for r in outcome.rows] == ["parked", "ok"]

    @pytest.mark.parametrize(
        "line",
        [
            ["", "Xã Vạn Nguyên"], [2, "Xã Vạn Nguyên"], ["II", "Xã Văn Nguyên"], ["Xã Vạn Nguyên"],
            ["Phường Vạn Hoắc"], ["", "Thị trấn Văn Hoắc", "", "", 900000], ["", "XÃ VẠN NGUYÊN", 12],
            ["XÃ VẠN NGUYÊN", "", "12 người"], ["", "Phường Văn Xuân"],
        ],
        ids=lambda line: " ".join(str(cell) for cell in line if cell),
    )  # fmt: skip
    def test_a_line_that_names_an_unknown_commune_is_asked_about(self, line: list[Any]) -> None:
        """It is nobody, though Văn is a middle name, and the rows below it belong to no commune before it."""
        outcome = draw([HEAD, ["Xã Bình Trị"], [1, *A, 500000], line, [2, *B, 500000]], commune="21040")
        assert names(outcome) == ["Phạm Văn Anh", "Đinh Thị Bình"]
        assert [(v.get("commune_code"), r["state"]) for v, r in zip(outcome.values, outcome.rows, strict=True)] == [
            ("21061", "ok"), (None, "parked"),
        ]  # fmt: skip
        asked = next(str(cell) for cell in line if isinstance(cell, str) and len(cell) > 3)
        assert "commune_unknown" in outcome.codes(1, "error")
        assert [(one["text"], one["count"]) for one in outcome.report["met"]["communes"]] == [(asked, 1)]

    def test_a_line_in_the_order_of_communes_that_says_nothing_known_is_asked_about(self) -> None:
        """ "II. Vạn Nguyên" may be a commune: its own words are asked about, not the tab's."""
        rows = [HEAD, ["I. Xã Bình Trị"], [1, *A, 500000], ["II. Vạn Nguyên"], [2, *B, 500000]]
        outcome = draw(rows, commune=None)
        assert [v.get("commune_code") for v in outcome.values] == ["21061", None]
        assert [one["text"] for one in outcome.report["met"]["communes"]] == ["Vạn Nguyên"]

    def test_hamlets_stand_under_their_commune_without_numbering(self) -> None:
        """ "Thôn 1" after "Xã Bình Trị" lies in it, also "Thôn Văn Xuân"; the next commune ends both."""
        rows = [
            HEAD, ["Xã Bình Trị"], ["Thôn 1"], [1, *A, 500000], ["", "Thôn Văn Xuân"], [2, *B, 500000],
            ["Xã Bình Thạnh"], [3, *C, 500000],
        ]  # fmt: skip
        outcome = draw(rows, commune=None)
        assert [(v["commune_code"], v.get("hamlet")) for v in outcome.values] == [
            ("21061", "Thôn 1"), ("21061", "Thôn Văn Xuân"), ("21040", None),
        ]  # fmt: skip

    @pytest.mark.parametrize("name", ["Phương Văn Nguyên", "Xa Văn Nguyên", "Bản Văn Nguyên", "Lang Thị Hoa"])
    def test_a_family_name_that_resembles_a_unit_is_a_person(self, name: str) -> None:
        """Whoever is called so keeps the row, though nothing else stands on it."""
        more = [["", "Phường Văn Hai", 1950, "", 500000], ["", "Phường Văn Ba", "", "", 500000]]
        outcome = draw([HEAD, [1, *A, 500000], ["", name], *more])
        assert names(outcome)[1:] == [name, "Phường Văn Hai", "Phường Văn Ba"]

    def test_a_numbered_line_without_a_name_is_no_section(self) -> None:
        """Its hamlet and amount are somebody's, whose name is missing: it waits instead of vanishing."""
        head = [*HEAD, "Thôn"]
        outcome = draw([head, [1, *A, 500000, "Thôn 1"], [2, "", "", "", 500000, "Thôn 2"]])
        assert [row["state"] for row in outcome.rows] == ["ok", "parked"]

    def test_person_without_details_is_not_a_section(self) -> None:
        """A bare name is a person, not a section: nobody is dropped."""
        rows = [HEAD, [1, *A, 500000], ["", "Nguyễn Thị Chín"], [3, *C, 500000]]
        outcome = draw(rows)
        assert names(outcome) == ["Phạm Văn Anh", "Nguyễn Thị Chín", "Lê Văn Cường"]

    def test_additions_and_removals(self) -> None:
        """14: Tăng and Giảm are changes: a file warning, and a warning on each removal."""
        rows = [HEAD, ["I. TĂNG"], [1, *A, 500000], ["II. GIẢM"], [1, *B, 500000]]
        outcome = draw(rows)
        assert "changes_in_file" in outcome.warnings
        assert [v["change"] for v in outcome.values] == ["added", "removed"]
        assert "listed_as_removed" in outcome.codes(1)
        assert outcome.rows[1]["state"] == "ok"


class TestLinesThatAreNoData:
    @pytest.mark.parametrize(
        "text",
        ["Cộng thôn", "Cộng trang", "Mang sang", "Lũy kế", "Luỹ kế", "Tổng cộng", "TỔNG CỘNG", "Tổng số: 2 người", "Cộng", "CONG", "tong cong", "Cộng thôn Phú Lộc"],  # noqa: E501
    )  # fmt: skip
    def test_totals(self, text: str) -> None:
        """10: totals between rows are skipped, wherever the word stands."""
        for line in (["", text, "", "", 500000], [text, "", "", "", 500000]):
            outcome = draw([HEAD, [1, *A, 500000], line, [2, *B, 500000]])
            assert names(outcome) == ["Phạm Văn Anh", "Đinh Thị Bình"]
            assert outcome.report["rows_skipped"] == 1

    def test_amount_in_words(self) -> None:
        """10: "Bằng chữ" is no person."""
        outcome = draw([HEAD, [1, *A, 500000], ["Bằng chữ: Năm trăm nghìn đồng chẵn"]])
        assert (names(outcome), outcome.report["rows_skipped"]) == (["Phạm Văn Anh"], 1)

    @pytest.mark.parametrize(
        "name", ["Tống Văn Cộng", "Công Tằng Tôn Nữ Hoa", "Tổng Thị Lan", "TONG VAN CONG", "Cộng Thị Mai"]
    )
    def test_people_named_like_totals(self, name: str) -> None:
        """Tống, Công: names of people who must not fall off the list."""
        assert names(draw([HEAD, [1, name, 1951, "051051000001", 500000]])) == [name]

    def test_header_repeated_on_each_page(self) -> None:
        """11: a repeated header (with its numbering) is skipped."""
        rows = [
            HEAD,
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            [1, *A, 500000],
            HEAD,
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            [2, *B, 500000],
        ]
        outcome = draw(rows)
        assert (names(outcome), outcome.report["rows_skipped"]) == (["Phạm Văn Anh", "Đinh Thị Bình"], 2)

    def test_signature_block(self) -> None:
        """17: place and date, offices, names of those who sign, the maker's phone."""
        rows = [
            HEAD, [1, *A, 500000], [], ["", "", "", "Bình Thạnh, ngày 5 tháng 11 năm 2026"],
            ["", "Người lập biểu", "", "TM. UBND XÃ"], ["", "(Ký, ghi rõ họ tên)", "", "CHỦ TỊCH"], [], [],
            ["", "Phạm Văn Tám", "", "Đinh Thị Sáu"], ["", "ĐT: 0905123456"],
        ]  # fmt: skip
        outcome = draw(rows)
        assert names(outcome) == ["Phạm Văn Anh"]
        assert outcome.report["rows_skipped"] == 5

    def test_data_after_signatures_is_read(self) -> None:
        """Signatures on each page do not end the list."""
        rows = [HEAD, [1, *A, 500000], ["", "Người lập biểu"], ["", "Phạm Văn Tám"], HEAD, [2, *B, 500000]]
        assert names(draw(rows)) == ["Phạm Văn Anh", "Đinh Thị Bình"]

    def test_stray_cells_far_right(self) -> None:
        """17: cells beside the table are not read, and said."""
        rows = [HEAD, [1, *A, 500000], [""] * 20 + ["lạc"]]
        outcome = draw(rows)
        assert names(outcome) == ["Phạm Văn Anh"]
        assert "cells_outside" in outcome.warnings


class TestMarkedAndHiddenRows:
    def test_marks_are_told(self) -> None:
        """18, 19: struck, coloured, hidden rows, hidden columns, formulas, comments: read, and said with counts."""
        from disburse.workbooks.sheets import Line, Sheet

        sheet = Sheet(
            "DS", 0,
            lines=[Line(1, list(HEAD)), Line(2, [1, *A, 500000], hidden=True), Line(3, [2, *B, 500000])],
            hidden_columns={3}, formula_cells=7, struck_lines={2}, coloured_lines={3}, comments=2,
        )  # fmt: skip
        outcome = draw(sheet)
        assert set(outcome.warnings) == {
            "hidden_rows",
            "hidden_columns",
            "formula_cells",
            "struck_rows",
            "coloured_rows",
            "comments",
        }
        assert [w["count"] for w in outcome.report["file_warnings"]] == [1, 1, 7, 1, 1, 2]
        assert names(outcome) == ["Phạm Văn Anh", "Đinh Thị Bình"]

    def test_error_cells(self) -> None:
        """19: #N/A is no value anywhere."""
        from disburse.workbooks.sheets import ERROR_CELL

        outcome = draw(
            [HEAD, [1, "Phạm Văn Anh", ERROR_CELL, ERROR_CELL, ERROR_CELL], [2, ERROR_CELL, 1951, "", 500000]]
        )
        assert {"birth_unreadable", "id_invalid", "amount_unreadable"} <= set(outcome.codes(0))
        assert [r["state"] for r in outcome.rows] == ["ok", "parked"]


class TestControlTotals:
    def test_right_totals_say_nothing(self) -> None:
        """Page sums, running sums and the grand total agree: no warning."""
        rows = [
            HEAD, [1, *A, 500000], ["", "Cộng trang", "", "", 500000], ["", "Mang sang", "", "", 500000],
            [2, *B, 360000], ["", "Cộng trang", "", "", 360000], ["", "Tổng cộng", "", "", 860000],
        ]  # fmt: skip
        assert "control_total_mismatch" not in draw(rows).warnings

    def test_wrong_total(self) -> None:
        """A printed total that differs from the sum is a file warning."""
        outcome = draw([HEAD, [1, *A, 500000], [2, *B, 360000], ["", "Tổng cộng", "", "", 960000]])
        assert outcome.warnings == ["control_total_mismatch"]
        assert outcome.report["verdict"] == "accept"

    def test_two_line_header_repeated_after_a_page_sum(self) -> None:
        """11: a repeated two-line header below a page's sum is no second table."""
        head = [["STT", "Họ và tên", "Năm sinh", "", "Số CCCD", "Mức hưởng"], ["", "", "Nam", "Nữ", "", ""]]
        rows = [*head, [1, A[0], 1951, "", A[2], 500000], ["", "Cộng trang", "", "", "", 500000], *head]
        rows.append([2, B[0], "", 1948, B[2], 360000])
        rows.append(["", "Tổng cộng", "", "", "", 860000])
        outcome = draw(
            rows, merges=[(1, 2, 1, 3), (1, 0, 2, 0), (1, 1, 2, 1), (5, 2, 5, 3), (5, 0, 6, 0), (5, 1, 6, 1)]
        )
        assert names(outcome) == [A[0], B[0]]
        assert outcome.warnings == []
        assert outcome.report["rows_skipped"] == 4


class TestNobodyIsTakenForALine:
    @pytest.mark.parametrize(
        "name",
        [
            "Bàn Văn Tám", "BAN VAN TAM", "Lang Thị Hoa", "Phương Văn Nam", "PHUONG VAN NAM", "Xa Thị Mai", "Tô Văn Ba",
            "To Thi Lan", "Cộng Thị Mai", "Tổng Văn Hai", "Đội Thị Sáu", "Khối Văn Ba", "Mục Thị Bảy",
        ],
    )  # fmt: skip
    def test_names_like_places_and_totals(self, name: str) -> None:
        """With nothing but a number and a name in the row, a person stays a person."""
        outcome = draw([HEAD, [1, *A, 500000], [2, name], ["", name], [3, *C, 500000]])
        assert names(outcome) == [A[0], name, name, C[0]]
