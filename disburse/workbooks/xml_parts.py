"""XML text inside an archive, in windows that never cut a tag: no DTD, UTF-8 only. No meaning of any tag here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from disburse.workbooks import limits
from disburse.workbooks.archive import Archive, Entry
from disburse.workbooks.refusals import Refusal

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_LONGEST = 4 * limits.FIELD_CHARS  # bytes of one stretch of text: a Vietnamese letter takes up to three


def is_xml(first: bytes) -> bool:
    """Tell by content, not by name, whether a part is XML: a picture's name must not hide a sheet."""
    return first.removeprefix(_BOM).lstrip()[:1] == b"<" or first[:2] in _UTF16 or first[:2] == b"\0<"


def windows(archive: Archive, entry: Entry) -> Iterator[bytes]:
    """Inflate a whole entry; yield its XML in windows that end before a `<`. Yields nothing for other content.

    Tags and texts are never cut, so a search sees each of them once; a cell is cut only in rows longer
    than a window. A DTD, another encoding than UTF-8 or one text over the limit is refused.
    """
    carry, first = b"", True
    for piece in archive.chunks(entry):
        if first and not is_xml(piece):
            carry = b""
            for _ in archive.chunks(entry):  # still counted and checked to the end
                pass
            return
        if first:
            _check_encoding(piece)
            first = False
        text = carry + piece
        cut = _safe_cut(text)
        if cut > 0:
            yield _without_dtd(text[:cut])
            carry = text[cut:]
        elif len(text) > _LONGEST:
            raise Refusal("too_big", "field", cell="?", limit=limits.FIELD_CHARS)
        else:
            carry = text
    if carry:
        yield _without_dtd(carry)


def _safe_cut(text: bytes) -> int:
    """Where to end a window: before the last row, else the last cell or string, else the last tag."""
    for mark in (b"<row", b"<c ", b"<si>", b"<table:table-row", b"<"):
        at = text.rfind(mark, len(text) // 2)
        if at > 0:
            return at
    return text.rfind(b"<", 1)


def _check_encoding(first: bytes) -> None:
    declared = _ENCODING.match(first.removeprefix(_BOM).lstrip())
    if first[:2] in _UTF16 or b"\0" in first[:4096] or (declared and declared[1].lower() not in _UTF8):
        raise Refusal("hostile", "xml_encoding")


def _without_dtd(text: bytes) -> bytes:
    """Searched everywhere, not only before the root: telling where the root starts would need a parser."""
    if b"<!DOCTYPE" in text:
        raise Refusal("hostile", "dtd")
    return text
