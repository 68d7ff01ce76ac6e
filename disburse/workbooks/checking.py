"""Runs a check of one file in the child and shows the outcome: JSON, a CSV of the rows, or tables for a person."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from disburse.workbooks import child
from disburse.workbooks.harmless import harmless
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.report import public, refused

SECONDS = 30
MEMORY_MB = 1024
_SHOWN_ISSUES = 40
RowWriter = Callable[[dict[str, Any]], list[str]]
_VERDICTS = {
    "accept": ("[green]Nhập được toàn bộ[/]", "✓"),
    "accept_with_row_errors": ("[yellow]Nhập được, có dòng chờ sửa[/]", "!"),
    "reject": ("[red]Từ chối tệp[/]", "✗"),
}


def check(
    entry: str, path: Path, options: dict[str, Any], rows_out: Path | None, header: list[str], write: RowWriter
) -> dict[str, Any]:
    """Read a file in the child; return its report. Rows go to `rows_out` as CSV while they come."""
    report: dict[str, Any] | None = None
    with ExitStack() as stack:
        table: Any = None
        if rows_out is not None:
            file = stack.enter_context(rows_out.open("w", encoding="utf-8", newline=""))
            table = csv.writer(file)
            table.writerow(header)
        try:
            for one in _objects(entry, path, options):
                if one["kind"] == "report":
                    report = one
                elif table is not None:
                    table.writerow([harmless(cell) for cell in write(one)])
        except Refusal as refusal:
            return refused(refusal)
    return report if report is not None else refused(Refusal("damaged"))


def _objects(entry: str, path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    wanted = {"name": path.name} | {k: v for k, v in options.items() if v}
    return child.run(entry, path, wanted, seconds=SECONDS, memory_mb=MEMORY_MB)


def cell(values: dict[str, Any], name: str) -> str:
    """One value as CSV text; empty where unknown."""
    value = values.get(name)
    return "" if value is None else str(value)


def flags(row: dict[str, Any]) -> str:
    """The row's issue codes joined by `|`, each once."""
    return "|".join(dict.fromkeys(issue["code"] for issue in row["issues"]))


def present(report: dict[str, Any], path: Path, as_json: bool, out: TextIO | None = None) -> int:
    """Print the report to stdout and return the exit code: 0, or 3 for a refused file."""
    out = out or sys.stdout
    if as_json:
        out.write(json.dumps(public(report), ensure_ascii=False) + "\n")
    else:
        _tables(report, path, out)
    if report["verdict"] == "reject":
        for warning in report["file_warnings"][:1]:
            sys.stderr.write(warning["message"] + "\n")
        return 3
    return 0


def _tables(report: dict[str, Any], path: Path, out: TextIO) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(file=out, highlight=False)
    words, sign = _VERDICTS[report["verdict"]]
    console.print(f"{sign} {escape(path.name)}: {words}")
    counts = Table("Đã đọc", "Nhập được", "Chờ sửa", "Có cảnh báo", "Bỏ qua (cộng, mục, tiêu đề lặp)")
    names = ("rows_read", "rows_ok", "rows_bad", "rows_warned", "rows_skipped")
    counts.add_row(*(f"{report[n]:,}".replace(",", ".") for n in names))
    console.print(counts)
    for warning in report["file_warnings"]:
        where = f"[{escape(warning['sheet'])}] " if warning["sheet"] else ""
        console.print(f"• {escape(where)}{escape(warning['message'])}")
    issues = [i for i in report["issues"] if i["severity"] != "info"][:_SHOWN_ISSUES]
    if not issues:
        return
    table = Table("Trang tính", "Dòng", "Cột", "Giá trị", "Vấn đề và cách sửa")
    for issue in issues:
        colour = "red" if issue["severity"] == "error" else "yellow"
        table.add_row(
            escape(issue["sheet"]),
            str(issue["row"]),
            issue["column"],
            escape(issue["value"][:40]),
            f"[{colour}]{escape(issue['message'])}[/]",
        )
    console.print(table)
    if report["issues_total"] > len(issues):
        console.print(f"… {report['issues_total']:,} mục tất cả; xem đủ bằng --json".replace(",", "."))
