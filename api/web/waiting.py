"""The rows behind "dòng chờ sửa": `/progress/waiting`, each named, with what keeps it out of the total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.deps import Reading, require
from api.web import names, pages
from api.web.pages import Page
from api.web.progress import PATH, Filters
from api.web.shapes import PAGE_SIZE, Paging, born
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import NotFound
from disburse.people.stated import read_day_or_none
from disburse.progress.queries import table
from disburse.progress.trend import closed_days
from disburse.progress.waiting import WaitingRow, waiting
from disburse.rosters.row_issues import issue_title

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the list shows it."""

    number: int
    row: WaitingRow
    born: str
    period: str
    commune: str
    reasons: str
    address: str  # "" = whoever looks may not put rows right


@dataclass(frozen=True, slots=True)
class WaitingPage(Page):
    template: ClassVar[str] = "waiting.html"
    filters: Filters
    area_name: str
    programme_name: str
    day: date
    figure: int  # the board's own
    closed: bool
    lines: tuple[Line, ...]
    paging: Paging


@router.get(PATH + "/waiting")
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.NAMES_READ),
    programme: Annotated[str, Query(max_length=20)] = "",
    area: Annotated[str, Query(max_length=5)] = "",
    as_of: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Open the figure of rows that wait down to the rows, of one commune or all, today or on a day gone by."""
    day, lang = read_day_or_none(as_of), pages.language_of(request)
    asked = {"programme": programme or None, "area": area or None}
    document = table(session, actor.scopes(Permission.NAMES_READ), as_of=day, **asked)
    if area and not document.programmes:  # another's area, or one without anybody: the two look alike
        raise NotFound("not_found")
    found = waiting(session, actor, as_of=day, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE, **asked)
    communes = {row.code: row.name for row in document.areas}
    communes |= names.commune_names(session, {one.commune_code for one in found.rows} - communes.keys() - {""})
    first = (page - 1) * PAGE_SIZE + 1
    query = (("programme", programme), ("area", area), ("as_of", as_of))
    return pages.render(
        request,
        WaitingPage(
            filters=Filters(programme, area, as_of),
            area_name=names.area_name(session, document, area),
            programme_name=names.programme_name(session, programme),
            day=day or clock.today(),
            figure=sum(row.funnel.parked for row in document.programmes),
            closed=day in closed_days(session),
            lines=tuple(
                Line(
                    number,
                    one,
                    born(*(one.birth or (None, None))),
                    f"{one.period[5:]}/{one.period[:4]}",
                    communes.get(one.commune_code, ""),
                    "; ".join(issue_title(code, lang) for code in one.reasons),
                    _address(one.roster_id, one.row_id) if actor.may(Permission.ROW_FIX) else "",
                )
                for number, one in enumerate(found.rows, start=first)
            ),
            paging=Paging(page, found.total, PATH + "/waiting", query),
        ),
    )


def _address(roster_id: UUID, row_id: int) -> str:
    return f"/rosters/{roster_id}/rows/{row_id}"
