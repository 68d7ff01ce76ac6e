"""Pairs as columns: which of several statements speaks, and where ids stand among others."""

from __future__ import annotations

from uuid import UUID

import pytest

from disburse.accounts.gathering import ids_of
from disburse.accounts.pairs import Pair, Pairs, numbered, placed, strongest

# Ids that differ in one half alone, end in NUL or hold nothing else.
ONE, TWO, THREE, NONE = (UUID(int=number) for number in ((1 << 64) | 256, (2 << 64) | 256, (1 << 64) | 512, 0))


class TestNumbered:
    @pytest.mark.parametrize("ids", [[], [TWO], [TWO, ONE, TWO, NONE, THREE, ONE], [ONE] * 3])
    def test_equal_ids_have_one_number(self, ids: list[UUID]) -> None:
        """Numbers from 0 without a gap, equal where the ids are and nowhere else."""
        found = numbered(ids_of(ids)).tolist()
        assert sorted(set(found)) == list(range(len(set(ids))))
        assert len(set(zip(found, ids, strict=True))) == len(set(ids))


class TestPlaced:
    def test_ids_are_found_where_they_stand(self) -> None:
        """Each at its place, as often as it is asked for; -1 for what is not there."""
        assert placed(ids_of([ONE, TWO, ONE, NONE]), ids_of([THREE, ONE, NONE])).tolist() == [1, -1, 1, 2]
        assert placed(ids_of([ONE]), ids_of([])).tolist() == [-1]
        assert placed(ids_of([]), ids_of([ONE])).tolist() == []


class TestStrongest:
    def test_of_several_statements_the_strongest_speaks(self) -> None:
        """A match before any score, then the higher score, then the first; the pairs keep their order."""
        pairs = [
            Pair(TWO, ONE, UUID(int=11), 0.9, "review", "a"),
            Pair(ONE, ONE, UUID(int=12), 0.9, "review", "a"),
            Pair(TWO, ONE, UUID(int=13), 0.8, "match", "b"),
            Pair(ONE, ONE, UUID(int=14), 0.95, "review", "c"),
            Pair(ONE, TWO, UUID(int=15), 0.5, "match", "a"),
            Pair(ONE, TWO, UUID(int=16), 0.5, "match", "a"),
        ]
        found = strongest(Pairs.of(pairs))
        assert found.registration.tolist() == [UUID(int=number).bytes for number in (13, 14, 15)]
