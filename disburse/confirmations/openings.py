"""Requests to open an account for a person who has none, and the accounts that banks answer with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import life
from disburse.accounts.lists import BASIS
from disburse.accounts.stages import live_clause
from disburse.accounts.statements import Statement
from disburse.accounts.tables import AccountStatus, Link, RegistrationSource
from disburse.confirmations import queries
from disburse.confirmations.answer import BankAnswer
from disburse.confirmations.queries import Carrier
from disburse.confirmations.tables import ConfirmationRequest, WireState
from disburse.db import among
from disburse.people.tables import Enrolment, EnrolmentState, Person, PersonStatus, Recipient, Wish

_REQUEST: sa.Table = ConfirmationRequest.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class Opening:
    """A request about a person without an account, while answers come in."""

    id: UUID
    person_id: UUID
    name: str
    state: WireState
    closed_on: date | None
    changed: bool = False
    answers: set[str] = field(default_factory=set)


def held(
    session: Session, ids: Iterable[UUID], banks: Iterable[str], carrier: Carrier | None = None
) -> dict[UUID, Opening]:
    """Return the requests of these banks to open an account, by id, locked in the order of their ids."""
    columns = (_REQUEST.c.id, _REQUEST.c.person_id, col(Person.name), _REQUEST.c.state, _REQUEST.c.closed_on)
    statement = (
        sa.select(*columns)
        .join(Person, col(Person.id) == _REQUEST.c.person_id)
        .where(queries.of_banks(banks))
        .order_by(_REQUEST.c.id)
        .with_for_update(of=_REQUEST)
    )
    if carrier is not None:
        statement = statement.where(carrier.people)
    return {row[0]: Opening(*row) for row in among(session, statement, _REQUEST.c.id, sorted(ids))}


def statement_of(opening: Opening, answer: BankAnswer) -> Statement:
    """Return what a bank's yes states: this account is this person's. Whether money goes there is decided later."""
    return Statement(
        bank_code=answer.bank_code,
        account_number=answer.account_number,
        source=RegistrationSource.BANK_REPLY,
        basis=BASIS[RegistrationSource.BANK_REPLY],
        stated_on=answer.on,
        holder_name=opening.name,
        status=AccountStatus(answer.account_status or "open"),
        currency=answer.currency or None,
        joint=answer.joint,
        branch=answer.branch or None,
        person_id=opening.person_id,
    )


def needed(person_id: Any, *where: Any) -> sa.Exists:
    """Return whether somebody needs an account: alive, receives by a right in force for an active enrolment (and one
    that `where` keeps), and wishes no cash."""
    person = sa.orm.aliased(Person)
    receives = (
        sa.select(col(Recipient.id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(person, col(person.id) == col(Recipient.person_id))
        .where(
            col(Recipient.person_id) == person_id,
            col(Recipient.ended_on).is_(None),
            col(Recipient.wish) != Wish.CASH,
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            col(person.status) == PersonStatus.ACTIVE,
            ~life.on_hold(),
            *where,
        )
    )
    return receives.correlate(Person, _REQUEST).exists()


def without_account(session: Session, *, programme: str | None = None, commune: str | None = None) -> list[UUID]:
    """Return the recipients who need an account, have no live link, and are asked about nowhere."""
    where = [] if programme is None else [col(Enrolment.programme) == programme]
    where += [] if commune is None else [col(Enrolment.commune_code) == commune]
    return [row[0] for row in session.execute(lacking(*where).order_by(col(Person.id)))]


def lacking(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select the ids of recipients who need an account, have no live link, and are asked about nowhere; `where` are
    conditions on their enrolment and on how they receive."""
    linked = sa.select(col(Link.person_id)).where(live_clause(), col(Link.person_id).is_not(None))
    asked = sa.select(_REQUEST.c.person_id).where(_REQUEST.c.person_id.is_not(None), _REQUEST.c.closed_on.is_(None))
    return sa.select(col(Person.id)).where(
        needed(col(Person.id), *where), col(Person.id).not_in(linked), col(Person.id).not_in(asked)
    )
