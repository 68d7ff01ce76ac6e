"""The keys under which people and registrations meet, kept in the database as keyed words of 64 bits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import crypto
from disburse.accounts import frames
from disburse.accounts.match_tables import PersonKey, RegistrationKey
from disburse.accounts.statements import chunks
from disburse.db import among, one_in
from disburse.ids import in_order

if TYPE_CHECKING:
    from matching.normalise import People

Words = npt.NDArray[np.int64]
_LABEL = "matching"
_PERSON, _REGISTRATION = (sa.inspect(table).local_table.c for table in (PersonKey, RegistrationKey))
_CHUNK = 100_000


def words_of(column: Words, value: Words) -> Words:
    """Return the word of each (column, value)."""
    blocks = np.column_stack([column, value]).astype("<i8")
    return np.frombuffer(crypto.keyring().words(_LABEL, blocks.tobytes()), dtype="<i8")[::2].astype(np.int64)


def person_words(people: People) -> tuple[Words, Words, Words]:
    """Return (word, kind, row of `people`) of everything these people may be met under."""
    from matching import posts

    found = posts.roster_posts(people, frames.places())
    return words_of(found.column, found.value), found.key, found.row


def registration_words(bank: People) -> tuple[Words, Words]:
    """Return (word, row of `bank`) of everything these registrations may be met under."""
    from matching import posts

    found = posts.registration_posts(bank, frames.places())
    return words_of(found.column, found.value), found.row


def keep_people(session: Session, people: People, ids: Sequence[UUID]) -> None:
    """Post these people, row by row of `people`; what was posted of them before must be gone."""
    words, kinds, rows = person_words(people)
    given = ("word", words.tolist()), ("kind", kinds.tolist()), ("person_id", [ids[row] for row in rows.tolist()])
    _insert(session, PersonKey, dict(given))


def drop_people(session: Session, ids: Iterable[UUID]) -> None:
    """Take these people's words out."""
    for some in chunks(ids, 50_000):
        gone = sa.delete(PersonKey).where(one_in(session, col(PersonKey.person_id), some))
        session.execute(gone, execution_options={"synchronize_session": False})


def keep_registrations(session: Session, bank: People, ids: Sequence[UUID]) -> None:
    """Post these registrations, row by row of `bank`; those posted already stay."""
    words, rows = registration_words(bank)
    _insert(session, RegistrationKey, {"word": words.tolist(), "registration_id": [ids[row] for row in rows.tolist()]})


def clear(session: Session) -> None:
    """Forget every posted word."""
    postgres = session.connection().dialect.name == "postgresql"
    for table in (PersonKey, RegistrationKey):
        session.execute(sa.text(f"TRUNCATE {table.__tablename__}") if postgres else sa.delete(table))


def keep_many_people(session: Session, people: People, ids: Sequence[UUID]) -> None:
    """`keep_people` into the empty table."""
    words, kinds, rows = person_words(people)
    raw = np.frombuffer(b"".join(id_.bytes for id_ in ids), dtype="V16")
    _fill(session, PersonKey, {"word": words, "kind": kinds}, rows, raw)


def keep_many_registrations(session: Session, words: Words, rows: Words, ids: npt.NDArray[np.bytes_]) -> None:
    """Post registrations into the empty table; `ids` are texts of 36 characters, `rows` places among them."""
    raw = np.frombuffer(bytes.fromhex(b"".join(ids.tolist()).decode().replace("-", "")), dtype="V16")
    _fill(session, RegistrationKey, {"word": words}, rows, raw)


def _fill(session: Session, table: Any, numbers: dict[str, Words], rows: Words, ids: npt.NDArray[np.void]) -> None:
    """Fill an empty table in the order of its words; on PostgreSQL by binary COPY, array by array.

    `rows`: for each word the place of its owner among `ids`, which are 16 bytes each.
    """
    order = np.argsort(numbers["word"], kind="stable")
    connection, described = session.connection(), table.__table__
    names = [column.name for column in described.columns]
    owner = names[-1]
    if connection.dialect.name != "postgresql":
        for at in range(0, len(order), _CHUNK):
            some = order[at : at + _CHUNK]
            columns: dict[str, list[Any]] = {name: values[some].tolist() for name, values in numbers.items()}
            _insert(session, table, columns | {owner: [id_.tobytes().hex() for id_ in ids[rows[some]]]})
        return
    sizes = {"word": ">i8", "kind": ">i2", owner: "V16"}
    parts = [(f"{mark}{name}", of) for name in names for mark, of in (("size_", ">i4"), ("", sizes[name]))]
    line = np.dtype([("fields", ">i2"), *parts])
    driver = connection.connection.driver_connection
    assert driver is not None
    copy_in = f"COPY {described.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(copy_in) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for at in range(0, len(order), _CHUNK):
            some = order[at : at + _CHUNK]
            lines = np.empty(len(some), dtype=line)
            lines["fields"], lines[owner] = len(names), ids[rows[some]]
            for name in names:
                lines[f"size_{name}"] = np.dtype(sizes[name]).itemsize
            for name, values in numbers.items():
                lines[name] = values[some]
            copy.write(lines.tobytes())
        copy.write(b"\xff\xff")
    connection.exec_driver_sql(f"ANALYZE {described.name}")  # or the first questions would read all of it


def _insert(session: Session, table: Any, columns: dict[str, list[Any]]) -> None:
    described: sa.Table = table.__table__
    names = ", ".join(columns)
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        kinds = ", ".join(f"%s::{described.c[n].type.compile(connection.dialect)}[]" for n in columns)
        statement = f"INSERT INTO {described.name} ({names}) SELECT * FROM unnest({kinds}) ON CONFLICT DO NOTHING"  # noqa: S608
        connection.exec_driver_sql(statement, tuple(columns.values()))
        return
    marks = ", ".join("?" * len(columns))
    given = list(zip(*(_as_text(column) for column in columns.values()), strict=True))
    if given:
        statement = f"INSERT OR IGNORE INTO {described.name} ({names}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(statement, given)


def _as_text(column: list[Any]) -> list[Any]:
    return [value.hex for value in column] if column and isinstance(column[0], UUID) else column


def words_kept(session: Session, persons: Iterable[UUID]) -> tuple[Words, Words]:
    """Return (word, kind) of everything that is posted of these people."""
    statement = sa.select(_PERSON.word, _PERSON.kind)
    return _arrays(among(session, statement, _PERSON.person_id, in_order(persons)))


def counts(session: Session, words: Words) -> dict[tuple[int, int], int]:
    """Return how many people stand under each (word, kind)."""
    statement = sa.select(_PERSON.word, _PERSON.kind, sa.func.count()).group_by(_PERSON.word, _PERSON.kind)
    return {(row[0], row[1]): row[2] for row in _where(session, statement, _PERSON.word, words)}


def people_under(session: Session, words: Words) -> tuple[Words, Words, list[UUID]]:
    """Return (word, kind, person) of everybody posted under these words."""
    statement = sa.select(_PERSON.word, _PERSON.kind, _PERSON.person_id)
    rows = list(_where(session, statement, _PERSON.word, words))
    return *_arrays(rows), [row[2] for row in rows]


def of_rare_name(session: Session, people: People) -> npt.NDArray[np.bool_]:
    """Return for each row whether it may be met without a year: undated, and few people of all bear its name."""
    from matching import posts

    found = posts.bearer_posts(people)
    words = words_of(found.column, found.value)
    size = counts(session, words)
    few = np.zeros(len(people), dtype=np.bool_)
    full = np.array([size.get((word, posts.ALONE), 0) for word in words.tolist()], dtype=np.int64)
    few[found.row] = full <= posts.CAPS[posts.ALONE]
    return few


def registrations_under(session: Session, words: Words) -> tuple[Words, list[UUID]]:
    """Return (word, registration) of everything posted under these words."""
    statement = sa.select(_REGISTRATION.word, _REGISTRATION.registration_id)
    rows = list(_where(session, statement, _REGISTRATION.word, words))
    return np.array([row[0] for row in rows], dtype=np.int64), [row[1] for row in rows]


def _arrays(rows: Iterable[Any]) -> tuple[Words, Words]:
    taken = [(row[0], row[1]) for row in rows]
    both = np.array(taken, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


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
