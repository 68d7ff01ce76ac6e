"""Looks at a file before anything parses it: what it is, whether it keeps the limits. Reads no values.

Three things must agree: the first bytes, what is inside the container, and the extension. What the guard
learns on the way (hidden rows, formulas, marks) is kept in the `Inspection`, so that the file is inflated
once for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from disburse.workbooks import biff, limits, ods_parts, xlsx_parts
from disburse.workbooks.archive import Archive
from disburse.workbooks.compound import MAGIC, Compound
from disburse.workbooks.facts import Kind, SheetFacts
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.used_box import UsedBox
from disburse.workbooks.xml_parts import windows

EXTENSIONS = (".xlsx", ".xls", ".ods", ".csv")
_HEAD_BYTES = 8192
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"), (MAGIC, "ole"), (b"%PDF", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"), (b"BM", "image"), (b"II*\0", "image"), (b"MM\0*", "image"), (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"), (b"\x1f\x8b", "archive"), (b"PK\x05\x06", "zip"), (b"{\\rtf", "rtf"),
    (b"\x09\x08", "biff"), (b"\x09\x04", "biff"), (b"\x09\x02", "biff"), (b"\x09\x00\x04\x00", "biff"),
    (b"\x7fELF", "unknown"), (b"MZ", "unknown"), (b"SQLite format 3", "unknown"),
)  # fmt: skip
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|meta|body|table|style|div|tr)[\s>/]", re.IGNORECASE)
_OLE_KINDS = (("WordDocument", "doc"), ("PowerPoint Document", "pptx"), ("__properties_version1.0", "ole"))
_DOCUMENTS = ("docx", "doc", "rtf", "odt", "pptx", "pdf", "image")
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MACRO_MARKS = (b"macroenabled", b"vbaproject", b"intlmacrosheet")


@dataclass(slots=True)
class Inspection:
    """What a file that may be parsed is; facts by sheet in workbook order, where its format tells."""

    kind: Kind
    facts: list[SheetFacts] = field(default_factory=list)
    date1904: bool = False
    long_texts: bool = True  # some cell may be over CELL_CHARS: look at every one


def inspect(path: Path, name: str) -> Refusal | None:
    """Return why the file must not be parsed, or None. `name` is what its sender called it."""
    try:
        examine(path, name)
    except Refusal as refusal:
        return refusal
    return None


def look(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Inspect a file in the reading child, for `first_look`; `options["name"]` is what its sender called it."""
    yield {"kind": examine(path, str(options["name"])).kind}


def examine(path: Path, name: str) -> Inspection:
    """Inspect a file; raises Refusal for one that must not be parsed."""
    size = path.stat().st_size
    extension = Path(name).suffix.lower()
    if size == 0:
        raise Refusal("damaged", "empty")
    if size > limits.UPLOAD_BYTES:
        raise Refusal("too_big", "upload", found=-(-size // limits.MIB), limit=limits.UPLOAD_BYTES // limits.MIB)
    with path.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    found = _by_content(head, extension)
    if found == "zip":
        return _examine_zip(path, extension)
    if found == "ole":
        return _examine_ole(path, extension)
    expected = {"html": ".xls", "text": ".csv"}.get(found)
    if expected is None or extension != expected:
        raise _wrong(extension, found)
    return Inspection("html" if found == "html" else "csv")


def _by_content(head: bytes, extension: str) -> str:
    for magic, kind in _MAGIC:
        if head.startswith(magic) and not (magic in (b"BM", b"MZ") and extension == ".csv" and _is_text(head)):
            return kind
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[:4] == b"RIFF" or head[4:8] == b"ftyp":
        return "image"
    plain = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if plain[:1] == b"<":
        return "html" if _HTML.search(plain) else "xml"
    if plain[:13].lower() == b"mime-version:":
        return "mhtml"
    return "text" if extension == ".csv" or _is_text(head) else "unknown"


def _is_text(head: bytes) -> bool:
    """UTF-16 has zero bytes but starts with its mark; other text has no control characters."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return not any(byte < 32 and byte not in (9, 10, 12, 13, 26, 27) for byte in head)


def _wrong(extension: str, actual: str) -> Refusal:
    if actual in ("zip", "archive"):
        return Refusal("wrong_type", "archive", extension=extension, actual=actual)
    if actual in _DOCUMENTS:
        return Refusal("wrong_type", "document", extension=extension, actual=actual)
    reason = "content" if extension in EXTENSIONS else "extension"
    return Refusal("wrong_type", reason, extension=extension or "?", actual=actual)


def _examine_zip(path: Path, extension: str) -> Inspection:
    with Archive(path) as archive:
        kind = _zip_kind(archive)
        if kind not in ("xlsx", "ods") or extension != "." + kind:
            _inflate_all(archive)
            raise _wrong(extension, kind)
        return _examine_xlsx(archive) if kind == "xlsx" else _examine_ods(archive)


def _zip_kind(archive: Archive) -> str:
    names = {name.lower() for name in archive.entries}
    mimetype = archive.read("mimetype").strip()
    if "[content_types].xml" in names and mimetype:
        raise Refusal("hostile", "polyglot")
    if mimetype == _ODS_TYPE:
        return "ods"
    if mimetype.startswith(b"application/vnd.oasis"):
        return "odt"
    if "xl/workbook.bin" in names:
        return "xlsb"
    types = archive.read("[Content_Types].xml").lower()
    if any(name.startswith("xl/") for name in names):
        return "xlsm" if b"sheet.macroenabled" in types and "xl/vbaproject.bin" in names else "xlsx"
    for folder, kind in (("word/", "docx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in names):
            return kind
    return "zip"


def _inflate_all(archive: Archive) -> None:
    """A file that will be refused anyway is still told apart: a lying or damaged archive says so."""
    for entry in archive.entries.values():
        for _ in archive.chunks(entry):
            pass


def _examine_xlsx(archive: Archive) -> Inspection:
    names = [name.lower() for name in archive.entries]
    types = archive.read("[Content_Types].xml").lower()
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names) or any(
        mark in types for mark in _MACRO_MARKS
    ):
        raise Refusal("hostile", "macro")
    parts = xlsx_parts.read_map(archive)
    searches = {part: xlsx_parts.SheetSearch(parts.styles) for part in parts.sheets if part}
    suspicious = False
    for name, entry in archive.entries.items():
        box, search, in_sheet = UsedBox(), searches.get(name), name in searches
        for window in windows(archive, entry):
            suspicious = suspicious or _may_be_long(window)
            in_sheet = in_sheet or b"sheetData" in window
            if in_sheet:
                box.feed(window)
                if search:
                    search.feed(window)
        if in_sheet and box.needs_exact():
            box.exact(windows(archive, entry))
    for part, search in searches.items():
        search.facts.comments = xlsx_parts.count_comments(archive, part)
    facts = [searches[part].facts if part else SheetFacts() for part in parts.sheets]
    return Inspection("xlsx", facts, parts.date1904, suspicious)


def _may_be_long(window: bytes) -> bool:
    """Tell whether a text over CELL_CHARS may stand in the window, at almost no cost.

    A stretch of 32,768 bytes without `<` covers a whole aligned block of half that size; texts that
    contain `<` themselves (rich text, CDATA) are only suspected.
    """
    block = limits.CELL_CHARS // 2
    if any(window.find(b"<", at, at + block) < 0 for at in range(0, len(window) - block, block)):
        return True
    return b"<r>" in window or b"<![CDATA[" in window


def _examine_ods(archive: Archive) -> Inspection:
    if ods_parts.has_macros(iter(archive.entries)):
        raise Refusal("hostile", "macro")
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refusal("encrypted")
    if "content.xml" not in archive.entries:
        raise Refusal("damaged", "workbook_part")
    search = ods_parts.OdsSearch()
    for name, entry in archive.entries.items():
        for window in windows(archive, entry):
            if name == "content.xml":
                search.feed(window)
    return Inspection("ods", search.sheets)


def _examine_ole(path: Path, extension: str) -> Inspection:
    compound = Compound(path)
    names = compound.names()
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise Refusal("encrypted")
    stream = next((name for name in ("Workbook", "Book", "WORKBOOK", "BOOK") if name in names), None)
    if stream is None:
        raise _wrong(extension, next((kind for name, kind in _OLE_KINDS if name in names), "ole"))
    if extension != ".xls":
        raise _wrong(extension, "xls")
    facts = biff.read_facts(compound.stream(stream))
    if "_VBA_PROJECT_CUR" in names or "_VBA_PROJECT" in names:
        raise Refusal("hostile", "macro")
    return Inspection("xls", facts.sheets, facts.date1904)
