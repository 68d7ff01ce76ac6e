"""The keys under which people and registrations meet, kept in the database as keyed words of 64 bits.

What a full run posts is packed (`shards`); what changes afterwards is posted beside it, row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import crypto
from disburse.accounts import frames, shards
from disburse.accounts.gathering import Ids
from disburse.accounts.match_tables import PersonKey, PersonWords, RegistrationKey
from disburse.accounts.shards import Lines, Words, lines_of
from disburse.accounts.statements import chunks
from disburse.arrays import array_of
from disburse.db import among, one_in, upsert

if TYPE_CHECKING:
    from matching.normalise import People
    from matching.posts import Posts

_LABEL = "matching"
_PLAIN = {"synchronize_session": False}
_PERSON, _REGISTRATION = (sa.inspect(table).local_table.c for table in (PersonKey, RegistrationKey))


def words_of(posted: Posts) -> Words:
    """Return the word of each (column, value)."""
    blocks = np.empty((len(posted.value), 2), dtype="<i8")
    blocks[:, 0], blocks[:, 1] = posted.column, posted.value
    words = crypto.keyring().words(_LABEL, blocks.view(np.uint8).ravel().data)
    return np.frombuffer(words, dtype="<i8")[::2].astype(np.int64)


def person_words(people: People) -> tuple[Words, Words, Words]:
    """Return (word, kind, row of `people`) of everything these people may be met under."""
    from matching.posts import roster_posts

    # Key by key: what a word is made of stays near the processor, which takes a third of the time.
    found = [(words_of(one), one.key, one.row) for one in roster_posts(people, frames.places())]
    words, kinds, rows = zip(*found, strict=True)
    return np.concatenate(words), np.repeat(np.array(kinds), list(map(len, rows))), np.concatenate(rows)


def registration_words(bank: People) -> tuple[Words, Words]:
    """Return (word, row of `bank`) of everything these registrations may be met under."""
    from matching.posts import registration_posts

    found = [(words_of(one), one.row) for one in registration_posts(bank, frames.places())]
    words, rows = zip(*found, strict=True)
    return np.concatenate(words), np.concatenate(rows)


def registration_lines(bank: People, first: int) -> Lines:
    """Return `shards.lines_of` everything these registrations may be met under, if their places begin at `first`."""
    from matching.posts import registration_posts

    found = registration_posts(bank, frames.places())
    return np.concatenate([lines_of(words_of(one), one.row + first) for one in found])


def keep_people(session: Session, people: People, ids: Sequence[UUID]) -> None:
    """Post these people, row by row of `people`; what was posted of them before must be gone."""
    words, kinds, rows = person_words(people)
    given = ("word", words.tolist()), ("kind", kinds.tolist()), ("person_id", [ids[row] for row in rows.tolist()])
    _insert(session, PersonKey, dict(given))
    each = zip(ids, shards.words_by_owner(words, kinds, rows, len(ids)), strict=True)
    lines = [{"person_id": id_, "moved": True, "words": own} for id_, own in each]
    upsert(session, PersonWords, lines, key=("person_id",))


def drop_people(session: Session, ids: Iterable[UUID]) -> None:
    """Take these people's words out."""
    for some in chunks(ids, 50_000):
        gone = sa.delete(PersonKey).where(one_in(session, col(PersonKey.person_id), some))
        session.execute(gone, execution_options=_PLAIN)
        moved = sa.update(PersonWords).where(one_in(session, col(PersonWords.person_id), some))
        session.execute(moved.values(moved=True, words=b""), execution_options=_PLAIN)


def keep_registrations(session: Session, bank: People, ids: Sequence[UUID]) -> None:
    """Post these registrations, row by row of `bank`; those posted already stay."""
    words, rows = registration_words(bank)
    order = np.argsort(words)  # as the index has them
    whose = [ids[row] for row in rows[order].tolist()]
    _insert(session, RegistrationKey, {"word": words[order].tolist(), "registration_id": whose})


def keep_all(session: Session, people: People, ids: Ids, bank: Callable[[], tuple[list[Lines], Ids]]) -> None:
    """Post everybody and every registration in place of what was posted.

    `bank` gives the lines of registrations and their ids; it is asked last, when a run may still be making them.
    """
    shards.clear(session)
    words, kinds, rows = person_words(people)
    shards.fill_people(session, words, kinds, rows, ids)
    shards.fill_registrations(session, *bank())


def _insert(session: Session, table: Any, columns: dict[str, list[Any]]) -> None:
    described: sa.Table = table.__table__
    names = ", ".join(columns)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        kinds = ", ".join(f"%s::{described.c[n].type.compile(connection.dialect)}[]" for n in columns)
        statement = f"INSERT INTO {described.name} ({names}) SELECT * FROM unnest({kinds}) ON CONFLICT DO NOTHING"  # noqa: S608
        arrays = tuple(array_of(described.c[name].type, values) for name, values in columns.items())
        connection.exec_driver_sql(statement, arrays)
        return
    marks = ", ".join("?" * len(columns))
    given = list(zip(*(_as_text(column) for column in columns.values()), strict=True))
    if given:
        statement = f"INSERT OR IGNORE INTO {described.name} ({names}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(statement, given)


def _as_text(column: list[Any]) -> list[Any]:
    return [value.hex for value in column] if column and isinstance(column[0], UUID) else column


@dataclass(slots=True)
class Posted:
    """Who is posted under words: (word, kind) and of whom, by the number of the full run or, since then, -1 - place
    in `since`."""

    words: Words
    kinds: Words
    owners: Words
    since: list[UUID]

    def take(self, places: Words) -> Posted:
        """Return some of them."""
        return Posted(self.words[places], self.kinds[places], self.owners[places], self.since)

    def persons(self, session: Session) -> list[UUID]:
        """Return who each of them is."""
        distinct, at = np.unique(self.owners, return_inverse=True)
        known = shards.persons(session, distinct[distinct >= 0])
        ids = [self.since[-1 - owner] for owner in distinct[distinct < 0].tolist()] + known
        return [ids[place] for place in at.tolist()]


def words_kept(session: Session, persons: Iterable[UUID]) -> tuple[Words, Words]:
    """Return (word, kind) of everything that is posted of these people."""
    return shards.words_of(session, persons)


def people_met(session: Session, words: Words) -> Posted:
    """Return everybody posted under these words of registrations, most of which are nobody's."""
    return _posted(session, words, shards.sieved(session, words))


def people_under(session: Session, words: Words) -> Posted:
    """Return everybody posted under these words."""
    return _posted(session, words, words)


def _posted(session: Session, words: Words, likely: Words) -> Posted:
    """`likely`: the words among which are all that the full run posted somebody under."""
    packed = shards.people_under(session, likely)
    statement = sa.select(_PERSON.word, _PERSON.kind, _PERSON.person_id)
    rows = list(_where(session, statement, _PERSON.word, words))
    since = [row[2] for row in rows]
    both = np.array([(row[0], row[1]) for row in rows], dtype=np.int64).reshape(-1, 2)
    return Posted(
        np.concatenate([packed["word"], both[:, 0]]),
        np.concatenate([packed["kind"].astype(np.int64), both[:, 1]]),
        np.concatenate([packed["number"].astype(np.int64), -1 - np.arange(len(since), dtype=np.int64)]),
        since,
    )


def counts(session: Session, words: Words) -> dict[tuple[int, int], int]:
    """Return how many people stand under each (word, kind)."""
    posted = people_under(session, words)
    return {(word, kind): size for word, kind, size in zip(*map(np.ndarray.tolist, _blocks(posted)), strict=True)}


def sizes(session: Session, words: Words, kinds: Words) -> Words:
    """Return for each (word, kind) how many people stand under it."""
    size = counts(session, words)
    given = zip(words.tolist(), kinds.tolist(), strict=True)
    return np.array([size.get(block, 0) for block in given], dtype=np.int64)


def _blocks(posted: Posted) -> tuple[Words, Words, Words]:
    """Return (word, kind, people) of each block."""
    order = np.lexsort((posted.kinds, posted.words))
    words, kinds = posted.words[order], posted.kinds[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(words) != 0) | (np.diff(kinds) != 0)])[: len(words)])
    return words[first], kinds[first], np.diff(np.append(first, len(words)))


def of_rare_name(session: Session, people: People) -> npt.NDArray[np.bool_]:
    """Return for each row whether it may be met without a year: undated, and few people of all bear its name."""
    from matching import posts

    found = posts.bearer_posts(people)
    full = sizes(session, words_of(found), np.full(len(found.row), posts.ALONE))
    few = np.zeros(len(people), dtype=np.bool_)
    few[found.row] = full <= posts.CAPS[posts.ALONE]
    return few


def registrations_under(session: Session, words: Words) -> list[UUID]:
    """Return every registration posted under these words, and a few that only seem so."""
    rows = _where(session, sa.select(_REGISTRATION.registration_id), _REGISTRATION.word, words)
    return shards.registrations_under(session, words) + [row[0] for row in rows]


def _where(session: Session, statement: Any, column: Any, words: Words) -> Iterable[Any]:
    wanted = np.unique(words).tolist()
    return among(session, statement, column, wanted, chunk=50_000) if wanted else ()


def joined(left: Words, right: Words) -> tuple[Words, Words]:
    """Return the places (in `left`, in `right`) of every two equal words."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    first = np.searchsorted(ordered, left, "left")
    size = np.searchsorted(ordered, left, "right") - first
    at = np.repeat(np.arange(len(left)), size)
    offset = np.arange(len(at)) - np.repeat(np.cumsum(size) - size, size)
    return at, order[np.repeat(first, size) + offset]
