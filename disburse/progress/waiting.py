"""The rows behind the figure of those that wait: every line of a list that is not in the total yet, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.access.actor import Actor, Scope
from disburse.access.queries import within_scopes
from disburse.access.roles import Permission
from disburse.areas.tables import Area
from disburse.db import among
from disburse.people.likeness import Birth
from disburse.progress.recount import commune_on, waits_on
from disburse.rosters.claims import birth_of
from disburse.rosters.staging import opened
from disburse.rosters.tables import Roster, RosterRow, RowIssue


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One row that waits: whom it names, where it stands, and the codes of what keeps it out."""

    row_id: int
    roster_id: UUID
    file_name: str
    period: str
    sheet: str
    line: int
    name: str
    birth: Birth  # None = the reader could not tell
    commune_code: str  # today's; "" = unknown
    programme: str
    reasons: tuple[str, ...]
    settled: bool  # it waited on the day, and no more


@dataclass(frozen=True, slots=True)
class Waiting:
    """One page of waiting rows in the order of their lists; how many there are in all."""

    total: int
    rows: list[WaitingRow]


def waiting(
    session: Session,
    actor: Actor,
    *,
    programme: str | None = None,
    area: str | None = None,
    as_of: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Waiting:
    """Return the rows that `parked` of the table counts, as far as the actor may see names there."""
    # Today's cells count every row that waits, of a list for a month to come too, in its commune of today.
    day = date.max if as_of in (None, clock.today()) else as_of
    assert day is not None
    code, _ = commune_on(RosterRow, day)
    shown = (
        sa.select(RosterRow, Roster)
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .outerjoin(
            Area, sa.and_(col(Area.code) == RosterRow.origin_code, col(Area.valid_from) == RosterRow.origin_valid_from)
        )
        .where(waits_on(day), _inside(actor.scopes(Permission.NAMES_READ)))
    )
    if programme is not None:
        shown = shown.where(col(Roster.programme) == programme)
    if area is not None:
        shown = shown.where(_inside([Scope(area)]) if len(area) == 2 else code == area)
    total = session.execute(sa.select(sa.func.count()).select_from(shown.subquery())).scalar_one()
    order = (Roster.period, Roster.id, RosterRow.sheet, RosterRow.line)
    found = session.execute(shown.order_by(*map(col, order)).limit(limit).offset(offset)).all()
    return Waiting(total, _described(session, found))


def _inside(scopes: Sequence[Scope]) -> sa.ColumnElement[bool]:
    """Rows of the scopes' communes; those of no known commune are whose province the list is of."""
    province = col(Roster.province_code)
    whole = [scope for scope in scopes if len(scope.area_code) <= 2]
    nowhere = [
        sa.and_(
            sa.true() if not scope.area_code else province.in_(["", scope.area_code]),
            sa.true() if not scope.programme else col(Roster.programme) == scope.programme,
        )
        for scope in whole
    ]
    unknown = sa.func.coalesce(RosterRow.commune_code, "") == ""
    known = within_scopes(scopes, commune=col(RosterRow.commune_code), programme=col(Roster.programme))
    return sa.or_(known, sa.and_(unknown, sa.or_(sa.false(), *nowhere)))


def _described(session: Session, found: Sequence[Any]) -> list[WaitingRow]:
    reasons: dict[tuple[UUID, str, int], dict[str, None]] = defaultdict(dict)
    errors = sa.select(RowIssue.roster_id, RowIssue.sheet, RowIssue.line, RowIssue.code).where(  # type: ignore[call-overload]
        col(RowIssue.severity) == "error"
    )
    lines = {row.line for row, _ in found}
    of_lists = errors.where(col(RowIssue.roster_id).in_({roster.id for _, roster in found})).order_by(col(RowIssue.id))
    for roster_id, sheet, line, code in among(session, of_lists, col(RowIssue.line), lines):
        reasons[roster_id, sheet, line][code] = None
    return [_row(row, roster, tuple(reasons[roster.id, row.sheet, row.line])) for row, roster in found]


def _row(row: RosterRow, roster: Roster, reasons: tuple[str, ...]) -> WaitingRow:
    values = opened(roster.id, (row.id, row.sheet, row.line, row.state, row.cleaned_sealed)).values
    assert row.id is not None
    return WaitingRow(
        row_id=row.id,
        roster_id=roster.id,
        file_name=roster.file_name,
        period=roster.period,
        sheet=row.sheet,
        line=row.line,
        name=values.get("full_name") or "",
        birth=birth_of(values),
        commune_code=row.commune_code or "",
        programme=roster.programme,
        reasons=reasons,
        settled=row.settled_by is not None,
    )
