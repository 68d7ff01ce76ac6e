"""What the cells of a column look like: votes that decide where header words cannot. No field names of any list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from disburse.workbooks.sheets import CellValue
from matching.text import fold

SAMPLE = 300  # cells looked at per column
MARKS = frozenset({"x", "v", "✓", "✔", "√", "1", "co", "có", "X", "V"})
_DATE = re.compile(r"\d{1,2}\s*[/\-.]\s*\d{1,2}\s*[/\-.]\s*\d{2,4}(?:\s.*)?")
_MONEY = re.compile(r"-|\d{1,3}(?:[.,\s]\d{3})+\s*(?:đ|d|vnd|đồng)?|\d+(?:[.,]0+)?\s*(?:đ|d|vnd|đồng)?", re.IGNORECASE)


@dataclass(slots=True)
class Votes:
    """Shares (0–1) of a column's filled cells that look like something; `filled` is how many were seen."""

    filled: int = 0
    id12: float = 0.0
    id9: float = 0.0
    dates: float = 0.0
    years: float = 0.0
    marks: float = 0.0
    money: float = 0.0
    small: float = 0.0
    phones: float = 0.0
    names: float = 0.0
    counting: float = 0.0
    texts: list[str] = field(default_factory=list)


def votes(cells: Iterable[CellValue]) -> Votes:
    """Look at up to 300 filled cells of one column."""
    seen = Votes()
    counts = dict.fromkeys(("id12", "id9", "dates", "years", "marks", "money", "small", "phones", "names"), 0)
    last: float | None = None
    rising = 0
    for cell in cells:
        if cell is None or cell == "":
            continue
        if seen.filled >= SAMPLE:
            break
        seen.filled += 1
        for kind in _kinds(cell):
            counts[kind] += 1
        if isinstance(cell, str):
            seen.texts.append(cell)
        number = _number(cell)
        if number is not None:
            rising += last is not None and number == last + 1
            last = number
    if seen.filled:
        for kind, count in counts.items():
            setattr(seen, kind, count / seen.filled)
        seen.counting = rising / max(1, seen.filled - 1)
    return seen


def _number(cell: CellValue) -> float | None:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str) and cell.strip().isascii() and cell.strip().isdigit() and len(cell) < 10:
        return float(cell)
    return None


def _kinds(cell: CellValue) -> list[str]:
    """Everything one cell may be taken for."""
    if isinstance(cell, (date, datetime)):
        return ["dates"]
    if isinstance(cell, bool):
        return ["marks"]
    if isinstance(cell, (int, float)):
        text = str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else str(cell)
    elif isinstance(cell, str):
        text = cell.strip()
    else:
        return []
    return _text_kinds(text, typed=not isinstance(cell, str))


def _text_kinds(text: str, typed: bool) -> list[str]:
    kinds: list[str] = []
    bare = text.replace(" ", "").replace(".", "").replace("'", "").replace("\u00a0", "")
    if bare.isascii() and bare.isdigit():
        if len(bare) == 12 or (typed and len(bare) in (10, 11)):
            kinds.append("id12")
        if len(bare) == 9:
            kinds.append("id9")
        if len(bare) in (9, 10, 11) and (bare[0] == "0" or typed):
            kinds.append("phones")
        if len(bare) == 4 and 1900 < int(bare) < 2100:
            kinds.append("years")
        if len(bare) <= 2 and int(bare) <= 31:
            kinds.append("small")
    if text in MARKS or text.lower() in MARKS:
        kinds.append("marks")
    if _MONEY.fullmatch(text):
        kinds.append("money")
    if _DATE.fullmatch(text):
        kinds.append("dates")
    elif 2 <= len(text.split()) <= 6 and text.replace(" ", "").isalpha():
        kinds.append("names")
    return kinds


def same_values(one: Iterable[CellValue], other: Iterable[CellValue]) -> bool:
    """Do two columns say the same in every line?"""
    return all(_plain(a) == _plain(b) for a, b in zip(one, other, strict=False))


def _plain(cell: CellValue) -> str:
    number = _number(cell)
    return str(number) if number is not None else fold(str(cell)) if cell is not None else ""
