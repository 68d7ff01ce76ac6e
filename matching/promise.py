"""Is a pair worth weighing? Asked of its levels, once for each combination of them."""

from __future__ import annotations

import numpy as np

from matching.columns import Bool, distinct
from matching.levels import COMBINATIONS, Codes, levels_of
from matching.score import score_without_rarity
from matching.settings import Settings

_UNASKED, _YES = -1, 1


class Promise:
    """Which levels rise above a floor if the name is the rarest there is."""

    def __init__(self, settings: Settings, floor: float) -> None:
        self._settings, self._floor = settings, floor
        self._answers = np.full(COMBINATIONS, _UNASKED, dtype=np.int8)

    def rises(self, codes: Codes) -> Bool:
        """Which of these pairs do."""
        unasked = distinct(codes[self._answers[codes] == _UNASKED].astype(np.int64))
        self._answers[unasked] = score_without_rarity(levels_of(unasked), self._settings) > self._floor
        return np.asarray(self._answers[codes] == _YES)
