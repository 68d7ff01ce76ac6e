"""Which of the found tables count: one month of several, no summary that repeats the other sheets."""

from __future__ import annotations

from disburse.rosters.titles import is_summary, sheet_month
from disburse.workbooks.header import text_of
from disburse.workbooks.report import Report
from disburse.workbooks.survey import Survey, Table
from matching.text import fold

_COVERED = 0.95  # of a summary's rows that stand on other sheets too


def choose_tables(found: Survey, period: str | None, report: Report, *, told: bool = False) -> list[Table]:
    """The tables to read, with a file warning for each sheet left out; `told`: a person has chosen the sheets."""
    if told:
        return found.tables
    tables = _one_month(found.tables, period, report)
    return _without_summaries(tables, report)


def _one_month(tables: list[Table], period: str | None, report: Report) -> list[Table]:
    """Of sheets named by month only that of the period, else the newest (never added up)."""
    months = {t.sheet.index: m for t in tables if (m := sheet_month(t.sheet.name))}
    if len(months) < 2:
        return tables
    wanted = (int(period[:4]), int(period[5:7])) if period else None
    fitting = [i for i, (year, month) in months.items() if wanted and month == wanted[1] and year in (None, wanted[0])]
    newest = max(months, key=lambda i: (months[i][0] or 0, months[i][1]))
    chosen = fitting[0] if fitting else newest
    names = {t.sheet.index: t.sheet.name for t in tables}
    left = [names[i] for i in months if i != chosen]
    report.warn("month_sheets", names[chosen], len(left), chosen=names[chosen], left=", ".join(left))
    return [t for t in tables if t.sheet.index == chosen or t.sheet.index not in months]


def _without_summaries(tables: list[Table], report: Report) -> list[Table]:
    summaries = [t for t in tables if is_summary(t.sheet.name)]
    others = [t for t in tables if t not in summaries]
    if not summaries or not others:
        return tables
    known = {key for t in others for key in _keys(t)}
    kept = list(others)
    for table in summaries:
        keys = _keys(table)
        if keys and sum(k in known for k in keys) >= _COVERED * len(keys):
            report.warn("summary_sheet", table.label, len(keys))
        else:
            kept.append(table)
    return [t for t in tables if t in kept]


def _keys(table: Table) -> list[tuple[str, str]]:
    """Name and ID of each row."""
    name = (table.binding.at.get("full_name") or table.binding.at.get("surname") or [0])[0]
    identity = table.binding.first("citizen_id")
    return [
        (
            fold(text_of(r.cells[name])) if name < len(r.cells) else "",
            text_of(r.cells[identity]).strip() if identity is not None and identity < len(r.cells) else "",
        )
        for r in table.body.rows
    ]
