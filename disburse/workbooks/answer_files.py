"""Files of answers (decisions, results, payments, verifications): a header we name ourselves, as UTF-8 CSV or in Excel.

Officers' own tables, of any layout, are read elsewhere (guard, child, header). Here the columns are fixed, so a CSV is
small, plain and read in this process; of a workbook the first sheet counts, and a child reads it.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from disburse import clock, crypto
from disburse.errors import Invalid
from disburse.workbooks import child
from disburse.workbooks.header import text_of
from disburse.workbooks.refusals import Refusal
from matching.text import nfc

MOST_BYTES = 25 * 1024 * 1024
WORKBOOKS = (".xlsx", ".xls", ".ods")
_TYPED_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_READER = "disburse.workbooks.answer_files:lines_of"


class FileRefused(Invalid):
    """The whole file is refused; nothing of it was taken."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line: its number in the file (the header is 1) and the text of the columns asked for."""

    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file of answers as read: its name, the digest of its bytes, its lines in order."""

    name: str
    sha256: str
    lines: list[AnswerLine]


def read_answers(path: Path, *, columns: Iterable[str], needed: Iterable[str]) -> AnswerFile:
    """Read a file. `columns` absent from it are empty text; other columns are ignored.

    Raises Invalid("file_missing"), FileRefused("csv_unreadable" | "columns_missing" | "file_too_big").
    """
    if not path.is_file():
        raise Invalid("file_missing", path=path)
    if path.stat().st_size > MOST_BYTES:
        raise FileRefused("file_too_big", path=path, most=f"{MOST_BYTES // 1024 // 1024} MB")
    try:
        return read_content(path.read_bytes(), path.name, columns=columns, needed=needed)
    except Refusal as refusal:
        raise FileRefused("csv_unreadable", path=path.name) from refusal


def read_content(content: bytes, name: str, *, columns: Iterable[str], needed: Iterable[str]) -> AnswerFile:
    """Read the bytes of a file by its name's ending; see `read_answers`. A workbook that cannot be read is a Refusal,
    which says why (a password, another kind of file)."""
    if not name.lower().endswith(WORKBOOKS):
        return answers_in(content, name, columns=columns, needed=needed)
    with tempfile.TemporaryDirectory(prefix="disburse-") as folder:
        path = Path(folder) / f"answers{Path(name).suffix.lower()}"
        path.write_bytes(content)
        rows = [(line["number"], line["cells"]) for line in child.run(_READER, path, {"name": name})]
    return _file(content, name, rows, columns, needed)


def lines_of(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the lines of a workbook's first sheet that is not hidden, as text; called in the child."""
    from disburse.workbooks.sheets import open_workbook

    for sheet in open_workbook(path, str(options["name"])).sheets:
        if sheet.visible:
            for line in sheet.lines:
                yield {"number": line.number, "cells": [_text(cell) for cell in line.cells]}
            return


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else text_of(cell)


def answers_in(content: bytes, name: str, *, columns: Iterable[str], needed: Iterable[str]) -> AnswerFile:
    """Read the bytes of a CSV; see `read_answers`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused("csv_unreadable", path=name) from error
    if "\x00" in text or text.startswith("PK\x03\x04"):
        raise FileRefused("csv_unreadable", path=name)
    try:
        rows = list(_rows(text))
    except csv.Error as error:
        raise FileRefused("csv_unreadable", path=name) from error
    return _file(content, name, rows, columns, needed)


def _file(
    content: bytes, name: str, rows: Sequence[tuple[int, list[str]]], columns: Iterable[str], needed: Iterable[str]
) -> AnswerFile:
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if missing := [column for column in needed if column not in header]:
        raise FileRefused("columns_missing", columns=", ".join(missing))
    places = {column: header.index(column) for column in columns if column in header}
    empty = dict.fromkeys(columns, "")
    lines = [
        AnswerLine(number, empty | {c: nfc(row[i]).strip() for c, i in places.items() if i < len(row)})
        for number, row in rows[1:]
    ]
    return AnswerFile(name, crypto.digest(content), lines)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of its first line, fields) of every row that holds something."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    before = 0
    for row in reader:
        if any(cell.strip() for cell in row):
            yield before + 1, row
        before = reader.line_num


def day(text: str) -> date | None:
    """Read `YYYY-MM-DD` or a moment that begins with it; None for empty. Raises Invalid("date_invalid")."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Invalid("date_invalid", value=text) from error


def moment(text: str) -> datetime | None:
    """Read an ISO moment, or a day as people here type it (28/11/2026); without a zone it is Vietnam's, a bare day is
    its start. None for empty."""
    if not text:
        return None
    try:
        typed = _TYPED_DAY.fullmatch(text)
        found = datetime(*map(int, reversed(typed.groups()))) if typed else datetime.fromisoformat(text)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError as error:
        raise Invalid("date_invalid", value=text) from error
    return found if found.tzinfo else found.replace(tzinfo=clock.VIETNAM)
