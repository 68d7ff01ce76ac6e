"""Two CSV files in, one CSV of pairs out: `disburse match` and everyone who has no database."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from matching.link import LinkResult, link_sources
from matching.matcher import Progress
from matching.normalise import normalise
from matching.settings import Settings
from matching.sources import file_slices, header, read_csv


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pairs were written, by decision."""

    matched: int
    review: int


def link_files(
    roster: Path,
    registrations: Path,
    out: Path,
    *,
    settings: Settings | None = None,
    places: pd.DataFrame | None = None,
    engine: str = "local",
    workers: int = 1,
    progress: Progress | None = None,
) -> Counts:
    """Link the people of one UTF-8 CSV to the accounts of another and write the pairs.

    Columns as `matching.link` takes them; all cells are text. The result is written beside its final name and then
    moved there, so that a broken run leaves no half a file. Raises ValueError with a sentence for bad input.
    """
    result = _link(roster, registrations, settings or Settings.preset(), places, progress or _silent, engine, workers)
    part = out.with_name(out.name + ".part")
    result.pairs.to_csv(part, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    part.replace(out)
    matched = int((result.pairs["decision"] == "match").sum())
    return Counts(matched=matched, review=len(result.pairs) - matched)


def _link(
    roster: Path,
    registrations: Path,
    settings: Settings,
    places: pd.DataFrame | None,
    tell: Progress,
    engine: str,
    workers: int,
) -> LinkResult:
    """The registrations are read slice by slice: memory follows the roster and the pairs, not their size."""
    frame = read_csv(roster)
    for path, columns in ((roster, frame.columns), (registrations, header(registrations))):
        for column in ("row_id", "full_name" if path == roster else "holder_name"):
            if column not in columns:
                raise ValueError(f"{path.name}: the column {column!r} is missing")
    if frame["row_id"].duplicated().any():
        raise ValueError(f"{roster.name}: row_id must be unique")
    people = normalise(frame, "full_name")
    del frame
    return link_sources(people, file_slices(registrations), settings, places, tell, None, engine, workers)


def _silent(_step: str, _done: int, _total: int) -> None:
    """No progress wanted."""
