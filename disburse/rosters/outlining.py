"""What a file looks like before its rows are read: sheets, a few lines of each, headers, columns with how sure we are.

`outline` runs in the reading child; whoever shows it masks long numbers. Where `read` would refuse a file because two
columns claim one field, or none is the name, the outline says so and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from disburse.rosters.corrections import Corrections, signature_of, table_key
from disburse.rosters.guided import Told
from disburse.rosters.reading import RosterFile
from disburse.rosters.sheets_chosen import choose_tables
from disburse.workbooks.content import Votes
from disburse.workbooks.header import Column, column_letter, is_number_row, text_of
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.report import Report
from disburse.workbooks.sheets import CellValue, Line, Sheet, open_workbook
from disburse.workbooks.survey import Survey, Table

SHOWN_LINES = 15
_SHOWN_COLUMNS = 30
_SHOWN_CHARS = 60
_ABOVE = 9  # lines shown above a header
_SAMPLES = 3
_SURE = {"exact": 0.98, "folded": 0.95, "phrase": 0.85, "typo": 0.7}
_BY_CONTENT = 0.6  # a column whose header says nothing, taken for what its cells look like
# Fields whose cells can be recognised, with what they must look like.
_LOOKS: dict[str, tuple[str, ...]] = {
    "citizen_id": ("id12", "id9"), "recipient_citizen_id": ("id12", "id9"), "old_id": ("id9", "id12"),
    "birth_date": ("dates", "years"), "recipient_birth_date": ("dates", "years"), "birth_male": ("dates", "years"),
    "birth_female": ("dates", "years"), "birth_year": ("years",), "amount": ("money",), "total": ("money",),
    "arrears": ("money",), "full_name": ("names",), "recipient_name": ("names",),
}  # fmt: skip


def outline(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one {"kind": "outline", "sheets": […], "tables": […], "problem": code or None}.

    options as for `reading.read`. Raises Refusal for a file of which nothing can be shown.
    """
    guide = Told(Corrections.from_json(options.get("corrections")), asks=True)
    name = str(options.get("name") or path.name)
    book = open_workbook(path, name, also=guide.hidden_too, peek=2 * SHOWN_LINES)
    file = RosterFile(book, options, guide)
    if file.province is None:
        raise Refusal("province_needed")
    found = file.survey()
    if any(repair.refused for repair in found.repairs.values()):
        raise Refusal("charset")
    chosen = choose_tables(found, file.period, Report(), told=guide.has_chosen)
    chosen = _named_first(chosen, guide)
    tables = [_table(table, guide) for table in chosen]
    yield {
        "kind": "outline",
        "sheets": [_sheet(sheet, found, chosen, guide) for sheet in book.sheets],
        "tables": tables,
        "problem": _problem(found, tables),
    }


def _named_first(chosen: list[Table], guide: Told) -> list[Table]:
    """Leave out tables without names beside tables with them; alone, a person is asked which column it is."""
    told = guide.corrections.columns
    named = [t for t in chosen if _is_named(t) or table_key(t.sheet, t.header) in told]
    return named or chosen


def _is_named(table: Table) -> bool:
    return bool({"full_name", "surname", "given"} & table.binding.at.keys())


def _problem(found: Survey, tables: list[dict[str, Any]]) -> str | None:
    """Return why the rows cannot be read yet."""
    if not tables:
        return "no_name_column" if found.nameless else "no_header"
    if any(table["undecided"] for table in tables):
        return "ambiguous_columns"
    return "no_name_column" if not all(table["named"] for table in tables) else None


def _sheet(sheet: Sheet, found: Survey, chosen: list[Table], guide: Told) -> dict[str, Any]:
    own = [table for table in found.tables if table.sheet.index == sheet.index]
    read = [table for table in chosen if table.sheet.index == sheet.index]
    ticked = guide.corrections.sheets.get(sheet.name, bool(read))
    if ticked:
        why = "" if read else "no_table"
    elif sheet.name in guide.corrections.sheets:
        why = ""  # a person left it out
    elif not sheet.visible:
        why = "hidden"
    elif own:
        why = "repeats"  # another month, or a summary of the other sheets
    else:
        why = "no_table" if sheet.lines else "empty"
    return {
        "name": sheet.name,
        "visible": sheet.visible,
        "lines": sheet.height,
        "rows": sum(len(table.body.rows) for table in own),
        "ticked": ticked,
        "why": why,
        "preview": _preview(sheet, own[0] if own else None),
        "header": sheet.lines[own[0].header.first].number if own else None,
    }


def _preview(sheet: Sheet, table: Table | None) -> list[dict[str, Any]]:
    """The lines around the header, each with what it was taken for."""
    start = max(0, table.header.first - _ABOVE) if table else 0
    skipped = {line.line for line in table.body.skipped} if table else set()
    shown = []
    for position in range(start, min(start + SHOWN_LINES, len(sheet.lines))):
        line = sheet.lines[position]
        kind = "plain"
        if table is not None:
            below, within = position > table.header.last, position >= table.header.first
            kind = "data" if below else "header" if within else "title"
            if within and is_number_row(line.cells):
                kind = "skipped"
            if below and line.number in skipped:
                kind = "skipped"
        shown.append({"line": line.number, "kind": kind, "cells": [_shown(c) for c in line.cells[:_SHOWN_COLUMNS]]})
    return shown


def _shown(cell: CellValue) -> str:
    if isinstance(cell, datetime) and (cell.hour, cell.minute) == (0, 0):
        cell = cell.date()
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return " ".join(text_of(cell).split())[:_SHOWN_CHARS]


def _table(table: Table, guide: Told) -> dict[str, Any]:
    header, binding = table.header, table.binding
    key, signature = table_key(table.sheet, header), signature_of(header)
    told = guide.corrections.columns.get(key)
    known = guide.corrections.recalled(header) if told is None else None
    sure = told is not None or known is not None
    below = [row.cells for row in table.body.rows] or [line.cells for line in _first(binding.sample)]
    return {
        "key": key,
        "sheet": table.sheet.name,
        "line": table.sheet.lines[header.first].number,
        "height": header.last - header.first + 1,
        "signature": signature,
        "rows": len(table.body.rows),
        "remembered": known.known.day if known else None,
        "moved": known.moved if known else False,
        "undecided": guide.undecided.get(key),
        "named": _is_named(table),
        "columns": [
            {
                "letter": column_letter(column.index),
                "header": column.header[:120],
                "field": column.field or "",
                "sure": 100 if sure else _confidence(column, binding.votes(column.index)),
                "samples": _samples(below, column.index),
            }
            for column in header.columns
        ],
    }


def _first(lines: Any) -> list[Line]:
    return list(lines)[:SHOWN_LINES]


def _samples(rows: list[list[CellValue]], index: int) -> list[str]:
    """The first three different texts of a column."""
    found: dict[str, None] = {}
    for cells in rows:
        if index < len(cells) and (text := _shown(cells[index])):
            found.setdefault(text)
            if len(found) == _SAMPLES:
                break
    return list(found)


def _confidence(column: Column, seen: Votes) -> int:
    """How sure the reader is of a column's field, 0–100: the header's words, and what the cells look like."""
    if not column.field:
        return 0
    words = _SURE[column.match.strength] if column.match else _BY_CONTENT
    if column.match and len(column.match.fields) > 1:
        words = min(words, 0.9)  # words that may mean two things; the cells decided
    looks = _LOOKS.get(column.field)
    if looks is None or not seen.filled:
        return round(100 * words)
    share = min(1.0, sum(float(getattr(seen, name)) for name in looks))
    # A tenth of odd cells is what every roster has; cells that look otherwise outweigh the words.
    return round(100 * (words if share >= 0.6 else words * (0.4 + share)))
