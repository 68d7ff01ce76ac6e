"""`disburse paid import`: a payer's list of paid and unpaid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlmodel import select

from disburse import console
from disburse.audit.actor import COMMAND
from disburse.db import Database
from disburse.errors import Invalid, NotFound
from disburse.payments.actions import COLUMNS, NEEDED, take_report, undo_report
from disburse.people.stated import read_period
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


@paid.command("undo")
def undo_command(
    report: Annotated[str, typer.Argument(metavar="REPORT", help="Mã báo cáo mà lệnh nhập đã in.")],
    why: Annotated[str, typer.Option(help="Lý do hủy, ghi vào nhật ký.")],
) -> int:
    """Hủy một báo cáo đã nhập nhầm; các xã trở lại kỳ đã báo cáo trước đó."""
    try:
        report_id = UUID(report.strip())
    except ValueError as error:
        raise NotFound("paid_report_unknown") from error
    with console.open_database().transaction() as session:
        lines = undo_report(session, report_id=report_id, why=why, by=COMMAND)
    console.out.print(f"Đã hủy báo cáo: {lines} dòng không còn được tính.", markup=False)
    return console.DONE


def import_file(database: Database, file: Path, programme: str, period: str, payer: str) -> dict[str, Any]:
    """Take a report in; returns the document of `--json`."""
    month = read_period(period)
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
        known = f"{file.name}: đã nhập trước đây (báo cáo {document['report']}), không có gì thay đổi."
        console.out.print(known, markup=False, soft_wrap=True)
        return
    console.out.print(
        f"{file.name}: {document['matched']} dòng khớp, {document['by_account']} chi qua tài khoản, "
        f"{document['left_out']} dòng bỏ lại. Mã báo cáo {document['report']}.",
        markup=False,
        soft_wrap=True,
    )
    for line in document["lines_left_out"][:20]:
        console.say(f"Dòng {line['line']}: {line['message']}")
