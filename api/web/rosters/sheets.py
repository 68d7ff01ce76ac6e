"""`/rosters/{id}/sheet`: which sheets are read and where the header stands, on a preview of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.rosters import steps
from api.web.rosters.steps import Filled, StepPage
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Conflict, DisburseError, Invalid
from disburse.rosters import actions, browsing, ordering
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.tables import Roster

router = APIRouter()

WHY_WORDS = {
    "hidden": "Trang ẩn: không đọc, trừ khi anh/chị đánh dấu.",
    "repeats": "Trang của tháng khác hoặc trang tổng hợp: không đọc.",
    "no_table": "Không thấy bảng có họ tên ở trang này.",
    "empty": "Trang trống.",
}
PROBLEM_WORDS = {
    "no_header": "Không thấy dòng tiêu đề nào. Chọn dòng có “Họ và tên” trong bảng xem trước rồi bấm “Tiếp tục”.",
    "no_name_column": "Thấy dòng tiêu đề nhưng không cột nào là họ tên. Chọn lại dòng tiêu đề, hoặc chỉ ra cột họ tên "
    "ở bước Cột.",
    "ambiguous_columns": "Có hai cột cùng mang một nội dung. Sang bước Cột để chọn.",
}


@dataclass(frozen=True, slots=True)
class SheetShown:
    """One sheet: whether it is read, why not, and its first lines."""

    number: int
    name: str
    visible: bool
    lines: int
    rows: int
    ticked: bool
    why: str
    header: int | None
    preview: tuple[dict[str, Any], ...]
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage(StepPage):
    template: ClassVar[str] = "rosters/sheet.html"
    sheets: tuple[SheetShown, ...]
    why: dict[str, str]
    problem: str
    twins: tuple[Roster, ...]


@router.get("/rosters/{roster_id}/sheet")
def show(
    request: Request, session: Reading, roster_id: UUID, actor: Actor = require(Permission.ROSTER_UPLOAD)
) -> Response:
    """Show the sheets with a preview, the header marked; long numbers are masked."""
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    if (instead := steps.in_place_of(request, session, roster, "sheet")) is not None:
        return instead
    twins = tuple(browsing.same_bytes(session, actor, roster.sha256, but=roster.id))
    return pages.render(request, _page(roster, _shown(roster), twins))


def _page(
    roster: Roster, shown: tuple[SheetShown, ...], twins: tuple[Roster, ...] = (), error: DisburseError | None = None
) -> SheetPage:
    return SheetPage(
        roster=roster,
        steps=steps.steps_of(roster, "sheet"),
        scopes=steps.SCOPE_WORDS,
        error=error,
        sheets=shown,
        why=WHY_WORDS,
        problem=PROBLEM_WORDS.get(str(roster.report.get("problem") or ""), ""),
        twins=twins,
    )


def _shown(roster: Roster) -> tuple[SheetShown, ...]:
    return tuple(_sheet(number, one) for number, one in enumerate(actions.outline_of(roster).get("sheets", ())))


def _sheet(number: int, one: dict[str, Any]) -> SheetShown:
    width = max((len(line["cells"]) for line in one["preview"]), default=0)
    preview = tuple(
        line | {"cells": [mask_numbers(cell) for cell in line["cells"]] + [""] * (width - len(line["cells"]))}
        for line in one["preview"]
    )
    named = {name: one[name] for name in ("name", "visible", "lines", "rows", "ticked", "why", "header")}
    return SheetShown(number=number, preview=preview, width=width, **named)


@router.post("/rosters/{roster_id}/sheet")
def post(
    request: Request,
    database: Data,
    roster_id: UUID,
    form: Filled,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
) -> Response:
    """Keep the ticks and the header lines; the file is read again where they differ from what is shown."""
    with database.reading() as session:
        roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    shown = _shown(roster)
    ticked = {str(value) for value in form.getlist("sheet")}
    lines = {one.name: str(form.get(f"header-{one.number}", "")) for one in shown}
    try:
        with database.transaction() as session:
            ordering.correct_sheets(
                session,
                roster_id=roster_id,
                sheets={one.name: str(one.number) in ticked for one in shown},
                headers={name: int(line) for name, line in lines.items() if line.isdecimal()},
                by=actor.by,
            )
    except (Invalid, Conflict) as error:
        return pages.render(request, _page(roster, shown, error=error), status_of(error))
    return steps.go(roster_id, "columns")
