"""The people around a card's person: at the same address or telephone, and who receives for whom. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts.cards import born
from disburse.accounts.review_queue import receiving
from disburse.people.tables import Enrolment, Person, Recipient, RecipientKind

MOST = 6


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody at the same address (`address`) or with the same telephone (`phone`)."""

    person_id: UUID
    name: str
    born: str
    shares: str


@dataclass(frozen=True, slots=True)
class Receiving:
    """Somebody the person receives for (`for_them`), or who receives for the person."""

    person_id: UUID
    name: str
    programme: str
    kind: RecipientKind
    relation: str
    for_them: bool


def neighbours(session: Session, actor: Actor, person: Person) -> list[Neighbour]:
    """Return people inside the actor's scope who share the person's written address or telephone."""
    shared = []
    if person.address and person.commune_code:
        shared.append(
            sa.and_(
                col(Person.commune_code) == person.commune_code,
                col(Person.hamlet) == person.hamlet,
                col(Person.address) == person.address,
            )
        )
    if person.phone_index:
        shared.append(col(Person.phone_index) == person.phone_index)
    if not shared:
        return []
    enrolled = sa.exists(
        sa.select(sa.literal(1))
        .select_from(Enrolment)
        .join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
        .where(
            sa.or_(col(Enrolment.person_id) == col(Person.id), col(Recipient.person_id) == col(Person.id)),
            *receiving(actor, Permission.MATCH_REVIEW),
        )
    )
    statement = (
        sa.select(Person)
        .where(col(Person.id) != person.id, sa.or_(*shared), enrolled)
        .order_by(col(Person.sort_key))
        .limit(MOST)
    )
    return [
        Neighbour(
            one.id,
            one.name,
            born(one.birth_date, one.birth_precision),
            "phone" if person.phone_index and one.phone_index == person.phone_index else "address",
        )
        for one in session.execute(statement).scalars()
    ]


def receivings(session: Session, actor: Actor, person: Person) -> list[Receiving]:
    """Return for whom the person receives, and who receives for the person."""
    ward, receiver = aliased(Person), aliased(Person)
    statement = (
        sa.select(Recipient, col(Enrolment.programme), ward, receiver)
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(ward, col(ward.id) == col(Enrolment.person_id))
        .join(receiver, col(receiver.id) == col(Recipient.person_id))
        .where(
            sa.or_(col(Recipient.person_id) == person.id, col(Enrolment.person_id) == person.id),
            col(Recipient.person_id) != col(Enrolment.person_id),
            *receiving(actor, Permission.MATCH_REVIEW),
        )
        .order_by(col(ward.sort_key))
        .limit(2 * MOST)
    )
    rows: Any = session.execute(statement)
    found = []
    for recipient, programme, of, by in rows:
        other = of if by.id == person.id else by
        found.append(Receiving(other.id, other.name, programme, recipient.kind, recipient.relation, by.id == person.id))
    return found
