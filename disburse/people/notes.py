"""Notes about a person: plain text with author and time, sealed, only ever added to; reads and the one act."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.access.tables import User
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Invalid
from disburse.free_text import without_numbers
from disburse.ids import new_id
from disburse.people.queries import enrolments_within
from disburse.people.tables import NOTE, Enrolment, PersonNote

MOST = 1000  # characters: a note, not a file


@dataclass(frozen=True, slots=True)
class Note:
    """A note as its reader sees it: who wrote it (their full name), when, about which programme."""

    text: str
    author: str
    at: datetime
    programme: str


def notes_of(session: Session, actor: Actor, person_id: UUID) -> list[Note]:
    """Return the notes about a person under enrolments that the actor may see, newest first."""
    seen = enrolments_within(actor, Permission.PERSON_READ)
    rows = session.execute(
        sa.select(PersonNote, col(Enrolment.programme), sa.func.coalesce(col(User.full_name), ""))
        .join(Enrolment, col(Enrolment.id) == col(PersonNote.enrolment_id))
        .outerjoin(User, col(User.name) == col(PersonNote.written_by))
        .where(col(PersonNote.person_id) == person_id, seen)
        .order_by(col(PersonNote.written_at).desc(), col(PersonNote.id).desc())
        .limit(200)
    )
    return [
        Note(NOTE.open(note.id, note.text_sealed), name or note.written_by, note.written_at, programme)
        for note, programme, name in rows
    ]


def read_note(text: str) -> str:
    """Return a note as it is kept; raises Invalid("note_empty"), ("note_too_long") or ("text_number")."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    plain = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if not plain:
        raise Invalid("note_empty")
    if len(plain) > MOST:
        raise Invalid("note_too_long", most=MOST)
    return without_numbers(plain)


def add_note(session: Session, *, person_id: UUID, enrolment: Enrolment, text: str, by: By) -> UUID:
    """Write a note about a person under one of the enrolments its author sees: their own, or one they receive for."""
    note = PersonNote(
        id=new_id(),
        person_id=person_id,
        enrolment_id=enrolment.id,
        text_sealed=b"",
        written_by=by.name,
        written_at=clock.utc_now(),
    )
    plain = read_note(text)
    note.text_sealed = NOTE.seal(note.id, plain)
    session.add(note)
    record(
        session,
        action="note.added",
        object_type="person",
        object_id=person_id,
        by=by,
        area_code=enrolment.commune_code,
        programme=enrolment.programme,
        province_code=enrolment.province_code,
        letters=len(plain),
    )
    return note.id
