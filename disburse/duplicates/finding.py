"""Which records may be one human being: by old ID, by name and birth in a commune, by name and birthday elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.config import Settings
from disburse.db import Database, bulk_insert
from disburse.duplicates.tables import DuplicatePair, Likeness, NotSamePerson
from disburse.people.likeness import births_agree, same_given_name
from disburse.people.tables import Person, Precision

MOST_ALIKE = 12  # more bearers of one name and birth than this are no duplicates but a common name

Pair = tuple[UUID, UUID]

_FACTS = (
    Person.id, Person.name_fold, Person.birth_date, Person.birth_precision, Person.citizen_id_index, Person.id_valid,
    Person.commune_code, Person.origin_province,
)  # fmt: skip


def search_all(database: Database, _settings: Settings) -> int:
    """Bring the table of pairs up to date, as a round of the worker. Returns how many pairs there are."""
    with database.transaction() as session:
        return find_pairs(session)


def find_pairs(session: Session) -> int:
    """Bring the table of pairs up to date: new ones added, those that are none any more gone. Returns how many."""
    found: dict[Pair, Likeness] = {}
    for why, groups in (
        (Likeness.OLD_ID, _same(session, col(Person.old_id_index))),
        (Likeness.SAME_PLACE, _same(session, col(Person.commune_code), col(Person.name_fold))),
        (Likeness.SAME_BIRTHDAY, _same(session, col(Person.name_fold), col(Person.birth_date))),
    ):
        for group in groups:
            for one, other in combinations(group, 2):
                if _may_be_one(one, other, why):
                    low, high = sorted((one.id, other.id))
                    found.setdefault((low, high), why)
    for row in session.execute(sa.select(col(NotSamePerson.low_id), col(NotSamePerson.high_id))):
        found.pop((row[0], row[1]), None)
    known = {(r[0], r[1]) for r in session.execute(sa.select(col(DuplicatePair.low_id), col(DuplicatePair.high_id)))}
    for low, high in known - found.keys():
        session.execute(sa.delete(DuplicatePair).where(_is_pair(low, high)))
    now = clock.utc_now()
    fresh = [(*pair, why, now) for pair, why in found.items() if pair not in known]
    bulk_insert(session, DuplicatePair, ("low_id", "high_id", "why", "found_at"), fresh)
    return len(found)


def _is_pair(low: UUID, high: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(col(DuplicatePair.low_id) == low, col(DuplicatePair.high_id) == high)


def _same(session: Session, *columns: Any) -> Iterator[list[Any]]:
    """Yield the people who share these values, where not all of the world does."""
    stands = [col(Person.merged_into).is_(None), col(Person.name_fold) != "", *(one.is_not(None) for one in columns)]
    shared = sa.select(*columns).where(*stands).group_by(*columns)
    shared = shared.having(sa.func.count().between(2, MOST_ALIKE))
    twice = shared.subquery("twice")
    on = sa.and_(*(one == twice.c[one.key] for one in columns))
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    people = sa.select(*_FACTS, *(one.label(f"key_{place}") for place, one in enumerate(columns)))  # type: ignore[call-overload]
    for row in session.execute(people.join(twice, on).where(*stands)):
        groups[tuple(row[len(_FACTS) :])].append(row)
    yield from groups.values()


def _may_be_one(one: Any, other: Any, why: Likeness) -> bool:
    """Say whether nothing that is known tells two people apart."""
    if one.id_valid and other.id_valid and one.citizen_id_index != other.citizen_id_index:
        return False
    if why == Likeness.OLD_ID:
        return same_given_name(one.name_fold, other.name_fold)
    if one.birth_date is None or other.birth_date is None:
        return False
    if why == Likeness.SAME_BIRTHDAY:
        whole = {one.birth_precision, other.birth_precision} == {Precision.DAY}
        placeholder = one.birth_date.day == 1 and one.birth_date.month == 1
        return whole and not placeholder and one.origin_province == other.origin_province
    return births_agree(
        (one.birth_date, str(one.birth_precision or "day")), (other.birth_date, str(other.birth_precision or "day"))
    )


def forget(session: Session, person_ids: Iterable[UUID]) -> None:
    """Ask about these people no more: one of them is no person of its own now."""
    ids = list(person_ids)
    touched = sa.or_(col(DuplicatePair.low_id).in_(ids), col(DuplicatePair.high_id).in_(ids))
    session.execute(sa.delete(DuplicatePair).where(touched))
