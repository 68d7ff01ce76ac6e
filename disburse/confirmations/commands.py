"""`disburse requests export` and `disburse results import`: the exchange with a bank by files."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from disburse import console
from disburse.accounts.commands import resolve_bank
from disburse.audit.actor import COMMAND
from disburse.banks.directory import packaged
from disburse.confirmations import actions, openings, queries
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.tables import WireState
from disburse.db import Database
from disburse.errors import DisburseError
from disburse.workbooks.answer_files import AnswerLine, moment, read_answers
from matching.identity import AccountNumber, account_number

requests = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
results = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

SENT = ("request_id", "bank_code", "account_number", "holder_name", "holder_citizen_id", "holder_birth_date")
COLUMNS = (
    "request_id", "bank_code", "account_number", "status", "reason_code", "name_match", "id_match", "account_status",
    "currency", "checked_at", "account_exists", "account_kind", "joint", "papers", "biometrics", "branch",
)  # fmt: skip
_ALLOWED = {
    "status": ("rcvd", "succ", "rjct"),
    "name_match": ("", "yes", "no", "partial"),
    "id_match": ("", "citizen_id", "old_id", "none"),
    "account_status": ("", "open", "locked", "closed"),
    "account_kind": ("", "payment", "savings", "card", "wallet"),
} | dict.fromkeys(("account_exists", "joint", "papers", "biometrics"), ("", "yes", "no"))
_KNOWN = {"": None, "yes": True, "no": False}


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
    database = console.open_database()
    with database.transaction() as session:
        made = actions.ask(session, bank_code=bank_code, by=COMMAND)
    with database.reading() as session:
        lines = queries.lines_to_send(session, bank_code)
    _write_whole(file, lines)
    console.say(f"{file}: {len(lines)} yêu cầu, trong đó {made} mới.")
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


def _write_whole(file: Path, lines: list[dict[str, str]]) -> None:
    """Write the file or leave none: a bank must not work through half a list. Only its owner may read it."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".disburse-")
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(workbook(lines) if file.suffix.lower() == ".xlsx" else table(lines))
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def table(lines: Sequence[dict[str, str]]) -> bytes:
    """Return what a bank is asked as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, SENT)
    writer.writeheader()
    writer.writerows({name: plain(text) for name, text in line.items()} for line in lines)
    return out.getvalue().encode()


def workbook(lines: Sequence[dict[str, str]]) -> bytes:
    """Return what a bank is asked as Excel, every cell a text: with columns for the answers, to be sent back."""
    import xlsxwriter

    out, columns = io.BytesIO(), (*SENT, *(name for name in COLUMNS if name not in SENT))
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, text = made.add_worksheet("requests"), made.add_format({"num_format": "@"})
    page.freeze_panes(1, 0)
    page.set_column(0, len(columns) - 1, 20, text)
    page.write_row(0, 0, columns, made.add_format({"bold": True}))
    for number, line in enumerate(lines, start=1):
        for place, name in enumerate(SENT):
            page.write_string(number, place, line[name], text)
    for name, allowed in _ALLOWED.items():
        if lines:
            place = columns.index(name)
            page.data_validation(1, place, len(lines), place, {"validate": "list", "source": [a for a in allowed if a]})
    made.close()
    return out.getvalue()


def plain(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


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
    read = read_answers(file, columns=COLUMNS, needed=("bank_code", "account_number", "status"))
    refused: list[dict[str, Any]] = []
    answers = [answer for line in read.lines if (answer := read_line(line, refused))]
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
        "left_out": len(refused),
        "lines_left_out": sorted(refused, key=lambda line: line["line"]),
    }


def read_line(line: AnswerLine, refused: list[dict[str, Any]]) -> BankAnswer | None:
    """Read one line; what cannot be read is listed in `refused`."""
    try:
        for column, allowed in _ALLOWED.items():
            if line[column] not in allowed:
                raise DisburseError("line_value", column=column, value=line[column])
        return BankAnswer(
            key=line.number,
            bank_code=_bank(line["bank_code"]),
            status=WireState(line["status"]),
            request_id=_uuid(line["request_id"]),
            account_number=_account(line),
            reason_code=line["reason_code"][:60],
            name_match=line["name_match"],
            id_match=line["id_match"],
            account_status=line["account_status"],
            currency=line["currency"].upper()[:3],
            checked_at=moment(line["checked_at"]),
            account_exists=_KNOWN[line["account_exists"]],
            account_kind=line["account_kind"],
            joint=_KNOWN[line["joint"]],
            papers=_KNOWN[line["papers"]],
            biometrics=_KNOWN[line["biometrics"]],
            branch=line["branch"][:100],
        )
    except DisburseError as error:
        refused.append({"line": line.number, "code": error.code, "message": error.sentence()})
        return None


def _bank(text: str) -> str:
    code = packaged().resolve(text).code
    if code is None:
        raise DisburseError("line_value", column="bank_code", value=text)
    return code


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise DisburseError("line_value", column="request_id", value=text) from error


def _account(line: AnswerLine) -> str:
    found = account_number(line["account_number"])
    if isinstance(found, AccountNumber):
        return found.value
    if line["request_id"] and not line["account_number"]:
        return ""
    raise DisburseError("line_value", column="account_number", value=line["account_number"])


def _say(file: Path, document: dict[str, Any]) -> None:
    console.out.print(
        f"{file.name}: {document['confirmed']} xác nhận, {document['refused']} từ chối, "
        f"{document['received']} đã nhận, {document['same']} như cũ, {document['left_out']} dòng bỏ lại.",
        markup=False,
    )
    for line in document["lines_left_out"][:20]:
        console.say(f"Dòng {line['line']}: {line['message']}")
