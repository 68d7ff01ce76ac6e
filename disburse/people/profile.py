"""One person as an actor may see them: only the enrolments inside the actor's areas and programmes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import NotFound
from disburse.people.queries import enrolments_within, people_seen, people_within
from disburse.people.tables import (
    BenefitLine,
    Enrolment,
    EnrolmentState,
    Organisation,
    PaperScan,
    Person,
    Recipient,
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """One recipient of an enrolment, current or of before, with their name and how many scans of papers there are."""

    recipient: Recipient
    name: str
    scans: int


@dataclass(frozen=True, slots=True)
class Entitlement:
    """An enrolment with its benefit lines, who receives for it, and who did before."""

    enrolment: Enrolment
    lines: list[BenefitLine]
    receivers: list[Receiver]

    @property
    def current(self) -> Receiver | None:
        """Return who receives now."""
        return next((one for one in self.receivers if one.recipient.ended_on is None), None)

    @property
    def is_active(self) -> bool:
        """Say whether the enrolment goes on."""
        return self.enrolment.state == EnrolmentState.ACTIVE


@dataclass(frozen=True, slots=True)
class ReceivesFor:
    """Somebody else's enrolment for which a person receives now; `name` is the entitled person's."""

    enrolment: Enrolment
    name: str
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Profile:
    """A person, what they are entitled to, and for whom else they receive."""

    person: Person
    entitlements: list[Entitlement]
    receives_for: list[ReceivesFor]

    def notable(self) -> list[Enrolment]:
        """Return the enrolments a note about the person may stand under: own ones that go on first, then others'."""
        own = sorted(self.entitlements, key=lambda one: not one.is_active)
        return [one.enrolment for one in own] + [one.enrolment for one in self.receives_for]

    def entitlement(self, enrolment_id: UUID) -> Entitlement:
        """Return one of the enrolments; NotFound when it is not among them."""
        found = next((one for one in self.entitlements if one.enrolment.id == enrolment_id), None)
        if found is None:
            raise NotFound("not_found")
        return found


def profile(
    session: Session,
    actor: Actor,
    person_id: UUID,
    permission: Permission = Permission.PERSON_READ,
    *,
    past: bool = False,
) -> Profile:
    """Return a person who is the actor's to read, or for another permission to act on; else NotFound.

    With `past` an enrolment that is over is enough for an act as well: to take its end back.
    """
    whose = (people_seen if past else people_within)(actor, permission, col(Person.id))
    person = session.exec(select(Person).where(Person.id == person_id, whose)).first()
    if person is None:
        raise NotFound("not_found")
    seen = enrolments_within(actor, permission)
    own = select(Enrolment).where(Enrolment.person_id == person_id, seen).order_by(col(Enrolment.from_date).desc())
    enrolments = list(session.exec(own))
    others = _receives_for(session, person_id, seen)
    return Profile(person, _entitlements(session, enrolments), others)


def merged_into(session: Session, person_id: UUID) -> UUID | None:
    """Return the person that this one was folded into, if it was."""
    person = session.get(Person, person_id)
    return person.merged_into if person else None


def _entitlements(session: Session, enrolments: list[Enrolment]) -> list[Entitlement]:
    ids = [enrolment.id for enrolment in enrolments]
    newest_first = (
        select(BenefitLine).where(col(BenefitLine.enrolment_id).in_(ids)).order_by(col(BenefitLine.id).desc())
    )
    lines: dict[UUID, list[BenefitLine]] = {}
    for line in session.exec(newest_first):
        lines.setdefault(line.enrolment_id, []).append(line)
    receivers = _receivers(session, ids)
    return [Entitlement(one, lines.get(one.id, []), receivers.get(one.id, [])) for one in enrolments]


def _receivers(session: Session, enrolment_ids: list[UUID]) -> dict[UUID, list[Receiver]]:
    scans = sa.select(sa.func.count()).where(col(PaperScan.recipient_id) == col(Recipient.id)).scalar_subquery()
    rows = session.execute(
        sa.select(Recipient, sa.func.coalesce(Person.name, Organisation.name, ""), scans)
        .outerjoin(Person, col(Person.id) == col(Recipient.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Recipient.organisation_id))
        .where(col(Recipient.enrolment_id).in_(enrolment_ids))
        .order_by(col(Recipient.ended_on).is_(None).desc(), col(Recipient.since).desc(), col(Recipient.id).desc())
    )
    found: dict[UUID, list[Receiver]] = {}
    for recipient, name, count in rows:
        found.setdefault(recipient.enrolment_id, []).append(Receiver(recipient, name, count))
    return found


def _receives_for(session: Session, person_id: UUID, seen: sa.ColumnElement[bool]) -> list[ReceivesFor]:
    rows = session.execute(
        sa.select(Enrolment, col(Person.name), Recipient)
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
        .where(
            col(Recipient.person_id) == person_id,
            col(Recipient.ended_on).is_(None),
            col(Person.id) != person_id,
            seen,
        )
        .order_by(col(Person.sort_key))
    )
    return [ReceivesFor(row[0], row[1], row[2]) for row in rows]
