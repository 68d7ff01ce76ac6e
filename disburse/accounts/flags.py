"""Red flags as an officer works through them: counts and names inside one's scope, "đã xem xét" with a note, staff.

What was looked at stays quiet only as long as its facts are the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock, crypto
from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.accounts.flag_kinds import FlagKind, Found
from disburse.accounts.flag_rules import RULES
from disburse.accounts.sight import Sight
from disburse.accounts.tables import HOLDER_CITIZEN_ID, STAFF_ID, STAFF_PHONE, FlagReview, StaffNumber
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import among
from disburse.errors import Conflict, Invalid, NotFound
from disburse.free_text import without_numbers
from disburse.ids import new_id
from disburse.people.tables import CITIZEN_ID, PHONE, Person
from matching.identity import citizen_id, phone

__all__ = ["RULES", "Flag", "FlagKind", "add_staff", "count_all", "flags", "remove_staff", "review"]


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag, as far as its reader may see it: the people by name and commune, and whether it was looked at."""

    kind: FlagKind
    found: Found
    facts: str
    people: tuple[tuple[UUID, str, str | None], ...]
    others: int  # people outside the reader's scope
    reviewed: FlagReview | None


def flags(session: Session, actor: Actor, kind: FlagKind) -> list[Flag]:
    """Return the flags of one kind that the actor may see: first those nobody has looked at."""
    sight = Sight(actor, Permission.FLAG_READ)
    found = list(RULES[kind](session, sight))
    names = _names(session, {person for one in found for person in one.people}, sight)
    reviews = _reviews(session, kind)
    made = [_flag(kind, one, names, reviews) for one in found]
    return sorted(made, key=lambda flag: flag.reviewed is not None)


def _flag(
    kind: FlagKind,
    found: Found,
    names: Mapping[UUID, tuple[str, str | None]],
    reviews: Mapping[tuple[str, str], FlagReview],
) -> Flag:
    people = tuple((person, *names[person]) for person in found.people if person in names)
    facts = digest(kind, found)
    return Flag(kind, found, facts, people, len(found.people) - len(people), reviews.get((found.subject, facts)))


def digest(kind: FlagKind, found: Found) -> str:
    """Return what makes these the same facts when the rule is asked again."""
    facts = [str(kind), found.subject, sorted(map(str, found.people)), sorted(found.about.items()), found.account]
    return crypto.digest(json.dumps(facts, ensure_ascii=False).encode())


def _names(session: Session, people: Iterable[UUID], sight: Sight) -> dict[UUID, tuple[str, str | None]]:
    statement = sa.select(col(Person.id), col(Person.name), col(Person.commune_code))
    rows: Iterable[Any] = among(session, statement, col(Person.id), sorted(sight.of(session, people)))
    return {row[0]: (row[1], row[2]) for row in rows}


def _reviews(session: Session, kind: FlagKind) -> dict[tuple[str, str], FlagReview]:
    rows = session.exec(select(FlagReview).where(FlagReview.kind == kind))
    return {(row.subject, row.facts): row for row in rows}


@dataclass(frozen=True, slots=True)
class Count:
    """How many flags of a kind there are inside the reader's scope, and how many nobody has looked at."""

    kind: FlagKind
    all: int
    waiting: int


def count_all(session: Session, actor: Actor) -> list[Count]:
    """Return the counts of every kind, in the order of the page."""
    sight, counts = Sight(actor, Permission.FLAG_READ), []
    for kind, rule in RULES.items():
        reviews = _reviews(session, kind)
        found = list(rule(session, sight))
        waiting = sum((one.subject, digest(kind, one)) not in reviews for one in found)
        counts.append(Count(kind, len(found), waiting))
    return counts


def review(session: Session, actor: Actor, *, kind: FlagKind, subject: str, facts: str, note: str, by: By) -> None:
    """Note that a flag was looked at and why it may stand; it is raised again when its facts change.

    Raises NotFound("flag_unknown") for one that the actor cannot see or that is gone, Conflict("flag_changed") when
    the facts are not those that were on the screen, Invalid("reason_needed"), ("text_number").
    """
    sight = Sight(actor, Permission.FLAG_SETTLE)
    found = next((one for one in RULES[kind](session, sight) if one.subject == subject), None)
    if found is None:
        raise NotFound("flag_unknown")
    if digest(kind, found) != facts:
        raise Conflict("flag_changed")
    if not note.strip():
        raise Invalid("reason_needed")
    if (subject, facts) in _reviews(session, kind):
        raise Conflict("flag_reviewed")
    made = FlagReview(
        kind=kind, subject=subject, facts=facts, note=without_numbers(note.strip())[:300], reviewed_by=by.name,
        reviewed_at=clock.utc_now(),
    )  # fmt: skip
    session.add(made)
    record(
        session, action="flag.reviewed", object_type="flag", object_id=f"{kind}/{subject}", by=by, note=made.note,
        account=found.account, people=len(found.people),
    )  # fmt: skip


def staff(session: Session, actor: Actor) -> list[StaffNumber]:
    """Return the staff entries of the actor's own areas, a province's communes too; removed ones left out."""
    area = col(StaffNumber.area_code)
    inside = sa.or_(
        within(actor, Permission.FLAG_READ, commune=area, province=area),
        within(actor, Permission.FLAG_READ, commune=area),
    )
    listed = select(StaffNumber).where(col(StaffNumber.removed_on).is_(None), inside).order_by(col(StaffNumber.name))
    return list(session.exec(listed))


def add_staff(session: Session, *, name: str, citizen: str, telephone: str, area_code: str, by: By) -> UUID:
    """Remember somebody who works with the lists or the money. Raises Invalid for unusable numbers or none at all."""
    known, line = citizen_id(citizen), phone(telephone)
    number = known.value if known else None
    if not name.strip():
        raise Invalid("staff_name_needed")
    if (citizen.strip() and number is None) or (telephone.strip() and line is None) or not (number or line):
        raise Invalid("staff_number_needed")
    id_ = new_id()
    session.add(
        StaffNumber(
            id=id_,
            name=without_numbers(name.strip())[:100],
            area_code=area_code,
            citizen_id_sealed=STAFF_ID.maybe_seal(id_, number),
            person_index=CITIZEN_ID.maybe_index(number),
            holder_index=HOLDER_CITIZEN_ID.maybe_index(number),
            phone_sealed=STAFF_PHONE.maybe_seal(id_, line),
            phone_index=PHONE.maybe_index(line),
            added_by=by.name,
            added_on=clock.today(),
        )
    )
    record(session, action="staff.added", object_type="staff", object_id=id_, by=by, area_code=area_code or None)
    return id_


def remove_staff(session: Session, actor: Actor, *, staff_id: UUID, by: By) -> None:
    """Take somebody off the list of staff; the entry is kept."""
    entry = next((one for one in staff(session, actor) if one.id == staff_id), None)
    if entry is None:
        raise NotFound("staff_unknown")
    entry.removed_by, entry.removed_on = by.name, clock.today()
    session.add(entry)
    record(session, action="staff.removed", object_type="staff", object_id=staff_id, by=by, area_code=entry.area_code)
