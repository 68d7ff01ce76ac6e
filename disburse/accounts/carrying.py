"""A recipient who goes on in a new enrolment: whoever moves or changes programme keeps paper, hold and named account.

One way for an officer's act and for a list: what a move forgot, it would have allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import life
from disburse.accounts.tables import HoldReason, RecipientHold, RecipientLink
from disburse.db import among, bulk_insert
from disburse.ids import new_id
from disburse.people.entries import NewRecipient
from disburse.people.queries import CurrentRecipient
from disburse.people.tables import Enrolment, Person, Recipient


def going_on(
    current: CurrentRecipient, *, recipient_id: UUID, enrolment_id: UUID, since: date, roster_id: UUID | None
) -> NewRecipient:
    """Return the record by which the same recipient goes on in another enrolment. `carry` brings the rest along."""
    return NewRecipient(
        id=recipient_id,
        enrolment_id=enrolment_id,
        kind=current.kind,
        person_id=current.person_id,
        organisation_id=current.organisation_id,
        relation=current.relation,
        paper_kind=current.paper_kind,
        paper_number=current.paper_number,
        paper_date=current.paper_date,
        paper_until=current.paper_until,
        wish=current.wish,
        wish_on=current.wish_on,
        since=since,
        roster_id=roster_id,
    )


def carry(session: Session, pairs: Sequence[tuple[UUID, UUID]], *, renewed: bool = False) -> None:
    """Let open holds and named accounts of recipients (before, after) be those of the records that go on.

    A right that has run out without anybody having looked yet is held as well: the new record is too young to tell.
    `renewed`: the new record has a paper of its own, so the old one's last day is over and done with.
    """
    session.flush()
    after = dict(pairs)
    named = sa.select(col(RecipientLink.recipient_id), col(RecipientLink.link_id))
    names = [(after[row[0]], row[1]) for row in among(session, named, col(RecipientLink.recipient_id), after)]
    bulk_insert(session, RecipientLink, ("recipient_id", "link_id"), names)
    held = sa.select(col(RecipientHold.recipient_id), col(RecipientHold.reason), col(RecipientHold.since)).where(
        col(RecipientHold.settled_on).is_(None)
    )
    holds: dict[UUID, tuple[Any, date]] = {
        row[0]: (row[1], row[2]) for row in among(session, held, col(RecipientHold.recipient_id), after)
    }
    today = clock.today()
    for row in among(session, _rights(), col(Recipient.id), after):
        reason = life.due_reason(row, today)
        if row.id not in holds and reason and not (renewed and reason == HoldReason.EXPIRED):
            holds[row.id] = (reason, today)
    columns = ("id", "recipient_id", "reason", "since", "settled_by", "note")
    rows = [(new_id(), after[before], reason, since, "", "") for before, (reason, since) in holds.items()]
    bulk_insert(session, RecipientHold, columns, rows)


def _rights() -> Any:
    return (
        sa.select(
            col(Recipient.id), col(Recipient.kind), col(Recipient.since), col(Recipient.paper_until),
            col(Person.birth_date), col(Person.birth_precision), life.seen_of_age().label("seen_of_age"),
        )
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
    )  # fmt: skip
