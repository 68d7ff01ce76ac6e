"""Reads one bank list from bytes to cleaned rows and a report; runs in the child process, knows no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from disburse import clock
from disburse.accounts.columns import BankListCells, bind_bank_list
from disburse.accounts.headers import BANK_LIST
from disburse.banks import directory
from disburse.workbooks.binding import AmbiguousColumnsError, Binding
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.header import Header, column_letter
from disburse.workbooks.layout import Shape
from disburse.workbooks.rawcells import conversions, conversions_by_line, raw_cells, warn_about_sheet
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.report import Report
from disburse.workbooks.sections import Section
from disburse.workbooks.sheets import Line, Sheet, open_workbook
from disburse.workbooks.survey import Survey, Table, survey

_ANCHORS = ("account_number", "citizen_id", "old_id", "birth_date", "phone")


def read(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield {"kind": "row", …} for every data row, then one {"kind": "report", …}.

    options (all may be absent): name (what the sender called the file), bank (VietQR code of the list), today
    (ISO day). Raises Refusal for a file that is not read.
    """
    book = open_workbook(path, str(options.get("name") or path.name))
    today = date.fromisoformat(options["today"]) if options.get("today") else clock.today()
    found = survey(book, BANK_LIST, _bind, _shape)
    _refuse_if_unreadable(found)
    bank = directory.packaged().resolve(options["bank"]).code if options.get("bank") else None
    reading = _Reading(found, bank, today)
    for table in found.tables:
        yield from reading.rows(table)
    yield reading.final(book.kind)


def _bind(_sheet: Sheet, header: Header, sample: list[Line], _above: list[Line]) -> Binding:
    try:
        binding = bind_bank_list(header, sample)
    except AmbiguousColumnsError as error:
        letters = ", ".join(f"{column_letter(c.index)} ({c.header})" for c in error.columns)
        raise Refusal("ambiguous_columns", "columns", columns=letters, field=error.field_name) from error
    if not any(binding.at.get(f) for f in ("holder_name", "surname")):
        raise Refusal("no_name_column")
    return binding


def _shape(table: Table, is_header: Callable[[int], bool]) -> Shape:
    at = table.binding.at
    return Shape(
        name=(at.get("surname") or at.get("holder_name") or [0])[0],
        numbering=frozenset(at.get("line_no", ())),
        anchors=tuple(i for f in _ANCHORS for i in at.get(f, ())),
        money=frozenset(at.get("balance", ())),
        detail=(),
        section=_no_section,
        is_header=is_header,
        columns=frozenset(c.index for c in table.header.columns),
    )


def _no_section(_text: str, _marked: bool) -> Section | None:
    """Sections of a bank list (branches) carry nothing down."""
    return None


def _refuse_if_unreadable(found: Survey) -> None:
    if any(r.refused for r in found.repairs.values()):
        raise Refusal("charset")
    if found.tables:
        return
    if any(r.hopeless for r in found.repairs.values()):
        raise Refusal("charset")
    raise Refusal("no_name_column" if found.nameless else "no_header")


class _Reading:
    """The rows of all tables and what the whole list shows."""

    def __init__(self, found: Survey, bank: str | None, today: date) -> None:
        self.found, self.bank, self.today = found, bank, today
        self.report = Report()
        self.seen: dict[int, tuple[str, int]] = {}

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """Clean and yield the rows of one table."""
        banks = directory.packaged()
        cells = BankListCells(
            table.binding, self.bank, lambda text: banks.resolve(text).code, self.today, table.sheet.is_text_source
        )
        cells.hopeless = table.repair.hopeless
        width = max((c.index for c in table.header.columns), default=0) + 1
        width = max(width, table.sheet.lines[table.header.first].fields)
        dropped = frozenset(table.binding.at.get("balance", ()))
        converted = conversions_by_line(table)
        numbering = frozenset(table.binding.at.get("line_no", ()))
        self.report.rows_skipped += len(table.body.skipped)
        for row in table.body.rows:
            draft = Draft(row)
            if table.sheet.is_text_source and row.fields > width:
                draft.flag(None, flaw("row_too_long", found=row.fields, expected=width))
            cells.read(draft)
            key = hash(tuple(c for i, c in enumerate(row.cells) if i not in numbering))
            first = self.seen.setdefault(key, (table.label, row.line))
            if first != (table.label, row.line):
                where = "" if first[0] == table.label else f" (trang “{first[0]}”)"
                draft.flag(None, flaw("duplicate_row", line=first[1], where=where))
            conversions(draft, table, converted)
            self.report.add(table.label, draft)
            yield {
                "kind": "row", "sheet": table.label, "line": row.line, "state": "parked" if draft.parked else "ok",
                "values": draft.values, "issues": draft.issues() if draft.flags else [],
                "raw": raw_cells(table, row, dropped, converted),
            }  # fmt: skip

    def final(self, kind: str) -> dict[str, Any]:
        """The report, with the warnings about the file."""
        report = self.report
        for sheet in self.found.hidden:
            report.warn("hidden_sheet", sheet.name, 1)
        for sheet in self.found.without_table:
            report.warn("sheet_without_table", sheet.name, len(sheet.lines))
        for index in dict.fromkeys(t.sheet.index for t in self.found.tables):
            warn_about_sheet(report, [t for t in self.found.tables if t.sheet.index == index])
        for table in self.found.tables:
            self._column_warnings(table)
        report.extra = {"columns": columns_of(self.found.tables), "kind_of_file": kind, "codes": Counter(report.codes)}
        return report.as_json()

    def _column_warnings(self, table: Table) -> None:
        binding = table.binding
        if not binding.at.get("citizen_id") and not binding.at.get("old_id"):
            self.report.warn("column_missing", table.label, 1, columns="Số CCCD")
        for field, code in (("balance", "balance_dropped"), ("card_number", "card_column"), (None, "unknown_columns")):
            labels = [f"{column_letter(c.index)} ({c.header})" for c in table.header.columns if c.field == field]
            if labels:
                self.report.warn(code, table.label, len(labels), columns=", ".join(labels))


def columns_of(tables: list[Table]) -> list[dict[str, Any]]:
    """What each column of each table was taken for."""
    return [
        {"sheet": t.label, "column": column_letter(c.index), "header": c.header, "field": c.field}
        for t in tables
        for c in t.header.columns
    ]
