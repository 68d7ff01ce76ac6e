"""Makes workbooks byte by byte: sound ones, awkward ones and hostile ones. All people in them are invented."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from typing import Any

import xlsxwriter

XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = b"http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = b"urn:oasis:names:tc:opendocument:xmlns:"

TYPES = (
    XML + b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
ROOT_RELATIONS = (
    XML + b'<Relationships xmlns="' + PACKAGE + b'"><Relationship Id="rId1" Type="' + RELATIONS
    + b'/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)  # fmt: skip

HEADER = ["STT", "Họ và tên", "Năm sinh", "Số CCCD"]
PEOPLE = [
    HEADER,
    [1, "Phạm Văn Sáu", 1951, "051051000001"],
    [2, "Đinh Thị Hoa", 1948, "051148000002"],
]


def row(line: int, values: list[Any]) -> bytes:
    """One row of a worksheet: numbers as numbers, text inline, bytes as they are."""
    cells = []
    for index, value in enumerate(values):
        place = f"{chr(65 + index)}{line}".encode()
        if isinstance(value, bytes):
            cells.append(value)
        elif isinstance(value, str):
            cells.append(b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (place, value.encode()))
        elif value is not None:
            cells.append(b'<c r="%s"><v>%s</v></c>' % (place, str(value).encode()))
    return b'<row r="%d">%s</row>' % (line, b"".join(cells))


def rows(table: list[list[Any]], start: int = 1) -> bytes:
    return b"".join(row(start + index, values) for index, values in enumerate(table))


def worksheet(body: bytes, before: bytes = b"", after: bytes = b"", main: bytes = MAIN) -> bytes:
    """A worksheet part around the rows given."""
    return (
        XML + b'<worksheet xmlns="' + main + b'">' + before + b"<sheetData>" + body + b"</sheetData>"
        + after + b"</worksheet>"
    )  # fmt: skip


def xlsx(
    sheet: bytes | Mapping[str, bytes],
    *,
    states: Mapping[str, str] | None = None,
    more: Mapping[str, bytes] | None = None,
    settings: bytes = b"",
    main: bytes = MAIN,
    stored: bool = False,
) -> bytes:
    """A whole xlsx: one worksheet part or several by name; `more` adds or replaces parts."""
    sheets = {"Sheet1": sheet} if isinstance(sheet, bytes) else dict(sheet)
    listed, links, parts = b"", b"", {}
    for number, (name, part) in enumerate(sheets.items(), 1):
        state = (states or {}).get(name, "visible").encode()
        listed += b'<sheet name="%s" sheetId="%d" state="%s" r:id="rId%d"/>' % (
            name.encode(), number, state, number,
        )  # fmt: skip
        links += b'<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>' % (
            number, RELATIONS, number,
        )  # fmt: skip
        parts[f"xl/worksheets/sheet{number}.xml"] = part
    workbook = (
        XML + b'<workbook xmlns="' + main + b'" xmlns:r="' + RELATIONS + b'">' + settings
        + b"<sheets>" + listed + b"</sheets></workbook>"
    )  # fmt: skip
    parts |= {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT_RELATIONS,
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": XML + b'<Relationships xmlns="' + PACKAGE + b'">' + links + b"</Relationships>",
    }
    return archive(parts | dict(more or {}), stored=stored)


def archive(parts: Mapping[str, bytes], *, stored: bool = False) -> bytes:
    """A zip of these parts in this order."""
    made = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(made, "w", method) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return made.getvalue()


def with_entry(book: bytes, info: zipfile.ZipInfo | str, content: bytes) -> bytes:
    """The same zip with one more entry, whatever its name."""
    made = io.BytesIO(book)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr(info, content)
    return made.getvalue()


def people_xlsx() -> bytes:
    return xlsx(worksheet(rows(PEOPLE)))


def ods(table: bytes, more: Mapping[str, bytes] | None = None) -> bytes:
    """An ods with the tables given."""
    names = (b"office", b"table", b"text")
    spaces = b" ".join(b'xmlns:%s="%s%s:1.0"' % (name, OFFICE, name) for name in names)
    spaces += b' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        XML + b"<office:document-content " + spaces + b"><office:body><office:spreadsheet>" + table
        + b"</office:spreadsheet></office:body></office:document-content>"
    )  # fmt: skip
    manifest = XML + b'<manifest:manifest xmlns:manifest="' + OFFICE + b'manifest:1.0"/>'
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content,
        "META-INF/manifest.xml": manifest,
    }
    return archive(parts | dict(more or {}))


def ods_row(values: list[str], attributes: bytes = b"") -> bytes:
    cells = b"".join(
        b'<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>' % v.encode()
        for v in values
    )
    return b"<table:table-row " + attributes + b">" + cells + b"</table:table-row>"


def ods_people(extra: bytes = b"") -> bytes:
    table = b"".join(ods_row([str(v) for v in values]) for values in PEOPLE)
    return ods(b'<table:table table:name="DS">' + table + extra + b"</table:table>")


def real_xlsx(table: list[list[Any]], prepare: Any = None) -> bytes:
    """An xlsx as a well-known writer makes it; `prepare(workbook, worksheet)` may add to it."""
    made = io.BytesIO()
    workbook = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = workbook.add_worksheet("DS")
    for line, values in enumerate(table):
        sheet.write_row(line, 0, values)
    if prepare:
        prepare(workbook, sheet)
    workbook.close()
    return made.getvalue()


def xls(prepare: Any = None) -> bytes:
    """An old .xls with the two people."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("DS")
    for line, values in enumerate(PEOPLE):
        for column, value in enumerate(values):
            sheet.write(line, column, value)
    if prepare:
        prepare(book, sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_record_in_front(book: bytes, record: int) -> bytes:
    """An .xls whose second record is turned into another one, as a password or a macro sheet would be."""
    at = book.index(struct.pack("<HH", 0x0809, 16), 512) + 20
    return book[:at] + struct.pack("<H", record) + book[at + 2 :]


def compound(streams: list[str]) -> bytes:
    """An OLE container with empty streams of these names, as an encrypted xlsx or a .doc has them."""
    names = ["Root Entry", *streams]
    directory = b""
    for index, name in enumerate(names):
        raw = name.encode("utf-16-le") + b"\0\0"
        kind = 5 if index == 0 else 2
        directory += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1) + b"\xff" * 12
        directory += b"\0" * 36 + struct.pack("<LLL", 0xFFFFFFFE, 0, 0)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    sectors = len(directory) // 512
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}L", *chain).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += b"\0" * 6 + struct.pack("<LLLLLLLLL", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<L", 0) + b"\xff" * (109 * 4 - 4)
    return head + table + directory
