"""Grids of cells and the file formats they are written in, byte for byte the same each time. No people, no wording."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt

Cell = str | int | float | date | None
MADE = datetime(2024, 3, 4, 8, 0, 0)  # noqa: DTZ001 - all workbooks were made then; XlsxWriter wants it naive

# TCVN 5712-1 (ABC) as single bytes shown in Latin-1; capitals that carry a tone do not exist there.
_UNICODE = "ÂÊÔàáâãèéêìíòóôõùúýĂĐƠƯăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_TCVN3 = "¢£¤µ¸©·ÌÐª×Ýßã«âïóý¡§¥¦¨®Üò¬\u00ad¹¶ÊÇÈÉË¾»¼½ÆÑÎÏÕÒÓÔÖØÞäáèåæçéíêëìîôñøõö÷ùúþûü"
_TO_TCVN3 = str.maketrans(_UNICODE, _TCVN3)


@dataclass
class Grid:
    """One sheet: lines of cells, merged boxes (1-based lines, 0-based columns), and how it shows."""

    name: str
    lines: list[list[Cell]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    bold: set[int] = field(default_factory=set)
    hidden: bool = False
    sums: dict[tuple[int, int], str] = field(default_factory=dict)  # (line, column) → formula

    def add(self, *cells: Cell, bold: bool = False) -> int:
        """Append a line; return its 1-based number."""
        self.lines.append(list(cells))
        if bold:
            self.bold.add(len(self.lines))
        return len(self.lines)


def tcvn3(text: str) -> str:
    """Unicode → TCVN3 as a .VnTime font shows it; a capital with a tone is typed small."""
    text = "".join(
        c if c in _UNICODE or c.lower() not in _UNICODE else c.lower() for c in unicodedata.normalize("NFC", text)
    )
    return text.translate(_TO_TCVN3)


def cp1258(text: str) -> bytes:
    """Windows-1258: what has no letter of its own is a base letter and a combining tone."""
    out = bytearray()
    for c in unicodedata.normalize("NFC", text):
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", c)
            tone = next(m for m in parts if m in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            out += (base + tone).encode("cp1258")
    return bytes(out)


def write_xlsx(path: Path, grids: list[Grid]) -> None:
    """An Excel workbook with merged titles, dates as dates and numbers as numbers."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"created": MADE, "author": "Phòng LĐ-TB&XH huyện Bình Sơn"})
    plain = {"font_name": "Times New Roman", "font_size": 12}
    text, head = book.add_format(plain), book.add_format({**plain, "bold": True})
    centre = book.add_format({**plain, "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True})
    day, whole = book.add_format({**plain, "num_format": "dd/mm/yyyy"}), book.add_format({**plain, "num_format": "0"})
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        sheet.set_column(0, 20, 14)
        for n, cells in enumerate(grid.lines):
            for column, cell in enumerate(cells):
                if (n + 1, column) in grid.sums:
                    sheet.write_formula(n, column, grid.sums[n + 1, column], head, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(n, column, cell, day)
                elif isinstance(cell, int | float):
                    sheet.write_number(n, column, cell, whole if isinstance(cell, int) else text)
                elif cell:
                    sheet.write_string(n, column, cell, head if n + 1 in grid.bold else text)
        for first, left, last, right in grid.merges:
            sheet.merge_range(first - 1, left, last - 1, right, grid.lines[first - 1][left], centre)
        if grid.hidden:
            sheet.hide()
    book.close()


def write_xls(path: Path, grids: list[Grid], *, legacy: bool = False) -> None:
    """An Excel 97 workbook; with `legacy` every text is TCVN3 in .VnTime, titles in .VnTimeH."""
    book = xlwt.Workbook(encoding="utf-8")
    names = (".VnTime", ".VnTimeH") if legacy else ("Times New Roman", "Times New Roman")
    styles = [xlwt.easyxf(f"font: name {name}, height 240{', bold on' if i else ''}") for i, name in enumerate(names)]
    for grid in grids:
        sheet = book.add_sheet(grid.name)
        inside = {(n, c) for a, left, z, right in grid.merges for n in range(a, z + 1) for c in range(left, right + 1)}
        for n, cells in enumerate(grid.lines, 1):
            style = styles[n in grid.bold]
            for column, cell in enumerate(cells):
                if isinstance(cell, str) and legacy:
                    cell = tcvn3(cell.lower() if n in grid.bold and cell.isupper() else cell)
                if cell not in (None, "") and (n, column) not in inside:
                    sheet.write(n - 1, column, cell, style)
        for first, left, last, right in grid.merges:
            label = str(grid.lines[first - 1][left])
            sheet.write_merge(first - 1, last - 1, left, right, tcvn3(label) if legacy else label, styles[0])
    book.save(str(path))


def write_csv(path: Path, grid: Grid, *, delimiter: str = ",", encoding: str = "utf-8-sig") -> None:
    """Delimited text with CRLF; `cp1258` is composed letter by letter."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerows(["" if c is None else c for c in cells] for cells in grid.lines)
    text = out.getvalue()
    path.write_bytes(cp1258(text) if encoding == "cp1258" else text.encode(encoding))


_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2" '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _ods_cell(cell: Cell, spans: str, covered: bool) -> str:
    """One cell of an OpenDocument row."""
    tag = "table:covered-table-cell" if covered else "table:table-cell"
    if covered or cell in (None, ""):
        return f"<{tag}{spans}/>"
    if isinstance(cell, int | float):
        return f'<{tag}{spans} office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></{tag}>'
    return f'<{tag}{spans} office:value-type="string"><text:p>{escape(str(cell))}</text:p></{tag}>'


def write_ods(path: Path, grids: list[Grid]) -> None:
    """An OpenDocument workbook, its XML written here because libraries stamp the time of day into it."""
    body = [_ODS_HEAD]
    for grid in grids:
        body.append(f"<table:table table:name={quoteattr(grid.name)}>")
        spans = {
            (a, c): f' table:number-rows-spanned="{z - a + 1}" table:number-columns-spanned="{d - c + 1}"'
            for a, c, z, d in grid.merges
        }
        covered = {(n, k) for a, c, z, d in grid.merges for n in range(a, z + 1) for k in range(c, d + 1)} - set(spans)
        for n, cells in enumerate(grid.lines, 1):
            inner = "".join(_ods_cell(x, spans.get((n, k), ""), (n, k) in covered) for k, x in enumerate(cells))
            body.append(f"<table:table-row>{inner or '<table:table-cell/>'}</table:table-row>")
        body.append("</table:table>")
    body.append("</office:spreadsheet></office:body></office:document-content>")
    parts = {"mimetype": _ODS_TYPE, "content.xml": "".join(body), "META-INF/manifest.xml": _ODS_MANIFEST}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, date_time=MADE.timetuple()[:6])
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
