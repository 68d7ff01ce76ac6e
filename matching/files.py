"""Two CSV files in, one CSV of pairs out: `disburse match` and everyone who has no database."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from matching.link import link
from matching.matcher import Progress
from matching.settings import Settings


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
    workers: int = 1,
    progress: Progress | None = None,
) -> Counts:
    """Link the people of one UTF-8 CSV to the accounts of another and write the pairs.

    Columns as `matching.link` takes them; all cells are text. The result is written beside its final name and then
    moved there, so that a broken run leaves no half a file. Raises ValueError with a sentence for bad input.
    """
    result = link(_read(roster), _read(registrations), settings, places, progress, workers=workers)
    part = out.with_name(out.name + ".part")
    result.pairs.to_csv(part, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    part.replace(out)
    matched = int((result.pairs["decision"] == "match").sum())
    return Counts(matched=matched, review=len(result.pairs) - matched)


def _read(path: Path) -> pd.DataFrame:
    # Everything is text: "001" must not become 1, nor the name "NA" a hole.
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise ValueError(f"{path.name} is not UTF-8") from wrong
    except pd.errors.ParserError as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong
