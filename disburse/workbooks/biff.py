"""What the records of an old .xls tell beside the values, and how far the values reach. No values."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct, error, unpack_from

from disburse.workbooks import limits
from disburse.workbooks.facts import SheetFacts, column_letters, is_legacy_font
from disburse.workbooks.refusals import Refusal

_HEAD = Struct("<HH")
_PLACE = Struct("<HHH")  # line, column, style
_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0022, 0x0085
_FONT, _STYLE, _ROW, _COLUMNS, _NOTE, _FORMULA = 0x0031, 0x00E0, 0x0208, 0x007D, 0x001C, 0x0006
_BOOLEAN_OR_ERROR, _MANY_NUMBERS = 0x0205, 0x00BD
_VALUES = frozenset({0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, _FORMULA, _BOOLEAN_OR_ERROR, _MANY_NUMBERS})
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_WHITE, _AUTOMATIC = 9, 64


@dataclass(slots=True)
class XlsFacts:
    """Facts by sheet in the order of the workbook, and the 1904 flag."""

    sheets: list[SheetFacts] = field(default_factory=list)
    date1904: bool = False


class _Walk:
    """One pass over all records; each handler reads at most a few bytes of its record."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.found = XlsFacts()
        self._by_start: dict[int, SheetFacts] = {}
        self._sheet: SheetFacts | None = None
        self._depth = 0
        self._wide_names = True
        self._fonts: list[tuple[str, bool]] = []  # name, struck through
        self._styles: list[tuple[str, bool, bool]] = []  # legacy font, struck through, coloured
        self._box = (0, 0)

    def run(self) -> XlsFacts:
        at, end, stream = 0, len(self.stream) - 4, self.stream
        while at <= end:
            kind, size = _HEAD.unpack_from(stream, at)
            if kind in _VALUES:
                if self._sheet is not None and self._depth == 1:
                    self._value(kind, at + 4, size, self._sheet)
            elif kind == _BOF:
                self._open(at)
            elif kind == _EOF:
                self._depth = max(0, self._depth - 1)
            else:
                self._other(kind, at + 4, size)
            at += 4 + size
        return self.found

    def _open(self, at: int) -> None:
        self._depth += 1
        if self._depth == 1:
            self._wide_names = unpack_from("<H", self.stream, at + 4)[0] == 0x0600
            self._sheet = self._by_start.get(at)
            self._box = (0, 0)

    def _other(self, kind: int, at: int, size: int) -> None:
        if kind == _FILEPASS:
            raise Refusal("encrypted")
        if kind == _BOUNDSHEET:
            start, sheet_kind = unpack_from("<LxB", self.stream, at)
            if sheet_kind == 1:
                raise Refusal("hostile", "macro")
            self._by_start[start] = SheetFacts()
            self.found.sheets.append(self._by_start[start])
        elif kind == _DATEMODE:
            self.found.date1904 = unpack_from("<H", self.stream, at)[0] == 1
        elif kind == _FONT:
            self._fonts.append((self._font_name(at), bool(unpack_from("<H", self.stream, at + 2)[0] & 0x08)))
        elif kind == _STYLE and size >= 20:
            self._add_style(at)
        elif self._sheet is not None and self._depth == 1:
            self._layout(kind, at, self._sheet)

    def _font_name(self, at: int) -> str:
        length = self.stream[at + 14]
        if not self._wide_names:
            return self.stream[at + 15 : at + 15 + length].decode("latin-1")
        if self.stream[at + 15] & 1:
            return self.stream[at + 16 : at + 16 + 2 * length].decode("utf-16-le", "replace")
        return self.stream[at + 16 : at + 16 + length].decode("latin-1")

    def _add_style(self, at: int) -> None:
        number, fill, colours = (
            unpack_from("<H", self.stream, at)[0],
            unpack_from("<L", self.stream, at + 14)[0],
            unpack_from("<H", self.stream, at + 18)[0],
        )
        number -= number > 4  # there is no font 4: an old gap in the format
        name, struck = self._fonts[number] if number < len(self._fonts) else ("", False)
        coloured = fill >> 26 == 1 and colours & 0x7F not in (_WHITE, _AUTOMATIC)
        self._styles.append((name if is_legacy_font(name) else "", struck, coloured))

    def _layout(self, kind: int, at: int, sheet: SheetFacts) -> None:
        if kind == _ROW:
            if unpack_from("<H", self.stream, at + 12)[0] & 0x20:
                sheet.hidden_lines.add(unpack_from("<H", self.stream, at)[0] + 1)
        elif kind == _COLUMNS:
            first, last, _, _, options = unpack_from("<5H", self.stream, at)
            if options & 1:
                sheet.hidden_columns.update(range(first, min(last, 255) + 1))
        elif kind == _NOTE:
            sheet.comments += 1

    def _value(self, kind: int, at: int, size: int, sheet: SheetFacts) -> None:
        line, column, style = _PLACE.unpack_from(self.stream, at)
        line += 1
        if kind == _FORMULA:
            sheet.formula_cells += 1
            if self.stream[at + 12 : at + 14] == b"\xff\xff" and self.stream[at + 6] == 2:
                sheet.errors[line, column] = _ERRORS.get(self.stream[at + 8], "#N/A")
        elif kind == _BOOLEAN_OR_ERROR and self.stream[at + 7]:
            sheet.errors[line, column] = _ERRORS.get(self.stream[at + 6], "#N/A")
        if style < len(self._styles):
            font, struck, coloured = self._styles[style]
            if struck:
                sheet.struck_lines.add(line)
            if coloured:
                sheet.coloured_lines.add(line)
            if font or line < 2000:
                sheet.font_votes[column, font] += 1
        last = unpack_from("<H", self.stream, at + size - 2)[0] if kind == _MANY_NUMBERS else column
        self._reach(last + 1, line)

    def _reach(self, columns: int, line: int) -> None:
        if columns > self._box[0] or line > self._box[1]:
            self._box = (max(self._box[0], columns), max(self._box[1], line))
            cell = f"{column_letters(self._box[0] - 1)}{self._box[1]}"
            if columns > limits.COLUMNS:
                raise Refusal("too_big", "columns", cell=cell, limit=limits.COLUMNS)
            if self._box[0] * self._box[1] > limits.BOX_CELLS:
                raise Refusal("too_big", "box", cell=cell, limit=limits.BOX_CELLS)


def read_facts(stream: bytes) -> XlsFacts:
    """Walk a Workbook stream; raises Refusal for a password, a macro sheet, an over-wide box or damage."""
    try:
        return _Walk(stream).run()
    except (error, IndexError) as broken:
        raise Refusal("damaged", "records") from broken
