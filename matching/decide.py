"""From log odds to decisions: competition on both sides, calibration, conflicts that forbid an automatic match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from matching.block import best_year
from matching.columns import Bool, Int64, grouped, mix
from matching.compare import Evidence
from matching.forks import together, worth
from matching.holders import shared_odds
from matching.levels import CODE, FIELDS, Levels
from matching.matcher import FLOOR, Scored
from matching.normalise import CITIZEN, OLD, People
from matching.score import Floats
from matching.settings import Settings

RIVALS = 6  # others looked at per pair: the mass beyond the sixth never reached 0.001 in the tests
_AT_ONCE = 500_000  # pairs whose rivals are counted together
_LIMIT = 40.0  # exp(40) is certainty enough and far from overflow
MATCH, REVIEW, NEITHER = 2, 1, 0
VETOES = ("name", "number", "shared_number", "near_number", "birth", "sex", "accents")


@dataclass(slots=True)
class Decisions:
    """Per pair: calibrated probability, MATCH / REVIEW / NEITHER, bits of VETOES, rivals, the holder's part."""

    probability: Floats
    decision: npt.NDArray[np.int8]
    veto: npt.NDArray[np.int16]
    rivals: Floats  # odds of all rivals together, both sides
    carried: Bool  # another account of the holder has better evidence, which counts for this one too
    raw: Floats  # log odds with that evidence, less the rivals: what is calibrated


def decide(roster: People, scored: Scored, settings: Settings, workers: int = 1) -> Decisions:
    """Decide every pair. The whole list must be present: rivals count wherever they stand."""
    left, right, evidence = scored.left, scored.right, scored.evidence
    veto = vetoes(evidence)
    alone = np.exp(np.clip(scored.log_odds, -_LIMIT, _LIMIT))
    free = (veto == 0) & (scored.log_odds - scored.shift > FLOOR)  # a refit also asks about pairs under it
    odds = shared_odds(left, right, alone, free, scored.bank)
    shares = worth(len(left), workers)
    sides = (right, left, roster), (left, right, scored.bank)
    rivals = np.sum(together([partial(_share_of_rivals, sides, odds, shares, n) for n in range(shares)]), axis=0)
    raw = np.log(odds) - np.log1p(rivals)
    probability = _sigmoid(calibrate(raw, settings))
    decision = np.full(len(left), NEITHER, dtype=np.int8)
    # a bad climate takes away automatic matches, never a clerk's chance to see the pair
    decision[_sigmoid(calibrate(raw - scored.shift, settings)) >= settings.review] = REVIEW
    decision[(probability >= settings.accept) & (veto == 0)] = MATCH
    return Decisions(probability, decision, veto, rivals, odds > alone, raw)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -_LIMIT, _LIMIT))))


def calibrate(raw: Floats, settings: Settings) -> Floats:
    """Raw log odds → calibrated log odds: straight lines between the preset's points, slope 1 outside."""
    if not settings.calibration:
        return raw
    x = np.array([p[0] for p in settings.calibration])
    y = np.array([p[1] for p in settings.calibration])
    inside = np.interp(raw, x, y)
    return np.asarray(np.where(raw < x[0], y[0] + raw - x[0], np.where(raw > x[-1], y[-1] + raw - x[-1], inside)))


def _share_of_rivals(sides: Sequence[tuple[Int64, Int64, People]], odds: Floats, shares: int, share: int) -> Floats:
    """For each pair, the odds of its rivals on both sides, as far as their rows belong to this share."""
    total = np.zeros(len(odds))
    for group, other, people in sides:
        several = np.bincount(group, minlength=1)[group] > 1
        total += _rivals(group, other, odds, people, np.flatnonzero(several & (group % shares == share)))
    return total


def _rivals(group: Int64, other: Int64, odds: Floats, people: People, several: Int64) -> Floats:
    """For each of the pairs `several`, the odds of the best others of the same `group` row who are somebody else.

    Repeats of one person (rows of several programmes, accounts at several banks) are not rivals.
    """
    total = np.zeros(len(group))
    if not len(several):
        return total
    order = several[_best_first(group[several], other[several], odds[several], people)]
    fresh = _begins(group[order])
    cuts = fresh[np.searchsorted(fresh, np.arange(0, len(order), _AT_ONCE))]  # no group is cut in two
    for pairs in np.split(order, cuts[1:]):
        total[pairs] = _rivals_of(group[pairs], other[pairs], odds[pairs], people)
    return total


def _rivals_of(group: Int64, other: Int64, odds: Floats, people: People) -> Floats:
    """`_rivals` of pairs that lie group by group, the best first.

    Each pair has its own six: who stands among the first six looks at the seventh, too. So of equals that no order can
    tell apart none fares better for standing before the others.
    """
    total = np.zeros(len(group))
    start = _begins(group)
    size = np.diff(np.append(start, len(group)))
    begin, length = np.repeat(start, size), np.repeat(size, size)
    facts = _Facts.of(people, other)
    for rank in range(RIVALS + 1):
        mine = np.flatnonzero(length > rank)
        theirs = begin[mine] + rank
        others = mine < theirs if rank == RIVALS else mine != theirs
        mine, theirs = mine[others], theirs[others]
        apart = ~facts.same(mine, theirs)
        mine, theirs = mine[apart], theirs[apart]
        total[mine] += odds[theirs]  # a pair stands once at each rank
    return total


def _best_first(group: Int64, other: Int64, odds: Floats, people: People) -> Int64:
    """The pairs group by group, the best first.

    Never by row number, because order must not matter: where a group holds more than are looked at, ties are in the
    order of what the rows say. In a smaller one every pair is looked at, and a sum of equals knows no order.
    """
    order = np.argsort(-odds)
    order = order[grouped(group[order])]
    crowded = np.flatnonzero((np.bincount(group) > RIVALS)[group[order]])
    if len(crowded):
        pairs = order[crowded]  # they stand group by group, so they are put in order where they stand
        content = _content(people, other[pairs])
        order[crowded] = pairs[np.lexsort((content, -odds[pairs], group[pairs]))]
    return order


def _begins(group: Int64) -> Int64:
    """Where in a list that lies group by group each group begins."""
    return np.flatnonzero(np.diff(group, prepend=-1))


def _content(people: People, rows: Int64) -> Int64:
    """A number for what a row says, to order ties by."""
    return mix(
        people.names.exact[people.name[rows]], people.number[rows], people.year[rows], people.month[rows],
        people.day[rows], people.phone[rows],
    )  # fmt: skip


def same_person(people: People, one: Int64, two: Int64) -> Bool:
    """Are two rows of one list certainly the same human being?

    Equal number and given name; or equal name and full birth date with nothing contradicting it.
    """
    rows = np.concatenate([one, two])
    return _Facts.of(people, rows).same(np.arange(len(one)), np.arange(len(one), len(rows)))


@dataclass(slots=True)
class _Facts:
    """What tells whether two rows are one person, for some rows of a list. 0 where there is nothing to compare."""

    number: Int64  # citizen or old ID
    kind: npt.NDArray[np.int8]
    key: Int64
    given: Int64
    date: Int64  # a full one
    vague: Bool  # 01/01: no birthday
    phone: Int64  # with the year

    @staticmethod
    def of(people: People, rows: Int64) -> _Facts:
        kind = people.number_kind[rows]
        known = (kind == CITIZEN) | (kind == OLD)
        name = people.name[rows]
        year, month, day = (column[rows] for column in (people.year, people.month, people.day))
        phone = people.phone[rows]
        return _Facts(
            number=people.number[rows],
            kind=np.where(known, kind, 0).astype(np.int8),
            key=people.names.key[name],
            given=people.names.given[name],
            date=np.where(day > 0, mix(year, month, day), 0),
            vague=(day == 1) & (month == 1),
            phone=np.where(phone > 0, mix(phone, best_year(people)[rows]), 0),
        )

    def same(self, one: Int64, two: Int64) -> Bool:
        """`same_person`, by places among the rows."""
        comparable = (self.kind[one] == self.kind[two]) & (self.kind[one] != 0)
        equal = comparable & (self.number[one] == self.number[two])
        out = np.zeros(len(one), dtype=np.bool_)
        by_number = np.flatnonzero(equal)
        out[by_number] = self.given[one[by_number]] == self.given[two[by_number]]
        by_name = np.flatnonzero((self.key[one] == self.key[two]) & ~(comparable & ~equal))
        one, two = one[by_name], two[by_name]
        date = (self.date[one] == self.date[two]) & (self.date[one] != 0) & ~self.vague[one]
        out[by_name] |= date | ((self.phone[one] == self.phone[two]) & (self.phone[one] != 0))
        return out


def vetoes(evidence: Evidence) -> npt.NDArray[np.int16]:
    """Which conflicts forbid an automatic match, as bits in the order of VETOES; 0 = none."""
    at, levels = evidence.each()
    name, birth, number, sex, accents = (_in(levels, f) for f in ("name", "birth", "number", "sex", "accents"))
    certain = number("equal", "old_equal")
    whole_name = name("exact", "variant", "reordered", "middle_missing")
    no_birth_conflict = birth("full", "year", "placeholder")
    conflicts = (
        ~whole_name & ~name("typo") & ~(name("typo_given") & certain & no_birth_conflict),
        number("differs", "old_differs", "damaged_differs"),
        number("shared") & ~(whole_name & no_birth_conflict),
        number("near", "old_near") & ~(whole_name & no_birth_conflict),
        birth("same_year_other_day", "other_year_same_day", "different", "same_year_part", "near_year") & ~certain,
        sex("differs") & ~certain,
        accents("differs") & ~certain,
    )
    bits = np.zeros(len(levels), dtype=np.int16)
    for bit, conflict in enumerate(conflicts):
        bits |= np.left_shift(conflict.astype(np.int16), bit)
    return bits[at]


class _in:  # noqa: N801  reads as a word: _in(levels, "name")("exact", "variant")
    def __init__(self, levels: Levels, field: str) -> None:
        self._levels, self._field = levels[:, list(FIELDS).index(field)], field

    def __call__(self, *levels: str) -> Bool:
        return np.isin(self._levels, [CODE[self._field][level] for level in levels])
