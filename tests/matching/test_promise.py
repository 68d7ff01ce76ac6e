"""Which pairs are worth weighing."""

from __future__ import annotations

import numpy as np

from matching.levels import COMBINATIONS, codes_of, levels_of
from matching.promise import Promise
from matching.score import score_without_rarity
from matching.settings import Settings


class TestPromise:
    def test_asked_again(self) -> None:
        """The answer is whether the best score lies above the floor, for levels asked before and for new ones."""
        codes = np.random.default_rng(7).integers(COMBINATIONS, size=2_000).astype(np.int32)
        settings = Settings.preset()
        above = score_without_rarity(levels_of(codes), settings) > -6.0
        promise = Promise(settings, -6.0)
        assert 0 < above.sum() < len(above)
        for rows in (slice(1_000), slice(None), slice(500, 1_500)):
            assert promise.rises(codes[rows]).tolist() == above[rows].tolist()

    def test_no_pairs(self) -> None:
        """No pair rises where there is none."""
        assert not len(Promise(Settings.preset(), -6.0).rises(np.zeros(0, dtype=np.int32)))


class TestCodes:
    def test_every_combination_has_its_number(self) -> None:
        """Numbers and levels are two ways to say the same."""
        codes = np.arange(0, COMBINATIONS, 7)
        assert codes_of(levels_of(codes)).tolist() == codes.tolist()
        assert codes_of(levels_of(np.array([COMBINATIONS - 1])))[0] + 1 == COMBINATIONS
