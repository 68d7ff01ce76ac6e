"""What an officer should know about a file as a whole. Flaws of single rows: rules.py and the *_cells modules."""

from __future__ import annotations

from collections import Counter

from disburse.rosters.person_cells import PersonFacts
from disburse.rosters.titles import Titles, change_of
from disburse.workbooks.header import column_letter
from disburse.workbooks.rawcells import warn_about_sheet
from disburse.workbooks.report import Report
from disburse.workbooks.survey import Survey, Table

_NEEDED = (("citizen_id", "Số CCCD"), ("amount", "Mức trợ cấp"))
_SENSITIVE = frozenset(("sensitive", "disability"))


def warn_about_file(
    report: Report,
    found: Survey,
    tables: list[Table],
    facts: dict[int, PersonFacts],
    titles: dict[int, Titles],
    period: str | None,
) -> None:
    """Add every file warning that needs no row."""
    for sheet in found.hidden:
        report.warn("hidden_sheet", sheet.name, 1)
    for sheet in found.without_table:
        report.warn("sheet_without_table", sheet.name, len(sheet.lines))
    for index in dict.fromkeys(t.sheet.index for t in tables):
        own = [t for t in tables if t.sheet.index == index]
        warn_about_sheet(report, own)
        if index in found.sides:
            report.warn("side_by_side", own[0].sheet.name, len(own))
        elif len(own) > 1:
            report.warn("several_tables", own[0].sheet.name, len(own))
        if (title := titles.get(index)) and period and title.period and title.period != period:
            report.warn("period_differs", own[0].sheet.name, 1, found=title.period, expected=period)
    for number, table in enumerate(tables):
        _column_warnings(report, table, facts[number])
    _changes(report, tables)


def _column_warnings(report: Report, table: Table, facts: PersonFacts) -> None:
    binding = table.binding
    for name, shown in _NEEDED:
        substitutes = {"citizen_id": ("old_id",), "amount": ("benefit_mark",)}[name]
        if not any(binding.at.get(f) for f in (name, *substitutes)):
            report.warn("column_missing", table.label, 1, columns=shown)
    groups: dict[str, list[str]] = {}
    for column in table.header.columns:
        label = f"{column_letter(column.index)} ({column.header})"
        if column.field is None:
            groups.setdefault("unknown_columns", []).append(label)
        elif column.field in _SENSITIVE:
            groups.setdefault("sensitive_columns", []).append(label)
        elif column.field == "balance":
            groups.setdefault("balance_dropped", []).append(label)
        elif column.field == "card_number":
            groups.setdefault("card_column", []).append(label)
    for code, labels in groups.items():
        report.warn(code, table.label, len(labels), columns=", ".join(labels))
    months = [c for c in table.header.columns if c.field is None and c.match and c.match.only == "amount"]
    if months and (amount := binding.of("amount")):
        report.warn("month_columns", table.label, len(months), chosen=amount[0].header)
    if facts.swapped:
        report.warn(
            "dates_swapped",
            table.label,
            report.codes["birth_swapped"],
            columns=", ".join(map(column_letter, sorted(facts.swapped))),
        )


def _changes(report: Report, tables: list[Table]) -> None:
    """Sections or sheets of additions and removals: changes, not the whole list."""
    counts: Counter[str] = Counter()
    for table in tables:
        named = change_of(table.sheet.name)
        for row in table.body.rows:
            if change := row.context.get("change") or named:
                counts[str(change)] += 1
    if counts:
        words = {"added": "tăng", "removed": "giảm"}
        text = ", ".join(f"{words[k]}: {n}" for k, n in counts.items())
        report.warn("changes_in_file", "", sum(counts.values()), found=text)
