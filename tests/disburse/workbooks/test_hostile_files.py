"""Hostile files: each is made here, refused with its code within two seconds, and harms nobody."""

from __future__ import annotations

import io
import random
import resource
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from disburse.workbooks import child, guard
from disburse.workbooks.refusals import REJECT_CODES, SENTENCES, Refusal
from tests.disburse.workbooks import workbook_files as made

SUMMARY = "tests.disburse.workbooks.entries:summary"
CELL = b'<c r="%s"><v>1</v></c>'


def sheet(body: bytes) -> bytes:
    return made.xlsx(made.worksheet(body))


def one_cell(place: bytes) -> bytes:
    return sheet(b'<row r="1">' + CELL % place + b"</row>")


def many_rows(millions: int) -> bytes:
    """A sheet of so many million short rows, packed as it is made: nobody holds it unpacked."""
    rows = b"<row><c><v>1</v></c></row>" * 100_000
    before, after = made.worksheet(b"@").split(b"@")
    packed = io.BytesIO(sheet(b""))
    base = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(base, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(before)
            for _ in range(millions * 10):
                part.write(rows)
            part.write(after)
    return base.getvalue()


def padded_bomb() -> bytes:
    """Too big unpacked, with enough noise to keep the ratio below the limit."""
    return made.with_entry(many_rows(9), "xl/media/image1.png", random.Random(5).randbytes(3_000_000))


def lying_size() -> bytes:
    """The directory says the sheet is small; inflating gives much more."""
    book = bytearray(sheet(made.rows(made.PEOPLE) + b" " * 400_000))
    at = book.index(b"PK\x01\x02")
    while book[at : at + 4] == b"PK\x01\x02":
        name_bytes, extra, comment = struct.unpack_from("<HHH", book, at + 28)
        if b"sheet1" in book[at + 46 : at + 46 + name_bytes]:
            struct.pack_into("<L", book, at + 24, 100)
        at += 46 + name_bytes + extra + comment
    return bytes(book)


def overlapping() -> bytes:
    """Two directory entries share the same packed bytes, as in a bomb that counts one part many times."""
    book = bytearray(made.with_entry(made.people_xlsx(), "xl/worksheets/sheet9.xml", b"<a/>"))
    first = book.index(b"PK\x01\x02")
    last = book.rindex(b"PK\x01\x02")
    book[last + 42 : last + 46] = book[first + 42 : first + 46]
    return bytes(book)


def link() -> bytes:
    info = zipfile.ZipInfo("xl/media/link")
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return made.with_entry(made.people_xlsx(), info, b"/etc/passwd")


def with_doctype(doctype: bytes, value: bytes = b"1") -> bytes:
    part = made.worksheet(b'<row r="1"><c r="A1" t="str"><v>' + value + b"</v></c></row>")
    return made.xlsx(part.replace(made.XML, made.XML + doctype, 1))


def billion_laughs() -> bytes:
    entities = b'<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    return with_doctype(b"<!DOCTYPE x [" + entities + b"]>", b"&a9;")


def part_in(encoding: str) -> bytes:
    text = made.worksheet(made.rows(made.PEOPLE)).decode().replace("UTF-8", encoding)
    return made.xlsx(text.encode(encoding))


def encrypted_zip() -> bytes:
    book = bytearray(made.people_xlsx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = book.index(mark)
        book[at + offset] |= 1
    return bytes(book)


def two_names() -> bytes:
    """The directory calls a part one thing, the part itself another."""
    book = made.people_xlsx()
    at = book.index(b"xl/worksheets/sheet1.xml")
    return book[:at] + b"xl/worksheets/sheet2.xml" + book[at + 24 :]


def repeats(rows: int, columns: int, value: bytes = b"<text:p>a</text:p>") -> bytes:
    cell = b'<table:table-cell table:number-columns-repeated="%d" office:value-type="string">%s</table:table-cell>'
    row = b'<table:table-row table:number-rows-repeated="%d">' % rows + cell % (columns, value)
    return made.ods(b'<table:table table:name="S">' + row + b"</table:table-row></table:table>")


MACRO = made.TYPES.replace(b"</Types>", b'<Override PartName="/xl/vbaProject.bin" ContentType="x.vbaProject"/></Types>')
XLSM = made.TYPES.replace(
    b"</Types>", b'<Override PartName="/xl/workbook.xml" ContentType="x.sheet.macroEnabled.main+xml"/></Types>'
)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
XXE = b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>'
HTML = "<html><body><table><tr><td>Họ và tên</td></tr></table></body></html>".encode()

# file name, how it is made, the reject code and reason
REFUSED: list[tuple[str, Callable[[], bytes], str, str | None]] = [
    ("bomb.xlsx", lambda: many_rows(6), "hostile", "ratio"),
    ("twenty_million_rows.xlsx", lambda: many_rows(20), "hostile", "ratio"),
    ("padded_bomb.xlsx", padded_bomb, "too_big", "unpacked"),
    ("lying_size.xlsx", lying_size, "hostile", "size_lie"),
    ("overlapping.xlsx", overlapping, "hostile", None),
    ("over_25_mb.xlsx", lambda: b"PK\x03\x04" + b"x" * (26 << 20), "too_big", "upload"),
    ("far_corner.xlsx", lambda: one_cell(b"XFD1048576"), "too_big", "columns"),
    ("far_column.xlsx", lambda: one_cell(b"ZZ1"), "too_big", "columns"),
    ("column_513.xlsx", lambda: one_cell(b"SS1"), "too_big", "columns"),
    ("wild_reference.xlsx", lambda: one_cell(b"ZZZZZZZ99999999999"), "hostile", "cell_reference"),
    ("line_billion.xlsx", lambda: one_cell(b"A1000000000"), "hostile", "cell_reference"),
    ("wide_and_long.xlsx", lambda: sheet(b'<row r="1">' + CELL % b"SR1" + CELL % b"A99999" + b"</row>"),
     "too_big", "box"),
    ("quoted_otherwise.xlsx", lambda: sheet(b"<row r='1'><c  r = 'XFD9'><v>1</v></c></row>"), "too_big", "columns"),
    ("prefixed.xlsx", lambda: sheet(
        b'<x:row xmlns:x="' + made.MAIN + b'" r="1"><x:c r="XFD9"><x:v>1</x:v></x:c></x:row>'),
     "too_big", "columns"),
    ("no_references.xlsx", lambda: sheet(b"<row>" + b"<c><v>1</v></c>" * 600 + b"</row>"), "too_big", "columns"),
    ("too_many_columns.xlsx", lambda: made.real_xlsx([[f"Cột {n}" for n in range(2000)]]), "too_big", "columns"),
    ("201_parts.xlsx", lambda: made.xlsx(made.worksheet(b""), more={f"x/{n}.xml": b"<a/>" for n in range(200)}),
     "too_big", "entries"),
    ("100000_parts.xlsx", lambda: made.archive({f"{n}": b"" for n in range(65_000)}), "too_big", "entries"),
    ("external_entity.xlsx", lambda: with_doctype(XXE, b"&e;"), "hostile", "dtd"),
    ("billion_laughs.xlsx", billion_laughs, "hostile", "dtd"),
    ("doctype_after_comment.xlsx", lambda: with_doctype(b"<!-- <a> --><!DOCTYPE x>"), "hostile", "dtd"),
    ("utf16_part.xlsx", lambda: part_in("UTF-16"), "hostile", "xml_encoding"),
    ("utf7_part.xlsx", lambda: part_in("UTF-7"), "hostile", "xml_encoding"),
    ("sheet_called_picture.xlsx", lambda: made.with_entry(
        made.people_xlsx(), "xl/media/a.png", b"<!DOCTYPE x><a/>"), "hostile", "dtd"),
    ("two_sheets_one_name.xlsx", lambda: made.with_entry(
        made.people_xlsx(), "xl/worksheets/sheet1.xml", made.worksheet(b"")), "hostile", "duplicate_name"),
    ("names_equal_but_case.xlsx", lambda: made.with_entry(
        made.people_xlsx(), "XL/Worksheets/SHEET1.xml", made.worksheet(b"")), "hostile", "duplicate_name"),
    ("traversal.xlsx", lambda: made.with_entry(made.people_xlsx(), "../../tmp/x", b"x"), "hostile", "traversal"),
    ("absolute.xlsx", lambda: made.with_entry(made.people_xlsx(), "/etc/cron.d/x", b"x"), "hostile", "traversal"),
    ("backslash.xlsx", lambda: made.with_entry(made.people_xlsx(), "..\\..\\x", b"x"), "hostile", "traversal"),
    ("symlink.xlsx", link, "hostile", "link"),
    ("two_names.xlsx", two_names, "hostile", "two_names"),
    ("encrypted_parts.xlsx", encrypted_zip, "encrypted", None),
    ("password.xlsx", lambda: made.compound(["EncryptionInfo", "EncryptedPackage"]), "encrypted", None),
    ("password.xls", lambda: made.with_record_in_front(made.xls(), 0x2F), "encrypted", None),
    ("password.ods", lambda: made.ods(b"", {"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>"}),
     "encrypted", None),
    ("macro.xlsx", lambda: made.xlsx(made.worksheet(b""), more={"xl/vbaProject.bin": b"\0"}), "hostile", "macro"),
    ("macro_by_type.xlsx", lambda: made.xlsx(made.worksheet(b""), more={"[Content_Types].xml": MACRO}),
     "hostile", "macro"),
    ("macro.ods", lambda: made.ods(b"", {"Basic/script-lc.xml": b"<a/>"}), "hostile", "macro"),
    ("list.xlsm", lambda: made.xlsx(
        made.worksheet(b""), more={"[Content_Types].xml": XLSM, "xl/vbaProject.bin": b"\0"}),
     "wrong_type", "extension"),
    ("list.xlsb", lambda: made.archive({"[Content_Types].xml": made.TYPES, "xl/workbook.bin": b"\0"}),
     "wrong_type", "extension"),
    ("truncated.xlsx", lambda: made.people_xlsx()[:-300], "damaged", "zip"),
    ("only_magic.xlsx", lambda: b"PK\x03\x04", "damaged", "zip"),
    ("flipped_bits.xlsx", lambda: made.real_xlsx(made.PEOPLE * 200).replace(b"\x55", b"\x54"), "damaged", "zip"),
    ("empty.xlsx", lambda: b"", "damaged", "empty"),
    ("trailing_data.xlsx", lambda: made.people_xlsx() + HTML, "hostile", "trailing_data"),
    ("pdf_then_zip.xlsx", lambda: PDF + made.people_xlsx(), "wrong_type", "document"),
    ("both_kinds.xlsx", lambda: made.with_entry(
        made.people_xlsx(), "mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), "hostile", "polyglot"),
    ("scan.pdf", lambda: PDF, "wrong_type", "document"),
    ("scan.xlsx", lambda: PDF, "wrong_type", "document"),
    ("photo.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "wrong_type", "document"),
    ("list.docx", lambda: made.archive({"[Content_Types].xml": made.TYPES, "word/document.xml": b"<a/>"}),
     "wrong_type", "document"),
    ("docx_renamed.xlsx", lambda: made.archive({"[Content_Types].xml": made.TYPES, "word/document.xml": b"<a/>"}),
     "wrong_type", "document"),
    ("doc_renamed.xls", lambda: made.compound(["WordDocument"]), "wrong_type", "document"),
    ("packed.zip", lambda: made.archive({"list.xlsx": made.people_xlsx()}), "wrong_type", "archive"),
    ("xlsx_called_xls.xls", made.people_xlsx, "wrong_type", "content"),
    ("xls_called_xlsx.xlsx", made.xls, "wrong_type", "content"),
    ("xlsx_called_csv.csv", made.people_xlsx, "wrong_type", "content"),
    ("page_called_csv.csv", lambda: HTML, "wrong_type", "content"),
    ("text_called_xls.xls", lambda: b"STT\tTen\r\n1\tA\r\n", "wrong_type", "content"),
    ("program.xlsx", lambda: b"\x7fELF" + b"\0" * 100, "wrong_type", "content"),
    ("list.txt", lambda: b"STT,Ten\n", "wrong_type", "extension"),
    ("no_extension", made.people_xlsx, "wrong_type", "extension"),
    ("bad_string_index.xlsx", lambda: sheet(b'<row r="1"><c r="A1" t="s"><v>77</v></c></row>'), "damaged", "parser"),
    ("cut_xml.xlsx", lambda: made.xlsx(made.worksheet(b"")[:-30]), "damaged", "parser"),
    ("no_workbook.xlsx", lambda: made.archive({"[Content_Types].xml": made.TYPES, "xl/x.xml": b"<a/>"}),
     "damaged", "workbook_part"),
    ("long_cell.xlsx", lambda: made.xlsx(made.worksheet(made.row(1, ["Họ tên", "".join(
        random.Random(1).choices("abcdefghijklmnop", k=2 << 20))]))), "too_big", "field"),
    ("long_field.csv", lambda: b"a,b\n1," + b"x" * (2 << 20) + b"\n", "too_big", "field"),
    ("repeated_values.ods", lambda: repeats(1_048_576, 16_384), "too_big", "columns"),
    ("repeated_values_narrow.ods", lambda: repeats(1_048_576, 12), "too_big", "box"),
    ("nul.csv", lambda: b"STT,Ten\n1,A\0B\n", "damaged", "nul"),
    ("open_quote.csv", lambda: b'STT,Ten\n1,"Pham Van A\n2,Dinh Thi B\n', "damaged", "quote"),
    ("noise.csv", lambda: bytes(b for b in random.Random(2).randbytes(5000) if b), "charset", None),
    ("cut_utf16.csv", lambda: "STT,Tên\n".encode("utf-16")[:-1], "charset", None),
    ("too_many_rows.csv", lambda: b"a,b\n" + b"1,2\n" * 200_001, "too_big", "rows"),
    ("too_many_fields.csv", lambda: b"a" + b",a" * 600 + b"\n", "too_big", "columns"),
    ("too_many_rows.xlsx", lambda: sheet(b"".join(
        b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(1, 200_003))),
     "too_big", "rows"),
]  # fmt: skip


def processor_seconds() -> float:
    """What the children that ended have used: a busy machine makes the clock on the wall lie."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident_mb() -> float:
    """What this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


@pytest.mark.filterwarnings("ignore:Duplicate name")  # made on purpose
class TestRefusedFiles:
    """Every refused file, through the child as the product does it."""

    @pytest.mark.parametrize(("name", "make", "code", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
    def test_is_refused_quickly_and_the_parent_lives(
        self, tmp_path: Path, name: str, make: Callable[[], bytes], code: str, reason: str | None
    ) -> None:
        """Refused with its code and reason, in 2 s of processor time and without memory of the parent."""
        path = tmp_path / name
        path.write_bytes(make())
        memory, used = resident_mb(), processor_seconds()
        with pytest.raises(Refusal) as refused:
            list(child.run(SUMMARY, path, {}))
        assert processor_seconds() - used < 2
        assert resident_mb() - memory < 50
        assert refused.value.reject_code == code
        assert reason in (None, refused.value.reason)
        assert list(tmp_path.iterdir()) == [path]

    def test_the_guard_alone_refuses_what_would_kill_a_parser(self, tmp_path: Path) -> None:
        """The files that abort or exhaust a parser never reach it."""
        for name, make, code, reason in REFUSED:
            if reason in ("columns", "box", "dtd", "cell_reference") and "xlsx" in name:
                path = tmp_path / name
                path.write_bytes(make())
                refusal = guard.inspect(path, name)
                assert refusal is not None, name
                assert refusal.reject_code == code


class TestSentences:
    """What an officer reads."""

    def test_every_code_has_a_sentence_in_both_languages(self) -> None:
        """Vietnamese and English exist for each code alone, and need no fact."""
        for code in REJECT_CODES:
            for lang in ("vi", "en"):
                sentence = Refusal(code).sentence(lang)
                assert "{" not in sentence
                assert sentence != code

    def test_a_reason_has_its_facts_in_the_sentence(self) -> None:
        """A stray cell is named, numbers are written in the reader's way."""
        refusal = Refusal("too_big", "box", cell="L1048576", limit=5_000_000)
        assert "L1048576" in refusal.sentence("vi")
        assert "5.000.000" in refusal.sentence("vi")
        assert "5,000,000" in refusal.sentence("en")

    def test_every_sentence_belongs_to_a_code(self) -> None:
        """No sentence is left over from a code that is gone."""
        assert {key.split(":")[0] for key in SENTENCES} == set(REJECT_CODES)

    def test_a_refusal_survives_the_pipe(self) -> None:
        """What leaves the child as JSON comes back as the same refusal."""
        sent = Refusal("damaged", "quote", line=7)
        back = Refusal.from_json(sent.as_json())
        assert (back.reject_code, back.reason, back.facts) == ("damaged", "quote", {"line": 7})
