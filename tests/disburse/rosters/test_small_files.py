"""Small files made by hand: one row, two columns, the header on the first line, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.disburse.rosters.drawn_sheets import draw, read_file, refusal, write_xlsx


class TestOneRow:
    @pytest.mark.parametrize(
        "head", [["Họ và tên", "Năm sinh"], ["Họ tên", "NS"], ["ho ten", "nam sinh"], ["Họ và tên", "Số CCCD"]]
    )
    @pytest.mark.parametrize("text", [True, False])
    def test_two_columns(self, head: list[str], text: bool) -> None:
        """A header on line 1 of two columns with one person below is a list."""
        outcome = draw([head, ["Đinh Thị Lan", "051150000001" if "CCCD" in head[1] else "1950"]], text=text)
        assert [v["full_name"] for v in outcome.values] == ["Đinh Thị Lan"]
        assert outcome.value("citizen_id" if "CCCD" in head[1] else "birth_date") in ("1950", "051150000001")

    @pytest.mark.parametrize("other", ["Mã XYZ", "T112026", "Nam", "Ghi"])
    def test_beside_an_unknown_column(self, other: str) -> None:
        """The name alone makes a header; what stands beside it is kept raw."""
        outcome = draw([["Họ và tên", other], ["Đinh Thị Lan", "abc"]], text=True)
        assert [v["full_name"] for v in outcome.values] == ["Đinh Thị Lan"]

    def test_names_only(self) -> None:
        """One column of names is a list of people."""
        outcome = draw([["Họ và tên"], ["Đinh Thị Lan"], ["Phạm Văn Anh"]], text=True)
        assert [v["full_name"] for v in outcome.values] == ["Đinh Thị Lan", "Phạm Văn Anh"]

    def test_no_header_is_still_refused(self) -> None:
        """People without a header stay a refused file."""
        assert refusal([["Đinh Thị Lan", "1950"], ["Phạm Văn Anh", "1951"]]) == "no_header"

    def test_real_csv(self, tmp_path: Path) -> None:
        """The smallest CSV there is."""
        path = tmp_path / "a.csv"
        path.write_text("Họ và tên,Năm sinh\nĐinh Thị Lan,1950\n", encoding="utf-8")
        outcome = read_file(path)
        assert (outcome.value("full_name"), outcome.value("birth_date")) == ("Đinh Thị Lan", "1950")
        assert (outcome.report["verdict"], outcome.report["rows_read"]) == ("accept", 1)

    def test_real_xlsx(self, tmp_path: Path) -> None:
        """The smallest workbook there is."""
        path = write_xlsx(tmp_path / "a.xlsx", {"Sheet1": [["Họ và tên", "Năm sinh"], ["Đinh Thị Lan", 1950]]})
        assert read_file(path).value("birth_date") == "1950"


class TestHeadersThatHoldDigits:
    @pytest.mark.parametrize(
        "header", ["T112026", "Mức hưởng từ 01/7/2024", "Ghi chú 112233445566", "QĐ 12/3/2024 của tỉnh"]
    )
    def test_are_headers(self, header: str) -> None:
        """A month or a date inside one heading does not hide the whole header."""
        outcome = draw([["STT", "Họ và tên", "Năm sinh", header], [1, "Đinh Thị Lan", 1950, ""]])
        assert [v["full_name"] for v in outcome.values] == ["Đinh Thị Lan"]


class TestNameInTwoColumns:
    HEAD = ("STT", "Họ và tên", "", "Năm sinh")

    def test_without_a_merge(self) -> None:
        """3: a nameless column of given names beside the name belongs to it, as in every CSV."""
        rows = [self.HEAD, ["1", "Nguyễn Văn", "An", "1940"], ["2", "Đinh Thị", "Bình", "1950"]]
        assert [v["full_name"] for v in draw(rows, text=True).values] == ["Nguyễn Văn An", "Đinh Thị Bình"]

    @pytest.mark.parametrize("beside", [["Nam", "Nữ"], ["Phú Lộc", "Tân Hy"], ["", "x"], ["", ""]])
    def test_another_nameless_column(self, beside: list[str]) -> None:
        """Sexes, hamlets and marks under no header are no given names."""
        rows = [self.HEAD, ["1", "Nguyễn Văn An", beside[0], "1940"], ["2", "Đinh Thị Bình", beside[1], "1950"]]
        assert [v["full_name"] for v in draw(rows, text=True).values] == ["Nguyễn Văn An", "Đinh Thị Bình"]


class TestNamesUnderSexes:
    ROWS = (
        ["STT", "Họ và tên", "", "Năm sinh", "Số CCCD"],
        ["", "Nam", "Nữ", "", ""],
        [1, "Phạm Văn Anh", "", 1951, "051051000001"],
        [2, "", "Đinh Thị Bình", 1948, ""],
        [3, "", "Lê Thị Chín", "", ""],
    )
    MERGES = ((1, 1, 1, 2), (1, 0, 2, 0), (1, 3, 2, 3), (1, 4, 2, 4))

    def test_name_and_sex(self) -> None:
        """Names standing under Nam | Nữ say the sex by their column."""
        outcome = draw(self.ROWS, merges=self.MERGES)
        assert [(v["full_name"], v["sex"]) for v in outcome.values] == [
            ("Phạm Văn Anh", "Nam"),
            ("Đinh Thị Bình", "Nữ"),
            ("Lê Thị Chín", "Nữ"),
        ]

    def test_women_first(self) -> None:
        """Nữ | Nam too."""
        rows = [[*r] for r in self.ROWS]
        rows[1][1:3] = ["Nữ", "Nam"]
        outcome = draw(rows, merges=self.MERGES)
        assert [v["sex"] for v in outcome.values] == ["Nữ", "Nam", "Nam"]


class TestNamesWithTypedSigns:
    @pytest.mark.parametrize("name", ["'Nguyễn Văn Đào", "’Nguyễn Văn Đào", "Nguyễn Văn Đào（GH）"])
    def test_import(self, name: str) -> None:
        """A leading apostrophe or wide brackets park nobody."""
        outcome = draw([["Họ và tên", "Năm sinh"], [name, 1950]])
        assert (outcome.value("full_name"), outcome.rows[0]["state"]) == ("Nguyễn Văn Đào", "ok")
