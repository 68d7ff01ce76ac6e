"""Where slices of registrations are compared: in this process, in local processes, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from matching.frequency import Frequencies
from matching.matcher import SLICE, Matcher, Progress, Scored, join
from matching.normalise import People
from matching.settings import Settings


def score_slices(
    roster: People,
    bank: People,
    settings: Settings,
    places: pd.DataFrame | None,
    frequencies: Frequencies,
    tell: Progress,
    workers: int,
) -> Scored:
    """Candidate pairs of the whole list, slice by slice."""
    matcher = Matcher(roster, settings, places, frequencies)
    return join(_here(matcher, bank, tell))


def _here(matcher: Matcher, bank: People, tell: Progress) -> Iterator[Scored]:
    for start in range(0, len(bank), SLICE):
        stop = min(start + SLICE, len(bank))
        yield matcher.meet(bank.slice(start, stop), start)
        tell("compare", stop, len(bank))
