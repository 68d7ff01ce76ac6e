"""Text of TCVN3 and VNI fonts: found by column, converted exactly, or parked and refused. Never stored as mojibake."""

from __future__ import annotations

import pytest

from disburse.workbooks.sheets import Line, Sheet
from matching.text import to_tcvn3, to_vni
from tests.disburse.rosters.drawn_sheets import draw, refusal

HEAD = ["STT", "Họ và tên", "Năm sinh", "Xã", "Đối tượng"]
PEOPLE = [
    [1, "Phạm Văn Đức", 1951, "Bình Thạnh", "Người khuyết tật nặng"],
    [2, "Nguyễn Thị Thủy", 1948, "Bình Trị", "Người cao tuổi"],
    [3, "Trần Thị Ánh", 1960, "Bình Hải", "Người khuyết tật nặng"],
    [4, "Lê Phương", 1962, "Bình Thạnh", "Người khuyết tật nặng"],
]


def in_legacy(rows: list[list[object]], encode: object) -> list[list[object]]:
    return [[encode(c) if isinstance(c, str) else c for c in row] for row in rows]  # type: ignore[operator]


class TestWholeFiles:
    @pytest.mark.parametrize(("encode", "charset"), [(to_tcvn3, "TCVN3"), (to_vni, "VNI")])
    def test_header_and_rows(self, encode: object, charset: str) -> None:
        """A file typed in one legacy font reads as if typed in Unicode; each repair is told before → after."""
        outcome = draw(in_legacy([HEAD, *PEOPLE], encode), commune=None)
        assert [v["full_name"] for v in outcome.values] == [p[1] for p in PEOPLE]
        assert [v["commune_code"] for v in outcome.values] == ["21040", "21061", "21061", "21040"]
        assert "legacy_converted" in outcome.codes(0, "info")
        assert outcome.rows[0]["raw"][1] == encode(PEOPLE[0][1])  # type: ignore[operator]
        assert any(
            w["code"] == "charset_converted" and charset in w["message"] for w in outcome.report["file_warnings"]
        )

    def test_soft_hyphen_is_a_letter(self) -> None:
        """In TCVN3 U+00AD is ư: it must not be stripped before decoding."""
        assert "\u00ad" in to_tcvn3("Phương")
        outcome = draw(in_legacy([HEAD, *PEOPLE], to_tcvn3))
        assert outcome.value("full_name", 3) == "Lê Phương"

    def test_font_of_capitals(self) -> None:
        """.VnTimeH shows small codes as capitals."""
        rows = in_legacy([HEAD, *PEOPLE], to_tcvn3)
        sheet = Sheet("DS", 0, lines=[Line(i, list(r)) for i, r in enumerate(rows, 1)], fonts={1: ".VnTimeH"})
        assert draw(sheet).value("full_name") == "PHẠM VĂN ĐỨC"


class TestColumns:
    def test_one_column_only(self) -> None:
        """A legacy name column beside Unicode columns."""
        rows: list[list[object]] = [HEAD, *([p[0], to_tcvn3(str(p[1])), *p[2:]] for p in PEOPLE)]
        outcome = draw(rows)
        assert [v["full_name"] for v in outcome.values] == [p[1] for p in PEOPLE]
        assert outcome.value("benefit_text") == "Người khuyết tật nặng"

    def test_one_certain_cell_in_a_unicode_column(self) -> None:
        """Pasted from an old file: the one cell that cannot be Vietnamese is converted, the others stay."""
        rows: list[list[object]] = [HEAD, *(list(p) for p in PEOPLE)]
        rows[2][1] = to_tcvn3("Nguyễn Thị Thủy")
        outcome = draw(rows)
        assert [v["full_name"] for v in outcome.values] == [p[1] for p in PEOPLE]
        assert [i for i in range(4) if "legacy_converted" in outcome.codes(i)] == [1]

    def test_unicode_stays_as_it_is(self) -> None:
        """Names of minority peoples and plain Unicode are no legacy text."""
        names = ["Ksor H'Blă", "Đinh Thị Krêl", "Hồ Văn Ý", "Lê Hà", "K'Brơi"]
        rows: list[list[object]] = [HEAD, *([i, n, 1950 + i, "Bình Trị", ""] for i, n in enumerate(names))]
        outcome = draw(rows)
        assert [v["full_name"] for v in outcome.values] == names
        assert "charset_converted" not in outcome.warnings


class TestHopeless:
    def test_utf8_read_as_one_byte_letters(self) -> None:
        """UTF-8 shown as Windows-1252 cannot be kept: the file is refused."""
        broken = [[c.encode().decode("cp1252", "replace") if isinstance(c, str) else c for c in p] for p in PEOPLE]
        assert refusal([HEAD, *broken]) == "charset"

    def test_one_hopeless_name_parks(self) -> None:
        """One such name in a sound file parks its row."""
        rows: list[list[object]] = [HEAD, *(list(p) for p in PEOPLE)]
        rows[1][1] = "Pháº¡m VÄƒn Äá»©c"
        outcome = draw(rows)
        assert [r["state"] for r in outcome.rows] == ["parked", "ok", "ok", "ok"]
        assert {"name_undecodable", "name_invalid"} & set(outcome.codes(0))

    def test_other_hopeless_cells_are_left_out(self) -> None:
        """In another column the cell is left out with a warning; as the commune it parks."""
        rows: list[list[object]] = [HEAD, *(list(p) for p in PEOPLE)]
        rows[1][4] = "NgÆ°á»\u009di khuyáº¿t táº\u00adt"
        rows[2][3] = "BÃ¬nh Trá»‹"
        outcome = draw(rows)
        assert "cell_undecodable" in outcome.codes(0)
        assert "benefit_text" not in outcome.values[0]
        assert [r["state"] for r in outcome.rows] == ["ok", "parked", "ok", "ok"]
