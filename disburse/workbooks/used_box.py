"""How far a worksheet's values reach, from the XML as it streams by: without trusting any declared size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from disburse.workbooks import limits
from disburse.workbooks.facts import column_index, column_letters
from disburse.workbooks.refusals import Refusal

# A cell tag that is not of the plainest form: up to column Z and line 99,999 (then: any allowed column and
# line). Searching only for the exceptions is ten times as fast as reading every reference.
_ODD_NARROW = re.compile(rb'<c(?! r="[A-Z][1-9]\d{0,4}"[ >/])(?=[\s/>])')
_ODD_WIDE = re.compile(rb'<c(?! r="(?:[A-Z]|[A-R][A-Z]|S[A-R])[1-9]\d{0,5}"[ >/])(?=[\s/>])')
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
        self._odd, self._columns, self._lines = _ODD_NARROW, 26, 99_999
        self._far_column = self._far_line = 0  # farthest odd cell with a value, 1-based
        self._line = 0  # of the row last seen, for cells that do not say where they are

    def feed(self, window: bytes) -> None:
        """Search one window; raises Refusal at a cell beyond the columns or lines any sheet may have."""
        odd = list(islice(self._odd.finditer(window), _FEW))
        if len(odd) == _FEW and self._odd is _ODD_NARROW:
            self._odd, self._columns, self._lines = _ODD_WIDE, limits.COLUMNS, 999_999
            odd = list(islice(self._odd.finditer(window), _FEW))
        strange = len(odd) == _FEW or _PREFIXED.search(window) is not None
        for found in odd:
            strange = strange or not self._take(window, found.start())
        if strange:
            for column, line in self._walk(window):
                self._reach(column, line)
        self._remember_line(window)

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
