"""How good was a run, measured on pairs known to be true: precision, recall, review load, reliability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from matching.link import LinkResult


@dataclass(slots=True, frozen=True)
class Evaluation:
    """Counts and rates. Recall and `found` are over all true pairs, wrong and reviews per roster row."""

    true_pairs: int
    matches: int
    right: int
    wrong: int
    reviews: int
    right_in_review: int
    roster_rows: int

    @property
    def precision(self) -> float:
        return self.right / self.matches if self.matches else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true_pairs if self.true_pairs else 1.0

    @property
    def found(self) -> float:
        return (self.right + self.right_in_review) / self.true_pairs if self.true_pairs else 1.0

    @property
    def wrong_per_100k(self) -> float:
        return self.wrong / self.roster_rows * 100_000 if self.roster_rows else 0.0

    @property
    def reviews_per_1000(self) -> float:
        return self.reviews / self.roster_rows * 1_000 if self.roster_rows else 0.0

    def __add__(self, other: Evaluation) -> Evaluation:
        """Two lists pooled."""
        return Evaluation(
            self.true_pairs + other.true_pairs, self.matches + other.matches, self.right + other.right,
            self.wrong + other.wrong, self.reviews + other.reviews, self.right_in_review + other.right_in_review,
            self.roster_rows + other.roster_rows,
        )  # fmt: skip


def labels(pairs: pd.DataFrame, truth: pd.DataFrame) -> pd.Series[bool]:
    """Is each pair of a result among the true ones? Both frames hold roster_row_id, registration_row_id."""
    known = pd.MultiIndex.from_frame(truth[["roster_row_id", "registration_row_id"]])
    asked = pd.MultiIndex.from_frame(pairs[["roster_row_id", "registration_row_id"]])
    return pd.Series(asked.isin(known), index=pairs.index)


def evaluate(result: LinkResult, truth: pd.DataFrame) -> Evaluation:
    """Compare a result with all true pairs (columns roster_row_id, registration_row_id)."""
    right = labels(result.pairs, truth).to_numpy(dtype=bool)
    match = (result.pairs["decision"] == "match").to_numpy(dtype=bool)
    return Evaluation(
        true_pairs=len(truth.drop_duplicates()),
        matches=int(match.sum()),
        right=int((match & right).sum()),
        wrong=int((match & ~right).sum()),
        reviews=int((~match).sum()),
        right_in_review=int((~match & right).sum()),
        roster_rows=result.roster_rows,
    )


def reliability(result: LinkResult, truth: pd.DataFrame, edges: tuple[float, ...] = ()) -> pd.DataFrame:
    """Stated against observed: columns from, to, pairs, stated (mean score), observed (share true)."""
    bounds = edges or (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1.0)
    score = result.pairs["score"].to_numpy(dtype=float)
    right = labels(result.pairs, truth).to_numpy(dtype=bool)
    at = np.clip(np.searchsorted(bounds, score, "right") - 1, 0, len(bounds) - 2)
    rows = []
    for i in range(len(bounds) - 1):
        inside = at == i
        if inside.any():
            rows.append((bounds[i], bounds[i + 1], int(inside.sum()), score[inside].mean(), right[inside].mean()))
    return pd.DataFrame(rows, columns=["from", "to", "pairs", "stated", "observed"])
