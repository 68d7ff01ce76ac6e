"""`disburse doctor`: every check in one reading of the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from sqlmodel import Session

from disburse import console
from disburse.doctor import accounts, counts, imports, people, store
from disburse.doctor.findings import Check, Finding

app = typer.Typer(rich_markup_mode=None, add_completion=False)

CHECKS: tuple[Check, ...] = (
    store.file_is_sound,
    store.schema_is_newest,
    counts.cells_equal_rows,
    counts.stages_equal_rows,
    people.one_recipient_each,
    people.sealed_numbers_open,
    people.names_are_clean,
    imports.rosters_add_up,
    imports.lists_add_up,
    imports.nothing_is_stuck,
    accounts.account_numbers_open,
    accounts.links_have_their_dates,
    accounts.pairs_and_links_stand_on_something,
    accounts.banks_were_asked_about_somebody,
    accounts.others_receive_by_the_holder,
    accounts.decisions_are_signed,
    store.grants_make_sense,
    store.no_number_lies_open,
    store.chain_holds,
)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
) -> int:
    """Đếm lại mọi thứ từ các dòng, kiểm tra từng điều bất biến; không sửa gì."""
    with console.open_database().reading() as session:
        findings = list(examine(session))
    if as_json:
        shown = [{"check": found.check, "where": found.where, "what": found.what} for found in findings]
        console.print_json({"clean": not findings, "checks": len(CHECKS), "findings": shown})
    else:
        for found in findings:
            console.out.print(f"{found.check}: {found.where}: {found.what}", markup=False)
        console.say(f"{len(CHECKS)} phép kiểm tra, {len(findings)} chỗ lệch.")
    return console.ERROR if findings else console.DONE


def examine(session: Session) -> Iterator[Finding]:
    """Run every check and yield what it finds."""
    for check in CHECKS:
        yield from check(session)
