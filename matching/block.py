"""Which pairs are worth comparing: a union of cheap keys, each with a cap on its blocks and a reported loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Sized
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from matching.columns import Bool, Int64, Keys, mix, mix_on, numbered, side_by_side, stirred
from matching.forks import gathered
from matching.normalise import CITIZEN, OLD, People

RARE = 6  # bearers of a name on the roster up to which the name alone is worth a comparison
_BUCKET_BITS = (10, 28)
_FINER = 3  # bits by which the sieve is finer than the buckets
_BIT = np.array([128, 64, 32, 16, 8, 4, 2, 1], dtype=np.uint8)  # in the order of numpy.packbits
_SPREAD = np.uint64(0xD6E8FEB86659FD93)


Int16 = npt.NDArray[np.int16]
NameParts = tuple[Int64 | npt.NDArray[np.uint8], ...]
Side = TypeVar("Side", bound=Sized)


@dataclass(slots=True)
class KeyColumn:
    """One blocking key of one side: hash per row, and which rows have it at all."""

    value: Int64
    use: Bool

    def stirred(self) -> tuple[Int64, Keys]:
        """The rows that have it, and their hashes with the first bits spread evenly."""
        rows = np.flatnonzero(self.use)
        return rows, _stirred(self.value[rows])


@dataclass(slots=True, frozen=True)
class Key(Generic[Side]):
    """A way to meet: how each side computes it, and the most pairs one block may hold."""

    name: str
    roster: Callable[[Side], KeyColumn]
    registrations: Callable[[Side], KeyColumn]
    cap: int


@dataclass(slots=True, frozen=True)
class Housed:
    """Who may live where: row `row[i]` in a commune of today, as `places.Gazetteer.keys` has it, 0 where unknown.

    One commune for each roster row; for a registration every commune that its address may mean.
    """

    people: People
    row: Int64
    place: Int64

    @staticmethod
    def settled(people: People, place: Int64) -> Housed:
        """Each in a commune of its own."""
        return Housed(people, np.arange(len(people)), place)

    def __len__(self) -> int:
        return len(self.row)

    def here(self, anywhere: KeyColumn) -> KeyColumn:
        """A key of the people as a key inside their communes."""
        use = anywhere.use[self.row] & (self.place != 0)
        return KeyColumn(mix_on(anywhere.value[self.row], self.place), use)


@dataclass(slots=True)
class Blocks:
    """Candidate pairs (row numbers), and what the caps left out per key."""

    left: Int64
    right: Int64
    lost: dict[str, int] = field(default_factory=dict)


def best_year(people: People) -> Int16:
    """The stated birth year, else the one inside the citizen ID."""
    return np.where(people.year > 0, people.year, people.id_year)


def _full_date(people: People) -> tuple[Int16, Bool]:
    month_day = people.month.astype(np.int16) * np.int16(32) + people.day
    return month_day, (people.day > 0) & (month_day != 33)  # 33 is 01/01, a placeholder more than a birthday


def _dated(people: People, month_day: Int16) -> Int64:
    return people.year.astype(np.int64) * 512 + month_day


def _named(people: People, part: NameParts, *rest: npt.NDArray[Any]) -> Int64:
    """Parts of the names, which are mixed once for each distinct name, with columns over rows."""
    return mix_on(mix(*part)[people.name], *rest) if len(people) else np.zeros(0, dtype=np.int64)


def _number(people: People) -> KeyColumn:
    return KeyColumn(people.number, (people.number_kind == CITIZEN) | (people.number_kind == OLD))


def _name_year(people: People) -> KeyColumn:
    year = best_year(people)
    return KeyColumn(_named(people, (people.names.key,), year), year > 0)


def _name_id_year(people: People) -> KeyColumn:
    """Name and the year inside the ID, where it differs from the stated one."""
    use = (people.id_year > 0) & (people.year > 0) & (people.id_year != people.year)
    return KeyColumn(_named(people, (people.names.key,), people.id_year), use)


def _bag_year(people: People) -> KeyColumn:
    year = best_year(people)
    return KeyColumn(_named(people, (people.names.bag,), year), (year > 0) & people.says(people.names.words > 1))


def _turned_year(people: People) -> KeyColumn:
    """The same words in another order, on the side that seems to start with the given name."""
    column = _bag_year(people)
    return KeyColumn(column.value, column.use & people.says(people.names.turned))


def _name_day(people: People) -> KeyColumn:
    """Name, day and month: finds a wrong year."""
    month_day, use = _full_date(people)
    return KeyColumn(_named(people, (people.names.key,), month_day), use)


def _family_date(people: People) -> KeyColumn:
    month_day, use = _full_date(people)
    value = _named(people, (people.names.family,), _dated(people, month_day))
    return KeyColumn(value, use & (people.year > 0))


def _given_middle_date(people: People) -> KeyColumn:
    month_day, use = _full_date(people)
    return _given_middle_on(people, month_day, use)


def _given_middle_swapped(people: People) -> KeyColumn:
    """The same with day and month exchanged."""
    _, use = _full_date(people)
    month_day = people.day.astype(np.int16) * np.int16(32) + people.month
    return _given_middle_on(people, month_day, use & (people.day <= 12))


def _given_middle_on(people: People, month_day: Int16, use: Bool) -> KeyColumn:
    value = _named(people, (people.names.given, people.names.middle), _dated(people, month_day))
    return KeyColumn(value, use & (people.year > 0))


def _next_year(people: People) -> KeyColumn:
    """Name and the year after: one step of a wrong year where no day tells more."""
    year = best_year(people)
    return KeyColumn(_named(people, (people.names.key,), year + np.int16(1)), (year > 0) & ~_full_date(people)[1])


def _middle_year(people: People) -> KeyColumn:
    """All but the given name, and the phone: finds a slip in the given name."""
    year = best_year(people)
    names = people.names
    value = _named(people, (names.family, names.middle), people.phone * 4096 + year)
    return KeyColumn(value, (year > 0) & (people.phone > 0) & people.says(names.words > 2))


def _short_year(people: People) -> KeyColumn:
    column = _any_year(people)
    return KeyColumn(column.value, column.use & people.says(people.names.short))


def _any_year(people: People) -> KeyColumn:
    year = best_year(people)
    return KeyColumn(_named(people, (people.names.family, people.names.given), year), year > 0)


def _phone_given(people: People) -> KeyColumn:
    return KeyColumn(_named(people, (people.names.given,), people.phone), people.phone > 0)


def _name_alone(people: People) -> KeyColumn:
    return KeyColumn(people.of(people.names.key), people.says(people.names.words > 1))


def _name_undated(people: People) -> KeyColumn:
    column = _name_alone(people)
    return KeyColumn(column.value, column.use & (best_year(people) == 0))


def _rare_undated(people: People) -> KeyColumn:
    """Undated rows whose name few rows of the roster bear: elsewhere the name alone says nothing."""
    column = _name_undated(people)
    name, names = numbered(column.value)
    return KeyColumn(column.value, column.use & (np.bincount(name, minlength=len(names))[name] <= RARE))


def _undated_here(who: Housed) -> KeyColumn:
    return who.here(_name_undated(who.people))


def _named_here(who: Housed) -> KeyColumn:
    return who.here(_name_alone(who.people))


def _bag_here(who: Housed) -> KeyColumn:
    return who.here(_bag_year(who.people))


def _vague_here(who: Housed, *parts: npt.NDArray[Any]) -> KeyColumn:
    """Two of the three parts of a name, year and commune: finds a slip in the third."""
    people = who.people
    use = (people.year > 0) & people.says(people.names.words > 2)
    return who.here(KeyColumn(_named(people, parts, people.year), use))


def _outer_here(who: Housed) -> KeyColumn:
    return _vague_here(who, who.people.names.family, who.people.names.given)


def _inner_here(who: Housed) -> KeyColumn:
    return _vague_here(who, who.people.names.middle, who.people.names.given)


def _front_here(who: Housed) -> KeyColumn:
    names = who.people.names
    return _vague_here(who, names.family, names.middle, names.initial)


# A cap is the most roster rows that one registration meets by the key: names repeat as lists grow, and without caps
# one of 2 M x 5 M would meet 15 people, not 4. Whom a cap leaves out is met by a finer key: with a day, a number, a
# phone or a commune (`NEARBY`). What says no more than a common name and a year is nobody's: of 237,035 true pairs of a
# province 15 fewer are found than without caps, and as many are matched.
KEYS = (
    Key("number", _number, _number, 400),
    Key("name+year", _name_year, _name_year, 8),
    Key("name+id year (roster)", _name_id_year, _name_year, 4),
    Key("name+id year (bank)", _name_year, _name_id_year, 20),
    Key("turned name+year (roster)", _turned_year, _bag_year, 20),
    Key("turned name+year (bank)", _bag_year, _turned_year, 20),
    Key("name+day+month", _name_day, _name_day, 4),
    Key("family+date", _family_date, _family_date, 3),
    Key("middle+given+date", _given_middle_date, _given_middle_date, 2_000),
    Key("middle+given+year, month and day exchanged", _given_middle_swapped, _given_middle_date, 60),
    Key("short name+year (roster)", _short_year, _any_year, 4),
    Key("short name+year (bank)", _any_year, _short_year, 30),
    Key("name+next year (roster)", _next_year, _name_year, 3),
    Key("name+next year (bank)", _name_year, _next_year, 3),
    Key("phone+family+middle+year", _middle_year, _middle_year, 60),
    Key("phone+given", _phone_given, _phone_given, 400),
    Key("name, no year (roster)", _rare_undated, _name_alone, 60),
    Key("name, no year (bank)", _name_alone, _name_undated, 6),
)


@dataclass(slots=True, frozen=True)
class Groups:
    """Distinct keys, and the roster rows that bear key i: `row[start[i] : start[i + 1]]`.

    The keys lie in buckets by the first bits of their stirred numbers, about one to a bucket, so that finding one takes
    two look-ups and no search. `sieve` has a bit for each of eight times as many buckets: it drops the 80–90 % of the
    registrations that no roster row can meet, from an eighth of the memory.
    """

    value: Keys
    start: npt.NDArray[Any]
    row: npt.NDArray[Any]
    bucket: npt.NDArray[Any]
    sieve: npt.NDArray[np.uint8]

    @staticmethod
    def of(column: KeyColumn) -> Groups:
        """The keys of one column."""
        rows, keys = column.stirred()
        order = side_by_side(keys)
        rows, keys = rows[order], keys[order]
        first = np.ones(len(keys), dtype=np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=first[1:])
        start = np.flatnonzero(first)
        narrow = np.int32 if len(keys) < 1 << 31 else np.int64  # 23 keys of a large roster: half the memory
        keys = keys[start]
        bits = int(np.clip(np.ceil(np.log2(len(keys) + 1)), *_BUCKET_BITS))
        bucket = np.append(0, np.cumsum(np.bincount(_leading(keys, bits), minlength=1 << bits))).astype(narrow)
        sieve = np.zeros(1 << (bits + _FINER), dtype=np.bool_)
        sieve[_leading(keys, bits + _FINER)] = True
        return Groups(keys, np.append(start, len(rows)).astype(narrow), rows.astype(narrow), bucket, np.packbits(sieve))

    def find(self, rows: Int64, keys: Keys) -> tuple[Int64, Int64]:
        """The rows whose key (stirred) is here, in no order, and the number of that key."""
        bit = _leading(keys, _bits(len(self.sieve) * 8))
        likely = np.flatnonzero(self.sieve[bit >> 3] & _BIT[bit & 7] != 0)
        rows, keys = rows[likely], keys[likely]
        at = _leading(keys, _bits(len(self.bucket) - 1))
        place, end = self.bucket[at], self.bucket[at + 1]
        found = [(rows[:0], place[:0])]
        while len(rows):  # one step for each key of the fullest bucket
            same = self.value[place] == keys
            found.append((rows[same], place[same]))
            more = np.flatnonzero(~same & (place + 1 < end))
            rows, keys, place, end = rows[more], keys[more], place[more] + 1, end[more]
        return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def _stirred(values: Int64) -> Keys:
    """Numbers, as different as before, whose first bits are spread evenly."""
    with np.errstate(over="ignore"):
        return stirred(values.view(np.uint64)) * _SPREAD


def _leading(keys: Keys, bits: int) -> Int64:
    return (keys >> np.uint64(64 - bits)).view(np.int64)


def _bits(size: int) -> int:
    return size.bit_length() - 1


NEARBY = (  # meetings inside one commune; elsewhere such pairs are too many and prove nothing
    Key("name, no year, commune (roster)", _undated_here, _named_here, 200),
    Key("name, no year, commune (bank)", _named_here, _undated_here, 200),
    Key("name+year, commune", _bag_here, _bag_here, 200),
    Key("family+given+year, commune", _outer_here, _outer_here, 60),
    Key("middle+given+year, commune", _inner_here, _inner_here, 60),
    Key("family+middle+letter+year, commune", _front_here, _front_here, 60),
)


class Index(Generic[Side]):
    """The roster's keys, sorted once; registrations come in slices and meet it."""

    def __init__(self, roster: Side, keys: tuple[Key[Side], ...], workers: int = 1) -> None:
        shares = [keys[i::workers] for i in range(workers)]
        groups = gathered([partial(_groups, roster, share) for share in shares])
        self._keys = list(zip(chain.from_iterable(shares), chain.from_iterable(groups), strict=True))

    def pairs(self, registrations: Side) -> Blocks:
        """Candidate pairs with one slice of registrations, in no order; a pair stands once for each of its keys."""
        found: list[tuple[Int64, Int64]] = []
        lost: dict[str, int] = {}
        sought: dict[Callable[[Side], KeyColumn], tuple[Int64, Keys]] = {}
        for key, groups in self._keys:
            if key.registrations not in sought:
                sought[key.registrations] = key.registrations(registrations).stirred()
            left, right, dropped = _meet(groups, *sought[key.registrations], key.cap)
            if dropped:
                lost[key.name] = dropped
            found.append((left, right))
        return Blocks(np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found]), lost)


def _groups(roster: Side, keys: Sequence[Key[Side]]) -> Iterator[Groups]:
    return (Groups.of(key.roster(roster)) for key in keys)


def _meet(groups: Groups, rows: Int64, keys: Keys, cap: int) -> tuple[Int64, Int64, int]:
    """All (left, right) with equal key; blocks with more than `cap` left rows are left out and counted."""
    rows, at = groups.find(rows, keys)
    first = groups.start[at].astype(np.int64)
    count = groups.start[at + 1] - first
    over = count > cap
    dropped = int(count[over].sum())
    count[over] = 0
    right = np.repeat(rows, count)
    offset = np.arange(len(right)) + np.repeat(first - np.cumsum(count) + count, count)
    return groups.row[offset].astype(np.int64), right, dropped
