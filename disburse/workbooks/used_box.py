"""How far a worksheet's values reach, from the XML as it streams by: without trusting any declared size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from disburse.workbooks import limits
from disburse.workbooks.facts import column_index, column_letters
from disburse.workbooks.refusals import Refusal

# Cell tags that are not of the plainest form, and outside columns A-Y or A-AX and lines to 99,999 or 199,999.
# Searching only for the exceptions is ten times as fast as reading every reference; each of the first three
# forms keeps the box below the limit by itself. The last one accepts whatever a sheet may have.
_LINE_5, _LINE_199999, _LINE_6 = rb"[1-9]\d{0,4}", rb"(?:[1-9]\d{0,4}|1\d{5})", rb"[1-9]\d{0,5}"
_FORMS: tuple[tuple[re.Pattern[bytes], int, int], ...] = tuple(
    (re.compile(rb'<c(?! r="' + letters + line + rb'"[ >/])(?=[\s/>])'), columns, lines)
    for letters, line, columns, lines in (
        (rb"[A-Y]", _LINE_5, 25, 99_999),
        (rb"(?:[A-Z]|A[A-X])", _LINE_5, 50, 99_999),
        (rb"[A-Y]", _LINE_199999, 25, 199_999),
        (rb"(?:[A-Z]|[A-R][A-Z]|S[A-R])", _LINE_6, limits.COLUMNS, 999_999),
    )
)
_PREFIXED = re.compile(rb":c[\s/>]")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_HAS_REFERENCE = re.compile(rb"\sr\s*=")
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^>]*)>")
_LINE = re.compile(rb"\sr\s*=\s*[\"'](\d{1,9})[\"']")
_VALUE_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*(?<!/)>(?!</c>|<v></v>|<v/>)')
_NO_VALUE = re.compile(rb"</(?:[\w.-]+:)?c>|<(?:[\w.-]+:)?v(?:/>|></(?:[\w.-]+:)?v>)")
_FEW = 2000


class UsedBox:
    """Feed windows of one worksheet; `needs_exact` says that the cheap upper bound does not settle it."""

    def __init__(self) -> None:
        self._form = 0
        self._columns = self._lines = 1  # what the forms used so far allow
        self._far_column = self._far_line = 0  # farthest odd cell with a value, 1-based
        self._line = 0  # of the row last seen, for cells that do not say where they are

    def feed(self, window: bytes) -> None:
        """Search one window; raises Refusal at a cell beyond the columns or lines any sheet may have."""
        odd, strange = self._odd_cells(window)
        for found in odd:
            strange = strange or not self._take(window, found.start())
        if strange or _PREFIXED.search(window):
            for column, line in self._walk(window):
                self._reach(column, line)
        self._remember_line(window)

    def _odd_cells(self, window: bytes) -> tuple[list[re.Match[bytes]], bool]:
        """Return the exceptions to the narrowest form that has few of them, or that no form has few."""
        while True:
            pattern, columns, lines = _FORMS[self._form]
            odd = list(islice(pattern.finditer(window), _FEW))
            if len(odd) < _FEW or self._form == len(_FORMS) - 1:
                self._columns, self._lines = max(self._columns, columns), max(self._lines, lines)
                return odd, len(odd) == _FEW
            self._form += 1

    def needs_exact(self) -> bool:
        """Tell whether the bound from the streaming search is above the limit."""
        return max(self._columns, self._far_column) * max(self._lines, self._far_line) > limits.BOX_CELLS

    def exact(self, windows: Iterator[bytes]) -> None:
        """Read every plain reference of a cell with a value; raises Refusal when the box is over the limit."""
        columns: set[bytes] = {b"A"}
        last = 0
        for window in windows:
            found = _VALUE_CELL.findall(window)
            columns.update({column for column, _ in found})
            last = max(last, max((int(line) for _, line in found), default=0))
        widest = max(max(map(column_index, columns)) + 1, self._far_column)
        last = max(last, self._far_line)
        if widest * last > limits.BOX_CELLS:
            raise Refusal("too_big", "box", cell=f"{column_letters(widest - 1)}{last}", limit=limits.BOX_CELLS)

    def _take(self, window: bytes, start: int) -> bool:
        """Take one odd cell; False when its place is not written plainly and must be counted out."""
        end = window.find(b">", start)
        tag = window[start : end + 1]
        place = _REFERENCE.search(tag)
        if place is None:
            if _HAS_REFERENCE.search(tag):
                raise Refusal("hostile", "cell_reference")
            return False
        if not tag.endswith(b"/>") and not _NO_VALUE.match(window, end + 1):
            self._reach(column_index(place[1]), int(place[2]))
        return True

    def _reach(self, column: int, line: int) -> None:
        if column >= limits.COLUMNS:
            cell = f"{column_letters(column)}{line}"
            raise Refusal("too_big", "columns", cell=cell, limit=limits.COLUMNS)
        self._far_column = max(self._far_column, column + 1)
        self._far_line = max(self._far_line, line)
        if self._far_column * self._far_line > limits.BOX_CELLS:
            cell = f"{column_letters(self._far_column - 1)}{self._far_line}"
            raise Refusal("too_big", "box", cell=cell, limit=limits.BOX_CELLS)

    def _walk(self, window: bytes) -> Iterator[tuple[int, int]]:
        """Count rows and cells as a parser would where references are missing or prefixed."""
        line, column = self._line, 0
        for tag in _TAG.finditer(window):
            if tag[1] == b"row":
                said = _LINE.search(tag[2])
                line, column = (int(said[1]) if said else line + 1), 0
                continue
            place = _REFERENCE.search(tag[2])
            if place:
                column, line_here = column_index(place[1]), int(place[2])
            else:
                line_here = line
            if not tag[2].endswith(b"/") and not _NO_VALUE.match(window, tag.end()):
                yield column, line_here
            column += 1

    def _remember_line(self, window: bytes) -> None:
        at = window.rfind(b"<row")
        said = _LINE.search(window, at, window.find(b">", at)) if at >= 0 else None
        self._line = int(said[1]) if said else self._line + window.count(b"<row") + window.count(b":row")
