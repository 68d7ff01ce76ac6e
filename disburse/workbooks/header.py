"""Where the header of a table stands and what each of its columns is called. What a column means: binding.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from disburse.workbooks.sheets import CellValue, Line, Sheet
from disburse.workbooks.spelling import ColumnSet, Match, better, match, role_of
from matching.text import fold

FIRST_LINES = 30  # a header stands within the first 30 lines that hold anything
_TALLEST = 3  # lines of one header
_WORDY = 6  # letters beside a date or a sum that make a cell a heading
_TITLE = re.compile(
    r"(?:don vi tinh|dvt|danh sach|bang ke|bang tong hop|kem theo|cong hoa|doc lap|uy ban|ubnd|phong |so lao|so noi|"
    r"so y|bieu so|mau so|phu luc|thang \d|ky chi|ky thang)"
)
_VALUE = re.compile(r"(?<![^\W_])\d{6,}|\d[/.\-]\d{1,2}[/.\-]\d|\d[.,]\d{3}[.,]\d{3}")
_NUMBER_CELL = re.compile(r"[\[(]?\s*(?:\d{1,2}|[a-z]|\d{1,2}\s*=.*|=.*)\s*[\])]?(?:\s*=.*)?", re.IGNORECASE)


@dataclass(slots=True)
class Column:
    """One column of a table: where it stands, the header texts above it (outermost first), what may be meant."""

    index: int
    path: tuple[str, ...]
    match: Match | None = None
    role: str | None = None
    field: str | None = None
    merged_from: int | None = None  # first column of the same merged leaf ("Họ và tên" over two columns)

    @property
    def header(self) -> str:
        return " ".join(" / ".join(self.path).split())

    @property
    def leaf(self) -> str:
        return self.path[-1] if self.path else ""


@dataclass(slots=True)
class Header:
    """A header block: positions of its first and last line in `sheet.lines`, and its columns."""

    first: int
    last: int
    columns: list[Column]
    score: int
    texts: frozenset[str] = field(default_factory=frozenset)
    places: frozenset[tuple[int, str]] = field(default_factory=frozenset)  # (column, folded text) of each header cell

    def field_names(self) -> set[str]:
        return {f for c in self.columns if c.match for f in c.match.fields}


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - 64
    return index - 1


def text_of(cell: CellValue) -> str:
    """A cell as one line of text; a whole number without `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def find_header(sheet: Sheet, columns: ColumnSet, start: int = 0, within: int = FIRST_LINES) -> Header | None:
    """The best header block that begins at or after position `start`, or None when nothing looks like one.

    The first header with a name column wins; of the blocks that begin with it or right below, the one with most
    recognised columns, between equals the lower one in height.
    """
    best: Header | None = None
    end = min(start + within, len(sheet.lines))
    for first in range(start, end):
        if best and columns.name in best.field_names() and first > best.last + 1:
            break  # the first header wins: a richer one below stands over another table
        for height in range(1, _TALLEST + 1):
            if first + height > end or not (
                may_be_header(sheet, first, height) or (height == 1 and _names_columns(sheet.lines[first], columns))
            ):
                break
            found = read_block(sheet, columns, first, first + height - 1)
            if found.score and (best is None or found.score > best.score):
                best = found
    if best is None and start == 0:
        best = _lone_name(sheet, columns, end)
    return _settled(sheet, columns, best) if best else None


def header_at(sheet: Sheet, columns: ColumnSet, position: int) -> Header:
    """The header that begins at `position` because a person says so, of as many lines as read best."""
    best = read_block(sheet, columns, position, position)
    for height in range(2, _TALLEST + 1):
        if position + height > len(sheet.lines) or not may_be_header(sheet, position, height):
            break
        found = read_block(sheet, columns, position, position + height - 1)
        if found.score > best.score:
            best = found
    return _settled(sheet, columns, best)


def _names_columns(line: Line, columns: ColumnSet) -> bool:
    """Headers in full beside one cell that looks like a value (a year, a code): still a header."""
    texts = [c for c in line.cells if isinstance(c, str) and c.strip()]
    known = [m for t in texts if len(t) < 60 and (m := match(columns, t, True)) and m.strength in ("exact", "folded")]
    return len(known) >= 2 and any(m.only == columns.name for m in known)


def _lone_name(sheet: Sheet, columns: ColumnSet, end: int) -> Header | None:
    """A list of names and nothing else we know: the first line with the name's header in full, data below it."""
    for position in range(min(end, len(sheet.lines) - 1)):
        if not may_be_header(sheet, position, 1):
            continue
        block = read_block(sheet, columns, position, position)
        if any(c.match and c.match.only == columns.name and c.match.strength == "exact" for c in block.columns):
            return Header(position, position, block.columns, 1, block.texts, block.places)
    return None


def read_block(sheet: Sheet, columns: ColumnSet, first: int, last: int) -> Header:
    """The lines first..last (positions) read as one header."""
    grid, leaf_start = _grid(sheet, first, last)
    accents = any(not t.isascii() for texts in grid.values() for t in texts)
    found: list[Column] = []
    for index in sorted(grid):
        path = tuple(t for t in grid[index] if t)
        if not path:
            continue
        column = Column(index, path, merged_from=leaf_start.get(index))
        column.role = next((r[1] for p in path[:-1] if (r := role_of(columns, p))), None)
        column.match = match_path(columns, path, accents)
        found.append(column)
    for column in found:
        _place_in_family(column, found)
    score = _score(columns, found)
    texts = frozenset(f for c in found for t in c.path if (f := fold(t)))
    places = frozenset((c.index, fold(t)) for c in found for t in c.path)
    return Header(first, last, found, score, texts, places)


def _score(columns: ColumnSet, found: list[Column]) -> int:
    """How much of a block is recognised: its fields, and two more for the names; 0 below two columns."""
    known = {c.match.fields for c in found if c.match}
    names = {f for fields in known if len(fields) == 1 for f in fields}
    if len(known) < 2 or not names:
        return 0
    return len(names) + (2 if columns.name in names or "surname" in names else 0)


def match_path(columns: ColumnSet, path: tuple[str, ...], accents: bool) -> Match | None:
    """What a column is, from the whole path, its leaf in the role of a parent, or a parent alone."""
    leaf = path[-1]
    if len(path) == 1:
        return match(columns, leaf, accents)
    parents = [m for p in path[:-1] if (m := match(columns, p, accents)) is not None]
    for parent in reversed(parents):
        for parent_field in parent.fields:
            under = columns.under.get((parent_field, fold(leaf)))
            if under:
                return Match(frozenset({_in_role(columns, path, under)}), "exact", 9)
    whole = match(columns, " ".join(path), accents)
    if whole and whole.strength == "exact":
        return whole
    own = match(columns, leaf, accents)
    if own is not None:
        return Match(frozenset(_in_role(columns, path, f) for f in own.fields), own.strength, own.length)
    if any(("*" in leaf_key) for (_, leaf_key) in columns.under):
        for parent in reversed(parents):
            for parent_field in parent.fields:
                if child := columns.under.get((parent_field, "*")):
                    return Match(frozenset({child}), "phrase", 1)
    return better(whole if whole and whole.strength == "folded" else None, parents[-1] if parents else whole)


def is_number_row(cells: list[CellValue]) -> bool:
    """(1) (2) (3), A B 1 2 or "(7)=(5)x(6)": the numbering line under a header."""
    texts = [text_of(c).strip() for c in cells if c is not None and text_of(c).strip()]
    if len(texts) < 3 or not all(_NUMBER_CELL.fullmatch(t) for t in texts):
        return False
    bare = [t.strip("()[] ").split("=")[0].strip("()[] ") for t in texts]
    digits = [int(b) for b in bare if b.isdigit()]
    letters = [b.upper() for b in bare if b.isalpha()]
    if any(t.startswith(("(", "[")) for t in texts) or any("=" in t for t in texts):
        return True
    rising = all(b == a + 1 for a, b in pairwise(digits))
    lettered = letters == [chr(65 + i) for i in range(len(letters))]
    return rising and lettered and len(digits) + len(letters) == len(texts)


def _in_role(columns: ColumnSet, path: tuple[str, ...], name: str) -> str:
    for parent in reversed(path[:-1]):
        if found := role_of(columns, parent):
            return columns.in_role.get((found[1], name), name)
    return name


def _place_in_family(column: Column, found: list[Column]) -> None:
    """Under one parent, "Ngày | Tháng | Năm" are a date's parts and "Nam | Nữ" the sexes."""
    if column.match is None or len(column.path) < 2 or column.match.only not in ("birth_male", "birth_year"):
        return
    siblings = {fold(c.leaf) for c in found if c.path[:-1] == column.path[:-1]}
    if fold(column.leaf) == "nam":
        meant = "birth_year" if siblings & {"thang", "ngay"} else "birth_male"
        column.match = Match(frozenset({meant}), "exact", 9)


def may_be_header(sheet: Sheet, first: int, height: int) -> bool:
    """The newly added line can be part of a header: text only, and directly below the line before it."""
    line = sheet.lines[first + height - 1]
    if height > 1:
        above = sheet.lines[first + height - 2]
        if line.number != above.number + 1:
            return False
    texts = [c for c in line.cells if c is not None and c != ""]
    if not texts or any(not isinstance(c, str) for c in texts):
        return False
    if any(_is_value(c) for c in texts if isinstance(c, str)) or is_number_row(line.cells):
        return False
    folded = [fold(c) for c in texts if isinstance(c, str)]
    return not any(_TITLE.match(f) for f in folded[:1]) or len(set(folded)) > 3


def _is_value(text: str) -> bool:
    """Digits only, a date, or a long run of digits: a data cell. "Mức hưởng từ 01/7/2024" is a header all the same."""
    if text.strip().isdigit():
        return True
    return bool(_VALUE.search(text)) and sum(c.isalpha() for c in text) < _WORDY


def _grid(sheet: Sheet, first: int, last: int) -> tuple[dict[int, list[str]], dict[int, int]]:
    """Texts per column and header line, merged and unmerged parents spread over their columns.

    Also: for columns whose leaf is a cell merged sideways, the first column of that cell.
    """
    lines = sheet.lines[first : last + 1]
    width = max((len(line.cells) for line in lines), default=0)
    numbers = {line.number: row for row, line in enumerate(lines)}
    rows = [[text_of(c).strip() for c in line.cells] + [""] * (width - len(line.cells)) for line in lines]
    leaf_start: dict[int, int] = {}
    for top, left, bottom, right in sheet.merges:
        if top not in numbers or right == left or left >= width:
            continue
        row = numbers[top]
        for index in range(left + 1, min(right + 1, 512)):
            for each in rows:
                each.extend([""] * (index + 1 - len(each)))
            rows[row][index] = rows[row][left]
        if bottom >= lines[-1].number or all(not r[left] for r in rows[row + 1 :]):
            leaf_start.update(dict.fromkeys(range(left, min(right + 1, 512)), left))
    for above, below in pairwise(rows):
        _spread(above, below)
    width = max((len(r) for r in rows), default=0)
    return {i: [r[i] if i < len(r) else "" for r in rows] for i in range(width)}, leaf_start


def _spread(above: list[str], below: list[str]) -> None:
    """A parent without merged cells covers the blanks to its right while the line below has leaves there."""
    for index in range(1, min(len(above), len(below))):
        if not above[index] and below[index] and below[index - 1] and above[index - 1]:
            above[index] = above[index - 1]


def _settled(sheet: Sheet, columns: ColumnSet, best: Header) -> Header:
    """The block with the lines below that still belong to it: merged-down leaves, units, the (1)(2)(3) line."""
    last = best.last
    bottom = _merged_bottom(sheet, best)
    while last + 1 < len(sheet.lines) and last - best.first < _TALLEST:
        line = sheet.lines[last + 1]
        if line.number > bottom and not _is_subline(sheet, best, last + 1):
            break
        last += 1
    if last != best.last:
        taller = read_block(sheet, columns, best.first, last)
        best = taller if taller.score >= best.score else replace(best, last=last)
    while best.last + 1 < len(sheet.lines) and is_number_row(sheet.lines[best.last + 1].cells):
        best.last += 1
    return best


def _merged_bottom(sheet: Sheet, block: Header) -> int:
    """The lowest line that a merged header cell of the block reaches."""
    top, low = sheet.lines[block.first].number, sheet.lines[block.last].number
    reach = [bottom for t, _, bottom, _ in sheet.merges if top <= t <= low and bottom - top < _TALLEST]
    return max(reach, default=low)


def _is_subline(sheet: Sheet, block: Header, position: int) -> bool:
    """A line of units or leaves under header cells, with nothing under the name and the number."""
    line: Line = sheet.lines[position]
    if line.number != sheet.lines[position - 1].number + 1 or not may_be_header(sheet, position, 1):
        return False
    held = {i: text_of(c) for i, c in enumerate(line.cells) if c is not None and text_of(c).strip()}
    headed = {c.index for c in block.columns}
    name = {c.index for c in block.columns if c.match and {"full_name", "holder_name"} & c.match.fields}
    first = min((c.index for c in block.columns), default=0)
    if first in held or name & held.keys():
        return False
    if held.keys() <= headed and all(t.strip().startswith("(") for t in held.values()):
        return True
    above = [text_of(c).strip() for c in sheet.lines[position - 1].cells] + [""] * (max(held) + 2)
    wide = all(i and (not above[i] or not above[i + 1]) for i in held)
    return wide and len(held) > 1 and min(held) in headed  # leaves below one wide parent
