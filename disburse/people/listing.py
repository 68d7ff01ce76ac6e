"""People as a list shows them: each with what they are enrolled in, as far as the reader may see it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.areas.tables import Area, AreaKind
from disburse.funnel.tables import EnrolmentStage
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient
from disburse.programmes.tables import Programme


@dataclass(frozen=True, slots=True)
class Part:
    """One enrolment of a listed person. `reached` is how far its payment by account has come, "" = nothing yet."""

    programme: str
    commune_code: str
    is_active: bool
    reached: str


@dataclass(slots=True)
class Listed:
    """A person of a list with the enrolments the reader may see, and for how many others they receive."""

    person: Person
    parts: list[Part] = field(default_factory=list)
    receives_for: int = 0

    @property
    def commune_code(self) -> str:
        """Return where the person is: as enrolled, else as they stand themselves."""
        return self.parts[0].commune_code if self.parts else self.person.commune_code or ""


def listed(session: Session, actor: Actor, people: Sequence[Person]) -> list[Listed]:
    """Return these people, in their order, with what the reader may see of each."""
    found = {person.id: Listed(person) for person in people}
    for row in session.execute(_parts(actor, list(found))):
        found[row[0]].parts.append(Part(row[1], row[2], row[3] == EnrolmentState.ACTIVE, _reached(row[4])))
    for person_id, count in _wards(session, actor, list(found)).items():
        found[person_id].receives_for = count
    return list(found.values())


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    return enrolments_within(actor, Permission.PERSON_READ)


def _parts(actor: Actor, ids: list[UUID]) -> sa.Select[UUID, str, str, EnrolmentState, EnrolmentStage]:
    return (
        sa.select(
            col(Enrolment.person_id), col(Enrolment.programme), col(Enrolment.commune_code), col(Enrolment.state),
            EnrolmentStage,
        )
        .outerjoin(EnrolmentStage, col(EnrolmentStage.enrolment_id) == col(Enrolment.id))
        .where(col(Enrolment.person_id).in_(ids), _seen(actor))
        .order_by(col(Enrolment.state), col(Enrolment.programme))
    )  # fmt: skip


def _reached(stage: EnrolmentStage | None) -> str:
    if stage is None:
        return ""
    for name in ("paid", "confirmed", "registered_own", "registered_other", "wish_cash"):
        if getattr(stage, name):
            return name
    return "none"


def _wards(session: Session, actor: Actor, ids: list[UUID]) -> dict[UUID, int]:
    counts: dict[UUID, int] = defaultdict(int)
    rows = session.execute(
        sa.select(col(Recipient.person_id), sa.func.count())
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(
            col(Recipient.person_id).in_(ids),
            col(Recipient.ended_on).is_(None),
            col(Enrolment.person_id) != col(Recipient.person_id),
            _seen(actor),
        )
        .group_by(col(Recipient.person_id))
    )
    for person_id, count in rows:
        if person_id is not None:
            counts[person_id] = count
    return counts


def communes_of(
    session: Session, actor: Actor, permission: Permission = Permission.PERSON_READ
) -> list[tuple[str, str]]:
    """Return code and name of the communes of today in which the actor holds a permission, by name."""
    today = sa.select(col(Area.code), col(Area.name)).where(
        col(Area.kind) == AreaKind.COMMUNE,
        col(Area.valid_to).is_(None),
        within(actor, permission, commune=col(Area.code), province=col(Area.province_code)),
    )
    return [(row[0], row[1]) for row in session.execute(today.order_by(col(Area.sort_key)))]


def programmes_of(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of the programmes the actor may see people of."""
    granted = {scope.programme for scope in actor.scopes(Permission.PERSON_READ)}
    every = session.execute(sa.select(col(Programme.code), col(Programme.name)).order_by(col(Programme.code)))
    return [(row[0], row[1]) for row in every if "" in granted or row[0] in granted]


def hamlets_of(session: Session, actor: Actor, commune_code: str) -> list[tuple[str, int]]:
    """Return the hamlets as they are written on the people of a commune, with how many bear each, most first."""
    living = (
        sa.select(col(Person.hamlet), sa.func.count())
        .join(Enrolment, col(Enrolment.person_id) == col(Person.id))
        .where(col(Enrolment.commune_code) == commune_code, col(Person.hamlet) != "", _seen(actor))
        .group_by(col(Person.hamlet))
        .order_by(sa.func.count().desc(), col(Person.hamlet))
        .limit(300)
    )
    return [(row[0], row[1]) for row in session.execute(living)]


def commune_names(session: Session, codes: set[str]) -> dict[str, str]:
    """Return today's names of communes by code."""
    if not codes:
        return {}
    today = sa.select(col(Area.code), col(Area.name)).where(col(Area.code).in_(codes), col(Area.valid_to).is_(None))
    return {row[0]: row[1] for row in session.execute(today)}


def communes_in(session: Session, province_code: str) -> list[tuple[str, str]]:
    """Return code and name of every commune of today of a province, by name."""
    today = sa.select(col(Area.code), col(Area.name)).where(
        col(Area.kind) == AreaKind.COMMUNE, col(Area.valid_to).is_(None), col(Area.province_code) == province_code
    )
    return [(row[0], row[1]) for row in session.execute(today.order_by(col(Area.sort_key)))]
