"""Reading with an officer's word, or with what was told for the same header before. Runs in the child process."""

from __future__ import annotations

from dataclasses import replace

from disburse.rosters.corrections import Corrections, signature_of, table_key
from disburse.rosters.headers import ROSTER
from disburse.workbooks.header import FIRST_LINES, Header, header_at, read_block
from disburse.workbooks.sheets import Sheet
from disburse.workbooks.survey import Guide

_TALLEST = 3  # lines of a header that carry its texts


class Told(Guide):
    """The corrections of one file, asked sheet by sheet.

    `undecided`: table key → field that two of its columns claim; filled only where somebody can be asked.
    """

    def __init__(self, corrections: Corrections, *, asks: bool = False) -> None:
        self.corrections = corrections
        self.asks = asks
        self.undecided: dict[str, str] = {}
        self._headers: dict[int, Header | None] = {}

    @property
    def has_chosen(self) -> bool:
        """Has a person ticked the sheets?"""
        return bool(self.corrections.sheets)

    @property
    def hidden_too(self) -> frozenset[str]:
        """The sheets that are read although they may be hidden."""
        return frozenset(name for name, ticked in self.corrections.sheets.items() if ticked)

    def reads(self, sheet: Sheet) -> bool:
        """Is the sheet to be read?"""
        return self.corrections.sheets.get(sheet.name, sheet.visible)

    def header(self, sheet: Sheet) -> Header | None:
        """The sheet's first header: where a person put it, else where one stands that is remembered."""
        if sheet.index not in self._headers:
            self._headers[sheet.index] = self._told_header(sheet) or self._remembered_header(sheet)
        return self._headers[sheet.index]

    def _told_header(self, sheet: Sheet) -> Header | None:
        number = self.corrections.headers.get(sheet.name)
        if number is None:
            return None
        position = next((i for i, line in enumerate(sheet.lines) if line.number >= number), None)
        return None if position is None else header_at(sheet, ROSTER, position)

    def _remembered_header(self, sheet: Sheet) -> Header | None:
        if not self.corrections.remembered:
            return None
        end = min(FIRST_LINES, len(sheet.lines))
        for first in range(end):
            for last in range(first, min(first + _TALLEST, end)):
                block = read_block(sheet, ROSTER, first, last)
                known = self.corrections.remembered.get(signature_of(block))
                if known is not None:
                    return replace(block, last=min(first + known.height, len(sheet.lines)) - 1)
        return self._moved_header(sheet, end)

    def _moved_header(self, sheet: Sheet, end: int) -> Header | None:
        """The header whose columns stand in other places than before."""
        heights = sorted({min(known.height, _TALLEST) for known in self.corrections.remembered.values() if known.texts})
        for first in range(end):
            for height in heights:
                if first + height > end:
                    continue
                block = read_block(sheet, ROSTER, first, first + height - 1)
                recalled = self.corrections.recalled(block)
                if recalled is not None and min(recalled.known.height, _TALLEST) == height:
                    return replace(block, last=min(first + recalled.known.height, len(sheet.lines)) - 1)
        return None

    def fields(self, sheet: Sheet, header: Header) -> dict[int, str] | None:
        """Column index → field as told or remembered for the table; None where the reader is to find out."""
        return self.corrections.fields_of(table_key(sheet, header), header)
