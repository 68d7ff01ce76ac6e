"""`disburse paid import`: a payer's list of paid and unpaid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import select

from disburse import console
from disburse.audit.actor import COMMAND
from disburse.clock import Period
from disburse.db import Database
from disburse.errors import Invalid
from disburse.payments.actions import COLUMNS, NEEDED, take_report
from disburse.programmes.tables import Programme
from disburse.workbooks.answer_files import read_answers

paid = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@paid.callback()
def _paid() -> None:
    """Danh sách đã chi, chưa chi của tổ chức chi trả."""


@paid.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="Tệp CSV của tổ chức chi trả.")],
    programme: Annotated[str, typer.Option(help="Chính sách: NCC, BTXH, HTXH …")],
    period: Annotated[str, typer.Option(help="Kỳ chi trả, NĂM-THÁNG.")],
    payer: Annotated[str, typer.Option(help="Tên tổ chức chi trả; tên mới sẽ được thêm.")],
    json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
) -> int:
    """Nhập danh sách đã chi, chưa chi; kỳ cũ không ghi đè kỳ mới."""
    document = import_file(console.open_database(), file, programme, period, payer)
    if json:
        console.print_json(document)
    else:
        _say(file, document)
    return console.PARTLY if document["left_out"] and not document["same_as"] else console.DONE


def import_file(database: Database, file: Path, programme: str, period: str, payer: str) -> dict[str, Any]:
    """Take a report in; returns the document of `--json`."""
    try:
        month = Period.parse(period)
    except ValueError as error:
        raise Invalid("period_invalid", value=period) from error
    if not payer.strip():
        raise Invalid("payer_needed")
    with database.reading() as session:
        known = sorted(session.exec(select(Programme.code)))
    if programme not in known:
        raise Invalid("programme_unknown", code=programme, known=", ".join(known))
    read = read_answers(file, columns=COLUMNS, needed=NEEDED)
    with database.transaction() as session:
        done = take_report(session, file=read, programme=programme, period=month, payer=payer, by=COMMAND)
    return {
        "report": done.report_id,
        "lines": len(read.lines),
        "matched": done.matched,
        "by_account": done.by_account,
        "left_out": done.left_out,
        "lines_left_out": sorted(done.lines_left_out, key=lambda line: line["line"]),
        "same_as": done.report_id if done.known else None,
    }


def _say(file: Path, document: dict[str, Any]) -> None:
    if document["same_as"]:
        console.out.print(f"{file.name}: đã nhập trước đây, không có gì thay đổi.", markup=False)
        return
    console.out.print(
        f"{file.name}: {document['matched']} dòng khớp, {document['by_account']} chi qua tài khoản, "
        f"{document['left_out']} dòng bỏ lại.",
        markup=False,
    )
    for line in document["lines_left_out"][:20]:
        console.say(f"Dòng {line['line']}: {line['message']}")
