"""Targets of communes: `/progress/plan`. Numbers are typed, looked over as before → after, and then set."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.progress import PATH
from api.web.shapes import address
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.queries import programmes_of
from disburse.access.roles import Permission
from disburse.clock import Period
from disburse.errors import Conflict, DisburseError, Invalid, NotFound
from disburse.people.stated import read_period
from disburse.programmes import queries as programmes
from disburse.progress import actions, queries
from disburse.progress.queries import Planned
from disburse.progress.trend import closed_days

router = APIRouter()

MONTHS_AHEAD = 12
MOST = 10_000_000  # no commune has as many people


@dataclass(frozen=True, slots=True)
class Change:
    """A target as it would be set; None = there would be none any more."""

    commune: Planned
    after: int | None


@dataclass(frozen=True, slots=True)
class PlanPage(Page):
    template: ClassVar[str] = "plan.html"
    programme: str
    known: tuple[tuple[str, str], ...]
    month: Period
    months: tuple[Period, ...]
    province: str
    provinces: tuple[tuple[str, str], ...]
    communes: tuple[Planned, ...]
    reported: bool  # the month is closed: its targets are to be read only
    typed: dict[str, str]
    percent: str
    changes: tuple[Change, ...]  # to be looked over; empty while numbers are typed
    seen: str
    saved: int
    error: DisburseError | None = None

    @property
    def wrong(self) -> str:
        """Return the id of the field that the error is about."""
        if self.error is None:
            return ""
        return {"target_percent": "percent", "target_value": f"t-{self.error.facts.get('area')}"}.get(
            self.error.code, "plan"
        )


@router.get(PATH + "/plan")
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PROGRESS_SET),
    programme: Annotated[str, Query(max_length=20)] = "",
    month: Annotated[str, Query(max_length=7)] = "",
    province: Annotated[str, Query(max_length=2)] = "",
    saved: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """Show the targets of a programme for the end of a month, commune by commune."""
    return pages.render(request, _page(session, actor, Asked(programme, _month(month), province), saved=saved))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which targets a page is about; what is left empty is the first there is."""

    programme: str
    month: Period
    province: str


def _month(text: str) -> Period:
    return read_period(text) if text else Period.of(clock.today())


def _page(session: Session, actor: Actor, asked: Asked, **more: Any) -> PlanPage:
    mine = programmes_of(actor, Permission.PROGRESS_SET)
    known = tuple((one.code, one.name) for one in programmes.programmes(session) if mine is None or one.code in mine)
    programme = _chosen(asked.programme, known)
    provinces = tuple(queries.planned_provinces(session, actor, programme))
    province = _chosen(asked.province, provinces) if provinces else ""
    # One province at a time: a form carries at most a thousand fields.
    communes = queries.planned(session, actor, programme=programme, by_date=asked.month.last_day, province=province)
    filled = {one.code: "" if one.target is None else str(one.target) for one in communes}
    given: dict[str, Any] = {"typed": filled, "percent": "", "changes": (), "saved": 0}
    newest = next(iter(closed_days(session)), date.min)
    return PlanPage(
        programme=programme,
        known=known,
        month=asked.month,
        months=_months(session, programme, asked.month, newest),
        province=province,
        provinces=provinces,
        communes=tuple(communes),
        reported=asked.month.last_day <= newest,
        seen=json.dumps({one.code: one.target for one in communes}),
        **(given | more),
    )


def _chosen(code: str, known: tuple[tuple[str, str], ...]) -> str:
    chosen = code or (known[0][0] if known else "")
    if chosen not in {one for one, _ in known}:
        raise NotFound("not_found")
    return chosen


def _months(session: Session, programme: str, chosen: Period, newest: date) -> tuple[Period, ...]:
    found = {chosen} | {Period.of(day) for day in queries.target_days(session, programme)}
    month = Period.of(clock.today())
    for _ in range(MONTHS_AHEAD + 1):
        if month.last_day > newest:
            found.add(month)
        month = month.next()
    return tuple(sorted(found, key=str))


async def typed_of(request: Request) -> dict[str, str]:
    """Return what a form carries: the numbers of communes are named `t_` and the commune's code."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


@router.post(PATH + "/plan")
def post(
    request: Request,
    database: Data,
    typed: Annotated[dict[str, str], Depends(typed_of)],
    actor: Actor = require(Permission.PROGRESS_SET),
) -> Response:
    """Look over what was typed, or (`step=set`) set it; a refusal keeps what was typed."""
    asked = Asked(typed.get("programme", "")[:20], _month(typed.get("month", "")[:7]), typed.get("province", "")[:2])
    percent = typed.get("percent", "").strip()
    with database.reading() as session:
        page = _page(session, actor, asked)
    kept = {code: typed.get(f"t_{code}", filled) for code, filled in page.typed.items()}
    more: dict[str, Any] = {"typed": kept, "percent": percent}
    try:
        changes = _changes(page, kept, percent)
        if typed.get("step") == "set":
            with database.transaction() as session:
                saved = _set(session, page, changes, typed.get("seen", ""), actor)
            return RedirectResponse(_address(page, saved), status_code=303)
        more["changes"] = changes
    except DisburseError as error:
        more["error"] = error
    with database.reading() as session:
        again = _page(session, actor, asked, **more)
    return pages.render(request, again, status_of(again.error) if again.error else 200)


def _address(page: PlanPage, saved: int) -> str:
    about = (("programme", page.programme), ("month", str(page.month)), ("province", page.province))
    return address(PATH + "/plan", *about, ("saved", str(saved)))


def _changes(page: PlanPage, typed: dict[str, str], percent: str) -> tuple[Change, ...]:
    rate = _whole(percent.removesuffix("%")) if percent else None
    if percent and (rate is None or not 1 <= rate <= 100):
        raise Invalid("target_percent", value=percent)
    found = [Change(one, _after(one, typed[one.code].strip(), rate)) for one in page.communes]
    changes = tuple(change for change in found if change.after != change.commune.target)
    if not changes:
        raise Invalid("targets_nothing")
    return changes


def _after(one: Planned, text: str, rate: int | None) -> int | None:
    """Return a commune's new target: a number typed for it goes before the rate; a field left empty means none."""
    typed = _whole(text) if text else None
    if text and (typed is None or typed > MOST):
        raise Invalid("target_value", name=one.name, value=text, area=one.code)
    if rate is not None and typed in (None, one.target):
        return -(-one.total * rate // 100)
    return typed


def _whole(text: str) -> int | None:
    """Read 1200, 1.200, 1,200 or 1 200: a mark stands before three digits, so that 7.5 is not read as 75."""
    found = re.fullmatch(r"[0-9]{1,9}|[0-9]{1,3}(?:[., ][0-9]{3}){1,2}", text.strip())
    return int(re.sub("[^0-9]", "", text)) if found else None


def _set(session: Session, page: PlanPage, changes: tuple[Change, ...], seen: str, actor: Actor) -> int:
    if seen != page.seen:
        raise Conflict("targets_moved")
    return actions.set_targets(
        session,
        programme=page.programme,
        by_date=page.month.last_day,
        values={one.commune.code: one.after for one in changes},
        before={one.commune.code: one.commune.target for one in changes},
        by=actor.by,
    )
