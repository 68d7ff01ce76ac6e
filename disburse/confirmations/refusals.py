"""What banks refused and nobody has put right: work with an owner and a day, about accounts and openings alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.access.actor import Actor
from disburse.accounts.tables import Account, Link
from disburse.areas.tables import Area
from disburse.confirmations.deadlines import due_on
from disburse.confirmations.overview import persons_within, receives_within
from disburse.confirmations.queries import REQUEST, Condition
from disburse.confirmations.reasons import REASONS, Owner
from disburse.confirmations.tables import ConfirmationResult, WireState
from disburse.confirmations.tallies import LINK_UNSETTLED, OPENING_UNSETTLED
from disburse.people.tables import Organisation, Person

WORK_DAYS = 10  # working days in which whoever a refusal falls to should have dealt with it


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused link, or a refused request to open an account (`link_id` None), that nobody has put right: whose turn
    it is, what to do, until when. `person_id` None = an organisation's."""

    link_id: UUID | None
    person_id: UUID | None
    name: str
    commune: str
    bank_code: str
    number_tail: str
    code: str
    refused_on: date

    @property
    def owner(self) -> Owner:
        """Return whose turn it is."""
        return REASONS[self.code].owner if self.code in REASONS else Owner.BANK

    @property
    def due_on(self) -> date:
        """Return the last working day in which it should have been dealt with."""
        return due_on(self.refused_on, WORK_DAYS)

    @property
    def late(self) -> bool:
        """Whether that day has passed."""
        return self.due_on < clock.today()


def waiting(
    session: Session, actor: Actor, *, bank_code: str = "", owner: str = "", code: str = "", limit: int, offset: int
) -> tuple[int, list[Refusal]]:
    """Return how many refusals still wait for somebody, and one page of them, oldest first.

    One is dealt with when its holder has a later link or is asked about anew, or when the link was closed with a
    reason; of an opening also when the holder needs no account any more.
    """
    found = sa.union_all(_links(actor), _openings(actor)).subquery()
    condition: Condition = sa.true()
    if bank_code:
        condition = sa.and_(condition, found.c.bank_code == bank_code)
    if owner:
        codes = [code_ for code_, reason in REASONS.items() if reason.owner == owner]
        condition = sa.and_(condition, found.c.code.in_(codes))
    if code:
        condition = sa.and_(condition, found.c.code == code)
    total = session.execute(sa.select(sa.func.count()).select_from(found).where(condition)).scalar_one()
    in_order = sa.select(found).where(condition).order_by(found.c.refused_on, found.c.sort_key, found.c.name)
    return total, [_refusal(row) for row in session.execute(in_order.limit(limit).offset(offset))]


def counts(session: Session, actor: Actor) -> dict[str, Counter[str]]:
    """Return how many refusals still wait for somebody, by bank and reason: the lengths of `waiting`'s lists."""
    found = sa.union_all(_links(actor), _openings(actor)).subquery()
    number = sa.select(found.c.bank_code, found.c.code, sa.func.count()).group_by(found.c.bank_code, found.c.code)
    waiting: dict[str, Counter[str]] = {}
    for bank_code, code, count in session.execute(number):
        waiting.setdefault(bank_code, Counter())[code] = count
    return waiting


def _links(actor: Actor) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        col(Link.id).label("link_id"), col(Link.person_id).label("person_id"),
        sa.func.coalesce(col(Person.name), col(Organisation.name)).label("name"), col(Area.name).label("commune"),
        col(Account.bank_code).label("bank_code"), col(Account.number_tail).label("number_tail"),
        col(Link.reason).label("code"), col(Link.ended_on).label("refused_on"), col(Person.sort_key).label("sort_key"),
    )  # fmt: skip
    return (
        sa.select(*columns)
        .join(Account, col(Account.id) == col(Link.account_id))
        .outerjoin(Person, col(Person.id) == col(Link.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Link.organisation_id))
        .outerjoin(Area, sa.and_(col(Area.code) == col(Person.commune_code), col(Area.valid_to).is_(None)))
        .where(LINK_UNSETTLED, receives_within(actor))
    )


def _openings(actor: Actor) -> sa.Select[Any]:
    refused = sa.and_(
        col(ConfirmationResult.request_id) == REQUEST.c.id, col(ConfirmationResult.status) == WireState.REJECTED
    )
    return (
        sa.select(
            REQUEST.c.link_id, REQUEST.c.person_id, col(Person.name), col(Area.name), REQUEST.c.bank_code,
            sa.literal("").label("number_tail"), col(ConfirmationResult.reason_code), REQUEST.c.closed_on,
            col(Person.sort_key),
        )
        .select_from(REQUEST)
        .join(Person, col(Person.id) == REQUEST.c.person_id)
        .join(ConfirmationResult, refused)
        .outerjoin(Area, sa.and_(col(Area.code) == col(Person.commune_code), col(Area.valid_to).is_(None)))
        .where(OPENING_UNSETTLED, REQUEST.c.person_id.in_(persons_within(actor)))
    )  # fmt: skip


def _refusal(row: Any) -> Refusal:
    return Refusal(
        row.link_id, row.person_id, row.name, row.commune or "", row.bank_code, row.number_tail, row.code,
        row.refused_on or clock.today(),
    )  # fmt: skip
