"""The words of people's names as the search finds them: written with every name, never read as truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.db import bulk_insert
from disburse.people.tables import NameToken

_COLUMNS = ("person_id", "token", "place", "sort_key")
_AT_ONCE = 5_000

Named = tuple[UUID, str, str]  # a person, their folded name, their sort key


def rows_of(person_id: UUID, name_fold: str, sort_key: str) -> Iterator[tuple[Any, ...]]:
    """Yield the token rows of one name; a word that stands twice counts once, as the given name where it is that."""
    words = name_fold.split()
    given = words[-1] if words else ""
    for word in dict.fromkeys(words):
        yield person_id, word, int(word != given), sort_key


def add(session: Session, people: Iterable[Named]) -> int:
    """Write the tokens of new people."""
    return bulk_insert(session, NameToken, _COLUMNS, (row for person in people for row in rows_of(*person)))


def replace(session: Session, people: Iterable[Named]) -> int:
    """Write the tokens of people whose names may have changed."""
    known = list(people)
    ids = [person[0] for person in known]
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        session.execute(sa.delete(NameToken).where(col(NameToken.person_id).in_(some)))
    return add(session, known)


def remove(session: Session, person_ids: Iterable[UUID]) -> None:
    """Let people be found no more: they turned out to be somebody else."""
    session.execute(sa.delete(NameToken).where(col(NameToken.person_id).in_(list(person_ids))))
