"""How a list of beneficiaries is put on a sheet: cells, titles, headings, sections, sums. Which columns: layouts.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby

from maker import people
from maker.district import BY_CODE
from maker.faults import Plan
from maker.people import Enrolment, Line, World
from maker.sheets import Cell, Grid
from maker.statements import Stated


@dataclass(frozen=True)
class Column:
    """A heading, the heading above it, and what stands in a row."""

    head: str
    cell: Callable[[Enrolment, int, Line], Cell]
    parent: str = ""
    per_line: bool = False  # also filled on the blank row of a second benefit
    money: bool = False


@dataclass
class Sheet:
    """How a workbook lists people: columns, how a second benefit shows, sections and totals."""

    file: str
    columns: list[Column]
    second: str = "repeat"  # repeat: another numbered row | below: without number and name | merged: those merged
    beside: tuple[str, ...] = ()  # codes that have a column of their own
    sections: bool = False
    letters: bool = False  # a row (1) (2) (3) under the heading
    formulas: bool = False
    header_again_in: str = ""  # old code of the commune whose printed second page repeats the heading
    wrong_total_in: str = ""


@dataclass
class Book:
    """What the layouts need beside the people."""

    world: World
    plan: Plan
    stated: dict[Enrolment, Stated] = field(default_factory=dict)
    martyrs: dict[Enrolment, str] = field(default_factory=dict)


# --- cells ---------------------------------------------------------------------------------------------


def full_name(e: Enrolment, _n: int, _line: Line) -> Cell:
    return e.raw.get("name", e.person.name)


def number(_e: Enrolment, n: int, _line: Line) -> Cell:
    return n


def birth(e: Enrolment, _n: int, _line: Line) -> Cell:
    """A year as a number, or dd/mm/yyyy as text."""
    return e.raw.get("birth") or (e.person.birth.year if e.person.year_only else f"{e.person.birth:%d/%m/%Y}")


def birth_date(e: Enrolment, _n: int, _line: Line) -> Cell:
    """A year as a number, or a real date."""
    return e.person.birth.year if e.person.year_only else e.person.birth


def birth_of(sex: str) -> Callable[[Enrolment, int, Line], Cell]:
    """The birth under the heading of one sex."""
    return lambda e, n, line: birth(e, n, line) if e.person.sex == sex else ""


def part_of_birth(part: str) -> Callable[[Enrolment, int, Line], Cell]:
    """Day, month or year; a year alone leaves the others empty."""
    return lambda e, _n, _line: "" if e.person.year_only and part != "year" else int(getattr(e.person.birth, part))


def sex(e: Enrolment, _n: int, _line: Line) -> Cell:
    return e.person.sex


def citizen(e: Enrolment, _n: int, _line: Line) -> Cell:
    return e.id_cell


def citizen_number(e: Enrolment, _n: int, _line: Line) -> Cell:
    """As Excel keeps it when nobody makes the column text: a number, its zeros lost."""
    return int(e.id_cell) if e.id_cell.isdigit() else e.id_cell


def category(_e: Enrolment, _n: int, line: Line) -> Cell:
    return line.text


def coefficient(_e: Enrolment, _n: int, line: Line) -> Cell:
    return line.coefficient


def amount(_e: Enrolment, _n: int, line: Line) -> Cell:
    return line.amount


def beside(code: str, unit: int = 1) -> Callable[[Enrolment, int, Line], Cell]:
    """The amount of a second benefit that has its own column."""
    return lambda e, _n, _line: next((x.amount // unit for x in e.lines if x.code == code), "")


def blank(_e: Enrolment, _n: int, _line: Line) -> Cell:
    return ""


def recipient(what: str) -> Callable[[Enrolment, int, Line], Cell]:
    """Name, relation or ID of who receives, where the roster itself names them."""

    def cell(e: Enrolment, _n: int, _line: Line) -> Cell:
        if e.recipient is None or e.recipient.paper:
            return ""
        known = e.recipient.person.citizen_id if e.recipient.id_known else ""
        return {"name": e.recipient.person.name, "relation": e.recipient.relation, "id": known}[what]

    return cell


def number_of(cell: Callable[[Enrolment, int, Line], Cell]) -> Callable[[Enrolment, int, Line], Cell]:
    """The same digits as a number cell."""

    def numeric(e: Enrolment, n: int, line: Line) -> Cell:
        text = str(cell(e, n, line))
        return int(text) if text else ""

    return numeric


def upper(cell: Callable[[Enrolment, int, Line], Cell]) -> Callable[[Enrolment, int, Line], Cell]:
    """The same text in capitals."""
    return lambda e, n, line: str(cell(e, n, line)).upper()


STT = Column("STT", number)
NOTE = Column("Ghi chú", blank)
FILE_NUMBER = Column("Số hồ sơ", lambda e, _n, _line: e.file_number)
HAMLET = Column("Thôn", lambda e, _n, _line: e.person.hamlet.removeprefix("Thôn "))


# --- a sheet -------------------------------------------------------------------------------------------


def heading(grid: Grid, title: str, where: str, unit: str, width: int) -> None:
    """Agency and quốc hiệu side by side, title, month, place, unit."""
    half = max(width // 2, 2)
    for left, right in (
        ("UBND HUYỆN BÌNH SƠN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "Độc lập - Tự do - Hạnh phúc"),
    ):
        n = grid.add(*([left] + [None] * (half - 1) + [right]), bold=True)
        grid.merges += [(n, 0, n, half - 2), (n, half, n, width - 1)]
    grid.add()
    for text in (title, "Tháng 3 năm 2024", "(Kèm theo Công văn số 128/LĐTBXH ngày 26/02/2024)", where):
        if text:
            n = grid.add(text, bold=text == title)
            grid.merges.append((n, 0, n, width - 1))
    if unit:
        grid.add(*([None] * (width - 3) + [f"Đơn vị tính: {unit}"]))


def header(grid: Grid, columns: list[Column], *, letters: bool) -> None:
    """One line, or two with merged parents; then (1)(2)(3) if asked."""
    if not any(c.parent for c in columns):
        grid.add(*(c.head for c in columns), bold=True)
    else:
        top = grid.add(*(c.parent or c.head for c in columns), bold=True)
        grid.add(*(c.head if c.parent else None for c in columns), bold=True)
        at = 0
        for parent, group in groupby(columns, key=lambda c: c.parent):
            members = list(group)
            if parent:  # over its members; down as well if they have no heading of their own
                grid.merges.append((top, at, top + (not members[0].head), at + len(members) - 1))
                grid.lines[top - 1][at + 1 : at + len(members)] = [None] * (len(members) - 1)
            else:
                grid.merges += [(top, at + i, top + 1, at + i) for i in range(len(members))]
            at += len(members)
    if letters:
        grid.add(*(f"({i})" for i in range(1, len(columns) + 1)))


def write_row(grid: Grid, sheet: Sheet, e: Enrolment, n: int, line: Line, *, below: bool = False) -> int:
    """One row; `below` leaves everything but the benefit empty."""
    return grid.add(*(c.cell(e, n, line) if c.per_line or not below else None for c in sheet.columns))


def write_person(grid: Grid, sheet: Sheet, book: Book, e: Enrolment, n: int) -> int:
    """A person's row or rows and whatever is planted below; returns the last number used."""
    e.ref = (sheet.file, grid.name, write_row(grid, sheet, e, n, e.lines[0]))
    for line in e.lines[1:]:
        if line.code in sheet.beside:
            continue
        n += sheet.second == "repeat"
        at = write_row(grid, sheet, e, n, line, below=sheet.second != "repeat")
        if sheet.second == "merged":
            grid.merges += [(at - 1, 0, at, 0), (at - 1, 1, at, 1)]
    for extra in book.plan.extras.get(e, []):
        n += extra.one is not e
        at = write_row(grid, sheet, extra.one, n, extra.one.lines[0])
        for i, column in enumerate(sheet.columns):
            if column.head in extra.cells:
                grid.lines[at - 1][i] = extra.cells[column.head]
        grid.lines[at - 1] += extra.tail
        extra.fault.ref = (sheet.file, grid.name, at)
    return n


def people_block(grid: Grid, sheet: Sheet, book: Book, rows: list[Enrolment], n: int = 0) -> int:
    """All people of a commune, hamlet by hamlet where the sheet has sections."""
    for page, (hamlet, group) in enumerate(groupby(rows, key=lambda e: e.person.hamlet)):
        if page == 2 and rows[0].commune.code == sheet.header_again_in:
            header(grid, sheet.columns, letters=sheet.letters)
        if sheet.sections:
            grid.add(None, hamlet, bold=True)
        first = len(grid.lines) + 1
        for e in group:
            n = write_person(grid, sheet, book, e, n + 1)
        if sheet.sections:
            subtotal(grid, sheet, f"Cộng {hamlet}", first)
    return n


def subtotal(grid: Grid, sheet: Sheet, label: str, first: int, *, wrong: int = 0) -> None:
    """Sums of the people's rows from `first` to the end of the grid, as formulas where the district used them."""
    cells: list[Cell] = [None] * len(sheet.columns)
    cells[1] = label
    rows = [row for n, row in enumerate(grid.lines[first - 1 :], first) if n not in grid.bold]
    for i, column in enumerate(sheet.columns):
        if column.money:
            cells[i] = sum(c for row in rows if isinstance(c := row[i] if len(row) > i else 0, int)) + wrong
    line = grid.add(*cells, bold=True)
    for i, column in enumerate(sheet.columns):
        if column.money and sheet.formulas and label.startswith("Cộng"):
            grid.sums[line, i] = f"=SUM({chr(65 + i)}{first}:{chr(65 + i)}{line - 1})"


def footer(grid: Grid, people_count: int, width: int) -> None:
    """Number of people in words of the form, place, date and who signs."""
    grid.add(None, f"Danh sách này có {people_count} người./.")
    grid.add()
    right = max(width - 3, 3)
    grid.add(*([None] * right + ["Bình Sơn, ngày 04 tháng 3 năm 2024"]))
    grid.add(None, "NGƯỜI LẬP BIỂU", *([None] * (right - 2)), "TRƯỞNG PHÒNG")
    grid.add(None, "(Ký, ghi rõ họ tên)", *([None] * (right - 2)), "(Ký tên, đóng dấu)")


def one_sheet(book: Book, sheet: Sheet, name: str, title: str, codes: list[str], unit: str = "đồng") -> Grid:
    """A titled sheet of one commune, or of several under "I. Xã …" lines."""
    grid, width = Grid(name), len(sheet.columns)
    single = BY_CODE[codes[0]] if len(codes) == 1 else None
    heading(grid, title, f"Đơn vị: {single.full}" if single else "", unit, width)
    header(grid, sheet.columns, letters=sheet.letters)
    first, n, rows = len(grid.lines) + 1, 0, people.rows_of(book.world, sheet.file)
    for i, code in enumerate(codes):
        if not single:
            grid.add(None, f"{('I', 'II', 'III', 'IV', 'V')[i]}. {BY_CODE[code].full}", bold=True)
        n = people_block(grid, sheet, book, [e for e in rows if e.commune.code == code], n)
    wrong = 1000 if single and single.code == sheet.wrong_total_in else 0
    if any(c.money for c in sheet.columns):
        subtotal(grid, sheet, "TỔNG CỘNG", first, wrong=wrong)
    footer(grid, n, width)
    return grid
