"""Two CSV files in, one CSV of pairs out: `disburse match` and everyone who has no database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matching.columns import Text
from matching.link import pairs_of
from matching.matcher import Progress
from matching.pairs import Pairs
from matching.settings import Settings
from matching.sources import file_slices, header, read_roster

if TYPE_CHECKING:
    from matching.columns import Frame


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
    places: Frame | None = None,
    engine: str = "local",
    workers: int = 1,
    progress: Progress | None = None,
) -> Counts:
    """Link the people of one UTF-8 CSV to the accounts of another and write the pairs.

    Columns as `matching.link` takes them; all cells are text. The result is written beside its final name and then
    moved there, so that a broken run leaves no half a file. Raises ValueError with a sentence for bad input.
    """
    pairs = _link(roster, registrations, settings or Settings.preset(), places, progress or _silent, engine, workers)
    part = out.with_name(out.name + ".part")
    with part.open("wb") as lines:
        lines.writelines(pairs.lines())
    part.replace(out)
    matched = int(pairs.match.sum())
    return Counts(matched=matched, review=len(pairs) - matched)


def _link(
    roster: Path,
    registrations: Path,
    settings: Settings,
    places: Frame | None,
    tell: Progress,
    engine: str,
    workers: int,
) -> Pairs:
    """The registrations are read slice by slice: memory follows the roster and the pairs, not their size."""
    for path, name in ((roster, "full_name"), (registrations, "holder_name")):
        for column in ("row_id", name):
            if column not in header(path):
                raise ValueError(f"{path.name}: the column {column!r} is missing")
    people = read_roster(roster, workers if engine == "local" else 1)
    if isinstance(people.row_id, Text) and len(people.row_id.coded()[1]) < len(people):
        raise ValueError(f"{roster.name}: row_id must be unique")
    slices = file_slices(registrations, workers=workers)
    return pairs_of(people, slices, settings, places, tell, None, engine, workers)[0]


def _silent(_step: str, _done: int, _total: int) -> None:
    """No progress wanted."""
