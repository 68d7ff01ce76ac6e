"""Slices of registrations, in memory or in a file, small enough to be read, met and forgotten by one worker."""

from __future__ import annotations

import csv
import io
import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from matching.columns import Text, arrow
from matching.forks import together
from matching.normalise import People, normalise

if TYPE_CHECKING:
    import pandas as pd

FRAME_ROWS = 200_000  # a slice's working memory is about 400 bytes a row
FILE_BYTES = 24 << 20  # about 200,000 registrations: two workers hold two slices
_KNOWN = "row_id full_name holder_name date_of_birth gender citizen_id phone address commune_code"
COLUMNS = tuple(_KNOWN.split())
_ROW = re.compile(r"Row #\d+: ")  # counted from wherever a slice begins
_LINES_IN_A_CELL = 20  # an address typed with Alt+Enter has 5; a quote that nobody closed swallows hundreds of people


class BadFile(ValueError):
    """A file that cannot be linked: a sentence, and for who speaks another language its code and facts.

    Codes: `not_utf8`, `empty`, `broken`, `open_quote`, `no_column`, `same_id`, `own_input`, `no_folder`, `no_file`.
    """

    def __init__(self, code: str, sentence: str, facts: dict[str, str]) -> None:
        super().__init__(code, sentence, facts)  # all of them, so that it survives the way from another process
        self.code, self.sentence, self.facts = code, sentence, facts

    def __str__(self) -> str:
        return self.sentence


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
    name_column: str = "holder_name"

    def read(self) -> People:
        return normalise(read_csv(Path(self.path), self.start, self.stop), self.name_column)


def read_roster(path: Path, workers: int = 1) -> People:
    """A roster's file, each process reading as many of its lines."""
    slices = file_slices(path, path.stat().st_size, workers) or [FileSlice(str(path), 0, 0)]
    return People.join(together([replace(part, name_column="full_name").read for part in slices]))


def frame_slices(frame: pd.DataFrame, rows: int = FRAME_ROWS) -> list[FrameSlice]:
    """A frame in slices of at most `rows`."""
    wanted = [c for c in COLUMNS if c in frame.columns]
    return [FrameSlice(frame[wanted].iloc[i : i + rows]) for i in range(0, len(frame), rows)]


def file_slices(path: Path, size: int = FILE_BYTES, workers: int = 1) -> list[FileSlice]:
    """A CSV file cut at line ends outside quotes: slices of about `size` bytes or less, as many for each worker."""
    total = path.stat().st_size
    cuts = [_header_end(path)]
    rounds = max(-(-(total - cuts[0]) // (size * workers)), 1)
    size = -(-(total - cuts[0]) // (rounds * workers)) or 1
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
    passed = np.frombuffer(data, dtype=np.uint8, count=at - start, offset=start)
    open_quote = np.count_nonzero(passed == ord('"')) % 2 == 1
    del passed  # an array would hold the map open
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
        line = head.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as wrong:
        raise BadFile("not_utf8", f"{path.name} is not UTF-8", {"name": path.name}) from wrong
    if not line.strip():
        raise BadFile("empty", f"{path.name} is empty", {"name": path.name})
    return next(csv.reader([line]))


def read_csv(path: Path, start: int = 0, stop: int | None = None) -> Mapping[str, Text]:
    """The known columns of a CSV (or of some of its lines), every cell as text, '' where empty.

    Raises ValueError with a sentence for a file that is no UTF-8 CSV.
    """
    with path.open("rb") as lines:
        head = lines.readline()
        names = _names_in(path, head)
        start = max(start, len(head))
        lines.seek(start)
        body = lines.read(-1 if stop is None else max(stop - start, 0))
    known = [c for c in names if c in COLUMNS]
    if not body or body.isspace():
        return {c: Text.blank(0) for c in known}
    if arrow() is None:
        _check_quotes(path, body, start)
        return _by_pandas(path, head + body, known)
    found = _by_arrow(path, body, names, known)
    rows, lines_read = len(next(iter(found.values()))), _count(body, "\n") + (not body.endswith(b"\n"))
    if rows != lines_read or _count(body, '"') % 2:  # a cell of several lines, or a quote too many
        _check_quotes(path, body, start)
    return found


def _count(body: bytes, letter: str) -> int:
    """How often an ASCII letter stands there. (Four times as fast as `body.count`.)"""
    return int(np.count_nonzero(np.frombuffer(body, dtype=np.uint8) == ord(letter)))


def _check_quotes(path: Path, body: bytes, start: int) -> None:
    """Refuse a quote that nobody closes: all the people after it would stand in one cell, and be missed by nobody."""
    if b'"' not in body:
        return
    found = np.frombuffer(body, dtype=np.uint8)
    quotes = np.flatnonzero(found == ord('"'))
    opened, closed = quotes[0::2], np.append(quotes[1::2], len(body) - 1)[: len(quotes[0::2])]
    lines = np.flatnonzero(found == ord("\n"))
    wrong = np.searchsorted(lines, closed) - np.searchsorted(lines, opened) > _LINES_IN_A_CELL
    if len(quotes) % 2:
        wrong[-1] = True
    if wrong.any():
        at = start + int(opened[np.argmax(wrong)])
        with path.open("rb") as text:
            line = text.read(at).count(b"\n") + 1
        said = f"{path.name}: the quote in line {line} is not closed; take it out or close it"
        raise BadFile("open_quote", said, {"name": path.name, "line": str(line)})


def _broken(path: Path, detail: str) -> BadFile:
    return BadFile("broken", f"{path.name}: {detail}", {"name": path.name, "detail": detail})


def _by_arrow(path: Path, body: bytes, names: list[str], known: list[str]) -> Mapping[str, Text]:
    """Three times faster than pandas alone, and no Python string per cell.

    One thread: others take slices at the same time, and Arrow's own threads double the processor time.
    """
    lib, reader = arrow(), import_module("pyarrow.csv")
    types = {c: lib.large_string() for c in known}
    try:
        found = reader.read_csv(
            lib.BufferReader(body),
            read_options=reader.ReadOptions(use_threads=False, column_names=names),
            parse_options=reader.ParseOptions(newlines_in_values=b'"' in body),
            convert_options=reader.ConvertOptions(include_columns=known, column_types=types, strings_can_be_null=False),
            memory_pool=lib.system_memory_pool(),  # keeps what a slice gave back for the next: Arrow's own does not
        )
    except lib.ArrowInvalid as wrong:
        if "invalid UTF8" in str(wrong):
            raise BadFile("not_utf8", f"{path.name} is not UTF-8", {"name": path.name}) from wrong
        raise _broken(path, _ROW.sub("", str(wrong))) from wrong
    return {c: Text(_whole(found.column(c))) for c in known}


def _whole(column: Any) -> Any:
    cells = column.combine_chunks()
    return arrow().concat_arrays(cells.chunks) if hasattr(cells, "chunks") else cells


def _by_pandas(path: Path, body: bytes, known: list[str]) -> Mapping[str, Text]:
    import pandas as pd

    try:
        frame = pd.read_csv(
            io.BytesIO(body.removeprefix(b"\xef\xbb\xbf")), dtype=str, keep_default_na=False, usecols=known
        )
    except UnicodeDecodeError as wrong:
        raise BadFile("not_utf8", f"{path.name} is not UTF-8", {"name": path.name}) from wrong
    except pd.errors.ParserError as wrong:
        raise _broken(path, str(wrong)) from wrong
    return {c: Text.of(frame[c].tolist()) for c in known}
