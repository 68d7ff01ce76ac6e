"""`disburse progress`: the table on a terminal, as JSON, or as CSV."""

from __future__ import annotations

import csv
import sys
from datetime import date
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from disburse import console
from disburse.errors import Invalid
from disburse.progress.measures import Funnel
from disburse.progress.queries import EVERYWHERE, ProgressDocument, table

app = typer.Typer(rich_markup_mode=None, add_completion=False)

BAR_WIDTH = 16
ROOMY = 90  # columns of a terminal from which there is room for bars


@app.command()
def progress(
    programme: Annotated[str | None, typer.Option(help="Chính sách: NCC, BTXH, HTXH.")] = None,
    area: Annotated[str | None, typer.Option(help="Mã tỉnh (2 số) hoặc xã (5 số), theo ngày xem.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Ngày xem, NĂM-THÁNG-NGÀY; mặc định hôm nay.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="In CSV.")] = False,
) -> int:
    """Bảng tiến độ: bao nhiêu người, bao nhiêu đã đăng ký, xác nhận, chi trả qua tài khoản."""
    if as_json and as_csv:
        raise Invalid("json_or_csv")
    with console.open_database().reading() as session:
        document = table(session, EVERYWHERE, programme=programme, area=area, as_of=parse_day(as_of))
    if as_json:
        console.print_json(document.as_json())
    elif as_csv:
        print_csv(document)
    else:
        print_table(document)
    return console.DONE


def parse_day(text: str | None) -> date | None:
    """Read YYYY-MM-DD; anything else raises Invalid with the form that is wanted."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid("date_invalid", value=text) from wrong


def print_csv(document: ProgressDocument) -> None:
    """Print one line per commune and programme, with the names of the JSON document."""
    rows = document.as_json()["areas"]
    header = list(rows[0]) if rows else ["code", "name", "programme", *Funnel().as_json(), "target", "gap"]
    writer = csv.DictWriter(sys.stdout, ["as_of", *header], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({"as_of": document.as_of.isoformat()} | row)


def print_table(document: ProgressDocument) -> None:
    """Print the table for a person at a terminal: totals first, then every commune; bars where there is room."""
    if not document.programmes:
        console.say("Chưa có số liệu. Bắt đầu: disburse roster import TỆP --programme NCC --period 2026-11")
        return
    bars = console.out.width >= ROOMY
    title = f"Tiến độ chi trả qua tài khoản, đến ngày {document.as_of:%d/%m/%Y}"
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    shown.add_column("Địa bàn", no_wrap=True, min_width=18)
    shown.add_column("CS", no_wrap=True)
    for heading in ("Tổng số", "Đăng ký", "Tỷ lệ"):
        shown.add_column(heading, justify="right", no_wrap=True)
    if bars:
        shown.add_column("", width=BAR_WIDTH, no_wrap=True)
    for heading in ("Xác nhận", "Đã chi", "Chờ sửa"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for programme in document.programmes:
        shown.add_row("Toàn bộ", programme.code, *_figures(programme.funnel, bars), style="bold")
    shown.add_section()
    for area in document.areas:
        shown.add_row(area.name, area.programme, *_figures(area.funnel, bars))
    console.out.print(shown)


def _figures(funnel: Funnel, bars: bool) -> list[str]:
    figures = [number(funnel.total), number(funnel.registered), percent(funnel.registered, funnel.total)]
    if bars:
        figures.append(_bar(funnel.registered, funnel.total))
    paid = "chưa đo" if funnel.paid is None else number(funnel.paid)
    return [*figures, number(funnel.confirmed), paid, number(funnel.parked)]


def number(value: int) -> str:
    """Return a count as Vietnamese write it: 12.059."""
    return f"{value:,}".replace(",", ".")


def percent(part: int, whole: int) -> str:
    """Return a rate with one decimal, as Vietnamese write it: 26,4 %; without a denominator there is no rate."""
    return f"{100 * part / whole:.1f} %".replace(".", ",") if whole else "–"


def _bar(part: int, whole: int) -> str:
    filled = round(BAR_WIDTH * part / whole) if whole else 0
    return "█" * filled + "·" * (BAR_WIDTH - filled)
