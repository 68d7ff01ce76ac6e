"""Evidence in, log odds out: a sum of weights per pair, and nothing about rivals.

A field weighs differently where the ID numbers agree, nearly agree or contradict, and where both birth dates are
precise to the day; those strata are the only interactions. Three promises hold for any preset: missing weighs 0,
agreement never weighs less than missing, and a name never gains by being more common.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from matching.compare import Evidence
from matching.levels import CODE, FIELDS, NAMES_AGREE, Levels, codes_of
from matching.settings import Settings

Floats = npt.NDArray[np.float64]

NUMBER_STRATA: dict[str, tuple[str, ...]] = {
    "number_equal": ("equal", "old_equal"),
    "number_near": ("near", "old_near", "damaged_agrees"),
    "number_conflict": ("differs", "old_differs", "damaged_differs"),
}
BIRTH_STRATA: dict[str, tuple[str, ...]] = {
    "birth_day": ("full", "swapped", "near_year_same_day"),
    "birth_unknown": ("unknown",),
}
AGREES: dict[str, tuple[str, ...]] = {
    "accents": ("same",), "sex": ("same",), "phone": ("same",), "place": ("hamlet", "commune"),
}  # fmt: skip
PLACES_AGREE = ("hamlet", "commune", "other_hamlet")  # levels inside which the size of the commune counts
WEAKER: dict[str, dict[str, tuple[str, ...]]] = {
    "place": {"hamlet": ("commune", "unknown"), "commune": ("unknown",)},
    "birth": {"full": ("year", "unknown"), "placeholder": ("year", "unknown"), "year": ("unknown",)},
    "number": {"equal": ("unknown",), "old_equal": ("unknown",), "damaged_agrees": ("unknown",)},
}
STRATIFIED = ("name", "accents", "sex", "phone", "place")
_COLUMN = {f: i for i, f in enumerate(FIELDS)}


@dataclass(slots=True, frozen=True)
class Table:
    """Weights as arrays: [number stratum, birth stratum, field] → vector over levels."""

    number_of: npt.NDArray[np.int64]
    birth_of: npt.NDArray[np.int64]
    levels: dict[str, Floats]  # stratified: (number strata, birth strata, levels); else (levels,)
    whole: Floats  # (number strata, birth strata): weight of the log count of a whole name
    outer: Floats
    here: Floats
    bias: float


def _strata(field: str, strata: dict[str, tuple[str, ...]]) -> npt.NDArray[np.int64]:
    """Level code → stratum number; 0 is "none of them"."""
    out = np.zeros(len(FIELDS[field]), dtype=np.int64)
    for number, levels in enumerate(strata.values(), start=1):
        out[[CODE[field][level] for level in levels]] = number
    return out


def _weight(weights: dict[str, float], term: str, number: str, birth: str) -> float:
    return sum(weights.get(key, 0.0) for key in (term, f"{term}|{number}", f"{term}|{birth}"))


def table(settings: Settings) -> Table:
    """Lay the preset out as arrays and enforce its three promises."""
    numbers, births = ["", *NUMBER_STRATA], ["", *BIRTH_STRATA]
    shape = (len(numbers), len(births))
    levels: dict[str, Floats] = {}
    for field, names in FIELDS.items():
        if field not in STRATIFIED:
            levels[field] = np.array([settings.weights.get(f"{field}.{level}", 0.0) for level in names])
            continue
        grid = np.zeros((*shape, len(names)))
        for at in np.ndindex(*shape):
            for code, level in enumerate(names[1:], start=1):
                value = _weight(settings.weights, f"{field}.{level}", numbers[at[0]], births[at[1]])
                grid[(*at, code)] = max(value, 0.0) if level in AGREES.get(field, ()) else value
        levels[field] = grid
    rare = {
        term: np.array([[min(_weight(settings.weights, term, n, b), 0.0) for b in births] for n in numbers])
        for term in ("whole", "outer", "here")
    }
    return Table(
        _strata("number", NUMBER_STRATA), _strata("birth", BIRTH_STRATA), levels, rare["whole"], rare["outer"],
        rare["here"], settings.weights.get("bias", 0.0),
    )  # fmt: skip


def terms(evidence: Evidence, weights: Table) -> dict[str, Floats]:
    """Each field's share of the sum, `rarity`, `size` (of the commune) and `bias` included; arrays over pairs."""
    levels = evidence.levels
    number = weights.number_of[levels[:, _COLUMN["number"]]]
    birth = weights.birth_of[levels[:, _COLUMN["birth"]]]
    shares: dict[str, Floats] = {"bias": np.full(len(levels), weights.bias)}
    for field in FIELDS:
        codes = levels[:, _COLUMN[field]]
        grid = weights.levels[field]
        shares[field] = grid[number, birth, codes] if field in STRATIFIED else grid[codes]
    agree = np.isin(levels[:, 0], [CODE["name"][level] for level in NAMES_AGREE])
    shares["rarity"] = np.where(
        agree, weights.whole[number, birth] * evidence.whole, weights.outer[number, birth] * evidence.outer
    )
    near = np.isin(levels[:, _COLUMN["place"]], [CODE["place"][level] for level in PLACES_AGREE])
    shares["size"] = np.where(near, weights.here[number, birth] * evidence.here, 0.0)
    return shares


def best_reading(evidence: Evidence, weights: Table) -> tuple[Floats, Evidence]:
    """Log odds, and the reading that gives them.

    A field that agrees may also be read as if it were missing, whichever is higher: so agreement never costs.
    """
    levels = evidence.levels
    best = sum_of(evidence, weights)
    reading = levels.copy()
    for weaker in _readings(levels):
        changed = np.flatnonzero((weaker != levels).any(axis=1))
        value = sum_of(replace(evidence, codes=codes_of(weaker)).at(changed), weights)
        gain = value > best[changed]
        best[changed[gain]] = value[gain]
        reading[changed[gain]] = weaker[changed[gain]]
    return best, replace(evidence, codes=codes_of(reading))


def _weaker_readings(levels: Levels, field: str) -> list[Levels]:
    """The levels themselves, then every weaker reading of one field."""
    out = [levels]
    column = _COLUMN[field]
    for step in range(max(len(w) for w in WEAKER[field].values())):
        weaker = levels.copy()
        for level, steps in WEAKER[field].items():
            rows = levels[:, column] == CODE[field][level]
            weaker[rows, column] = CODE[field][steps[min(step, len(steps) - 1)]]
        out.append(weaker)
    return out


def sum_of(evidence: Evidence, weights: Table) -> Floats:
    """The plain sum of weights, in float64 so that slices and wholes agree to the last bit."""
    shares = terms(evidence, weights)
    total = shares["bias"].copy()
    for name in [*FIELDS, "rarity", "size"]:
        total += shares[name]
    return total


def score(evidence: Evidence, settings: Settings) -> Floats:
    """Log odds that the two rows are one person, rivals not yet counted.

    Pairs repeat the same levels thousands of times, so every combination of levels and each of its readings becomes
    three numbers once: a sum, and how much a log count of the name and a log size of the commune weigh.
    """
    weights = table(settings)
    code, levels = evidence.each()
    agree = np.isin(levels[:, 0], [CODE["name"][level] for level in NAMES_AGREE])
    rarity = np.where(agree[code], evidence.whole, evidence.outer).astype(np.float64)
    best, first = np.zeros(len(code)), _lines(levels, weights)
    for value in _terms_of(first, code, rarity, evidence.here):
        best += value
    for reading in _readings(levels):
        other = _lines(reading, weights)
        better = np.any([o > f for o, f in zip(other, first, strict=True)], axis=0)
        pairs = np.flatnonzero(better[code])
        if len(pairs):
            base, by_name, by_place = _terms_of(other, code[pairs], rarity[pairs], evidence.here[pairs])
            best[pairs] = np.maximum(best[pairs], base + by_name + by_place)
    return best


def score_without_rarity(levels: Levels, settings: Settings) -> Floats:
    """`score` as if every name were the rarest: the most each pair can reach."""
    nothing = np.zeros(len(levels), dtype=np.float32)
    return best_reading(Evidence.of(levels, nothing, nothing, nothing), table(settings))[0]


def _lines(levels: Levels, weights: Table) -> tuple[Floats, Floats, Floats]:
    """Per combination: the sum without rarity, the weight of the name's log count, that of the commune's log size."""
    ones = np.ones(len(levels), dtype=np.float32)
    shares = terms(Evidence.of(levels, ones, ones, ones), weights)
    rarity, size = shares.pop("rarity"), shares.pop("size")
    return np.sum(list(shares.values()), axis=0), rarity, size


def _terms_of(
    lines: tuple[Floats, Floats, Floats], code: npt.NDArray[np.int64], rarity: Floats, here: npt.NDArray[np.float32]
) -> tuple[Floats, Floats, Floats]:
    return lines[0][code], lines[1][code] * rarity, lines[2][code] * here


def _readings(levels: Levels) -> Iterator[Levels]:
    """Every weaker reading of the levels: fields that agree read as if they agreed less, or were missing."""
    for birth in _weaker_readings(levels, "birth"):
        for number in _weaker_readings(birth, "number"):
            for place in _weaker_readings(number, "place"):
                if (place != levels).any():
                    yield place
