"""Reads of people: who has this number, who is enrolled where, what an enrolment pays and to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from disburse.access.actor import Actor, Scope
from disburse.access.queries import Condition, within_scopes
from disburse.access.roles import Permission
from disburse.db import INSERT_CHUNK, among, one_in
from disburse.ids import Id, in_order
from disburse.people.tables import (
    BenefitLine,
    Enrolment,
    EnrolmentState,
    LineKind,
    Person,
    Recipient,
    RecipientKind,
    Verified,
    VerifiedResult,
    Wish,
)


def enrolments_within(actor: Actor, permission: Permission) -> Condition:
    """Return the condition (for a query of `enrolment`) that keeps what lies inside the actor's scopes."""
    return enrolments_in(actor.scopes(permission))


def enrolments_in(scopes: Iterable[Scope]) -> Condition:
    """Return the condition (for a query of `enrolment`) that keeps what lies inside these scopes."""
    return within_scopes(
        scopes,
        commune=col(Enrolment.commune_code),
        programme=col(Enrolment.programme),
        province=col(Enrolment.province_code),
    )


# Reading rests on what is over as well, and so does saying that a flag was looked at: it changes nothing of a person's.
_READS = frozenset({Permission.PERSON_READ, Permission.ACCOUNT_READ, Permission.FLAG_READ, Permission.FLAG_SETTLE})


def people_within(actor: Actor, permission: Permission, person_id: Any) -> Condition:
    """Return the condition on a person, whose id is given as a column (none of `enrolment`), that they are the actor's.

    To read: they have, had or receive for an enrolment inside the actor's scopes. For every act: the actor keeps their
    file. Whoever keeps it has them actively enrolled. Of somebody who is so nowhere, it is kept where they receive now
    for somebody who is, and where they were enrolled last; of a mere recipient, where they received last.
    """
    if permission in _READS:
        return people_seen(actor, permission, person_id)
    inside = enrolments_within(actor, permission)
    active = col(Enrolment.state) == EnrolmentState.ACTIVE
    later: Any = sa.orm.aliased(Enrolment)
    moved_on = sa.exists().where(
        later.person_id == Enrolment.person_id,
        later.commune_code != Enrolment.commune_code,
        later.from_date > Enrolment.from_date,
    )
    only_received = sa.and_(
        _received(person_id, inside), sa.not_(has_enrolment(person_id)), sa.not_(receives_for(person_id, active))
    )
    last = sa.or_(
        receives_for(person_id, active, inside), has_enrolment(person_id, inside, sa.not_(moved_on)), only_received
    )
    return sa.or_(has_enrolment(person_id, active, inside), sa.and_(sa.not_(has_enrolment(person_id, active)), last))


def people_seen(actor: Actor, permission: Permission, person_id: Any) -> Condition:
    """Return the condition on a person that they have, had or receive for an enrolment inside the actor's scopes."""
    inside = enrolments_within(actor, permission)
    return sa.or_(has_enrolment(person_id, inside), receives_for(person_id, inside))


def has_enrolment(person_id: Any, *asked: Condition) -> Condition:
    """Return the condition on a person that they have, or had, an enrolment like this."""
    return _asked_by_row(sa.select(col(Enrolment.id)).where(col(Enrolment.person_id) == person_id, *asked))


def receives_for(person_id: Any, *asked: Condition) -> Condition:
    """Return the condition on a person that they receive now for an enrolment like this."""
    return _received(person_id, col(Recipient.ended_on).is_(None), *asked)


def _received(person_id: Any, *asked: Condition) -> Condition:
    return _asked_by_row(
        sa.select(col(Enrolment.id))
        .join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
        .where(col(Recipient.person_id) == person_id, *asked)
    )


def _asked_by_row(statement: Any) -> Condition:
    # The OFFSET keeps PostgreSQL from computing the answer for the whole province first, 0.5 s for a page of fifty.
    exists: Condition = statement.offset(0).correlate_except(Enrolment, Recipient).exists()
    return exists


@dataclass(slots=True, frozen=True)
class Known:
    """A person as far as a list's row is compared with them; numbers stand as their keyed indexes."""

    person_id: UUID
    fold: str
    birth: tuple[date, str] | None
    citizen: bytes | None
    id_valid: bool
    enrolment_id: UUID | None = None
    commune: str = ""
    file_number: str | None = None
    origin: tuple[str, date] | None = None  # the unit the enrolment came with


_KNOWN = (
    Person.id,
    Person.name_fold,
    Person.birth_date,
    Person.birth_precision,
    Person.citizen_id_index,
    Person.id_valid,
)


_ENROLLED = (
    Enrolment.id,
    Enrolment.commune_code,
    Enrolment.file_number,
    Enrolment.origin_code,
    Enrolment.origin_valid_from,
)


def _known(row: Sequence[Any], *enrolment: Any) -> Known:
    birth = (row[2], str(row[3] or "day")) if row[2] else None
    return Known(row[0], row[1], birth, row[4], row[5], *enrolment)


def by_citizen_id(session: Session, indexes: Iterable[bytes]) -> dict[bytes, Known]:
    """Return who has these citizen IDs (keyed indexes)."""
    column = col(Person.citizen_id_index)
    return {row[4]: _known(row) for row in among(session, sa.select(*_KNOWN), column, indexes)}  # type: ignore[call-overload]


def by_old_id(session: Session, indexes: Iterable[bytes]) -> dict[bytes, list[Known]]:
    """Return who has these old IDs (keyed indexes); they are not unique."""
    found: dict[bytes, list[Known]] = defaultdict(list)
    statement = sa.select(*_KNOWN, Person.old_id_index)  # type: ignore[call-overload]
    for row in among(session, statement, col(Person.old_id_index), indexes):
        found[row[6]].append(_known(row))
    return found


def by_fold(session: Session, folds: Iterable[str]) -> dict[str, list[Known]]:
    """Return everybody who bears one of these folded names."""
    found: dict[str, list[Known]] = defaultdict(list)
    for row in among(session, sa.select(*_KNOWN), col(Person.name_fold), folds):  # type: ignore[call-overload]
        found[row[1]].append(_known(row))
    return found


def by_name(session: Session, commune_codes: Iterable[str], folds: set[str]) -> dict[tuple[str, str], list[Known]]:
    """Return the people of communes who bear one of these folded names, by (commune, name)."""
    found: dict[tuple[str, str], list[Known]] = defaultdict(list)
    statement = sa.select(*_KNOWN, Person.commune_code)  # type: ignore[call-overload]
    for row in among(session, statement, col(Person.commune_code), commune_codes, chunk=500):
        if row[1] in folds:
            found[row[6], row[1]].append(_known(row, None, row[6]))
    return found


def enrolled(
    session: Session, programme: str, commune_codes: Iterable[str], *asked: sa.ColumnElement[bool]
) -> Iterator[Known]:
    """Yield everyone actively enrolled in a programme in these communes, who fits what else is asked."""
    statement = (
        sa.select(*_KNOWN, *_ENROLLED)  # type: ignore[call-overload]
        .join(Enrolment, col(Enrolment.person_id) == col(Person.id))
        .where(col(Enrolment.programme) == programme, col(Enrolment.state) == EnrolmentState.ACTIVE, *asked)
    )
    for row in among(session, statement, col(Enrolment.commune_code), commune_codes, chunk=200):
        yield _known(row, *row[6:9], (row[9], row[10]))


def active_enrolments(session: Session, programme: str, person_ids: Iterable[UUID]) -> dict[UUID, Known]:
    """Return those of these persons who are actively enrolled in the programme, with their enrolment."""
    statement = (
        sa.select(*_KNOWN, *_ENROLLED)  # type: ignore[call-overload]
        .join(Enrolment, col(Enrolment.person_id) == col(Person.id))
        .where(col(Enrolment.programme) == programme, col(Enrolment.state) == EnrolmentState.ACTIVE)
    )
    found = among(session, statement, col(Enrolment.person_id), person_ids)
    return {row[0]: _known(row, *row[6:9], (row[9], row[10])) for row in found}


@dataclass(slots=True, frozen=True)
class LineInForce:
    """A benefit line as it stands; `amount` None = held from payment."""

    id: int
    kind: LineKind
    type_code: str | None
    amount: int | None
    coefficient: Decimal | None
    from_date: date
    to_date: date | None
    roster_id: UUID | None


_LINE = (
    BenefitLine.id, BenefitLine.kind, BenefitLine.type_code, BenefitLine.amount, BenefitLine.coefficient,
    BenefitLine.from_date, BenefitLine.to_date, BenefitLine.roster_id,
)  # fmt: skip


def lines_on(session: Session, enrolment_ids: Iterable[UUID], day: date) -> dict[UUID, list[LineInForce]]:
    """Return the benefit lines of enrolments in force on a day, in the order they were entered."""
    found: dict[UUID, list[LineInForce]] = defaultdict(list)
    column = col(BenefitLine.enrolment_id)
    statement = (
        sa.select(column, *_LINE)  # type: ignore[call-overload]
        .where(col(BenefitLine.from_date) <= day)
        .where(sa.or_(col(BenefitLine.to_date).is_(None), col(BenefitLine.to_date) >= day))
        .order_by(col(BenefitLine.id))
    )
    for row in among(session, statement, column, enrolment_ids):
        found[row[0]].append(LineInForce(*row[1:]))
    return found


@dataclass(slots=True, frozen=True)
class CurrentRecipient:
    """Who receives for an enrolment now, as far as a list's row is compared with them."""

    id: UUID
    enrolment_id: UUID
    kind: RecipientKind
    person_id: UUID | None
    organisation_id: UUID | None
    relation: str
    wish: Wish
    since: date
    fold: str | None
    citizen: bytes | None
    paper_kind: str
    paper_number: str
    paper_date: date | None
    paper_until: date | None
    wish_on: date | None
    roster_id: UUID | None  # the list that named them; None = an officer did


def current_recipients(session: Session, enrolment_ids: Iterable[UUID]) -> dict[UUID, CurrentRecipient]:
    """Return the current recipient of each enrolment; an organisation stands without name and number."""
    column = col(Recipient.enrolment_id)
    columns: tuple[Any, ...] = (
        Recipient.id, column, Recipient.kind, Recipient.person_id, Recipient.organisation_id, Recipient.relation,
        Recipient.wish, Recipient.since, Person.name_fold, Person.citizen_id_index, Recipient.paper_kind,
        Recipient.paper_number, Recipient.paper_date, Recipient.paper_until, Recipient.wish_on, Recipient.roster_id,
    )  # fmt: skip
    statement = (
        sa.select(*columns)
        .outerjoin(Person, col(Person.id) == col(Recipient.person_id))
        .where(col(Recipient.ended_on).is_(None))
    )
    return {row[1]: CurrentRecipient(*row) for row in among(session, statement, column, enrolment_ids)}


def facts(
    session: Session, table: type[SQLModel], columns: Sequence[str], ids: Iterable[UUID]
) -> dict[UUID, dict[str, Any]]:
    """Return columns of persons or enrolments by id, as they stand."""
    key = getattr(table, "id")  # noqa: B009 - both tables have it, their base has not
    statement = sa.select(key, *(getattr(table, name) for name in columns))
    found = among(session, statement, key, ids)
    return {row[0]: dict(zip(columns, row[1:], strict=True)) for row in found}


def merged(session: Session, person_ids: Iterable[Id], *, hold: bool = True) -> set[UUID]:
    """Return those of these persons who turned out to be another.

    `hold`: nobody is merged until this transaction ends. Who keeps merges waiting already need not write into each.
    """
    found: set[UUID] = set()
    ids = in_order(person_ids)
    for start in range(0, len(ids), INSERT_CHUNK):
        mine = one_in(session, col(Person.id), ids[start : start + INSERT_CHUNK])
        held = sa.select(col(Person.id), col(Person.merged_into)).where(mine).order_by(col(Person.id))
        # All are held, the few that count come back.
        table = (held.with_for_update(read=True) if hold else held).cte("held")
        found |= set(session.execute(sa.select(table.c.id).where(table.c.merged_into.is_not(None))).scalars())
    return found


def verified(session: Session, person_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these persons whose newest answer of the population database is a match."""
    newest: dict[UUID, tuple[date, int, str]] = {}
    statement = sa.select(Verified.person_id, Verified.on, Verified.id, Verified.result)  # type: ignore[call-overload]
    for person, on, row_id, result in among(session, statement, col(Verified.person_id), person_ids):
        if person not in newest or (on, row_id) > newest[person][:2]:
            newest[person] = (on, row_id, result)
    return {person for person, answer in newest.items() if answer[2] == VerifiedResult.MATCH}
