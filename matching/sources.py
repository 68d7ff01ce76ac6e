"""Slices of registrations, in memory or in a file, small enough to be read, met and forgotten by one worker."""

from __future__ import annotations

import io
import mmap
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from matching.normalise import People, normalise

FRAME_ROWS = 200_000  # a slice's working memory is about 400 bytes a row
FILE_BYTES = 24 << 20  # about 200,000 registrations
_KNOWN = "row_id full_name holder_name date_of_birth gender citizen_id phone address commune_code"
COLUMNS = tuple(_KNOWN.split())


class Source(Protocol):
    """Something that reads one slice."""

    def read(self) -> People: ...


@dataclass(slots=True, frozen=True)
class FrameSlice:
    """Consecutive rows of a frame."""

    frame: pd.DataFrame

    def read(self) -> People:
        return normalise(self.frame, "holder_name")


@dataclass(slots=True, frozen=True)
class FileSlice:
    """Whole lines of a CSV file between two byte positions."""

    path: str
    start: int
    stop: int

    def read(self) -> People:
        return normalise(read_csv(Path(self.path), self.start, self.stop), "holder_name")


def frame_slices(frame: pd.DataFrame, rows: int = FRAME_ROWS) -> list[FrameSlice]:
    """A frame in slices of at most `rows`."""
    wanted = [c for c in COLUMNS if c in frame.columns]
    return [FrameSlice(frame[wanted].iloc[i : i + rows]) for i in range(0, len(frame), rows)]


def file_slices(path: Path, size: int = FILE_BYTES) -> list[FileSlice]:
    """A CSV file cut at line ends outside quotes."""
    total = path.stat().st_size
    cuts = [_header_end(path)]
    with path.open("rb") as lines:
        if total <= cuts[0]:
            return []
        with mmap.mmap(lines.fileno(), 0, access=mmap.ACCESS_READ) as data:
            while cuts[-1] < total:
                cuts.append(_cut(data, cuts[-1], size, total))
    return [FileSlice(str(path), a, b) for a, b in pairwise(cuts)]


def _cut(data: mmap.mmap, start: int, size: int, total: int) -> int:
    """The first line end outside quotes at least `size` bytes after `start`."""
    at = start + size
    if at >= total:
        return total
    open_quote = int(np.count_nonzero(np.frombuffer(data[start:at], dtype=np.uint8) == 34)) % 2 == 1
    while at < total:
        end = data.find(b"\n", at)
        if end < 0:
            return total
        open_quote ^= data[at:end].count(b'"') % 2 == 1
        at = end + 1
        if not open_quote:
            return at
    return total


def _header_end(path: Path) -> int:
    with path.open("rb") as lines:
        return len(lines.readline())


def header(path: Path) -> list[str]:
    """The column names of a CSV file."""
    with path.open("rb") as lines:
        return _names_in(path, lines.readline())


def _names_in(path: Path, head: bytes) -> list[str]:
    try:
        return [str(c) for c in pd.read_csv(io.BytesIO(head), dtype=str, encoding="utf-8-sig").columns]
    except UnicodeDecodeError as wrong:
        raise ValueError(f"{path.name} is not UTF-8") from wrong
    except pd.errors.EmptyDataError as wrong:
        raise ValueError(f"{path.name} is empty") from wrong


@cache
def _fast_parser() -> bool:
    """pyarrow reads CSV three times faster and belongs to the extra `scale`."""
    return find_spec("pyarrow") is not None


def read_csv(path: Path, start: int = 0, stop: int | None = None) -> pd.DataFrame:
    """The known columns of a CSV (or of some of its lines), every cell as text, '' where empty.

    Raises ValueError with a sentence for a file that is no UTF-8 CSV.
    """
    with path.open("rb") as lines:
        head = lines.readline()
        if start:
            lines.seek(start)
            body = head + lines.read((stop or path.stat().st_size) - start)
        else:
            body = head + lines.read()
    known = [c for c in _names_in(path, head) if c in COLUMNS]
    options: dict[str, Any] = {"dtype": str, "keep_default_na": False, "usecols": known}
    if _fast_parser():
        options["engine"] = "pyarrow"
    try:
        frame: pd.DataFrame = pd.read_csv(io.BytesIO(body.removeprefix(b"\xef\xbb\xbf")), **options)
        return frame[known]
    except UnicodeDecodeError as wrong:
        raise ValueError(f"{path.name} is not UTF-8") from wrong
    except pd.errors.ParserError as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong
