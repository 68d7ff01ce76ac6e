"""Reads an error workbook that was sent back: row keys and cells by column. Runs in the guarded child."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from disburse.rosters.sayings import shown
from disburse.workbooks.sheets import Sheet, open_workbook

MARK, KEY = "disburse:", "khoa"  # a hidden line says which column is which, wherever it was moved


def read(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield {"kind": "row", "line", "key", "cells": {column letter of the original: text}}; Refusal as for any file."""
    book = open_workbook(path, str(options.get("name") or path.name))
    for sheet in book.sheets:
        yield from _rows(sheet)


def _rows(sheet: Sheet) -> Iterator[dict[str, Any]]:
    marked = next(
        (line for line in sheet.lines if any(isinstance(c, str) and c == MARK + KEY for c in line.cells)), None
    )
    if marked is None:
        return
    columns = {
        index: cell.removeprefix(MARK)
        for index, cell in enumerate(marked.cells)
        if isinstance(cell, str) and cell.startswith(MARK)
    }
    at = next(index for index, name in columns.items() if name == KEY)
    for line in sheet.lines:
        key = shown(line.cells[at]) if at < len(line.cells) else ""
        if line is marked or not key or "." not in key:
            continue
        cells = {
            name: shown(line.cells[index] if index < len(line.cells) else None)
            for index, name in columns.items()
            if name != KEY
        }
        yield {"kind": "row", "sheet": sheet.name, "line": line.number, "key": key, "cells": cells}
