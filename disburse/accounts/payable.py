"""May money go to an account for these enrolments today? The one answer that payment lists are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import asked, queries
from disburse.accounts.life import due_reason, seen_of_age
from disburse.accounts.stages import live_clause
from disburse.accounts.states import not_linkable
from disburse.accounts.tables import Link, LinkState, RecipientHold, RecipientLink
from disburse.db import among
from disburse.people.tables import (
    Enrolment,
    EnrolmentState,
    Organisation,
    Person,
    PersonStatus,
    Recipient,
    RecipientKind,
)


@dataclass(frozen=True, slots=True)
class Payable:
    """Whether an enrolment can be paid to an account, and to which. `why` is "" when it can, else the reason:

    `ended`, `suspended`, `unexplained`, `no_recipient`, `person_dead`, `holder_dead`, `held`, `expired`, `of_age`,
    `not_the_ward` (recorded as receiving themself, but it is somebody else), `no_link`, `link_of_another` (the account
    that is named is not the recipient's), `not_confirmed`, `holder_changed` (the bank's yes was to other facts than the
    holder has now), or what is wrong with the account (`closed`, `locked`, `joint`, `currency`).
    """

    enrolment_id: UUID
    why: str
    recipient_id: UUID | None = None
    holder: str = ""
    link_id: UUID | None = None
    link_version: int | None = None
    account_id: UUID | None = None


def payable(session: Session, enrolments: Iterable[UUID]) -> dict[UUID, Payable]:
    """Return for each enrolment whether money may go to an account today; one that does not exist is left out.

    It asks the dated rows themselves, so a paper that ran out this morning holds the money before any nightly task
    has looked. Only a link that the bank has confirmed in this version is paid through, and only to whom the bank was
    asked about.
    """
    ids, today = list(enrolments), clock.today()
    holds = _held(session, ids)
    rows = list(among(session, _facts(), col(Enrolment.id), ids))
    holders = {holder for row in rows if (holder := row.holder_id or row.organisation_id)}
    named = _links(session, {row.named for row in rows if row.named}, col(Link.id))
    by_id = {link.id: link for link in named}
    primary = {link.person_id: link for link in _links(session, holders, col(Link.person_id)) if link.is_primary}
    primary |= {
        link.organisation_id: link for link in _links(session, holders, col(Link.organisation_id)) if link.is_primary
    }
    accounts = queries.accounts(session, {link.account_id for link in (*named, *primary.values())})
    strangers = asked.changed_among(session, {link.id for link in (*named, *primary.values())})
    found = {}
    for row in rows:
        link = by_id.get(row.named) or primary.get(row.holder_id or row.organisation_id)
        why = _why_not(row, row.recipient_id in holds, today)
        if not why:
            why = _why_not_through(row, link)
        if not why and link is not None:
            why = "holder_changed" if link.id in strangers else not_linkable(accounts[link.account_id])
        found[row.id] = _answer(row, link, why)
    return found


def _answer(row: Any, link: Link | None, why: str) -> Payable:
    holder = row.holder_name or row.organisation_name or ""
    if link is None:
        return Payable(row.id, why, row.recipient_id, holder)
    return Payable(row.id, why, row.recipient_id, holder, link.id, link.version, link.account_id)


def _why_not_through(row: Any, link: Link | None) -> str:
    """Return why money may not go through this link: whoever wrote the recipient down, its holder must be them."""
    if link is None:
        return "no_link"
    if (link.person_id, link.organisation_id) != (row.holder_id, row.organisation_id):
        return "link_of_another"
    return "" if link.state == LinkState.CONFIRMED else "not_confirmed"


def _why_not(row: Any, held: bool, today: date) -> str:
    if row.state != EnrolmentState.ACTIVE or (row.to_date and row.to_date < today):
        return "ended"
    if row.suspended_since is not None and row.suspended_since <= today:
        return "suspended"
    if row.unexplained_since is not None:
        return "unexplained"
    if row.recipient_id is None:
        return "no_recipient"
    if row.kind == RecipientKind.OWN and row.holder_id != row.ward_id:
        return "not_the_ward"
    if row.ward_status == PersonStatus.DEAD:
        return "person_dead"
    if row.holder_status == PersonStatus.DEAD:
        return "holder_dead"
    if held:
        return "held"
    return str(due_reason(row, today) or "")


@cache
def _facts() -> sa.Select[*tuple[Any, ...]]:
    ward, holder = aliased(Person), aliased(Person)
    current = sa.and_(col(Recipient.enrolment_id) == col(Enrolment.id), col(Recipient.ended_on).is_(None))
    return (
        sa.select(
            col(Enrolment.id),
            col(Enrolment.state),
            col(Enrolment.to_date),
            col(Enrolment.suspended_since),
            col(Enrolment.unexplained_since),
            col(Recipient.id).label("recipient_id"),
            col(Recipient.kind),
            col(Recipient.since),
            col(Recipient.paper_until),
            col(Recipient.organisation_id),
            col(holder.id).label("holder_id"),
            col(holder.name).label("holder_name"),
            col(holder.status).label("holder_status"),
            col(Organisation.name).label("organisation_name"),
            col(ward.id).label("ward_id"),
            col(ward.status).label("ward_status"),
            col(ward.birth_date),
            col(ward.birth_precision),
            seen_of_age().label("seen_of_age"),
            col(RecipientLink.link_id).label("named"),
        )
        .join(ward, col(ward.id) == col(Enrolment.person_id))
        .outerjoin(Recipient, current)
        .outerjoin(holder, col(holder.id) == col(Recipient.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Recipient.organisation_id))
        .outerjoin(RecipientLink, col(RecipientLink.recipient_id) == col(Recipient.id))
    )


def _held(session: Session, ids: list[UUID]) -> set[UUID]:
    statement = (
        sa.select(col(RecipientHold.recipient_id))
        .join(Recipient, col(Recipient.id) == col(RecipientHold.recipient_id))
        .where(col(RecipientHold.settled_on).is_(None), col(Recipient.ended_on).is_(None))
    )
    return {row[0] for row in among(session, statement, col(Recipient.enrolment_id), ids)}


def _links(session: Session, ids: set[UUID], column: Any) -> list[Link]:
    statement = sa.select(Link).where(live_clause()).execution_options(populate_existing=True)
    return [row[0] for row in among(session, statement, column, sorted(ids))]
