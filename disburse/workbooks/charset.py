"""Text typed in TCVN3 or VNI fonts, found column by column before any stripping or NFC, and converted exactly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from disburse.workbooks.sheets import Sheet
from matching.text import detect_legacy, from_tcvn3, from_vni, is_syllable

Cell = tuple[int, int]  # line number, column index
_WIDE = re.compile("[^\x00-\xff]")  # a letter no one-byte font has: this cell is Unicode already
_LETTERS = re.compile(r"[^\W\d_]")
_EDGE = ".,;:()[]{}\"'/\\-–_*+?!<>&%0123456789 \u00a0"
_LATIN1_MARKS = re.compile("[\x80-\xff]")
# UTF-8 read as a one-byte page: Ã, Ä, Æ, á» and the like followed by a sign no word holds.
_TWICE = re.compile("[\u00c3\u00c4\u00c6\u00c5][\x80-\u00bf\u0192\u02c6\u2018-\u2122]|\u00e1[\u00ba\u00bb]")
_CHARSETS = {".vn": "tcvn3", "vni": "vni"}


@dataclass(slots=True)
class CharsetRepair:
    """What was converted in one sheet: the charset per column, the text before per cell, the hopeless cells."""

    columns: dict[int, str] = field(default_factory=dict)
    before: dict[Cell, str] = field(default_factory=dict)
    hopeless: set[Cell] = field(default_factory=set)
    marked: int = 0  # cells with any accented text: what `hopeless` is measured against

    @property
    def refused(self) -> bool:
        """So much of the sheet cannot be converted for certain that none of it may be trusted."""
        return len(self.hopeless) >= 3 and len(self.hopeless) > 0.3 * max(1, self.marked)


def repair_charset(sheet: Sheet) -> CharsetRepair:
    """Convert legacy cells of a sheet in place; say what was done."""
    repair = CharsetRepair()
    width = max((len(line.cells) for line in sheet.lines), default=0)
    doubtful: dict[int, list[str]] = {}
    for index in range(width):
        marked = {
            c
            for line in sheet.lines
            if index < len(line.cells) and type(c := line.cells[index]) is str and not c.isascii()
        }
        if not marked:
            continue
        repair.marked += len(marked)
        narrow = [v for v in marked if not _WIDE.search(v) or _TWICE.search(v)]
        font = _font(sheet, index)
        if font or any(not _possible(v) for v in narrow):
            doubtful[index] = narrow
            charset = font or _charset_of(narrow, mixed=len(narrow) < len(marked))
            if charset:
                repair.columns[index] = charset
    if doubtful:
        _convert(sheet, repair, doubtful)
    return repair


def _font(sheet: Sheet, index: int) -> str | None:
    name = sheet.fonts.get(index, "").lower()
    return next((charset for start, charset in _CHARSETS.items() if name.startswith(start)), None)


def _charset_of(values: list[str], mixed: bool) -> str | None:
    """The charset of one column: by the whole column, else by cells that leave no doubt."""
    if not mixed and (whole := detect_legacy(values)):
        return whole
    certain = Counter(c for v in values[:5000] if (c := _certain(v)))
    if not certain:
        return None
    (charset, most), *rest = certain.most_common()
    return charset if not rest or most >= 5 * rest[0][1] else None


def _certain(text: str) -> str | None:
    """The charset of a cell that is impossible as it stands and all syllables in exactly one reading."""
    if _possible(text):
        return None
    readings: dict[str, Callable[[str], str]] = {"tcvn3": from_tcvn3, "vni": from_vni}
    good = [name for name, read in readings.items() if _all_syllables(read(text))]
    return good[0] if len(good) == 1 else None


def _words(text: str) -> list[str]:
    return [w for raw in re.split(r"[\s/.,;:()]+", text) if (w := raw.strip(_EDGE))]


def _possible(text: str) -> bool:
    """Every accented word can be Vietnamese as it stands."""
    return all(is_syllable(w) for w in _words(text) if not w.isascii())


def _all_syllables(text: str) -> bool:
    words = [w for w in _words(text) if _LETTERS.search(w)]
    return bool(words) and all(is_syllable(w) for w in words if not w.isascii()) and not all(w.isascii() for w in words)


def _convert(sheet: Sheet, repair: CharsetRepair, doubtful: dict[int, list[str]]) -> None:
    """Replace the cells of doubtful columns; what stays impossible is remembered as hopeless."""
    usual = Counter(repair.columns.values()).most_common(1)
    fallback = usual[0][0] if usual else None
    for index, narrow in doubtful.items():
        charset = repair.columns.get(index) or fallback
        font = sheet.fonts.get(index, "") if _font(sheet, index) else ""
        whole = index in repair.columns and (bool(font) or detect_legacy(narrow) is not None)
        table: dict[str, str | None] = {}
        for value in narrow:
            table[value] = _converted(value, charset, font, whole)
        for line in sheet.lines:
            if index < len(line.cells) and type(cell := line.cells[index]) is str and cell in table:
                new = table[cell]
                if new is None:
                    repair.hopeless.add((line.number, index))
                elif new != cell:
                    repair.before[line.number, index] = cell
                    line.cells[index] = new


def _converted(value: str, charset: str | None, font: str, whole: bool) -> str | None:
    """The cell in Unicode; itself when it was possible all along; None when nothing makes it Vietnamese."""
    if _possible(value) and not (whole and charset):
        return value
    if charset is None:
        return None if _hopeless(value) else value
    upper = charset == "tcvn3" and font.lower().rstrip().endswith("h")
    new = from_tcvn3(value, upper) if charset == "tcvn3" else from_vni(value)
    if _all_syllables(new):
        return new
    if _possible(value):
        return value
    return None


def _hopeless(value: str) -> bool:
    """Signs of a wrong code page: legacy marks inside words, or UTF-8 read as one byte a letter.

    A name of a minority people (`Ksor H'Blă`) has impossible syllables too, but no such sign.
    """
    if _TWICE.search(value) or "\ufffd" in value:
        return True
    odd = [w for w in _words(value) if not w.isascii() and not is_syllable(w)]
    return any(
        _LATIN1_MARKS.search(w)
        and re.search(
            "[\xa1-\xbf\xd7\xf7\xc5\xe5\xc6\xe6\xcb\xeb\xcf\xef\xd6\xf6\xdc\xfc\xd1\xf1\xd8\xf8\xdb\xfb\xc4\xe4]", w
        )
        for w in odd
    )
