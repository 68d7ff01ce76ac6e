"""People without an account: `/banks/openings`: who they are, and asking a bank to open accounts for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.queries import programmes_of
from disburse.access.roles import Permission
from disburse.banks import queries as banks
from disburse.confirmations import lacking, overview
from disburse.confirmations.lacking import Chosen, Lacking
from disburse.errors import DisburseError, Invalid
from disburse.programmes import queries as programmes

router = APIRouter()

PATH = "/banks/openings"
MAY = Permission.REQUEST_SEND


class Filters(BaseModel):
    """The fields of the form, as an address has them."""

    bank: str = Field(default="", max_length=20)
    programme: str = Field(default="", max_length=20)
    commune: str = Field(default="", max_length=5)
    wish: str = Field(default="", max_length=10)

    @property
    def chosen(self) -> Chosen:
        return Chosen(self.programme, self.commune, self.wish == "all")


@dataclass(frozen=True, slots=True)
class OpeningsPage(Page):
    template: ClassVar[str] = "banks/openings.html"
    filters: Filters
    banks: dict[str, str]
    programmes: tuple[tuple[str, str], ...]
    communes: tuple[tuple[str, str, int], ...]
    people: tuple[Lacking, ...]
    total: int
    most: int
    paging: Paging
    error: DisburseError | None

    @property
    def asked(self) -> int:
        """Return how many are asked about at once."""
        return min(self.total, self.most)


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    filters: Annotated[Filters, Depends()],
    actor: Actor = require(MAY),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List who needs an account and has none, by programme, commune and wish."""
    return pages.render(request, _page(session, actor, filters, page))


@router.post(PATH)
def ask(
    request: Request,
    database: Data,
    filters: Annotated[Filters, Form()],
    seen: Annotated[str, Form(max_length=10)] = "",
    actor: Actor = require(MAY),
) -> Response:
    """Ask a bank to open accounts for the people shown, and lead to where its requests are sent from."""
    with database.reading() as session:
        known = _banks(session, actor)
        has_program = filters.bank in banks.listening(session)
    try:
        if filters.bank not in known:
            raise Invalid("bank_needed")
        with database.transaction() as session:
            lacking.ask_bank(
                session,
                actor=actor,
                bank_code=filters.bank,
                chosen=filters.chosen,
                seen=int(seen) if seen.isdecimal() else -1,
                by=actor.by,
            )
    except DisburseError as error:
        with database.reading() as session:
            shown = _page(session, actor, filters, 1, error)
        return pages.render(request, shown, status=status_of(error))
    address = f"/banks/{filters.bank}"
    return RedirectResponse(address if has_program else f"{address}/workbooks", status_code=303)


def _page(
    session: Session, actor: Actor, filters: Filters, page: int, error: DisburseError | None = None
) -> OpeningsPage:
    chosen, mine = filters.chosen, programmes_of(actor, MAY)
    known = _banks(session, actor)
    if not filters.bank and len(known) == 1:
        filters = filters.model_copy(update={"bank": next(iter(known))})
    total = lacking.count(session, actor, chosen)
    return OpeningsPage(
        filters=filters,
        banks=known,
        programmes=tuple(
            (one.code, one.name) for one in programmes.programmes(session) if mine is None or one.code in mine
        ),
        communes=tuple(lacking.communes(session, actor, chosen)),
        people=tuple(lacking.people(session, actor, chosen, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)),
        total=total,
        most=lacking.MOST,
        paging=Paging(page, total, PATH, tuple(filters.model_dump().items())),
        error=error,
    )


def _banks(session: Session, actor: Actor) -> dict[str, str]:
    """Return the banks that can be asked: those with a program, and those that the actor's people have to do with."""
    codes = {*banks.listening(session), *(stand.bank_code for stand in overview.stands(session, actor))}
    return {code: name for code, name in sorted(banks.names(session).items(), key=lambda one: one[1]) if code in codes}
