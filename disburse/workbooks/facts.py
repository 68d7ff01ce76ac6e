"""What a file format knows about a sheet beside its values, gathered before the parse. Data only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["xlsx", "xls", "ods", "csv", "html"]


@dataclass(slots=True)
class SheetFacts:
    """Facts of one sheet; lines 1-based, columns 0-based. `errors` maps (line, column) to the error shown."""

    hidden_lines: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formula_cells: int = 0
    empty_formulas: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    struck_lines: set[int] = field(default_factory=set)
    coloured_lines: set[int] = field(default_factory=set)
    font_votes: Counter[tuple[int, str]] = field(default_factory=Counter)  # (column, font or "") → cells seen
    comments: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    def fonts(self) -> dict[int, str]:
        """Return the legacy font that more than half of a column's cells use, by column."""
        seen: Counter[int] = Counter()
        for (column, _), count in self.font_votes.items():
            seen[column] += count
        return {column: font for (column, font), count in self.font_votes.items() if font and count * 2 > seen[column]}


def is_legacy_font(name: str) -> bool:
    """Tell a font of the years before Unicode by its name: `.VnTime` (TCVN3), `VNI-Times` (VNI)."""
    return name.lower().startswith((".vn", "vni-"))


def column_index(letters: bytes | str) -> int:
    """Turn `A` into 0 and `AA` into 26."""
    number = 0
    for letter in letters.upper() if isinstance(letters, str) else letters.upper().decode("ascii"):
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(index: int) -> str:
    """Turn 0 into `A` and 26 into `AA`."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
