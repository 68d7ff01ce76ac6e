"""One person as an actor may see them: only the enrolments inside the actor's areas and programmes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.errors import NotFound
from disburse.people.queries import CurrentRecipient, current_recipients
from disburse.people.tables import BenefitLine, Enrolment, Organisation, Person, Recipient


@dataclass(frozen=True, slots=True)
class Entitlement:
    """An enrolment with its benefit lines and who receives for it."""

    enrolment: Enrolment
    lines: list[BenefitLine]
    recipient: CurrentRecipient | None
    receives: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, what they are entitled to, and for whom else they receive."""

    person: Person
    entitlements: list[Entitlement]
    receives_for: list[tuple[UUID, str, str]]


def profile(session: Session, actor: Actor, person_id: UUID) -> Profile:
    """Return a person with an enrolment, or a part as recipient, that the actor may see; else NotFound."""
    seen = within(
        actor,
        Permission.PERSON_READ,
        commune=col(Enrolment.commune_code),
        programme=col(Enrolment.programme),
        province=col(Enrolment.province_code),
    )
    own = select(Enrolment).where(Enrolment.person_id == person_id, seen).order_by(col(Enrolment.from_date).desc())
    enrolments = list(session.exec(own))
    others = _receives_for(session, person_id, seen)
    person = session.get(Person, person_id)
    if person is None or not (enrolments or others):
        raise NotFound("not_found")
    return Profile(person, _entitlements(session, enrolments), others)


def _entitlements(session: Session, enrolments: list[Enrolment]) -> list[Entitlement]:
    ids = [enrolment.id for enrolment in enrolments]
    recipients = current_recipients(session, ids)
    newest_first = (
        select(BenefitLine).where(col(BenefitLine.enrolment_id).in_(ids)).order_by(col(BenefitLine.id).desc())
    )
    lines: dict[UUID, list[BenefitLine]] = {}
    for line in session.exec(newest_first):
        lines.setdefault(line.enrolment_id, []).append(line)
    return [
        Entitlement(one, lines.get(one.id, []), recipients.get(one.id), _name(session, recipients.get(one.id)))
        for one in enrolments
    ]


def _name(session: Session, recipient: CurrentRecipient | None) -> str:
    if recipient is None:
        return ""
    if recipient.organisation_id is not None:
        return session.get_one(Organisation, recipient.organisation_id).name
    return session.get_one(Person, recipient.person_id).name if recipient.person_id else ""


def _receives_for(session: Session, person_id: UUID, seen: sa.ColumnElement[bool]) -> list[tuple[UUID, str, str]]:
    rows = session.execute(
        sa.select(col(Person.id), col(Person.name), col(Enrolment.programme))
        .join(Enrolment, col(Enrolment.person_id) == col(Person.id))
        .join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
        .where(
            col(Recipient.person_id) == person_id,
            col(Recipient.ended_on).is_(None),
            col(Person.id) != person_id,
            seen,
        )
        .order_by(col(Person.sort_key))
    )
    return [(row[0], row[1], row[2]) for row in rows]
