"""`disburse requests export` and `disburse results import`: the exchange with a bank by files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from disburse import console
from disburse.accounts.commands import resolve_bank
from disburse.audit.actor import COMMAND
from disburse.confirmations import actions, exchange, openings, workbook
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.tables import RequestKind
from disburse.confirmations.wire import Asked
from disburse.db import Database
from disburse.errors import DisburseError
from disburse.workbooks.answer_files import read_answers

requests = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
results = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@requests.callback()
def _requests() -> None:
    """Yêu cầu xác nhận tài khoản."""


@requests.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx hoặc .csv sẽ gửi ngân hàng.")],
    bank: Annotated[str, typer.Option(help="Ngân hàng: mã VietQR, BIN hoặc tên thường dùng.")],
) -> int:
    """Hỏi ngân hàng về các liên kết đã nhận; ghi cả những yêu cầu ngân hàng chưa trả lời."""
    bank_code = resolve_bank(bank)
    asks = None if _is_workbook(file) else RequestKind.CONFIRM  # a CSV has no column for a request to open
    with console.open_database().transaction() as session:
        handed = exchange.hand_out(session, bank_code=bank_code, file=file.name, kind=asks, by=COMMAND)
    _write_whole(file, bank_code, handed.requests)
    console.say(f"{file}: {len(handed.requests)} yêu cầu, trong đó {handed.made} mới.")
    return console.DONE


@requests.command("open")
def open_accounts(
    bank: Annotated[str, typer.Option(help="Ngân hàng: mã VietQR, BIN hoặc tên thường dùng.")],
    programme: Annotated[str, typer.Option(help="Chính sách: NCC, BTXH, HTXH …")] = "",
    area: Annotated[str, typer.Option(help="Mã xã (5 số).")] = "",
) -> int:
    """Nhờ ngân hàng mở tài khoản cho người nhận chưa có (trừ người muốn nhận tiền mặt)."""
    bank_code = resolve_bank(bank)
    with console.open_database().transaction() as session:
        people = openings.without_account(session, programme=programme or None, commune=area or None)
        made = actions.ask_to_open(session, bank_code=bank_code, person_ids=people, by=COMMAND)
    console.say(f"{made} yêu cầu mở tài khoản gửi {bank_code}.")
    return console.DONE


def _is_workbook(file: Path) -> bool:
    return file.suffix.lower() == ".xlsx"


def _write_whole(file: Path, bank_code: str, asked: list[Asked]) -> None:
    """Write the file or leave none: a bank must not work through half a list. Only its owner may read it."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".disburse-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            made = workbook.workbook if _is_workbook(file) else workbook.table
            out.write(made(bank_code, asked))
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@results.callback()
def _results() -> None:
    """Kết quả xác nhận của ngân hàng."""


@results.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx, .xls, .ods hoặc .csv ngân hàng gửi lại.")],
    json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
) -> int:
    """Nhập kết quả xác nhận; cùng một câu trả lời nhập lại không thay đổi gì."""
    document = import_file(console.open_database(), file)
    if json:
        console.print_json(document)
    else:
        _say(file, document)
    return console.PARTLY if document["left_out"] else console.DONE


def import_file(database: Database, file: Path) -> dict[str, Any]:
    """Take a file of answers in; returns the document of `--json`."""
    read = read_answers(file, columns=workbook.COLUMNS, needed=workbook.NEEDED)
    answers: list[BankAnswer] = []
    refused: list[dict[str, Any]] = []
    for line in read.lines:
        try:
            answers.append(workbook.read_line(line))
        except DisburseError as error:
            refused.append({"line": line.number, "code": error.code, "message": error.sentence()})
    with database.transaction() as session:
        taken = actions.take_answers(session, answers=answers, source=read.name, by=COMMAND)
    for key, (code, facts) in taken.left_out.items():
        refused.append({"line": key, "code": code, "message": DisburseError(code, **facts).sentence()})
    return {
        "answers": len(read.lines),
        "received": taken.received,
        "confirmed": taken.confirmed,
        "refused": taken.refused,
        "requested": taken.requested,
        "same": taken.same,
        "withdrawn": taken.withdrawn,
        "doubtful": len(taken.doubtful),
        "left_out": len(refused),
        "lines_left_out": sorted(refused, key=lambda line: line["line"]),
    }


def _say(file: Path, document: dict[str, Any]) -> None:
    console.out.print(
        f"{file.name}: {document['confirmed']} xác nhận, {document['refused']} từ chối, "
        f"{document['received']} đã nhận, {document['same']} như cũ, {document['left_out']} dòng bỏ lại.",
        markup=False,
    )
    for line in document["lines_left_out"][:20]:
        console.say(f"Dòng {line['line']}: {line['message']}")
