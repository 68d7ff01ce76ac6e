"""Rosters: `/rosters`, one roster with its counts, and its row issues by kind."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.deps import Reading, Writing, require
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actions import record
from disburse.jobs import queries as jobs_queries
from disburse.jobs.tables import Job
from disburse.rosters import browsing
from disburse.rosters.browsing import Facet, Issue
from disburse.rosters.tables import Roster, RosterState

router = APIRouter()

STATE_WORDS = {
    RosterState.READING: ("Đang đọc", "info"),
    RosterState.STAGED: ("Đã đọc, chưa nhập", "warn"),
    RosterState.IMPORTED: ("Đã nhập", "good"),
    RosterState.REFUSED: ("Bị từ chối", "bad"),
    RosterState.UNDONE: ("Đã hoàn tác", "none"),
}
SCOPE_WORDS = {
    "full": "toàn bộ",
    "additions": "tăng",
    "removals": "giảm",
    "supplement": "bổ sung",
    "part": "một phần",
}
SEVERITY_WORDS = {
    "error": ("Lỗi", "bad"),
    "warning": ("Cảnh báo", "warn"),
    "info": ("Đã tự sửa", "info"),
}


@dataclass(frozen=True, slots=True)
class RostersPage(Page):
    template: ClassVar[str] = "rosters.html"
    rosters: tuple[Roster, ...]
    paging: Paging
    programme: str
    states: dict[RosterState, tuple[str, str]]
    scopes: dict[str, str]


@dataclass(frozen=True, slots=True)
class RosterPage(Page):
    template: ClassVar[str] = "roster.html"
    roster: Roster
    areas: tuple[str, ...]
    facets: tuple[Facet, ...]
    messages: dict[str, str]
    job: Job | None
    may_open_issues: bool
    states: dict[RosterState, tuple[str, str]]
    scopes: dict[str, str]
    severities: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class IssuesPage(Page):
    template: ClassVar[str] = "issues.html"
    roster: Roster
    facets: tuple[Facet, ...]
    titles: dict[str, str]
    code: str
    severity: str
    issues: tuple[Issue, ...]
    paging: Paging
    severities: dict[str, tuple[str, str]]


@router.get("/rosters")
def show_list(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.ROSTER_READ),
    programme: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List the rosters of the reader's areas, newest first."""
    total, found = browsing.rosters(session, actor, programme=programme, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    paging = Paging(page, total, "/rosters", (("programme", programme),))
    return pages.render(request, RostersPage(tuple(found), paging, programme, STATE_WORDS, SCOPE_WORDS))


@router.get("/rosters/{roster_id}")
def show_one(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_READ)
) -> Response:
    """Show one roster: what was read, what became of it, which kinds of issues it has."""
    found = browsing.roster(session, actor, roster_id)
    kinds = tuple(browsing.facets(session, actor, found))
    work = jobs_queries.of_object(session, found.id)
    page = RosterPage(
        roster=found,
        areas=tuple(browsing.area_names(session, found)),
        facets=kinds,
        messages=_titles(request, kinds),
        job=work[0] if work else None,
        may_open_issues=actor.may(Permission.ISSUE_READ),
        states=STATE_WORDS,
        scopes=SCOPE_WORDS,
        severities=SEVERITY_WORDS,
    )
    return pages.render(request, page)


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
    found = browsing.roster(session, actor, roster_id, Permission.ISSUE_READ)
    total, shown = browsing.issues(
        session,
        actor,
        found,
        code=code,
        severity=severity,
        lang=pages.language_of(request),
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    kinds = tuple(browsing.facets(session, actor, found))
    _record(session, found, actor, code=code, page=page)
    path = f"/rosters/{roster_id}/issues"
    paging = Paging(page, total, path, (("code", code), ("severity", severity)))
    titles = _titles(request, kinds)
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


def _titles(request: Request, kinds: tuple[Facet, ...]) -> dict[str, str]:
    lang = pages.language_of(request)
    return {kind.code: browsing.issue_title(kind.code, lang) for kind in kinds}
