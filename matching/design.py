"""The evidence as a table of numbers, one column per weight of a preset: what fitting and refitting work on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.compare import Evidence
from matching.levels import CODE, FIELDS, NAMES_AGREE
from matching.score import BIRTH_STRATA, NUMBER_STRATA, PLACES_AGREE, STRATIFIED, Floats

Matrix = npt.NDArray[np.float32]
RARITY = ("whole", "outer", "here")
_COLUMN = {f: i for i, f in enumerate(FIELDS)}


def term_names() -> list[str]:
    """Names of the weights, in the order of the columns of `design`."""
    base = [f"{f}.{level}" for f, levels in FIELDS.items() for level in levels[1:]]
    inside = [t for t in [*base, *RARITY] if t.split(".")[0] in (*STRATIFIED, *RARITY)]
    strata = [*NUMBER_STRATA, *BIRTH_STRATA]
    return [*base, *RARITY, *(f"{t}|{s}" for s in strata for t in inside), "bias"]


def design(evidence: Evidence) -> Matrix:
    """(pairs, weights): ones and zeros, the log counts of names and the log sizes of communes."""
    levels = evidence.levels
    agree = np.isin(levels[:, 0], [CODE["name"][level] for level in NAMES_AGREE])
    columns = {
        f"{f}.{level}": (levels[:, _COLUMN[f]] == code).astype(np.float32)
        for f, names in FIELDS.items()
        for code, level in enumerate(names)
    }
    near = np.isin(levels[:, _COLUMN["place"]], [CODE["place"][level] for level in PLACES_AGREE])
    columns["whole"] = (evidence.whole * agree).astype(np.float32)
    columns["outer"] = (evidence.outer * ~agree).astype(np.float32)
    columns["here"] = (evidence.here * near).astype(np.float32)
    columns["bias"] = np.ones(len(levels), dtype=np.float32)
    inside = {
        name: np.isin(levels[:, _COLUMN[field]], [CODE[field][level] for level in members]).astype(np.float32)
        for field, strata in (("number", NUMBER_STRATA), ("birth", BIRTH_STRATA))
        for name, members in strata.items()
    }
    out = np.empty((len(levels), len(term_names())), dtype=np.float32)
    for at, term in enumerate(term_names()):
        name, _, stratum = term.partition("|")
        out[:, at] = columns[name] * inside[stratum] if stratum else columns[name]
    return out


def fit(
    matrix: Matrix, target: Floats, weight: Floats, start: Floats, stiffness: Floats, offset: Floats | None = None
) -> Floats:
    """Weighted logistic regression by Newton steps, drawn towards `start` with `stiffness` per weight.

    target: probability or 0/1 per row; weight: how many pairs the row stands for; offset: known part of the log odds.
    """
    x = matrix.astype(np.float64)
    beta = start.copy()
    known = np.zeros(len(x)) if offset is None else offset
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ beta + known, -35, 35)))
        gradient = x.T @ (weight * (target - p)) - stiffness * (beta - start)
        curve = (x * (weight * p * (1 - p) + 1e-9)[:, None]).T @ x + np.diag(stiffness)
        step = np.linalg.solve(curve, gradient)
        beta += np.clip(step, -3, 3)
        if np.abs(step).max() < 1e-6:
            break
    return beta
