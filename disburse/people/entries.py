"""Bulk writes of people, enrolments, benefit lines and recipients, for lists that are one act.

No audit events here: who enters a list records one event for all of it, and `actions` does so for single acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.db import among, bulk_insert, bulk_update
from disburse.funnel import actions as funnel
from disburse.people import tokens
from disburse.people.tables import (
    CITIZEN_ID,
    OLD_ID,
    PHONE,
    BenefitLine,
    EndReason,
    Enrolment,
    EnrolmentState,
    LineKind,
    Person,
    PersonStatus,
    Precision,
    Recipient,
    RecipientKind,
    Sex,
    Wish,
)
from matching.text import fold, sort_key


@dataclass(slots=True)
class NewPerson:
    """A person as a list states them. Numbers are plain text here and sealed on the way in."""

    id: UUID
    name: str
    name_fold: str = ""  # of `name`, where the caller has it already
    birth_date: date | None = None
    birth_precision: Precision | None = None
    sex: Sex | None = None
    citizen_id: str | None = None
    citizen_index: bytes | None = None  # of `citizen_id`, where the caller has it already
    id_valid: bool = False
    old_id: str | None = None
    phone: str | None = None
    commune_code: str | None = None
    hamlet: str = ""
    address: str = ""
    origin_province: str = ""


@dataclass(slots=True)
class NewEnrolment:
    """A person's new enrolment; `origin_code` and `origin_valid_from` name the unit it came with."""

    id: UUID
    person_id: UUID
    programme: str
    commune_code: str
    origin_code: str
    origin_valid_from: date
    province_code: str
    from_date: date
    file_number: str | None = None
    decision_number: str | None = None
    decision_date: date | None = None
    roster_id: UUID | None = None


@dataclass(slots=True)
class NewLine:
    """A benefit line in force from `from_date`; `amount` in đồng, None = held from payment."""

    enrolment_id: UUID
    kind: LineKind
    type_code: str | None
    amount: int | None
    coefficient: Decimal | None
    from_date: date
    to_date: date | None = None
    roster_id: UUID | None = None


@dataclass(slots=True)
class NewRecipient:
    """Who receives for an enrolment from `since` on: a person or an organisation."""

    id: UUID
    enrolment_id: UUID
    kind: RecipientKind
    person_id: UUID | None
    since: date
    organisation_id: UUID | None = None
    relation: str = ""
    wish: Wish = Wish.UNKNOWN
    wish_on: date | None = None
    roster_id: UUID | None = None
    paper_kind: str = ""
    paper_number: str = ""
    paper_date: date | None = None
    paper_until: date | None = None


_PERSON = (
    "id", "name", "name_fold", "sort_key", "birth_date", "birth_precision", "sex", "citizen_id_sealed",
    "citizen_id_index", "id_valid", "old_id_sealed", "old_id_index", "phone_sealed", "phone_index", "commune_code",
    "hamlet", "address", "status", "origin_province", "created_at",
)  # fmt: skip


def add_people(session: Session, people: Iterable[NewPerson]) -> int:
    """Insert persons; a citizen ID that somebody has already raises the database's IntegrityError."""
    now = clock.utc_now()
    rows = [_person_row(person, now) for person in people]
    added = bulk_insert(session, Person, _PERSON, rows)
    tokens.add(session, ((row[0], row[2], row[3]) for row in rows))
    return added


def _person_row(person: NewPerson, now: object) -> tuple[Any, ...]:
    key = person.id
    return (
        key,
        person.name,
        (person.name_fold or fold(person.name))[:100],
        sort_key(person.name)[:200],
        person.birth_date,
        person.birth_precision,
        person.sex,
        CITIZEN_ID.maybe_seal(key, person.citizen_id),
        person.citizen_index or CITIZEN_ID.maybe_index(person.citizen_id),
        person.id_valid,
        OLD_ID.maybe_seal(key, person.old_id),
        OLD_ID.maybe_index(person.old_id),
        PHONE.maybe_seal(key, person.phone),
        PHONE.maybe_index(person.phone),
        person.commune_code,
        person.hamlet[:100],
        person.address[:300],
        PersonStatus.ACTIVE,
        person.origin_province,
        now,
    )


def add_enrolments(session: Session, enrolments: Iterable[NewEnrolment]) -> int:
    """Insert active enrolments; a second one of a person in a programme raises IntegrityError."""
    columns = (
        "id", "person_id", "programme", "state", "commune_code", "origin_code", "origin_valid_from", "province_code",
        "from_date", "file_number", "decision_number", "decision_date", "first_roster_id", "last_roster_id",
    )  # fmt: skip
    rows = (
        (
            e.id, e.person_id, e.programme, EnrolmentState.ACTIVE, e.commune_code, e.origin_code, e.origin_valid_from,
            e.province_code, e.from_date, e.file_number, e.decision_number, e.decision_date, e.roster_id, e.roster_id,
        )
        for e in enrolments
    )  # fmt: skip
    return bulk_insert(session, Enrolment, columns, rows)


def begin_lines(session: Session, lines: Iterable[NewLine]) -> int:
    """Insert benefit lines."""
    columns = (
        "enrolment_id", "kind", "type_code", "amount", "coefficient", "from_date", "to_date", "roster_id",
    )  # fmt: skip
    rows = (
        (x.enrolment_id, x.kind, x.type_code, x.amount, x.coefficient, x.from_date, x.to_date, x.roster_id)
        for x in lines
    )
    return bulk_insert(session, BenefitLine, columns, rows)


def end_lines(session: Session, last_days: Sequence[tuple[int, date]]) -> int:
    """Give lines their last day: tuples of line and day."""
    return bulk_update(session, BenefitLine, "id", ("to_date",), last_days)


def add_recipients(session: Session, recipients: Iterable[NewRecipient]) -> int:
    """Insert current recipients; a second current one of an enrolment raises IntegrityError."""
    columns = (
        "id", "enrolment_id", "kind", "person_id", "organisation_id", "relation", "paper_kind", "paper_number",
        "paper_date", "paper_until", "wish", "wish_on", "since", "roster_id",
    )  # fmt: skip
    rows = (
        (
            r.id, r.enrolment_id, r.kind, r.person_id, r.organisation_id, r.relation[:60], r.paper_kind,
            r.paper_number, r.paper_date, r.paper_until, r.wish, r.wish_on, r.since, r.roster_id,
        )
        for r in recipients
    )  # fmt: skip
    return bulk_insert(session, Recipient, columns, rows)


def end_recipients(session: Session, last_days: Sequence[tuple[UUID, date]]) -> int:
    """End current recipients: tuples of recipient and last day."""
    return bulk_update(session, Recipient, "id", ("ended_on",), last_days)


PERSON_FACTS = (
    "name", "name_fold", "sort_key", "birth_date", "birth_precision", "sex", "citizen_id_sealed", "citizen_id_index",
    "id_valid", "old_id_sealed", "old_id_index", "phone_sealed", "phone_index", "commune_code", "hamlet", "address",
)  # fmt: skip
ENROLMENT_FACTS = (
    "commune_code", "origin_code", "origin_valid_from", "province_code", "file_number", "decision_number",
    "decision_date", "unexplained_since", "last_roster_id",
)  # fmt: skip


def change_people(session: Session, rows: Sequence[Sequence[Any]]) -> int:
    """Write facts of known persons: tuples of the id and every one of PERSON_FACTS."""
    changed = bulk_update(session, Person, "id", PERSON_FACTS, rows)
    tokens.replace(session, ((row[0], row[2], row[3]) for row in rows))
    return changed


def change_enrolments(session: Session, rows: Sequence[Sequence[Any]]) -> int:
    """Write facts of enrolments: tuples of the id and every one of ENROLMENT_FACTS."""
    return bulk_update(session, Enrolment, "id", ENROLMENT_FACTS, rows)


@dataclass(slots=True, frozen=True)
class End:
    """The end of an enrolment: its last day of entitlement and why."""

    enrolment_id: UUID
    last_day: date
    reason: EndReason


def _state_after(end: End, today: date) -> EnrolmentState:
    never_was = end.reason in (EndReason.MISTAKE, EndReason.UNDONE)
    return EnrolmentState.ENDED if never_was or end.last_day < today else EnrolmentState.ACTIVE


def end_enrolments(session: Session, ends: Sequence[End]) -> list[UUID]:
    """End enrolments and their lines; returns those that are over already, which leave the funnel at once.

    One whose last day is still to come stays active and counted; the day that follows it ends it. One that ended before
    stays as it ended: a later last day (a death entered after a stop) would bring it back to life, uncounted.
    """
    asked = sa.select(Enrolment.id).where(col(Enrolment.state) == EnrolmentState.ACTIVE)  # type: ignore[call-overload]
    active = {row[0] for row in among(session, asked, col(Enrolment.id), {e.enrolment_id for e in ends})}
    ends = [end for end in ends if end.enrolment_id in active]
    if not ends:
        return []
    today = clock.today()
    rows = [(e.enrolment_id, _state_after(e, today), e.last_day, e.reason) for e in ends]
    bulk_update(session, Enrolment, "id", ("state", "to_date", "end_reason"), rows)
    last_days = {e.enrolment_id: e.last_day for e in ends}
    statement = sa.select(BenefitLine.id, BenefitLine.enrolment_id, BenefitLine.to_date)  # type: ignore[call-overload]
    lines = among(session, statement, col(BenefitLine.enrolment_id), last_days)
    end_lines(session, [(x[0], last_days[x[1]]) for x in lines if x[2] is None or x[2] > last_days[x[1]]])
    over = [row[0] for row in rows if row[1] == EnrolmentState.ENDED]
    funnel.leave(session, over)
    return over
