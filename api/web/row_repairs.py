"""Repairs of many rows alike: `/rosters/{id}/repairs`, previewed, applied as one batch, undone as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.shapes import address
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import DisburseError
from disburse.jobs.running import run_now
from disburse.rosters import browsing, repair_batches, repairing_many, row_issues
from disburse.rosters.repair_batches import Group, Plan, Wanted
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.suggestions import VALUE, Choice
from disburse.rosters.tables import RepairBatch, Roster

router = APIRouter()

RULE_WORDS = {
    "clean_name": "Ghi lại họ tên không có danh xưng, ghi chú",
    "year_only": "Chỉ giữ năm sinh",
    "write_id": "Ghi số CCCD đã sửa vào ô",
    "pad_zeros": "Thêm số 0 bị mất ở đầu số CCCD",
    "century": "Ghi năm sinh đủ bốn chữ số (19…)",
    "value": "Thay cách ghi",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One batch as the list shows it."""

    batch: RepairBatch
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RepairsPage(Page):
    template: ClassVar[str] = "rows/repairs.html"
    roster: Roster
    code: str
    title: str
    groups: tuple[Group, ...]
    total: int
    choices: tuple[Choice, ...]
    kinds: tuple[tuple[str, str, int], ...]
    done: tuple[Done, ...]
    rules: dict[str, str]
    error: DisburseError | None


@dataclass(frozen=True, slots=True)
class PreviewPage(Page):
    template: ClassVar[str] = "rows/preview.html"
    roster: Roster
    plan: Plan
    issue: int
    title: str
    before: str
    after: str
    rules: dict[str, str]


@router.get("/rosters/{roster_id}/repairs")
def show_repairs(
    request: Request,
    session: Reading,
    roster_id: UUID,
    actor: Actor = require(Permission.ROW_FIX),
    code: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show what could be repaired at one stroke for a kind of issue, and the batches made so far."""
    found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
    return pages.render(request, _repairs_page(request, session, actor, found, code))


@router.post("/rosters/{roster_id}/repairs/preview")
def preview(
    request: Request,
    session: Reading,
    roster_id: UUID,
    actor: Actor = require(Permission.ROW_FIX),
    code: Annotated[str, Form(max_length=40)] = "",
    rule: Annotated[str, Form(max_length=20)] = "",
    issue: Annotated[int, Form()] = 0,
    value: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Show how many rows would change, and a sample before and after. Changes nothing."""
    found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
    try:
        planned = _plan(session, actor, found, code, rule, issue, value)
    except DisburseError as error:
        content = _repairs_page(request, session, actor, found, code, error)
        return pages.render(request, content, status=status_of(error))
    wanted = planned.wanted
    page = PreviewPage(
        roster=found,
        plan=planned,
        issue=issue,
        title=row_issues.issue_title(code, pages.language_of(request)),
        before=mask_numbers(wanted.raw),
        after=repair_batches.said(found, wanted),
        rules=RULE_WORDS,
    )
    return pages.render(request, page)


@router.post("/rosters/{roster_id}/repairs")
def apply(
    request: Request,
    database: Data,
    roster_id: UUID,
    actor: Actor = require(Permission.ROW_FIX),
    code: Annotated[str, Form(max_length=40)] = "",
    rule: Annotated[str, Form(max_length=20)] = "",
    issue: Annotated[int, Form()] = 0,
    value: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Apply a repair to all rows alike as one batch: at once for a list of usual size, else by a worker."""
    try:
        with database.transaction() as session:
            found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
            planned = _plan(session, actor, found, code, rule, issue, value)
            _, job = repairing_many.make(session, roster=found, planned=planned, by=actor.by)
            job_id, at_once = job.id, found.rows_read <= repairing_many.AT_ONCE
        if at_once:
            run_now(database, job_id, repairing_many.work)
    except DisburseError as error:
        with database.reading() as session:
            found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
            content = _repairs_page(request, session, actor, found, code, error)
        return pages.render(request, content, status=status_of(error))
    return RedirectResponse(address(f"/rosters/{roster_id}/repairs", ("code", code)) + "#done", status_code=303)


@router.post("/rosters/{roster_id}/repairs/{batch_id}/undo")
def undo(database: Data, roster_id: UUID, batch_id: UUID, actor: Actor = require(Permission.ROW_FIX)) -> Response:
    """Undo a batch as a whole."""
    with database.transaction() as session:
        found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
        batch = repair_batches.batch_of(session, found.id, batch_id)
        job_id, code = repairing_many.order_undo(session, batch=batch, by=actor.by).id, batch.code
        at_once = found.rows_read <= repairing_many.AT_ONCE
    if at_once:
        run_now(database, job_id, repairing_many.work)
    return RedirectResponse(address(f"/rosters/{roster_id}/repairs", ("code", code)) + "#done", status_code=303)


def _plan(session: Session, actor: Actor, found: Roster, code: str, rule: str, issue: int, value: str) -> Plan:
    raw = repair_batches.raw_of(session, actor, found, code, issue) if rule == VALUE else ""
    wanted = Wanted(code, rule, raw, " ".join(value.split()) if rule == VALUE else "")
    return repair_batches.plan(session, actor, found, wanted)


def _repairs_page(
    request: Request, session: Session, actor: Actor, found: Roster, code: str, error: DisburseError | None = None
) -> RepairsPage:
    lang = pages.language_of(request)
    facets = row_issues.facets(session, actor, found)
    known = {kind.code for kind in facets}
    groups, total = repair_batches.groups(session, actor, found, code) if code in known else ([], 0)
    return RepairsPage(
        roster=found,
        code=code,
        title=row_issues.issue_title(code, lang) if code in known else "",
        groups=tuple(groups),
        total=total,
        choices=repair_batches.choices_of(found, code),
        kinds=tuple((kind.code, row_issues.issue_title(kind.code, lang), kind.count) for kind in facets),
        done=tuple(_done(found, batch, lang) for batch in repair_batches.batches(session, found.id)),
        rules=RULE_WORDS,
        error=error,
    )


def _done(found: Roster, batch: RepairBatch, lang: str) -> Done:
    wanted = repairing_many.wanted_of(batch)
    title = row_issues.issue_title(batch.code, lang)
    return Done(batch, title, mask_numbers(wanted.raw), mask_numbers(repair_batches.said(found, wanted)))
