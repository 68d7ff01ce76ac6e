"""What the XML of an ods tells beside the values, and how far the values reach. No values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from disburse.workbooks import limits
from disburse.workbooks.facts import SheetFacts, column_letters
from disburse.workbooks.refusals import Refusal

_TAG = re.compile(
    rb"<(table:table|table:table-row|table:table-cell|table:covered-table-cell|table:table-column)"
    rb"(?=[\s/>])([^>]*)>|<(office:annotation)[\s>]|<(text:p|text:h)[\s/>]"
)
_ROWS = re.compile(rb"table:number-rows-repeated\s*=\s*[\"'](\d{1,12})")
_COLUMNS = re.compile(rb"table:number-columns-repeated\s*=\s*[\"'](\d{1,12})")
_SPAN = re.compile(rb"table:number-(rows|columns)-spanned\s*=\s*[\"'](\d{1,7})")
_UNSEEN = re.compile(rb"table:visibility\s*=\s*[\"'](?:collapse|filter)")
_MACRO_DIRECTORY = "basic/"


class OdsSearch:
    """Feed the windows of content.xml; `sheets` fills, one entry per table. Refuses a box over the limit."""

    def __init__(self) -> None:
        self.sheets: list[SheetFacts] = []
        self._line = self._rows = 0  # first line of the row being read, and how often it repeats
        self._column = 0
        self._unseen = False
        self._cell: tuple[int, int] | None = None  # first and last column of the cell being read
        self._next_column = 0  # of the column declarations
        self._box = (0, 0)

    def feed(self, window: bytes) -> None:
        """Search one window of the part."""
        for found in _TAG.finditer(window):
            if found[4]:
                self._value()
            elif found[3]:
                if self.sheets:
                    self.sheets[-1].comments += 1
            elif found[1] == b"table:table":
                self._open_table()
            elif self.sheets:
                self._inside(found[1], found[2])

    def _open_table(self) -> None:
        self.sheets.append(SheetFacts())
        self._line = self._rows = self._column = self._next_column = 0
        self._cell, self._box = None, (0, 0)

    def _inside(self, tag: bytes, attributes: bytes) -> None:
        if tag == b"table:table-row":
            self._line += self._rows
            self._rows = _times(_ROWS, attributes)
            self._column, self._cell = 0, None
            self._unseen = _UNSEEN.search(attributes) is not None
            return
        times = _times(_COLUMNS, attributes)
        if tag == b"table:table-column":
            if _UNSEEN.search(attributes):
                last = min(self._next_column + times, limits.COLUMNS)
                self.sheets[-1].hidden_columns.update(range(self._next_column, last))
            self._next_column += times
            return
        self._cell = (self._column, self._column + times - 1)
        self._column += times
        if b"table:formula" in attributes:
            self.sheets[-1].formula_cells += 1
        if b'calcext:value-type="error"' in attributes:
            self.sheets[-1].errors[self._line + 1, self._cell[0]] = "#N/A"
        if b"-spanned" in attributes:
            self._span(attributes)
        if b"office:value" in attributes or b"office:date-value" in attributes:
            self._value()

    def _value(self) -> None:
        """Stretch the box to the cell being read: it holds a value."""
        if self._cell is None or not self.sheets:
            return
        columns, lines = self._cell[1] + 1, self._line + self._rows
        cell = f"{column_letters(min(columns, 20_000) - 1)}{lines}"
        if columns > limits.COLUMNS:
            raise Refusal("too_big", "columns", cell=cell, limit=limits.COLUMNS)
        self._box = (max(self._box[0], columns), max(self._box[1], lines))
        if self._box[0] * self._box[1] > limits.BOX_CELLS:
            raise Refusal("too_big", "box", cell=cell, limit=limits.BOX_CELLS)
        if self._unseen and self._rows <= limits.ROWS:
            self.sheets[-1].hidden_lines.update(range(self._line + 1, self._line + self._rows + 1))

    def _span(self, attributes: bytes) -> None:
        span = {name: int(number) for name, number in _SPAN.findall(attributes)}
        rows, columns = span.get(b"rows", 1), span.get(b"columns", 1)
        if self._cell and (rows > 1 or columns > 1):
            first = self._cell[0]
            self.sheets[-1].merges.append((self._line + 1, first, self._line + rows, first + columns - 1))


def has_macros(names: Iterator[str]) -> bool:
    """Tell whether the archive carries Basic or script macros."""
    return any(name.lower().startswith((_MACRO_DIRECTORY, "scripts/")) for name in names)


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1
