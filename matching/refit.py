"""New weights from a client's own lists or clerks' decisions. Returns a proposal with its effect; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from matching.columns import Int64
from matching.decide import MATCH, Decisions, decide
from matching.design import design, fit, term_names
from matching.engines import meetings
from matching.levels import FIELDS, Levels
from matching.matcher import Scored, join, weigh
from matching.normalise import People, normalise
from matching.pairs import as_objects, picked
from matching.score import Floats, score
from matching.settings import Settings
from matching.sources import frame_slices

if TYPE_CHECKING:
    from matching.columns import Frame

ROUNDS = 3
STIFFNESS = 25.0  # a weight moves by half where about 25 informative pairs speak for it
FIRMNESS = 200.0  # EM: pairs a level must show before its own shares outweigh the preset's
FURTHEST = 1.0  # EM: no weight moves further in one refit (e: 2.7 times the odds)
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
    places: Frame | None = None,
    decisions: pd.DataFrame | None = None,
    *,
    name: str = "refit",
    date: str = "",
) -> Refit:
    """Propose weights fitted to these lists, drawn towards the present preset.

    decisions: roster_row_id, registration_row_id, decision (yes|no; unsure is ignored) — with them, logistic
    regression on the clerks' answers, rivals counted; without, EM: the share of each level among likely matches and
    likely strangers is compared with the shares the preset was fitted on, and the weights move by the difference.
    Weights of conflicts never grow milder. The proposal is for a person to look at; nothing is stored or used.
    Raises ValueError when EM is asked of a preset that holds no shares, or no decision meets a candidate.
    """
    now = settings or Settings.preset()
    left = normalise(roster, "full_name")
    scored = join(left, meetings(left, frame_slices(registrations), now, places, _quiet), now, None, places)
    names = term_names()
    start = np.array([now.weights.get(n, 0.0) for n in names])
    if decisions is None:
        beta = _em(left, scored, now, start)
    else:
        rows, answer = _answers(left, scored, decisions)
        beta = _fit(left, scored, now, rows, answer, start)
    beta = _no_milder(names, start, beta)
    weights = {n: round(float(b), 3) for n, b in zip(names, beta, strict=True) if abs(b) >= 0.0005}
    proposal = replace(now, name=name, date=date or now.date, weights=weights)
    return _effect(left, scored, now, proposal, "em" if decisions is None else "decisions")


def _quiet(_step: str, _done: int, _total: int) -> None:
    """No progress wanted."""


def _fit(left: People, scored: Scored, now: Settings, rows: Int64, answer: Floats, start: Floats) -> Floats:
    """Weights from answered pairs; what rivals take away, and another account of the holder adds, stays."""
    if not len(rows):
        raise ValueError("none of the decisions meets a candidate pair of these lists")
    seen = scored.evidence.at(rows)
    lost = _decide(left, scored, now).raw[rows] - score(seen, now)
    stiffness = np.full(len(start), STIFFNESS)
    return fit(design(seen), answer, np.ones(len(rows)), start, stiffness, lost)


def level_shares(levels: Levels, probability: Floats) -> dict[str, tuple[float, float, float]]:
    """Per level: its share among matches, among strangers (each pair split by its probability), and its pairs."""
    shares = {}
    for column, (field, names) in enumerate(FIELDS.items()):
        codes = levels[:, column]
        match = np.bincount(codes, probability, len(names)) + 0.5
        stranger = np.bincount(codes, 1 - probability, len(names)) + 0.5
        pairs = np.bincount(codes, minlength=len(names))
        for code, level in enumerate(names[1:], start=1):
            one, other = match[code] / match.sum(), stranger[code] / stranger.sum()
            shares[f"{field}.{level}"] = (float(one), float(other), float(pairs[code]))
    return shares


def _em(left: People, scored: Scored, now: Settings, start: Floats) -> Floats:
    """Expectation by the present weights and the rivals; maximisation of each level's two shares."""
    if not now.shares:
        raise ValueError(f"the preset {now.name} holds no shares to compare with: give decisions")
    names, beta = term_names(), start
    for _ in range(ROUNDS):
        trial = replace(now, weights=dict(zip(names, beta.tolist(), strict=True)))
        seen = level_shares(scored.evidence.levels, _decide(left, scored, trial).probability)
        beta = start.copy()
        for at, term in enumerate(names):
            if term in seen and term in now.shares:
                match, stranger, pairs = seen[term]
                usual_match, usual_stranger = now.shares[term]
                change = np.log(match / stranger) - np.log(usual_match / usual_stranger)
                beta[at] += np.clip(change * pairs / (pairs + FIRMNESS), -FURTHEST, FURTHEST)
    return beta


def _decide(left: People, scored: Scored, settings: Settings) -> Decisions:
    log_odds, shift = weigh(scored.evidence, scored.frequencies, settings)
    return decide(left, replace(scored, log_odds=log_odds, shift=shift), settings)


def _answers(left: People, scored: Scored, decisions: pd.DataFrame) -> tuple[Int64, Floats]:
    """Rows of the scored pairs a clerk answered, and the answers."""
    ids = picked(left.row_id, scored.left), picked(scored.bank.row_id, scored.right)
    asked = pd.DataFrame({"roster_row_id": as_objects(ids[0]), "registration_row_id": as_objects(ids[1])})
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
