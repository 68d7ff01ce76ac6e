"""New weights from a client's own lists or clerks' decisions. Returns a proposal with its effect; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from matching.columns import Int64
from matching.compare import Evidence
from matching.decide import MATCH, Decisions, decide
from matching.design import design, fit, term_names
from matching.engines import meetings
from matching.matcher import Scored, join, weigh
from matching.normalise import People, normalise
from matching.score import Floats
from matching.settings import Settings
from matching.sources import frame_slices

ROUNDS = 8
STIFFNESS = 25.0  # a weight moves by half where about 25 informative pairs speak for it
SAFETY = ("name.given_differs", "name.different", "number.differs", "number.old_differs", "number.shared")


@dataclass(slots=True, frozen=True)
class Refit:
    """A proposed preset, how many pairs would change their decision, and the largest moves of weights."""

    proposal: Settings
    source: Literal["em", "decisions"]
    pairs: int
    would_match: int
    matches_now: int
    newly_matched: int
    no_longer_matched: int
    moves: tuple[tuple[str, float, float], ...]  # weight, now, proposed


def refit(
    roster: pd.DataFrame,
    registrations: pd.DataFrame,
    settings: Settings | None = None,
    places: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
    *,
    name: str = "refit",
    date: str = "",
) -> Refit:
    """Propose weights fitted to these lists, drawn towards the present preset.

    decisions: roster_row_id, registration_row_id, decision (yes|no; unsure is ignored) — with them, logistic
    regression on the clerks' answers; without, EM on the unlabelled candidate pairs. Weights of conflicts never
    grow milder. The proposal is returned for a person to look at; nothing is stored or used.
    """
    now = settings or Settings.preset()
    left = normalise(roster, "full_name")
    scored = join(left, meetings(left, frame_slices(registrations), now, places, _quiet), now, None)
    names = term_names()
    start = np.array([now.weights.get(n, 0.0) for n in names])
    if decisions is None:
        beta = _em(left, scored, now, start)
    else:
        rows, answer = _answers(left, scored, decisions)
        beta = _fit(scored.evidence, rows, answer, start)
    beta = _no_milder(names, start, beta)
    weights = {n: round(float(b), 3) for n, b in zip(names, beta, strict=True) if abs(b) >= 0.0005}
    proposal = replace(now, name=name, date=date or now.date, weights=weights)
    return _effect(left, scored, now, proposal, "em" if decisions is None else "decisions")


def _quiet(_step: str, _done: int, _total: int) -> None:
    """No progress wanted."""


def _fit(evidence: Evidence, rows: Int64, answer: Floats, start: Floats) -> Floats:
    """Weights from labelled rows of the evidence."""
    matrix = design(evidence.levels[rows], evidence.whole[rows].astype(float), evidence.outer[rows].astype(float))
    return fit(matrix, answer, np.ones(len(rows)), start, np.full(len(start), STIFFNESS))


def _em(left: People, scored: Scored, now: Settings, start: Floats) -> Floats:
    """Expectation by the present weights and the competition, maximisation by weighted regression."""
    table = np.column_stack([scored.evidence.levels, scored.evidence.whole, scored.evidence.outer])
    unique, inverse = np.unique(table, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    count = np.bincount(inverse).astype(float)
    width = scored.evidence.levels.shape[1]
    matrix = design(unique[:, :width].astype(np.int8), unique[:, width], unique[:, width + 1])
    beta = start
    for _ in range(ROUNDS):
        trial = replace(now, weights=dict(zip(term_names(), beta.tolist(), strict=True)))
        found = _decide(left, scored, trial)
        target = np.bincount(inverse, found.probability) / count
        beta = fit(matrix, target, count, start, np.full(len(start), STIFFNESS))
    return beta


def _decide(left: People, scored: Scored, settings: Settings) -> Decisions:
    log_odds, shift = weigh(scored.evidence, scored.frequencies, settings)
    return decide(left, replace(scored, log_odds=log_odds, shift=shift), settings)


def _answers(left: People, scored: Scored, decisions: pd.DataFrame) -> tuple[Int64, Floats]:
    """Rows of the scored pairs a clerk answered, and the answers."""
    asked = pd.DataFrame(
        {"roster_row_id": left.row_id[scored.left], "registration_row_id": scored.bank.row_id[scored.right]}
    )
    known = decisions[decisions["decision"].isin(["yes", "no"])]
    merged = asked.reset_index().merge(known, on=["roster_row_id", "registration_row_id"])
    return merged["index"].to_numpy(dtype=np.int64), np.asarray(merged["decision"] == "yes", dtype=np.float64)


def _no_milder(names: list[str], start: Floats, beta: Floats) -> Floats:
    """Conflicts keep at least their present weight: a client's few cases must not make strangers alike."""
    out = beta.copy()
    for i, term in enumerate(names):
        if term.split("|")[0] in SAFETY:
            out[i] = min(beta[i], start[i])
    return out


def _effect(
    left: People, scored: Scored, now: Settings, proposal: Settings, source: Literal["em", "decisions"]
) -> Refit:
    before, after = (_decide(left, scored, s).decision == MATCH for s in (now, proposal))
    moved = sorted(
        ((n, now.weights.get(n, 0.0), proposal.weights.get(n, 0.0)) for n in term_names()),
        key=lambda m: -abs(m[2] - m[1]),
    )
    return Refit(
        proposal, source, len(scored.left), int(after.sum()), int(before.sum()), int((after & ~before).sum()),
        int((before & ~after).sum()), tuple(moved[:12]),
    )  # fmt: skip
