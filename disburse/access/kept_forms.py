"""Forms kept over a sign-in: what somebody had typed when their session turned out to be over, for them alone.

Nothing is kept of forms with passwords or one-time codes. What is kept is sealed, shown to nobody but who typed it,
sent again only by their own press of a button, and erased when it was sent, put aside, or half an hour old.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.queries import token_hash
from disburse.access.tables import KEPT_FORM, KeptForm, User, UserSession
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import NotFound
from disburse.ids import new_id

LIFE = timedelta(minutes=30)
# How long after its last use a session still tells whose form it was: over a weekend, not longer.
KNOWN_FOR = timedelta(days=3)
MOST_BYTES = 16_384
MOST_OF_A_USER = 10
_SECRET = ("password", "current", "again", "secret", "token")  # a form with one of these is not kept at all

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as its owner sees it again: where it was going, its fields in order, when it was sent."""

    id: UUID
    path: str
    fields: tuple[tuple[str, str], ...]
    made_at: datetime


def keep(session: Session, *, token: str, csrf: str, path: str, fields: Fields, by: By) -> UUID | None:
    """Keep a form for the user of a session that has run out; None where there is nothing to keep or nobody to keep
    it for.

    `csrf` must be that session's own secret: what another site's page made the browser send is never kept. A session
    that was ended by hand (signed out, taken back) keeps nothing.
    """
    typed = [(name, value) for name, value in fields if name != "csrf"]
    size = len(path) + sum(len(name.encode()) + len(value.encode()) for name, value in typed)
    secret = any(word in name for name, _ in typed for word in _SECRET)
    if secret or size > MOST_BYTES or len(path) > 500 or not any(value.strip() for _, value in typed):
        return None
    user = _owner(session, token, csrf)
    if user is None:
        return None
    _make_room(session, user.id)
    form_id = new_id()
    sealed = KEPT_FORM.seal(form_id, json.dumps(typed, ensure_ascii=False))
    session.add(KeptForm(id=form_id, user_id=user.id, path=path, content_sealed=sealed, made_at=clock.utc_now()))
    owner = By(user.name, user.id, by.via, by.request_id, by.ip)
    _record(session, "form.kept", form_id, path, owner, len(typed))
    return form_id


def _owner(session: Session, token: str, csrf: str) -> User | None:
    found = session.get(UserSession, token_hash(token)) if token else None
    if found is None or found.ended_at is not None or clock.utc_now() - found.seen_at > KNOWN_FOR:
        return None
    if not hmac.compare_digest(found.csrf.encode(), csrf.encode()):
        return None
    user = session.get(User, found.user_id)
    return None if user is None or user.disabled_at is not None else user


def _make_room(session: Session, user_id: UUID) -> None:
    mine = select(KeptForm).where(KeptForm.user_id == user_id).order_by(col(KeptForm.id).desc())
    for old in session.exec(mine.offset(MOST_OF_A_USER - 1)):
        session.delete(old)


def of_user(session: Session, *, user_id: UUID, form_id: UUID) -> Kept:
    """Return a form that was kept for this user; another's, one that was sent and one too old raise NotFound alike."""
    row = _row(session, user_id, form_id)
    fields = tuple((str(name), str(value)) for name, value in json.loads(KEPT_FORM.open(row.id, row.content_sealed)))
    return Kept(row.id, row.path, fields, row.made_at)


def _row(session: Session, user_id: UUID, form_id: UUID) -> KeptForm:
    row = session.get(KeptForm, form_id)
    if row is None or row.user_id != user_id or clock.utc_now() - row.made_at > LIFE:
        raise NotFound("kept_form_gone")
    return row


def send(session: Session, *, user_id: UUID, form_id: UUID, by: By) -> str:
    """Erase a kept form because its owner sends it again; return where it goes. NotFound for any but one's own."""
    return _erase(session, user_id, form_id, "form.sent_again", by)


def put_aside(session: Session, *, user_id: UUID, form_id: UUID, by: By) -> None:
    """Erase a kept form because its owner does not want it."""
    _erase(session, user_id, form_id, "form.put_aside", by)


def _erase(session: Session, user_id: UUID, form_id: UUID, action: str, by: By) -> str:
    row = _row(session, user_id, form_id)
    session.delete(row)
    _record(session, action, form_id, row.path, by)
    return row.path


def _record(session: Session, action: str, form_id: UUID, path: str, by: By, fields: int | None = None) -> None:
    # The address without its query: a filter may hold a name.
    told: dict[str, Any] = {"path": path.split("?")[0]} | ({} if fields is None else {"fields": fields})
    record(session, action=action, object_type="form", object_id=form_id, by=by, **told)


def forget(session: Session) -> int:
    """Erase what is older than half an hour; returns how many."""
    old = sa.delete(KeptForm).where(col(KeptForm.made_at) < clock.utc_now() - LIFE)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]
