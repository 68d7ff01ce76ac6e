"""The progress board: `/progress`. The figures come from disburse.progress; their arrangement from board.py."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request, Response

from api.deps import Reading, require
from api.errors import status_of
from api.web import pages
from api.web.board import FUNNEL_STAGES, Board, board_of
from api.web.pages import Page
from api.web.shapes import address
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Invalid, NotFound
from disburse.people.stated import read_day_or_none
from disburse.progress.queries import ProgressDocument, table
from disburse.progress.trend import closed_days
from disburse.rosters.browsing import newest_import

router = APIRouter()

PATH = "/progress"
SORTS: tuple[tuple[str, str], ...] = (
    ("-gap", "còn thiếu nhiều nhất"),
    ("rate", "tỷ lệ thấp nhất"),
    ("-rate", "tỷ lệ cao nhất"),
    ("-total", "đông nhất"),
    ("name", "theo tên"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the board is narrowed to, as it stands in the address."""

    programme: str = ""
    area: str = ""
    as_of: str = ""
    sort: str = ""

    def address(self, **changes: str) -> str:
        """Return the board's address with these filters changed; an empty value takes one off."""
        values = {"programme": self.programme, "area": self.area, "as_of": self.as_of, "sort": self.sort}
        return address(PATH, *(values | changes).items())

    def names(self, *, programme: str = "", area: str = "", stage: str = "total") -> str:
        """Return the address of the names behind a figure."""
        return address(
            PATH + "/names",
            ("programme", programme or self.programme),
            ("area", area or self.area),
            ("stage", stage),
            ("as_of", self.as_of),
        )

    def waiting(self, *, programme: str = "") -> str:
        """Return the address of the rows behind the figure of those that wait."""
        asked = (("programme", programme or self.programme), ("area", self.area), ("as_of", self.as_of))
        return address(PATH + "/waiting", *asked)

    def sorted_by(self, key: str) -> str:
        """Return the address that sorts by a column, or turns its order round."""
        return self.address(sort="-" + key if self.sort == key else key)

    def direction(self, key: str) -> str:
        """Return the column's aria-sort: ascending, descending or none."""
        return {key: "ascending", "-" + key: "descending"}.get(self.sort, "none")


@dataclass(frozen=True, slots=True)
class ProgressPage(Page):
    template: ClassVar[str] = "progress.html"
    document: ProgressDocument
    board: Board
    filters: Filters
    area_name: str
    known: tuple[tuple[str, str], ...]
    closed: tuple[date, ...]
    today: date
    read_at: datetime
    updated_at: datetime | None
    stages: tuple[tuple[str, str], ...]
    sorts: tuple[tuple[str, str], ...]
    sort: str
    parked: int
    unexplained: int
    error: Invalid | None = None  # of the day that was typed
    typed_day: str = ""


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PROGRESS_READ),
    programme: Annotated[str, Query(max_length=20)] = "",
    area: Annotated[str, Query(max_length=5)] = "",
    as_of: Annotated[str, Query(max_length=20)] = "",
    sort: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show how far every commune is, with the way down to each name."""
    scopes = actor.scopes(Permission.PROGRESS_READ)
    refused: Invalid | None = None
    day: date | None = None
    try:
        day = read_day_or_none(as_of)
        everything = table(session, scopes, area=area or None, as_of=day)
    except Invalid as error:  # today's table, and what was typed to be mended
        refused, day = error, None
        everything = table(session, scopes, area=area or None)
    document = table(session, scopes, programme=programme, area=area or None, as_of=day) if programme else everything
    if area and not everything.areas:  # another's area, or one without anybody: the two look alike
        raise NotFound("not_found")
    filters = Filters(programme, area, day.isoformat() if day else "", sort)
    page = _page(session, actor, document, everything, filters)
    if refused:
        return pages.render(request, replace(page, error=refused, typed_day=as_of), status_of(refused))
    return pages.render(request, page)


def _page(
    session: Reading, actor: Actor, document: ProgressDocument, everything: ProgressDocument, filters: Filters
) -> ProgressPage:
    # Worst on top: whoever is furthest behind a target, or without targets the lowest rate.
    has_target = any(row.target is not None for row in document.areas)
    sort = filters.sort or ("-gap" if has_target else "rate")
    board = board_of(document, sort=sort)
    return ProgressPage(
        document=document,
        board=board,
        filters=filters,
        area_name=_area_name(document, filters.area),
        known=tuple((row.code, row.name) for row in everything.programmes),
        closed=tuple(closed_days(session)),
        today=clock.today(),
        read_at=clock.utc_now(),
        updated_at=newest_import(session, actor),
        stages=FUNNEL_STAGES,
        sorts=SORTS if has_target else SORTS[1:],
        sort=sort,
        parked=board.total.funnel.parked,
        unexplained=board.total.funnel.unexplained,
    )


def _area_name(document: ProgressDocument, code: str) -> str:
    return next((row.name for row in document.areas if row.code == code), code)
