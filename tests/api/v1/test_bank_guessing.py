"""A bank that guesses ids learns nothing: not from the words, not from the length, not from the time of an answer."""

from __future__ import annotations

import math
import random
import sys
import time
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from tests.api.v1.conftest import YES, Partner, Wire

AT_ONCE = 5  # ids in one call: what an answer might give away is five times as long, the calls a fifth


def guess(partner: Partner, request_ids: list[UUID]) -> tuple[str, float]:
    """Answer requests that are none of ours; returns the answer without the ids, and the seconds it took."""
    began = time.perf_counter()
    answer = partner.post("results", [{"request_id": str(one)} | YES for one in request_ids])
    took = time.perf_counter() - began
    words = answer.text
    for one in request_ids:
        words = words.replace(str(one), "")
    return f"{answer.status_code} {answer.headers['content-length']} {words}", took


def area_under_curve(these: list[float], others: list[float]) -> float:
    """Return how often one of these is larger than one of the others: 0.5 tells nothing, 0 or 1 everything."""
    ranked = sorted([(value, True) for value in these] + [(value, False) for value in others])
    ranks = sum(rank for rank, (_, ours) in enumerate(ranked, 1) if ours)
    return (ranks - len(these) * (len(these) + 1) / 2) / (len(these) * len(others))


def chance(these: int, others: int) -> float:
    """Return the standard deviation of the area when both are of one kind (Mann and Whitney)."""
    return math.sqrt((these + others + 1) / (12 * these * others))


@dataclass
class Guessed:
    """What many guesses came to: the different answers, and the seconds of calls with foreign ids and of the others."""

    said: set[str] = field(default_factory=set)
    foreign: list[float] = field(default_factory=list)
    nobodys: list[float] = field(default_factory=list)

    @property
    def area(self) -> float:
        return area_under_curve(self.foreign, self.nobodys)


def guess_many(wire: Wire, calls: int) -> Guessed:
    """Guess in pairs of calls, one with another bank's ids and one with nobody's, in either order.

    The two of a pair meet the same machine and the same tables, so that neither a busy minute nor a growing log can
    be taken for a difference.
    """
    foreign = wire.ask("BIDV", links=40)
    partner = wire.employ("VBA")
    found, dice, signed = Guessed(), random.Random(7), time.monotonic()
    for _ in range(calls // 2):
        if time.monotonic() - signed > 120:  # a token holds for ten minutes
            assert partner.sign_in().status_code == 200
            signed = time.monotonic()
        kinds = [found.foreign, found.nobodys]
        dice.shuffle(kinds)
        for times in kinds:
            ids = dice.sample(foreign, AT_ONCE) if times is found.foreign else [uuid4() for _ in range(AT_ONCE)]
            words, took = guess(partner, ids)
            found.said.add(words)
            times.append(took)
    return found


class TestGuessing:
    def test_words_and_length_are_constant(self, lite_wire: Wire) -> None:
        """Sixty guesses, another bank's ids among them: one answer."""
        assert len(guess_many(lite_wire, 12).said) == 1

    def test_the_stopwatch_sees_what_there_is(self) -> None:
        """Two milliseconds among ten of noise, a thousand times each: far beyond chance; without them, within it."""
        dice = random.Random(11)
        noise = [[dice.gauss(30, 10) for _ in range(1_000)] for _ in range(2)]
        far = 4 * chance(1_000, 1_000)
        assert abs(area_under_curve(*noise) - 0.5) < far
        assert area_under_curve([value + 2 for value in noise[0]], noise[1]) - 0.5 > far


@pytest.mark.campaign
def test_ten_thousand_guesses(wire: Wire) -> None:
    """Constant words, and a stopwatch that tells another bank's ids from nobody's no better than a coin.

    2,000 calls with five ids each. Four standard deviations of chance are 0.052: a door that tells nothing is blamed
    once in 16,000 runs.
    """
    found = guess_many(wire, 2_000)
    off = found.area - 0.5
    far = 4 * chance(len(found.foreign), len(found.nobodys))
    sys.stdout.write(f"\n{wire.database.engine.dialect.name}: area {found.area:.3f}, chance 0.5 ± {far:.3f}\n")
    assert len(found.said) == 1
    assert abs(off) < far, found.area
