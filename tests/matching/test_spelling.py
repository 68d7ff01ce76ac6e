"""What is not looked at letter by letter would not have been close."""

from __future__ import annotations

import numpy as np
from rapidfuzz.distance import OSA

from matching.columns import Text
from matching.people_names import read_names
from matching.spelling import _may_be_close

ALPHABET = list("abcdeghiklmnopqrstuvxy ")


class TestMayBeClose:
    def test_no_slip_is_overlooked(self) -> None:
        """Names two slips apart or less are always looked at; most of the others are not."""
        rng = np.random.default_rng(7)
        names = ["nguyen van tam", "tran thi hoa", "le van an", "hbia nie", "k", "phạm đức 三", "nguyen ngoc nguyen"]
        for _ in range(300):
            name = list(names[rng.integers(len(names))])
            at = int(rng.integers(len(name) + 1))
            name[at : at + int(rng.integers(3))] = rng.choice(ALPHABET, int(rng.integers(3))).tolist()
            names.append("".join(name))
        read = read_names(Text.of(names))
        keys = read.spelt.texts().tolist()
        one, other = np.divmod(np.arange(len(names) ** 2), len(names))
        looked_at = _may_be_close(read.letters[one], read.letters[other])
        close = [OSA.distance(keys[i], keys[j]) <= 2 for i, j in zip(one.tolist(), other.tolist(), strict=True)]
        assert not (np.array(close) & ~looked_at).any()
        assert looked_at.mean() < 0.4
