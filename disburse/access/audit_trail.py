"""The audit events an actor may read: what was done in their area, and what people of their area did."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor, Scope
from disburse.access.roles import Permission
from disburse.access.tables import Grant
from disburse.areas.tables import Area
from disburse.audit.tables import AuditEvent


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the log; empty ones leave everything in. Days are those of Vietnam, both included."""

    actor: str = ""
    action: str = ""  # `user.added`, or a subject alone: `user`
    object_id: str = ""
    object_ids: Collection[str] = field(default=())  # everything that is one person's
    since: date | None = None
    until: date | None = None


def newest(
    session: Session, actor: Actor, wanted: Wanted, *, limit: int, before: int | None = None, after: int | None = None
) -> list[AuditEvent]:
    """Return events newest first: those before a sequence number, or those just after one, or the newest."""
    found = select(AuditEvent).where(_visible(session, actor), *_conditions(wanted))
    if after is not None:  # the page above: the oldest of what is newer
        rows = session.exec(found.where(AuditEvent.seq > after).order_by(col(AuditEvent.seq)).limit(limit))
        return list(rows)[::-1]
    if before is not None:
        found = found.where(AuditEvent.seq < before)
    return list(session.exec(found.order_by(col(AuditEvent.seq).desc()).limit(limit)))


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.actor:
        found.append(sa.func.lower(col(AuditEvent.actor_name)) == wanted.actor.strip().casefold())
    if wanted.action:
        subject = col(AuditEvent.action).startswith(wanted.action.rstrip(".") + ".", autoescape=True)
        found.append(sa.or_(col(AuditEvent.action) == wanted.action, subject))
    if wanted.object_id:
        found.append(col(AuditEvent.object_id) == wanted.object_id)
    if wanted.object_ids:
        found.append(col(AuditEvent.object_id).in_(wanted.object_ids))
    if wanted.since:
        found.append(col(AuditEvent.at) >= _midnight(wanted.since))
    if wanted.until:
        found.append(col(AuditEvent.at) < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.VIETNAM)


def _visible(session: Session, actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition: everything for who reads over the whole country, else what touches their area.

    Most acts on people carry their commune. Those that do not (a sign-in, a link) belong where their author works.
    """
    scopes = actor.scopes(Permission.AUDIT_READ)
    if any(not scope.area_code and not scope.programme for scope in scopes):
        return sa.true()
    there = sa.or_(sa.false(), *(sa.and_(_in_area(scope), _of_programme(scope)) for scope in scopes))
    nowhere = sa.and_(col(AuditEvent.area_code).is_(None), col(AuditEvent.province_code).is_(None))
    return sa.or_(there, sa.and_(nowhere, col(AuditEvent.actor_id).in_(_people(session, scopes))))


def _in_area(scope: Scope) -> sa.ColumnElement[bool]:
    if not scope.area_code:
        return sa.true()
    return sa.or_(
        col(AuditEvent.area_code) == scope.area_code,
        col(AuditEvent.province_code) == scope.area_code,
        col(AuditEvent.area_code).in_(_communes(scope.area_code)),
    )


def _of_programme(scope: Scope) -> sa.ColumnElement[bool]:
    if not scope.programme:
        return sa.true()
    return sa.or_(col(AuditEvent.programme).is_(None), col(AuditEvent.programme) == scope.programme)


def _communes(province: str) -> Any:
    # Also units of before a merger: an event keeps the code of its day.
    return sa.select(Area.code).where(col(Area.province_code) == province)  # type: ignore[call-overload]


def _people(session: Session, scopes: Collection[Scope]) -> list[str]:
    """Return the ids of users who hold a grant inside these areas, as the log writes them."""
    inside = [
        sa.or_(col(Grant.area_code) == scope.area_code, col(Grant.area_code).in_(_communes(scope.area_code)))
        if scope.area_code
        else sa.true()
        for scope in scopes
    ]
    found = session.exec(select(Grant.user_id).where(sa.or_(sa.false(), *inside)).distinct())
    return [str(user_id) for user_id in found]
