"""The names behind a figure: `/progress/names`. Leaders see the figures and why the names stay closed to them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from api.deps import Reading, require
from api.web import pages
from api.web.pages import Page
from api.web.progress import PATH, Filters
from api.web.shapes import PAGE_SIZE, Paging, born, masked
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.areas.tables import Area
from disburse.errors import Invalid, NotFound
from disburse.people.stated import read_day_or_none
from disburse.people.tables import CITIZEN_ID
from disburse.programmes.tables import Programme
from disburse.progress import names as names_queries
from disburse.progress.measures import Funnel
from disburse.progress.names import STAGES, Names
from disburse.progress.queries import ProgressDocument, table
from disburse.progress.trend import closed_days

router = APIRouter()

# The stages offered as tabs, with their words; the others are reached from the tab they belong to.
TABS: tuple[tuple[str, str], ...] = (
    ("total", "Tất cả"),
    ("registered", "Đã đăng ký tài khoản"),
    ("not_registered", "Chưa đăng ký tài khoản"),
    ("confirmed", "Ngân hàng đã xác nhận"),
    ("paid", "Đã chi trả qua tài khoản"),
    ("not_id_valid", "CCCD chưa hợp lệ"),
    ("not_verified", "Chưa xác thực dân cư"),
    ("unexplained", "Vắng chưa rõ lý do"),
)
TITLES = dict(TABS) | {
    "id_valid": "CCCD hợp lệ",
    "verified": "Đã xác thực dân cư",
    "not_confirmed": "Ngân hàng chưa xác nhận",
    "not_paid": "Chưa chi trả qua tài khoản",
    "registered_own": "Đã đăng ký, chính chủ",
    "registered_other": "Đã đăng ký, người nhận khác",
    "not_registered_own": "Không có tài khoản chính chủ",
    "not_registered_other": "Không nhận qua tài khoản người khác",
    "wish_account": "Đồng ý nhận qua tài khoản",
    "wish_cash": "Chọn nhận tiền mặt",
}


@dataclass(frozen=True, slots=True)
class NameRow:
    """One line of the list: nothing that is not needed to recognise the person."""

    number: int
    person_id: UUID
    name: str
    born: str
    sex: str
    citizen_id: str
    hamlet: str
    commune: str
    programme: str
    lines: int
    amount: int
    stages: dict[str, int]


@dataclass(frozen=True, slots=True)
class NamesPage(Page):
    template: ClassVar[str] = "names.html"
    filters: Filters
    stage: str
    title: str
    area_name: str
    programme_name: str
    day: date
    closed: bool  # the day ends a month that was closed: its figures stay as they were then
    funnel: Funnel
    tabs: tuple[tuple[str, str, int | None], ...]
    names_allowed: bool
    rows: tuple[NameRow, ...]
    lines: int  # of all pages together, as the amount
    amount: int
    paging: Paging

    @property
    def figure(self) -> int | None:
        """Return the board's own figure of what is listed."""
        return counted(self.funnel, self.stage)

    @property
    def corrected(self) -> bool:
        """Whether a closed month says another figure than the names known by now, which see the same people."""
        return self.closed and self.figure not in (None, self.paging.total)


@router.get(PATH + "/names")
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PROGRESS_READ),
    programme: Annotated[str, Query(max_length=20)] = "",
    area: Annotated[str, Query(max_length=5)] = "",
    stage: Annotated[str, Query(max_length=20)] = "total",
    as_of: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Open a figure of the board down to the people it counts."""
    if stage not in STAGES:
        raise Invalid("stage_unknown", value=stage)
    filters = Filters(programme, area, as_of)
    return pages.render(request, _page(session, actor, filters, stage, page))


def _page(session: Session, actor: Actor, filters: Filters, stage: str, number: int) -> NamesPage:
    day = read_day_or_none(filters.as_of)
    document = table(
        session,
        actor.scopes(Permission.PROGRESS_READ),
        programme=filters.programme or None,
        area=filters.area or None,
        as_of=day,
    )
    if filters.area and not document.programmes:  # another's area, or one without anybody: the two look alike
        raise NotFound("not_found")
    funnel = sum((row.funnel for row in document.programmes), Funnel())
    allowed = actor.may(Permission.NAMES_READ)
    found = _found(session, actor, filters, stage, number) if allowed else Names(0, 0, 0, [])
    query = (
        ("programme", filters.programme), ("area", filters.area), ("stage", stage), ("as_of", filters.as_of)
    )  # fmt: skip
    return NamesPage(
        filters=filters,
        stage=stage,
        title=TITLES[stage],
        area_name=area_name(session, document, filters.area),
        programme_name=programme_name(session, filters.programme),
        day=day or clock.today(),
        closed=day in closed_days(session),
        funnel=funnel,
        tabs=tuple((key, label, counted(funnel, key)) for key, label in TABS),
        names_allowed=allowed,
        rows=_rows(session, found, number, document),
        lines=found.lines,
        amount=found.amount,
        paging=Paging(number, found.total, PATH + "/names", query),
    )


def counted(funnel: Funnel, stage: str) -> int | None:
    """Return the figure of a stage or of its complement; None where it was not measured."""
    if not stage.startswith("not_"):
        value: int | None = getattr(funnel, stage)
        return value
    reached = getattr(funnel, stage.removeprefix("not_"))
    return None if reached is None else funnel.total - reached


def _found(session: Session, actor: Actor, filters: Filters, stage: str, number: int) -> Names:
    return names_queries.names(
        session,
        actor,
        stage=stage,
        programme=filters.programme or None,
        area=filters.area or None,
        as_of=read_day_or_none(filters.as_of),
        limit=PAGE_SIZE,
        offset=(number - 1) * PAGE_SIZE,
    )


def _rows(session: Session, found: Names, number: int, document: ProgressDocument) -> tuple[NameRow, ...]:
    communes = {row.code: row.name for row in document.areas}
    missing = {one.commune_code for one in found.names} - communes.keys()
    communes |= commune_names(session, missing)
    return tuple(
        NameRow(
            number=(number - 1) * PAGE_SIZE + place,
            person_id=one.person_id,
            name=one.name,
            born=born(one.birth_date, one.birth_precision),
            sex=one.sex or "",
            citizen_id=masked(CITIZEN_ID.maybe_open(one.person_id, one.citizen_id_sealed)),
            hamlet=one.hamlet,
            commune=communes.get(one.commune_code, ""),
            programme=one.programme,
            lines=one.lines,
            amount=one.amount,
            stages=one.stages,
        )
        for place, one in enumerate(found.names, start=1)
    )


def commune_names(session: Session, codes: set[str]) -> dict[str, str]:
    """Return the names of today's communes by code."""
    if not codes:
        return {}
    today = select(Area.code, Area.name).where(col(Area.code).in_(codes), col(Area.valid_to).is_(None))
    return dict(session.exec(today).all())


def area_name(session: Session, document: ProgressDocument, code: str) -> str:
    """Return what an area is called on the document's day; "" for none."""
    if not code:
        return ""
    known = next((row.name for row in document.areas if row.code == code), "")
    return known or commune_names(session, {code}).get(code, code)


def programme_name(session: Session, code: str) -> str:
    """Return what a programme is called; "" for none."""
    found = session.get(Programme, code) if code else None
    return found.name if found else ""
