"""The character set of a whole text file: one answer for all of it, or none. Column repairs: charset.py."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from disburse.workbooks.refusals import Refusal
from matching.text import from_tcvn3, is_syllable

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_TCVN3_FIELD = re.compile(r"[^,;\t\r\n\"<>]+")  # by field: capitals are restored by the words around them
_SAMPLE_WORDS = 4000  # distinct words with a letter beyond ASCII
_LEAST = 0.85  # share of them that must be Vietnamese syllables; other people's names take up the rest
_MARGIN = 0.05


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text in NFC and the name of its character set.

    Mark, else strict UTF-8, else Windows-1258 or TCVN3 by which gives Vietnamese syllables.
    Raises Refusal `charset` when none fits, `damaged` when the text holds NUL characters.
    """
    text, encoding = _decoded(raw)
    if "\0" in text:
        raise Refusal("damaged", "nul")
    return unicodedata.normalize("NFC", text), encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise Refusal("charset") from error
    if b"\0" in raw:
        raise Refusal("damaged", "nul")
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _legacy(raw)


def _legacy(raw: bytes) -> tuple[str, str]:
    readings: list[tuple[float, str, str]] = []
    try:
        text = unicodedata.normalize("NFC", raw.decode("cp1258"))
        readings.append((vietnamese_share(text), text, "windows-1258"))
    except UnicodeDecodeError:
        pass
    text = _TCVN3_FIELD.sub(lambda field: _from_tcvn3(field[0]), raw.decode("latin-1"))
    readings.append((vietnamese_share(text), text, "tcvn3"))
    readings.sort(key=lambda reading: reading[0], reverse=True)
    share, text, encoding = readings[0]
    rival = readings[1][0] if len(readings) > 1 else 0.0
    if share < _LEAST or share - rival < _MARGIN:
        raise Refusal("charset")
    return text, encoding


@lru_cache(maxsize=65536)
def _from_tcvn3(field: str) -> str:
    return field if field.isascii() else from_tcvn3(field)


def vietnamese_share(text: str) -> float:
    """Share of the distinct words with letters beyond ASCII that are Vietnamese syllables, 0 to 1.

    Signs beyond ASCII that are no letters count as words that are none, for a wrong reading is full of them.
    """
    marked: set[str] = set()
    for found in re.finditer(r"[^\s\x00-\x26\x28-\x40\x5b-\x60\x7b-\x7f]+", text):
        if not found[0].isascii():
            marked.add(found[0])
            if len(marked) >= _SAMPLE_WORDS:
                break
    if not marked:
        return 0.0
    return sum(1 for word in marked if _WORD.fullmatch(word) and is_syllable(word.lower())) / len(marked)
