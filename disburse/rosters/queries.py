"""Reads of rosters: the document that tells what came of an import. Lists for screens: browsing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.errors import NotFound
from disburse.rosters.staging import issue_content
from disburse.rosters.tables import Roster, RowIssue
from disburse.workbooks.flaws import row_sentence
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.report import MOST_ISSUES, public, refused


def document(session: Session, roster_id: UUID, *, known: bool = False) -> dict[str, Any]:
    """Return what `roster import --json` prints; `known`: the same file had been imported before, nothing changed."""
    roster = session.get(Roster, roster_id)
    if roster is None:
        raise NotFound("roster_unknown")
    read = roster.rows_ok
    return {
        "verdict": "accept_with_row_errors" if roster.rows_parked else "accept",
        "reject_code": None,
        "rows_read": roster.rows_read,
        "rows_ok": roster.rows_ok,
        "rows_bad": roster.rows_parked,
        "rows_warned": roster.rows_warned,
        "rows_skipped": roster.rows_skipped,
        "file_warnings": roster.report.get("file_warnings", []),
        "issues": issues(session, roster_id),
        "issues_total": roster.issues_total,
        "roster": str(roster_id),
        "new": 0 if known else roster.rows_new,
        "changed": 0 if known else roster.rows_changed,
        "same": read if known else roster.rows_same,
        "gone": 0 if known else roster.rows_gone,
        "same_as": str(roster_id) if known else None,
    }


def refusal_document(refusal: Refusal, report: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what `roster import --json` prints for a refused file; `report` = what was read of it before that."""
    nothing = {"roster": None, "new": 0, "changed": 0, "same": 0, "gone": 0, "same_as": None}
    return public(report or refused(refusal)) | nothing


def issues(session: Session, roster_id: UUID, limit: int = MOST_ISSUES) -> list[dict[str, Any]]:
    """Return at most `limit` issues of a roster in the order of its lines, the graver ones kept first."""
    gravity = sa.case({"error": 0, "warning": 1}, value=col(RowIssue.severity), else_=2)
    columns = (
        RowIssue.sheet, RowIssue.line, RowIssue.column, RowIssue.severity, RowIssue.code, RowIssue.facts_sealed,
    )  # fmt: skip
    statement = (
        sa.select(*columns)  # type: ignore[call-overload]
        .where(col(RowIssue.roster_id) == roster_id)
        .order_by(gravity, col(RowIssue.id))
        .limit(limit)
    )
    found = [_issue(roster_id, *row) for row in session.execute(statement)]
    return sorted(found, key=lambda issue: (issue["sheet"], issue["row"]))


def _issue(
    roster_id: UUID, sheet: str, line: int, column: str, severity: str, code: str, sealed: bytes
) -> dict[str, Any]:
    known = issue_content(roster_id, sheet, line, sealed)
    return {
        "sheet": sheet,
        "row": line,
        "column": column,
        "severity": severity,
        "code": code,
        "value": known["value"],
        "message": row_sentence(code, known["facts"]),
    }
