"""An officer's own workbook with columns appended; runs in the guarded child, because the file is a stranger's.

An .xlsx keeps its own bytes but for the new cells. What else was sent (.xls, .ods, .csv) comes back as a fresh .xlsx
with the same sheets in the same order.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from disburse.rosters.giving_back_sheet import Block, NotEditableError, fill_sheet
from disburse.rosters.reading import RosterFile
from disburse.workbooks import xlsx_parts
from disburse.workbooks.archive import Archive
from disburse.workbooks.sheets import CellValue, Sheet, Workbook, open_workbook
from disburse.workbooks.survey import Table

_PIECE = 3 * 1024 * 1024
_WIDTH = 20
_EXACT = 10**15  # whole numbers from here on lose digits as numbers


def fill(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield {"kind": "piece", "data"} until the whole workbook is out. Raises Refusal as reading does.

    Besides the reading options: titles (of the new columns) and answers (table label → line → texts).
    """
    book = open_workbook(path, str(options.get("name") or path.name))
    blocks = _blocks(book, options)
    try:
        content = _edited(path, blocks) if book.kind == "xlsx" else _fresh(path, book, blocks)
    except NotEditableError:
        content = _fresh(path, book, blocks)
    for start in range(0, len(content), _PIECE):
        yield {"kind": "piece", "data": base64.b64encode(content[start : start + _PIECE]).decode()}


def _blocks(book: Workbook, options: dict[str, Any]) -> dict[int, list[Block]]:
    """Sheet index → what its tables are given."""
    answers: dict[str, dict[str, list[str]]] = options["answers"]
    blocks: dict[int, list[Block]] = {}
    for table in RosterFile(book, options).survey().tables:
        given = answers.get(table.label)
        if not given:
            continue
        lines = {row.line for row in table.body.rows}
        mine = {int(line): texts for line, texts in given.items() if int(line) in lines}
        block = Block(_header_line(table), _last(table), _named(table), options["titles"], mine)
        blocks.setdefault(table.sheet.index, []).append(block)
    return blocks


def _header_line(table: Table) -> int:
    return table.sheet.lines[table.header.first].number


def _last(table: Table) -> int:
    return max(column.index for column in table.header.columns)


def _named(table: Table) -> int:
    at = table.binding.at
    return (at.get("full_name") or at.get("surname") or [_last(table)])[0]


def _edited(path: Path, blocks: dict[int, list[Block]]) -> bytes:
    with Archive(path) as archive:
        parts = xlsx_parts.read_map(archive).sheets
    filled = {parts[index]: given for index, given in blocks.items() if index < len(parts)}
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename in filled:
                content = fill_sheet(content, filled[info.filename])
            target.writestr(info, content, info.compress_type)
    return out.getvalue()


def _fresh(path: Path, book: Workbook, blocks: dict[int, list[Block]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    day = made.add_format({"num_format": "dd/mm/yyyy"})
    bold = made.add_format({"bold": True, "text_wrap": True})
    for number, sheet in enumerate(book.sheets):
        page = made.add_worksheet(_free_name(sheet.name, number))
        if not sheet.visible:
            page.hide()
        right = 0
        for line, cells in _lines(path, book, sheet):
            right = max(right, len(cells))
            for index, cell in enumerate(cells):
                _write(page, line - 1, index, cell, day)
        for block in blocks.get(sheet.index, ()):
            first = max(right, block.last + 1)
            right = first + len(block.titles) if len(blocks[sheet.index]) > 1 else right
            page.set_column(first, first + len(block.titles) - 1, _WIDTH)
            for line, texts in ((block.header, block.titles), *block.answers.items()):
                for offset, text in enumerate(texts):
                    page.write_string(line - 1, first + offset, text, bold if line == block.header else None)
    made.close()
    return out.getvalue()


def _lines(path: Path, book: Workbook, sheet: Sheet) -> Iterator[tuple[int, list[Any]]]:
    if sheet.visible or book.kind in ("csv", "html"):
        yield from ((line.number, line.cells) for line in sheet.lines)
        return
    # A hidden sheet is not read as a list, and yet it is part of the officer's file.
    hidden = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(sheet.index)
    yield from enumerate(hidden.to_python(skip_empty_area=False), 1)


def _write(page: Any, line: int, column: int, cell: CellValue, day: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_boolean(line, column, cell)
    elif isinstance(cell, (int, float)) and abs(cell) < _EXACT:
        page.write_number(line, column, cell)
    elif isinstance(cell, (date, datetime)):
        page.write_datetime(line, column, cell, day)
    else:
        page.write_string(line, column, cell.isoformat() if isinstance(cell, time) else str(cell))


def _free_name(name: str, number: int) -> str:
    """A sheet's name as .xlsx allows it."""
    plain = "".join("_" if sign in "[]:*?/\\" else sign for sign in name).strip("'")[:31]
    return plain or f"Sheet{number + 1}"
