"""Two lists and candidate pairs in, one level per field and pair out. No weights here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from matching.block import best_year
from matching.columns import Bool, Int64, distinct, mix, numbered, ranks
from matching.frequency import Frequencies
from matching.levels import CODE, FIELDS
from matching.normalise import CITIZEN, DAMAGED, OLD, People
from matching.people_names import Names
from matching.places import Addresses, Gazetteer, commune_keys, place_numbers, read_addresses

Levels = npt.NDArray[np.int8]
_POWERS = 10 ** np.arange(13, dtype=np.int64)
_SLIPS = np.unique(np.outer(_POWERS[:12], [*range(1, 10), *range(9, 82, 9)]))  # one digit, or two swapped, differ so

_SLIPS_OF_A_YEAR = (0, 1, 10)


@dataclass(slots=True)
class Evidence:
    """Levels per field (columns in the order of FIELDS), the rarity of the names and the size of the place, per pair.

    `whole` and `outer` together with `here` say how many strangers would agree by chance: a name that a hundred
    customers of a province bear is rare inside one of its communes.
    """

    levels: Levels  # (pairs, fields)
    whole: npt.NDArray[np.float32]  # log count of the roster row's whole name on the bank list
    outer: npt.NDArray[np.float32]  # log count of family + given name on it
    here: npt.NDArray[np.float32]  # log of the commune's share of the roster in hundredths, 0 = a hundredth or less

    def at(self, rows: Int64 | slice) -> Evidence:
        """Some of the pairs."""
        return Evidence(self.levels[rows], self.whole[rows], self.outer[rows], self.here[rows])

    def of(self, field: str) -> Levels:
        return self.levels[:, list(FIELDS).index(field)]


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
    numbers = np.sort(people.number)
    used = np.flatnonzero(np.isin(people.number, distinct(numbers[1:][numbers[1:] == numbers[:-1]])))
    used = used[people.number[used] > 0]
    order = used[np.lexsort((given[used], people.number[used]))]
    same = people.number[order][1:] == people.number[order][:-1]
    other = same & (given[order][1:] != given[order][:-1])
    conflicted = np.unique(people.number[order][1:][other])
    return np.isin(people.number, conflicted) & (people.number > 0)


def compare(roster: People, bank: People, left: Int64, right: Int64, context: Context, addresses: Addresses) -> Levels:
    """Levels of all pairs, a column per field. `addresses` belong to the rows of `bank`."""
    levels = np.zeros((len(left), len(FIELDS)), dtype=np.int8)
    a, b = roster.name[left], bank.name[right]
    levels[:, 0] = _names(roster, bank, a, b)
    levels[:, 1] = _accents(roster, bank, a, b)
    levels[:, 2] = _births(roster, bank, left, right)
    levels[:, 3] = _numbers(roster, bank, left, right, context.shared)
    levels[:, 4] = _sexes(roster, bank, left, right, a, b)
    levels[:, 5] = _equal_or_not(roster.phone[left], bank.phone[right])
    levels[:, 6] = _places(left, right, context, addresses)
    return levels


def with_rarity(levels: Levels, roster: People, left: Int64, frequencies: Frequencies, table: Gazetteer) -> Evidence:
    """Levels, how common the roster row's name is on the bank list, and how much of the roster lives where it does."""
    names = roster.names
    whole = np.log(np.maximum(frequencies.names.look_up(names.key), 1)).astype(np.float32)
    outer = np.log(np.maximum(frequencies.outer.look_up(mix(names.family, names.given)), 1)).astype(np.float32)
    here = frequencies.here(commune_keys(roster.commune, table))
    a = roster.name[left]
    return Evidence(levels, whole[a], outer[a], here[left])


def _equal_or_not(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Levels:
    known = (a != 0) & (b != 0)
    return np.where(known, np.where(a == b, 1, 2), 0).astype(np.int8)


def _accents(roster: People, bank: People, a: Int64, b: Int64) -> Levels:
    """Same or different accents, where both names carry some and their letters agree."""
    levels = _equal_or_not(roster.names.accented[a], bank.names.accented[b])
    return np.where(roster.names.exact[a] == bank.names.exact[b], levels, 0).astype(np.int8)


def _names(roster: People, bank: People, a: Int64, b: Int64) -> Levels:
    """Most pairs met by their names, so each further question is asked of those that did not answer the last."""
    code = CODE["name"]
    x, y = roster.names, bank.names
    level = np.full(len(a), code["exact"], dtype=np.int8)
    left = np.flatnonzero(x.exact[a] != y.exact[b])
    level[left] = code["variant"]
    left = left[x.key[a[left]] != y.key[b[left]]]
    level[left] = code["reordered"]
    left = left[x.bag[a[left]] != y.bag[b[left]]]
    if len(left):
        level[left] = _unlike_names(x, y, a[left], b[left])
    if not (x.words.all() and y.words.all()):
        level[(x.words[a] == 0) | (y.words[b] == 0)] = code["unknown"]
    return level


def _unlike_names(x: Names, y: Names, a: Int64, b: Int64) -> Levels:
    code = CODE["name"]
    family = x.family[a] == y.family[b]
    given = x.given[a] == y.given[b]
    middle = x.middle[a] == y.middle[b]
    level = np.full(len(a), code["different"], dtype=np.int8)
    level[given & ~family] = code["family_differs"]
    level[family & middle & ~given] = code["given_differs"]
    level[family & given] = code["middle_differs"]
    return _name_details(x, y, a, b, level)


def _name_details(x: Names, y: Names, a: Int64, b: Int64, level: Levels) -> Levels:
    """Left-out middle names and typing errors, decided once per distinct pair of names."""
    inverse, pairs = numbered((a << np.int64(32)) + b)
    first, second = pairs >> np.int64(32), pairs & np.int64(0xFFFFFFFF)
    base = np.zeros(len(pairs), dtype=np.int8)
    base[inverse] = level
    code = CODE["name"]
    keys_a, length_a = _keys(x, first)
    keys_b, length_b = _keys(y, second)
    short = np.flatnonzero(base == code["middle_differs"])
    base[short[_left_out(x, y, first[short], second[short])]] = code["middle_missing"]
    distance = cpdist(keys_a, keys_b, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)
    length = np.minimum(length_a, length_b)
    close = (distance <= 1) | ((distance == 2) & (length >= 14) & (base != code["given_differs"]))
    typo_given = close & ((base == code["given_differs"]) | (base == code["different"]))
    typo = close & ((base == code["middle_differs"]) | (base == code["family_differs"]))
    base[typo_given] = code["typo_given"]
    base[typo] = code["typo"]
    return np.asarray(base[inverse], dtype=np.int8)


def _keys(names: Names, wanted: Int64) -> tuple[npt.NDArray[Any], Int64]:
    """The names as their keys spell them, and how long they are; each distinct one made once."""
    used, at = ranks(wanted, len(names))
    texts = names.spelt.take(used).texts()
    return texts.strings()[at], np.fromiter(map(len, texts.tolist()), dtype=np.int64, count=len(texts))[at]


def _left_out(x: Names, y: Names, a: Int64, b: Int64) -> Bool:
    """Is one middle name of each pair the other with words left out? Asked once per two middle names."""
    one, of_one = np.unique(x.middle[a], return_index=True)
    two, of_two = np.unique(y.middle[b], return_index=True)
    at = np.searchsorted(one, x.middle[a]) * max(len(two), 1) + np.searchsorted(two, y.middle[b])
    back, pairs = numbered(at)
    words_x = [tuple(text.split(" ")[1:-1]) for text in x.spelt.take(a[of_one]).texts().tolist()]
    words_y = [tuple(text.split(" ")[1:-1]) for text in y.spelt.take(b[of_two]).texts().tolist()]
    left, right = np.divmod(pairs, max(len(two), 1))
    said = [_middle_left_out(words_x[i], words_y[j]) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
    return np.array(said, dtype=np.bool_)[back]


@lru_cache(maxsize=100_000)  # four of five questions of a slice were asked by one before
def _middle_left_out(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Is one middle name the other with words left out or cut to initials? (thi, thi kim) (v, van) ((), van)."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    at = 0
    for word in few:
        while at < len(many) and not (many[at] == word or _initial(word, many[at])):
            at += 1
        if at == len(many):
            return False
        at += 1
    return True


def _initial(one: str, other: str) -> bool:
    few, many = sorted((one, other), key=len)
    return len(few) <= 2 and len(few) < len(many) and many.startswith(few)


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
    likely = np.flatnonzero(_SLIPS[np.minimum(np.searchsorted(_SLIPS, gap), len(_SLIPS) - 1)] == gap)
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
    level = np.zeros(len(left), dtype=np.int8)
    same = same_commune(left, right, context, bank)
    here, own = context.roster_place[left], context.roster_address
    has_address = bank.hamlet[right] != -1
    known = ((here >= 0) | (own.first[left] >= 0)) & has_address
    level[known] = code["other"]
    level[known & same] = code["commune"]
    both = known & same & (own.hamlet[left] != 0) & (bank.hamlet[right] != 0)
    level[both] = np.where(own.hamlet[left] == bank.hamlet[right], code["hamlet"], code["other_hamlet"])[both]
    return level


def bank_addresses(bank: People, table: Gazetteer) -> Addresses:
    """What the registrations' addresses say; hamlet −1 where there is no address at all."""
    read = read_addresses(bank.address, table)
    return Addresses(read.first, read.second, np.where(np.diff(bank.address.flat()[1]) == 0, -1, read.hamlet))
