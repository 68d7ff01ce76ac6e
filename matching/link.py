"""The five steps composed: normalise → block → compare → score → decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matching.columns import Int64
from matching.decide import MATCH, NEITHER, REVIEW, VETOES, Decisions, decide
from matching.engines import meetings
from matching.frequency import Frequencies
from matching.levels import FIELDS
from matching.matcher import Progress, Scored, join
from matching.normalise import People, normalise
from matching.settings import Settings
from matching.sources import Source, frame_slices

if TYPE_CHECKING:
    import pandas as pd

    from matching.columns import Frame

Columns = dict[str, npt.NDArray[Any]]


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
    places: pd.DataFrame | None = None,
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

    columns, scored = pairs_of(roster, sources, settings, places, tell, frequencies, engine, workers)
    return LinkResult(
        pairs=pd.DataFrame(columns), settings=settings, frequencies=scored.frequencies,
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
) -> tuple[Columns, Scored]:
    """The columns of `LinkResult.pairs`, without pandas."""
    found = meetings(roster, sources, settings, places, tell, engine=engine, workers=workers)
    scored = join(roster, found, settings, frequencies, places)
    decisions = decide(roster, scored, settings)
    kept = np.flatnonzero(decisions.decision != NEITHER)
    tell("decide", len(kept), len(scored.left))
    return _pairs(roster, scored, decisions, kept), scored


def _silent(step: str, done: int, total: int) -> None:
    """No progress wanted."""


def _check(frame: pd.DataFrame, name_column: str) -> None:
    for column in ("row_id", name_column):
        if column not in frame.columns:
            raise ValueError(f"the column {column!r} is missing")
    if frame["row_id"].duplicated().any():
        raise ValueError("row_id must be unique")


def pair_frame(roster: People, scored: Scored, decisions: Decisions, kept: Int64) -> pd.DataFrame:
    """The result frame, best first, ties in the order of the ids."""
    import pandas as pd

    return pd.DataFrame(_pairs(roster, scored, decisions, kept))


def _pairs(roster: People, scored: Scored, decisions: Decisions, kept: Int64) -> Columns:
    """The result, best first, ties in the order of the ids."""
    left, right = roster.row_id[scored.left[kept]], scored.bank.row_id[scored.right[kept]]
    score, match = np.round(decisions.probability[kept], 6), decisions.decision[kept] == MATCH
    order = np.lexsort((_sortable(right), _sortable(left), -score, ~match))
    said = reasons(scored.evidence.levels[kept], decisions, kept)
    return {
        "roster_row_id": left[order],
        "registration_row_id": right[order],
        "score": score[order],
        "decision": np.where(match, "match", "review").astype(object)[order],
        "reasons": said[order],
    }


def _sortable(ids: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Ids as an array that sorts fast: numbers as numbers, text letter by letter."""
    values = ids.tolist()
    return np.array(values if all(isinstance(v, int) for v in values) else list(map(str, values)))


def reasons(levels: npt.NDArray[np.int8], decisions: Decisions, kept: Int64) -> npt.NDArray[Any]:
    """`name:exact birth:full number:equal …`, then what forbade the match: `veto:sex`, `rival`, `weak`."""
    rival = decisions.rivals[kept] > 0.01
    review = decisions.decision[kept] == REVIEW
    tail = np.where(review, 1 + decisions.veto[kept].astype(np.int64) * 2 + rival, 0)
    code = tail
    for column, names in enumerate(FIELDS.values()):
        code = code * len(names) + levels[:, column]
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    words = [_reason(levels[i], int(tail[i])) for i in first]
    return np.array(words, dtype=object)[inverse] if len(words) else np.zeros(0, dtype=object)


def _reason(levels: npt.NDArray[np.int8], tail: int) -> str:
    said = [f"{f}:{names[level]}" for (f, names), level in zip(FIELDS.items(), levels, strict=True) if level]
    if tail:
        veto, rival = (tail - 1) // 2, (tail - 1) % 2
        why = [f"veto:{v}" for bit, v in enumerate(VETOES) if veto >> bit & 1] + ["rival"] * rival
        said += why or ["weak"]
    return " ".join(said)
