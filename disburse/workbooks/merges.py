"""Vertical merges below a header: which value comes down to which line. What may be filled: layout.py."""

from __future__ import annotations

from disburse.workbooks.sheets import CellValue, Sheet

_MOST_FILLED = 2_000_000  # cells filled down in one sheet: ten merged columns of the longest list allowed


def filled_down(sheet: Sheet, below: int, name: int, never: frozenset[int]) -> dict[int, dict[int, CellValue]]:
    """Line number → column → value that a vertical merge brings down to it, for merges below a line.

    A cell merged sideways over the `name` column is a section; the columns `never` keep to their own line.
    """
    wanted = {m for m in sheet.merges if m[2] > m[0] > below and m[1] not in never}
    if not wanted:
        return {}
    by_number = {line.number: line for line in sheet.lines}
    fills: dict[int, dict[int, CellValue]] = {}
    left_over = _MOST_FILLED
    for top, left, bottom, right in wanted:
        source = by_number.get(top)
        value = source.cells[left] if source and left < len(source.cells) else None
        if value is None or (right > left and left <= name <= right):
            continue
        for number in range(top + 1, min(bottom, sheet.lines[-1].number, top + left_over) + 1):
            left_over -= 1
            if number in by_number:
                fills.setdefault(number, {})[left] = value
    return fills
