"""Changes of users, grants, sessions and invitations. Each records its audit event; none commits."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access import passwords, queries, roles, second_factor
from disburse.access.tables import Grant, Invitation, Role, User, UserSession
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Conflict, Denied, Invalid, NotFound

INVITATION_LIFE = timedelta(hours=24)
# Writing "seen" at each request would make readers wait for the writer's turn.
SEEN_EVERY = timedelta(minutes=1)

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")


def add_user(session: Session, *, name: str, full_name: str = "", by: By) -> User:
    """Add a user who cannot sign in yet. Names are 3–60 of a–z, digits, dot, hyphen, underscore."""
    name = name.strip().casefold()
    if not _NAME.fullmatch(name):
        raise Invalid("user_name_invalid", name=name)
    if queries.user_named(session, name) is not None:
        raise Conflict("user_exists", name=name)
    user = User(name=name, full_name=full_name.strip(), created_at=clock.utc_now())
    session.add(user)
    session.flush()
    record(session, action="user.added", object_type="user", object_id=user.id, by=by, name=name)
    return user


def grant_role(
    session: Session,
    *,
    user: User,
    role: Role,
    area_code: str = "",
    programme: str = "",
    bank_code: str = "",
    payer_name: str = "",
    by: By,
) -> Grant:
    """Grant a role over an area's subtree and a programme; two roles that must stay apart raise Denied."""
    check_grant(session, user=user, role=role, area_code=area_code, bank_code=bank_code, payer_name=payer_name, by=by)
    same = (role, area_code, programme, bank_code, payer_name)
    if any(same == (g.role, g.area_code, g.programme, g.bank_code, g.payer_name) for g in _kept(session, user.id)):
        raise Conflict("grant_exists")
    given = Grant(
        user_id=user.id,
        role=role,
        area_code=area_code,
        programme=programme,
        bank_code=bank_code,
        payer_name=payer_name,
    )
    session.add(given)
    session.flush()
    record(
        session,
        action="grant.given",
        object_type="user",
        object_id=user.id,
        by=by,
        area_code=area_code or None,
        programme=programme or None,
        role=role.value,
        bank=bank_code,
        payer=payer_name,
    )
    return given


def check_grant(
    session: Session,
    *,
    user: User,
    role: Role,
    area_code: str = "",
    bank_code: str = "",
    payer_name: str = "",
    by: By,
) -> None:
    """Raise Denied or Invalid when this grant cannot be: to oneself, a pair that must stay apart, a missing place."""
    if by.id == user.id:
        raise Denied("own_grants")
    toxic = roles.toxic_pair(queries.roles_of(session, user.id) | {role})
    if toxic:
        first, second = (roles.ROLE_WORDS[one] for one in toxic)
        raise Denied("roles_toxic", first=first, second=second)
    _check_scope(role, area_code=area_code, bank_code=bank_code, payer_name=payer_name)


def _kept(session: Session, user_id: UUID) -> list[Grant]:
    return list(session.exec(select(Grant).where(Grant.user_id == user_id)))


def _keep_an_administrator(session: Session, without: UUID) -> None:
    # The rows are locked, so that two administrators cannot shut each other out in the same moment.
    others = session.exec(
        select(Grant, User)
        .join(User, col(User.id) == Grant.user_id)
        .where(Grant.role == Role.ADMIN, col(User.disabled_at).is_(None), col(User.password_hash).is_not(None))
        .with_for_update()
    )
    if all(user.id == without for _, user in others):
        raise Conflict("last_administrator")


def _check_scope(role: Role, *, area_code: str, bank_code: str, payer_name: str) -> None:
    if role in (Role.COMMUNE, Role.COLLABORATOR) and len(area_code) != 5:
        raise Invalid("grant_needs_commune", role=roles.ROLE_WORDS[role])
    if role is Role.BANK and not bank_code:
        raise Invalid("grant_needs_bank")
    if role is Role.PAYER and not payer_name:
        raise Invalid("grant_needs_payer")


def revoke_grant(session: Session, *, grant_id: int, by: By) -> None:
    """Take a grant back; the user's next request no longer has it."""
    found = session.get(Grant, grant_id)
    if found is None:
        raise NotFound("not_found")
    if by.id == found.user_id:
        raise Denied("own_grants")
    if found.role is Role.ADMIN:
        _keep_an_administrator(session, found.user_id)
    session.delete(found)
    record(
        session,
        action="grant.revoked",
        object_type="user",
        object_id=found.user_id,
        by=by,
        area_code=found.area_code or None,
        programme=found.programme or None,
        role=found.role.value,
    )


def set_password(session: Session, *, user: User, password: str, keep: str = "", by: By) -> None:
    """Set a password and end every session of the user, but the one whose token hash is `keep`."""
    passwords.check_rules(password, user_name=user.name)
    user.password_hash = passwords.make_hash(password)
    user.failed_sign_ins = 0
    session.add(user)
    end_sessions_of(session, user_id=user.id, keep=keep)
    record(session, action="user.password_set", object_type="user", object_id=user.id, by=by)


def set_second_factor(session: Session, *, user: User, secret: str, by: By) -> None:
    """Keep the secret of a user's second factor; one that is already there is never replaced here."""
    if user.totp_sealed is not None:
        raise Conflict("second_factor_exists")
    user.totp_sealed = second_factor.TOTP.seal(user.id, secret)
    user.totp_last_step = 0
    session.add(user)
    record(session, action="user.second_factor_set", object_type="user", object_id=user.id, by=by)


def replace_second_factor(session: Session, *, user: User, secret: str, by: By) -> None:
    """Put another phone in the place of the one before; its first code has been checked by the caller."""
    user.totp_sealed = None
    set_second_factor(session, user=user, secret=secret, by=by)


def use_code(session: Session, *, user_id: UUID, step: int) -> bool:
    """Mark a one-time code's time step as used; False when it, or a later one, was used before."""
    outcome = session.execute(
        sa.update(User)
        .where(col(User.id) == user_id, col(User.totp_last_step) < step)
        .values(totp_last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(outcome.rowcount)  # type: ignore[attr-defined]


def disable_user(session: Session, *, user: User, by: By) -> None:
    """Shut a user out at once; their name stays on what they did."""
    if by.id == user.id:
        raise Denied("own_account")
    if Role.ADMIN in queries.roles_of(session, user.id):
        _keep_an_administrator(session, user.id)
    user.disabled_at = clock.utc_now()
    session.add(user)
    end_sessions_of(session, user_id=user.id)
    record(session, action="user.disabled", object_type="user", object_id=user.id, by=by)


def begin_session(session: Session, *, user: User, agent: str = "", by: By) -> tuple[str, UserSession]:
    """Begin a session with a new token of 256 bits; return it (it is stored nowhere) and the session."""
    token = secrets.token_urlsafe(32)
    now = clock.utc_now()
    begun = UserSession(
        token_hash=queries.token_hash(token),
        user_id=user.id,
        csrf=secrets.token_urlsafe(32),
        created_at=now,
        seen_at=now,
        ip=by.ip,
        agent=agent[:200],
        previous_at=user.last_sign_in_at,
        previous_from=user.last_sign_in_from,
        failed_before=user.failed_sign_ins,
    )
    session.add(begun)
    record(session, action="user.signed_in", object_type="user", object_id=user.id, by=by)
    user.failed_sign_ins = 0
    user.last_sign_in_at, user.last_sign_in_from = now, by.ip
    session.add(user)
    return token, begun


def see_session(session: Session, *, token: str) -> None:
    """Note that a session is in use, so that it does not fall idle."""
    found = session.get(UserSession, queries.token_hash(token))
    now = clock.utc_now()
    if found is not None and queries.is_live(found, now):
        found.seen_at = now
        session.add(found)


def end_session(session: Session, *, token: str, by: By) -> None:
    """Sign out."""
    found = session.get(UserSession, queries.token_hash(token))
    if found is None or found.ended_at is not None:
        return
    found.ended_at = clock.utc_now()
    session.add(found)
    record(session, action="user.signed_out", object_type="user", object_id=found.user_id, by=by)


def end_own_sessions(session: Session, *, user_id: UUID, token_hash: str = "", keep: str = "", by: By) -> int:
    """End one session of one's own by its token's hash, or all but `keep`; return how many."""
    ended = end_sessions_of(session, user_id=user_id, only=token_hash, keep=keep)
    if ended:
        record(session, action="user.session_ended", object_type="user", object_id=user_id, by=by, count=ended)
    return ended


def end_sessions_of(session: Session, *, user_id: UUID, only: str = "", keep: str = "") -> int:
    """End every live session of a user, or only one of them, or all but one (by token hash); return how many."""
    live = select(UserSession).where(
        UserSession.user_id == user_id, col(UserSession.ended_at).is_(None), UserSession.token_hash != keep
    )
    ended = list(session.exec(live.where(UserSession.token_hash == only) if only else live))
    for one in ended:
        one.ended_at = clock.utc_now()
        session.add(one)
    return len(ended)


def set_language(session: Session, *, user_id: UUID, language: str) -> None:
    """Keep the language a user reads: `vi` or `en`."""
    user = session.get(User, user_id)
    if user is not None and language in ("vi", "en"):
        user.language = language
        session.add(user)


def set_shortcuts(session: Session, *, user_id: UUID, on: bool, by: By) -> None:
    """Switch the keys that act by themselves on or off, for this user on every screen."""
    user = session.get_one(User, user_id)
    if user.shortcuts == on:
        return
    user.shortcuts = on
    session.add(user)
    record(session, action="user.shortcuts_set", object_type="user", object_id=user_id, by=by, before=not on, after=on)


def invite(session: Session, *, user: User, by: By) -> str:
    """Make a single-use invitation of 24 hours in place of any earlier one; return its token."""
    now = clock.utc_now()
    earlier = select(Invitation).where(Invitation.user_id == user.id, col(Invitation.used_at).is_(None))
    for one in session.exec(earlier):
        one.used_at = now
        session.add(one)
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            token_hash=queries.token_hash(token),
            user_id=user.id,
            created_at=now,
            expires_at=now + INVITATION_LIFE,
            made_by=by.id,
        )
    )
    record(session, action="invitation.made", object_type="user", object_id=user.id, by=by)
    return token


def accept_invitation(session: Session, *, token: str, password: str, by: By) -> User:
    """Set the invited user's password and use the invitation up; NotFound when it is used, old or unknown."""
    found = queries.invitation_of(session, token, clock.utc_now())
    if found is None:
        raise NotFound("invitation_gone")
    invitation, user = found
    set_password(session, user=user, password=password, by=by)
    invitation.used_at = clock.utc_now()
    session.add(invitation)
    record(session, action="invitation.used", object_type="user", object_id=user.id, by=by)
    return user
