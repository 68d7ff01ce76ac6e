"""CSV: records with the line they start on. The character set: decoding.py."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

from disburse.workbooks import limits
from disburse.workbooks.refusals import Refusal

_DELIMITERS = (",", ";", "\t")
_SAMPLE = 60  # records that decide the delimiter
_END = "\x02end of file\x02"  # a record of its own unless a quote is left open before it


def read_records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (first physical line, fields) of every record; blank lines are left out.

    Raises Refusal: an open quote, a field over FIELD_CHARS, more than COLUMNS fields with a value.
    """
    delimiter, skipped = _delimiter(text)
    csv.field_size_limit(limits.FIELD_CHARS)
    end = "" if not text or text.endswith(("\n", "\r")) else "\n"
    lines = csv.reader(io.StringIO(text + end + _END + "\n", newline=""), delimiter=delimiter)
    last: list[str] = []
    start = before = 0
    try:
        for record in lines:
            start, before, last = before + 1, lines.line_num, record
            if record == [_END]:
                return
            if record and start > skipped:
                yield start, record
    except csv.Error as error:
        if "field larger" in str(error):
            raise Refusal("too_big", "field", cell=f"{before + 1}:?", limit=limits.FIELD_CHARS) from error
        raise Refusal("damaged", "csv") from error
    if last and last[-1].rstrip("\n").endswith(_END):
        raise Refusal("damaged", "quote", line=start)
    raise Refusal("damaged", "csv")


def _delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter and how many lines at the top only announce it (`sep=;`)."""
    first = text[:16].split("\n", 1)[0].strip().lower()
    if first.startswith("sep=") and first[4:5] in (*_DELIMITERS, "|"):
        return first[4:5], 1
    if text[:5].lower() == "sep=\t":
        return "\t", 1
    return max(_DELIMITERS, key=lambda one: _agreement(text, one)), 0


def _agreement(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first records share the commonest field count above one, and that count."""
    sample = io.StringIO(text[: 64 * 1024], newline="")
    widths: dict[int, int] = {}
    try:
        for record in islice(csv.reader(sample, delimiter=delimiter), _SAMPLE):
            if len(record) > 1:
                widths[len(record)] = widths.get(len(record), 0) + 1
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    width = max(widths, key=lambda one: (widths[one], one))
    return (widths[width], width)
