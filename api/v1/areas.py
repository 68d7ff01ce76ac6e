"""`GET /api/v1/areas`: provinces and communes of today, page by page. Public reference data, for who is signed in."""

import base64
import binascii
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session, col, select

from api.deps import Reading, require
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.areas.tables import Area, AreaKind
from disburse.errors import Invalid

router = APIRouter(tags=["areas"])


class AreaItem(BaseModel):
    """A province or commune of today."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str
    name: str
    kind: Literal["province", "commune"]
    type: str
    province_code: str
    valid_from: str
    lat: float | None
    lon: float | None


class AreaItems(BaseModel):
    """One page; `next_cursor` is null on the last one."""

    items: list[AreaItem]
    next_cursor: str | None


@router.get("/areas")
def areas(
    session: Reading,
    _: Actor = require(Permission.PROGRESS_READ),
    province: Annotated[str, Query(max_length=2, description="Only this province and its communes.")] = "",
    kind: Annotated[Literal["province", "commune"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str, Query(max_length=40, description="`next_cursor` of the page before.")] = "",
) -> AreaItems:
    """Return areas in the order of their codes."""
    found = _page(session, province=province, kind=kind, after=_read(cursor), limit=limit + 1)
    more = len(found) > limit
    return AreaItems(
        items=[_item(area) for area in found[:limit]],
        next_cursor=_write(found[limit - 1].code) if more else None,
    )


def _page(session: Session, *, province: str, kind: str | None, after: str, limit: int) -> list[Area]:
    shown = select(Area).where(col(Area.valid_to).is_(None), Area.code > after)
    if province:
        shown = shown.where(Area.province_code == province)
    if kind:
        shown = shown.where(Area.kind == AreaKind(kind))
    return list(session.exec(shown.order_by(col(Area.code)).limit(limit)))


def _item(area: Area) -> AreaItem:
    return AreaItem(
        code=area.code,
        name=area.name,
        kind=area.kind.value,
        type=area.type,
        province_code=area.province_code,
        valid_from=area.valid_from.isoformat(),
        lat=area.lat,
        lon=area.lon,
    )


def _write(code: str) -> str:
    return base64.urlsafe_b64encode(code.encode()).decode()


def _read(cursor: str) -> str:
    if not cursor:
        return ""
    try:
        code = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError) as wrong:
        raise Invalid("cursor_invalid") from wrong
    if not code.isdecimal():
        raise Invalid("cursor_invalid")
    return code
