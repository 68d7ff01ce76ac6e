"""Fit the packaged preset on the tuning seeds (never on the reporting ones): `python -m benchmarks.matching.fit`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.matching.generate import Lists, generate
from benchmarks.matching.profiles import Profile, drawn
from matching import climate
from matching.compare import Evidence
from matching.decide import Decisions, decide
from matching.design import design, fit, term_names
from matching.engines import meetings
from matching.matcher import FLOOR, join, weigh
from matching.normalise import People, normalise
from matching.refit import level_shares
from matching.score import score
from matching.settings import Settings
from matching.sources import frame_slices

DISTRICT, HALF_A_PROVINCE = (18_000, 120_000), (100_000, 500_000)
FORMER, NAME, DATE = "vn-2026-11-28", "vn-2026-11-28-2", "2026-11-28"
TUNING: list[tuple[str | Profile, int, tuple[int, int], str]] = [
    *(("district", s, DISTRICT, "district") for s in range(7101, 7111)),
    *(("careful", s, DISTRICT, "district") for s in (7101, 7102)),
    *(("dirty", s, DISTRICT, "district") for s in (7101, 7102)),
    *((drawn(n), 7100 + n, DISTRICT, "district") for n in range(31, 61)),  # no single mix of errors decides
    *(("district", s, HALF_A_PROVINCE, "province") for s in (31, 32)),  # so that no weight depends on a list's size
]
HOPELESS = -7.0  # log odds under which, by the preset before, nobody is asked about a pair
STIFF_BASE, STIFF_INSIDE = 0.5, 2.0


class Sample:
    """One tuning list with its scored pairs and labels, the hopeless ones left aside."""

    def __init__(
        self, profile: str | Profile, seed: int, size: tuple[int, int] = DISTRICT, scale: str = "district"
    ) -> None:
        lists = generate(profile, *size, seed, scale)
        self.scale = scale
        self.name = f"{profile if isinstance(profile, str) else profile.name} {seed}"
        self.roster = normalise(lists.roster, "full_name")
        blank = Settings(name="blank", date="2026-11-22")
        sources = frame_slices(lists.registrations)
        found = meetings(self.roster, sources, blank, lists.places, _quiet)
        scored = join(self.roster, found, blank, None, lists.places)
        hope = np.flatnonzero(score(scored.evidence, Settings.preset(FORMER)) > HOPELESS)
        self.scored = replace(
            scored, left=scored.left[hope], right=scored.right[hope], evidence=scored.evidence.at(hope)
        )
        at, levels = scored.evidence.each()
        self.seen = climate.observe(levels, np.bincount(at, minlength=len(levels)))
        self.bank = self.scored.bank
        self.truth_pairs = len(lists.truth)
        self.truth = true_codes(lists, self.roster, self.bank)
        self.label = np.isin(self.scored.left * len(self.bank) + self.scored.right, self.truth)


def true_codes(lists: Lists, roster: People, bank: People) -> np.ndarray:
    """True pairs as roster row × number of registrations + registration row."""
    left = pd.Series(np.arange(len(roster)), index=roster.row_id).reindex(lists.truth["roster_row_id"]).to_numpy()
    right = pd.Series(np.arange(len(bank)), index=bank.row_id).reindex(lists.truth["registration_row_id"]).to_numpy()
    met = ~np.isnan(right)
    return np.unique(left[met].astype(np.int64) * len(bank) + right[met].astype(np.int64))


def pooled(samples: list[Sample]) -> tuple[Evidence, np.ndarray, np.ndarray]:
    """Distinct combinations of evidence, how often each occurred, and how often it was true."""
    levels = np.concatenate([s.scored.evidence.levels for s in samples])
    whole = np.round(np.concatenate([s.scored.evidence.whole for s in samples]) * 4) / 4
    outer = np.round(np.concatenate([s.scored.evidence.outer for s in samples]) * 4) / 4
    here = np.round(np.concatenate([s.scored.evidence.here for s in samples]) * 4) / 4
    label = np.concatenate([s.label for s in samples])
    rows = np.column_stack([levels.astype(np.float32), whole, outer, here])
    unique, inverse = np.unique(rows, axis=0, return_inverse=True)
    inverse = inverse.ravel()
    count = np.bincount(inverse).astype(float)
    true = np.bincount(inverse, label).astype(float)
    width = levels.shape[1]
    return Evidence.of(unique[:, :width].astype(np.int8), *unique[:, width:].T), count, true


def weights(samples: list[Sample]) -> dict[str, float]:
    """Fitted weights by name, rounded to three digits."""
    evidence, count, true = pooled(samples)
    names = term_names()
    stiffness = np.array([STIFF_INSIDE if "|" in n else 0.001 if n == "bias" else STIFF_BASE for n in names])
    beta = fit(design(evidence), true / count, count, np.zeros(len(names)), stiffness)
    return {n: round(float(b), 3) for n, b in zip(names, beta, strict=True) if abs(b) >= 0.0005}


def calibration(samples: list[Sample], settings: Settings) -> tuple[tuple[float, float], ...]:
    """Points raw → calibrated log odds: pooled adjacent violators over bins of the raw log odds."""
    raw, label = [], []
    for s in samples:
        found, shift = decisions(s, settings), weigh(s.scored.evidence, s.scored.frequencies, settings)[1]
        raw.append(found.raw - shift)  # what the climate takes is no belief
        label.append(s.label)
    x, y = np.concatenate(raw), np.concatenate(label).astype(float)
    edges = np.array([-12, -5, -4, -3, -2, -1, 0, 1, 2, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 8, 9, 30])
    points = []
    for low, high in pairwise(edges.tolist()):
        inside = (x >= low) & (x < high)
        n, k = inside.sum(), y[inside].sum()
        if n < 200:
            continue
        rate = (k + 0.5) / (n + 1.0)  # half a wrong pair is always allowed for
        points.append((float(np.clip(x[inside], -12, 12).mean()), float(np.log(rate / (1 - rate)))))
    rising: list[tuple[float, float]] = []
    for raw_odds, value in points:  # never flat: a better raw score must stay better
        rising.append((round(raw_odds, 3), round(max(value, rising[-1][1] + 0.02) if rising else value, 3)))
    return tuple(rising)


def usual_climate(samples: list[Sample]) -> dict[str, float]:
    """Share of equal numbers per kind, over the district-sized samples of the district profile."""
    usual = [s for s in samples if s.name.startswith("district") and s.scale == "district"]
    seen = np.asarray(sum(s.seen for s in usual))
    shares = (seen[:, 0] + 1) / (seen.sum(axis=1) + 2)
    return {
        k: round(float(q), 4) for k, q, n in zip(climate.kind_names(), shares, seen.sum(axis=1), strict=True) if n >= 50
    }


def usual_shares(samples: list[Sample], settings: Settings) -> dict[str, tuple[float, float]]:
    """Per level: share among matches and among strangers above the floor, over the district samples."""
    levels, probability = [], []
    for s in samples:
        if s.name.startswith("district") and s.scale == "district":
            log_odds, shift = weigh(s.scored.evidence, s.scored.frequencies, settings)
            keep = log_odds - shift > FLOOR
            levels.append(s.scored.evidence.at(keep).levels)
            probability.append(decisions(s, settings).probability[keep])
    shares = level_shares(np.concatenate(levels), np.concatenate(probability))
    return {k: (float(f"{m:.3g}"), float(f"{u:.3g}")) for k, (m, u, _) in shares.items()}


def preset(samples: list[Sample]) -> Settings:
    """The whole preset: weights, climate, then the calibration of what they give."""
    first = Settings(name=NAME, date=DATE, weights=weights(samples), climate=usual_climate(samples))
    first = replace(first, calibration=calibration(samples, first))
    return replace(first, shares=usual_shares(samples, first))


def decisions(s: Sample, settings: Settings) -> Decisions:
    """Decide one sample with other weights."""
    log_odds, shift = weigh(s.scored.evidence, s.scored.frequencies, settings)
    return decide(s.roster, replace(s.scored, log_odds=log_odds, shift=shift), settings)


def _quiet(_step: str, _done: int, _total: int) -> None:
    """No progress wanted."""


def main() -> None:
    """Write the preset file and print its weights."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path(f"matching/presets/{NAME}.json"))
    out = parser.parse_args().out
    samples = [Sample(*t) for t in TUNING]
    settings = preset(samples)
    out.write_text(settings.to_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
