"""Workbooks of a roster: `/rosters/{id}/workbooks`: rows with errors out and back, the officer's own file filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from api.deps import Data, Reading, Writing, require
from api.errors import status_of, status_of_file
from api.web import pages
from api.web.pages import Page
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import DisburseError, Invalid
from disburse.rosters import browsing, error_workbook, giving_back, merging
from disburse.rosters.merging import Clash, Merged
from disburse.rosters.tables import Roster

router = APIRouter()

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LEFT_OUT_WORDS = {
    merging.NO_KEY: "khóa dòng bị xóa hoặc của danh sách khác",
    merging.TWICE: "dòng bị chép hai lần trong tệp",
    merging.NOT_WAITING: "dòng không còn sửa được: đã bỏ, đã trả lời, hoặc ngoài địa bàn",
    merging.TOO_LONG: "có ô quá dài",
    merging.WOULD_PARK: "dòng đã nhập mà sửa như vậy thì không còn biết là ai hoặc ở xã nào",
}


@dataclass(frozen=True, slots=True)
class WorkbooksPage(Page):
    template: ClassVar[str] = "rows/workbooks.html"
    roster: Roster
    has_file: bool
    flawed: int  # rows the error workbook is asked for; it holds `most` of them
    most: int
    error: DisburseError | None
    merged: Merged | None
    clashes: tuple[Clash, ...]
    left_out_words: dict[str, str]


@router.get("/rosters/{roster_id}/workbooks")
def show(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.WORKBOOK_EXPORT)
) -> Response:
    """Offer the workbooks of a roster, and take the error workbook back."""
    found = browsing.roster(session, actor, roster_id, Permission.WORKBOOK_EXPORT)
    return pages.render(request, _page(session, actor, found))


@router.post("/rosters/{roster_id}/workbooks/own")
def give_back(
    request: Request,
    database: Data,
    roster_id: UUID,
    actor: Actor = require(Permission.WORKBOOK_EXPORT),
    numbers: Annotated[str, Form(max_length=10)] = "whole",
) -> Response:
    """Give the officer's own workbook back, filled in; the export is logged once the file is made, before it leaves."""
    with database.reading() as session:
        found = browsing.roster(session, actor, roster_id, Permission.WORKBOOK_EXPORT)
        ordered = giving_back.order(session, actor=actor, roster=found, whole=numbers != "masked")
    try:
        content = giving_back.make(ordered)
    except DisburseError as error:
        with database.reading() as session:
            page = _page(session, actor, found, error=error)
        return pages.render(request, page, status=status_of(error))
    with database.transaction() as session:
        giving_back.note_given(session, ordered=ordered, by=actor.by)
    return attached(content, giving_back.name_of(found))


@router.post("/rosters/{roster_id}/workbooks/errors")
def give_errors(
    request: Request, session: Writing, roster_id: UUID, actor: Actor = require(Permission.ROW_FIX)
) -> Response:
    """Give the rows that need a hand as a workbook; the export is logged."""
    found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
    lang = pages.language_of(request)
    content = error_workbook.make(session, actor=actor, roster=found, by=actor.by, lang=lang)
    return attached(content, error_workbook.name_of(found))


@router.post("/rosters/{roster_id}/workbooks/errors/back")
def take_errors(
    request: Request,
    database: Data,
    roster_id: UUID,
    actor: Actor = require(Permission.ROW_FIX),
    file: Annotated[UploadFile | str | None, File()] = None,
) -> Response:
    """Merge an error workbook that was sent back, and say what was taken and what was not."""
    with database.reading() as session:
        found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
    try:
        if file is None or isinstance(file, str) or not file.filename:
            raise Invalid("file_none_chosen")
        rows = merging.read_back(file.file.read(), file.filename)
        merged = merging.merge(database, roster_id=found.id, rows=rows, actor=actor, by=actor.by)
    except DisburseError as error:
        with database.reading() as session:
            page = _page(session, actor, found, error=error)
        return pages.render(request, page, status=status_of_file(error))
    with database.reading() as session:
        return pages.render(request, _page(session, actor, found, merged=merged))


def _page(
    session: Session, actor: Actor, found: Roster, *, error: DisburseError | None = None, merged: Merged | None = None
) -> WorkbooksPage:
    return WorkbooksPage(
        roster=found,
        has_file=found.upload_id is not None and giving_back.has_whole_file(actor, found),
        flawed=error_workbook.count(session, actor, found) if actor.may(Permission.ROW_FIX) else 0,
        most=error_workbook.MOST,
        error=error,
        merged=merged,
        clashes=tuple(merging.masked(clash) for clash in merged.clashes) if merged else (),
        left_out_words=LEFT_OUT_WORDS,
    )


def attached(content: bytes, name: str) -> Response:
    """Return a workbook as a download that no cache keeps."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(content, media_type=XLSX, headers={"content-disposition": disposition, "cache-control": "no-store"})
