"""One roster, ready to meet slices of registrations: block → compare → score for a slice, and slices as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from matching.block import Index
from matching.columns import Int64
from matching.compare import Context, Evidence, bank_addresses, compare
from matching.frequency import Frequencies
from matching.levels import FIELDS
from matching.normalise import People
from matching.places import gazetteer
from matching.score import Floats, score
from matching.settings import Settings

Progress = Callable[[str, int, int], None]  # step name, done, total
SLICE = 250_000  # registrations compared at a time: about 60 MB of working memory


@dataclass(slots=True)
class Scored:
    """Candidate pairs with what deciding needs."""

    left: Int64
    right: Int64
    evidence: Evidence
    log_odds: Floats
    lost: dict[str, int]


class Matcher:
    """One roster, ready to meet slices of registrations; what an engine's worker holds."""

    def __init__(
        self, roster: People, settings: Settings, places: pd.DataFrame | None, frequencies: Frequencies
    ) -> None:
        self.roster, self.settings = roster, settings
        self.table = gazetteer(places)
        self.context = Context.of(roster, frequencies, self.table)
        self.index = Index(roster)

    def meet(self, bank: People, offset: int = 0) -> Scored:
        """All candidate pairs with one slice; `offset` is the slice's first row in the whole list."""
        blocks = self.index.pairs(bank)
        addresses = bank_addresses(bank, np.unique(blocks.right), self.table)
        evidence = compare(self.roster, bank, blocks.left, blocks.right, self.context, addresses)
        log_odds = score(evidence, self.settings)
        return Scored(blocks.left, blocks.right + offset, evidence, log_odds, blocks.lost)


def join(parts: Iterable[Scored]) -> Scored:
    """Slices in order as one."""
    done = list(parts)
    lost: dict[str, int] = {}
    for part in done:
        for key, count in part.lost.items():
            lost[key] = lost.get(key, 0) + count
    levels = [p.evidence.levels for p in done] or [np.zeros((0, len(FIELDS)), dtype=np.int8)]
    return Scored(
        _cat([p.left for p in done], np.int64),
        _cat([p.right for p in done], np.int64),
        Evidence(
            np.concatenate(levels),
            _cat([p.evidence.whole for p in done], np.float32),
            _cat([p.evidence.outer for p in done], np.float32),
        ),
        _cat([p.log_odds for p in done], np.float64),
        lost,
    )


def _cat(parts: list[Any], dtype: Any) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)
