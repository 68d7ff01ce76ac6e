"""The keys a full run posted, packed into shards: written at once, read some shards at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session

from disburse.accounts.gathering import Ids, uuids
from disburse.accounts.laying import gather_among
from disburse.accounts.match_tables import MatchShard, PersonKey, PersonWords, RegistrationKey, ShardKind
from disburse.db import INSERT_CHUNK, among, bulk_insert, insert_columns
from disburse.ids import in_order

Words = npt.NDArray[np.int64]
Lines = npt.NDArray[np.uint64]  # of registrations: 32 bits of the word, 32 of the row's place; kept as half of it
PEOPLE_LINE = np.dtype([("word", "<i8"), ("number", "<i4"), ("kind", "u1")])
WORDS_LINE = np.dtype([("word", "<i8"), ("kind", "u1")])
_SHARD = 1_200  # bytes, which PostgreSQL keeps in the row itself; 300 bytes made several times as many rows
_IDS = 64  # ids a shard
_MOST_BITS = 22
_SPARSE = 3  # places of the sieve: 2 ** _SPARSE and more for each line
_LINE = 32  # bits of a line of registrations as it is kept: those beside the row's place are the word's
_PIECE = 13  # bits of the number of a place inside its piece of the sieve, which is a shard of 1 KB
_PIECE_BYTES = 1 << (_PIECE - 3)
_SIEVED = 20  # bits of the number of a place among those sieved at once
_BIT = np.array([128, 64, 32, 16, 8, 4, 2, 1], dtype=np.uint8)
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
    order = _order(words.view(np.uint64))
    ordered = words.view(np.uint64)[order]
    lines["word"], lines["number"], lines["kind"] = ordered, numbers[order], kinds[order]
    bits = _shard_bits(lines.nbytes)
    some = (lines[start:stop] for start, stop in pairwise(_cuts(ordered, bits)))
    _fill(session, ShardKind.PEOPLE, bits, some, lambda lines: lines["word"].astype(np.uint64))
    _fill_sieve(session, ordered)
    _fill_ids(session, ShardKind.PERSON_IDS, ids)
    each = zip(ids.tolist(), words_by_owner(words, kinds, numbers, len(ids)), strict=True)
    rows = ((id_, number, False, own) for number, (id_, own) in enumerate(each))
    bulk_insert(session, PersonWords, ("person_id", "number", "moved", "words"), rows)
    _analyse(session, PersonWords, MatchShard)


def _order(words: npt.NDArray[np.uint64]) -> Words:
    """Return the places of words in the order of their leading bits, by which they are cut into shards.

    Sorted with the places in the other bits, in a sixth of the time of an argsort: of a thousand million words 34 bits
    are left, as many as anybody asks for.
    """
    place = np.uint64((1 << max(len(words) - 1, 1).bit_length()) - 1)
    return (np.sort((words & ~place) | np.arange(len(words), dtype=np.uint64)) & place).astype(np.int64)


def lines_of(words: Words, numbers: Words) -> Lines:
    """Return half of each word with its registration's place: enough to find few that do not bear it."""
    return (words.view(np.uint64) & _UPPER) | numbers.astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Packed:
    """How lines of registrations are kept: `shard` bits of the word tell the shard, the next stand in the line, before
    `place` bits of the row's place."""

    shard: int
    place: int

    @property
    def rest(self) -> int:
        """How many bits of the word stand in the line."""
        return min(_LINE - self.place, 32 - self.shard)

    def pack(self, lines: Lines) -> npt.NDArray[np.uint32]:
        """Return lines without what their shard tells and what does not fit."""
        rest = (lines << np.uint64(self.shard)) >> np.uint64(64 - self.rest)
        packed: npt.NDArray[np.uint32] = ((rest << np.uint64(self.place)) | self.places(lines)).astype("<u4")
        return packed

    def places(self, lines: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the rows' places, of lines packed or not."""
        places: npt.NDArray[Any] = lines & lines.dtype.type((1 << self.place) - 1)
        return places

    def kept(self, words: npt.NDArray[np.uint64]) -> Words:
        """Return what is kept of words."""
        return (words >> np.uint64(64 - self.shard - self.rest)).astype(np.int64)

    def words(self, packed: npt.NDArray[np.uint32], shards: Words) -> Words:
        """Return what is kept of the words of lines, each in its shard."""
        return (shards << self.rest) | (packed >> np.uint32(self.place)).astype(np.int64)


def fill_registrations(session: Session, lines: Sequence[Lines], ids: Ids) -> None:
    """Keep lines whose registrations have their places in `ids`; each array is put in order where it stands."""
    for part in lines:
        part.sort()
    form = Packed(_shard_bits(sum(map(len, lines)) * _LINE // 8), _place_bits(ids))
    _fill(session, ShardKind.REGISTRATIONS, form.shard, _merged(lines, form.shard), np.asarray, form.pack)
    _fill_ids(session, ShardKind.REGISTRATION_IDS, ids)


def _merged(parts: Sequence[Lines], bits: int) -> Iterator[Lines]:
    """Return the lines of INSERT_CHUNK shards, in order, then of the next. All at once would be all of it once more."""
    cuts = [pairwise(_cuts(part, bits)) for part in parts]
    for some in zip(*cuts, strict=True):
        merged = np.concatenate([part[start:stop] for part, (start, stop) in zip(parts, some, strict=True)])
        merged.sort()
        yield merged


def _shard_bits(size: int) -> int:
    """Return how many leading bits of a word tell its shard where all are so many bytes."""
    return int(np.clip(np.ceil(np.log2(max(size, 1) / _SHARD)), 1, _MOST_BITS))


def _place_bits(ids: Ids) -> int:
    return max(len(ids) - 1, 1).bit_length()


def _cuts(words: npt.NDArray[np.uint64], bits: int) -> list[int]:
    """Return the places of ordered words between which those of INSERT_CHUNK shards lie, and of the next as many."""
    first = np.arange(0, 1 << bits, INSERT_CHUNK, dtype=np.uint64) << np.uint64(64 - bits)
    return [*np.searchsorted(words, first).tolist(), len(words)]


def _fill(
    session: Session, kind: ShardKind, bits: int, some: Iterable[npt.NDArray[Any]],
    words: Callable[[npt.NDArray[Any]], npt.NDArray[np.uint64]],
    pack: Callable[[npt.NDArray[Any]], npt.NDArray[Any]] = np.asarray,
) -> None:  # fmt: skip
    """Pack and keep shards; `some` are the lines of INSERT_CHUNK shards at a time, in the order of their `words`."""
    for number, lines in enumerate(some):
        first = number * INSERT_CHUNK
        shards = np.arange(first, min(first + INSERT_CHUNK, 1 << bits), dtype=np.uint64)
        packed = pack(lines)
        cuts = np.append(np.searchsorted(words(lines), shards << np.uint64(64 - bits)), len(lines)) * packed.itemsize
        content = packed.tobytes()
        _keep(session, kind, bits, [content[start:stop] for start, stop in pairwise(cuts.tolist())], first)


def _fill_sieve(session: Session, words: npt.NDArray[np.uint64]) -> None:
    """Keep a bit for each of the places that the leading bits of a word may name, set where somebody's does."""
    bits = int(np.ceil(np.log2(len(words) + 1))) + _SPARSE
    bits = int(np.clip(bits, _PIECE, _PIECE + _MOST_BITS))
    _keep(session, ShardKind.SIEVE, bits, _sieve((words >> np.uint64(64 - bits)).astype(np.int64), bits))


def _sieve(places: Words, bits: int) -> Iterator[bytes]:
    """Return the pieces of a sieve in which these places, in order, are set; made in parts that a cache holds."""
    size = 1 << min(bits, _SIEVED)
    cuts = np.searchsorted(places, np.arange(0, (1 << bits) + 1, size)).tolist()
    for number, (start, stop) in enumerate(pairwise(cuts)):
        taken = np.zeros(size, dtype=np.bool_)
        taken[places[start:stop] - number * size] = True
        content = np.packbits(taken).tobytes()  # the first place is the highest bit, as in _BIT
        yield from (content[at : at + _PIECE_BYTES] for at in range(0, len(content), _PIECE_BYTES))


def _fill_ids(session: Session, kind: ShardKind, ids: Ids) -> None:
    contents = [ids[at : at + _IDS].tobytes() for at in range(0, len(ids), _IDS)]
    _keep(session, kind, _place_bits(ids), contents)


def _keep(session: Session, kind: ShardKind, bits: int, contents: Iterable[bytes], first: int = 0) -> None:
    """Keep contents as the shards from `first` on; what is empty needs none."""
    held = {number: content for number, content in enumerate(contents, first) if content}
    insert_columns(
        session, MatchShard,
        {"kind": [kind] * len(held), "shard": list(held), "bits": [bits] * len(held), "content": list(held.values())},
    )  # fmt: skip


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
    found = np.frombuffer(_read(session, ShardKind.PEOPLE, words.view(np.uint64)).content, dtype=PEOPLE_LINE)
    found = found[_among(found["word"], words)]
    moved = session.execute(sa.select(_PERSON.number).where(_PERSON.moved, _PERSON.number.is_not(None)))
    gone = np.array(moved.scalars().all(), dtype=np.int32)
    return found[~np.isin(found["number"], gone)] if len(gone) else found


def sieved(session: Session, words: Words) -> Words:
    """Return those of these words that the full run may have posted somebody under: one in four of a registration."""
    bits = _bits(session, ShardKind.SIEVE)
    places = (words.view(np.uint64) >> np.uint64(64 - bits)).astype(np.int64)
    pieces, of = np.unique(places >> _PIECE, return_inverse=True)
    sieve = np.frombuffer(_found(session, ShardKind.SIEVE, pieces.tolist()).content, dtype=np.uint8)
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
    form = Packed(_bits(session, ShardKind.REGISTRATIONS), _bits(session, ShardKind.REGISTRATION_IDS))
    given = words.view(np.uint64)
    found = _read(session, ShardKind.REGISTRATIONS, given)
    lines = np.frombuffer(found.content, dtype="<u4")
    of = np.repeat(found.numbers, found.sizes // lines.itemsize)
    mine = lines[_among(form.words(lines, of), form.kept(given))]
    return _ids(session, ShardKind.REGISTRATION_IDS, np.unique(form.places(mine)).astype(np.int64))


def words_of(session: Session, ids: Iterable[UUID]) -> tuple[Words, Words]:
    """Return (word, kind) of everything that these people are posted under."""
    rows: Iterable[Any] = among(session, sa.select(_PERSON.words), _PERSON.person_id, in_order(ids))
    lines = np.frombuffer(b"".join([row[0] for row in rows]), dtype=WORDS_LINE)
    return lines["word"].astype(np.int64), lines["kind"].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """Shards in their order: what they hold, end to end, which they are, and the bytes of each."""

    content: bytes
    numbers: Words
    sizes: Words


def _read(session: Session, kind: ShardKind, words: npt.NDArray[np.uint64]) -> Found:
    """Return every shard that holds one of these words."""
    bits = _bits(session, kind)
    return _found(session, kind, np.unique(words >> np.uint64(64 - bits)).tolist())


def _bits(session: Session, kind: ShardKind) -> int:
    """Return the `bits` of the shards of this kind; any number if there are none."""
    # In order, so that the first is sought in the index: one of many of its kind would be sought row by row.
    statement = sa.select(_TABLE.bits).where(_TABLE.kind == kind).order_by(_TABLE.shard).limit(1)
    return session.execute(statement).scalar() or _PIECE


def _found(session: Session, kind: ShardKind, wanted: Sequence[int]) -> Found:
    """Return these shards, as far as they are kept."""
    statement = sa.select(_TABLE.shard, _TABLE.content).where(_TABLE.kind == kind)
    found = gather_among(session, statement, _TABLE.shard, wanted)
    (content, sizes), numbers = found.sealed["content"], found.numbers["shard"]
    order = np.argsort(numbers)
    if not (np.diff(order) == 1).all():  # as they mostly lie in the table
        stop = np.cumsum(sizes)
        cuts = zip((stop - sizes)[order].tolist(), stop[order].tolist(), strict=True)
        content = b"".join([content[start:stop] for start, stop in cuts])
    return Found(content, numbers[order], sizes[order])


def _ids(session: Session, kind: ShardKind, numbers: Words) -> list[UUID]:
    blocks = np.unique(numbers // _IDS)
    content = _found(session, kind, blocks.tolist()).content
    at = np.searchsorted(blocks, numbers // _IDS) * _IDS + numbers % _IDS  # only the last block may be short
    return uuids(np.frombuffer(content, dtype="V16")[at])


def _among(values: npt.NDArray[Any], wanted: Words) -> npt.NDArray[np.bool_]:
    ordered = np.unique(wanted)
    at = np.minimum(np.searchsorted(ordered, values), max(len(ordered) - 1, 0))
    return ordered[at] == values if len(ordered) else np.zeros(len(values), dtype=np.bool_)
