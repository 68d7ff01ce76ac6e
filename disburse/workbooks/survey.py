"""Finds every table of a workbook, whatever its columns: which sheets, where headers stand, which rows are data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from disburse.workbooks.binding import Binding
from disburse.workbooks.charset import CharsetRepair, repair_charset
from disburse.workbooks.header import FIRST_LINES, Column, Header, column_letter, find_header, may_be_header, read_block
from disburse.workbooks.layout import Body, Shape, read_body
from disburse.workbooks.sheets import Line, Sheet, Workbook
from disburse.workbooks.spelling import ColumnSet
from matching.text import fold

_SAMPLE_LINES = 400  # lines below a header whose cells decide what its words leave open
_LEAST_FIELDS = 3  # recognised columns without a name column: a header that lacks one


@dataclass
class Table:
    """One table: a header with decided columns and its rows. `label` is the sheet's name, made unique."""

    sheet: Sheet
    label: str
    header: Header
    binding: Binding
    above: list[Line]
    repair: CharsetRepair
    body: Body = field(default_factory=Body)
    side: bool = False  # one of two tables side by side


@dataclass
class Survey:
    """All tables found, in order, and what was not read."""

    tables: list[Table] = field(default_factory=list)
    without_table: list[Sheet] = field(default_factory=list)
    hidden: list[Sheet] = field(default_factory=list)
    repairs: dict[int, CharsetRepair] = field(default_factory=dict)
    nameless: bool = False  # a header was seen that has no name column
    sides: set[int] = field(default_factory=set)  # sheets with tables side by side


class Guide:
    """Where somebody knows better than the search. This one knows nothing."""

    asks = False  # a header without a name column is taken up, for a person to say which column it is

    def reads(self, sheet: Sheet) -> bool:
        """Is the sheet to be read?"""
        return sheet.visible

    def header(self, sheet: Sheet) -> Header | None:
        """The sheet's first header, where it is known."""
        return None


Binder = Callable[[Sheet, Header, list[Line], list[Line]], Binding]
Shaper = Callable[[Table, Callable[[int], bool]], Shape]


def survey(book: Workbook, columns: ColumnSet, bind: Binder, shape: Shaper, guide: Guide | None = None) -> Survey:
    """Find and bind every table. `bind(sheet, header, sample, lines above)` may raise AmbiguousColumnsError."""
    found, guide = Survey(), guide or Guide()
    for sheet in book.sheets:
        if not guide.reads(sheet):
            if not sheet.visible:
                found.hidden.append(sheet)
            continue
        if not sheet.lines:
            continue
        repair = found.repairs[sheet.index] = repair_charset(sheet)
        before = len(found.tables)
        _tables_of(sheet, repair, columns, bind, shape, found, guide)
        if len(found.tables) == before:
            found.without_table.append(sheet)
    return found


def _tables_of(
    sheet: Sheet,
    repair: CharsetRepair,
    columns: ColumnSet,
    bind: Binder,
    shape: Shaper,
    found: Survey,
    guide: Guide,
) -> None:
    start = above = 0
    while start < len(sheet.lines):
        told = guide.header(sheet) if start == 0 else None
        header = told or find_header(sheet, columns, start, FIRST_LINES if start == 0 else 3)
        if header is None or not (told or has_name(header, columns)):
            nameless = header is not None and start == 0 and len(header.field_names()) >= _LEAST_FIELDS
            found.nameless |= nameless
            if header is None or not (nameless and guide.asks):
                break
        lines = sheet.lines[above : header.first] if start == 0 else []
        sample = sheet.lines[header.last + 1 : header.last + 1 + _SAMPLE_LINES]
        end = header.last + 1
        sides = split_sides(header, columns)
        if len(sides) > 1:
            found.sides.add(sheet.index)
        for number, side in enumerate(sides):
            label = sheet.name if number == 0 else f"{sheet.name} [{column_letter(side.columns[0].index)}]"
            table = Table(sheet, label, side, bind(sheet, side, sample, lines), lines, repair, side=len(sides) > 1)
            table.body = read_body(sheet, side, shape(table, _header_test(sheet, columns, header)))
            found.tables.append(table)
            end = max(end, table.body.end)
        start = end


def has_name(header: Header, columns: ColumnSet) -> bool:
    """Does the header have the column without which nobody can tell who?"""
    names = header.field_names()
    return columns.name in names or "surname" in names or any(_may_name(c) for c in header.columns)


def _may_name(column: Column) -> bool:
    """ "Đối tượng" usually is the category, but heads the names where nothing else does."""
    return fold(column.leaf) == "doi tuong"


def split_sides(header: Header, columns: ColumnSet) -> list[Header]:
    """Two tables side by side under equal headers are two tables; otherwise the header itself."""
    count = len(header.columns)
    half = count // 2
    left, right = header.columns[:half], header.columns[half:]
    if (
        count < 4
        or count % 2
        or [[fold(t) for t in c.path] for c in left] != [[fold(t) for t in c.path] for c in right]
    ):
        return [header]
    names = [c for c in left if c.match and columns.name in c.match.fields]
    numbered = any(c.match and "line_no" in c.match.fields for c in left)
    gap = right[0].index > left[-1].index + 1
    if not names or not (numbered or gap) or any(c.role for c in header.columns):
        return [header]
    return [replace(header, columns=side) for side in (left, right)]


def _header_test(sheet: Sheet, columns: ColumnSet, known: Header) -> Callable[[int], bool]:
    """Does another table's header begin at a position? Cheap for lines that hold no name header."""
    spellings = {s for s, names in columns.packed.items() if columns.name in names or "surname" in names}

    def begins(position: int) -> bool:
        if not may_be_header(sheet, position, 1):
            return False
        for first in range(position, min(position + 2, len(sheet.lines))):
            cells = sheet.lines[first].cells
            if not any(isinstance(c, str) and len(c) < 60 and fold(c).replace(" ", "") in spellings for c in cells):
                continue
            best = max(
                (
                    read_block(sheet, columns, position, last)
                    for last in range(position, min(position + 3, len(sheet.lines)))
                    if sheet.lines[last].number - sheet.lines[position].number == last - position
                ),
                key=lambda block: block.score,
            )
            if len(best.places & known.places) >= 0.8 * len(best.places):
                return False  # the same header again, on the next printed page
            return columns.name in best.field_names() and best.score >= _LEAST_FIELDS + 2
        return False

    return begins
