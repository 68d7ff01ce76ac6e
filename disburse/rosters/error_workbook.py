"""The error workbook: rows that need a hand, in the file's own columns, with "Lỗi" and "Gợi ý" and a hidden key.

It is made here from our own rows, and read, when it comes back, in the guarded child like any stranger's file.
"""

from __future__ import annotations

import hmac
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock, crypto
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.rosters import repairs, suggestions
from disburse.rosters.amended import Patch, Place
from disburse.rosters.error_workbook_reading import KEY, MARK
from disburse.rosters.staging import issue_content, row_key
from disburse.rosters.tables import ROW_CLEANED, Roster, RosterRow, RowIssue, RowRepair
from disburse.workbooks.flaws import row_sentence
from disburse.workbooks.header import column_index

MOST = 20_000  # rows of one workbook
_LABEL = "roster-row-key"
_FILLS = {"error": "#FBD5CC", "warning": "#FDEBC8"}
_TITLES = {"vi": ("Lỗi", "Gợi ý", "Khóa dòng (không sửa)"), "en": ("Error", "Suggestion", "Row key (keep)")}


@dataclass(frozen=True, slots=True)
class Made:
    """When a workbook was made: the newest repair it knew, and the millisecond."""

    repair: int
    at: int

    def knew(self, repair: RowRepair) -> bool:
        """Say whether a repair stood in the workbook's cells."""
        undone = repair.undone_at
        return (repair.id or 0) <= self.repair and (undone is None or undone.timestamp() * 1000 > self.at)


@dataclass(slots=True)
class FlawedRow:
    """One row of the workbook: its cells as they are read now, and what is wrong with them."""

    place: Place
    key: str
    cells: dict[str, str]
    flaws: list[tuple[str, str, str, str]]  # column, severity, message, suggestion


def make(session: Session, *, actor: Actor, roster: Roster, by: By, lang: str = "vi") -> bytes:
    """Return the error workbook of the rows the actor may repair, and record that it was taken out."""
    rows = list(_flawed(session, actor, roster, lang))
    left = count(session, actor, roster) - len(rows) if len(rows) == MOST else 0
    record(
        session,
        action="roster.errors_exported",
        object_type="roster",
        object_id=roster.id,
        by=by,
        area_code=roster.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        rows=len(rows),
        left_out=left,
    )
    return _written(roster, rows, lang)


def name_of(roster: Roster) -> str:
    """Return what the error workbook is called."""
    return f"{roster.file_name.rsplit('.', 1)[0]}_dong_loi.xlsx"


def key_of(roster_id: UUID, row_id: int, made: Made) -> str:
    """Return a row's key in a workbook: only this installation can make it, whatever is moved or sorted."""
    return f"{row_id}.{made.repair}.{made.at}.{_seal(roster_id, row_id, made)}"


def read_key(roster_id: UUID, key: str) -> tuple[int, Made] | None:
    """Return (row, when the workbook was made) of a key that was made for this roster, else None."""
    *numbers, seal = key.strip().split(".")
    if len(numbers) != 3 or not all(n.isascii() and n.isdigit() and len(n) <= 18 for n in numbers):
        return None
    row_id, made = int(numbers[0]), Made(int(numbers[1]), int(numbers[2]))
    return (row_id, made) if hmac.compare_digest(seal, _seal(roster_id, row_id, made)) else None


def _seal(roster_id: UUID, row_id: int, made: Made) -> str:
    said = f"{roster_id}|{row_id}|{made.repair}|{made.at}"
    return crypto.keyring().mac(_LABEL, said.encode()).hex()[:20]


_JOINED = sa.and_(
    col(RosterRow.roster_id) == col(RowIssue.roster_id),
    col(RosterRow.sheet) == col(RowIssue.sheet),
    col(RosterRow.line) == col(RowIssue.line),
)


def _wanted(actor: Actor, roster: Roster) -> list[sa.ColumnElement[bool]]:
    return [
        col(RowIssue.roster_id) == roster.id,
        col(RosterRow.roster_id) == roster.id,
        col(RowIssue.severity).in_(("error", "warning")),
        col(RosterRow.settled_by).is_(None),
        col(RosterRow.raw_sealed).is_not(None),
        repairs.rows_within(actor, Permission.ROW_FIX, roster),
    ]


def count(session: Session, actor: Actor, roster: Roster) -> int:
    """Return how many rows the workbook would hold without its limit of MOST."""
    rows = sa.select(RosterRow.id).join(RowIssue, _JOINED).where(*_wanted(actor, roster)).distinct().subquery()  # type: ignore[call-overload]
    return int(session.execute(sa.select(sa.func.count()).select_from(rows)).scalar_one())


def _flawed(session: Session, actor: Actor, roster: Roster, lang: str) -> Iterator[FlawedRow]:
    """Yield rows with an error or a warning that are not settled, in the order of the file."""
    made = Made(repairs.newest(session, roster.id), int(clock.utc_now().timestamp() * 1000))
    statement = (
        sa.select(RowIssue, RosterRow)
        .join(RosterRow, _JOINED)
        .where(*_wanted(actor, roster))
        .order_by(col(RowIssue.sheet), col(RowIssue.line), col(RowIssue.id))
    )
    laid = repairs.patches(session, roster.id)
    current: FlawedRow | None = None
    count = 0
    for issue, row in session.execute(statement).yield_per(2_000):
        place = (issue.sheet, issue.line)
        if current is None or current.place != place:
            if current is not None:
                yield current
            count += 1
            if count > MOST:
                return
            current = _row(roster, row, laid.get(place, {}), made)
        current.flaws.append(_flaw(roster, issue, row, lang))
    if current is not None:
        yield current


def _row(roster: Roster, row: RosterRow, patch: Patch, made: Made) -> FlawedRow:
    cells = repairs.cells_of(roster, row.sheet, repairs.raw_cells(row), patch, everything=True)
    values = {cell.key: cell.value for cell in cells}
    return FlawedRow((row.sheet, row.line), key_of(roster.id, row.id or 0, made), values, [])


def _flaw(roster: Roster, issue: RowIssue, row: RosterRow, lang: str) -> tuple[str, str, str, str]:
    key = row_key(roster.id, issue.sheet, issue.line)
    content = issue_content(roster.id, issue.sheet, issue.line, issue.facts_sealed)
    values = json.loads(ROW_CLEANED.open(key, row.cleaned_sealed))
    raw = str(content["value"] if content["value"] is not None else "")
    found = suggestions.suggest(issue.code, raw, content["facts"], values, roster)
    return issue.column, issue.severity, row_sentence(issue.code, content["facts"], lang), found.shown if found else ""


def _written(roster: Roster, rows: Sequence[FlawedRow], lang: str) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        severity: made.add_format({"num_format": "@", "bg_color": colour, "border": 1})
        for severity, colour in _FILLS.items()
    }
    formats["head"] = made.add_format({"bold": True, "bg_color": "#EEF0F2", "border": 1, "text_wrap": True})
    formats["text"] = made.add_format({"num_format": "@"})
    formats["wrap"] = made.add_format({"num_format": "@", "text_wrap": True})
    sheets: dict[str, list[FlawedRow]] = defaultdict(list)
    for row in rows:
        sheets[row.place[0]].append(row)
    for number, (label, of_sheet) in enumerate(sheets.items()):
        page = made.add_worksheet(_sheet_name(label, number, set(sheets)))
        _write_sheet(page, roster, label, of_sheet, formats, lang)
    if not sheets:
        made.add_worksheet("OK")
    made.close()
    return out.getvalue()


def _write_sheet(
    page: Any, roster: Roster, label: str, rows: Sequence[FlawedRow], formats: dict[str, Any], lang: str
) -> None:
    columns = repairs.columns_of(roster, label, everything=True)
    width = max((column_index(column["column"]) for column in columns), default=0) + 1
    page.freeze_panes(2, 0)
    page.set_column(0, width - 1, 16, formats["text"])
    page.set_column(width, width + 1, 48, formats["wrap"])
    page.set_column(width + 2, width + 2, 10, formats["text"], {"hidden": True})
    heads = {column_index(column["column"]): column["header"] for column in columns}
    for index in range(width):
        page.write_string(0, index, heads.get(index, ""), formats["head"])
    for offset, title in enumerate(_TITLES.get(lang, _TITLES["vi"])):
        page.write_string(0, width + offset, title, formats["head"])
    page.set_row(1, None, None, {"hidden": True})
    for column in columns:
        page.write_string(1, column_index(column["column"]), MARK + column["column"], formats["text"])
    page.write_string(1, width + 2, MARK + KEY, formats["text"])
    for line, row in enumerate(rows, 2):
        _write_row(page, line, width, row, formats)


def _write_row(page: Any, line: int, width: int, row: FlawedRow, formats: dict[str, Any]) -> None:
    graver = {column: "warning" for column, severity, _, _ in row.flaws if severity == "warning"}
    graver |= {column: "error" for column, severity, _, _ in row.flaws if severity == "error"}
    for key, value in row.cells.items():
        page.write_string(line, column_index(key), value, formats[graver.get(key, "text")])
    said = [f"{column}: {message}" if column else message for column, _, message, _ in row.flaws]
    hints = [f"{column}: {hint}" if column else hint for column, _, _, hint in row.flaws if hint]
    page.write_string(line, width, f"[{row.place[1]}] " + "\n".join(said), formats["wrap"])
    page.write_string(line, width + 1, "\n".join(hints), formats["wrap"])
    page.write_string(line, width + 2, row.key, formats["text"])


def _sheet_name(label: str, number: int, labels: set[str]) -> str:
    """A table's label as .xlsx allows it; which table a row belongs to, its key says."""
    plain = "".join("_" if sign in "[]:*?/\\" else sign for sign in label).strip("'")[:31]
    return plain if plain == label or plain not in labels else f"{plain[:27]} {number + 1}"
