"""From log odds to decisions: competition on both sides, calibration, conflicts that forbid an automatic match."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matching.block import best_year
from matching.columns import Bool, Int64, mix
from matching.compare import Evidence
from matching.levels import CODE
from matching.matcher import Scored
from matching.normalise import CITIZEN, OLD, People
from matching.score import Floats
from matching.settings import Settings

RIVALS = 6  # candidates looked at per row: the mass beyond the sixth never reached 0.001 in the tests
_LIMIT = 40.0  # exp(40) is certainty enough and far from overflow
MATCH, REVIEW, NEITHER = 2, 1, 0
VETOES = ("name", "number", "shared_number", "near_number", "birth", "sex", "accents")


@dataclass(slots=True)
class Decisions:
    """Per pair: calibrated probability, MATCH / REVIEW / NEITHER, bits of VETOES, odds lost to rivals."""

    probability: Floats
    decision: npt.NDArray[np.int8]
    veto: npt.NDArray[np.int16]
    rivals: Floats  # odds of all rivals together, both sides


def decide(roster: People, scored: Scored, settings: Settings) -> Decisions:
    """Decide every pair. The whole list must be present: rivals count wherever they stand."""
    left, right, evidence = scored.left, scored.right, scored.evidence
    odds = np.exp(np.clip(scored.log_odds, -_LIMIT, _LIMIT))
    rivals = _rivals(right, left, odds, roster) + _rivals(left, right, odds, scored.bank)
    raw = np.log(odds) - np.log1p(rivals)
    probability = _sigmoid(calibrate(raw, settings))
    veto = vetoes(evidence)
    decision = np.full(len(left), NEITHER, dtype=np.int8)
    # a bad climate takes away automatic matches, never a clerk's chance to see the pair
    decision[_sigmoid(calibrate(raw - scored.shift, settings)) >= settings.review] = REVIEW
    decision[(probability >= settings.accept) & (veto == 0)] = MATCH
    return Decisions(probability, decision, veto, rivals)


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


def _rivals(group: Int64, other: Int64, odds: Floats, people: People) -> Floats:
    """For each pair, the odds of the best other candidates of the same `group` row who are somebody else.

    Repeats of one person (rows of several programmes, accounts at several banks) are not rivals.
    """
    order = np.lexsort((_content(people)[other], -odds, group))  # never by row number: order must not matter
    sorted_group = group[order]
    fresh = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = sorted_group[1:] != sorted_group[:-1]
    start = np.flatnonzero(fresh)
    size = np.diff(np.append(start, len(order)))
    begin, length = np.repeat(start, size), np.repeat(size, size)
    total = np.zeros(len(order))
    for rank in range(RIVALS):
        mine = np.flatnonzero(length > rank)
        theirs = begin[mine] + rank
        different = mine[theirs != mine]
        rival = order[begin[different] + rank]
        me = order[different]
        apart = ~same_person(people, other[me], other[rival])
        total[me[apart]] += odds[rival[apart]]  # a pair stands once at each rank
    return total


def _content(people: People) -> Int64:
    """A number for what a row says, to order ties by."""
    return mix(people.of(people.names.exact), people.number, people.year, people.month, people.day, people.phone)


def same_person(people: People, one: Int64, two: Int64) -> Bool:
    """Are two rows of one list certainly the same human being?

    Equal number and given name; or equal name and full birth date with nothing contradicting it.
    """
    names = people.names
    kind = people.number_kind[one]
    comparable = (kind == people.number_kind[two]) & ((kind == CITIZEN) | (kind == OLD))
    equal = comparable & (people.number[one] == people.number[two])
    given = names.given[people.name[one]] == names.given[people.name[two]]
    key = names.key[people.name[one]] == names.key[people.name[two]]
    year = best_year(people)
    day = people.day > 0
    date = (people.year[one] == people.year[two]) & (people.month[one] == people.month[two])
    date &= (people.day[one] == people.day[two]) & day[one] & day[two]
    vague = (people.day[one] == 1) & (people.month[one] == 1)
    phone = (people.phone[one] == people.phone[two]) & (people.phone[one] > 0) & (year[one] == year[two])
    return np.asarray((equal & given) | (key & ~(comparable & ~equal) & ((date & ~vague) | phone)))


def vetoes(evidence: Evidence) -> npt.NDArray[np.int16]:
    """Which conflicts forbid an automatic match, as bits in the order of VETOES; 0 = none."""
    name, birth, number = (_in(evidence, f) for f in ("name", "birth", "number"))
    certain = number("equal", "old_equal")
    whole_name = name("exact", "variant", "reordered", "middle_missing")
    no_birth_conflict = birth("full", "year", "placeholder")
    conflicts = (
        ~whole_name & ~name("typo") & ~(name("typo_given") & certain & no_birth_conflict),
        number("differs", "old_differs", "damaged_differs"),
        number("shared") & ~(whole_name & no_birth_conflict),
        number("near", "old_near") & ~(whole_name & no_birth_conflict),
        birth("same_year_other_day", "other_year_same_day", "different", "same_year_part", "near_year") & ~certain,
        _in(evidence, "sex")("differs") & ~certain,
        _in(evidence, "accents")("differs") & ~certain,
    )
    bits = np.zeros(len(evidence.levels), dtype=np.int16)
    for bit, conflict in enumerate(conflicts):
        bits |= np.left_shift(conflict.astype(np.int16), bit)
    return bits


class _in:  # noqa: N801  reads as a word: _in(evidence, "name")("exact", "variant")
    def __init__(self, evidence: Evidence, field: str) -> None:
        self._levels, self._field = evidence.of(field), field

    def __call__(self, *levels: str) -> Bool:
        return np.isin(self._levels, [CODE[self._field][level] for level in levels])
