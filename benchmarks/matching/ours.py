"""This project's matcher as a peer of `peers`: `python -m benchmarks.matching.ours DIR OUT.csv [ENGINE] [WORKERS]`."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from matching.columns import Text
from matching.files import link_files


def main() -> None:
    """Link one folder, from reading the files to writing the pairs."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    engine = sys.argv[3] if len(sys.argv) > 3 else "local"
    workers = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    with (folder / "places.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    places = {name: Text.of([row[name] for row in rows]) for name in rows[0]}
    link_files(folder / "roster.csv", folder / "registrations.csv", out, places=places, engine=engine, workers=workers)


if __name__ == "__main__":
    main()
