"""Two lists and candidate pairs in, one level per field and pair out. No weights here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.block import best_year
from matching.columns import Bool, Int64, distinct, mix, numbered, ranks
from matching.frequency import Frequencies
from matching.levels import CODE, COMBINATIONS, FIELDS, Codes, Levels, codes_of, levels_of
from matching.normalise import CITIZEN, DAMAGED, OLD, People
from matching.places import Addresses, Gazetteer, commune_keys, place_numbers, read_addresses
from matching.spelling import alike

Rarity = npt.NDArray[np.float32]
_POWERS = 10 ** np.arange(13, dtype=np.int64)
_SLIPS = distinct(np.outer(_POWERS[:12], [*range(1, 10), *range(9, 82, 9)]).ravel())  # one digit, or two swapped
_MOST_AT_THE_END = 81  # 90 for 09: no slip in the last two digits differs by more
_SLIPS_OF_A_YEAR = (0, 1, 10)


@dataclass(slots=True)
class Evidence:
    """Levels of all fields as one number, the rarity of the names and the size of the place, per pair.

    A million pairs bear some thousand combinations of levels: what depends on levels alone is asked once of `each`.
    `whole` and `outer` together with `here` say how many strangers would agree by chance: a name that a hundred
    customers of a province bear is rare inside one of its communes.
    """

    codes: Codes  # see `levels.codes_of`
    whole: Rarity  # log count of the roster row's whole name on the bank list
    outer: Rarity  # log count of family + given name on it
    here: Rarity  # log of the commune's share of the roster in hundredths, 0 = a hundredth or less

    def at(self, rows: Int64 | slice) -> Evidence:
        """Some of the pairs."""
        return Evidence(self.codes[rows], self.whole[rows], self.outer[rows], self.here[rows])

    @staticmethod
    def of(levels: Levels, whole: Rarity, outer: Rarity, here: Rarity) -> Evidence:
        """From the levels of every pair."""
        return Evidence(codes_of(levels), whole, outer, here)

    @property
    def levels(self) -> Levels:
        """Of every pair, columns in the order of FIELDS."""
        return levels_of(self.codes)

    def each(self) -> tuple[Int64, Levels]:
        """Which combination of levels each pair bears, and the levels of every combination."""
        present, at = ranks(self.codes, COMBINATIONS)  # counted, not sorted
        return at, levels_of(present)


@dataclass(slots=True)
class Context:
    """What comparing needs besides the two sides; made once per run."""

    table: Gazetteer
    roster_place: Int64
    roster_second: Int64
    roster_address: Addresses
    shared: Bool  # roster rows whose number may be another's

    @staticmethod
    def of(roster: People, table: Gazetteer) -> Context:
        first, second = place_numbers(roster.commune, table)
        return Context(table, first, second, read_addresses(roster.address, table), doubtful_numbers(roster))


def doubtful_numbers(people: People) -> Bool:
    """Rows whose number may be another's: it also stands at another name, or was given to somebody of another age."""
    return _shared_numbers(people) | _of_another_year(people)


def _of_another_year(people: People) -> Bool:
    """Rows whose own year of birth is neither that inside the number nor a slip of it: a guardian's on a ward."""
    gap = np.abs(people.id_year - people.year)
    return (people.id_year > 0) & (people.year > 0) & ~np.isin(gap, _SLIPS_OF_A_YEAR)


def _shared_numbers(people: People) -> Bool:
    """Rows whose number also stands at a row with another given name: copied down, or a guardian's."""
    given = people.of(people.names.given)
    bears, numbers = numbered(people.number)
    one = np.zeros(len(numbers), dtype=np.int64)
    one[bears] = given  # of whichever row bears the number
    shared = np.zeros(len(numbers), dtype=np.bool_)
    shared[bears[given != one[bears]]] = True
    return shared[bears] & (people.number > 0)


def compare(roster: People, bank: People, left: Int64, right: Int64, context: Context, addresses: Addresses) -> Levels:
    """Levels of all pairs, a column per field. `addresses` belong to the rows of `bank`."""
    levels = np.zeros((len(left), len(FIELDS)), dtype=np.int8, order="F")
    a, b = roster.name[left], bank.name[right]
    levels[:, 0] = alike(roster.names, bank.names, a, b)
    levels[:, 1] = _accents(roster, bank, a, b)
    levels[:, 2] = _births(roster, bank, left, right)
    levels[:, 3] = _numbers(roster, bank, left, right, context.shared)
    levels[:, 4] = _sexes(roster, bank, left, right, a, b)
    levels[:, 5] = _equal_or_not(roster.phone[left], bank.phone[right])
    levels[:, 6] = _places(left, right, context, addresses)
    return levels


def with_rarity(codes: Codes, roster: People, left: Int64, frequencies: Frequencies, table: Gazetteer) -> Evidence:
    """How common each roster row's name is on the bank list, and how much of the roster lives where it does."""
    names = roster.names
    whole = np.log(np.maximum(frequencies.names.look_up(names.key), 1)).astype(np.float32)
    outer = np.log(np.maximum(frequencies.outer.look_up(mix(names.family, names.given)), 1)).astype(np.float32)
    here = frequencies.here(commune_keys(roster.commune, table))
    a = roster.name[left]
    return Evidence(codes, whole[a], outer[a], here[left])


def _equal_or_not(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Levels:
    known = (a != 0) & (b != 0)
    return np.where(known, np.where(a == b, 1, 2), 0).astype(np.int8)


def _accents(roster: People, bank: People, a: Int64, b: Int64) -> Levels:
    """Same or different accents, where both names carry some and their letters agree."""
    levels = _equal_or_not(roster.names.accented[a], bank.names.accented[b])
    return np.where(roster.names.exact[a] == bank.names.exact[b], levels, 0).astype(np.int8)


def _births(roster: People, bank: People, left: Int64, right: Int64) -> Levels:
    code = CODE["birth"]
    year_a, year_b = best_year(roster)[left], best_year(bank)[right]
    month_a, month_b = roster.month[left], bank.month[right]
    day_a, day_b = roster.day[left], bank.day[right]
    full_a, full_b = day_a > 0, day_b > 0
    vague_a = ~full_a | ((day_a == 1) & (month_a == 1))
    vague_b = ~full_b | ((day_b == 1) & (month_b == 1))
    same_day, same_month = day_a == day_b, month_a == month_b
    gap = np.abs(year_a - year_b)
    exact = full_a & full_b & ~vague_a & ~vague_b
    level = np.full(len(left), code["different"], dtype=np.int8)
    level[(gap == 1)] = code["near_year"]
    by_id = ((roster.id_year[left] == year_b) | (bank.id_year[right] == year_a)) & (gap > 0)
    level[by_id] = code["id_year"]
    level[exact & same_day & same_month & (gap > 0)] = code["other_year_same_day"]
    level[exact & same_day & same_month & ((gap == 1) | (gap == 10))] = code["near_year_same_day"]
    level[(gap == 0) & exact] = code["same_year_other_day"]
    level[(gap == 0) & exact & (same_day | same_month)] = code["same_year_part"]
    level[(gap == 0) & exact & (day_a == month_b) & (month_a == day_b)] = code["swapped"]
    level[(gap == 0) & ~exact] = code["year"]
    level[(gap == 0) & vague_a & vague_b & full_a & full_b] = code["placeholder"]
    level[(gap == 0) & exact & same_day & same_month] = code["full"]
    level[(year_a == 0) | (year_b == 0)] = code["unknown"]
    return level


def _numbers(roster: People, bank: People, left: Int64, right: Int64, shared: Bool) -> Levels:
    code = CODE["number"]
    a, b = roster.number[left], bank.number[right]
    kind_a, kind_b = roster.number_kind[left], bank.number_kind[right]
    level = np.zeros(len(left), dtype=np.int8)
    for kind, prefix in ((CITIZEN, ""), (OLD, "old_")):
        both = np.flatnonzero((kind_a == kind) & (kind_b == kind))
        near = _one_slip(a[both], b[both])
        level[both] = np.where(near, code[prefix + "near"], code[prefix + "differs"])
        level[both[a[both] == b[both]]] = code[prefix + "equal"]
    level[((level == code["equal"]) | (level == code["old_equal"])) & shared[left]] = code["shared"]
    for x, kind_x, y, kind_y, scale in (
        (a, kind_a, b, kind_b, roster.number_scale[left]),
        (b, kind_b, a, kind_a, bank.number_scale[right]),
    ):
        cut = np.flatnonzero((kind_x == DAMAGED) & (kind_y == CITIZEN))
        unit = _POWERS[scale[cut]]
        agrees = np.abs(y[cut] - x[cut]) <= unit  # rounded or cut: either neighbour may be meant
        level[cut] = np.where(agrees, code["damaged_agrees"], code["damaged_differs"])
    return level


def _one_slip(a: Int64, b: Int64) -> Bool:
    """One digit replaced, or two neighbouring digits swapped."""
    result = np.zeros(len(a), dtype=np.bool_)
    gap = np.abs(a - b)
    likely = np.flatnonzero((gap <= _MOST_AT_THE_END) | (gap % 10 == 0))  # a slip further left leaves the last digit
    likely = likely[_SLIPS[np.minimum(np.searchsorted(_SLIPS, gap[likely]), len(_SLIPS) - 1)] == gap[likely]]
    result[likely] = _really_one_slip(a[likely], b[likely], gap[likely])
    return result


def _really_one_slip(a: Int64, b: Int64, gap: Int64) -> Bool:
    """`_one_slip` for numbers whose difference is such that one slip may explain it."""
    result = np.zeros(len(a), dtype=np.bool_)
    for power in _POWERS[:12]:
        step = gap // power
        once = (gap == step * power) & (step >= 1) & (step <= 9)
        result |= once & (a // (power * 10) == b // (power * 10))
        tens = power * 10
        swapped = (a // power % 10 == b // tens % 10) & (b // power % 10 == a // tens % 10)
        result |= swapped & (a // (tens * 10) == b // (tens * 10)) & (a % power == b % power) & (gap > 0)
    return result


def _sexes(roster: People, bank: People, left: Int64, right: Int64, a: Int64, b: Int64) -> Levels:
    one, two = roster.sex[left].copy(), bank.sex[right].copy()
    one[(one == 0) & roster.names.female[a]] = 2
    two[(two == 0) & bank.names.female[b]] = 2
    return _equal_or_not(one, two)


def same_commune(left: Int64, right: Int64, context: Context, bank: Addresses) -> Bool:
    """Does the registration's address name the commune of the roster row?"""
    here, also = context.roster_place[left], context.roster_second[left]
    one, two = bank.first[right], bank.second[right]
    table = context.table
    same = table.agrees(one, here) | table.agrees(two, here) | table.agrees(one, also) | table.agrees(two, also)
    own = context.roster_address
    return np.asarray(same | (own.first[left] >= 0) & ((own.first[left] == one) | (own.first[left] == two)))


def _places(left: Int64, right: Int64, context: Context, bank: Addresses) -> Levels:
    code = CODE["place"]
    own, theirs = context.roster_address.hamlet[left], bank.hamlet[right]
    known = ((context.roster_place >= 0) | (context.roster_address.first >= 0))[left] & (theirs != -1)
    level = np.where(known, np.int8(code["other"]), np.int8(0))
    same = np.flatnonzero(known & same_commune(left, right, context, bank))
    own, theirs = own[same], theirs[same]
    hamlet = np.where(own == theirs, np.int8(code["hamlet"]), np.int8(code["other_hamlet"]))
    level[same] = np.where((own != 0) & (theirs != 0), hamlet, np.int8(code["commune"]))
    return level


def bank_addresses(bank: People, table: Gazetteer) -> Addresses:
    """What the registrations' addresses say; hamlet −1 where there is no address at all."""
    read = read_addresses(bank.address, table)
    return Addresses(read.first, read.second, np.where(np.diff(bank.address.flat()[1]) == 0, -1, read.hamlet))
