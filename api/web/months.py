"""Closing months: `/progress/months`. What will be kept for ever is shown first, and then closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.progress import PATH
from api.web.shapes import address
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.clock import Period
from disburse.errors import Conflict, Denied, DisburseError
from disburse.people.stated import read_period
from disburse.progress import actions
from disburse.progress.queries import EVERYWHERE, ProgrammeRow, table
from disburse.progress.trend import Month, holds_everything, months_behind

router = APIRouter()


@dataclass(frozen=True, slots=True)
class MonthsPage(Page):
    template: ClassVar[str] = "months.html"
    months: tuple[Month, ...]
    may_close: bool
    closing: Period | None = None  # the month that is being looked over
    just_closed: Period | None = None
    kept: tuple[ProgrammeRow, ...] = ()
    seen: str = ""
    error: DisburseError | None = None


@router.get(PATH + "/months")
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PROGRESS_SET),
    closed: Annotated[str, Query(max_length=7)] = "",
) -> Response:
    """Show which months are closed and which may be closed now."""
    page = _page(session, actor)
    just = next((one.period for one in page.months if one.closed_at and str(one.period) == closed), None)
    return pages.render(request, replace(page, just_closed=just))


def _page(session: Session, actor: Actor, **more: Any) -> MonthsPage:
    return MonthsPage(tuple(months_behind(session)), holds_everything(session, actor), **more)


@router.post(PATH + "/months")
def post(
    request: Request,
    database: Data,
    actor: Actor = require(Permission.PROGRESS_SET),
    month: Annotated[str, Form(max_length=7)] = "",
    step: Annotated[str, Form(max_length=5)] = "",
    seen: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Show what closing a month would keep, or (`step=close`) close it."""
    more: dict[str, Any] = {}
    try:
        period = read_period(month)
        with database.reading() as session:
            if not holds_everything(session, actor):
                raise Denied("month_beyond")
            actions.check_may_close(session, period)
            more = _looked_over(session, period)
        if step == "close":
            with database.transaction() as session:
                _close(session, period, seen, actor)
            return RedirectResponse(address(PATH + "/months", ("closed", str(period))), status_code=303)
    except DisburseError as error:
        more["error"] = error
    with database.reading() as session:
        page = _page(session, actor, **more)
    return pages.render(request, page, status_of(page.error) if page.error else 200)


def _close(session: Session, period: Period, seen: str, actor: Actor) -> None:
    actions.close_month(session, period=period, by=actor.by)
    if seen != _looked_over(session, period)["seen"]:  # what is now kept, so that nothing moves in between
        raise Conflict("month_moved")


def _looked_over(session: Session, period: Period) -> dict[str, Any]:
    kept = tuple(table(session, EVERYWHERE, as_of=period.last_day).programmes)
    seen = "; ".join(f"{row.code} {' '.join(str(value) for value in row.funnel.as_json().values())}" for row in kept)
    return {"closing": period, "kept": kept, "seen": seen}
