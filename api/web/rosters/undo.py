"""`/rosters/{id}/undo`: taking a whole imported roster back, with a confirmation that names the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.rosters import steps
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Conflict, DisburseError, Invalid
from disburse.payments.queries import is_paid_from
from disburse.rosters import browsing, undoing
from disburse.rosters.tables import Roster, RosterState

router = APIRouter()


@dataclass(frozen=True, slots=True)
class UndoPage(Page):
    template: ClassVar[str] = "rosters/undo.html"
    roster: Roster
    scopes: dict[str, str]
    questions: int
    stay: int
    error: DisburseError | None
    forbidden: bool
    rows: str = ""
    reason: str = ""


@router.get("/rosters/{roster_id}/undo")
def show(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_UNDO)
) -> Response:
    """Say what undoing would take back, or why it cannot be done."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UNDO)
    if roster.state != RosterState.IMPORTED:
        return steps.go(roster_id, "")
    return pages.render(request, _page(session, roster, _why_not(session, roster), forbidden=True))


def _page(
    session: Session, roster: Roster, error: DisburseError | None, *, forbidden: bool, rows: str = "", reason: str = ""
) -> UndoPage:
    questions = browsing.open_questions(session, roster.id)
    stay = undoing.overtaken(session, roster.id)
    return UndoPage(roster, steps.SCOPE_WORDS, questions, stay, error, forbidden and error is not None, rows, reason)


def _why_not(session: Session, roster: Roster) -> DisburseError | None:
    try:
        undoing.check_may_undo(session, roster=roster, is_paid_from=is_paid_from(session, roster))
    except Conflict as error:
        return error
    return None


@router.post("/rosters/{roster_id}/undo")
def post(
    request: Request,
    database: Data,
    roster_id: UUID,
    actor: Actor = require(Permission.ROSTER_UNDO),
    rows: Annotated[str, Form(max_length=12)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Undo the roster: the number of its rows is typed, and a reason given."""
    with database.reading() as session:
        roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UNDO)
    typed = rows.replace(".", "").replace(",", "").replace(" ", "")
    try:
        if typed != str(roster.rows_ok):
            raise Invalid("roster_undo_unconfirmed", rows=roster.rows_ok)
        if not reason.strip():
            raise Invalid("roster_reason_needed")
        with database.transaction() as session:
            paid = is_paid_from(session, roster)
            undoing.undo(session, roster_id=roster_id, is_paid_from=paid, by=actor.by, reason=reason)
    except (Invalid, Conflict) as error:
        with database.reading() as session:
            forbidden = isinstance(error, Conflict)
            page = _page(session, roster, error, forbidden=forbidden, rows=rows, reason=reason)
        return pages.render(request, page, status_of(error))
    return steps.go(roster_id, "")
