"""One row being read: its cells, the values found so far and the flaws met. What a field means: the caller's cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from disburse.workbooks.flaws import Flaws
from disburse.workbooks.header import column_letter, text_of
from disburse.workbooks.layout import Row
from disburse.workbooks.sheets import CellValue
from disburse.workbooks.wording import ROW_ISSUES

_LETTERS = [column_letter(i) for i in range(512)]


class Draft:
    """One data row on its way to values and issues. A flaw of severity `error` parks it."""

    __slots__ = ("cells", "flags", "line", "parked", "row", "values", "width")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.line = row.line
        self.cells: list[CellValue] = row.cells
        self.width = len(row.cells)
        self.values: dict[str, Any] = {}
        self.flags: list[tuple[int | None, str, dict[str, str]]] = []
        self.parked = False

    def cell(self, index: int | None) -> CellValue:
        """The cell of a column; None where the row ends before it or the column is absent."""
        return self.cells[index] if index is not None and index < self.width else None

    def first(self, indexes: Sequence[int]) -> tuple[int | None, CellValue]:
        """The first filled cell of several columns, with its column."""
        for index in indexes:
            if index < self.width and (cell := self.cells[index]) is not None and cell != "":
                return index, cell
        return (indexes[0] if indexes else None), None

    def flag(self, index: int | None, flaws: Flaws) -> None:
        """Note flaws of a column's cell."""
        for flaw in flaws:
            self.flags.append((index, flaw.code, flaw.facts))
            if ROW_ISSUES[flaw.code][0] == "error":
                self.parked = True

    def drop(self, code: str) -> None:
        """Take back the flaws of one code: another cell has settled them."""
        self.flags = [f for f in self.flags if f[1] != code]

    def issues(self) -> list[dict[str, Any]]:
        """The flaws as the row contract wants them: column letter, severity, code, raw value, facts."""
        return [
            {
                "column": _LETTERS[index] if index is not None else "",
                "severity": ROW_ISSUES[code][0],
                "code": code,
                "value": shown(self.cell(index)),
                "facts": facts,
            }
            for index, code, facts in self.flags
        ]


def shown(cell: CellValue) -> str:
    """A raw cell as the officer sees it, at most 200 characters."""
    if cell is None:
        return ""
    if hasattr(cell, "strftime"):
        return str(cell)
    return text_of(cell)[:200]
