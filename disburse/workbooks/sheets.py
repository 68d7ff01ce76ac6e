"""A workbook as typed lines of cells, whatever its format. No headers, no meaning, no database."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["xlsx", "xls", "ods", "csv", "html"]
CellValue = str | int | float | bool | datetime.date | datetime.datetime | datetime.time | None


class ErrorCell(str):
    """A cell that shows a spreadsheet error; its text is what the office program shows, such as `#N/A`."""

    __slots__ = ()


class LongCell(str):
    """A cell longer than the limit, left out: its text is empty, `length` says how long it was."""

    length: int

    def __new__(cls, length: int) -> LongCell:
        cell = super().__new__(cls, "")
        cell.length = length
        return cell


ERROR_CELL = ErrorCell("#N/A")


@dataclass(slots=True, frozen=True)
class Line:
    """One line of a sheet that holds at least one value.

    `number` is the sheet's own 1-based line number (CSV: the physical line where the record starts);
    `cells[0]` is column A and trailing empty cells are cut; `hidden` says that Excel does not show it;
    `fields` is how many fields the record has in a text source, trailing empty ones included (else 0):
    a CSV record with more fields than its header was broken by a stray delimiter.
    """

    number: int
    cells: list[CellValue]
    hidden: bool = False
    fields: int = 0


@dataclass(slots=True)
class Sheet:
    """One sheet with its lines; what only the file format knows stands beside them.

    Merges are (first line, first column, last line, last column), lines 1-based, columns 0-based. Hidden
    sheets have no lines. `fonts` names the legacy font (`.VnTime`, `VNI-Times`) most cells of a column use.
    `empty_formulas` are formula cells saved without a result: their value is unknown, not empty.
    """

    name: str
    index: int
    visible: bool = True
    lines: list[Line] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    formula_cells: int = 0
    empty_formulas: int = 0
    fonts: dict[int, str] = field(default_factory=dict)
    struck_lines: set[int] = field(default_factory=set)
    coloured_lines: set[int] = field(default_factory=set)
    comments: int = 0
    date1904: bool = False
    is_text_source: bool = False


@dataclass(slots=True)
class Workbook:
    """All sheets of a file in their order; `encoding` is that of a text source, else None."""

    kind: Kind
    sheets: list[Sheet]
    encoding: str | None = None
