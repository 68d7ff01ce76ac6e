"""Two CSV files in, one CSV of pairs out: `disburse match` and everyone who has no database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matching.columns import Text
from matching.link import pairs_of
from matching.matcher import Progress, Scored
from matching.pairs import Pairs
from matching.settings import Settings
from matching.sources import BadFile, file_slices, header, read_roster

if TYPE_CHECKING:
    from matching.columns import Frame


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pairs were written, by decision; how many rows were read; candidate pairs left out by the caps."""

    matched: int
    review: int
    roster: int
    registrations: int
    lost: int


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
    moved there, so that a broken run leaves no half a file. Raises BadFile, a ValueError with a sentence.
    """
    _check_out(out, roster, registrations)
    people, pairs, scored = _link(
        roster, registrations, settings or Settings.preset(), places, progress or _silent, engine, workers
    )
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as lines:
            lines.writelines(pairs.lines())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    matched, lost = int(pairs.match.sum()), sum(scored.lost.values())
    return Counts(matched, len(pairs) - matched, roster=people, registrations=scored.rows, lost=lost)


def _check_out(out: Path, *read: Path) -> None:
    """A result never replaces a list it was made from, nor anything that is not a file."""
    if not out.parent.is_dir():
        raise BadFile("no_folder", f"{out.parent} is no folder", {"name": str(out.parent)})
    if out.exists() and not out.is_file():
        raise BadFile("no_file", f"{out} is no file that could be written", {"name": str(out)})
    for path in read:
        if out.exists() and path.exists() and out.samefile(path):
            raise BadFile(
                "own_input", f"{out.name} is one of the lists; write the pairs to another file", {"name": out.name}
            )


def _link(
    roster: Path,
    registrations: Path,
    settings: Settings,
    places: Frame | None,
    tell: Progress,
    engine: str,
    workers: int,
) -> tuple[int, Pairs, Scored]:
    """The registrations are read slice by slice: memory follows the roster and the pairs, not their size."""
    for path, name in ((roster, "full_name"), (registrations, "holder_name")):
        for column in ("row_id", name):
            if column not in header(path):
                said = f"{path.name}: the column {column!r} is missing"
                raise BadFile("no_column", said, {"name": path.name, "column": column})
    people = read_roster(roster, workers if engine == "local" else 1)
    if isinstance(people.row_id, Text) and people.row_id.repeats():
        raise BadFile("same_id", f"{roster.name}: row_id must be unique", {"name": roster.name})
    slices = file_slices(registrations, workers=workers)
    return (len(people), *pairs_of(people, slices, settings, places, tell, None, engine, workers))


def _silent(_step: str, _done: int, _total: int) -> None:
    """No progress wanted."""
