"""A bank that guesses ids learns nothing: not from the words, not from the length, not from the time of an answer."""

from __future__ import annotations

import random
import time
from uuid import UUID, uuid4

import pytest

from tests.api.v1.conftest import YES, Partner, Wire


def guess(partner: Partner, request_id: UUID) -> tuple[str, float]:
    """Answer a request that is none of ours; returns the answer without the id, and the seconds it took."""
    began = time.perf_counter()
    answer = partner.post("results", [{"request_id": str(request_id)} | YES])
    took = time.perf_counter() - began
    return f"{answer.status_code} {answer.headers['content-length']} {answer.text.replace(str(request_id), '')}", took


def area_under_curve(these: list[float], others: list[float]) -> float:
    """Return how often one of these is larger than one of the others: 0.5 tells nothing, 0 or 1 everything."""
    ranked = sorted([(value, True) for value in these] + [(value, False) for value in others])
    ranks = sum(rank for rank, (_, ours) in enumerate(ranked, 1) if ours)
    return (ranks - len(these) * (len(these) + 1) / 2) / (len(these) * len(others))


def guess_many(wire: Wire, guesses: int) -> tuple[set[str], float]:
    foreign = wire.ask("BIDV", links=40)
    partner = wire.employ("VBA")
    times: dict[bool, list[float]] = {True: [], False: []}
    said = set()
    dice = random.Random(7)
    for _ in range(guesses):
        is_foreign = dice.random() < 0.5
        words, took = guess(partner, dice.choice(foreign) if is_foreign else uuid4())
        said.add(words)
        times[is_foreign].append(took)
    return said, area_under_curve(times[True], times[False])


class TestGuessing:
    def test_words_and_length_are_constant(self, lite_wire: Wire) -> None:
        """Sixty guesses, another bank's ids among them: one answer."""
        said, _ = guess_many(lite_wire, 60)
        assert len(said) == 1


@pytest.mark.campaign
def test_ten_thousand_guesses(wire: Wire) -> None:
    """Constant words, and a stopwatch that tells another bank's id from nobody's no better than a coin."""
    said, area = guess_many(wire, 10_000)
    assert len(said) == 1
    assert 0.45 < area < 0.55, area
