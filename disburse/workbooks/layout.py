"""From a sheet to data rows: totals, sections, repeated headers, signatures, merges. What cells mean: the caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from disburse.workbooks.footers import is_identity, is_phone, may_be_somebody, reads_like_name, says_footer, says_other
from disburse.workbooks.header import Header, is_number_row, text_of
from disburse.workbooks.merges import filled_down
from disburse.workbooks.sections import LONE_MARKER, Levels, Section, marker_style, unmarked
from disburse.workbooks.sheets import CellValue, Line, Sheet
from disburse.workbooks.totals import is_total, starts_like_total
from matching.text import fold

SkipKind = Literal["total", "section", "header", "footer"]
_Kind = Literal["total", "section", "header", "footer", "data", "end", "outside"]
_PLACE_WORD = re.compile(
    r"\s*(?:xã|xa|phường|phuong|thị trấn|thi tran|tt\.|huyện|huyen|thôn|thon|tổ|to|tdp|khu|kdc|khối|"
    r"khoi|khóm|khom|ấp|ap|"
    r"xóm|xom|làng|lang|bản|ban|buôn|buon|đội|doi|khoản|khoan|nhóm|nhom|đối tượng|doi tuong|người|nguoi|"
    r"trẻ|tre|diện)\b",
    re.IGNORECASE,
)
_UNIT = re.compile(r"(?:xã|phường|thị trấn|đặc khu|thôn|tổ dân phố)\s+\S", re.IGNORECASE)
# What a section line may say in a person's columns: "12", "12 người"; a year or a number of nine digits is a person's.
_COUNT = re.compile(r"(?!19\d\d|20\d\d)\d{1,4}(?:\s*(?:người|đối tượng|hộ|suất|nam|nữ|nguoi|doi tuong|nu)\b.*)?")
_DIGITS = re.compile(r"\d{9,}")


@dataclass(slots=True)
class Row:
    """One data row; `second_of` is the line whose person this further line belongs to."""

    line: int
    cells: list[CellValue]
    context: Mapping[str, object]
    second_of: int | None = None
    filled: frozenset[int] = frozenset()  # columns whose value came down a vertical merge
    raw: list[CellValue] = field(default_factory=list)  # the cells as the sheet has them
    fields: int = 0  # of a text record: how many it has


@dataclass(slots=True)
class Skipped:
    """A line below the header that is no data row."""

    line: int
    kind: SkipKind
    cells: list[CellValue]
    text: str = ""
    somebody: bool = False  # a line among totals and signatures that may be a person after all


@dataclass(slots=True)
class Shape:
    """Where a table keeps what layout must know.

    name: first name column; numbering: the STT columns; anchors: columns only a person's row fills (ID, birth …);
    money: sums that belong to one row even where their cell is merged (arrears, total); shared: rates and amounts,
    filled down to other people but never to further lines of one person, who would be paid twice; detail: columns
    that make a further line of the same person (benefit, amount); other_name: the women's column where names stand
    under "Nam | Nữ"; who: the columns of ID, birth and sex, which a further line leaves blank or repeats.
    """

    name: int
    numbering: frozenset[int]
    anchors: tuple[int, ...]
    money: frozenset[int]
    detail: tuple[int, ...]
    section: Callable[[str, bool], Section | None]
    is_header: Callable[[int], bool]  # position → does another table's header begin here?
    columns: frozenset[int] = frozenset()
    shared: frozenset[int] = frozenset()
    other_name: int | None = None
    who: tuple[int, ...] = ()


@dataclass(slots=True)
class Body:
    """The lines of one table below its header, classified."""

    rows: list[Row] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    outside: int = 0  # lines whose only cells stand beside the table
    end: int = 0  # position in sheet.lines after the last line of the table


def read_body(sheet: Sheet, header: Header, shape: Shape) -> Body:
    """Every line below the header as a row or as skipped, in order, until another header or the sheet's end."""
    reader = _Reader(sheet, header, shape)
    position = header.last + 1
    while position < len(sheet.lines):
        if not reader.take(position):
            break
        position += 1
    reader.body.end = position
    return reader.body


class _Reader:
    """The state while walking down a table: sections in force, the last person, whether signatures began."""

    def __init__(self, sheet: Sheet, header: Header, shape: Shape) -> None:
        self.sheet = sheet
        self.header = header
        self.shape = shape
        self.body = Body()
        self.levels = Levels()
        self.footer = False
        self.last: Row | None = None
        self.fills = filled_down(sheet, sheet.lines[header.last].number, shape.name, shape.money)
        self.wide = {m[0]: m[3] - m[1] for m in sheet.merges if m[3] > m[1]}

    def take(self, position: int) -> bool:
        """Classify one line; False when another table begins here."""
        line = self.sheet.lines[position]
        cells = line.cells
        fill = self.fills.get(line.number)
        if fill:
            cells = self._filled(cells, fill)
        if self.shape.other_name is not None:
            cells = self._named(cells, self.shape.other_name)
        if not self.footer and self._plain(cells):
            self._data(line, cells, fill)
            return True
        kind = self._kind(position, line, cells)
        if kind == "end":
            return False
        if kind == "data":
            self._data(line, cells, fill)
        elif kind == "outside":
            self.body.outside += 1
        else:
            somebody = kind == "footer" and may_be_somebody(self._name(cells), self._beside_name(cells))
            somebody |= kind == "total" and self._numbered(cells) and len(self._name(cells).split()) > 2
            self.body.skipped.append(Skipped(line.number, kind, line.cells, _first_text(line.cells), somebody))
        return True

    def _plain(self, cells: list[CellValue]) -> bool:
        """The quick yes: a name, and something only a person's row has, and no word that starts a total."""
        shape = self.shape
        if len(cells) <= shape.name:
            return False
        name = cells[shape.name]
        if type(name) is not str or len(name) < 4 or " " not in name:
            return False
        if name[0] in "CcTtLlMmBbSsVvGg*-+(" and starts_like_total(name):
            return False
        if name[0] in "XxPpTtĐđ" and _UNIT.match(name):
            return False
        width = len(cells)
        for index in shape.anchors:
            cell = cells[index] if index < width else None
            if cell not in (None, "") and (type(cell) is not str or cell[-1].isdigit() or cell[0].isdigit()):
                return not self._header_cell(name)
        return self._numbered(cells) and not self._header_cell(name) and not _PLACE_WORD.match(name)

    def _header_cell(self, name: str) -> bool:
        return len(name) < 60 and fold(name) in self.header.texts

    def _kind(self, position: int, line: Line, cells: list[CellValue]) -> _Kind:
        """The careful reading of a line that is not plainly a person."""
        texts = [(i, t) for i, c in enumerate(cells) if c is not None and (t := text_of(c).strip())]
        if not texts or self._stray(texts):
            return "outside"
        if is_number_row(cells) and len(texts) >= max(3, len(self.header.columns) // 2):
            return "header"
        if self._repeated(texts):
            self.footer = False
            return "header"
        if self.shape.is_header(position):
            return "end"
        person = self._person(cells)
        if self.footer:
            if (person and self._numbered(cells)) or self._somebody(cells, person):
                self.footer = False
                return "data"
            return "footer"
        if (not person or not self._name(cells)) and is_total(_lead(texts)):
            return "total"
        if (not person or not self._name(cells)) and self._is_footer(texts) and not self._somebody(cells, person):
            self.footer = True
            return "footer"
        return self._section_or_data(line, cells, texts, person)

    def _stray(self, texts: list[tuple[int, str]]) -> bool:
        """Only cells outside the table's columns are filled."""
        return bool(self.shape.columns) and all(i not in self.shape.columns for i, _ in texts)

    def _section_or_data(self, line: Line, cells: list[CellValue], texts: list[tuple[int, str]], person: bool) -> _Kind:
        if not person:
            if self._continues(line, line.cells):
                return "data"
            found = self._section(line, texts, cells)
            if found is not None:
                return "section"
        return "data"

    def _person(self, cells: list[CellValue]) -> bool:
        """An anchor holds digits or a date, or the ID stands somewhere in the row."""
        if self._counts_a_unit(cells):
            return False
        for index in self.shape.anchors:
            cell = cells[index] if index < len(cells) else None
            if cell is None or cell == "":
                continue
            if not isinstance(cell, str) or any(c.isdigit() for c in cell):
                return True
        return any(isinstance(c, str) and _DIGITS.search(c) for c in cells[: self.shape.name + 12]) and bool(
            self._name(cells)
        )

    def _counts_a_unit(self, cells: list[CellValue]) -> bool:
        """A unit's name where names stand, and in a person's columns nothing but counts: "Xã Bình Trị | 12 người"."""
        if not _UNIT.match(self._heading(cells)):
            return False
        filled = (cells[i] for i in self.shape.anchors if i < len(cells) and cells[i] not in (None, ""))
        return all(_COUNT.fullmatch(text_of(cell).strip()) for cell in filled)

    def _heading(self, cells: list[CellValue]) -> str:
        """The name, else the text on its left: a section line often begins in the first column."""
        return self._name(cells) or _first_text(cells[: self.shape.name])

    def _name(self, cells: list[CellValue]) -> str:
        name = text_of(cells[self.shape.name]).strip() if len(cells) > self.shape.name else ""
        other = self.shape.other_name
        return name or (text_of(cells[other]).strip() if other is not None and other < len(cells) else "")

    def _numbered(self, cells: list[CellValue]) -> bool:
        """The line number column holds a number."""
        for index in self.shape.numbering:
            cell = cells[index] if index < len(cells) else None
            if isinstance(cell, (int, float)) or (isinstance(cell, str) and cell.strip(" .").isdigit()):
                return True
        return False

    def _repeated(self, texts: list[tuple[int, str]]) -> bool:
        same = sum(1 for i, t in texts if len(t) < 160 and (i, fold(t)) in self.header.places)
        return same >= 2 and same >= 0.6 * len(texts)

    def _is_footer(self, texts: list[tuple[int, str]]) -> bool:
        if self._numbered_text(texts):
            return False
        return any(says_footer(t) for _, t in texts)

    def _beside_name(self, cells: list[CellValue]) -> list[str]:
        """The texts of the table's other columns, but for line numbers and what signs the list."""
        shape = self.shape
        apart = {shape.name, shape.other_name, *shape.numbering}
        own = shape.columns or range(len(cells))
        told = (text_of(c).strip() for i, c in enumerate(cells) if i not in apart and i in own and c is not None)
        return [t for t in told if t and not says_footer(t)]

    def _somebody(self, cells: list[CellValue], person: bool) -> bool:
        """A person's row, whatever stands in its note and above it: a name, and a row's worth of facts beside it."""
        name, beside = self._name(cells), self._beside_name(cells)
        if person and any(map(is_identity, beside)):
            return not says_other(name)
        if not beside or not reads_like_name(name):
            return False
        if person or self._detail_number(cells):
            few = len(self.shape.columns) <= len(self.shape.numbering) + 3  # no table to have two facts in
            return len(beside) > 1 or (few and not is_phone(beside[0]))
        return not self.footer and any(not reads_like_name(t) and not is_phone(t) for t in beside)

    def _numbered_text(self, texts: list[tuple[int, str]]) -> bool:
        return any(i in self.shape.numbering and t.strip(" .").isdigit() for i, t in texts) and any(
            i == self.shape.name for i, _ in texts
        )

    def _continues(self, line: Line, cells: list[CellValue]) -> bool:
        """No number, no name, no ID, but an amount or benefit right below a person: a further line of theirs."""
        last = self.last
        if last is None or line.number != last.line + 1 or self._name(cells) or self._numbered(cells):
            return False
        own = [i for i in self.shape.who if i < len(cells) and cells[i] not in (None, "")]
        if any(not _same(cells[i], last.cells, i) for i in own):
            return False  # another ID or birth: somebody else whose name is missing
        first = _first_text(cells)
        if first and self.shape.section(first, False) is not None and not self._detail_number(cells):
            return False
        return any(index < len(cells) and cells[index] not in (None, "") for index in self.shape.detail)

    def _detail_number(self, cells: list[CellValue]) -> bool:
        return any(
            i < len(cells) and isinstance(cells[i], (int, float)) for i in (*self.shape.money, *self.shape.shared)
        )

    def _section(self, line: Line, texts: list[tuple[int, str]], cells: list[CellValue]) -> Section | None:
        """The section a line opens, put in force; None when the line may be a person without any detail."""
        index, text = self._section_text(texts)
        if not text and self._counts_a_unit(cells):
            index, text = self.shape.name, self._heading(cells)
        if not text or (index > self.shape.name and self._numbered(cells)):
            return None  # a numbered line without a name, but with a hamlet: no section, somebody's name is lost
        marker = marker_style(texts, text)
        bare = unmarked(text)
        found = self.shape.section(bare, bool(marker) or line.number in self.wide)
        alone = line.number in self.wide and self.wide[line.number] >= 2
        outside = index < self.shape.name and not self._name(cells)
        if found is None:
            if not (marker or alone or outside) or (self._numbered(cells) and self._name(cells)):
                return None
            found = Section({"text": bare}, sure=False)
        elif not found.sure and (self._numbered(cells) or self._detail_number(cells)):
            return None  # "Phường Văn Hai" with a number or an amount may be a Phương: nobody is dropped
        self.levels.enter(marker, found)
        self.last = None
        return found

    def _section_text(self, texts: list[tuple[int, str]]) -> tuple[int, str]:
        """The text a section line consists of: one cell (beside numbers in money columns and a marker)."""
        shape = self.shape
        held = [(i, t) for i, t in texts if i not in shape.money and i not in shape.shared]
        words = [(i, t) for i, t in held if not t.strip(" .").isdigit() and not LONE_MARKER.fullmatch(t)]
        if len({t for _, t in words}) != 1 or len(words[0][1]) > 300:
            return (-1, "")
        others = [i for i, t in held if (i, t) != words[0]]
        if any(i in shape.anchors for i in others):
            return (-1, "")
        return words[0]

    def _filled(self, cells: list[CellValue], fill: dict[int, CellValue]) -> list[CellValue]:
        full = cells + [None] * (max(fill) + 1 - len(cells))
        same_person = self.shape.name in fill
        for index, value in fill.items():
            if (full[index] is None or full[index] == "") and not (same_person and index in self.shape.shared):
                full[index] = value
        return full

    def _named(self, cells: list[CellValue], other: int) -> list[CellValue]:
        """The name where the name is looked for, also when it stands in the women's column."""
        own = cells[self.shape.name] if self.shape.name < len(cells) else None
        if own not in (None, "") or other >= len(cells) or cells[other] in (None, ""):
            return cells
        full = cells + [None] * (self.shape.name + 1 - len(cells))
        full[self.shape.name] = cells[other]
        return full

    def _data(self, line: Line, cells: list[CellValue], fill: dict[int, CellValue] | None) -> None:
        second: int | None = None
        filled = frozenset(fill) if fill else frozenset[int]()
        if self.last is not None:
            merged = self.shape.name in filled
            if merged or self._continues(line, line.cells):
                second = self.last.second_of or self.last.line
                cells, took = self._inherit(cells)
                filled |= took
        row = Row(line.number, cells, self.levels.facts, second, filled, line.cells, line.fields)
        self.body.rows.append(row)
        self.last = row

    def _inherit(self, cells: list[CellValue]) -> tuple[list[CellValue], frozenset[int]]:
        """Everything but money and benefit taken over from the line above, where this line is blank."""
        assert self.last is not None
        above = self.last.cells
        skip = self.shape.money | frozenset(self.shape.detail) | self.shape.numbering
        full = cells + [None] * (len(above) - len(cells))
        took = {i for i, c in enumerate(above) if c is not None and full[i] in (None, "") and i not in skip}
        for index in took:
            full[index] = above[index]
        return full, frozenset(took)


def _same(cell: CellValue, above: list[CellValue], index: int) -> bool:
    return index < len(above) and text_of(cell).strip() == text_of(above[index]).strip()


def _first_text(cells: list[CellValue]) -> str:
    return next((c.strip() for c in cells if isinstance(c, str) and c.strip()), "")


def _lead(texts: list[tuple[int, str]]) -> str:
    """The first text of a line that is more than a number or a marker."""
    for _, text in texts[:4]:
        if not text.strip(" .").isdigit() and not LONE_MARKER.fullmatch(text):
            return text
    return ""
