"""`GET /api/v1/progress`: the document of `disburse progress --json`, as far as the caller may see."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.deps import Reading, require
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import NotFound
from disburse.progress.queries import table

router = APIRouter(tags=["progress"])


class Funnel(BaseModel):
    """Counts of active enrolments. `paid` and `amount_by_account` are null until a period was closed or reported."""

    model_config = ConfigDict(extra="forbid", strict=True)

    total: int
    id_valid: int
    verified: int
    registered: int
    registered_own: int
    registered_other: int
    confirmed: int
    paid: int | None
    wish_account: int
    wish_cash: int
    lines: int
    amount_total: int
    amount_by_account: int | None
    unexplained: int
    parked: int


class ProgrammeFunnel(Funnel):
    """The funnel of a programme, rows of unknown commune included."""

    code: str


class AreaFunnel(Funnel):
    """The funnel of one commune and programme; `gap` = `target` − `registered`, null without a due target."""

    code: str
    name: str
    programme: str
    target: int | None
    gap: int | None


class Progress(BaseModel):
    """The progress table of one day."""

    model_config = ConfigDict(extra="forbid")

    as_of: date
    programmes: list[ProgrammeFunnel]
    areas: list[AreaFunnel]


@router.get("/progress")
def progress(
    session: Reading,
    actor: Actor = require(Permission.PROGRESS_READ),
    programme: Annotated[str | None, Query(max_length=20, description="NCC, BTXH, HTXH …")] = None,
    area: Annotated[str | None, Query(max_length=5, description="Province (2 digits) or commune (5).")] = None,
    as_of: Annotated[date | None, Query(description="A day, YYYY-MM-DD; default today.")] = None,
) -> Progress:
    """Return how far each commune is, per programme."""
    scopes = actor.scopes(Permission.PROGRESS_READ)
    found = table(session, scopes, programme=programme, area=area, as_of=as_of)
    if area and not found.areas:  # another's area, or one without anybody: the two look alike
        raise NotFound("not_found")
    document: dict[str, Any] = found.as_json()
    return Progress.model_validate(document)
