"""Who holds which card: one clerk at a time, for two minutes, and the database decides every race."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.access.actor import Actor
from disburse.accounts.review_tables import ReviewLock
from disburse.errors import Conflict

HOLD = timedelta(minutes=2)
_LOCK: sa.Table = ReviewLock.__table__  # type: ignore[attr-defined]


def try_take(session: Session, *, person_id: UUID, by: Actor) -> bool:
    """Hold a person's card for two minutes from now; False when another clerk holds it.

    One statement: of two clerks at the same moment the second waits for the first, and then finds the card held.
    """
    now = clock.utc_now()
    values = {"person_id": person_id, "user_id": by.user_id, "user_name": by.full_name, "until": now + HOLD}
    statement = _insert(session)(_LOCK).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["person_id"],
        set_={name: statement.excluded[name] for name in ("user_id", "user_name", "until")},
        where=sa.or_(_LOCK.c.until <= now, _LOCK.c.user_id == by.user_id),
    )
    return session.execute(statement.returning(_LOCK.c.person_id)).first() is not None


def take(session: Session, *, person_id: UUID, by: Actor) -> None:
    """Hold a card, or raise Conflict("card_held") with the name of who does."""
    if not try_take(session, person_id=person_id, by=by):
        holder = session.execute(sa.select(_LOCK.c.user_name).where(_LOCK.c.person_id == person_id)).scalar()
        raise Conflict("card_held", name=holder or "?")


def release(session: Session, *, person_id: UUID, by: Actor) -> None:
    """Let a card go before its time."""
    mine = sa.and_(_LOCK.c.person_id == person_id, _LOCK.c.user_id == by.user_id)
    session.execute(sa.delete(_LOCK).where(mine))


def held_by_another(person: Any, actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that another clerk holds the card of `person`, a column of person ids."""
    held = sa.select(sa.literal(1)).where(
        col(ReviewLock.person_id) == person,
        col(ReviewLock.user_id) != actor.user_id,
        col(ReviewLock.until) > clock.utc_now(),
    )
    return sa.exists(held)


def _insert(session: Session) -> Any:
    if session.connection().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert

        return insert
    from sqlalchemy.dialects.sqlite import insert as insert_sqlite

    return insert_sqlite
