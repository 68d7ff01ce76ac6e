"""Names for what audit events speak of, as far as their reader may see them: users, people, rosters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.access.tables import User
from disburse.accounts.sight import Sight
from disburse.accounts.tables import Link
from disburse.audit.tables import AuditEvent
from disburse.people import listing
from disburse.people.tables import Enrolment, Person, Recipient
from disburse.rosters import browsing
from disburse.rosters.tables import Roster


@dataclass(frozen=True, slots=True)
class Named:
    """What an event was done to: its name ("" where the reader may not see one) and its page."""

    name: str = ""
    href: str = ""


def names(session: Session, actor: Actor, events: Iterable[AuditEvent]) -> dict[tuple[str, str], Named]:
    """Return a name for each (kind, id) the events speak of; what stays unnamed is not in it."""
    ids: dict[str, set[UUID]] = {}
    plain: dict[str, set[str]] = {}
    found: dict[tuple[str, str], Named] = {}
    for event in events:
        try:
            ids.setdefault(event.object_type, set()).add(UUID(event.object_id))
        except ValueError:
            plain.setdefault(event.object_type, set()).add(event.object_id)
    _figures(session, plain, found)
    _users(session, actor, ids.get("user", set()), found)
    _rosters(session, actor, ids.get("roster", set()), found)
    _people(session, actor, ids, found)
    return found


def _figures(session: Session, plain: dict[str, set[str]], found: dict[tuple[str, str], Named]) -> None:
    """Name months ("2026-11") and targets ("21109/HTXH/2026-12-31") as people say them."""
    for key in plain.get("period", set()):
        found["period", key] = Named("/".join(reversed(key.split("-"))))
    targets = {key: key.split("/") for key in plain.get("target", set())}
    communes = listing.commune_names(session, {parts[0] for parts in targets.values()})
    for key, parts in targets.items():
        place = communes.get(parts[0], parts[0])
        days = ["/".join(reversed(one.split("-"))) for one in parts[2:]]
        found["target", key] = Named(", ".join([place, *parts[1:2], *days]))


def _users(session: Session, actor: Actor, ids: set[UUID], found: dict[tuple[str, str], Named]) -> None:
    for user in session.exec(select(User).where(col(User.id).in_(ids))):
        href = f"/users/{user.id}" if actor.may(Permission.USER_READ) else ""
        found["user", str(user.id)] = Named(user.full_name or user.name, href)


def _rosters(session: Session, actor: Actor, ids: set[UUID], found: dict[tuple[str, str], Named]) -> None:
    mine = browsing.visible_rosters(actor, Permission.ROSTER_READ)
    for roster in session.exec(select(Roster).where(col(Roster.id).in_(ids), mine)):
        found["roster", str(roster.id)] = Named(roster.file_name, f"/rosters/{roster.id}")


def _people(session: Session, actor: Actor, ids: dict[str, set[UUID]], found: dict[tuple[str, str], Named]) -> None:
    if not actor.may(Permission.PERSON_READ):
        return
    owners: dict[tuple[str, UUID], UUID] = {("person", one): one for one in ids.get("person", set())}
    for kind, statement in (
        ("enrolment", sa.select(Enrolment.id, Enrolment.person_id)),  # type: ignore[call-overload]
        ("link", sa.select(Link.id, Link.person_id)),  # type: ignore[call-overload]
        (
            "recipient",
            sa.select(Recipient.id, Enrolment.person_id).join(Enrolment, col(Enrolment.id) == Recipient.enrolment_id),  # type: ignore[call-overload]
        ),
    ):
        if wanted := ids.get(kind):
            rows = session.execute(statement.where(statement.selected_columns[0].in_(wanted)))
            owners.update({(kind, row[0]): row[1] for row in rows if row[1] is not None})
    mine = Sight(actor, Permission.PERSON_READ).of(session, owners.values())
    people = {
        person.id: Named(person.name, f"/people/{person.id}")
        for person in session.exec(select(Person).where(col(Person.id).in_(mine)))
    }
    found.update({(kind, str(id_)): people[owner] for (kind, id_), owner in owners.items() if owner in people})


def all_of_person(session: Session, person_id: UUID) -> list[str]:
    """Return the ids under which the log may speak of a person: their own, their enrolments', recipients', links'."""
    enrolments = sa.select(Enrolment.id).where(col(Enrolment.person_id) == person_id)  # type: ignore[call-overload]
    found = [
        session.execute(enrolments),
        session.execute(sa.select(Recipient.id).where(col(Recipient.enrolment_id).in_(enrolments))),  # type: ignore[call-overload]
        session.execute(sa.select(Link.id).where(col(Link.person_id) == person_id)),  # type: ignore[call-overload]
    ]
    return [str(person_id), *(str(row[0]) for rows in found for row in rows)]


def actors(session: Session, events: Iterable[AuditEvent]) -> dict[str, str]:
    """Return the full names of those who acted, by login name."""
    logins = {event.actor_name for event in events if event.actor_name}
    return {user.name: user.full_name for user in session.exec(select(User).where(col(User.name).in_(logins)))}
