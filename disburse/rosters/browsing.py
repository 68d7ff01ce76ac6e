"""Rosters as an actor may see them: lists for screens. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.areas.tables import Area
from disburse.errors import NotFound
from disburse.rosters.repairs import rows_within
from disburse.rosters.tables import WAITING, QuestionState, Roster, RosterQuestion, RosterRow, RosterState, RowIssue


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
    return sa.or_(*seen, handled_rosters(actor, permission)) if seen else sa.false()


def handled_rosters(actor: Actor, permission: Permission) -> sa.ColumnElement[bool]:
    """Return the condition on rosters an actor works on: those of their province, or uploaded for their commune."""
    mine = [
        sa.and_(
            sa.true() if not scope.area_code else _of_area(scope.area_code),
            sa.true() if not scope.programme else col(Roster.programme) == scope.programme,
        )
        for scope in actor.scopes(permission)
    ]
    return sa.or_(*mine) if mine else sa.false()


def _of_area(code: str) -> sa.ColumnElement[bool]:
    return (col(Roster.province_code) if len(code) <= 2 else col(Roster.commune_code)) == code


def handled(session: Session, actor: Actor, roster_id: UUID, permission: Permission) -> Roster:
    """Return one roster that the actor may work on; NotFound when there is none or it is another's."""
    found = session.exec(select(Roster).where(Roster.id == roster_id, handled_rosters(actor, permission))).first()
    if found is None:
        raise NotFound("not_found")
    return found


def is_handled(session: Session, actor: Actor, roster_id: UUID, permission: Permission) -> bool:
    """Say whether an actor may work on a roster."""
    return (
        session.exec(select(Roster.id).where(Roster.id == roster_id, handled_rosters(actor, permission))).first()
        is not None
    )


def unfinished(session: Session, actor: Actor, *, limit: int = 200) -> list[Roster]:
    """Return the uploads that wait for an officer, or were refused by the reader of late, newest first."""
    on_the_way = col(Roster.state).in_([RosterState.READING, RosterState.STAGED])
    lately = sa.and_(
        col(Roster.state) == RosterState.REFUSED,
        col(Roster.turned_down) == "",
        col(Roster.created_at) > clock.utc_now() - timedelta(days=2),
    )
    mine = handled_rosters(actor, Permission.ROSTER_UPLOAD)
    shown = select(Roster).where(mine, col(Roster.on_screen), sa.or_(on_the_way, lately))
    return list(session.exec(shown.order_by(col(Roster.id).desc()).limit(limit)))


def count_issue(session: Session, roster_id: UUID, code: str) -> int:
    """Return how often an issue occurs in a roster."""
    of_kind = (col(RowIssue.roster_id) == roster_id, col(RowIssue.code) == code)
    return session.exec(select(sa.func.count()).select_from(RowIssue).where(*of_kind)).one()


def open_questions(session: Session, roster_id: UUID) -> int:
    """Return how many questions of a roster wait for an answer."""
    asked = (col(RosterQuestion.roster_id) == roster_id, col(RosterQuestion.state) == QuestionState.OPEN)
    return session.exec(select(sa.func.count()).select_from(RosterQuestion).where(*asked)).one()


def same_bytes(session: Session, actor: Actor, sha256: str, *, but: UUID | None = None) -> list[Roster]:
    """Return the rosters the actor may see that came as the very same file, newest first."""
    shown = select(Roster).where(Roster.sha256 == sha256, visible_rosters(actor, Permission.ROSTER_READ))
    return [one for one in session.exec(shown.order_by(col(Roster.id).desc()).limit(20)) if one.id != but]


def rosters(
    session: Session,
    actor: Actor,
    *,
    programme: str = "",
    state: str = "",
    waiting: bool = False,
    limit: int,
    offset: int,
) -> tuple[int, list[Roster]]:
    """Return how many rosters the actor may see and one page of them, newest first; `waiting`: those with rows that
    wait."""
    shown = select(Roster).where(visible_rosters(actor, Permission.ROSTER_READ))
    if programme:
        shown = shown.where(Roster.programme == programme)
    if state:
        shown = shown.where(Roster.state == state)
    if waiting:
        waits = sa.exists().where(col(RosterRow.roster_id) == col(Roster.id), WAITING)
        shown = shown.where(Roster.state == RosterState.IMPORTED, waits.correlate(Roster))
    total = session.exec(select(sa.func.count()).select_from(shown.subquery())).one()
    page = session.exec(
        shown.order_by(col(Roster.created_at).desc(), col(Roster.id).desc()).limit(limit).offset(offset)
    )
    return total, list(page)


def waiting_rows(session: Session, actor: Actor, of: Iterable[Roster]) -> dict[UUID, int]:
    """Return how many rows of imported rosters wait, as far as the actor may see them: the board's figure by list."""
    found = {}
    for one in of:
        if one.state == RosterState.IMPORTED and one.rows_parked:
            mine = (col(RosterRow.roster_id) == one.id, WAITING, rows_within(actor, Permission.ISSUE_READ, one))
            found[one.id] = session.exec(select(sa.func.count()).select_from(RosterRow).where(*mine)).one()
    return found


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


def sources(session: Session, roster_ids: set[UUID]) -> dict[UUID, Roster]:
    """Return rosters by id, to name the file a fact came from."""
    return {row.id: row for row in session.exec(select(Roster).where(col(Roster.id).in_(roster_ids)))}
