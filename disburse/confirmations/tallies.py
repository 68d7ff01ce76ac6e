"""How requests to banks stand: the one count behind the office's pages, a bank's own page and its statistics.

A request is under way while somebody still asks it. A link that ended without an answer, however it ended, is no
question any more, and a person who died or chose cash needs no account opened: neither is waited for, nor late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.stages import live_clause
from disburse.accounts.tables import Link, LinkState
from disburse.confirmations.openings import needed
from disburse.confirmations.queries import REQUEST, Condition
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, RequestKind, WireState

# Requests with their links; those to open an account have none.
ASKED: sa.Join = REQUEST.outerjoin(Link.__table__, col(Link.id) == REQUEST.c.link_id)  # type: ignore[attr-defined]
HOLDER: sa.ColumnElement[Any] = sa.func.coalesce(col(Link.person_id), REQUEST.c.person_id)  # of an `ASKED`
# For a query of `ASKED`.
UNDER_WAY: Condition = sa.and_(
    REQUEST.c.closed_on.is_(None),
    sa.or_(
        col(Link.state).in_([LinkState.REQUESTED, LinkState.RECEIVED]),
        sa.and_(REQUEST.c.link_id.is_(None), needed(REQUEST.c.person_id)),
    ),
)
_later, _asked_later = sa.orm.aliased(Link), sa.orm.aliased(ConfirmationRequest)
_STANDS = col(_later.state) != LinkState.CLOSED
# For a query of `link`: its bank refused it, and its holder has no later link that stands or waits for somebody, and is
# asked about nowhere since. A replacement that was turned down before the bank took its yes back is no help.
LINK_UNSETTLED: Condition = sa.and_(
    col(Link.state) == LinkState.REFUSED,
    ~sa.exists()
    .where(col(_later.person_id) == col(Link.person_id), col(_later.id) > col(Link.id), _STANDS)
    .correlate(Link),
    sa.or_(
        col(Link.organisation_id).is_(None),
        ~sa.exists()
        .where(col(_later.organisation_id) == col(Link.organisation_id), col(_later.id) > col(Link.id), _STANDS)
        .correlate(Link),
    ),
    ~sa.exists()
    .where(
        col(_asked_later.kind) == RequestKind.OPEN,
        col(_asked_later.person_id) == col(Link.person_id),
        col(_asked_later.id) > col(Link.id),
    )
    .correlate(Link),
)
# For a query of requests: the bank opens no account for somebody who still needs one, has none and is asked nowhere.
OPENING_UNSETTLED: Condition = sa.and_(
    REQUEST.c.kind == RequestKind.OPEN,
    REQUEST.c.state == WireState.REJECTED,
    needed(REQUEST.c.person_id),
    ~sa.exists()
    .where(col(_later.person_id) == REQUEST.c.person_id, sa.or_(live_clause(_later), col(_later.id) > REQUEST.c.id))
    .correlate(REQUEST),
    ~sa.exists()
    .where(
        col(_asked_later.kind) == RequestKind.OPEN,
        col(_asked_later.person_id) == REQUEST.c.person_id,
        col(_asked_later.id) > REQUEST.c.id,
    )
    .correlate(REQUEST),
)
_WAITING = (WireState.PENDING, WireState.RECEIVED)
_ANSWERED = REQUEST.c.state.in_([WireState.SUCCEEDED, WireState.REJECTED])


@dataclass(slots=True)
class Tally:
    """Requests by state and kind, refusals by reason, and how late the bank is with what is under way."""

    by_state: dict[WireState, int] = field(default_factory=lambda: dict.fromkeys(WireState, 0))
    by_kind: dict[RequestKind, int] = field(default_factory=lambda: dict.fromkeys(RequestKind, 0))
    refused_by_code: dict[str, int] = field(default_factory=dict)
    overdue: int = 0
    oldest: datetime | None = None  # when the oldest one that is under way was asked
    oldest_due_on: date | None = None

    @property
    def sent(self) -> int:
        """Return how many requests are under way or were answered."""
        return sum(self.by_state.values())

    def count(self, state: str) -> int:
        """Return how many requests are in a state of the wire."""
        return self.by_state[WireState(state)]


def count(session: Session, of: Callable[[str], Tally], where: Condition) -> None:
    """Count the requests (and their links) that a condition keeps into the tally that `of` gives for their bank."""
    counted = (
        sa.select(
            REQUEST.c.bank_code, REQUEST.c.state, REQUEST.c.kind, sa.func.count(),
            sa.func.sum(sa.case((REQUEST.c.due_on < clock.today(), 1), else_=0)),
            sa.func.min(REQUEST.c.asked_at), sa.func.min(REQUEST.c.due_on),
        )
        .select_from(ASKED)
        .where(where, sa.or_(_ANSWERED, UNDER_WAY))
        .group_by(REQUEST.c.bank_code, REQUEST.c.state, REQUEST.c.kind)
    )  # fmt: skip
    for bank_code, state, kind, number, late, asked_at, due_on in session.execute(counted):
        tally = of(bank_code)
        tally.by_state[state] += number
        tally.by_kind[kind] += number
        if state in _WAITING:
            tally.overdue += late
            tally.oldest = min(filter(None, (tally.oldest, asked_at)))
            tally.oldest_due_on = min(filter(None, (tally.oldest_due_on, due_on)), default=None)
    number = sa.func.count()
    refused = (
        sa.select(REQUEST.c.bank_code, col(ConfirmationResult.reason_code), number)
        .select_from(ASKED.join(ConfirmationResult, col(ConfirmationResult.request_id) == REQUEST.c.id))
        .where(where, col(ConfirmationResult.status) == WireState.REJECTED)
        .group_by(REQUEST.c.bank_code, col(ConfirmationResult.reason_code))
        .order_by(number.desc(), col(ConfirmationResult.reason_code))
    )
    for bank_code, reason, times in session.execute(refused):
        of(bank_code).refused_by_code[reason] = times
