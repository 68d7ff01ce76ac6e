"""Awkward but honest files: read in full, with what their format knows beside the values."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disburse.workbooks import delimited, guard, sheets
from disburse.workbooks.facts import column_index, column_letters
from disburse.workbooks.html_table import read_tables
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.sheets import ErrorCell, LongCell, Sheet, Workbook
from tests.disburse.workbooks import workbook_files as made

TEXTS = [[None if v is None else str(v) for v in values] for values in made.PEOPLE]
LONG = "Xã Bình Thạnh, " * 3000 + "."


def opened(tmp_path: Path, name: str, content: bytes) -> Workbook:
    path = tmp_path / name
    path.write_bytes(content)
    return sheets.open_workbook(path, name)


def only(tmp_path: Path, name: str, content: bytes) -> Sheet:
    (sheet,) = opened(tmp_path, name, content).sheets
    return sheet


def cells(sheet: Sheet) -> list[list[Any]]:
    return [line.cells for line in sheet.lines]


def book(body: bytes, **parts: Any) -> bytes:
    return made.xlsx(made.worksheet(body, **parts))


PEOPLE = made.rows(made.PEOPLE)
STRICT = made.xlsx(made.worksheet(PEOPLE, main=made.STRICT), main=made.STRICT)
EMPTY_ROWS = b"".join(b'<row r="%d" s="1" customFormat="1" ht="15"/>' % n for n in range(4, 1_000_004))
FORMATTED = b"".join(b'<row r="%d"><c r="A%d" s="1"/><c r="ZZ%d" s="1"/></row>' % (n, n, n) for n in range(4, 99_999))
NO_REFERENCES = b"".join(
    b"<row>" + b"".join(b"<c t='str'><v>%s</v></c>" % str(v).encode() for v in values) + b"</row>"
    for values in made.PEOPLE
)
EMPTY_ODS = (
    b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
    b'table:number-columns-repeated="16384"/></table:table-row>'
)
CSV = "STT,Họ và tên,Năm sinh,Số CCCD\r\n1,Phạm Văn Sáu,1951,051051000001\r\n2,Đinh Thị Hoa,1948,051148000002\r\n"
HTML = (
    "<html><head><style>td{color:red}</style></head><body><!-- x --><table>"
    + "".join("<tr>" + "".join(f"<td>{v}</td>" for v in values) + "</tr>" for values in made.PEOPLE)
    + "</table></body></html>"
)

# file name, how it is made, lines, number of the last line
READ: list[tuple[str, Callable[[], bytes], int, int]] = [
    ("plain.xlsx", made.people_xlsx, 3, 3),
    ("UPPER CASE.XLSX", made.people_xlsx, 3, 3),
    ("writer.xlsx", lambda: made.real_xlsx(made.PEOPLE), 3, 3),
    ("stored.xlsx", lambda: made.xlsx(made.worksheet(PEOPLE), stored=True), 3, 3),
    ("strict.xlsx", lambda: STRICT, 3, 3),
    ("dimension_lie_small.xlsx", lambda: book(PEOPLE, before=b'<dimension ref="A1:A1"/>'), 3, 3),
    ("dimension_lie_big.xlsx", lambda: book(PEOPLE, before=b'<dimension ref="A1:XFD1048576"/>'), 3, 3),
    ("million_empty_rows.xlsx", lambda: book(PEOPLE + EMPTY_ROWS), 3, 3),
    ("formatted_empty_cells.xlsx", lambda: book(PEOPLE + FORMATTED), 3, 3),
    ("formatted_far_corner.xlsx", lambda: book(PEOPLE + b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'), 3, 3),
    ("empty_value_far_corner.xlsx",
     lambda: book(PEOPLE + b'<row r="1048576"><c r="XFD1048576"><v></v></c></row>'), 3, 3),
    ("stray_far_down.xlsx", lambda: book(PEOPLE + made.row(1_000_000, ["x"])), 4, 1_000_000),
    ("no_references.xlsx", lambda: book(NO_REFERENCES), 3, 3),
    ("deep.xlsx", lambda: made.with_entry(
        made.people_xlsx(), "docProps/deep.xml", b"<a>" * 4000 + b"</a>" * 4000), 3, 3),
    ("deep_sheet.xlsx", lambda: book(PEOPLE, after=b"<e>" * 4000 + b"</e>" * 4000), 3, 3),
    ("500_columns.xlsx", lambda: made.real_xlsx([list(range(500))] * 3), 3, 3),
    ("backslash_names.xlsx", lambda: made.with_entry(made.people_xlsx(), "xl\\media\\a.txt", b"x"), 3, 3),
    ("old.xls", made.xls, 3, 3),
    ("calc.ods", made.ods_people, 3, 3),
    ("repeated_empties.ods", lambda: made.ods_people(EMPTY_ODS), 3, 3),
    ("comma.csv", lambda: CSV.encode(), 3, 3),
    ("semicolon.csv", lambda: CSV.replace(",", ";").encode(), 3, 3),
    ("tab.csv", lambda: CSV.replace(",", "\t").encode(), 3, 3),
    ("announced.csv", lambda: ("sep=;\r\n" + CSV.replace(",", ";")).encode(), 3, 4),
    ("marked.csv", lambda: CSV.encode("utf-8-sig"), 3, 3),
    ("utf16.csv", lambda: CSV.encode("utf-16"), 3, 3),
    ("utf16_tab.csv", lambda: CSV.replace(",", "\t").encode("utf-16"), 3, 3),
    ("old_mac.csv", lambda: CSV.replace("\r\n", "\r").encode(), 3, 3),
    ("no_last_line_end.csv", lambda: CSV.strip().encode(), 3, 3),
    ("blank_lines.csv", lambda: CSV.replace("\r\n", "\r\n\r\n,,,\r\n").encode(), 3, 7),
    ("page.xls", lambda: HTML.encode(), 3, 3),
    ("marked_page.xls", lambda: HTML.encode("utf-8-sig"), 3, 3),
    ("utf16_page.xls", lambda: HTML.encode("utf-16"), 3, 3),
]  # fmt: skip

_CELL = st.text(st.characters(blacklist_characters="\r\n\0\x02", codec="utf-8"), min_size=1)


class TestOpenWorkbook:
    """Every format and every awkward habit gives the same lines."""

    @pytest.mark.parametrize(("name", "make", "count", "last"), READ, ids=[case[0] for case in READ])
    def test_reads_every_line_at_its_number(
        self, tmp_path: Path, name: str, make: Callable[[], bytes], count: int, last: int
    ) -> None:
        """All lines that hold a value come, with the sheet's own numbers; nothing else does."""
        sheet = only(tmp_path, name, make())
        assert len(sheet.lines) == count
        assert sheet.lines[-1].number == last
        if "columns" not in name:
            assert sheet.lines[1].cells[1] == "Phạm Văn Sáu"
            assert sheet.lines[1].cells[3] == "051051000001"

    def test_keeps_types(self, tmp_path: Path) -> None:
        """Text stays text, numbers stay numbers, date cells are dates."""

        def prepare(workbook: Any, sheet: Any) -> None:
            day = workbook.add_format({"num_format": "dd/mm/yyyy"})
            sheet.write_datetime(1, 0, datetime.datetime(1951, 3, 12), day)  # noqa: DTZ001
            sheet.write_row(1, 1, ["001234567890", 1951, 2.5, True, None, "x"])

        sheet = only(tmp_path, "a.xlsx", made.real_xlsx([["a"]], prepare))
        assert cells(sheet)[1] == [datetime.date(1951, 3, 12), "001234567890", 1951.0, 2.5, True, None, "x"]

    def test_the_1904_calendar_shifts_the_dates(self, tmp_path: Path) -> None:
        """The same serial is four years and a day later in a workbook from an old Mac, and the flag is told."""
        styles = (
            made.XML + b'<styleSheet xmlns="' + made.MAIN + b'"><cellXfs count="2"><xf numFmtId="0"/>'
            b'<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
        )  # fmt: skip
        part = made.worksheet(b'<row r="1"><c r="A1" s="1"><v>18000</v></c></row>')
        for flag, day in (("0", datetime.date(1949, 4, 12)), ("1", datetime.date(1953, 4, 13))):
            settings = f'<workbookPr date1904="{flag}"/>'.encode()
            sheet = only(tmp_path, "a.xlsx", made.xlsx(part, settings=settings, more={"xl/styles.xml": styles}))
            assert cells(sheet) == [[day]]
            assert sheet.date1904 is (flag == "1")

    def test_hidden_sheets_are_listed_and_not_read(self, tmp_path: Path) -> None:
        """Hidden and very hidden sheets have a name, no lines."""
        parts = dict.fromkeys(("Danh sách", "Cũ", "Rất kín"), made.worksheet(PEOPLE))
        content = made.xlsx(parts, states={"Cũ": "hidden", "Rất kín": "veryHidden"})
        found = [(s.name, s.visible, len(s.lines)) for s in opened(tmp_path, "a.xlsx", content).sheets]
        assert found == [("Danh sách", True, 3), ("Cũ", False, 0), ("Rất kín", False, 0)]

    def test_hidden_rows_and_columns_are_told(self, tmp_path: Path) -> None:
        """They are read like the others and marked."""

        def prepare(workbook: Any, sheet: Any) -> None:
            sheet.set_row(2, None, None, {"hidden": True})
            sheet.set_column(3, 4, None, None, {"hidden": True})

        sheet = only(tmp_path, "a.xlsx", made.real_xlsx(made.PEOPLE, prepare))
        assert [line.hidden for line in sheet.lines] == [False, False, True]
        assert sheet.hidden_columns == {3, 4}

    def test_formulas_are_counted_and_those_without_result_apart(self, tmp_path: Path) -> None:
        """A saved result is a value; a formula without one is unknown, not empty."""
        body = (
            b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1</f></c>'
            b'<c r="C1" t="str"><f>"a"</f><v></v></c><c r="D1"><v>4</v></c></row>'
        )
        sheet = only(tmp_path, "a.xlsx", book(body))
        assert cells(sheet) == [[2.0, None, None, 4.0]]
        assert (sheet.formula_cells, sheet.empty_formulas) == (3, 2)

    def test_error_cells_are_told_from_empty_ones(self, tmp_path: Path) -> None:
        """#N/A of a lookup is an ErrorCell with its text, also where it is the last cell."""
        body = b'<row r="1"><c r="A1"><v>1</v></c><c r="C1" t="e"><f>VLOOKUP(1,A:A,2,0)</f><v>#N/A</v></c></row>'
        sheet = only(tmp_path, "a.xlsx", book(body))
        assert cells(sheet) == [[1.0, None, "#N/A"]]
        assert isinstance(sheet.lines[0].cells[2], ErrorCell)

    def test_marks_fonts_comments_and_merges_are_told(self, tmp_path: Path) -> None:
        """Struck-through and coloured lines, a legacy font's column, comments, merged ranges."""

        def prepare(workbook: Any, sheet: Any) -> None:
            sheet.write(1, 1, "Phạm", workbook.add_format({"font_strikeout": True}))
            sheet.write(2, 1, "Đinh", workbook.add_format({"bg_color": "yellow"}))
            for line in range(3, 9):
                sheet.write(line, 2, "NguyÔn", workbook.add_format({"font_name": ".VnTime"}))
            sheet.write_comment("B2", "chết 5/2026")
            sheet.merge_range("A10:A12", 3)

        sheet = only(tmp_path, "a.xlsx", made.real_xlsx(made.PEOPLE, prepare))
        assert sheet.struck_lines == {2}
        assert sheet.coloured_lines == {3}
        assert sheet.fonts == {2: ".VnTime"}
        assert sheet.comments == 1
        assert sheet.merges == [(10, 0, 12, 0)]

    def test_old_xls_tells_the_same(self, tmp_path: Path) -> None:
        """Hidden rows, formulas, a legacy font and merges are read from the records of an .xls."""
        import xlwt

        def prepare(workbook: Any, sheet: Any) -> None:
            sheet.row(2).hidden = True
            sheet.col(3).hidden = True
            sheet.write(3, 0, xlwt.Formula("1+1"))
            for line in range(4, 9):
                sheet.write(line, 4, "x", xlwt.easyxf("font: name .VnTime, struck_out on"))
            sheet.write_merge(10, 12, 0, 0, "3")

        sheet = only(tmp_path, "a.xls", made.xls(prepare))
        assert [line.number for line in sheet.lines if line.hidden] == [3]
        assert sheet.hidden_columns == {3}
        assert sheet.formula_cells == 1
        assert sheet.fonts == {4: ".VnTime"}
        assert sheet.struck_lines == {5, 6, 7, 8, 9}
        assert sheet.merges == [(11, 0, 13, 0)]

    def test_ods_tells_the_same(self, tmp_path: Path) -> None:
        """Hidden rows, formulas, errors and spans are read from content.xml."""
        extra = (
            made.ods_row(["ẩn"], b'table:visibility="collapse"')
            + b'<table:table-row><table:table-cell table:number-columns-spanned="2"'
            b' office:value-type="string"><text:p>gop</text:p></table:table-cell><table:covered-table-cell/>'
            b'<table:table-cell table:formula="of:=NA()" calcext:value-type="error" office:value-type="string">'
            b"<text:p>#N/A</text:p></table:table-cell></table:table-row>"
        )
        sheet = only(tmp_path, "a.ods", made.ods_people(extra))
        assert [line.number for line in sheet.lines if line.hidden] == [4]
        assert sheet.merges == [(5, 0, 5, 1)]
        assert sheet.formula_cells == 1
        assert isinstance(sheet.lines[4].cells[2], ErrorCell)

    @pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
    def test_a_cell_over_the_limit_is_left_out(self, tmp_path: Path, name: str) -> None:
        """More than 32,767 characters and at most a million: the cell goes, its length is told, the row stays."""
        table = [["Họ tên", "Ghi chú"], ["Phạm Văn Sáu", LONG]]
        content = made.real_xlsx([["x"]]) if name.endswith("csv") else book(made.rows(table))
        if name.endswith("csv"):
            content = "\n".join(";".join(values) for values in table).encode()
        sheet = only(tmp_path, name, content)
        long = sheet.lines[1].cells[1]
        assert isinstance(long, LongCell)
        assert (long, long.length) == ("", len(LONG))

    def test_a_page_becomes_a_sheet_with_merges(self, tmp_path: Path) -> None:
        """Spans are merges, breaks are line breaks, entities are letters, scripts are nothing."""
        page = (
            "<table><tr><td rowspan=2>A&amp;B<br>c</td><td colspan='2'>N&#259;m sinh</td></tr>"
            "<tr style='display:none'><td>Nam</td><td>Nữ<script>x()</script></td></tr></table>"
        )
        (table,) = read_tables(page)
        assert table.rows == [(1, ["A&B\nc", "Năm sinh", ""], False), (2, ["", "Nam", "Nữ"], True)]
        assert table.merges == [(1, 0, 2, 0), (1, 1, 1, 2)]


class TestReadRecords:
    """CSV records keep their physical line and all their fields."""

    def test_a_record_over_several_lines_has_its_first(self) -> None:
        """Quoted line breaks move the numbers of the records below."""
        text = 'a,b\n"1\n2\n3",x\n4,y\n'
        assert list(delimited.read_records(text)) == [(1, ["a", "b"]), (2, ["1\n2\n3", "x"]), (5, ["4", "y"])]

    def test_more_fields_than_the_header_can_be_seen(self, tmp_path: Path) -> None:
        """A stray comma shifts a row: its field count tells, also when the last field is empty."""
        sheet = only(tmp_path, "a.csv", b"STT,Ten,Ghi chu\n1,Pham, Van Sau,\n")
        assert [line.fields for line in sheet.lines] == [3, 4]

    def test_an_open_quote_names_its_line(self) -> None:
        """The record that swallows the rest of the file is where the quote stands open."""
        with pytest.raises(Refusal) as refused:
            list(delimited.read_records('a,b\n1,2\n3,"x\n4,y\n'))
        assert refused.value.facts == {"line": 3}

    def test_a_quote_inside_a_field_is_a_letter(self) -> None:
        """An inch sign or a nickname in quotes does not swallow the rest."""
        assert list(delimited.read_records('a,b\n1,Nam "Tám" x\n')) == [(1, ["a", "b"]), (2, ["1", 'Nam "Tám" x'])]

    @given(
        st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(_CELL, min_size=width, max_size=width), max_size=8))
    )
    def test_what_a_writer_quotes_comes_back(self, rows: list[list[str]]) -> None:
        """Any text without line breaks, under a header of plain words, survives writing and reading with commas."""
        table = [["họ", "tên", "xã", "tiền"][: len(rows[0]) if rows else 4], *rows]
        quoted = "\n".join(",".join('"' + v.replace('"', '""') + '"' for v in values) for values in table)
        assert [fields for _, fields in delimited.read_records(quoted)] == table


class TestExamine:
    """What the guard learns on its one way through a file."""

    def test_is_told_apart_by_content_and_name(self, tmp_path: Path) -> None:
        """The kind comes from both, in agreement."""
        for name, content, kind in (
            ("a.xlsx", made.people_xlsx(), "xlsx"), ("a.xls", made.xls(), "xls"),
            ("a.ods", made.ods_people(), "ods"), ("a.csv", b"a,b\n", "csv"), ("b.xls", HTML.encode(), "html"),
        ):  # fmt: skip
            path = tmp_path / name
            path.write_bytes(content)
            assert guard.inspect(path, name) is None
            assert guard.examine(path, name).kind == kind

    def test_the_name_of_the_sender_counts_not_that_of_the_store(self, tmp_path: Path) -> None:
        """Uploads are stored under names of their own."""
        path = tmp_path / "0192f0c1"
        path.write_bytes(made.people_xlsx())
        assert guard.inspect(path, "thang 11.xlsx") is None
        assert guard.inspect(path, "thang 11.xls") is not None

    @given(st.integers(0, 20_000))
    def test_column_letters_and_numbers_agree(self, index: int) -> None:
        """A is 0, Z is 25, AA is 26, and back."""
        assert column_index(column_letters(index)) == index
