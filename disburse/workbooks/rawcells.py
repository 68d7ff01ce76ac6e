"""The raw cells of a row as they are kept, conversions noted, and the warnings any kind of sheet can raise."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import Any

from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.header import column_letter
from disburse.workbooks.layout import Row
from disburse.workbooks.report import Report
from disburse.workbooks.survey import Table

_PLAIN = frozenset((str, int, float, bool, type(None)))
_LINES_SHOWN = 20
Converted = dict[int, list[int]]  # line → columns whose text was converted


def conversions_by_line(table: Table) -> Converted:
    """Which cells of a table were converted from a legacy charset."""
    lines: Converted = {}
    for line, column in table.repair.before:
        lines.setdefault(line, []).append(column)
    return lines


def conversions(draft: Draft, table: Table, converted: Converted) -> None:
    """Note each converted cell of a row as a repair, before → after."""
    if draft.line not in converted:
        return
    for column in converted[draft.line]:
        before = table.repair.before[draft.line, column]
        facts = {"charset": charset_of(table, column).upper(), "before": before, "after": str(draft.cell(column) or "")}
        draft.flag(column, flaw("legacy_converted", **facts))


def charset_of(table: Table, column: int) -> str:
    """The charset a column was converted from."""
    return table.repair.columns.get(column) or next(iter(table.repair.columns.values()), "tcvn3")


def raw_cells(table: Table, row: Row, dropped: frozenset[int], converted: Converted) -> list[Any]:
    """The cells as they came: legacy text unconverted, dropped columns empty, dates as ISO text."""
    raw: list[Any] = [
        c if type(c) in _PLAIN else c.isoformat() if isinstance(c, (date, datetime, time)) else str(c)
        for c in row.raw or row.cells
    ]
    for index in converted.get(row.line, ()):
        raw[index] = table.repair.before[row.line, index]
    for index in dropped:
        if index < len(raw):
            raw[index] = None
    return raw


def warn_about_sheet(report: Report, tables: list[Table]) -> None:
    """Hidden rows and columns, formulas, struck and coloured rows, comments, stray lines, converted cells."""
    sheet = tables[0].sheet
    data = {r.line for t in tables for r in t.body.rows}
    if hidden := sum(1 for line in sheet.lines if line.hidden and line.number in data):
        report.warn("hidden_rows", sheet.name, hidden)
    shown = sorted(i for i in sheet.hidden_columns if any(c.index == i for t in tables for c in t.header.columns))
    if shown:
        report.warn("hidden_columns", sheet.name, len(shown), columns=", ".join(map(column_letter, shown)))
    if sheet.formula_cells:
        report.warn("formula_cells", sheet.name, sheet.formula_cells)
    if sheet.empty_formulas:
        report.warn("empty_formulas", sheet.name, sheet.empty_formulas)
    for code, lines in (("struck_rows", sheet.struck_lines), ("coloured_rows", sheet.coloured_lines)):
        if count := len(lines & data):
            report.warn(code, sheet.name, count)
    if sheet.comments:
        report.warn("comments", sheet.name, sheet.comments)
    if outside := sum(t.body.outside for t in tables if not t.side):
        report.warn("cells_outside", sheet.name, outside)
    if doubtful := sorted({s.line for t in tables for s in t.body.skipped if s.somebody}):
        shown_lines = ", ".join(map(str, doubtful[:_LINES_SHOWN])) + (" …" if len(doubtful) > _LINES_SHOWN else "")
        report.warn("perhaps_people", sheet.name, len(doubtful), lines=shown_lines)
    for charset, count in Counter(charset_of(tables[0], c) for _, c in tables[0].repair.before).items():
        report.warn("charset_converted", sheet.name, count, charset=charset.upper())
