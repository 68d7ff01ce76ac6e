"""Rows between reading and import: sealed, numbered by sheet and line, seen by nobody.

What stands here survives a kill; what a row means for people is decided in `recognition` and written by `entering`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.db import bulk_insert
from disburse.rosters.tables import (
    ISSUE_FACTS,
    ROW_CLEANED,
    ROW_RAW,
    RepairKind,
    RosterRow,
    RowIssue,
    RowRepair,
    RowState,
)

CHUNK = 4_000  # rows a transaction: 25 commits for a list of 100,000

_ROW = (
    "roster_id", "sheet", "line", "state", "commune_code", "origin_code", "origin_valid_from", "raw_sealed",
    "cleaned_sealed",
)  # fmt: skip
ERASED = b""  # what stands in a sealed column that takes no NULL, once its retention has passed
_ISSUE = ("roster_id", "sheet", "line", "column", "severity", "code", "facts_sealed")


@dataclass(slots=True)
class StagedRow:
    """A row as the reader understood it; `values` as the reader names them, dates still as text."""

    id: int
    sheet: str
    line: int
    parked: bool
    values: dict[str, Any]


def row_key(roster_id: UUID, sheet: str, line: int) -> str:
    """Return what the sealed cells of a row are bound to: it has no UUID of its own."""
    return f"{roster_id}/{sheet}/{line}"


def issue_content(roster_id: UUID, sheet: str, line: int, facts: bytes) -> dict[str, Any]:
    """Open the raw `value` and the `facts` of an issue; once the retention has erased them there are none."""
    if facts == ERASED:
        return {"value": None, "facts": {}}
    found: dict[str, Any] = json.loads(ISSUE_FACTS.open(row_key(roster_id, sheet, line), facts))
    return found


def stage(session: Session, roster_id: UUID, rows: Sequence[dict[str, Any]]) -> int:
    """Keep a chunk of what the reader gave, with the rows' issues. Returns the number of rows."""
    bulk_insert(session, RosterRow, _ROW, (_row(roster_id, row) for row in rows))
    add_issues(session, roster_id, ((r["sheet"], r["line"], issue) for r in rows for issue in r["issues"]))
    return len(rows)


def _row(roster_id: UUID, row: dict[str, Any]) -> tuple[Any, ...]:
    key = row_key(roster_id, row["sheet"], row["line"])
    state = RowState.PARKED if row["state"] == "parked" else RowState.STAGED
    *place, cleaned = sealed_values(roster_id, row)
    return (roster_id, row["sheet"], row["line"], state, *place, ROW_RAW.seal(key, _text(row["raw"])), cleaned)


def sealed_values(roster_id: UUID, row: dict[str, Any]) -> tuple[str | None, str | None, date | None, bytes]:
    """Return where a row as the reader gives it belongs (commune, origin, its day), and its cleaned cells, sealed."""
    values = {name: value for name, value in row["values"].items() if value is not None and value != ""}
    return (
        values.get("commune_code"),
        values.get("origin_code"),
        _day(values.get("origin_valid_from")),
        ROW_CLEANED.seal(row_key(roster_id, row["sheet"], row["line"]), _text(values)),
    )


def add_issues(session: Session, roster_id: UUID, issues: Iterable[tuple[str, int, dict[str, Any]]]) -> int:
    """Keep issues of rows: tuples of sheet, line and the issue as the reader gives it."""
    rows = (
        (
            roster_id,
            sheet,
            line,
            issue.get("column") or "",
            issue["severity"],
            issue["code"],
            ISSUE_FACTS.seal(
                row_key(roster_id, sheet, line),
                _text({"value": issue.get("value", ""), "facts": issue.get("facts", {})}),
            ),
        )
        for sheet, line, issue in issues
    )
    return bulk_insert(session, RowIssue, _ISSUE, rows)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def count_staged(session: Session, roster_id: UUID) -> int:
    """Return how many rows of the file are kept already: the reader gives them in the same order again."""
    statement = sa.select(sa.func.count()).select_from(RosterRow).where(col(RosterRow.roster_id) == roster_id)
    return int(session.execute(statement).scalar_one())


def drop(session: Session, roster_id: UUID) -> None:
    """Forget the rows of a file that turned out to be unusable."""
    session.execute(sa.delete(RowIssue).where(col(RowIssue.roster_id) == roster_id))
    session.execute(sa.delete(RosterRow).where(col(RosterRow.roster_id) == roster_id))


def settle_dropped(session: Session, roster_id: UUID) -> None:
    """Let rows that were given up before the file was read anew wait no more."""
    given_up = sa.select(RowRepair.sheet, RowRepair.line, RowRepair.settled_as).where(  # type: ignore[call-overload]
        col(RowRepair.roster_id) == roster_id,
        col(RowRepair.kind) == RepairKind.DROP,
        col(RowRepair.undone_at).is_(None),
    )
    for sheet, line, mark in session.execute(given_up).all():
        session.execute(
            sa.update(RosterRow)
            .where(col(RosterRow.roster_id) == roster_id, col(RosterRow.sheet) == sheet, col(RosterRow.line) == line)
            .where(col(RosterRow.state) == RowState.PARKED)
            .values(settled_by=mark)
        )


_COLUMNS = (RosterRow.id, RosterRow.sheet, RosterRow.line, RosterRow.state, RosterRow.cleaned_sealed)


def staged_rows(session: Session, roster_id: UUID) -> Iterator[StagedRow]:
    """Yield every kept row that was not given up, opened, sheet by sheet in the order of its lines."""
    place = sa.tuple_(col(RosterRow.sheet), col(RosterRow.line))
    statement = (
        sa.select(*_COLUMNS)  # type: ignore[call-overload]
        .where(col(RosterRow.roster_id) == roster_id, col(RosterRow.settled_by).is_(None))
        .order_by(col(RosterRow.sheet), col(RosterRow.line))
        .limit(CHUNK)
    )
    found = session.execute(statement).all()
    while found:
        yield from opened_all(roster_id, found)
        if len(found) < CHUNK:
            return
        found = session.execute(statement.where(place > (found[-1][1], found[-1][2]))).all()


def rows_by_id(session: Session, roster_id: UUID, ids: Sequence[int]) -> dict[int, StagedRow]:
    """Return the rows with these ids (of one roster), opened."""
    statement = sa.select(*_COLUMNS).where(col(RosterRow.id).in_(ids))  # type: ignore[call-overload]
    return {row.id: row for row in opened_all(roster_id, session.execute(statement).all())}


def opened(roster_id: UUID, row: Any) -> StagedRow:
    """Open a row selected as id, sheet, line, state, cleaned cells."""
    return opened_all(roster_id, [row])[0]


def opened_all(roster_id: UUID, rows: Sequence[Any]) -> list[StagedRow]:
    """Open rows of one roster. They are parsed as one document, so that equal keys are one object in memory."""
    cells = [ROW_CLEANED.open(row_key(roster_id, row[1], row[2]), row[4]) for row in rows]
    values = json.loads(f"[{','.join(cells)}]")
    names: dict[str, str] = {}
    return [
        StagedRow(row[0], names.setdefault(row[1], row[1]), row[2], row[3] == RowState.PARKED, value)
        for row, value in zip(rows, values, strict=True)
    ]
