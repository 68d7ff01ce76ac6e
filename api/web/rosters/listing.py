"""`/rosters`, and one roster with its counts, the kinds of its row issues and what can be done with it."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.deps import Reading, require
from api.web import pages
from api.web.pages import Page
from api.web.rosters.steps import SCOPE_WORDS, is_open
from api.web.row_issues import SEVERITY_WORDS
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.jobs import queries as jobs_queries
from disburse.jobs.tables import Job
from disburse.rosters import browsing, row_issues
from disburse.rosters.row_issues import Facet
from disburse.rosters.tables import Roster, RosterState
from disburse.workbooks.refusals import REJECT_CODES, Refusal

router = APIRouter()

STATE_WORDS = {
    RosterState.READING: ("Đang đọc", "info"),
    RosterState.STAGED: ("Đã đọc, chưa nhập", "warn"),
    RosterState.IMPORTED: ("Đã nhập", "good"),
    RosterState.REFUSED: ("Bị từ chối", "bad"),
    RosterState.UNDONE: ("Đã hoàn tác", "none"),
}


@dataclass(frozen=True, slots=True)
class RostersPage(Page):
    template: ClassVar[str] = "rosters/list.html"
    rosters: tuple[Roster, ...]
    paging: Paging
    programme: str
    states: dict[RosterState, tuple[str, str]]
    scopes: dict[str, str]
    may_upload: bool
    unfinished: int
    only_waiting: bool
    waiting: dict[UUID, int]  # rows that wait now, by roster


@dataclass(frozen=True, slots=True)
class RosterPage(Page):
    template: ClassVar[str] = "rosters/one.html"
    roster: Roster
    areas: tuple[str, ...]
    facets: tuple[Facet, ...]
    messages: dict[str, str]
    job: Job | None
    may_open_issues: bool
    refusal: str
    goes_on: bool
    may_undo: bool
    states: dict[RosterState, tuple[str, str]]
    scopes: dict[str, str]
    severities: dict[str, tuple[str, str]]


@router.get("/rosters")
def show_list(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.ROSTER_READ),
    programme: Annotated[str, Query(max_length=20)] = "",
    waiting: Annotated[str, Query(max_length=1)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List the rosters of the reader's areas, newest first; `waiting=1`: those with rows that wait."""
    only = waiting == "1"
    total, found = browsing.rosters(
        session, actor, programme=programme, waiting=only, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
    )
    may_upload = actor.may(Permission.ROSTER_UPLOAD)
    page_of = RostersPage(
        rosters=tuple(found),
        paging=Paging(page, total, "/rosters", (("programme", programme), ("waiting", "1" if only else ""))),
        programme=programme,
        states=STATE_WORDS,
        scopes=SCOPE_WORDS,
        may_upload=may_upload,
        unfinished=len(browsing.unfinished(session, actor)) if may_upload else 0,
        only_waiting=only,
        waiting=browsing.waiting_rows(session, actor, found) if actor.may(Permission.ISSUE_READ) else {},
    )
    return pages.render(request, page_of)


@router.get("/rosters/{roster_id}")
def show_one(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_READ)
) -> Response:
    """Show one roster: what was read, what became of it, which kinds of issues it has."""
    found = browsing.roster(session, actor, roster_id)
    kinds = tuple(row_issues.facets(session, actor, found))
    work = jobs_queries.of_object(session, found.id)
    page = RosterPage(
        roster=found,
        areas=tuple(browsing.area_names(session, found)),
        facets=kinds,
        messages=row_issues.titles(kinds, pages.language_of(request)),
        job=work[0] if work else None,
        may_open_issues=actor.may(Permission.ISSUE_READ),
        refusal=_refusal(found, pages.language_of(request)),
        goes_on=is_open(found) and browsing.is_handled(session, actor, roster_id, Permission.ROSTER_UPLOAD),
        may_undo=found.state == RosterState.IMPORTED
        and browsing.is_handled(session, actor, roster_id, Permission.ROSTER_UNDO),
        states=STATE_WORDS,
        scopes=SCOPE_WORDS,
        severities=SEVERITY_WORDS,
    )
    return pages.render(request, page)


def _refusal(found: Roster, lang: str) -> str:
    """Return why a file was refused, in words: an officer's, or the reader's."""
    if found.turned_down:
        return found.turned_down
    if found.reject_code not in REJECT_CODES:
        return ""
    said = found.report.get("message")
    return str(said[lang != "vi"]) if said else Refusal(found.reject_code).sentence(lang)
