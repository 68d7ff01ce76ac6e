"""Merged cells, tabs named after hamlets, old communes beside new ones."""

from __future__ import annotations

import pytest

from tests.disburse.rosters.drawn_sheets import draw

A = ["Phạm Văn Anh", 1951, "051051000001"]
B = ["Đinh Thị Bình", 1948, "051148000002"]
HEAD = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Mức hưởng"]


class TestMergedAmounts:
    def test_different_people(self) -> None:
        """One amount cell over two people holds for each of them, with a warning."""
        outcome = draw([HEAD, [1, *A, 500000], [2, *B, ""]], merges=[(2, 4, 3, 4)])
        assert [v.get("amount") for v in outcome.values] == [500000, 500000]
        assert "amount_shared" in outcome.codes(1)

    def test_one_person_over_two_lines(self) -> None:
        """One amount cell over two lines of one person is paid once."""
        head = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Chế độ", "Mức hưởng"]
        rows = [head, [1, *A, "Thương binh 21%", 1878000], ["", "", "", "", "Bệnh binh 41%", ""]]
        outcome = draw(rows, merges=[(2, c, 3, c) for c in (0, 1, 2, 3, 5)])
        assert [v.get("amount") for v in outcome.values] == [1878000, None]
        assert "amount_merged" in outcome.codes(1)

    def test_coefficient_of_one_person(self) -> None:
        """A merged coefficient fills no second amount in for the same person, but does for another one."""
        head = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Chế độ", "Hệ số"]
        rows = [head, [1, *A, "Người khuyết tật nặng", 1.5], ["", "", "", "", "Đơn thân nuôi con", ""]]
        outcome = draw(rows, merges=[(2, c, 3, c) for c in (0, 1, 2, 3, 5)], programme="BTXH", period="2026-11")
        assert outcome.value("coefficient", 1) is None
        rows[2] = [2, *B, "Người khuyết tật nặng", ""]
        outcome = draw(rows, merges=[(2, 5, 3, 5)], programme="BTXH", period="2026-11")
        assert [v.get("amount") for v in outcome.values] == [810000, 810000]

    def test_arrears_and_totals_belong_to_one_row(self) -> None:
        """Arrears and totals merged over two people count for the first only."""
        head = [*HEAD, "Truy lĩnh", "Tổng cộng"]
        rows = [head, [1, *A, 500000, 1000000, 1500000], [2, *B, 500000, "", ""]]
        outcome = draw(rows, merges=[(2, 5, 3, 5), (2, 6, 3, 6)])
        assert [v.get("arrears") for v in outcome.values] == [1000000, None]
        assert "total" not in outcome.values[1]

    def test_a_long_merge(self) -> None:
        """A hamlet merged over 2,500 lines reaches the last of them."""
        rows = [["STT", "Thôn", "Họ và tên"], [1, "Phú Lộc", "Phạm Văn Anh"]]
        rows += [[n, "", "Đinh Thị Bình"] for n in range(2, 2501)]
        outcome = draw(rows, merges=[(2, 1, 2501, 1)])
        assert outcome.value("hamlet", -1) == "Phú Lộc"


class TestSecondLineOfAMergedPerson:
    HEAD = ("STT", "Họ và tên", "Năm sinh", "Số CCCD", "Chế độ", "Mức hưởng")

    @pytest.mark.parametrize("merges", [[(2, 0, 3, 0), (2, 1, 3, 1)], [(2, 0, 3, 0)], []])
    def test_blank_cells_come_from_the_line_above(self, merges: list[tuple[int, int, int, int]]) -> None:
        """With number and name merged, birth and ID of the further line are the person's: no warnings."""
        rows = [self.HEAD, [1, *A, "Thương binh 21%", 1878000], ["", "", "", "", "Bệnh binh 41%", 2911000]]
        outcome = draw(rows, merges=merges)
        assert outcome.value("second_line_of", 1) == 2
        assert outcome.value("citizen_id", 1) == "051051000001"
        assert outcome.value("birth_date", 1) == "1951"
        assert outcome.codes(1, "warning", "error") == []


class TestTabs:
    ROW_A, ROW_B = [1, *A, 500000], [1, *B, 500000]

    @pytest.mark.parametrize(
        ("tabs", "expected"),
        [
            (("Thôn Phú Lộc", "TDP 3"), ["Thôn Phú Lộc", "TDP 3"]),
            (("T. Phú Lộc", "Tân Hy"), ["Thôn Phú Lộc", "Tân Hy"]),
            (("Thôn Phú Lộc (45)", "Thôn Tân Hy - Bình Thạnh"), ["Thôn Phú Lộc", "Thôn Tân Hy"]),
            (("Bình Thạnh", "Bình Trị"), [None, None]),
            (("Sheet1", "Danh Sách"), [None, None]),
            (("BTXH", "Người Cao Tuổi"), [None, None]),
        ],
    )
    def test_hamlet_in_the_tab(self, tabs: tuple[str, str], expected: list[str | None]) -> None:
        """12: one sheet per hamlet carries the hamlet to its rows; other names carry nothing."""
        outcome = draw([HEAD, self.ROW_A], [HEAD, self.ROW_B], names=tabs)
        assert [v.get("hamlet") for v in outcome.values] == expected

    def test_a_column_wins(self) -> None:
        """A hamlet in the row is surer than the tab."""
        rows = [[*HEAD, "Thôn"], [*self.ROW_A, "Tân Hy"]]
        assert draw(rows, [HEAD, self.ROW_B], names=["Thôn Phú Lộc", "Thôn Ba"]).value("hamlet") == "Tân Hy"


class TestOldBesideNew:
    HEAD = ("STT", "Họ và tên", "Năm sinh", "Xã cũ", "Xã mới")

    def test_the_old_one_is_the_origin(self) -> None:
        """The old commune says where the row comes from, the new one agrees."""
        outcome = draw([self.HEAD, [1, "Phạm Văn Anh", 1951, "Bình Trị", "Vạn Tường"]], commune=None)
        assert (outcome.value("origin_code"), outcome.value("commune_code")) == ("21061", "21061")
        assert outcome.value("origin_valid_from") < "2025-07-01"

    def test_contradiction_parks(self) -> None:
        """An old commune that went elsewhere parks the row and shows both."""
        outcome = draw([self.HEAD, [1, "Phạm Văn Anh", 1951, "Bình Thạnh", "Vạn Tường"]], commune=None)
        assert (outcome.rows[0]["state"], outcome.codes()) == ("parked", ["commune_old_new"])

    def test_one_of_them_is_blank(self) -> None:
        """Where one is blank the other decides."""
        rows = [self.HEAD, [1, "Phạm Văn Anh", 1951, "", "Vạn Tường"], [2, "Đinh Thị Bình", 1948, "Bình Trị", ""]]
        outcome = draw(rows, commune=None)
        assert [v["commune_code"] for v in outcome.values] == ["21061", "21061"]

    def test_plain_beside_old(self) -> None:
        """Plain "Xã" beside "Xã cũ" is today's."""
        head = ["STT", "Họ và tên", "Năm sinh", "Xã", "Xã cũ"]
        outcome = draw([head, [1, "Phạm Văn Anh", 1951, "Vạn Tường", "Bình Trị"]], commune=None)
        assert outcome.value("origin_valid_from") < "2025-07-01"

    def test_old_alone(self) -> None:
        """A column headed "Xã cũ" holds old communes, whatever the upload says."""
        outcome = draw([["STT", "Họ và tên", "Xã cũ"], [1, "Phạm Văn Anh", "Bình Trị"]], commune=None, units="new")
        assert outcome.value("origin_valid_from") < "2025-07-01"


class TestTheSamePersonAgain:
    HEAD = ("STT", "Họ và tên", "Năm sinh", "Số CCCD", "Chế độ", "Mức hưởng", "Số hồ sơ")

    def test_same_benefit_with_another_sum(self) -> None:
        """The same ID, name, birth and benefit with another sum or file is a repeat: flagged, counted once."""
        rows = [self.HEAD, [1, *A, "Thương binh 21%", 1878000, "H1"], [2, *A, "Thương binh 21%", 1900000, "H2"]]
        outcome = draw(rows, programme="NCC")
        assert [r["state"] for r in outcome.rows] == ["ok", "ok"]
        assert outcome.value("duplicate_of", 1) == 2
        assert "id_repeated" in outcome.codes(1)

    def test_another_year_of_birth(self) -> None:
        """The same ID and name with another year is told where it stands: a slip, or two people."""
        rows = [self.HEAD, [1, *A, "Thương binh 21%", 5, ""], [2, A[0], 1952, A[2], "Bệnh binh 41%", 5, ""]]
        outcome = draw(rows, programme="NCC")
        assert ("id_other_birth" in outcome.codes(1), outcome.value("second_line_of", 1)) == (True, None)

    def test_another_benefit(self) -> None:
        """Another benefit type is a second line, not a repeat."""
        rows = [self.HEAD, [1, *A, "Thương binh 21%", 1878000, "H1"], [2, *A, "Bệnh binh 41%", 2911000, "H1"]]
        outcome = draw(rows, programme="NCC")
        assert (outcome.value("second_line_of", 1), outcome.value("duplicate_of", 1)) == (2, None)

    def test_without_an_id(self) -> None:
        """An old ID or a file number under the same name repeats a person too."""
        rows = [
            self.HEAD,
            [1, "Phạm Văn Anh", 1951, "212345678", "Thương binh 21%", 1878000, "H1"],
            [2, "Phạm Văn Anh", "12/3/1951", "212345678", "Thương binh 21%", 1878000, "H2"],
            [3, "Lê Văn Cường", 1960, "", "Thương binh 21%", 1878000, "H3"],
            [4, "Lê Văn Cường", 1960, "051060000003", "Thương binh 21%", 1900000, "H3"],
            [5, "Lê Văn Cường", 1990, "", "Thương binh 21%", 1900000, "H3"],
            [6, "Lê Văn Cường", "", "051061000003", "Thương binh 21%", 1900000, "H3"],
        ]
        outcome = draw(rows, programme="NCC")
        assert [v.get("duplicate_of") for v in outcome.values] == [None, 2, None, 4, None, None]

    def test_on_another_sheet(self) -> None:
        """A repeat on another sheet names no line of its own sheet: recognition joins the two by their ID."""
        rows = [self.HEAD, [1, *A, "Thương binh 21%", 1878000, "H1"]]
        other = [self.HEAD, [1, *B, "Thương binh 21%", 1878000, "H5"], [2, *A, "Bệnh binh 41%", 2911000, "H1"]]
        outcome = draw(rows, other, programme="NCC")
        assert outcome.value("second_line_of", 2) is None
        assert "second_benefit_line" in outcome.codes(2)
