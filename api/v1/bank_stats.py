"""`GET /api/v1/bank/stats`: how a bank's own requests stand."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.clients import Client, require_scope
from api.deps import Reading
from disburse.banks.scopes import Scope
from disburse.confirmations import wire
from disburse.confirmations.reasons import REASONS

router = APIRouter(tags=["bank"])


class StateCounts(BaseModel):
    """Requests by state; together they are all requests that were not withdrawn."""

    model_config = ConfigDict(extra="forbid")

    pdng: int
    rcvd: int
    succ: int
    rjct: int


class Refusals(BaseModel):
    """How often one reason was given, and whose turn it is then."""

    model_config = ConfigDict(extra="forbid")

    code: str
    count: int
    owner: str = Field(description="bank, commune or person.")


class Stats(BaseModel):
    """Counts of the bank's own requests."""

    model_config = ConfigDict(extra="forbid")

    total_count: int
    by_state: StateCounts
    confirm: int
    open: int
    refusals: list[Refusals]
    overdue: int = Field(description="Open requests whose last working day has passed.")
    oldest_open_at: datetime | None
    oldest_due_on: date | None


@router.get("/bank/stats")
def stats(session: Reading, client: Client = require_scope(Scope.STATS_READ)) -> Stats:
    """Return how the bank's requests stand now."""
    found = wire.counts(session, bank_code=client.bank_code)
    states = {state.value: number for state, number in found.by_state.items()}
    kinds = {kind.value: number for kind, number in found.by_kind.items()}
    return Stats(
        total_count=sum(states.values()),
        by_state=StateCounts(**states),
        confirm=kinds["confirm"],
        open=kinds["open"],
        refusals=[
            Refusals(code=code, count=number, owner=REASONS[code].owner.value if code in REASONS else "bank")
            for code, number in found.refused_by_code.items()
        ],
        overdue=found.overdue,
        oldest_open_at=found.oldest,
        oldest_due_on=found.oldest_due_on,
    )
