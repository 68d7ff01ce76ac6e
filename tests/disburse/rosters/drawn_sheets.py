"""Sheets drawn in a test, read by the real reader: in memory for the many, as real files where the format matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from disburse.rosters.reading import RosterFile, read
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.sheets import CellValue, Line, Sheet, Workbook

OPTIONS = {"province": "51", "commune": "21040", "today": "2026-11-22"}
Cells = Sequence[CellValue]
A = ["Phạm Văn Anh", 1951, "051051000001"]
B = ["Đinh Thị Bình", 1948, "051148000002"]
C = ["Lê Văn Cường", 1960, "051060000003"]
HEAD = ["STT", "Họ và tên", "Năm sinh", "Số CCCD", "Mức hưởng"]


@dataclass
class Outcome:
    """What came of one file."""

    rows: list[dict[str, Any]]
    report: dict[str, Any]

    @property
    def values(self) -> list[dict[str, Any]]:
        return [r["values"] for r in self.rows]

    def value(self, name: str, row: int = 0) -> Any:
        return self.rows[row]["values"].get(name)

    def codes(self, row: int = 0, *severities: str) -> list[str]:
        return [i["code"] for i in self.rows[row]["issues"] if not severities or i["severity"] in severities]

    @property
    def warnings(self) -> list[str]:
        return [w["code"] for w in self.report["file_warnings"]]

    def field_of(self, column: str) -> str | None:
        return next(c["field"] for c in self.report["columns"] if c["column"] == column)


def draw(
    *sheets: Sequence[Cells] | Sheet,
    names: Sequence[str] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    text: bool = False,
    **options: Any,
) -> Outcome:
    """Read drawn sheets; merges belong to the first. text=True: as a CSV, every cell text."""
    made: list[Sheet] = []
    for index, sheet in enumerate(sheets):
        if isinstance(sheet, Sheet):
            made.append(sheet)
            continue
        name = names[index] if index < len(names) else f"DS{index + 1}"
        made.append(Sheet(name, index, lines=lines_of(sheet, text), is_text_source=text))
    made[0].merges.extend(merges)
    return collect(Workbook("csv" if text else "xlsx", made), **options)


def lines_of(rows: Sequence[Cells], text: bool = False) -> list[Line]:
    """Numbered lines without the empty ones, trailing blanks cut."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = [None if type(c) is str and c == "" else c for c in row]
        if text:
            cells = [None if c is None else str(c) for c in cells]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            lines.append(Line(number, cells, fields=len(row) if text else 0))
    return lines


def collect(book: Workbook, **options: Any) -> Outcome:
    """Run the reader over a workbook in memory."""
    wanted = {k: v for k, v in (OPTIONS | options).items() if v}
    found = list(RosterFile(book, wanted).rows())
    return Outcome([o for o in found if o["kind"] == "row"], found[-1])


def refusal(*sheets: Sequence[Cells], **options: Any) -> str:
    """The reject code of a file that is not read."""
    try:
        outcome = draw(*sheets, **options)
    except Refusal as refused:
        return refused.reject_code
    return str(outcome.report["reject_code"])


def write_xlsx(path: Path, sheets: dict[str, Sequence[Cells]], merges: Sequence[tuple[str, str]] = ()) -> Path:
    """A real workbook; merges are (range, text) on the first sheet."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for number, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if hasattr(cell, "year"):
                    sheet.write_datetime(line, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(line, column, cell)
                else:
                    sheet.write(line, column, cell)
        if number == 0:
            for cells, text in merges:
                sheet.merge_range(cells, text)
    book.close()
    return path


def read_file(path: Path, **options: Any) -> Outcome:
    """Read a real file in this process."""
    found = list(read(path, OPTIONS | options))
    return Outcome([o for o in found if o["kind"] == "row"], found[-1])


def one(text: bool = False, head: str = "", **cells: Any) -> Outcome:
    """One row with a name and the given columns (header=value, blanks for underscores)."""
    columns = {"Họ và tên": "Phạm Văn Anh"} | {k.replace("_", " "): v for k, v in cells.items()}
    return draw([["STT", *columns], [1, *columns.values()]], text=text)


def names(outcome: Outcome) -> list[str]:
    return [v.get("full_name", "") for v in outcome.values]
