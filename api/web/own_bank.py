"""A bank's own people: `/own-bank` with what their bank is asked, how late it is, and what it answered. No names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request, Response

from api.deps import Reading, require
from api.signatures import Vector, vector
from api.web import pages
from api.web.banks import OWNER_WORDS
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.queries import banks_of
from disburse.access.roles import Permission
from disburse.banks import queries as banks
from disburse.confirmations import wire
from disburse.confirmations.reasons import REASONS, Reason
from disburse.confirmations.tallies import Tally
from disburse.confirmations.wire import Open
from disburse.errors import NotFound

router = APIRouter()

PATH = "/own-bank"


@dataclass(frozen=True, slots=True)
class OwnBankPage(Page):
    template: ClassVar[str] = "banks/own.html"
    code: str
    names: dict[str, str]  # of the banks this user is of
    counts: Tally
    open: tuple[Open, ...]
    paging: Paging
    reasons: dict[str, Reason]
    owners: dict[str, str]
    vector: Vector


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.BANK_OWN),
    bank: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show one's own bank's clock and reconciliation: the figures that its program gets, and its open requests."""
    mine = banks_of(actor, Permission.BANK_OWN)
    code = bank or next(iter(mine), "")
    if code not in mine:
        raise NotFound("not_found")
    total, found = wire.open_requests(session, bank_code=code, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    names = banks.names(session)
    shown = OwnBankPage(
        code=code,
        names={one: names.get(one, one) for one in mine},
        counts=wire.counts(session, bank_code=code),
        open=tuple(found),
        paging=Paging(page, total, PATH, (("bank", bank),)),
        reasons=dict(REASONS),
        owners=OWNER_WORDS,
        vector=vector(),
    )
    return pages.render(request, shown)
