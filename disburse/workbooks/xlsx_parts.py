"""What the XML of an xlsx tells beside the values: hidden rows, formulas, errors, fonts, marks. No values."""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from disburse.workbooks.archive import Archive
from disburse.workbooks.facts import SheetFacts, column_index, is_legacy_font
from disburse.workbooks.refusals import Refusal

_HIDDEN = re.compile(rb'<(row|col)\s([^>]*?)hidden="(?:1|true)"([^>]*)>')
_LINE = re.compile(rb'(?:^|\s)r="(\d{1,7})"')
_COLUMNS = re.compile(rb'(?:^|\s)(min|max)="(\d{1,5})"')
_FORMULA = re.compile(rb"<f[\s/>]")
_EMPTY_FORMULA = re.compile(rb"(?:<f[^>]*/>|</f>)(?:</c>|<v></v>|<v/>)")
_ERROR = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*? t="e"[^>]*>(?:<f[^>]*?/>|<f[^>]*>[^<]*</f>)?<v>([^<]{1,20})<')
_STYLED = re.compile(rb'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?')
_COMMENT = re.compile(rb"<(?:\w+:)?comment\s")
_COLOURED_BANDS = 20_000  # more coloured lines than this are a design, not a mark
_FONT_SAMPLE = 20_000  # cells whose font is looked at, from the top of the sheet
_WHITE = ("FFFFFFFF", "00FFFFFF", "FFFFFF")


@dataclass(slots=True)
class Styles:
    """Cell style numbers that mean something: struck through, coloured, or in a legacy font."""

    struck: set[int] = field(default_factory=set)
    coloured: set[int] = field(default_factory=set)
    fonts: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Parts:
    """The map of one xlsx: part name of each sheet in workbook order, styles, the 1904 flag."""

    sheets: list[str]
    styles: Styles
    date1904: bool


def read_map(archive: Archive) -> Parts:
    """Read workbook.xml, its relations and the styles. A part that cannot be read refuses as damaged."""
    workbook = _tree(archive.read("xl/workbook.xml"))
    relations = _tree(archive.read("xl/_rels/workbook.xml.rels"))
    if workbook is None or relations is None:
        raise Refusal("damaged", "workbook_part")
    targets = {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
        for one in relations
    }
    names = [
        targets.get(next((v for k, v in sheet.attrib.items() if k.endswith("}id")), ""), "")
        for sheet in workbook.iter()
        if _local(sheet) == "sheet"
    ]
    dates = next((one for one in workbook.iter() if _local(one) == "workbookPr"), None)
    flag = dates is not None and dates.get("date1904", "0") in ("1", "true")
    return Parts(names, read_styles(archive.read("xl/styles.xml")), flag)


def read_styles(text: bytes) -> Styles:
    """Pick from styles.xml the cell styles that carry a mark; a missing or broken part has none."""
    tree = _tree(text)
    styles = Styles()
    if tree is None:
        return styles
    fonts, fills = _children(tree, "fonts"), _children(tree, "fills")
    struck = {i for i, font in enumerate(fonts) if _on(font, "strike")}
    legacy = {i: name for i, font in enumerate(fonts) if is_legacy_font(name := _value(font, "name"))}
    coloured = {i for i, fill in enumerate(fills) if _has_colour(fill)}
    for number, style in enumerate(_children(tree, "cellXfs")):
        font, fill = int(style.get("fontId", "0")), int(style.get("fillId", "0"))
        if font in struck:
            styles.struck.add(number)
        if font in legacy:
            styles.fonts[number] = legacy[font]
        if fill in coloured:
            styles.coloured.add(number)
    return styles


class _StyledLines:
    """Finds the lines with a cell of certain styles; windows without such a style cost almost nothing."""

    def __init__(self, numbers: set[int]) -> None:
        self._numbers = {number: b' s="%d"' % number for number in sorted(numbers)}

    def find(self, window: bytes, lines: set[int]) -> None:
        """Add the lines of the window to `lines`."""
        present = [b"%d" % number for number, mark in self._numbers.items() if mark in window]
        if present:
            pattern = rb'<c r="[A-Z]{1,3}(\d{1,7})" s="(?:' + b"|".join(present) + rb')"'
            lines.update(map(int, set(re.findall(pattern, window))))


class SheetSearch:
    """Feed the windows of one worksheet part; `facts` fills. Only what is present costs anything."""

    def __init__(self, styles: Styles) -> None:
        self.facts = SheetFacts()
        self._styles = styles
        self._struck = _StyledLines(styles.struck)
        self._coloured = _StyledLines(styles.coloured)
        self._fonts_left = _FONT_SAMPLE if styles.fonts else 0

    def feed(self, window: bytes) -> None:
        """Search one window of the part."""
        facts = self.facts
        if b'hidden="' in window:
            self._hidden(window)
        if b"<f" in window:
            facts.formula_cells += sum(1 for _ in _FORMULA.finditer(window))
            facts.empty_formulas += sum(1 for _ in _EMPTY_FORMULA.finditer(window))
        if b't="e"' in window:
            for letters, line, shown in _ERROR.findall(window):
                facts.errors[int(line), column_index(letters)] = shown.decode("utf-8", "replace")
        self._struck.find(window, facts.struck_lines)
        if len(facts.coloured_lines) < _COLOURED_BANDS:
            self._coloured.find(window, facts.coloured_lines)
        if self._fonts_left > 0:
            self._sample_fonts(window)

    def _hidden(self, window: bytes) -> None:
        for found in _HIDDEN.finditer(window):
            attributes = found[2] + b" " + found[3]
            if found[1] == b"row":
                if line := _LINE.search(attributes):
                    self.facts.hidden_lines.add(int(line[1]))
                continue
            span = {name: int(number) for name, number in _COLUMNS.findall(attributes)}
            first, last = span.get(b"min", 1), min(span.get(b"max", 0), 16_384)
            self.facts.hidden_columns.update(range(first - 1, last))

    def _sample_fonts(self, window: bytes) -> None:
        for found in _STYLED.finditer(window):
            style = int(found[2] or 0)
            self.facts.font_votes[column_index(found[1]), self._styles.fonts.get(style, "")] += 1
            self._fonts_left -= 1
            if self._fonts_left <= 0:
                return


def count_comments(archive: Archive, part: str) -> int:
    """Count the comments of one sheet through its relations; 0 when it has none."""
    folder, name = posixpath.split(part)
    relations = _tree(archive.read(f"{folder}/_rels/{name}.rels"))
    if relations is None:
        return 0
    total = 0
    for one in relations:
        if one.get("Type", "").endswith("/comments"):
            target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
            total += len(_COMMENT.findall(archive.read(target)))
    return total


def _tree(text: bytes) -> ET.Element | None:
    if not text or b"<!DOCTYPE" in text:
        return None
    try:
        return ET.fromstring(text)  # noqa: S314 - no DTD, at most PART_BYTES
    except ET.ParseError:
        return None


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(tree: ET.Element, name: str) -> list[ET.Element]:
    found = next((one for one in tree if _local(one) == name), None)
    return [] if found is None else list(found)


def _value(element: ET.Element, name: str) -> str:
    found = next((one for one in element if _local(one) == name), None)
    return "" if found is None else found.get("val", "")


def _on(element: ET.Element, name: str) -> bool:
    found = next((one for one in element if _local(one) == name), None)
    return found is not None and found.get("val", "1") not in ("0", "false")


def _has_colour(fill: ET.Element) -> bool:
    pattern = next((one for one in fill if _local(one) == "patternFill"), None)
    if pattern is None or pattern.get("patternType", "none") in ("none", "gray125"):
        return False
    colour = next((one for one in pattern if _local(one) == "fgColor"), None)
    return colour is not None and colour.get("rgb", "") not in _WHITE and colour.get("theme") != "0"
