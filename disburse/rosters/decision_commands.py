"""`disburse decisions import`: clerks' decisions from a file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from disburse import console
from disburse.audit.actor import COMMAND
from disburse.db import Database
from disburse.errors import Invalid
from disburse.rosters.decisions import COLUMNS, NEEDED, take_decisions
from disburse.workbooks.answer_files import read_answers

decisions = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


class UsageError(Invalid):
    """The command was called wrongly."""

    exit_code = console.USAGE


@decisions.callback()
def _decisions() -> None:
    """Quyết định của cán bộ về các cặp chưa chắc."""


@decisions.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="Tệp CSV các quyết định.")],
    unlisted: Annotated[str, typer.Option(help="Cặp không có trong tệp: keep (giữ lại chờ) hoặc no.")] = "keep",
    json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
) -> int:
    """Nhập quyết định của cán bộ; nhập lại cùng một tệp không thay đổi gì."""
    if unlisted not in ("keep", "no"):
        raise UsageError("unlisted_invalid")
    document = import_file(console.open_database(), file, reject_unlisted=unlisted == "no")
    if json:
        console.print_json(document)
    else:
        _say(file, document)
    return console.PARTLY if document["left_out"] else console.DONE


def import_file(database: Database, file: Path, *, reject_unlisted: bool = False) -> dict[str, Any]:
    """Take a file of decisions in, all of it or nothing; returns the document of `--json`."""
    read = read_answers(file, columns=COLUMNS, needed=NEEDED)
    with database.transaction() as session:
        outcome = take_decisions(session, file=read, reject_unlisted=reject_unlisted, by=COMMAND)
    return asdict(outcome) | {"left_out": len(outcome.lines_left_out)}


def _say(file: Path, document: dict[str, Any]) -> None:
    console.out.print(
        f"{file.name}: {document['accepted']} nhận, {document['rejected'] + document['rejected_unlisted']} loại, "
        f"{document['unsure']} chưa chắc, {document['same']} như cũ, {document['ignored']} không hỏi, "
        f"{document['left_out']} dòng bỏ lại.",
        markup=False,
    )
    for line in document["lines_left_out"][:20]:
        console.say(f"Dòng {line['line']}: {line['message']}")
