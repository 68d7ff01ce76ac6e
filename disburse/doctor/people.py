"""Persons, enrolments and recipients: the rules that no constraint of the database can hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.doctor.findings import Finding
from disburse.errors import DisburseError
from disburse.people.tables import (
    CITIZEN_ID,
    OLD_ID,
    PHONE,
    Enrolment,
    EnrolmentState,
    Person,
    Recipient,
    RecipientKind,
)

# Zero-width, soft hyphen and bidi controls: invisible, and able to make two names look like one.
_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def one_recipient_each(session: Session) -> Iterator[Finding]:
    """Every active enrolment has exactly one current recipient, and it points at somebody."""
    current = sa.and_(col(Recipient.enrolment_id) == col(Enrolment.id), col(Recipient.ended_on).is_(None))
    without = (
        select(Enrolment.id)
        .outerjoin(Recipient, current)
        .where(Enrolment.state == EnrolmentState.ACTIVE, col(Recipient.id).is_(None))
    )
    for enrolment_id in session.exec(without):
        yield Finding("recipients", f"enrolment {enrolment_id}", "nobody receives")
    own_for_another = (
        select(Recipient.id)
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(
            col(Recipient.ended_on).is_(None),
            Recipient.kind == RecipientKind.OWN,
            sa.or_(col(Recipient.person_id).is_(None), col(Recipient.person_id) != col(Enrolment.person_id)),
        )
    )
    for recipient_id in session.exec(own_for_another):
        yield Finding("recipients", f"recipient {recipient_id}", "own, but another person's")


def sealed_numbers_open(session: Session) -> Iterator[Finding]:
    """Every sealed number of a person opens beside its row, and its index recomputes."""
    people = session.execute(sa.select(Person).execution_options(yield_per=1000)).scalars()
    for person in people:
        sealed = (
            (CITIZEN_ID, person.citizen_id_sealed, person.citizen_id_index),
            (OLD_ID, person.old_id_sealed, person.old_id_index),
            (PHONE, person.phone_sealed, person.phone_index),
        )
        for column, cell, index in sealed:
            yield from _check_cell(column, person, cell, index)
        session.expunge(person)


def _check_cell(column: object, person: Person, cell: bytes | None, index: bytes | None) -> Iterator[Finding]:
    where = f"person {person.id} {column.column}"  # type: ignore[attr-defined]
    if cell is None:
        if index is not None:
            yield Finding("sealed", where, "an index without a number")
        return
    try:
        text = column.open(person.id, cell)  # type: ignore[attr-defined]
    except DisburseError:
        yield Finding("sealed", where, "does not open: altered or moved")
        return
    if column.index(text) != index:  # type: ignore[attr-defined]
        yield Finding("sealed", where, "its index is another number's")
    if column is CITIZEN_ID and not (len(text) == 12 and text.isascii() and text.isdigit()):
        yield Finding("sealed", where, "not 12 digits")


def names_are_clean(session: Session) -> Iterator[Finding]:
    """Names are composed Unicode without invisible characters."""
    for person_id, name in session.exec(select(Person.id, Person.name)):
        if unicodedata.normalize("NFC", name) != name or not _INVISIBLE.isdisjoint(name):
            yield Finding("names", f"person {person_id}", "not clean Unicode")
