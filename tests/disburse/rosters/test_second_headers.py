"""What stands between and below the rows: further headers, signatures, people whose name is missing."""

from __future__ import annotations

import pytest

from tests.disburse.rosters.drawn_sheets import draw

A = ["Phạm Văn Anh", 1951, "Nam", "051051000001", 500000]
B = ["Đinh Thị Bình", 1948, "Nữ", "051148000002", 500000]
C = ["Lê Văn Cường", 1960, "Nam", "051060000003", 500000]
D = ["Võ Thị Dung", 1955, "Nữ", "051155000004", 500000]
HEAD = ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Số CCCD", "Mức hưởng"]
EVERYBODY = [A[0], B[0], C[0], D[0]]


class TestSecondHeader:
    @pytest.mark.parametrize(
        ("second", "shift"),
        [
            ([*HEAD, "Ghi chú"], False),
            (["TT", "Họ tên", "NS", "GT", "CCCD", "Số tiền"], False),
            (["STT", "Thôn", *HEAD[1:]], True),
        ],
    )
    def test_near_the_top(self, second: list[str], shift: bool) -> None:
        """11, 22: a richer or other header after two rows takes nobody off the list, and is nobody itself."""
        more = ["Phú Lộc"] if shift else []
        rows = [HEAD, [1, *A], [2, *B], second, [3, *more, *C], [4, *more, *D]]
        outcome = draw(rows)
        assert [v["full_name"] for v in outcome.values] == EVERYBODY
        assert [v["amount"] for v in outcome.values] == [500000] * 4

    def test_other_order(self) -> None:
        """22: the same headers in another order begin another table."""
        second = ["STT", "Số CCCD", "Họ và tên", "Năm sinh", "Giới tính", "Mức hưởng"]
        below = [[n, p[3], *p[:3], 500000] for n, p in ((3, C), (4, D))]
        rows = [HEAD, [1, *A], [2, *B], second, *below]
        outcome = draw(rows)
        assert [v["full_name"] for v in outcome.values] == EVERYBODY
        assert [r["state"] for r in outcome.rows] == ["ok"] * 4
        assert [v["citizen_id"] for v in outcome.values] == [A[3], B[3], C[3], D[3]]

    def test_side_by_side_with_repeated_headers(self) -> None:
        """22, 11: two tables side by side whose headers return on the next page."""
        wide = [*HEAD, "", *HEAD]
        rows = [wide, [1, *A, "", 2, *B], wide, [3, *C, "", 4, *D]]
        assert sorted(v["full_name"] for v in draw(rows).values) == sorted(EVERYBODY)

    @pytest.mark.parametrize("odd", [2025, "2025", "T112026", "112233"])
    def test_a_number_in_the_header(self, odd: object) -> None:
        """A year or code as one heading hides no header."""
        outcome = draw([[*HEAD, odd], [1, *A, "x"], [2, *B, "x"]])
        assert [v["full_name"] for v in outcome.values] == EVERYBODY[:2]


class TestSignatures:
    @pytest.mark.parametrize("total", [True, False])
    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ("NGƯỜI LẬP BIỂU", "CHỦ TỊCH"), ("Người lập", "Thủ trưởng đơn vị"), ("NGƯỜI LẬP BIỂU", "TM. UBND XÃ"),
            ("Xác nhận của UBND xã", "Người lập danh sách"), ("Cán bộ LĐTBXH", "Kế toán"),
            ("Đại diện bưu điện", "Thủ quỹ"),
        ],
    )  # fmt: skip
    def test_under_name_and_id(self, left: str, right: str, total: bool) -> None:
        """17: those who sign are no beneficiaries, also when their offices stand under the ID."""
        rows = [HEAD, [1, *A]]
        rows += [["", "Tổng cộng", "", "", "", 500000]] if total else []
        rows += [["", left, "", "", right], [], ["", "Lê Thị Lập", "", "", "Nguyễn Văn Chủ"]]
        assert [v.get("full_name") for v in draw(rows).values] == [A[0]]


class TestPeopleBelowSignatures:
    """Nobody falls off the list because of what somebody wrote above or beside them."""

    HEAD = ("Họ và tên", "Ngày sinh", "Số CCCD", "Thôn", "Mức trợ cấp", "Ghi chú")
    LAN = ("Lê Thị Lan", "01/02/1952", "051152000003", "T1", 500000)
    BAY = ("Trần Văn Bảy", "01/02/1952", "051052000004", "T1", 500000)

    @pytest.mark.parametrize("note", ["", "Theo QĐ ngày 1 tháng 3 năm 2020", "Cán bộ hưu", "Xác nhận của UBND xã"])
    def test_no_line_numbers(self, note: str) -> None:
        """17: people who have no line number are read below a signature, whatever their notes say."""
        six = ["Trần Văn Sáu", "", "", "T1", 500000, note]
        outcome = draw([self.HEAD, self.LAN, ["Người lập biểu"], six, self.BAY])
        assert [v["full_name"] for v in outcome.values] == ["Lê Thị Lan", "Trần Văn Sáu", "Trần Văn Bảy"]

    @pytest.mark.parametrize("note", ["Theo QĐ ngày 1 tháng 3 năm 2020", "Cán bộ hưu", "Ghi chú: nhận thay"])
    @pytest.mark.parametrize("amount", [500000, ""])
    def test_a_person_is_no_signature(self, note: str, amount: object) -> None:
        """A note beside somebody without ID ends no list."""
        six = ["Trần Văn Sáu", "", "", "T1", amount, note]
        outcome = draw([self.HEAD, self.LAN, six, self.BAY])
        assert [v["full_name"] for v in outcome.values] == ["Lê Thị Lan", "Trần Văn Sáu", "Trần Văn Bảy"]

    @pytest.mark.parametrize("number", ["", "5b", 5])
    def test_any_line_number(self, number: object) -> None:
        """Rows are read on below a signature without a line number too, or with one that is none."""
        outcome = draw([HEAD, [1, *A], ["", "Xác nhận của UBND xã"], [number, *B], ["", *C]])
        assert [v["full_name"] for v in outcome.values] == EVERYBODY[:3]

    def test_an_unknown_family_name_with_an_id(self) -> None:
        """Whoever has a citizen ID is a person, whatever the family."""
        outcome = draw([HEAD, [1, *A], ["", "Người lập biểu"], ["", "Zơrâm Nhứt", "", "", "051060000003"]])
        assert [v["full_name"] for v in outcome.values] == [A[0], "Zơrâm Nhứt"]

    @pytest.mark.parametrize(
        "line",
        [
            ["", "Trần Văn Lập", "", "", "Đinh Thị Sáu"], ["", "Trần Văn Lập", "", "", "0905 123 456"],
            ["", "Trần Văn Lập", "", "", "", "0905123456"], ["", "Bình Sơn", "", "", "05/11/2026"],
            ["", "Đã chi", "12 người", "", "", 6000000], ["", "Số điện thoại: 0905123456"],
        ],
    )  # fmt: skip
    def test_those_who_sign_are_nobody(self, line: list[object]) -> None:
        """17: names under offices, phones, place and date, and what was paid out are no beneficiaries."""
        outcome = draw([HEAD, [1, *A], ["", "Người lập biểu", "", "", "CHỦ TỊCH"], line])
        assert [v["full_name"] for v in outcome.values] == [A[0]]
        assert "perhaps_people" not in outcome.warnings

    def test_doubt_is_told_with_its_lines(self) -> None:
        """A line left out that may be a person is a file warning that says which one."""
        outcome = draw([HEAD, [1, *A], ["", "Người lập biểu"], ["", "Đinh Thị Bình", "", "Nữ"], [2, *C]])
        [warning] = [w for w in outcome.report["file_warnings"] if w["code"] == "perhaps_people"]
        assert (warning["count"], "dòng 4." in warning["message"]) == (1, True)
        assert [v["full_name"] for v in outcome.values] == [A[0], C[0]]

    def test_a_numbered_total_is_told(self) -> None:
        """Somebody of the rare family Tổng, without ID or birth, may stand there: the line is named."""
        outcome = draw([HEAD, [1, *A], [2, "Tổng Ngọc Anh", "", "", "", 500000], ["", "Tổng cộng", "", "", "", 500000]])
        [warning] = [w for w in outcome.report["file_warnings"] if w["code"] == "perhaps_people"]
        assert (warning["count"], "dòng 3." in warning["message"]) == (1, True)


class TestNamelessRows:
    def test_somebody_else_parks(self) -> None:
        """No name, but another ID, year and sex: never the neighbour's second line."""
        outcome = draw([HEAD, [1, *A], ["", "", *B[1:]], [3, *C]])
        assert [r["state"] for r in outcome.rows] == ["ok", "parked", "ok"]
        assert "name_missing" in outcome.codes(1)

    def test_another_id_alone_parks(self) -> None:
        """Another ID and nothing else tells nobody's name."""
        outcome = draw([HEAD, [1, *A], ["", "", "", "", B[3]], [3, *C]])
        assert [r["state"] for r in outcome.rows] == ["ok", "parked", "ok"]

    def test_the_same_id_is_a_second_line(self) -> None:
        """A blank name with the ID of the line above is that person's second line."""
        outcome = draw([HEAD, [1, *A], ["", "", "", "", A[3], 300000], [3, *C]])
        assert (outcome.value("full_name", 1), outcome.value("amount", 1)) == (A[0], 300000)


class TestLeavesUnderOneParent:
    @pytest.mark.parametrize("merges", [[(1, 5, 1, 7)], []])
    def test_amounts_by_category(self, merges: list[tuple[int, int, int, int]]) -> None:
        """15: one amount a row under "Mức trợ cấp" over the categories."""
        head = ["STT", "Họ và tên", "Năm sinh", "Giới tính", "Số CCCD", "Mức trợ cấp", "", ""]
        leaves = ["", "", "", "", "", "NKT nặng", "NKT ĐBN", "NCT"]
        rows = [head, leaves, [1, *A[:4], 100000, "", ""], [2, *B[:4], "", 200000, ""], [3, *C[:4], "", "", 300000]]
        outcome = draw(rows, merges=merges, programme="BTXH")
        assert [v.get("amount") for v in outcome.values] == [100000, 200000, 300000]


class TestTabsNamedByCode:
    def test_code(self) -> None:
        """12: a tab may carry the commune's code."""
        outcome = draw([HEAD, [1, *A]], [HEAD, [2, *B]], names=["21040", "21061"], commune=None, units="old")
        assert [v["commune_code"] for v in outcome.values] == ["21040", "21061"]
