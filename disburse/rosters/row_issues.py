"""Row issues of a roster as an actor may see them: kinds with counts, pages of issues. Changes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.rosters.staging import row_key
from disburse.rosters.tables import ISSUE_FACTS, Roster, RosterRow, RowIssue
from disburse.workbooks.flaws import row_sentence

_LONG_NUMBER = re.compile(r"\d[\d .]{7,}\d")  # nine digits and more: an ID, an account, a phone
# The gravest first, so that what keeps people off the list stands on top.
_GRAVITY = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Facet:
    """One kind of issue of a roster and how often it occurs."""

    severity: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue as an officer reads it: where in their own file, what stands there, what to do."""

    sheet: str
    line: int
    column: str
    severity: str
    code: str
    value: str
    message: str


def facets(session: Session, actor: Actor, found: Roster) -> list[Facet]:
    """Return the kinds of issues of a roster with their counts, gravest and most frequent first."""
    counted = session.execute(
        sa.select(col(RowIssue.severity), col(RowIssue.code), sa.func.count())
        .where(_issues_of(actor, found))
        .group_by(col(RowIssue.severity), col(RowIssue.code))
    )
    kinds = [Facet(*row) for row in counted]
    return sorted(kinds, key=lambda kind: (_GRAVITY[kind.severity], -kind.count, kind.code))


def issues(
    session: Session,
    actor: Actor,
    found: Roster,
    *,
    code: str = "",
    severity: str = "",
    lang: str = "vi",
    limit: int,
    offset: int,
) -> tuple[int, list[Issue]]:
    """Return how many issues there are and one page of them in the order of the file."""
    condition = _issues_of(actor, found)
    if code:
        condition = sa.and_(condition, col(RowIssue.code) == code)
    if severity:
        condition = sa.and_(condition, col(RowIssue.severity) == severity)
    total = session.exec(select(sa.func.count()).select_from(RowIssue).where(condition)).one()
    page = session.exec(
        select(RowIssue)
        .where(condition)
        .order_by(col(RowIssue.sheet), col(RowIssue.line), col(RowIssue.id))
        .limit(limit)
        .offset(offset)
    )
    return total, [_issue(found.id, row, lang) for row in page]


def _issues_of(actor: Actor, found: Roster) -> sa.ColumnElement[bool]:
    mine = col(RowIssue.roster_id) == found.id
    if actor.covers(Permission.ROSTER_READ, province_code=found.province_code, programme=found.programme):
        return mine
    rows = sa.exists().where(
        col(RosterRow.roster_id) == col(RowIssue.roster_id),
        col(RosterRow.sheet) == col(RowIssue.sheet),
        col(RosterRow.line) == col(RowIssue.line),
        within(actor, Permission.ROSTER_READ, commune=col(RosterRow.commune_code)),
    )
    return sa.and_(mine, rows)


def _issue(roster_id: UUID, row: RowIssue, lang: str) -> Issue:
    opened: dict[str, Any] = json.loads(ISSUE_FACTS.open(row_key(roster_id, row.sheet, row.line), row.facts_sealed))
    facts = {name: mask_numbers(str(value)) for name, value in opened["facts"].items()}
    return Issue(
        sheet=row.sheet,
        line=row.line,
        column=row.column,
        severity=row.severity,
        code=row.code,
        value=mask_numbers(str(opened["value"] if opened["value"] is not None else "")),
        message=row_sentence(row.code, facts, lang),
    )


def mask_numbers(text: str) -> str:
    """Hide all but the last four digits of every long number: IDs, accounts, phones."""
    return _LONG_NUMBER.sub(lambda found: "••••" + found.group()[-4:], text)


def issue_title(code: str, lang: str = "vi") -> str:
    """Return the first sentence of an issue's message, its facts left open: the name of the kind."""
    return row_sentence(code, {}, lang).split(". ")[0].rstrip(".")


def titles(kinds: Iterable[Facet], lang: str) -> dict[str, str]:
    """Return the name of each kind of issue by its code."""
    return {kind.code: issue_title(kind.code, lang) for kind in kinds}
