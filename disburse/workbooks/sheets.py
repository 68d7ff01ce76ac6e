"""A workbook as typed lines of cells, whatever its format. No headers, no meaning, no database.

`open_workbook` parses, so it runs in the reading child only (child.py): a parser may take the process with it.
"""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from disburse.workbooks import delimited, guard, html_table, limits
from disburse.workbooks.decoding import decode
from disburse.workbooks.facts import Kind, SheetFacts, column_letters
from disburse.workbooks.refusals import Refusal

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
    height: int = 0  # lines from the first to the last with a value, also of a sheet that was not read


@dataclass(slots=True)
class Workbook:
    """All sheets of a file in their order; `encoding` is that of a text source, else None."""

    kind: Kind
    sheets: list[Sheet]
    encoding: str | None = None


def open_workbook(path: Path, name: str, *, also: Container[str] = (), peek: int = 0) -> Workbook:
    """Guard and parse a file; `name` is what its sender called it. Raises Refusal and nothing else.

    Hidden sheets are listed without lines, but for those named in `also`, and the first `peek` lines of the others.
    Cells over CELL_CHARS come as LongCell.
    """
    inspection = guard.examine(path, name)
    if inspection.kind == "csv":
        return _open_csv(path, name)
    if inspection.kind == "html":
        return _open_html(path)
    try:
        return _open_office(path, inspection, also, peek)
    except PasswordError as error:
        raise Refusal("encrypted") from error
    except CalamineError as error:
        raise Refusal("damaged", "parser") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the parser's own assertion failed
            raise Refusal("damaged", "parser") from error
        raise


def _open_office(path: Path, inspection: guard.Inspection, also: Container[str], peek: int) -> Workbook:
    workbook = Workbook(inspection.kind, [])
    parsed = CalamineWorkbook.from_path(str(path))
    rows_left = limits.ROWS
    for index, about in enumerate(parsed.sheets_metadata):
        visible = about.visible == SheetVisibleEnum.Visible
        sheet = Sheet(about.name, index, visible, date1904=inspection.date1904)
        workbook.sheets.append(sheet)
        facts = inspection.facts[index] if index < len(inspection.facts) else SheetFacts()
        _add_facts(sheet, facts)
        whole = visible or about.name in also
        if not (whole or peek) or about.typ != SheetTypeEnum.WorkSheet:
            continue
        found = parsed.get_sheet_by_index(index)
        sheet.height = found.total_height
        if found.total_height * found.total_width > limits.BOX_CELLS:
            cell = f"{column_letters(found.total_width - 1)}{found.total_height}"
            raise Refusal("too_big", "box", cell=cell, limit=limits.BOX_CELLS)
        merges = found.merged_cell_ranges
        sheet.merges = facts.merges + [(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in merges or ()]
        rows = found.iter_rows() if whole else islice(found.iter_rows(), peek)
        sheet.lines = _lines(rows, facts, inspection.long_texts)
        rows_left -= len(sheet.lines)
        if rows_left < 0:
            raise Refusal("too_big", "rows", limit=limits.ROWS)
    return workbook


def _add_facts(sheet: Sheet, facts: SheetFacts) -> None:
    sheet.hidden_columns = facts.hidden_columns
    sheet.formula_cells, sheet.empty_formulas = facts.formula_cells, facts.empty_formulas
    sheet.fonts = facts.fonts()
    sheet.struck_lines, sheet.coloured_lines = facts.struck_lines, facts.coloured_lines
    sheet.comments = facts.comments


def _lines(rows: Iterable[list[Any]], facts: SheetFacts, long_texts: bool) -> list[Line]:
    errors: dict[int, list[tuple[int, str]]] = {}
    for (number, column), shown in facts.errors.items():
        errors.setdefault(number, []).append((column, shown))
    lines: list[Line] = []
    for number, row in enumerate(rows, 1):
        if number in errors:
            _show_errors(row, errors[number])
        cells = [None if value == "" else value for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if long_texts:
            _leave_out_long(cells, number)
        lines.append(Line(number, cells, number in facts.hidden_lines))
    return lines


def _show_errors(row: list[Any], errors: list[tuple[int, str]]) -> None:
    for column, shown in errors:
        row.extend([""] * (column + 1 - len(row)))
        row[column] = ErrorCell(shown)


def _leave_out_long(cells: list[Any], number: int) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, str) and len(value) > limits.CELL_CHARS:
            if len(value) > limits.FIELD_CHARS:
                cell = f"{column_letters(column)}{number}"
                raise Refusal("too_big", "field", cell=cell, limit=limits.FIELD_CHARS)
            cells[column] = LongCell(len(value))


def _open_csv(path: Path, name: str) -> Workbook:
    text, encoding = decode(path.read_bytes())
    sheet = Sheet(Path(name).stem, 0, is_text_source=True)
    sheet.lines = list(_text_lines((n, fields, False) for n, fields in delimited.read_records(text)))
    sheet.height = len(sheet.lines)
    return Workbook("csv", [sheet], encoding)


def _open_html(path: Path) -> Workbook:
    text, encoding = decode(path.read_bytes())
    sheets = []
    for index, table in enumerate(html_table.read_tables(text)):
        sheet = Sheet(f"Table{index + 1}", index, is_text_source=True, merges=table.merges)
        sheet.lines = list(_text_lines(table.rows))
        sheet.height = len(sheet.lines)
        sheets.append(sheet)
    return Workbook("html", sheets, encoding)


def _text_lines(records: Iterable[tuple[int, list[str], bool]]) -> Iterator[Line]:
    left = limits.ROWS
    for number, fields, hidden in records:
        cells: list[CellValue] = [value or None for value in fields]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        if len(cells) > limits.COLUMNS:
            cell = f"{column_letters(min(len(cells), 20_000) - 1)}{number}"
            raise Refusal("too_big", "columns", cell=cell, limit=limits.COLUMNS)
        left -= 1
        if left < 0:
            raise Refusal("too_big", "rows", limit=limits.ROWS)
        _leave_out_long(cells, number)
        yield Line(number, cells, hidden, len(fields))
