"""Reads of users, grants and sessions, and the condition that keeps every list inside its reader's scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor, Held, Scope
from disburse.access.roles import Permission, permissions_of
from disburse.access.tables import Grant, GrantProposal, Invitation, ProposalState, Role, User, UserSession
from disburse.areas.tables import Area, AreaKind
from disburse.audit.actor import By

Condition = sa.ColumnElement[bool]

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


def within(
    actor: Actor,
    permission: Permission,
    *,
    commune: Any,
    programme: Any = None,
    province: Any = None,
) -> Condition:
    """Return the WHERE condition that keeps rows inside the actor's scopes; without a scope it is false.

    `commune`, `programme` and `province` are columns: the code of a commune of today, of a programme, of a
    province of today. Without a province column, a province's communes are looked up in `area`.
    """
    return within_scopes(actor.scopes(permission), commune=commune, programme=programme, province=province)


def within_scopes(scopes: Iterable[Scope], *, commune: Any, programme: Any = None, province: Any = None) -> Condition:
    """Return the condition of `within` for scopes that are known already."""
    inside = [
        sa.and_(
            _in_area(scope, commune=commune, province=province),
            sa.true() if not scope.programme or programme is None else programme == scope.programme,
        )
        for scope in scopes
    ]
    return sa.or_(*inside) if inside else sa.false()


def _in_area(scope: Scope, *, commune: Any, province: Any) -> Condition:
    if not scope.area_code:
        return sa.true()
    if len(scope.area_code) > 2:
        return sa.ColumnElement.__eq__(commune, scope.area_code)
    if province is not None:
        return sa.ColumnElement.__eq__(province, scope.area_code)
    here: Condition = commune.in_(
        sa.select(Area.code).where(  # type: ignore[call-overload]
            col(Area.province_code) == scope.area_code,
            col(Area.kind) == AreaKind.COMMUNE,
            col(Area.valid_to).is_(None),
        )
    )
    return here


def programmes_of(actor: Actor, permission: Permission) -> frozenset[str] | None:
    """Return the programmes the actor may see something of; None means all of them."""
    scopes = actor.scopes(permission)
    if any(not scope.programme for scope in scopes):
        return None
    return frozenset(scope.programme for scope in scopes)


def banks_of(actor: Actor, permission: Permission) -> tuple[str, ...]:
    """Return the banks for which the actor holds a permission, in the order of their grants."""
    mine = {held.bank_code: None for held in actor.held if held.bank_code and permission in permissions_of(held.role)}
    return tuple(mine)


def user_named(session: Session, name: str) -> User | None:
    """Return the user who signs in with `name`; capitals do not matter."""
    return session.exec(select(User).where(User.name == name.strip().casefold())).first()


def full_names(session: Session) -> dict[str, str]:
    """Return what users are called, by login name."""
    return {name: full_name for name, full_name in session.exec(select(User.name, User.full_name)) if full_name}


def grants_of(session: Session, user_id: UUID) -> list[Grant]:
    """Return the grants a user holds now, expired ones left out."""
    now = clock.utc_now()
    mine = session.exec(select(Grant).where(Grant.user_id == user_id).order_by(col(Grant.id)))
    return [grant for grant in mine if grant.expires_at is None or grant.expires_at > now]


def roles_of(session: Session, user_id: UUID) -> set[Role]:
    """Return the roles a user holds now."""
    return {grant.role for grant in grants_of(session, user_id)}


def roles_to_be(session: Session, user_id: UUID) -> set[Role]:
    """Return the roles a user holds or waits for: what they must prove at their first sign-in is for all of them."""
    waiting = select(GrantProposal).where(GrantProposal.user_id == user_id, GrantProposal.state == ProposalState.OPEN)
    return roles_of(session, user_id) | {one.role for one in session.exec(waiting)}


def actor_of(session: Session, user: User, *, by: By) -> Actor:
    """Return the user as an actor, with the grants of this moment."""
    held = tuple(
        Held(grant.role, Scope(grant.area_code, grant.programme), grant.bank_code, grant.payer_name)
        for grant in grants_of(session, user.id)
    )
    return Actor(
        user_id=user.id,
        name=user.name,
        full_name=user.full_name or user.name,
        by=by,
        held=held,
        language=user.language,
        shortcuts=user.shortcuts,
    )


def token_hash(token: str) -> str:
    """Return what is stored of a token: its SHA-256, so that a copy of the database opens no session."""
    return sha256(token.encode()).hexdigest()


def is_live(found: UserSession, now: datetime) -> bool:
    """Say whether a session may be used: not ended, idle less than 30 minutes, younger than 12 hours."""
    return found.ended_at is None and now - found.seen_at < IDLE and now - found.created_at < LONGEST


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and its user."""

    user: User
    session: UserSession


def session_of(session: Session, token: str) -> SignedIn | None:
    """Return the live session of a cookie's token, or None; a disabled user has none."""
    found = session.get(UserSession, token_hash(token))
    if found is None or not is_live(found, clock.utc_now()):
        return None
    user = session.get(User, found.user_id)
    if user is None or user.disabled_at is not None:
        return None
    return SignedIn(user, found)


def invitation_of(session: Session, token: str, now: datetime) -> tuple[Invitation, User] | None:
    """Return an invitation that is unused and not too old, with its user; else None."""
    found = session.get(Invitation, token_hash(token))
    if found is None or found.used_at is not None or found.expires_at <= now:
        return None
    user = session.get(User, found.user_id)
    return None if user is None or user.disabled_at is not None else (found, user)


@dataclass(frozen=True, slots=True)
class UserLine:
    """A user as the list of users shows them: what they hold, and what waits for a second administrator."""

    user: User
    grants: list[Grant]
    waiting: list[GrantProposal]


def users(session: Session) -> list[UserLine]:
    """Return every user with what they hold, by name."""
    return with_grants(session, list(session.exec(select(User).order_by(col(User.name)))))


def with_grants(session: Session, people: list[User]) -> list[UserLine]:
    """Return users with what they hold now and what waits, in the order given."""
    now = clock.utc_now()
    held: dict[UUID, list[Grant]] = {user.id: [] for user in people}
    for grant in session.exec(select(Grant).where(col(Grant.user_id).in_(held)).order_by(col(Grant.id))):
        if grant.expires_at is None or grant.expires_at > now:
            held[grant.user_id].append(grant)
    waiting: dict[UUID, list[GrantProposal]] = {user.id: [] for user in people}
    still_open = select(GrantProposal).where(GrantProposal.state == ProposalState.OPEN)
    for one in session.exec(still_open.where(col(GrantProposal.user_id).in_(waiting)).order_by(col(GrantProposal.id))):
        waiting[one.user_id].append(one)
    return [UserLine(user, held[user.id], waiting[user.id]) for user in people]


def sessions_of(session: Session, user_id: UUID) -> list[UserSession]:
    """Return a user's live sessions, the newest use first."""
    now = clock.utc_now()
    mine = select(UserSession).where(UserSession.user_id == user_id, col(UserSession.ended_at).is_(None))
    return [one for one in session.exec(mine.order_by(col(UserSession.seen_at).desc())) if is_live(one, now)]
