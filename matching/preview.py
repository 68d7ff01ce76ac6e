"""What other thresholds would decide, before anyone uses them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matching.link import LinkResult


@dataclass(slots=True, frozen=True)
class Preview:
    """At this threshold: automatic matches, pairs to review, and wrong matches the scores themselves expect."""

    accept: float
    automatic: int
    review: int
    expected_wrong: float


def preview(result: LinkResult, thresholds: Iterable[float]) -> list[Preview]:
    """One line per threshold, from the stored scores alone; conflicts that forbid a match stay forbidden.

    Thresholds under the run's own review threshold cannot be previewed (those pairs were not kept): ValueError.
    """
    score = result.pairs["score"].to_numpy(dtype=float)
    forbidden = result.pairs["reasons"].str.contains("veto:", regex=False).to_numpy(dtype=bool)
    out = []
    for accept in thresholds:
        if accept < result.settings.review:
            raise ValueError(f"{accept} lies under the review threshold {result.settings.review} of this run")
        chosen = (score >= accept) & ~forbidden
        wrong = float(np.sum(1.0 - score[chosen]))
        out.append(Preview(accept, int(chosen.sum()), int(len(score) - chosen.sum()), round(wrong, 3)))
    return out
