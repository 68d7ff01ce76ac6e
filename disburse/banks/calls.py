"""Calls of banks' programs: budgets counted for all processes alike, nonces used once, and the log without bodies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.banks.tables import CallCount, CallRecord, IdempotencyKey, UsedNonce
from disburse.db import Database, bulk_insert
from disburse.errors import Denied

MINUTE, DAY = 60, 86_400
TOKENS_PER_MINUTE = 60  # of one address, right or wrong
LOG_DAYS = 180
KEY_DAYS = 7

_COUNT = sa.text(
    'INSERT INTO bank_call_count (key, "window", ends, calls) VALUES (:key, :window, :ends, 1) '
    'ON CONFLICT (key, "window") DO UPDATE SET calls = bank_call_count.calls + 1 RETURNING calls'
)
_COUNTED = sa.text('SELECT calls FROM bank_call_count WHERE key = :key AND "window" = :window')


class Line(NamedTuple):
    """A line of the log: the columns of CallRecord, without its number."""

    at: datetime
    client_id: UUID | None
    bank_code: str
    method: str
    route: str
    status: int
    code: str
    idempotency_key: str
    items: int | None
    body_bytes: int
    ms: int
    request_id: str
    ip: str


class Budget(NamedTuple):
    """How often a client may call."""

    client_id: UUID
    per_minute: int
    per_day: int

    def windows(self) -> tuple[tuple[str, int, int], ...]:
        """Return (key, seconds, most) of what is counted."""
        each = ((MINUTE, self.per_minute), (DAY, self.per_day))
        return tuple((f"client:{self.client_id}:{window}", window, most) for window, most in each)


def spend(database: Database, budget: Budget) -> None:
    """Count a call of a client. Raises Denied("budget_spent") with the seconds until it may call again."""
    with database.transaction() as session:
        over = count(session, budget)
    refuse(over)


def count(session: Session, budget: Budget) -> list[int]:
    """Count a call in a transaction of the caller's; returns the windows that have no room for it."""
    return [window for key, window, most in budget.windows() if _count(session, key, window) > most]


def check(session: Session, budget: Budget) -> None:
    """Raise what `spend` would, where the budget is spent already; counts nothing."""
    refuse([window for key, window, most in budget.windows() if _counted(session, key, window) >= most])


def spend_token(database: Database, *, address: str | None) -> None:
    """Count a try to open a token from an address; the same refusal."""
    with database.transaction() as session:
        over = [MINUTE] if _count(session, f"token:{address}", MINUTE) > TOKENS_PER_MINUTE else []
    refuse(over)


def _count(session: Session, key: str, window: int) -> int:
    # One statement, so that two processes that count at the same moment both count.
    began = _beginning(window)
    calls: int = session.execute(_COUNT, {"key": key, "window": began, "ends": began + window}).scalar_one()
    return calls


def _counted(session: Session, key: str, window: int) -> int:
    return session.execute(_COUNTED, {"key": key, "window": _beginning(window)}).scalar() or 0


def _beginning(window: int) -> int:
    return int(clock.utc_now().timestamp()) // window * window


def refuse(over: list[int]) -> None:
    """Raise Denied("budget_spent") if there is a window without room."""
    if over:
        raise Denied("budget_spent", seconds=max(w - int(clock.utc_now().timestamp()) % w for w in over))


def use_nonce(session: Session, *, client_id: UUID, nonce: str, life: timedelta) -> bool:
    """Take a nonce; False when it was taken before."""
    statement = sa.text(
        "INSERT INTO used_nonce (client_id, nonce, until) VALUES (:client_id, :nonce, :until) ON CONFLICT DO NOTHING"
    ).bindparams(
        sa.bindparam("client_id", client_id, UsedNonce.__table__.c.client_id.type),  # type: ignore[attr-defined]
        sa.bindparam("nonce", nonce),
        sa.bindparam("until", clock.utc_now() + life, UsedNonce.__table__.c.until.type),  # type: ignore[attr-defined]
    )
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def keep_line(session: Session, line: Line) -> None:
    """Write a line of the log."""
    bulk_insert(session, CallRecord, Line._fields, [line])


def forget_old(session: Session) -> int:
    """Erase what is of no use any more: old counts, nonces, answers to repeated calls, the log's end."""
    now = clock.utc_now()
    erased = 0
    for condition in (
        col(CallCount.ends) < int(now.timestamp()),
        col(UsedNonce.until) < now,
        col(IdempotencyKey.begun_at) < now - timedelta(days=KEY_DAYS),
        col(CallRecord.at) < now - timedelta(days=LOG_DAYS),
    ):
        table = condition.left.table
        erased += session.execute(sa.delete(table).where(condition)).rowcount  # type: ignore[attr-defined]
    return erased
