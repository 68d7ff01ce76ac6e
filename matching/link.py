"""The five steps composed: normalise → block → compare → score → decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matching.decide import decide
from matching.engines import meetings
from matching.frequency import Frequencies
from matching.matcher import Meeting, Progress, Scored, join
from matching.normalise import People, normalise
from matching.pairs import Pairs
from matching.settings import Settings
from matching.sources import Source, frame_slices

if TYPE_CHECKING:
    import pandas as pd

    from matching.columns import Frame


@dataclass(slots=True)
class LinkResult:
    """`pairs`: roster_row_id, registration_row_id, score, decision, reasons — matches and reviews, best first.

    `lost`: candidate pairs left out by the caps, per blocking key; `frequencies`: the snapshot the run used;
    `candidates`: pairs compared.
    """

    pairs: pd.DataFrame
    settings: Settings
    frequencies: Frequencies
    candidates: int
    lost: dict[str, int] = field(default_factory=dict)
    roster_rows: int = 0
    registration_rows: int = 0

    @property
    def matches(self) -> pd.DataFrame:
        """The pairs decided automatically."""
        return self.pairs[self.pairs["decision"] == "match"]

    @property
    def reviews(self) -> pd.DataFrame:
        """The pairs for a person to decide."""
        return self.pairs[self.pairs["decision"] == "review"]


def link(
    roster: pd.DataFrame,
    registrations: pd.DataFrame,
    settings: Settings | None = None,
    places: Frame | None = None,
    progress: Progress | None = None,
    *,
    frequencies: Frequencies | None = None,
    engine: str = "local",
    workers: int = 1,
) -> LinkResult:
    """Link roster rows to registrations.

    roster: row_id, full_name, date_of_birth, gender, citizen_id, phone, address, commune_code, programme.
    registrations: row_id, bank_code, account_number, holder_name, date_of_birth, gender, citizen_id, phone, address.
    places: code, valid_from, name, today_code — communes old and new; without it, communes are not compared.
    frequencies: a frozen snapshot (`LinkResult.frequencies` of the first full run) for incremental runs.
    engine, workers: see `matching.engines.meetings`; every engine gives the same pairs.
    Only row_id and the name column are required. Raises ValueError for a missing column or repeated row_id.
    """
    _check(roster, "full_name")
    _check(registrations, "holder_name")
    people = normalise(roster, "full_name")
    sources = frame_slices(registrations)
    return link_sources(
        people, sources, settings or Settings.preset(), places, progress or _silent, frequencies, engine, workers
    )


def link_sources(
    roster: People,
    sources: Sequence[Source],
    settings: Settings,
    places: Frame | None,
    tell: Progress,
    frequencies: Frequencies | None,
    engine: str,
    workers: int,
) -> LinkResult:
    """`link` for registrations in slices, in memory or in a file."""
    import pandas as pd

    pairs, scored = pairs_of(roster, sources, settings, places, tell, frequencies, engine, workers)
    return LinkResult(
        pairs=pd.DataFrame(pairs.columns()), settings=settings, frequencies=scored.frequencies,
        candidates=scored.compared, lost=scored.lost, roster_rows=len(roster), registration_rows=scored.rows,
    )  # fmt: skip


def pairs_of(
    roster: People,
    sources: Sequence[Source],
    settings: Settings,
    places: Frame | None,
    tell: Progress,
    frequencies: Frequencies | None,
    engine: str,
    workers: int,
) -> tuple[Pairs, Scored]:
    """What was decided, without pandas."""
    found = meetings(roster, sources, settings, places, tell, engine=engine, workers=workers)
    here = workers if engine == "local" else 1  # a cluster's workers are elsewhere
    pairs, scored = decided(roster, found, settings, places, frequencies, here)
    tell("decide", len(pairs), len(scored.left))
    return pairs, scored


def decided(
    roster: People,
    found: Iterable[Meeting],
    settings: Settings,
    places: Frame | None,
    frequencies: Frequencies | None,
    workers: int = 1,
) -> tuple[Pairs, Scored]:
    """What is decided of the roster's meetings with every slice, for a caller who lets them meet himself."""
    scored = join(roster, found, settings, frequencies, places, workers)
    return Pairs.of(roster, scored, decide(roster, scored, settings, workers)), scored


def _silent(step: str, done: int, total: int) -> None:
    """No progress wanted."""


def _check(frame: pd.DataFrame, name_column: str) -> None:
    for column in ("row_id", name_column):
        count = list(frame.columns).count(column)
        if count != 1:
            raise ValueError(f"the column {column!r} is {'there more than once' if count else 'missing'}")
    if frame["row_id"].isna().any():
        raise ValueError("row_id must not be empty")
    if frame["row_id"].duplicated().any():
        raise ValueError("row_id must be unique")
