"""Row issues of a roster: `/rosters/{id}/issues` by kind, and one row with its cells to put right in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, Writing, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging, address
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actions import record
from disburse.errors import DisburseError, NotFound
from disburse.rosters import browsing, repairing, repairs, row_issues, suggestions
from disburse.rosters.repairing import REASONS, Attempt
from disburse.rosters.repairs import Cell, OpenRow, PastRepair
from disburse.rosters.row_issues import Facet, Filter, Issue
from disburse.rosters.suggestions import Choice
from disburse.rosters.tables import RepairKind, Roster, RowState
from disburse.rosters.tasks import units_of

router = APIRouter()

SEVERITY_WORDS = {
    "error": ("Lỗi", "bad"),
    "warning": ("Cảnh báo", "warn"),
    "info": ("Đã tự sửa", "info"),
}
REASON_WORDS = {
    "not_a_person": "Không phải dòng của một người (ghi chú, dòng cộng)",
    "listed_twice": "Người này đã có ở dòng khác",
    "dead_or_gone": "Đã chết, chuyển đi hoặc thôi hưởng",
    "other": "Lý do khác (ghi rõ)",
}
FIELD_WORDS = {
    "commune": "Xã, phường",
    "benefit": "Loại trợ cấp",
    "citizen_id": "Số CCCD",
    "birth_date": "Ngày sinh",
    "sex": "Giới tính",
    "phone": "Điện thoại",
}
KIND_WORDS = {
    RepairKind.EDIT: "Sửa trên màn hình",
    RepairKind.BATCH: "Sửa hàng loạt",
    RepairKind.MERGE: "Sửa từ tệp lỗi gửi lại",
    RepairKind.DROP: "Bỏ dòng",
}
# Shown at once; what else the file has stands folded below.
CORE = frozenset(
    ("full_name", "surname", "given", "birth_date", "birth_male", "birth_female", "citizen_id", "commune",
     "commune_code", "benefit", "amount")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IssuesPage(Page):
    template: ClassVar[str] = "rows/issues.html"
    roster: Roster
    facets: tuple[Facet, ...]
    titles: dict[str, str]
    asked: Filter
    issues: tuple[Issue, ...]
    paging: Paging
    severities: dict[str, tuple[str, str]]
    waiting_address: str
    may_fix: bool
    may_export: bool
    dropped: int
    fixed: str


@dataclass(frozen=True, slots=True)
class Field:
    """One cell of the form with what is wrong with it."""

    cell: Cell
    label: str
    value: str
    issues: tuple[Issue, ...]
    core: bool


@dataclass(frozen=True, slots=True)
class RowPage(Page):
    template: ClassVar[str] = "rows/row.html"
    roster: Roster
    row: OpenRow
    fields: tuple[Field, ...]
    of_row: tuple[Issue, ...]  # issues of no single cell
    communes: tuple[Choice, ...]
    benefits: tuple[Choice, ...]
    likely: dict[str, str]  # commune and benefit that a suggestion names
    history: tuple[PastRepair, ...]
    asked: Filter
    back: str
    here: str
    error: DisburseError | None
    fixed: str
    word: tuple[str, str]
    reasons: dict[str, str]
    kinds: dict[RepairKind, str]
    severities: dict[str, tuple[str, str]]
    field_words: dict[str, str]


def filter_of(
    code: Annotated[str, Query(max_length=40)] = "",
    severity: Annotated[str, Query(max_length=8)] = "",
    waiting: Annotated[str, Query(max_length=1)] = "",
) -> Filter:
    """Return which issues the address asks for."""
    return Filter(code, severity, waiting == "1")


Asked = Annotated[Filter, Depends(filter_of)]


async def typed_of(request: Request) -> dict[str, str]:
    """Return the cells that a form carries: their names begin with `c_`."""
    form = await request.form()
    return {name[2:]: value for name, value in form.items() if name.startswith("c_") and isinstance(value, str)}


@router.get("/rosters/{roster_id}/issues")
def show_issues(
    request: Request,
    session: Writing,
    roster_id: UUID,
    asked: Asked,
    actor: Actor = require(Permission.ISSUE_READ),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    fixed: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the issues line by line, with what stands in the officer's own sheet; opening it is logged."""
    lang = pages.language_of(request)
    found = browsing.roster(session, actor, roster_id, Permission.ISSUE_READ)
    kinds = tuple(row_issues.facets(session, actor, found, waiting=asked.waiting))
    shown = row_issues.issues(session, actor, found, asked, lang=lang, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    total = sum(kind.count for kind in kinds if asked.code in ("", kind.code) and asked.severity in ("", kind.severity))
    _record(session, found, actor, asked, page)
    path = f"/rosters/{roster_id}/issues"
    content = IssuesPage(
        roster=found,
        facets=kinds,
        titles=row_issues.titles(kinds, lang),
        asked=asked,
        issues=tuple(shown),
        paging=Paging(page, total, path, query_of(asked)),
        severities=SEVERITY_WORDS,
        waiting_address=address(path, *query_of(Filter(asked.code, asked.severity, not asked.waiting))),
        may_fix=actor.may(Permission.ROW_FIX),
        may_export=actor.may(Permission.WORKBOOK_EXPORT),
        dropped=repairs.dropped(session, found.id),
        fixed=fixed,
    )
    return pages.render(request, content)


def query_of(asked: Filter) -> tuple[tuple[str, str], ...]:
    """Return the parameters that ask for the same issues again."""
    return ("code", asked.code), ("severity", asked.severity), ("waiting", "1" if asked.waiting else "")


def _record(session: Session, found: Roster, actor: Actor, asked: Filter, page: int) -> None:
    record(
        session,
        action="roster.issues_opened",
        object_type="roster",
        object_id=found.id,
        by=actor.by,
        programme=found.programme,
        province_code=found.province_code or None,
        kind=asked.code,
        page=page,
    )


@router.get("/rosters/{roster_id}/rows/{row_id}")
def show_row(
    request: Request,
    session: Writing,
    roster_id: UUID,
    row_id: int,
    asked: Asked,
    actor: Actor = require(Permission.ROW_FIX),
    fixed: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show one row with its raw cells, ready to be put right; opening it is logged."""
    found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
    row = repairs.open_row(session, actor, found, row_id, Permission.ROW_FIX)
    record(
        session,
        action="row.opened",
        object_type="roster_row",
        object_id=row.id,
        by=actor.by,
        area_code=row.commune_code or None,
        programme=found.programme,
        province_code=found.province_code or None,
        roster=str(found.id),
        sheet=row.sheet,
        line=row.line,
    )
    return pages.render(request, _row_page(request, session, actor, found, row, asked, fixed=fixed))


@router.post("/rosters/{roster_id}/rows/{row_id}")
def fix_row(
    request: Request,
    database: Data,
    roster_id: UUID,
    row_id: int,
    asked: Asked,
    typed: Annotated[Mapping[str, str], Depends(typed_of)],
    actor: Actor = require(Permission.ROW_FIX),
    version: Annotated[int, Form()] = 0,
    then: Annotated[str, Form(max_length=10)] = "next",
) -> Response:
    """Put cells right, read the row again and go to the next; what was typed is kept when it cannot be saved."""
    with database.reading() as session:
        found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
        row = repairs.open_row(session, actor, found, row_id, Permission.ROW_FIX)
    try:
        tried = _attempt(database, found, row, typed, version)
        if tried is not None:
            fresh = repairing.read_attempt(tried)
            with database.transaction() as session:
                repairing.fix_row(session, tried=tried, fresh=fresh, actor=actor, by=actor.by)
    except DisburseError as error:
        with database.reading() as session:
            row = repairs.open_row(session, actor, found, row_id, Permission.ROW_FIX)
            content = _row_page(request, session, actor, found, row, asked, error=error, typed=typed)
        return pages.render(request, content, status=status_of(error))
    with database.reading() as session:
        row = repairs.open_row(session, actor, found, row_id, Permission.ROW_FIX)
        stays = then == "stay" or row.waits
        goes_to = row.id if stays else row_issues.next_waiting(session, actor, found, asked, row.place)
    said = "waits" if row.waits else str(row.line) if tried is not None else ""
    path = f"/rosters/{roster_id}/rows/{goes_to}" if goes_to else f"/rosters/{roster_id}/issues"
    return RedirectResponse(address(path, *query_of(asked), ("fixed", said)), status_code=303)


def _attempt(database: Data, found: Roster, row: OpenRow, typed: Mapping[str, str], version: int) -> Attempt | None:
    if version != row.version:
        raise repairing.changed_meanwhile()
    with database.reading() as session:
        return repairing.attempt(session, roster=found, row=row, typed=typed)


@router.post("/rosters/{roster_id}/rows/{row_id}/drop")
def drop_row(
    request: Request,
    database: Data,
    roster_id: UUID,
    row_id: int,
    asked: Asked,
    actor: Actor = require(Permission.ROW_FIX),
    reason: Annotated[str, Form(max_length=20)] = "",
    words: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Give a waiting row up, with a reason."""
    try:
        with database.transaction() as session:
            found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
            row = repairs.open_row(session, actor, found, row_id, Permission.ROW_FIX)
            repairing.drop_row(session, roster=found, row=row, reason=reason, words=words, by=actor.by)
    except NotFound:
        raise
    except DisburseError as error:
        with database.reading() as session:
            found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
            row = repairs.open_row(session, actor, found, row_id, Permission.ROW_FIX)
            content = _row_page(request, session, actor, found, row, asked, error=error)
        return pages.render(request, content, status=status_of(error))
    return RedirectResponse(address(f"/rosters/{roster_id}/rows/{row_id}", *query_of(asked)), status_code=303)


@router.post("/rosters/{roster_id}/rows/{row_id}/restore")
def restore_row(
    session: Writing, roster_id: UUID, row_id: int, asked: Asked, actor: Actor = require(Permission.ROW_FIX)
) -> Response:
    """Let a row that was given up wait again."""
    found = browsing.roster(session, actor, roster_id, Permission.ROW_FIX)
    row = repairs.open_row(session, actor, found, row_id, Permission.ROW_FIX)
    repairing.restore_row(session, roster=found, row=row, by=actor.by)
    return RedirectResponse(address(f"/rosters/{roster_id}/rows/{row_id}", *query_of(asked)), status_code=303)


def _row_page(
    request: Request,
    session: Reading,
    actor: Actor,
    found: Roster,
    row: OpenRow,
    asked: Filter,
    *,
    error: DisburseError | None = None,
    typed: Mapping[str, str] | None = None,
    fixed: str = "",
) -> RowPage:
    flaws = row_issues.of_row(session, actor, found, row.place, pages.language_of(request))
    fields = tuple(_field(cell, flaws, typed or {}) for cell in row.cells)
    shown = {issue.id for field in fields for issue in field.issues}
    likely = {
        issue.suggestion.field: issue.suggestion.value
        for issue in flaws
        if issue.suggestion and issue.suggestion.field in ("commune", "benefit")
    }
    return RowPage(
        roster=found,
        row=row,
        fields=fields,
        of_row=tuple(issue for issue in flaws if issue.id not in shown),
        communes=suggestions.communes(found.province_code, units_of(found)) if found.province_code else (),
        benefits=suggestions.benefits(found.programme),
        likely=likely,
        history=tuple(repairs.history(session, found.id, row.place)),
        asked=asked,
        back=address(f"/rosters/{found.id}/issues", *query_of(asked)),
        here=address(f"/rosters/{found.id}/rows/{row.id}", *query_of(asked)),
        error=error,
        fixed=fixed,
        word=state_word(row),
        reasons={reason: REASON_WORDS[reason] for reason in REASONS},
        kinds=KIND_WORDS,
        severities=SEVERITY_WORDS,
        field_words=FIELD_WORDS,
    )


def _field(cell: Cell, flaws: list[Issue], typed: Mapping[str, str]) -> Field:
    mine = tuple(issue for issue in flaws if issue.column == cell.key)
    return Field(
        cell=cell,
        label=FIELD_WORDS.get(cell.key, "") if not cell.header else cell.header,
        value=typed.get(cell.key, cell.value),
        issues=mine,
        core=bool(mine) or cell.field in CORE or cell.changed or (cell.key in typed and typed[cell.key] != cell.value),
    )


def state_word(row: OpenRow) -> tuple[str, str]:
    """Return how a row stands, in a word and its tone."""
    if row.settled:
        return "Không còn chờ", "none"
    if row.waits:
        return "Chờ sửa", "bad"
    return ("Đã đọc, chưa nhập", "info") if row.state == RowState.STAGED else ("Đã nhập", "good")
