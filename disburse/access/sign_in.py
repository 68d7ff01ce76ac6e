"""The steps of a sign-in: password, then a one-time code, with lockout counted for all processes alike.

Each step takes the database itself: the slow hash is computed outside any transaction, and a failure is kept
although the step as a whole is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock, crypto
from disburse.access import actions, passwords, queries, recovery, second_factor, tickets
from disburse.access.tables import SignInCount, User
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import Database
from disburse.errors import Conflict, Denied, Invalid

WINDOW_SECONDS = 300
PER_ADDRESS = 10
PER_USER = 11  # one more than an address may fail, so that nobody locks another out from one address alone
PER_CODE = 5
CONSECUTIVE = 100  # then only an administrator opens the account again


class Next(StrEnum):
    """What a step leads to."""

    SIGNED_IN = "signed_in"
    CODE = "code"
    SET_UP_CODE = "set_up_code"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that went well: signed in with a token, or on to the next step with a ticket."""

    next: Next
    user_id: UUID
    token: str = ""
    ticket: str = ""


def with_password(database: Database, *, name: str, password: str, agent: str, codes: bool, by: By) -> Step:
    """Check a password. `codes` says whether this installation asks for second factors (all but a demo do).

    Raises Denied("sign_in_locked") with the time to come back, or Invalid("sign_in_refused"), the same for an
    unknown name, a wrong password and a disabled user.
    """
    keys = {f"user:{_digest(name)}": PER_USER, f"address:{by.ip}": PER_ADDRESS}
    with database.reading() as session:
        _refuse_if_locked(session, keys)
        user = queries.user_named(session, name)
        stored = user.password_hash if user and user.failed_sign_ins < CONSECUTIVE else None
    if not passwords.fits(password, stored) or user is None or user.disabled_at is not None:
        _note_failure(database, keys, user=user, name=name, by=by)
        raise Invalid("sign_in_refused")
    with database.reading() as session:
        needed = codes and second_factor.needed_by(queries.roles_to_be(session, user.id))
    if not needed:
        return _begin(database, user.id, agent=agent, by=by)
    if user.totp_sealed is not None:
        return Step(Next.CODE, user.id, ticket=tickets.issue(tickets.Ticket(user.id)))
    return Step(Next.SET_UP_CODE, user.id, ticket=set_up_ticket(user.id))


def set_up_ticket(user_id: UUID) -> str:
    """Return a ticket that carries a new secret, until its first code proves that the phone knows it."""
    return tickets.issue(tickets.Ticket(user_id, secret=second_factor.new_secret()))


def check_own_password(database: Database, *, user_id: UUID, password: str, by: By) -> None:
    """Check the password of who is signed in before something weighty; wrong tries count as those of a sign-in do.

    Raises Denied("sign_in_locked") or Invalid("password_wrong").
    """
    if not password:  # nothing was tried, so nothing is counted
        raise Invalid("password_wrong")
    with database.reading() as session:
        user = session.get_one(User, user_id)
        keys = {f"user:{_digest(user.name)}": PER_USER, f"address:{by.ip}": PER_ADDRESS}
        _refuse_if_locked(session, keys)
    if not passwords.fits(password, user.password_hash):
        _note_failure(database, keys, user=user, name=user.name, by=by)
        raise Invalid("password_wrong")


def change_second_factor(database: Database, *, ticket: tickets.Ticket, code: str, by: By) -> None:
    """Put a new phone in place of the old one, once its first code proves that it knows the secret."""
    keys = {f"code:{ticket.user_id}": PER_CODE}
    with database.reading() as session:
        _refuse_if_locked(session, keys)
        user = session.get_one(User, ticket.user_id)
    step = second_factor.step_of(code, ticket.secret, after=0)
    if step is None:
        _note_failure(database, keys, user=user, name=user.name, by=by)
        raise Invalid("code_refused")
    with database.transaction() as session:
        known = session.get_one(User, ticket.user_id)
        actions.replace_second_factor(session, user=known, secret=ticket.secret, by=by)
        session.flush()
        actions.use_code(session, user_id=known.id, step=step)


def with_code(database: Database, *, ticket: tickets.Ticket, code: str, agent: str, by: By) -> Step:
    """Check a one-time code, of the stored secret or of the one being set up, and begin the session.

    Raises Denied("sign_in_locked") after five wrong codes in five minutes, Invalid("code_refused") else.
    """
    keys = {f"code:{ticket.user_id}": PER_CODE}
    with database.reading() as session:
        _refuse_if_locked(session, keys)
        user = session.get(User, ticket.user_id)
    if user is None or user.disabled_at is not None:
        raise Invalid("sign_in_expired")
    if user.totp_sealed is not None and recovery.looks_like_one(code):
        return _with_recovery_code(database, user, code, keys, agent=agent, by=by)
    secret = second_factor.TOTP.maybe_open(user.id, user.totp_sealed) or ticket.secret
    step = second_factor.step_of(code, secret, after=user.totp_last_step) if secret else None
    if step is None:
        _note_failure(database, keys, user=user, name=user.name, by=by)
        raise Invalid("code_refused")
    return _begin(database, user.id, agent=agent, by=by, step=step, secret=ticket.secret)


def _with_recovery_code(database: Database, user: User, code: str, keys: dict[str, int], *, agent: str, by: By) -> Step:
    with database.transaction() as session:
        mine = replace(by, name=user.name, id=user.id)
        taken = recovery.use_code(session, user_id=user.id, code=code, by=mine)
        if taken:
            known = session.get_one(User, user.id)
            token, _ = actions.begin_session(session, user=known, agent=agent, by=mine)
    if not taken:
        _note_failure(database, keys, user=user, name=user.name, by=by)
        raise Invalid("code_refused")
    return Step(Next.SIGNED_IN, user.id, token=token)


def unlock(session: Session, *, user: User, by: By) -> None:
    """Open an account that wrong tries have shut: the count of a hundred, and the five minutes running now."""
    user.failed_sign_ins = 0
    session.add(user)
    session.execute(sa.delete(SignInCount).where(col(SignInCount.key).in_(_keys_of(user))))
    record(session, action="user.unlocked", object_type="user", object_id=user.id, by=by)


def locked_until(session: Session, users: Iterable[User]) -> dict[UUID, datetime | None]:
    """Return who cannot sign in after wrong tries: until when, or None for until an administrator opens it."""
    found: dict[UUID, datetime | None] = {}
    everyone = {key: user for user in users for key in _keys_of(user)}
    window = _window()
    counts = select(SignInCount).where(col(SignInCount.key).in_(everyone), SignInCount.window == window)
    for one in session.exec(counts):
        if one.failures >= (PER_USER if one.key.startswith("user:") else PER_CODE):
            found[everyone[one.key].id] = datetime.fromtimestamp((window + 1) * WINDOW_SECONDS, UTC)
    found.update({user.id: None for user in everyone.values() if user.failed_sign_ins >= CONSECUTIVE})
    return found


def _keys_of(user: User) -> tuple[str, str]:
    return f"user:{_digest(user.name)}", f"code:{user.id}"


def _begin(database: Database, user_id: UUID, *, agent: str, by: By, step: int | None = None, secret: str = "") -> Step:
    with database.transaction() as session:
        user = session.get_one(User, user_id)
        by = replace(by, name=user.name, id=user.id)
        if secret and user.totp_sealed is None:
            actions.set_second_factor(session, user=user, secret=secret, by=by)
            session.flush()
        if step is not None and not actions.use_code(session, user_id=user_id, step=step):
            raise Conflict("code_refused")
        session.refresh(user)
        token, _ = actions.begin_session(session, user=user, agent=agent, by=by)
    return Step(Next.SIGNED_IN, user_id, token=token)


def _digest(name: str) -> str:
    # The name as typed may be a password in the wrong field: only its keyed digest is kept.
    return crypto.keyring().index("sign_in.name", name.strip().casefold()).hex()


def _window() -> int:
    return int(clock.utc_now().timestamp()) // WINDOW_SECONDS


def _refuse_if_locked(session: Session, keys: dict[str, int]) -> None:
    window = _window()
    found = session.exec(select(SignInCount).where(col(SignInCount.key).in_(keys), SignInCount.window == window))
    if any(one.failures >= keys[one.key] for one in found):
        until = datetime.fromtimestamp((window + 1) * WINDOW_SECONDS, UTC).astimezone(clock.VIETNAM)
        raise Denied("sign_in_locked", time=until.strftime("%H:%M"))


def _note_failure(database: Database, keys: dict[str, int], *, user: User | None, name: str, by: By) -> None:
    with database.transaction() as session:
        for key in keys:
            _count(session, key)
        if user is not None:
            session.execute(
                sa.update(User).where(col(User.id) == user.id).values(failed_sign_ins=col(User.failed_sign_ins) + 1)
            )
        record(
            session,
            action="user.sign_in_failed",
            object_type="user",
            object_id=user.id if user else f"unknown:{_digest(name)[:12]}",
            by=by,
        )


def _count(session: Session, key: str) -> None:
    window = _window()
    session.execute(sa.delete(SignInCount).where(col(SignInCount.window) < window))  # of no use any more
    # One statement, so that two processes that count at the same moment both count.
    session.execute(
        sa.text(
            'INSERT INTO sign_in_count (key, "window", failures) VALUES (:key, :window, 1) '
            'ON CONFLICT (key, "window") DO UPDATE SET failures = sign_in_count.failures + 1'
        ),
        {"key": key, "window": window},
    )
