"""The users an administrator or auditor may look up, a page at a time, and whom an administrator may change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access import sign_in
from disburse.access.actor import Actor, Scope
from disburse.access.queries import UserLine, with_grants, within
from disburse.access.roles import Permission
from disburse.access.tables import Grant, GrantProposal, ProposalState, Role, User
from disburse.areas.places import packaged
from disburse.errors import NotFound


class UserState(StrEnum):
    """What an administrator may look for."""

    ACTIVE = "active"
    INVITED = "invited"
    LOCKED = "locked"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the list; empty ones leave everybody in."""

    text: str = ""
    role: Role | None = None
    state: UserState | None = None


def users(session: Session, actor: Actor, wanted: Wanted, *, limit: int, offset: int) -> tuple[int, list[UserLine]]:
    """Return how many users the actor may see with these filters, and one page of them by name."""
    shown = select(User).where(_visible(actor))
    if wanted.text.strip():
        text = wanted.text.strip().casefold()
        named = sa.func.lower(col(User.full_name)).contains(text, autoescape=True)
        shown = shown.where(sa.or_(col(User.name).contains(text, autoescape=True), named))
    if wanted.role:
        shown = shown.where(col(User.id).in_(sa.select(Grant.user_id).where(col(Grant.role) == wanted.role)))  # type: ignore[call-overload]
    if wanted.state:
        shown = shown.where(_STATES[wanted.state])
    total = session.exec(select(sa.func.count()).select_from(shown.subquery())).one()
    found = list(session.exec(shown.order_by(col(User.name)).limit(limit).offset(offset)))
    return total, with_grants(session, found)


_shut = col(User.failed_sign_ins) >= sign_in.CONSECUTIVE
_enabled = col(User.disabled_at).is_(None)
_STATES = {
    UserState.ACTIVE: sa.and_(_enabled, col(User.password_hash).is_not(None), sa.not_(_shut)),
    UserState.INVITED: sa.and_(_enabled, col(User.password_hash).is_(None)),
    UserState.LOCKED: sa.and_(_enabled, _shut),
    UserState.DISABLED: col(User.disabled_at).is_not(None),
}


def user(session: Session, actor: Actor, user_id: UUID) -> UserLine:
    """Return one user the actor may see; NotFound else."""
    found = session.exec(select(User).where(col(User.id) == user_id, _visible(actor))).first()
    if found is None:
        raise NotFound("not_found")
    return with_grants(session, [found])[0]


def reaches(actor: Actor, area_code: str) -> bool:
    """Say whether an administrator may hand out rights over this area: it lies inside their own."""
    return any(_inside(scope, area_code) for scope in actor.scopes(Permission.USER_CHANGE))


def may_change(actor: Actor, line: UserLine) -> bool:
    """Say whether the actor administers this user: everything they hold or wait for lies inside the actor's area.

    Else an administrator of one province could reset a national account that also works in that province.
    """
    areas = {one.area_code for one in line.grants} | {one.area_code for one in line.waiting} or {""}
    return all(reaches(actor, area_code) for area_code in areas)


def _inside(scope: Scope, area_code: str) -> bool:
    return scope.area_code in ("", area_code, _province_of(area_code))


def _province_of(area_code: str) -> str:
    unit = packaged().commune(area_code) if len(area_code) == 5 else None
    return unit.province_code if unit else area_code


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    if any(not scope.area_code for scope in actor.scopes(Permission.USER_READ)):
        return sa.true()
    granted, proposed = (
        sa.select(table.user_id).where(  # type: ignore[call-overload]
            sa.or_(
                within(actor, Permission.USER_READ, commune=col(table.area_code)),
                col(table.area_code).in_([scope.area_code for scope in actor.scopes(Permission.USER_READ)]),
            )
        )
        for table in (Grant, GrantProposal)
    )
    waiting = proposed.where(col(GrantProposal.state) == ProposalState.OPEN)
    return sa.or_(col(User.id).in_(granted), col(User.id).in_(waiting))
