"""The account each enrolment is paid on now, with holder and bank: for files that officers are given back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import asked
from disburse.accounts.stages import live_clause
from disburse.accounts.tables import ACCOUNT_NUMBER, Account, Link, LinkState, RecipientLink
from disburse.banks.tables import Bank
from disburse.db import among
from disburse.people.tables import Organisation, Person, Recipient


@dataclass(frozen=True, slots=True)
class Holding:
    """An enrolment's account: its number whole, who holds it, at which bank, how far its link is, and whether the bank
    was asked about another holder than they are now."""

    number: str
    holder: str
    bank: str
    state: LinkState
    changed: bool = False


def holdings(session: Session, enrolment_ids: Iterable[UUID]) -> dict[UUID, Holding]:
    """Return the account of each enrolment that has one: the one its recipient names, else the recipient's primary."""
    ids = list(enrolment_ids)
    rows: dict[UUID, Any] = {}
    for statement in _statements():
        current = statement.where(col(Recipient.ended_on).is_(None), live_clause())
        rows |= {row.enrolment_id: row for row in among(session, current, col(Recipient.enrolment_id), ids)}
    asked_about = {row.link_id for row in rows.values() if row.state in asked.ASKED_ABOUT}
    changed = asked.changed_among(session, asked_about)
    return {
        id_: Holding(
            ACCOUNT_NUMBER.open(row.account_id, row.number_sealed), row.holder or "", row.bank or "", row.state,
            row.link_id in changed,
        )
        for id_, row in rows.items()
    }  # fmt: skip


def _statements() -> list[Any]:
    """Links of persons, of organisations, and those that a recipient names itself: the last one counts."""
    chosen: tuple[Any, ...] = (
        col(Recipient.enrolment_id),
        col(Link.id).label("link_id"),
        col(Link.state),
        col(Account.id).label("account_id"),
        col(Account.number_sealed),
        col(Bank.name).label("bank"),
    )
    person = sa.select(*chosen, col(Person.name).label("holder"))
    organisation = sa.select(*chosen, col(Organisation.name).label("holder"))
    holder = sa.func.coalesce(col(Person.name), col(Organisation.name)).label("holder")
    named = sa.select(*chosen, holder).join(RecipientLink, col(RecipientLink.recipient_id) == col(Recipient.id))
    of_person = person.join(Link, sa.and_(col(Link.person_id) == col(Recipient.person_id), col(Link.is_primary)))
    of_organisation = organisation.join(
        Link, sa.and_(col(Link.organisation_id) == col(Recipient.organisation_id), col(Link.is_primary))
    )
    of_recipient = sa.or_(
        col(Link.person_id) == col(Recipient.person_id), col(Link.organisation_id) == col(Recipient.organisation_id)
    )
    by_name = named.join(Link, sa.and_(col(Link.id) == col(RecipientLink.link_id), of_recipient))
    return [
        _with_bank(of_person).join(Person, col(Person.id) == col(Link.person_id)),
        _with_bank(of_organisation).join(Organisation, col(Organisation.id) == col(Link.organisation_id)),
        _with_bank(by_name)
        .outerjoin(Person, col(Person.id) == col(Link.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Link.organisation_id)),
    ]


def _with_bank(statement: Any) -> Any:
    joined = statement.join(Account, col(Account.id) == col(Link.account_id))
    return joined.outerjoin(Bank, col(Bank.code) == col(Account.bank_code))
