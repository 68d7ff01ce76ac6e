"""`disburse verified import`: the population database's answers, from a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from disburse import clock, console
from disburse.audit.actor import COMMAND
from disburse.db import Database
from disburse.errors import DisburseError, Invalid
from disburse.people import actions, queries
from disburse.people.actions import Answer
from disburse.people.likeness import Birth, births_agree, same_given_name
from disburse.people.queries import Known
from disburse.people.tables import CITIZEN_ID, VerifiedResult
from disburse.workbooks.answer_files import AnswerLine, day, read_answers
from matching.dates import parse_date
from matching.identity import citizen_id
from matching.text import fold

verified = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)

COLUMNS = ("citizen_id", "full_name", "birth_date", "result", "on", "source")


@verified.callback()
def _verified() -> None:
    """Kết quả xác thực với dữ liệu dân cư."""


@verified.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="Tệp CSV kết quả xác thực.")],
    json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
) -> int:
    """Nhập kết quả xác thực; chỉ kết quả match được tính, cùng một câu trả lời nhập lại không đổi gì."""
    document = import_file(console.open_database(), file)
    if json:
        console.print_json(document)
    else:
        _say(file.name, document)
    return console.PARTLY if document["left_out"] else console.DONE


def import_file(database: Database, file: Path) -> dict[str, Any]:
    """Take a file of answers in; returns the document of `--json`. A line that fits nobody is listed, left out."""
    read = read_answers(file, columns=COLUMNS, needed=("result", "on"))
    with database.transaction() as session:
        finder = Finder(session, read.lines)
        answers: list[Answer] = []
        left_out: list[dict[str, Any]] = []
        for line in read.lines:
            try:
                answers.append(finder.answer(line, file.name))
            except DisburseError as error:
                left_out.append({"line": line.number, "code": error.code, "message": error.sentence()})
        people = actions.record_verified(session, answers=answers, by=COMMAND)
    results = [answer.result for answer in answers]
    return {
        "lines": len(read.lines),
        "people": people,
        **{result.value: results.count(result) for result in VerifiedResult},
        "left_out": len(left_out),
        "lines_left_out": left_out,
    }


class Finder:
    """Who the lines of a file are about: by citizen ID, else by name and birth where that is one person."""

    def __init__(self, session: Session, lines: list[AnswerLine]) -> None:
        numbers = {n: CITIZEN_ID.index(n) for line in lines if (n := _number(line))}
        known = queries.by_citizen_id(session, numbers.values())
        self._by_number = {number: known[index] for number, index in numbers.items() if index in known}
        nameless = {fold(line["full_name"]) for line in lines if _number(line) not in self._by_number}
        self._by_fold = queries.by_fold(session, nameless - {""})

    def answer(self, line: AnswerLine, file_name: str) -> Answer:
        """Return the answer a line of a file holds; raises Invalid where it fits nobody or cannot be read."""
        if line["result"] not in set(VerifiedResult):
            raise Invalid("line_value", column="result", value=line["result"])
        on = day(line["on"])
        if on is None or on > clock.today():
            raise Invalid("line_value", column="on", value=line["on"])
        person = self._person(line)
        result = VerifiedResult(line["result"])
        return Answer(person.person_id, result, on, line["source"] or "?", file_name, line.number)

    def _person(self, line: AnswerLine) -> Known:
        folded, birth = fold(line["full_name"]), _birth(line["birth_date"])
        if (known := self._by_number.get(_number(line))) is not None:
            if folded and not same_given_name(folded, known.fold):
                raise Invalid("line_other_name")
            return known
        if not folded or birth is None:
            raise Invalid("line_nobody")
        alike = [k for k in self._by_fold.get(folded, []) if k.birth is not None and births_agree(k.birth, birth)]
        if len(alike) != 1:
            raise Invalid("line_several" if alike else "line_nobody")
        return alike[0]


def _number(line: AnswerLine) -> str:
    found = citizen_id(line["citizen_id"])
    return found.value if found else ""


def _birth(text: str) -> Birth:
    found = parse_date(text) if text else None
    if found is None:
        return None
    return date(found.year, found.month or 1, found.day or 1), found.precision


def _say(name: str, document: dict[str, Any]) -> None:
    console.out.print(
        f"{name}: {document['match']} đúng, {document['mismatch']} sai, {document['not_found']} không có trong dữ liệu "
        f"dân cư; {document['left_out']} dòng để lại.",
        markup=False,
    )
    for line in document["lines_left_out"][:20]:
        console.out.print(f"• dòng {line['line']}: {line['message']}", markup=False)
