"""`disburse registrations import` and `disburse link`; `registrations check` stands in checking.py."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlmodel import select

from disburse import config, console
from disburse.accounts import due, lists, presets, tasks
from disburse.accounts.checking import check_registrations
from disburse.accounts.tables import ListState, RegistrationSource
from disburse.areas.places import Places
from disburse.audit.actor import COMMAND
from disburse.banks.directory import packaged
from disburse.db import Database
from disburse.errors import Conflict, Invalid
from disburse.jobs import actions as jobs
from disburse.jobs.running import Task, run_now
from disburse.jobs.tables import Job
from disburse.programmes.tables import Programme
from disburse.workbooks import report
from disburse.workbooks.refusals import Refusal

registrations = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)
link = typer.Typer(rich_markup_mode=None, add_completion=False)

Json = Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")]


@registrations.callback()
def _registrations() -> None:
    """Danh sách tài khoản của ngân hàng."""


registrations.command("check")(check_registrations)


@registrations.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="Tệp .xlsx, .xls, .ods hoặc .csv.")],
    bank: Annotated[str, typer.Option(help="Ngân hàng: mã VietQR, BIN hoặc tên thường dùng.")],
    source: Annotated[str, typer.Option(help="Nguồn: bank_list, bank_reply, signed_form …")] = "bank_list",
    basis: Annotated[str, typer.Option(help="Căn cứ pháp lý của việc cung cấp.")] = "",
    json: Json = False,
) -> int:
    """Nhập danh sách tài khoản: mỗi tệp một lần, tất cả hoặc không gì cả."""
    bank_code, kind = resolve_bank(bank), resolve_source(source)
    if not file.is_file():
        raise Invalid("file_missing", path=file)
    try:
        document = import_file(console.open_database(), file, bank_code, kind, basis)
    except Refusal as refusal:
        console.say(refusal.sentence())
        if json:
            console.print_json(report.public(report.refused(refusal)))
        return console.REFUSED
    if json:
        console.print_json(document)
    else:
        _say(file, document)
    return console.DONE


def import_file(
    database: Database, file: Path, bank_code: str, source: RegistrationSource, basis: str = ""
) -> dict[str, Any]:
    """Receive a file and take it in, in this process; returns the document of `--json`."""
    content = file.read_bytes()
    with database.transaction() as session:
        receipt = lists.receive(
            session,
            content=content,
            name=file.name,
            bank_code=bank_code,
            source=source,
            basis=basis,
            by=COMMAND,
        )
    read: dict[str, Any] = {}
    before = _state(database, receipt.list_id) == ListState.IMPORTED
    if not before and receipt.job_id is not None:
        _run(database, receipt.job_id, receipt.list_id, read)
    with database.reading() as session:
        made = lists.get_list(session, receipt.list_id)
    return report.public(read or made.report) | {
        "list": made.id,
        "new": 0 if before else made.rows_new,
        "changed": 0 if before else made.rows_changed,
        "same": made.rows_ok if before else made.rows_same,
        "gone": 0,
        "same_as": receipt.same_as if before or not receipt.known else None,
    }


def _state(database: Database, list_id: UUID) -> ListState:
    with database.reading() as session:
        return lists.get_list(session, list_id).state


def _run(database: Database, job_id: UUID, list_id: UUID, read: dict[str, Any]) -> None:
    """Run the list's job here; if a killed process or a worker still holds it, wait until it ends or is free.

    The reader's report, which quotes cells, is left in `read`.
    """
    lease = config.load().job_lease_seconds
    with suppress(Conflict), database.transaction() as session:
        jobs.retry(session, job_id=job_id, by=COMMAND)  # one that had failed for good; others are left as they are
    with console.bar("Nhập danh sách tài khoản") as watch:
        while True:
            try:
                run_now(
                    database,
                    job_id,
                    lambda db, held: tasks.import_list(db, held, read.update),
                    lease_seconds=lease,
                    watch=watch,
                )
                return
            except Conflict as conflict:
                if conflict.code != "job_lost":
                    raise
            state = _state(database, list_id)
            if state == ListState.REFUSED:
                with database.reading() as session:
                    raise Refusal(lists.get_list(session, list_id).report["reject_code"])
            if state == ListState.IMPORTED:
                return
            time.sleep(0.5)


def _say(file: Path, document: dict[str, Any]) -> None:
    if document["same_as"] and not document["new"] and not document["changed"]:
        console.out.print(f"{file.name}: đã nhập trước đây, không có gì thay đổi.", markup=False)
        return
    console.out.print(
        f"{file.name}: {document['rows_ok']} tài khoản ({document['new']} mới, {document['changed']} đổi thông tin, "
        f"{document['same']} như cũ), {document['rows_bad']} dòng chờ sửa.",
        markup=False,
    )


@link.callback(invoke_without_command=True)
def link_command(
    context: typer.Context,
    programme: Annotated[str | None, typer.Option(help="Chỉ người nhận của chính sách này.")] = None,
    area: Annotated[str | None, typer.Option(help="Chỉ địa bàn này: mã tỉnh 2 số hoặc mã xã 5 số.")] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Chỉ những gì thay đổi từ lần ghép trước; kết quả như ghép lại tất cả.")
    ] = False,
    json: Json = False,
) -> int:
    """Ghép người nhận với tài khoản: nhận cặp chắc chắn, xếp hàng cặp cần người quyết định."""
    if context.invoked_subcommand is not None:
        return console.DONE
    if new and (programme or area):
        raise Invalid("link_new_is_whole")
    database = console.open_database()
    document = link_due_here(database) if new else link_here(database, programme, area)
    if new and document["full"]:
        console.say("Đã ghép lại tất cả: chưa có lần ghép nào làm mốc, hoặc đã thay đổi nhiều.")
    if json:
        console.print_json({name: document[name] for name in ("candidates", "accepted", "review")})
    else:
        console.out.print(
            f"{document['candidates']} cặp: nhận mới {document['accepted']}, chờ quyết định {document['review']}.",
            markup=False,
        )
    return console.DONE


@link.command("refit")
def refit_command(
    preview: Annotated[bool, typer.Option("--preview", help="Chỉ xem kết quả, không lưu.")] = False,
    json: Json = False,
) -> int:
    """Học lại trọng số từ chính dữ liệu ở đây, cho xem trước và sau; lưu thành một bộ có ngày, không tự dùng."""
    chosen, database = config.load(), console.open_database()
    with database.reading() as session:
        proposed = presets.propose_preset(session, preset=chosen.match_preset, accept=chosen.match_accept)
    if not preview:
        with database.transaction() as session:
            presets.store_preset(session, proposed=proposed, by=COMMAND)
    if json:
        console.print_json(proposed.document() | {"stored": not preview})
        return console.DONE
    for name, effect in (("Hiện nay", proposed.before), ("Sau khi học lại", proposed.after)):
        console.out.print(
            f"{name}: {effect.automatic} cặp tự động, {effect.review} cặp cần xem xét, "
            f"ước tính sai {effect.estimated_wrong}.",
            markup=False,
        )
    for weight, now, then in proposed.moves[:5]:
        console.out.print(f"  {weight}: {now:+.2f} → {then:+.2f}", markup=False)
    if not preview:
        console.say(
            f"Đã lưu {proposed.settings.name}. Chỉ dùng khi đặt DISBURSE_MATCH_PRESET={proposed.settings.name}."
        )
    return console.DONE


def link_here(database: Database, programme: str | None = None, area: str | None = None) -> dict[str, Any]:
    """Run the matcher in this process; returns candidates, accepted, review, returned, the preset and whether full."""
    if area is not None:
        resolve_area(area)
    with database.reading() as session:
        if programme is not None and session.get(Programme, programme) is None:
            known = ", ".join(session.exec(select(Programme.code).order_by(Programme.code)))
            raise Invalid("programme_unknown", code=programme, known=known)
    return _link(database, due.LINK, "all", tasks.link_all, {"programme": programme, "area": area})


def link_due_here(database: Database) -> dict[str, Any]:
    """Match in this process what has changed since the last run; returns what `link_here` does."""
    return _link(database, due.LINK_DUE, "due", tasks.link_due, {})


def _link(database: Database, kind: str, what: str, task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    with database.transaction() as session:
        payload |= {"by": COMMAND.name}
        job: Job = jobs.enqueue(session, kind=kind, object_id=what, payload=payload, by=COMMAND)
        job_id = job.id
    with console.bar("Ghép tài khoản") as watch:
        return run_now(database, job_id, task, lease_seconds=config.load().job_lease_seconds, watch=watch)


def resolve_bank(text: str) -> str:
    """Return the VietQR code of a bank given by code, BIN or name; Invalid("bank_unknown") otherwise."""
    code = packaged().resolve(text).code
    if code is None:
        raise Invalid("bank_unknown", code=text)
    return code


def resolve_source(text: str) -> RegistrationSource:
    """Return the source named on the command line; a roster's accounts come with the roster alone."""
    known = [source for source in RegistrationSource if source != RegistrationSource.ROSTER]
    if text not in known:
        raise Invalid("source_unknown", value=text, known=", ".join(known))
    return RegistrationSource(text)


def resolve_area(code: str) -> None:
    """Check that a code names a province or commune of today; Invalid("area_unknown") otherwise."""
    places = Places()
    if not (places.province(code) if len(code) == 2 else places.commune(code)):
        raise Invalid("area_unknown", code=code)
