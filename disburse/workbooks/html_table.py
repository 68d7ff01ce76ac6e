"""Tables of an HTML page that calls itself .xls: cells as text, merges from spans. No scripts, no fetching."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from disburse.workbooks import limits
from disburse.workbooks.refusals import Refusal

_DROPPED = re.compile(r"<!--.*?-->|<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(/?)(table|tr|td|th|br|p|div)\b([^<>]*)>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
_SPAN = re.compile(r"(row|col)span\s*=\s*[\"']?\s*(\d{1,4})", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(slots=True)
class Table:
    """One outermost table: rows of (line, cells, hidden), merges as in sheets.Sheet."""

    rows: list[tuple[int, list[str], bool]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


class _Page:
    def __init__(self) -> None:
        self.tables: list[Table] = []
        self._depth = 0
        self._row: list[str] | None = None
        self._hidden = False
        self._text: list[str] | None = None
        self._attributes = ""
        self._taken: dict[int, int] = {}  # column → how many further lines a span still covers
        self._cells = 0

    def tag(self, closing: bool, name: str, attributes: str) -> None:
        if name == "table":
            self._table(closing)
        elif self._depth != 1:
            self._text_break()
        elif name == "tr":
            self._end_row()
            if not closing:
                self._row, self._hidden = [], _UNSEEN.search(attributes) is not None
        elif name in ("td", "th"):
            self._end_cell()
            if not closing:
                self._row = [] if self._row is None else self._row
                self._text, self._attributes = [], attributes
        else:
            self._text_break()

    def text(self, piece: str) -> None:
        if self._text is not None and piece:
            self._text.append(piece)

    def _text_break(self) -> None:
        if self._text:
            self._text.append("\n")

    def _table(self, closing: bool) -> None:
        if closing:
            if self._depth == 1:
                self._end_row()
            self._depth = max(0, self._depth - 1)
            return
        self._depth += 1
        if self._depth == 1:
            self.tables.append(Table())
            self._row, self._text, self._taken = None, None, {}

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None or not self.tables:
            return
        table = self.tables[-1]
        self._skip_taken()
        table.rows.append((len(table.rows) + 1, self._row, self._hidden))
        if len(table.rows) > limits.ROWS:
            raise Refusal("too_big", "rows", limit=limits.ROWS)
        self._row = None

    def _end_cell(self) -> None:
        if self._text is None or self._row is None:
            return
        self._skip_taken()
        span = {kind.lower(): int(count) for kind, count in _SPAN.findall(self._attributes)}
        wide, high = max(1, span.get("col", 1)), max(1, span.get("row", 1))
        column = len(self._row)
        lines = "".join(self._text).split("\n")
        value = "\n".join(filter(None, (_BLANKS.sub(" ", line).strip(" ") for line in lines)))
        self._row.extend([value, *[""] * (wide - 1)])
        self._cells += wide
        if len(self._row) > limits.COLUMNS or self._cells > limits.BOX_CELLS:
            raise Refusal("too_big", "columns", cell="?", limit=limits.COLUMNS)
        line = len(self.tables[-1].rows) + 1
        if wide > 1 or high > 1:
            self.tables[-1].merges.append((line, column, line + high - 1, column + wide - 1))
        if high > 1:
            self._taken.update(dict.fromkeys(range(column, column + wide), high - 1))
        self._text = None

    def _skip_taken(self) -> None:
        """Leave the columns empty that a cell above spans over; each span counts its lines down once a row."""
        assert self._row is not None
        while (column := len(self._row)) in self._taken:
            self._row.append("")
            self._taken[column] -= 1
            if self._taken[column] <= 0:
                del self._taken[column]


def read_tables(text: str) -> list[Table]:
    """Return the outermost tables of a page; raises Refusal over the limits of rows, columns or cells."""
    page, at = _Page(), 0
    plain = _DROPPED.sub("", text)
    for found in _TAG.finditer(plain):
        page.text(_readable(plain[at : found.start()]))
        page.tag(bool(found[1]), found[2].lower(), found[3])
        at = found.end()
    page.tag(True, "table", "")
    return page.tables


def _readable(piece: str) -> str:
    if not piece or piece.isspace():
        return " " if piece else ""
    flat = piece.replace("\n", " ")
    return html.unescape(_ANY_TAG.sub("", flat) if "<" in flat else flat)
