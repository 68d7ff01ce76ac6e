"""Rosters and their row issues as an actor may see them: lists for screens. Nothing here changes anything."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.areas.tables import Area
from disburse.errors import NotFound
from disburse.rosters.staging import row_key
from disburse.rosters.tables import ISSUE_FACTS, Roster, RosterRow, RosterState, RowIssue
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


def visible_rosters(actor: Actor, permission: Permission) -> sa.ColumnElement[bool]:
    """Return the condition on rosters: those of the actor's province, or with rows of the actor's commune."""
    province = col(Roster.province_code)
    whole = [scope for scope in actor.scopes(permission) if len(scope.area_code) <= 2]
    parts = [scope for scope in actor.scopes(permission) if len(scope.area_code) > 2]
    seen: list[sa.ColumnElement[bool]] = [
        sa.and_(
            sa.true() if not scope.area_code else province == scope.area_code,
            sa.true() if not scope.programme else col(Roster.programme) == scope.programme,
        )
        for scope in whole
    ]
    seen += [
        sa.and_(
            sa.exists().where(
                col(RosterRow.roster_id) == col(Roster.id), col(RosterRow.commune_code) == scope.area_code
            ),
            sa.true() if not scope.programme else col(Roster.programme) == scope.programme,
        )
        for scope in parts
    ]
    return sa.or_(*seen) if seen else sa.false()


def rosters(
    session: Session, actor: Actor, *, programme: str = "", state: str = "", limit: int, offset: int
) -> tuple[int, list[Roster]]:
    """Return how many rosters the actor may see and one page of them, newest first."""
    shown = select(Roster).where(visible_rosters(actor, Permission.ROSTER_READ))
    if programme:
        shown = shown.where(Roster.programme == programme)
    if state:
        shown = shown.where(Roster.state == state)
    total = session.exec(select(sa.func.count()).select_from(shown.subquery())).one()
    page = session.exec(
        shown.order_by(col(Roster.created_at).desc(), col(Roster.id).desc()).limit(limit).offset(offset)
    )
    return total, list(page)


def roster(session: Session, actor: Actor, roster_id: UUID, permission: Permission = Permission.ROSTER_READ) -> Roster:
    """Return one roster; NotFound when there is none or the actor may not see it."""
    found = session.exec(select(Roster).where(Roster.id == roster_id, visible_rosters(actor, permission))).first()
    if found is None:
        raise NotFound("not_found")
    return found


def newest_import(session: Session, actor: Actor) -> datetime | None:
    """Return when a roster the actor's figures rest on was last imported."""
    scopes = actor.scopes(Permission.PROGRESS_READ)
    newest = select(sa.func.max(Roster.imported_at)).where(Roster.state == RosterState.IMPORTED)
    if not any(len(scope.area_code) == 0 for scope in scopes):
        newest = newest.where(col(Roster.province_code).in_(_provinces(session, actor)))
    return session.exec(newest).one()


def _provinces(session: Session, actor: Actor) -> set[str]:
    codes = {scope.area_code for scope in actor.scopes(Permission.PROGRESS_READ)}
    of_communes = select(Area.province_code).where(col(Area.code).in_(codes), col(Area.valid_to).is_(None))
    return {code for code in codes if len(code) == 2} | set(session.exec(of_communes))


def area_names(session: Session, found: Roster) -> list[str]:
    """Return the names of the areas a roster came with, as they were called then."""
    keys = {(str(code), str(valid_from)) for code, valid_from in found.areas}
    named = session.exec(
        select(Area).where(col(Area.code).in_({code for code, _ in keys})).order_by(col(Area.sort_key))
    )
    return [area.name for area in named if (area.code, area.valid_from.isoformat()) in keys]


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


def sources(session: Session, roster_ids: set[UUID]) -> dict[UUID, Roster]:
    """Return rosters by id, to name the file a fact came from."""
    return {row.id: row for row in session.exec(select(Roster).where(col(Roster.id).in_(roster_ids)))}
