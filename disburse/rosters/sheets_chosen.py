"""Which of the found tables count: one month of several, of a summary or a copy only who stands nowhere else."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from disburse.rosters.titles import is_summary, sheet_month
from disburse.workbooks.header import text_of
from disburse.workbooks.layout import Body, Row
from disburse.workbooks.report import Report
from disburse.workbooks.survey import Survey, Table
from matching.text import fold

_COVERED = 0.95  # of a table's rows that stand on other sheets too, from which it repeats them
_BIRTHS = ("birth_date", "birth_male", "birth_female", "birth_year")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LINES_SHOWN = 20


def choose_tables(found: Survey, period: str | None, report: Report, *, told: bool = False) -> list[Table]:
    """The tables to read, with a file warning for each sheet left out; `told`: a person has chosen the sheets."""
    if told:
        return found.tables
    tables = _without_copies(_one_month(found.tables, period, report), report)
    return _without_summaries(tables, report)


def _one_month(tables: list[Table], period: str | None, report: Report) -> list[Table]:
    """Of sheets named by month only those of the period, else of the newest (never added up)."""
    months = {t.sheet.index: m for t in tables if (m := sheet_month(t.sheet.name))}
    if len(months) < 2:
        return tables

    def of(year: int | None, month: int) -> list[int]:
        return [i for i, (its_year, its_month) in months.items() if its_month == month and its_year in (None, year)]

    newest = max(months.values(), key=lambda m: (m[0] or 0, m[1]))
    chosen = (of(int(period[:4]), int(period[5:7])) if period else []) or of(*newest)
    names = {t.sheet.index: t.sheet.name for t in tables}
    left = [names[i] for i in months if i not in chosen]
    if left:
        read = ", ".join(names[i] for i in chosen)
        report.warn("month_sheets", names[chosen[0]], len(left), chosen=read, left=", ".join(left))
    return [t for t in tables if t.sheet.index in chosen or t.sheet.index not in months]


def _without_copies(tables: list[Table], report: Report) -> list[Table]:
    """Of several sheets of the month one that is row for row in the others is left out; all else is read."""
    months = [t for t in tables if sheet_month(t.sheet.name)]
    if len(months) < 2:
        return tables
    met: set[tuple[str, ...]] = set()
    copies: list[Table] = []
    for table in months:
        rows = set(_rows(table))
        if rows and rows <= met:
            report.warn("summary_sheet", table.label, len(table.body.rows))
            copies.append(table)
        met |= rows
    return [t for t in tables if not any(t is one for one in copies)]


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    numbering = frozenset(table.binding.at.get("line_no", ()))
    for row in table.body.rows:
        yield tuple(text_of(c).strip() for i, c in enumerate(row.cells) if i not in numbering and c is not None)


def _without_summaries(tables: list[Table], report: Report) -> list[Table]:
    """Leave out what a summary repeats; whoever stands on it alone is read."""
    others = [t for t in tables if not is_summary(t.sheet.name)]
    if not others or len(others) == len(tables):
        return tables
    known = _People(others)
    kept: list[Table] = []
    for table in tables:
        if not is_summary(table.sheet.name):
            kept.append(table)
            continue
        rest = list(known.missing(table))
        repeated = len(table.body.rows) - len(rest)
        if not repeated or repeated < _COVERED * len(table.body.rows):
            kept.append(table)
        elif rest:
            lines = ", ".join(str(row.line) for row in rest[:_LINES_SHOWN]) + (" …" if len(rest) > _LINES_SHOWN else "")
            report.warn("summary_rest", table.label, len(rest), repeated=repeated, lines=lines)
            kept.append(replace(table, body=Body(rows=rest, end=table.body.end)))
            known.add(kept[-1])
        else:
            report.warn("summary_sheet", table.label, repeated)
    return kept


@dataclass(slots=True)
class _Person:
    """Who one row is about, as far as its cells tell at a glance."""

    name: str
    identity: str  # digits without the zeros that a spreadsheet may have lost
    year: str
    met: bool = False

    def fits(self, other: _Person) -> bool:
        """Say whether nothing that both state differs."""
        own, theirs = (self.identity, self.year), (other.identity, other.year)
        return all(not a or not b or a == b for a, b in zip(own, theirs, strict=True))


class _People:
    """Those of the tables that are read; asked who of another table is not among them."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self.stated: dict[str, list[_Person]] = defaultdict(list)
        for table in tables:
            self.add(table)

    def add(self, table: Table) -> None:
        for _, one in _people(table):
            self.stated[one.name].append(one)

    def missing(self, table: Table) -> Iterator[Row]:
        """Yield the rows of people who are not stated; of namesakes without ID as many are met as are stated."""
        for row, one in _people(table):
            alike = [other for other in self.stated.get(one.name, ()) if one.fits(other)]
            if any(one.identity and one.identity == other.identity for other in alike):
                continue
            free = next((other for other in alike if not other.met), None)
            if free is None:
                yield row
            else:
                free.met = True


def _people(table: Table) -> Iterator[tuple[Row, _Person]]:
    at = table.binding.at
    names = at.get("full_name") or [*at.get("surname", ()), *at.get("given", ())] or [0]
    identity = table.binding.first("citizen_id")
    births = [i for field in _BIRTHS for i in at.get(field, ())]

    def text(row: Row, index: int | None) -> str:
        return text_of(row.cells[index]).strip() if index is not None and index < len(row.cells) else ""

    for row in table.body.rows:
        digits = "".join(c for c in text(row, identity).removesuffix(".0") if c.isdigit()).lstrip("0")
        years = (found[0] for i in births if (found := _YEAR.search(text(row, i))))
        yield row, _Person(fold(" ".join(text(row, i) for i in names)), digits, next(years, ""))
