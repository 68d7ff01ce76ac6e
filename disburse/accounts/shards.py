"""The keys a full run posted, packed into shards: written at once, read some shards at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session

from disburse.accounts.gathering import Ids, gather_among, uuids
from disburse.accounts.match_tables import MatchShard, PersonKey, PersonWords, RegistrationKey, ShardKind
from disburse.db import among, bulk_insert
from disburse.ids import in_order

Words = npt.NDArray[np.int64]
Lines = npt.NDArray[np.uint64]  # of registrations: 32 bits of the word, 32 of the row's place
PEOPLE_LINE = np.dtype([("word", "<i8"), ("number", "<i4"), ("kind", "u1")])
WORDS_LINE = np.dtype([("word", "<i8"), ("kind", "u1")])
_SHARD = 1_200  # bytes, which PostgreSQL keeps in the row itself; 300 bytes made several times as many rows
_IDS = 64  # ids a shard
_MOST_BITS = 22
_SPARSE = 3  # places of the sieve: 2 ** _SPARSE and more for each line
_PIECE = 13  # bits of the number of a place inside its piece of the sieve, which is a shard of 1 KB
_BIT = np.array([128, 64, 32, 16, 8, 4, 2, 1], dtype=np.uint8)
_HALF = np.uint64(32)
_UPPER = np.uint64(0xFFFFFFFF00000000)
_TABLE = sa.inspect(MatchShard).local_table.c
_PERSON = sa.inspect(PersonWords).local_table.c


def clear(session: Session) -> None:
    """Forget every posted word, also those posted since."""
    postgres = session.connection().dialect.name == "postgresql"
    for table in (MatchShard, PersonWords, PersonKey, RegistrationKey):
        session.execute(sa.text(f"TRUNCATE {table.__tablename__}") if postgres else sa.delete(table))


def fill_people(session: Session, words: Words, kinds: Words, numbers: Words, ids: Ids) -> None:
    """Keep (word, kind, number) of people into the empty tables; `numbers` are places in `ids`, in any order."""
    lines = np.empty(len(words), dtype=PEOPLE_LINE)
    order = np.argsort(words.view(np.uint64))
    lines["word"], lines["number"], lines["kind"] = words[order], numbers[order], kinds[order]
    ordered = words.view(np.uint64)[order]
    _fill(session, ShardKind.PEOPLE, ordered, lines)
    _fill_sieve(session, ordered)
    _fill_ids(session, ShardKind.PERSON_IDS, ids)
    each = zip(ids.tolist(), words_by_owner(words, kinds, numbers, len(ids)), strict=True)
    rows = ((id_, number, False, own) for number, (id_, own) in enumerate(each))
    bulk_insert(session, PersonWords, ("person_id", "number", "moved", "words"), rows)
    _analyse(session, PersonWords, MatchShard)


def lines_of(words: Words, numbers: Words) -> Lines:
    """Return half of each word with its registration's place: enough to find few that do not bear it."""
    return (words.view(np.uint64) & _UPPER) | numbers.astype(np.uint64)


def fill_registrations(session: Session, lines: Lines, ids: Ids) -> None:
    """Keep lines whose registrations have their places in `ids`; they are put in order where they stand."""
    lines.sort()
    _fill(session, ShardKind.REGISTRATIONS, lines, lines)
    _fill_ids(session, ShardKind.REGISTRATION_IDS, ids)


def _fill(session: Session, kind: ShardKind, words: npt.NDArray[np.uint64], lines: npt.NDArray[Any]) -> None:
    """Cut `lines`, which are in the order of `words`, into shards."""
    if not len(lines):
        return
    bits = int(np.clip(np.ceil(np.log2(lines.nbytes / _SHARD)), 1, _MOST_BITS))
    edges = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    cuts = np.append(np.searchsorted(words, edges), len(lines)) * lines.dtype.itemsize
    packed = lines.view(np.uint8)
    rows = (
        (kind, number, bits, packed[start:stop].tobytes())
        for number, (start, stop) in enumerate(pairwise(cuts.tolist()))
        if stop > start
    )
    bulk_insert(session, MatchShard, ("kind", "shard", "bits", "content"), rows)


def _fill_sieve(session: Session, words: npt.NDArray[np.uint64]) -> None:
    """Keep a bit for each of the places that the leading bits of a word may name, set where somebody's does."""
    bits = int(np.ceil(np.log2(len(words) + 1))) + _SPARSE
    bits = int(np.clip(bits, _PIECE, _PIECE + _MOST_BITS))
    taken = np.zeros(1 << bits, dtype=np.bool_)
    taken[(words >> np.uint64(64 - bits)).astype(np.int64)] = True
    sieve = np.packbits(taken)  # the first place is the highest bit, as in _BIT
    pieces = sieve.reshape(-1, 1 << (_PIECE - 3))
    rows = ((ShardKind.SIEVE, number, bits, piece.tobytes()) for number, piece in enumerate(pieces))
    bulk_insert(session, MatchShard, ("kind", "shard", "bits", "content"), rows)


def _fill_ids(session: Session, kind: ShardKind, ids: Ids) -> None:
    rows = ((kind, at // _IDS, 0, ids[at : at + _IDS].tobytes()) for at in range(0, len(ids), _IDS))
    bulk_insert(session, MatchShard, ("kind", "shard", "bits", "content"), rows)


def words_by_owner(words: Words, kinds: Words, owners: Words, count: int) -> Iterator[bytes]:
    """Return for each of so many owners what it is posted under, as WORDS_LINE."""
    own = np.empty(len(words), dtype=WORDS_LINE)
    order = np.argsort(owners, kind="stable")
    own["word"], own["kind"] = words[order], kinds[order]
    cuts = (np.searchsorted(owners[order], np.arange(count + 1)) * WORDS_LINE.itemsize).tolist()
    packed = own.tobytes()
    return (packed[start:stop] for start, stop in pairwise(cuts))


def _analyse(session: Session, *tables: Any) -> None:
    """Let PostgreSQL count what was filled, or the first questions would read all of it."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f"ANALYZE {table.__tablename__}")


def people_under(session: Session, words: Words) -> npt.NDArray[Any]:
    """Return as PEOPLE_LINE everybody posted under these words by the full run who has not moved since."""
    found = np.frombuffer(_read(session, ShardKind.PEOPLE, words.view(np.uint64)), dtype=PEOPLE_LINE)
    found = found[_among(found["word"], words)]
    moved = session.execute(sa.select(_PERSON.number).where(_PERSON.moved, _PERSON.number.is_not(None)))
    gone = np.array(moved.scalars().all(), dtype=np.int32)
    return found[~np.isin(found["number"], gone)] if len(gone) else found


def sieved(session: Session, words: Words) -> Words:
    """Return those of these words that the full run may have posted somebody under: one in four of a registration."""
    bits = _bits(session, ShardKind.SIEVE)
    places = (words.view(np.uint64) >> np.uint64(64 - bits)).astype(np.int64)
    pieces, of = np.unique(places >> _PIECE, return_inverse=True)
    sieve = np.frombuffer(_contents(session, ShardKind.SIEVE, pieces.tolist()), dtype=np.uint8)
    if not len(sieve):
        return words[:0]
    places = (of << _PIECE) + (places & ((1 << _PIECE) - 1))
    likely: npt.NDArray[np.bool_] = sieve[places >> 3] & _BIT[places & 7] > 0
    return words[likely]


def persons(session: Session, numbers: Words) -> list[UUID]:
    """Return the people of these numbers."""
    return _ids(session, ShardKind.PERSON_IDS, numbers)


def registrations_under(session: Session, words: Words) -> list[UUID]:
    """Return the registrations that the full run posted under these words, and a few that only seem so."""
    found = np.frombuffer(_read(session, ShardKind.REGISTRATIONS, words.view(np.uint64)), dtype="<u8")
    halves = (found >> _HALF).astype(np.int64)
    mine = found[_among(halves, (words.view(np.uint64) >> _HALF).astype(np.int64))]
    numbers = np.unique(mine & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return _ids(session, ShardKind.REGISTRATION_IDS, numbers)


def words_of(session: Session, ids: Iterable[UUID]) -> tuple[Words, Words]:
    """Return (word, kind) of everything that these people are posted under."""
    rows: Iterable[Any] = among(session, sa.select(_PERSON.words), _PERSON.person_id, in_order(ids))
    lines = np.frombuffer(b"".join([row[0] for row in rows]), dtype=WORDS_LINE)
    return lines["word"].astype(np.int64), lines["kind"].astype(np.int64)


def _read(session: Session, kind: ShardKind, words: npt.NDArray[np.uint64]) -> bytes:
    """Return the content of every shard that holds one of these words."""
    bits = _bits(session, kind)
    return _contents(session, kind, np.unique(words >> np.uint64(64 - bits)).tolist())


def _bits(session: Session, kind: ShardKind) -> int:
    """Return how many leading bits of a word tell its place among shards of this kind; any number if there are none."""
    # In order, so that the first is sought in the index: one of many of its kind would be sought row by row.
    statement = sa.select(_TABLE.bits).where(_TABLE.kind == kind).order_by(_TABLE.shard).limit(1)
    return session.execute(statement).scalar() or _PIECE


def _contents(session: Session, kind: ShardKind, wanted: Sequence[int]) -> bytes:
    """Return what these shards hold, end to end in their order."""
    statement = sa.select(_TABLE.shard, _TABLE.content).where(_TABLE.kind == kind)
    found = gather_among(session, statement, wanted, _TABLE.shard)
    content, sizes = found.sealed["content"]
    order = np.argsort(found.numbers["shard"])
    if (np.diff(order) == 1).all():  # as they mostly lie in the table
        return content
    stop = np.cumsum(sizes)
    cuts = zip((stop - sizes)[order].tolist(), stop[order].tolist(), strict=True)
    return b"".join([content[start:stop] for start, stop in cuts])


def _ids(session: Session, kind: ShardKind, numbers: Words) -> list[UUID]:
    blocks = np.unique(numbers // _IDS)
    content = _contents(session, kind, blocks.tolist())
    at = np.searchsorted(blocks, numbers // _IDS) * _IDS + numbers % _IDS  # only the last block may be short
    return uuids(np.frombuffer(content, dtype="V16")[at])


def _among(values: npt.NDArray[Any], wanted: Words) -> npt.NDArray[np.bool_]:
    ordered = np.unique(wanted)
    at = np.minimum(np.searchsorted(ordered, values), max(len(ordered) - 1, 0))
    return ordered[at] == values if len(ordered) else np.zeros(len(values), dtype=np.bool_)
