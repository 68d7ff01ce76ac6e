"""Showing a masked number whole: one number at a time, counted per hour, each with an event of its own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.tables import Role
from disburse.audit.actions import record
from disburse.audit.tables import AuditEvent
from disburse.crypto import Sealed
from disburse.db import take_turns
from disburse.errors import Denied, Invalid, NotFound
from disburse.free_text import without_numbers
from disburse.people.tables import CITIZEN_ID, OLD_ID, PHONE, Person

AN_HOUR = timedelta(hours=1)
MOST = 30  # numbers an hour and user: a day's work at a counter, a week's work for who copies a list
ACTION = "number.revealed"

NUMBERS: dict[str, Sealed] = {"citizen_id": CITIZEN_ID, "old_id": OLD_ID, "phone": PHONE}


def reveal_number(session: Session, *, actor: Actor, person_id: UUID, what: str, reason: str) -> str:
    """Return one number of a person whom the actor may see (the caller made sure), and remember that they saw it.

    Raises Invalid("number_unknown"), ("case_number_needed") for auditors, ("reason_needed") for others,
    ("text_number"), NotFound("number_missing"), Denied("reveals_spent").
    """
    sealed = NUMBERS.get(what)
    if sealed is None:
        raise Invalid("number_unknown", value=what)
    person = session.get(Person, person_id)
    cell: bytes | None = getattr(person, f"{what}_sealed", None)
    if person is None or cell is None:
        raise NotFound("number_missing")
    note_reveal(session, actor=actor, object_type="person", object_id=person_id, what=what, reason=reason)
    return sealed.open(person_id, cell)


def note_reveal(session: Session, *, actor: Actor, object_type: str, object_id: UUID, what: str, reason: str) -> None:
    """Count and record that an actor is about to see a number; for numbers of other features as well."""
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("case_number_needed" if Role.AUDITOR in actor.roles else "reason_needed")
    without_numbers(reason)
    take_turns(session, f"reveals of {actor.user_id}")
    if left(session, actor) <= 0:
        raise Denied("reveals_spent", most=MOST)
    case = {"case": reason[:60]} if Role.AUDITOR in actor.roles else {"why": reason[:200]}
    record(session, action=ACTION, object_type=object_type, object_id=object_id, by=actor.by, what=what, **case)


def left(session: Session, actor: Actor) -> int:
    """Return how many numbers an actor may still see within this hour."""
    seen = select(sa.func.count()).where(
        AuditEvent.actor_id == str(actor.user_id),
        AuditEvent.action == ACTION,
        AuditEvent.at > clock.utc_now() - AN_HOUR,
    )
    return MOST - session.exec(seen.select_from(AuditEvent)).one()
