"""Banks: `/banks` with what was asked and answered, one bank's clock by commune, and the refusals that are work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import Reading, Writing, require
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.banks import queries as banks
from disburse.confirmations import actions, overview, refusals
from disburse.confirmations.overview import BankStand, CommuneStand
from disburse.confirmations.reasons import REASONS, Reason
from disburse.confirmations.refusals import Refusal
from disburse.errors import NotFound

router = APIRouter()

OWNER_WORDS = {"bank": "ngân hàng", "commune": "xã, phường", "person": "người nhận"}


@dataclass(frozen=True, slots=True)
class BanksPage(Page):
    template: ClassVar[str] = "banks/banks.html"
    stands: tuple[BankStand, ...]
    names: dict[str, str]
    may_send: bool
    may_exchange: bool
    with_program: frozenset[str]
    unsettled: dict[str, int]  # refusals that wait for somebody, by bank


@dataclass(frozen=True, slots=True)
class BankPage(Page):
    template: ClassVar[str] = "banks/bank.html"
    stand: BankStand
    name: str
    communes: tuple[CommuneStand, ...]
    reasons: dict[str, Reason]
    owners: dict[str, str]
    may_send: bool
    may_exchange: bool
    has_program: bool
    unsettled: Mapping[str, int]  # refusals that wait for somebody, by reason


@dataclass(frozen=True, slots=True)
class RefusalsPage(Page):
    template: ClassVar[str] = "banks/refusals.html"
    refusals: tuple[Refusal, ...]
    names: dict[str, str]
    reasons: dict[str, Reason]
    owners: dict[str, str]
    bank: str
    owner: str
    code: str
    paging: Paging


@router.get("/banks")
def show_all(request: Request, session: Reading, actor: Actor = require(Permission.ACCOUNT_READ)) -> Response:
    """Reconcile with each bank: sent, acknowledged, confirmed, refused by reason, late."""
    found = tuple(overview.stands(session, actor))
    page = BanksPage(
        stands=found,
        names=banks.names(session),
        may_send=actor.may(Permission.REQUEST_SEND),
        may_exchange=actor.may(Permission.BANK_EXCHANGE),
        with_program=frozenset(banks.listening(session)),
        unsettled={bank: count.total() for bank, count in refusals.counts(session, actor).items()},
    )
    return pages.render(request, page)


@router.get("/banks/refusals")
def show_refusals(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.ACCOUNT_READ),
    bank: Annotated[str, Query(max_length=20)] = "",
    owner: Annotated[str, Query(max_length=10)] = "",
    code: Annotated[str, Query(max_length=60)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List what banks refused as work: whose turn it is, what to do, until when."""
    total, found = refusals.waiting(
        session, actor, bank_code=bank, owner=owner, code=code, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE
    )
    paging = Paging(page, total, "/banks/refusals", (("bank", bank), ("owner", owner), ("code", code)))
    shown = RefusalsPage(tuple(found), banks.names(session), dict(REASONS), OWNER_WORDS, bank, owner, code, paging)
    return pages.render(request, shown)


@router.get("/banks/{code}")
def show_one(
    request: Request, session: Reading, code: str, actor: Actor = require(Permission.ACCOUNT_READ)
) -> Response:
    """Show one bank's clock: a line a commune, latest first."""
    stand = _stand(session, actor, code)
    page = BankPage(
        stand=stand,
        name=banks.names(session)[code],
        communes=tuple(overview.communes(session, actor, code)),
        reasons=dict(REASONS),
        owners=OWNER_WORDS,
        may_send=actor.may(Permission.REQUEST_SEND),
        may_exchange=actor.may(Permission.BANK_EXCHANGE),
        has_program=code in banks.listening(session),
        unsettled=refusals.counts(session, actor).get(code, {}),
    )
    return pages.render(request, page)


@router.post("/banks/{code}/requests")
def send(session: Writing, code: str, actor: Actor = require(Permission.REQUEST_SEND)) -> Response:
    """Ask a bank about every accepted link of the officer's people that it was not asked about yet."""
    _stand(session, actor, code)
    actions.ask(session, bank_code=code, by=actor.by, only=overview.receives_within(actor, Permission.REQUEST_SEND))
    return RedirectResponse(f"/banks/{code}", status_code=303)


def _stand(session: Reading, actor: Actor, code: str) -> BankStand:
    found = next((stand for stand in overview.stands(session, actor) if stand.bank_code == code), None)
    if found is None:
        raise NotFound("not_found")
    return found
