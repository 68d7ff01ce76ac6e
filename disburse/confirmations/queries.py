"""Reads of requests to banks and of their answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts.queries import LINK_TABLE
from disburse.accounts.tables import Account, Link, LinkState, Registration, RegistrationSource
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, WireState
from disburse.db import among, one_in

REQUEST: sa.Table = ConfirmationRequest.__table__  # type: ignore[attr-defined]
_RESULT: sa.Table = ConfirmationResult.__table__  # type: ignore[attr-defined]

Condition = sa.ColumnElement[bool]
# Links that their bank has still to be asked about.
UNASKED: Condition = sa.or_(
    sa.and_(col(Link.state) == LinkState.ACCEPTED, col(Link.replaces).is_(None)), col(Link.state) == LinkState.APPROVED
)


@dataclass(frozen=True, slots=True)
class Carrier:
    """What a person who carries files between us and a bank may carry: conditions on `link` and on `person`."""

    links: Condition
    people: Condition


@dataclass(slots=True)
class OpenRequest:
    """A request while answers come in, with the digests of the answers that it has."""

    id: UUID
    link_id: UUID
    link_version: int
    bank_code: str
    state: WireState
    closed_on: Any
    fresh: bool = False
    changed: bool = False
    answers: set[str] = field(default_factory=set)
    yes_at: datetime | None = None  # when the bank looked that said yes last, where it told

    def said_yes(self, checked_at: datetime | None) -> None:
        """Note a yes, and when the bank had looked."""
        self.yes_at = max(filter(None, (self.yes_at, checked_at)), default=None)


_COLUMNS = ("id", "link_id", "link_version", "bank_code", "state", "closed_on")


def of_banks(banks: Iterable[str]) -> Condition:
    """Return the condition that a request found by its id is one of these banks'.

    `coalesce` hides it from SQLite's planner, which would walk the index of all of a bank's requests instead.
    """
    return sa.func.coalesce(REQUEST.c.bank_code, "").in_(sorted(set(banks)))


def links_meant(
    session: Session, ids: Sequence[UUID], banks: Iterable[str], link_ids: Sequence[UUID], carrier: Carrier | None
) -> sa.SelectBase:
    """Return the SELECT of the links that these banks' requests are about, and of those named by their own ids; of a
    carrier's only those within reach."""
    meant: sa.SelectBase = sa.select(REQUEST.c.link_id).where(
        one_in(session, REQUEST.c.id, ids), of_banks(banks), REQUEST.c.link_id.is_not(None)
    )
    if link_ids:
        meant = sa.union_all(meant, sa.select(col(Link.id)).where(one_in(session, col(Link.id), link_ids)))
    if carrier is None:
        return meant
    return sa.select(col(Link.id)).where(col(Link.id).in_(meant), carrier.links)


def requests_by_id(session: Session, ids: Iterable[UUID], banks: Iterable[str]) -> dict[UUID, OpenRequest]:
    """Return confirm requests of these banks by id; another bank's is not even looked at, so that it costs no time."""
    return {found.id: found for found in _requests(session, REQUEST.c.id, ids, of_banks(banks))}


def requests_of_links(session: Session, link_ids: Iterable[UUID]) -> dict[UUID, OpenRequest]:
    """Return the newest request of each link, the open one before all others."""
    newest: dict[UUID, OpenRequest] = {}
    for found in _requests(session, REQUEST.c.link_id, link_ids):
        known = newest.get(found.link_id)
        if known is None or (found.closed_on is None, found.id) > (known.closed_on is None, known.id):
            newest[found.link_id] = found
    return newest


def _requests(session: Session, column: Any, ids: Iterable[UUID], *conditions: Any) -> Iterator[OpenRequest]:
    statement = sa.select(*(REQUEST.c[name] for name in _COLUMNS)).where(REQUEST.c.link_id.is_not(None), *conditions)
    rows: Iterable[Any] = among(session, statement.order_by(REQUEST.c.id), column, ids)
    return (OpenRequest(*row) for row in rows)


def answers_to(session: Session, request_ids: Iterable[UUID]) -> Iterator[tuple[UUID, str, WireState, datetime | None]]:
    """Yield (request, answer key, status, checked at) of every answer that came already."""
    names = ("request_id", "answer_key", "status", "checked_at")
    return among(session, sa.select(*(_RESULT.c[name] for name in names)), _RESULT.c.request_id, request_ids)


class LinkTo(NamedTuple):
    """A link to an account, as far as it tells what a bank can have been asked."""

    id: UUID
    account_id: UUID
    person_id: UUID | None
    state: LinkState
    replaces: UUID | None
    decided_on: date
    approved_on: date | None

    @property
    def told(self) -> bool:
        """Whether its bank may know of it: a proposal that nobody approved is none of the bank's business."""
        return self.replaces is None or self.approved_on is not None

    @property
    def since(self) -> date:
        """Return the first day on which the bank could be asked."""
        return self.approved_on or self.decided_on


def links_to(session: Session, account_ids: Iterable[UUID]) -> dict[UUID, list[LinkTo]]:
    """Return the links to each account, oldest first."""
    table = LINK_TABLE.c
    statement = sa.select(*(table[name] for name in LinkTo._fields)).order_by(table.id)
    found: dict[UUID, list[LinkTo]] = {}
    rows: Iterable[Any] = among(session, statement, table.account_id, account_ids)
    for row in rows:
        found.setdefault(row.account_id, []).append(LinkTo(*row))
    return found


def opened_for(session: Session, account_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return the people for whom their bank opened these accounts when it was asked to."""
    stated = sa.select(col(Registration.account_id), col(Registration.person_id)).where(
        col(Registration.source) == RegistrationSource.BANK_REPLY, col(Registration.person_id).is_not(None)
    )
    found: dict[UUID, set[UUID]] = {}
    rows: Iterable[Any] = among(session, stated, col(Registration.account_id), account_ids)
    for account_id, person_id in rows:
        found.setdefault(account_id, set()).add(person_id)
    return found


def waiting_links(session: Session, bank_code: str, only: Condition | None = None) -> list[tuple[UUID, int]]:
    """Return (id, version) of the links at a bank, of those a condition keeps, that nobody has asked about yet."""
    statement = (
        sa.select(Link.id, Link.version)  # type: ignore[call-overload]
        .join(Account, col(Account.id) == col(Link.account_id))
        .where(
            col(Account.bank_code) == bank_code,
            UNASKED,
        )
        .order_by(col(Link.id))
    )
    if only is not None:
        statement = statement.where(only)
    return [(row[0], row[1]) for row in session.execute(statement)]


def asked_to_open(session: Session, bank_code: str) -> set[UUID]:
    """Return the people for whom a bank is asked to open an account and has not answered."""
    open_ones = sa.select(REQUEST.c.person_id).where(
        REQUEST.c.bank_code == bank_code, REQUEST.c.person_id.is_not(None), REQUEST.c.closed_on.is_(None)
    )
    return {row[0] for row in session.execute(open_ones)}
