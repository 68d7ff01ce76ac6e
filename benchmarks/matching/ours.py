"""This project's matcher as a peer of `peers`: `python -m benchmarks.matching.ours DIR OUT.csv [ENGINE] [WORKERS]`."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from matching.files import link_files


def main() -> None:
    """Link one folder, from reading the files to writing the pairs."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    engine = sys.argv[3] if len(sys.argv) > 3 else "local"
    workers = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    places = pd.read_csv(folder / "places.csv", dtype=str, keep_default_na=False)
    link_files(folder / "roster.csv", folder / "registrations.csv", out, places=places, engine=engine, workers=workers)


if __name__ == "__main__":
    main()
