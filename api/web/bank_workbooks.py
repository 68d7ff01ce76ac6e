"""Banks without a program: `/banks/{code}/workbooks`: requests out as a workbook, answers back, seen before taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of, status_of_file
from api.web import pages
from api.web.banks import OWNER_WORDS
from api.web.pages import Page
from api.web.row_workbooks import attached
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.banks import queries as banks
from disburse.confirmations import exchange, overview, queries, wire, workbook
from disburse.confirmations.exchange import Outcome
from disburse.confirmations.reasons import REASONS, Reason
from disburse.confirmations.tables import BankWorkbook, WireState, WorkbookState
from disburse.db import Database
from disburse.errors import Conflict, DisburseError, Invalid, NotFound
from disburse.workbooks import uploads
from disburse.workbooks.answer_files import AnswerFile

router = APIRouter()

MAY = Permission.BANK_EXCHANGE
STATE_WORDS = {
    WorkbookState.SENT: ("tải về để gửi", "info"),
    WorkbookState.WAITING: ("chờ xác nhận", "warn"),
    WorkbookState.TAKEN: ("đã nhận", "good"),
    WorkbookState.PUT_ASIDE: ("để sang một bên", "none"),
}


@dataclass(frozen=True, slots=True)
class ExchangePage(Page):
    template: ClassVar[str] = "banks/workbooks.html"
    code: str
    name: str
    unasked: int  # accounts matched that the bank was not asked about yet
    unanswered: int  # requests made before that it has not answered
    most: int
    has_program: bool
    workbooks: tuple[BankWorkbook, ...]
    states: dict[WorkbookState, tuple[str, str]]
    error: DisburseError | None

    @property
    def waiting(self) -> int:
        """Return how many requests the next workbook holds, were there no limit."""
        return self.unasked + self.unanswered

    def outcome(self, one: BankWorkbook) -> Outcome | None:
        """Return what a workbook came to, once it is taken."""
        return Outcome.from_json(one.outcome) if one.outcome else None


@dataclass(frozen=True, slots=True)
class WorkbookPage(Page):
    template: ClassVar[str] = "banks/workbook.html"
    code: str
    name: str
    kept: BankWorkbook
    found: Outcome | None  # None where it was put aside
    earlier: BankWorkbook | None
    reasons: dict[str, Reason]
    owners: dict[str, str]
    allowed: dict[str, str]  # column → what may stand in it
    error: DisburseError | None


@router.get("/banks/{code}/workbooks")
def show(request: Request, session: Reading, code: str, actor: Actor = require(MAY)) -> Response:
    """Say how many requests wait for a bank, and offer them as a workbook; take the answered one; list both."""
    return pages.render(request, _page(session, actor, code))


@router.post("/banks/{code}/workbooks/requests")
def hand_out(request: Request, database: Data, code: str, actor: Actor = require(MAY)) -> Response:
    """Give what waits for a bank as a workbook; the requests and the download are in the log before it leaves."""
    with database.reading() as session:
        _page(session, actor, code)
    name = exchange.name_of(code)
    with database.transaction() as session:
        handed = exchange.hand_out(
            session,
            bank_code=code,
            file=name,
            carrier=overview.carrier_of(actor),
            area_code=overview.area_of(actor),
            by=actor.by,
        )
    if not handed.requests:
        return _refused(request, database, actor, code, Conflict("nothing_to_send"))
    return attached(workbook.workbook(code, handed.requests), name)


@router.post("/banks/{code}/workbooks/answers")
def receive(
    request: Request,
    database: Data,
    code: str,
    actor: Actor = require(MAY),
    file: Annotated[UploadFile | str | None, File()] = None,
) -> Response:
    """Keep the workbook that a bank sent back, and lead to what it would do."""
    with database.reading() as session:
        _page(session, actor, code)
    try:
        if file is None or isinstance(file, str) or not file.filename:
            raise Invalid("file_none_chosen")
        content = file.file.read()
        read = workbook.read(content, file.filename)
        exchange.check_arrival(read, code)
    except DisburseError as error:
        return _refused(request, database, actor, code, error)
    area = overview.area_of(actor)
    with database.transaction() as session:
        kept = exchange.keep(session, bank_code=code, content=content, read=read, area_code=area, by=actor.by)
    return RedirectResponse(f"/banks/{code}/workbooks/{kept}", status_code=303)


@router.get("/banks/{code}/workbooks/{workbook_id}")
def show_one(request: Request, database: Data, code: str, workbook_id: UUID, actor: Actor = require(MAY)) -> Response:
    """Show what an answered workbook would do, or what it did."""
    return pages.render(request, _one(database, actor, code, workbook_id))


@router.post("/banks/{code}/workbooks/{workbook_id}")
def settle(
    request: Request,
    database: Data,
    code: str,
    workbook_id: UUID,
    actor: Actor = require(MAY),
    what: Annotated[str, Form(max_length=10)] = "take",
    seen: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Take the answers that were seen, or put the workbook aside."""
    with database.reading() as session:
        kept = overview.workbook(session, actor, code, workbook_id)
    try:
        if what == "aside":
            with database.transaction() as session:
                exchange.put_aside(session, workbook_id=workbook_id, by=actor.by)
            return RedirectResponse(f"/banks/{code}/workbooks", status_code=303)
        read = _read(database, kept)
        with database.transaction() as session:
            exchange.take(
                session,
                workbook_id=workbook_id,
                read=read,
                carrier=overview.carrier_of(actor),
                seen=int(seen) if seen.isdecimal() else -1,
                by=actor.by,
            )
    except DisburseError as error:
        page = _one(database, actor, code, workbook_id, error)
        return pages.render(request, page, status=status_of(error))
    return RedirectResponse(f"/banks/{code}/workbooks/{workbook_id}", status_code=303)


def _refused(request: Request, database: Database, actor: Actor, code: str, error: DisburseError) -> Response:
    with database.reading() as session:
        page = _page(session, actor, code, error)
    return pages.render(request, page, status=status_of_file(error))


def _page(session: Session, actor: Actor, code: str, error: DisburseError | None = None) -> ExchangePage:
    """Raise NotFound for a bank with which the actor's people have nothing to do."""
    carrier = overview.carrier_of(actor)
    unasked = len(queries.waiting_links(session, code, carrier.links))
    unanswered = wire.count(session, bank_code=code, state=WireState.PENDING, carrier=carrier)
    if not unasked and not unanswered and code not in {stand.bank_code for stand in overview.stands(session, actor)}:
        raise NotFound("not_found")
    found = tuple(overview.workbooks(session, actor, code))
    return ExchangePage(
        code=code,
        name=banks.names(session)[code],
        unasked=unasked,
        unanswered=unanswered,
        most=exchange.MOST_LINES,
        has_program=code in banks.listening(session),
        workbooks=found,
        states=STATE_WORDS,
        error=error,
    )


def _one(
    database: Database, actor: Actor, code: str, workbook_id: UUID, error: DisburseError | None = None
) -> WorkbookPage:
    with database.reading() as session:
        kept = overview.workbook(session, actor, code, workbook_id)
        earlier = overview.earlier(session, actor, kept)
        name = banks.names(session)[code]
    found = Outcome.from_json(kept.outcome) if kept.outcome else None
    if kept.state == WorkbookState.WAITING:
        read = _read(database, kept)
        with database.reading() as session:
            carrier = overview.carrier_of(actor)
            found = exchange.rehearse(session, read=read, bank_code=code, carrier=carrier, by=actor.by)
    return WorkbookPage(
        code=code,
        name=name,
        kept=kept,
        found=found,
        earlier=earlier,
        reasons=dict(REASONS),
        owners=OWNER_WORDS,
        allowed={column: ", ".join(filter(None, values)) for column, values in workbook.ALLOWED.items()},
        error=error,
    )


def _read(database: Database, kept: BankWorkbook) -> AnswerFile:
    with database.reading() as session:
        content = uploads.content(session, kept.upload_id)
    return workbook.read(content, kept.name)
