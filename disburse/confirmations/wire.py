"""What a bank sees of its own requests: pages of open ones, and counts. Never why a person is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.asked import CHANGED
from disburse.accounts.asked_tables import AskedHolder
from disburse.accounts.tables import ACCOUNT_NUMBER, Account, Link
from disburse.confirmations import tallies
from disburse.confirmations.queries import REQUEST, Carrier
from disburse.confirmations.tables import RequestKind, WireState
from disburse.confirmations.tallies import ASKED, HOLDER, UNDER_WAY, Tally
from disburse.people.tables import CITIZEN_ID, OLD_ID, Organisation, Person, Precision

# A request with whom it was asked about, and the holder as they are now.
_HOLDERS = (
    ASKED.outerjoin(sa.inspect(AskedHolder).local_table, col(AskedHolder.link_id) == REQUEST.c.link_id)
    .outerjoin(sa.inspect(Person).local_table, col(Person.id) == HOLDER)
    .outerjoin(sa.inspect(Organisation).local_table, col(Organisation.id) == col(Link.organisation_id))
)
# One whose holder was changed since is not sent: a bank sees nobody but whom it was asked about, and is asked anew.
_SENT = sa.and_(UNDER_WAY, sa.or_(REQUEST.c.link_id.is_(None), ~CHANGED))
_OLD_ID = sa.or_(REQUEST.c.link_id.is_(None), col(AskedHolder.old_id_index) == col(Person.old_id_index))


@dataclass(frozen=True, slots=True)
class Asked:
    """One open request as its bank sees it; the person is the holder, never the ward."""

    id: UUID
    kind: RequestKind
    state: WireState
    account_number: str
    holder_name: str
    holder_citizen_id: str
    holder_old_id: str
    holder_birth_date: str  # a day, a month or a year, as precisely as it is known
    asked_at: datetime
    due_on: date | None


def page(
    session: Session,
    *,
    bank_code: str,
    state: WireState,
    after: UUID | None,
    limit: int | None,
    kind: RequestKind | None = None,
    carrier: Carrier | None = None,
) -> list[Asked]:
    """Return open requests of one bank in a state (pdng or rcvd), oldest first, those after `after`; of one kind, of
    what a carrier may carry."""
    statement: sa.Select[Any] = (
        sa.select(
            REQUEST.c.id, REQUEST.c.kind, REQUEST.c.state, REQUEST.c.asked_at, REQUEST.c.due_on,
            col(Account.id).label("account_id"), col(Account.number_sealed), col(Person.id).label("person_id"),
            col(Person.name), col(Person.citizen_id_sealed), col(Person.old_id_sealed), col(Person.birth_date),
            col(Person.birth_precision), col(Organisation.name).label("organisation"), _OLD_ID.label("old_id_asked"),
        )
        .select_from(_HOLDERS.outerjoin(sa.inspect(Account).local_table, col(Account.id) == col(Link.account_id)))
        .where(REQUEST.c.bank_code == bank_code, REQUEST.c.state == state, _SENT)
        .order_by(REQUEST.c.id)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        statement = statement.where(REQUEST.c.id > after)
    if kind is not None:
        statement = statement.where(REQUEST.c.kind == kind)
    if carrier is not None:
        statement = statement.where(_carried(carrier))
    return [_asked(row) for row in session.execute(statement)]


def count(session: Session, *, bank_code: str, state: WireState, carrier: Carrier) -> int:
    """Return how many open requests of one bank in a state a carrier may carry."""
    statement = (
        sa.select(sa.func.count())
        .select_from(_HOLDERS)
        .where(REQUEST.c.bank_code == bank_code, REQUEST.c.state == state, _SENT, _carried(carrier))
    )
    return int(session.execute(statement).scalar_one())


def _carried(carrier: Carrier) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(REQUEST.c.link_id.is_not(None), carrier.links), sa.and_(REQUEST.c.link_id.is_(None), carrier.people)
    )


def _asked(row: Any) -> Asked:
    return Asked(
        id=row.id,
        kind=row.kind,
        state=row.state,
        account_number=ACCOUNT_NUMBER.open(row.account_id, row.number_sealed) if row.account_id else "",
        holder_name=row.name or row.organisation or "",
        holder_citizen_id=CITIZEN_ID.maybe_open(row.person_id, row.citizen_id_sealed) or "",
        holder_old_id=(OLD_ID.maybe_open(row.person_id, row.old_id_sealed) or "") if row.old_id_asked else "",
        holder_birth_date=written(row.birth_date, row.birth_precision),
        asked_at=row.asked_at,
        due_on=row.due_on,
    )


@dataclass(frozen=True, slots=True)
class Open:
    """One open request as a person of the bank sees it: which account, since when, until when; nobody's name."""

    id: UUID
    kind: RequestKind
    state: WireState
    number_tail: str
    asked_at: datetime
    due_on: date | None

    @property
    def late(self) -> bool:
        """Whether its last working day has passed."""
        return self.due_on is not None and self.due_on < clock.today()


def open_requests(session: Session, *, bank_code: str, limit: int, offset: int) -> tuple[int, list[Open]]:
    """Return how many requests of one bank are open, and one page of them, oldest first."""
    mine = sa.and_(REQUEST.c.bank_code == bank_code, UNDER_WAY)
    total = session.execute(sa.select(sa.func.count()).select_from(ASKED).where(mine)).scalar_one()
    statement: sa.Select[Any] = (
        sa.select(
            REQUEST.c.id, REQUEST.c.kind, REQUEST.c.state, col(Account.number_tail), REQUEST.c.asked_at,
            REQUEST.c.due_on,
        )
        .select_from(ASKED.outerjoin(Account.__table__, col(Account.id) == col(Link.account_id)))  # type: ignore[attr-defined]
        .where(mine)
        .order_by(REQUEST.c.id)
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return total, [
        Open(row.id, row.kind, row.state, row.number_tail or "", row.asked_at, row.due_on)
        for row in session.execute(statement)
    ]


def written(day: date | None, precision: Precision | None) -> str:
    """Return a date as precisely as it is known: a year alone is no first of January."""
    text = "" if day is None else day.isoformat()
    return text[: {Precision.YEAR: 4, Precision.MONTH: 7}.get(precision, 10)] if precision else text


def counts(session: Session, *, bank_code: str) -> Tally:
    """Count one bank's requests: by state and kind, refusals by code, and what is late."""
    tally = Tally()
    tallies.count(session, lambda _: tally, REQUEST.c.bank_code == bank_code)
    return tally
