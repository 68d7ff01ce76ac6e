"""Columns appended to a sheet of an .xlsx in its own bytes: everything the office program drew stays as it was.

The sheet's XML is edited as text, never parsed into a tree and written anew: prefixes, extensions, drawings, widths,
merges, fonts, fills, borders, number formats, hidden rows and print settings are not even looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from disburse.workbooks.header import column_index, column_letter

_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*>(.*)</\1sheetData>", re.DOTALL)
_ROW = re.compile(rb"<((?:\w+:)?)row\b([^>]*?)(?:/>|>(.*?)</\1row>)", re.DOTALL)
_CELL = re.compile(rb"<((?:\w+:)?)c\b([^>]*?)(?:/>|>(.*?)</\1c>)", re.DOTALL)
_REF = re.compile(rb'\br="([A-Z]{1,3})\d+"')
_NUMBER = re.compile(rb'\br="(\d+)"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_SPANS = re.compile(rb'\s+spans="[^"]*"')
_DIMENSION = re.compile(rb'(<(?:\w+:)?dimension\b[^>]*\bref="[A-Z]+\d+:)([A-Z]+)(\d+")')
_COLS = re.compile(rb"<((?:\w+:)?)cols\b[^>]*>(.*?)</\1cols>", re.DOTALL)
_COL_MAX = re.compile(rb'\bmax="(\d+)"')
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LAST = 16_384  # columns of a sheet
_WIDTHS = (20, 26, 24, 30)  # of the columns appended, in characters


@dataclass(slots=True)
class Block:
    """What one table is given: titles on its header line, answers on its rows' lines, right of its last column."""

    header: int
    last: int  # index of the table's last column
    style_of: int  # index of the column whose cell style the answers take over
    titles: Sequence[str]
    answers: Mapping[int, Sequence[str]]
    first: int = 0  # index of the first column appended, once decided


class NotEditableError(Exception):
    """The sheet's bytes are not as office programs write them; a fresh file is made instead."""


def fill_sheet(xml: bytes, blocks: Sequence[Block]) -> bytes:
    """Return the sheet with the blocks' columns appended. Raises NotEditableError."""
    found = _DATA.search(xml)
    if found is None:
        raise NotEditableError
    prefix, data = found[1], found[2]
    _decide_columns(data, blocks)
    rows = _ROW.sub(lambda row: _filled(row, blocks), data)
    xml = xml[: found.start(2)] + rows + xml[found.end(2) :]
    rightmost = max(block.first + len(block.titles) - 1 for block in blocks)
    xml = _DIMENSION.sub(lambda at: at[1] + _wider(at[2], rightmost) + at[3], xml, count=1)
    return _with_widths(xml, prefix, sorted({block.first for block in blocks}), rightmost)


def _decide_columns(data: bytes, blocks: Sequence[Block]) -> None:
    """Right of the last value in any line of the table, so that nothing is written over."""
    lines = {line: block for block in blocks for line in (block.header, *block.answers)}
    last = {id(block): block.last for block in blocks}
    for number, row in _numbered(data):
        block = lines.get(number)
        if block is not None:
            filled = [index for index, _, content in _cells(row[3] or b"") if content]
            last[id(block)] = max([last[id(block)], *filled])
    for block in blocks:
        block.first = last[id(block)] + 1
    right = 0
    for block in sorted(blocks, key=lambda one: one.first):  # tables side by side share their lines
        shared = any(other is not block and set(other.answers) & set(block.answers) for other in blocks)
        block.first = max(block.first, right if shared else 0)
        right = block.first + len(block.titles)
        if right > _LAST:
            raise NotEditableError


def _numbered(data: bytes) -> list[tuple[int, re.Match[bytes]]]:
    found, number = [], 0
    for row in _ROW.finditer(data):
        said = _NUMBER.search(row[2])
        number = int(said[1]) if said else number + 1
        found.append((number, row))
    return found


def _cells(row: bytes) -> list[tuple[int, re.Match[bytes], bool]]:
    """The cells of a row: column index, the cell's bytes, whether it holds anything."""
    found, index = [], -1
    for cell in _CELL.finditer(row):
        said = _REF.search(cell[2])
        index = column_index(said[1].decode()) if said else index + 1
        found.append((index, cell, bool(cell[3] and cell[3].strip())))
    return found


def _filled(row: re.Match[bytes], blocks: Sequence[Block]) -> bytes:
    said = _NUMBER.search(row[2])
    if said is None:
        return row[0]
    line = int(said[1])
    for block in blocks:
        texts = block.titles if line == block.header else block.answers.get(line)
        if texts is not None:
            row_bytes = _with_cells(row[1], row[2], row[3] or b"", line, block, texts)
            again = _ROW.fullmatch(row_bytes)
            row = again if again is not None else row
    return row[0]


def _with_cells(prefix: bytes, attributes: bytes, inner: bytes, line: int, block: Block, texts: Sequence[str]) -> bytes:
    cells = _cells(inner)
    styled = {index: said[1] for index, cell, _ in cells if (said := _STYLE.search(cell[2]))}
    model = block.last if line == block.header else block.style_of
    style = styled.get(model)
    own = range(block.first, block.first + len(texts))
    before = b"".join(cell[0] for index, cell, _ in cells if index < block.first)
    after = b"".join(cell[0] for index, cell, _ in cells if index >= own.stop)
    new = b"".join(_cell(prefix, index, line, style, text) for index, text in zip(own, texts, strict=True))
    attributes = _SPANS.sub(b"", attributes)
    return b"<" + prefix + b"row" + attributes + b">" + before + new + after + b"</" + prefix + b"row>"


def _cell(prefix: bytes, index: int, line: int, style: bytes | None, text: str) -> bytes:
    """A cell of text: whatever it says, it is never a formula."""
    reference = f"{column_letter(index)}{line}".encode()
    styled = b' s="' + style + b'"' if style else b""
    if not text:
        return b"<" + prefix + b'c r="' + reference + b'"' + styled + b"/>"
    said = escape(_CONTROL.sub("", text)).encode()
    p = prefix
    return (
        b"<" + p + b'c r="' + reference + b'"' + styled + b' t="inlineStr"><' + p + b'is><' + p
        + b't xml:space="preserve">' + said + b"</" + p + b"t></" + p + b"is></" + p + b"c>"
    )  # fmt: skip


def _wider(letters: bytes, rightmost: int) -> bytes:
    return column_letter(max(column_index(letters.decode()), rightmost)).encode()


def _with_widths(xml: bytes, prefix: bytes, firsts: Sequence[int], rightmost: int) -> bytes:
    """Give the new columns a width, where the sheet says nothing of columns that far right."""
    found = _COLS.search(xml)
    known = max((int(number) for number in _COL_MAX.findall(found[2])), default=0) if found else 0
    wanted = [(first + offset + 1, width) for first in firsts for offset, width in enumerate(_WIDTHS)]
    new = b"".join(
        b"<" + prefix + f'col min="{number}" max="{number}" width="{width}" customWidth="1"/>'.encode()
        for number, width in sorted(dict(wanted).items())
        if known < number <= rightmost + 1
    )
    if not new:
        return xml
    if found:
        return xml[: found.end(2)] + new + xml[found.end(2) :]
    at = re.search(rb"<(?:\w+:)?sheetData\b", xml)
    start = at.start() if at else 0
    return xml[:start] + b"<" + prefix + b"cols>" + new + b"</" + prefix + b"cols>" + xml[start:]
