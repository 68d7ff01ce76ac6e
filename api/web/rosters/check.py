"""`/rosters/{id}/check`: what the import would do, in counts, words and money; importing by its number; afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import job_words, pages
from api.web.rosters import steps
from api.web.rosters.steps import StepPage
from api.web.rosters.values import hamlets_asked
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Conflict, DisburseError, Invalid
from disburse.jobs import queries as jobs
from disburse.jobs.tables import Job, JobState
from disburse.rosters import browsing, ordering, rehearsal, row_issues
from disburse.rosters.programme_clues import Clues
from disburse.rosters.rehearsal import Rehearsal
from disburse.rosters.row_issues import Facet
from disburse.rosters.tables import Roster, RosterState
from disburse.workbooks.report import file_warnings

router = APIRouter()

QUESTION_WORDS = {
    "which_person": "Giống hơn một người đang hưởng: phải chọn là ai",
    "other_id": "Trùng họ tên, ngày sinh nhưng số căn cước khác",
    "enrolled_elsewhere": "Đang hưởng ở xã khác, cần ghi nhận chuyển đi",
    "recipient": "Danh sách ghi người nhận khác với hồ sơ (vẫn nhập, giữ người nhận hiện nay)",
    "same_id_other_name": "Số căn cước đã là của người tên khác (vẫn nhập, không lấy số)",
    "nobody_found": "Danh sách giảm nhưng không tìm thấy người",
}
CHANGE_WORDS = {
    "lines": "Mức trợ cấp, loại trợ cấp",
    "name": "Họ tên",
    "birth_date": "Ngày sinh",
    "sex": "Giới tính",
    "citizen_id": "Số căn cước",
    "id_valid": "Số căn cước hợp lệ hay không",
    "old_id": "CMND",
    "phone": "Điện thoại",
    "commune_code": "Xã",
    "home_commune_code": "Xã nơi ở",
    "hamlet": "Thôn, tổ dân phố",
    "address": "Địa chỉ",
    "recipient": "Người nhận",
    "wish": "Muốn nhận tiền mặt hay tài khoản",
    "unexplained_since": "Có lại trong danh sách",
    "file_number": "Số hồ sơ",
    "decision_number": "Số quyết định",
    "decision_date": "Ngày quyết định",
    "programme": "Chuyển từ chính sách khác sang",
}
_DOUBLES_IN_FILE = ("duplicate_row", "id_shared", "id_repeated", "id_other_birth")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage(StepPage):
    template: ClassVar[str] = "rosters/check.html"
    found: Rehearsal
    warnings: tuple[str, ...]
    doubles: int
    facets: tuple[Facet, ...]
    titles: dict[str, str]
    communes: tuple[str, ...]
    stale: bool
    foreign: int
    clues: Clues | None
    hamlets: int
    questions: dict[str, str]
    changes: tuple[tuple[str, int], ...]
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DonePage(StepPage):
    template: ClassVar[str] = "rosters/done.html"
    job: Job | None
    live: bool
    tries: int
    next: str
    job_words: ModuleType
    found: Rehearsal | None
    questions: int
    waiting: int


@router.get("/rosters/{roster_id}/check")
def show(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_UPLOAD)
) -> Response:
    """Show what the import would do. Nothing is written before the button that carries its number."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    if (instead := steps.in_place_of(request, session, roster, "check")) is not None:
        return instead
    return pages.render(request, _page(request, session, actor, roster))


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    roster: Roster,
    error: DisburseError | None = None,
    field: str = "",
    reason: str = "",
) -> CheckPage:
    found = steps.rehearsal_of(roster) or Rehearsal()
    facets = tuple(row_issues.facets(session, actor, roster))
    lang = pages.language_of(request)
    known = [(CHANGE_WORDS[name], count) for name, count in found.changes.items() if name in CHANGE_WORDS]
    return CheckPage(
        roster=roster,
        steps=steps.steps_of(roster, "check"),
        scopes=steps.SCOPE_WORDS,
        error=error,
        found=found,
        warnings=tuple(file_warnings(roster.report, lang, but=("programme_differs",))),  # stands in the head
        doubles=sum(facet.count for facet in facets if facet.code in _DOUBLES_IN_FILE),
        facets=tuple(facet for facet in facets if facet.severity != "info")[:8],
        titles={facet.code: row_issues.issue_title(facet.code, lang) for facet in facets},
        communes=tuple(rehearsal.commune_names(found.communes)),
        stale=rehearsal.is_out_of_date(session, roster, found),
        foreign=_foreign(session, actor, roster),
        clues=Clues.from_json(roster.report.get("clues")),
        hamlets=sum(len(one.texts) for one in hamlets_asked(session, actor, roster)),
        questions=QUESTION_WORDS,
        changes=tuple(sorted(known, key=lambda one: -one[1])),
        field=field,
        reason=reason,
    )


def _foreign(session: Session, actor: Actor, roster: Roster) -> int:
    """Return how many rows lie outside what the officer may import: a commune's officer has one commune."""
    whole = actor.covers(Permission.ROSTER_UPLOAD, province_code=roster.province_code, programme=roster.programme)
    return 0 if whole else rehearsal.foreign_rows(session, roster.id, roster.commune_code)


@router.post("/rosters/{roster_id}/import")
def post_import(
    request: Request,
    database: Data,
    roster_id: UUID,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
    rows: Annotated[str, Form(max_length=12)] = "",
    missing: Annotated[str, Form(max_length=12)] = "",
    programme: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Import the roster, by the number of rows on the button; many missing people are confirmed by their number, a
    programme that the file does not look like by its name.
    """
    with database.reading() as session:
        roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    try:
        with database.transaction() as session:
            if foreign := _foreign(session, actor, roster):
                raise Conflict("roster_other_communes", rows=foreign)
            ordering.order_import(
                session,
                roster_id=roster_id,
                rows=_number(rows) or 0,
                missing=_number(missing),
                programme=programme,
                by=actor.by,
            )
    except (Invalid, Conflict) as error:
        field = "programme" if error.code == "roster_programme_unconfirmed" else "missing"
        return _again(request, database, actor, roster_id, error, field)
    return steps.go(roster_id, "done")


def _number(text: str) -> int | None:
    digits = text.replace(".", "").replace(",", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def _again(
    request: Request,
    database: Data,
    actor: Actor,
    roster_id: UUID,
    error: DisburseError,
    field: str,
    reason: str = "",
) -> Response:
    """Show the check page with what is wrong, or what the roster has become meanwhile."""
    with database.reading() as session:
        roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
        if (instead := steps.in_place_of(request, session, roster, "check")) is not None:
            return instead
        page = _page(request, session, actor, roster, error, field, reason)
    return pages.render(request, page, status_of(error))


@router.post("/rosters/{roster_id}/refuse")
def post_refuse(
    request: Request,
    database: Data,
    roster_id: UUID,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Refuse a roster that was not imported; the reason is kept for its sender."""
    with database.reading() as session:
        browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    try:
        with database.transaction() as session:
            ordering.turn_down(session, roster_id=roster_id, reason=reason, by=actor.by)
    except (Invalid, Conflict) as error:
        return _again(request, database, actor, roster_id, error, "reason", reason)
    return steps.go(roster_id, "")


@router.get("/rosters/{roster_id}/done")
def show_done(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_UPLOAD)
) -> Response:
    """Confirm the import, while it runs and when it is there, with what happens next."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    if not roster.ordered_by:
        return steps.go(roster_id, "check" if steps.is_open(roster) else "")
    newest = jobs.of_object(session, roster.id)
    job = newest[0] if newest else None
    running = roster.state == RosterState.STAGED
    page = DonePage(
        roster=roster,
        steps=steps.steps_of(roster, "check"),
        scopes=steps.SCOPE_WORDS,
        job=job,
        live=running and job is not None and job.state in (JobState.QUEUED, JobState.RUNNING),
        tries=0,
        next="done",
        job_words=job_words,
        found=steps.rehearsal_of(roster),
        questions=browsing.open_questions(session, roster_id),
        waiting=len(browsing.unfinished(session, actor)),
    )
    return pages.render(request, page)
