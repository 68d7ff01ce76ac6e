"""Which pairs are worth comparing: a union of cheap keys, each with a cap on its blocks and a reported loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from matching.columns import Bool, Int64, distinct, mix
from matching.normalise import CITIZEN, OLD, People

RARE = 6  # bearers of a name on the roster up to which the name alone is worth a comparison
_BLOOM_BITS = (16, 24)  # one look-up in a bit table drops the 80–90 % of registrations no roster row can meet


@dataclass(slots=True)
class KeyColumn:
    """One blocking key of one side: hash per row, and which rows have it at all."""

    value: Int64
    use: Bool


@dataclass(slots=True, frozen=True)
class Key:
    """A way to meet: how each side computes it, and the most pairs one block may hold."""

    name: str
    roster: Callable[[People], KeyColumn]
    registrations: Callable[[People], KeyColumn]
    cap: int


@dataclass(slots=True)
class Blocks:
    """Candidate pairs (row numbers), sorted by registration, and what the caps left out per key."""

    left: Int64
    right: Int64
    lost: dict[str, int] = field(default_factory=dict)


def best_year(people: People) -> Int64:
    """The stated birth year, else the one inside the citizen ID."""
    return np.where(people.year > 0, people.year, people.id_year).astype(np.int64)


def _full_date(people: People) -> tuple[Int64, Bool]:
    month_day = people.month.astype(np.int64) * 32 + people.day
    return month_day, (people.day > 0) & (month_day != 33)  # 33 is 01/01, a placeholder more than a birthday


def _number(people: People) -> KeyColumn:
    return KeyColumn(people.number, (people.number_kind == CITIZEN) | (people.number_kind == OLD))


def _name_year(people: People) -> KeyColumn:
    year = best_year(people)
    return KeyColumn(mix(people.of(people.names.key), year), year > 0)


def _name_id_year(people: People) -> KeyColumn:
    """Name and the year inside the ID, where it differs from the stated one."""
    use = (people.id_year > 0) & (people.year > 0) & (people.id_year != people.year)
    return KeyColumn(mix(people.of(people.names.key), people.id_year.astype(np.int64)), use)


def _bag_year(people: People) -> KeyColumn:
    year = best_year(people)
    return KeyColumn(mix(people.of(people.names.bag), year), (year > 0) & (people.of(people.names.words) > 1))


def _turned_year(people: People) -> KeyColumn:
    """The same words in another order, on the side that seems to start with the given name."""
    column = _bag_year(people)
    return KeyColumn(column.value, column.use & people.of(people.names.turned).astype(np.bool_))


def _name_day(people: People) -> KeyColumn:
    """Name, day and month: finds a wrong year."""
    month_day, use = _full_date(people)
    return KeyColumn(mix(people.of(people.names.key), month_day), use)


def _name_swapped_day(people: People) -> KeyColumn:
    _, use = _full_date(people)
    swapped = people.day.astype(np.int64) * 32 + people.month
    return KeyColumn(mix(people.of(people.names.key), swapped), use & (people.day <= 12))


def _family_date(people: People) -> KeyColumn:
    month_day, use = _full_date(people)
    return KeyColumn(mix(people.of(people.names.family), people.year, month_day), use & (people.year > 0))


def _given_middle_date(people: People) -> KeyColumn:
    month_day, use = _full_date(people)
    return KeyColumn(
        mix(people.of(people.names.given), people.of(people.names.middle), people.year, month_day),
        use & (people.year > 0),
    )


def _next_year(people: People) -> KeyColumn:
    """Name and the year after: one step of a wrong year where no day tells more."""
    year = best_year(people)
    return KeyColumn(mix(people.of(people.names.key), year + 1), (year > 0) & ~_full_date(people)[1])


def _middle_year(people: People) -> KeyColumn:
    """All but the given name, and the phone: finds a slip in the given name."""
    year = best_year(people)
    names = people.names
    use = (year > 0) & (people.of(names.words) > 2)
    return KeyColumn(
        mix(people.of(names.family), people.of(names.middle), year, people.phone), use & (people.phone > 0)
    )


def _short_year(people: People) -> KeyColumn:
    year = best_year(people)
    return KeyColumn(
        mix(people.of(people.names.family), people.of(people.names.given), year), (year > 0) & short(people)
    )


def _any_year(people: People) -> KeyColumn:
    year = best_year(people)
    return KeyColumn(mix(people.of(people.names.family), people.of(people.names.given), year), year > 0)


def short(people: People) -> Bool:
    return people.names.short[people.name] if len(people) else np.zeros(0, dtype=np.bool_)


def _phone_given(people: People) -> KeyColumn:
    return KeyColumn(mix(people.of(people.names.given), people.phone), people.phone > 0)


def _name_alone(people: People) -> KeyColumn:
    return KeyColumn(people.of(people.names.key), people.of(people.names.words) > 1)


def _name_undated(people: People) -> KeyColumn:
    return KeyColumn(people.of(people.names.key), (best_year(people) == 0) & (people.of(people.names.words) > 1))


def _rare_undated(people: People) -> KeyColumn:
    """Undated rows whose name few rows of the roster bear: elsewhere the name alone says nothing."""
    column = _name_undated(people)
    _, inverse, count = np.unique(column.value, return_inverse=True, return_counts=True)
    return KeyColumn(column.value, column.use & (count[inverse] <= RARE))


KEYS = (
    Key("number", _number, _number, 400),
    Key("name+year", _name_year, _name_year, 20_000),
    Key("name+id year (roster)", _name_id_year, _name_year, 2_000),
    Key("name+id year (bank)", _name_year, _name_id_year, 2_000),
    Key("turned name+year (roster)", _turned_year, _bag_year, 2_000),
    Key("turned name+year (bank)", _bag_year, _turned_year, 2_000),
    Key("name+day+month", _name_day, _name_day, 2_000),
    Key("name+month+day", _name_swapped_day, _name_day, 2_000),
    Key("family+date", _family_date, _family_date, 4_000),
    Key("middle+given+date", _given_middle_date, _given_middle_date, 2_000),
    Key("short name+year (roster)", _short_year, _any_year, 2_000),
    Key("short name+year (bank)", _any_year, _short_year, 2_000),
    Key("name+next year (roster)", _next_year, _name_year, 6),
    Key("name+next year (bank)", _name_year, _next_year, 6),
    Key("phone+family+middle+year", _middle_year, _middle_year, 60),
    Key("phone+given", _phone_given, _phone_given, 400),
    Key("name, no year (roster)", _rare_undated, _name_alone, 60),
    Key("name, no year (bank)", _name_alone, _name_undated, 6),
)


class Index:
    """The roster's keys, sorted once; registrations come in slices and meet it."""

    def __init__(self, roster: People) -> None:
        self._keys: list[tuple[Key, Int64, Int64, Bool]] = []
        for key in KEYS:
            column = key.roster(roster)
            rows = np.flatnonzero(column.use)
            order = rows[np.argsort(column.value[rows], kind="stable")]
            values = column.value[order]
            bits = int(np.clip(np.ceil(np.log2(len(values) + 1)) + 3, *_BLOOM_BITS))
            bloom = np.zeros(1 << bits, dtype=np.bool_)
            bloom[_slot(values, bloom)] = True
            self._keys.append((key, values, order, bloom))

    def pairs(self, registrations: People, counts: dict[str, Int64] | None = None) -> Blocks:
        """Candidate pairs with one slice of registrations; each pair once."""
        found: list[Int64] = []
        lost: dict[str, int] = {}
        size = np.int64(max(len(registrations), 1))
        for key, values, order, bloom in self._keys:
            column = key.registrations(registrations)
            rows = np.flatnonzero(column.use & bloom[_slot(column.value, bloom)])
            left, right, dropped = _meet(values, order, column.value[rows], rows, key.cap)
            if dropped:
                lost[key.name] = dropped
            found.append(left * size + right)
        codes = distinct(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
        return Blocks(codes // size, codes % size, lost)


def _slot(values: Int64, bloom: Bool) -> Int64:
    return ((values ^ (values >> np.int64(31))) & np.int64(len(bloom) - 1)).astype(np.int64)


def _meet(values: Int64, order: Int64, wanted: Int64, rows: Int64, cap: int) -> tuple[Int64, Int64, int]:
    """All (left, right) with equal key; blocks with more than `cap` left rows are left out and counted."""
    first = np.searchsorted(values, wanted, "left")
    count = np.searchsorted(values, wanted, "right") - first
    over = count > cap
    dropped = int(count[over].sum())
    count = np.where(over, 0, count)
    right = np.repeat(rows, count)
    starts = np.cumsum(count) - count
    offset = np.arange(len(right)) - np.repeat(starts, count)
    return order[np.repeat(first, count) + offset], right, dropped
