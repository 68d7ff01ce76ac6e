"""`disburse roster import`: one file in, all of it or nothing, and what came of it as a document."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from disburse import config, console
from disburse.audit.actor import COMMAND
from disburse.db import Database
from disburse.errors import Conflict
from disburse.jobs.running import run_now
from disburse.people.stated import read_period
from disburse.rosters import actions, queries, tasks
from disburse.rosters.actions import Receipt, Upload
from disburse.rosters.checking import checked_options
from disburse.rosters.tables import RosterState, Scope
from disburse.workbooks.refusals import Refusal


def import_roster(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx, .xls, .ods hoặc .csv")],
    programme: Annotated[str, typer.Option(help="NCC, BTXH hoặc HTXH")],
    period: Annotated[str, typer.Option(help="Kỳ, dạng NĂM-THÁNG, ví dụ 2026-11")],
    scope: Annotated[
        Scope, typer.Option(help="Tệp này là gì: full, additions, removals, supplement, part")
    ] = Scope.PART,
    units: Annotated[str, typer.Option(help="old: đơn vị trước 01/7/2025; new: hiện nay")] = "",
    province: Annotated[str, typer.Option(help="Mã tỉnh, 2 số")] = "",
    commune: Annotated[str, typer.Option(help="Mã xã, 5 số, khi tệp không ghi xã")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Chỉ in JSON")] = False,
) -> int:
    """Nhập một danh sách: tất cả hoặc không gì cả; cùng tệp lần nữa không đổi gì."""
    settings = config.load()
    said = checked_options(file, programme, units, province or ("" if commune else settings.province), commune)
    month = read_period(period)
    upload = Upload(
        content=file.read_bytes(),
        name=file.name,
        programme=said["programme"],
        period=str(month),
        scope=scope,
        units=units,
        province_code=said["province"],
        commune_code=commune,
    )
    try:
        document = import_upload(console.open_database(), upload)
    except Refusal as refusal:
        console.say(refusal.sentence())
        if as_json:
            console.print_json(queries.refusal_document(refusal, getattr(refusal, "report", None)))
        return console.REFUSED
    if as_json:
        console.print_json(document)
    else:
        _say(file.name, document)
    return console.DONE


def import_upload(database: Database, upload: Upload) -> dict[str, Any]:
    """Receive a file and import it in this process; returns the document of `--json`. Raises Refusal."""
    with database.transaction() as session:
        receipt = actions.receive(session, upload=upload, by=COMMAND)
    before = _state(database, receipt.roster_id) == RosterState.IMPORTED
    if not before:
        _run(database, receipt)
    with database.reading() as session:
        return queries.document(session, receipt.roster_id, known=before)


def _state(database: Database, roster_id: UUID) -> RosterState:
    with database.reading() as session:
        return actions.get(session, roster_id).state


def _run(database: Database, receipt: Receipt) -> None:
    """Run the roster's job here; while another process holds it, wait for its end or for its lease to run out."""
    assert receipt.job_id is not None
    lease = config.load().job_lease_seconds
    with console.bar("Nhập danh sách") as watch:
        while True:
            try:
                run_now(database, receipt.job_id, tasks.import_roster, lease_seconds=lease, watch=watch)
                return
            except Conflict as conflict:
                if conflict.code != "job_lost":
                    raise
            state = _state(database, receipt.roster_id)
            if state == RosterState.REFUSED:
                with database.reading() as session:
                    raise Refusal(actions.get(session, receipt.roster_id).reject_code)
            if state == RosterState.IMPORTED:
                return
            time.sleep(0.5)


def _say(name: str, document: dict[str, Any]) -> None:
    if document["same_as"]:
        console.out.print(f"{name}: đã nhập trước đây, không có gì thay đổi.", markup=False)
        return
    counts = {key: f"{document[key]:,}".replace(",", ".") for key in ("new", "changed", "same", "gone", "rows_bad")}
    console.out.print(
        f"{name}: {counts['new']} mới, {counts['changed']} thay đổi, {counts['same']} như cũ, "
        f"{counts['gone']} không còn trong danh sách, {counts['rows_bad']} dòng chờ sửa.",
        markup=False,
    )
    for warning in document["file_warnings"]:
        console.out.print(f"• {warning['message']}", markup=False)
