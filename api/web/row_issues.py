"""Row issues of a roster: `/rosters/{id}/issues`, by kind, with what stands in the officer's own sheet."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.deps import Writing, require
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actions import record
from disburse.rosters import browsing, row_issues
from disburse.rosters.row_issues import Facet, Issue
from disburse.rosters.tables import Roster

router = APIRouter()

SEVERITY_WORDS = {
    "error": ("Lỗi", "bad"),
    "warning": ("Cảnh báo", "warn"),
    "info": ("Đã tự sửa", "info"),
}


@dataclass(frozen=True, slots=True)
class IssuesPage(Page):
    template: ClassVar[str] = "rows/issues.html"
    roster: Roster
    facets: tuple[Facet, ...]
    titles: dict[str, str]
    code: str
    severity: str
    issues: tuple[Issue, ...]
    paging: Paging
    severities: dict[str, tuple[str, str]]


@router.get("/rosters/{roster_id}/issues")
def show_issues(
    request: Request,
    session: Writing,
    roster_id: UUID,
    actor: Actor = require(Permission.ISSUE_READ),
    code: Annotated[str, Query(max_length=40)] = "",
    severity: Annotated[str, Query(max_length=8)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show the issues line by line, with what stands in the officer's own sheet; opening it is logged."""
    lang = pages.language_of(request)
    found = browsing.roster(session, actor, roster_id, Permission.ISSUE_READ)
    total, shown = row_issues.issues(
        session,
        actor,
        found,
        code=code,
        severity=severity,
        lang=lang,
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    kinds = tuple(row_issues.facets(session, actor, found))
    _record(session, found, actor, code=code, page=page)
    path = f"/rosters/{roster_id}/issues"
    paging = Paging(page, total, path, (("code", code), ("severity", severity)))
    titles = row_issues.titles(kinds, lang)
    return pages.render(request, IssuesPage(found, kinds, titles, code, severity, tuple(shown), paging, SEVERITY_WORDS))


def _record(session: Writing, found: Roster, actor: Actor, *, code: str, page: int) -> None:
    record(
        session,
        action="roster.issues_opened",
        object_type="roster",
        object_id=found.id,
        by=actor.by,
        programme=found.programme,
        province_code=found.province_code or None,
        kind=code,
        page=page,
    )
