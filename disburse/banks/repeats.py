"""Calls that may be sent again: one effect, one stored answer, whoever else sends the same at the same moment.

A call is begun in a short transaction of its own, so that the same call meanwhile hears that it is running; its effect
and its answer are kept in one transaction, fenced by the attempt, so that a first try that was given up cannot come
late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from disburse import clock
from disburse.banks import calls
from disburse.banks.calls import Budget
from disburse.banks.tables import IdempotencyKey
from disburse.db import Database
from disburse.errors import Conflict, DisburseError, Invalid

LEASE = timedelta(seconds=120)
_KEY: sa.Table = IdempotencyKey.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Begun:
    """A call in our hands, or one that was answered before."""

    client_id: UUID
    key: str
    attempt: int
    status: int | None = None
    answer: bytes = b""


def begin(database: Database, *, client_id: UUID, key: str, digest: str, budget: Budget | None = None) -> Begun:
    """Begin a call, or return how it was answered; with a `budget` it is counted in the same transaction.

    Raises Invalid("idempotency_reused") for the same key with another content, Conflict("idempotency_running")
    while it runs, and Denied("budget_spent"). A call that is refused for its key counts.
    """
    with database.transaction() as session:
        calls.refuse(calls.count(session, budget) if budget else [])
        found = _begin(session, client_id, key, digest)
    if isinstance(found, DisburseError):
        raise found
    return found


def _begin(session: Session, client_id: UUID, key: str, digest: str) -> Begun | DisburseError:
    now = clock.utc_now()
    if _insert(session, client_id, key, digest):
        return Begun(client_id, key, 1)
    row = session.get_one(IdempotencyKey, (client_id, key), with_for_update=True)
    if row.digest != digest:
        return Invalid("idempotency_reused")
    if row.status is not None:
        return Begun(client_id, key, row.attempt, row.status, row.answer)
    if row.lease_until > now:
        return Conflict("idempotency_running", seconds=max(1, int((row.lease_until - now).total_seconds())))
    row.attempt += 1  # whoever began it is gone
    row.lease_until = now + LEASE
    session.add(row)
    return Begun(client_id, key, row.attempt)


def _insert(session: Session, client_id: UUID, key: str, digest: str) -> bool:
    now = clock.utc_now()
    values = {
        "client_id": client_id, "key": key, "digest": digest, "attempt": 1, "answer": b"",
        "lease_until": now + LEASE, "begun_at": now,
    }  # fmt: skip
    if session.connection().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    # What comes back is the row that was made; PostgreSQL's driver knows no count of an insert that did nothing.
    made = session.execute(insert(_KEY).values(values).on_conflict_do_nothing().returning(_KEY.c.attempt))
    return made.first() is not None


def finish(session: Session, *, begun: Begun, status: int, answer: bytes) -> None:
    """Keep the answer in the transaction of the effect; Conflict undoes both if another took the call over."""
    _mine(session, begun, sa.update(_KEY).values(status=status, answer=answer))


def once(database: Database, *, begun: Begun, work: Callable[[Session], bytes], status: int) -> bytes:
    """Do a call's work and keep its answer in one transaction; after an error it may be sent again."""
    try:
        with database.transaction() as session:
            answer = work(session)
            finish(session, begun=begun, status=status, answer=answer)
    except BaseException:
        give_up(database, begun=begun)
        raise
    return answer


def give_up(database: Database, *, begun: Begun) -> None:
    """Forget a call that had no effect, so that it may be sent again as it was or mended."""
    with database.transaction() as session:
        session.execute(_own(begun, sa.delete(_KEY)))


def _own(begun: Begun, statement: sa.Update | sa.Delete) -> sa.Update | sa.Delete:
    return statement.where(
        _KEY.c.client_id == begun.client_id,
        _KEY.c.key == begun.key,
        _KEY.c.attempt == begun.attempt,
        _KEY.c.status.is_(None),
    )


def _mine(session: Session, begun: Begun, statement: sa.Update) -> None:
    if not session.execute(_own(begun, statement)).rowcount:  # type: ignore[attr-defined]
        raise Conflict("idempotency_running", seconds=1)
