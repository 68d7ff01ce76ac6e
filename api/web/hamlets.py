"""The register of hamlets: `/hamlets`. By former commune, with other spellings and what was taken in by what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.shapes import address
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.areas.units import CURRENT_FROM
from disburse.errors import DisburseError, Invalid, NotFound
from disburse.people import hamlets, listing
from disburse.people.hamlets import Origin

router = APIRouter()

PATH = "/hamlets"


@dataclass(frozen=True, slots=True)
class HamletsPage(Page):
    template: ClassVar[str] = "people/hamlets.html"
    communes: tuple[tuple[str, str], ...]
    commune: str
    origins: tuple[Origin, ...]
    current_from: date
    error: DisburseError | None


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.HAMLET_CHANGE),
    commune: Annotated[str, Query(max_length=5)] = "",
) -> Response:
    """Show the hamlets of a commune, former commune by former commune."""
    return pages.render(request, _page(session, actor, commune))


def _page(session: Session, actor: Actor, commune: str, error: DisburseError | None = None) -> HamletsPage:
    communes = listing.communes_of(session, actor, Permission.HAMLET_CHANGE)
    codes = [code for code, _ in communes]
    if commune and commune not in codes:
        raise NotFound("not_found")
    chosen = commune or (codes[0] if codes else "")
    origins = hamlets.register_of(session, chosen) if chosen else []
    return HamletsPage(tuple(communes), chosen, tuple(origins), CURRENT_FROM, error)


@router.post(PATH)
def add(
    request: Request,
    data: Data,
    actor: Actor = require(Permission.HAMLET_CHANGE),
    commune: Annotated[str, Form(max_length=5)] = "",
    origin: Annotated[str, Form(max_length=20)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    means: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Enter a hamlet, or say that a spelling means one that is there (`means`)."""

    def act(session: Session) -> None:
        _page(session, actor, commune or "-")
        if len(means) == 36:
            hamlet = hamlets.get(session, UUID(means))
            if hamlet.commune_code != commune:
                raise NotFound("not_found")
            hamlets.add_alias(session, hamlet_id=hamlet.id, spelling=name, by=actor.by)
            return
        code, _, since = origin.partition("@")
        try:
            valid_from = date.fromisoformat(since)
        except ValueError as wrong:
            raise Invalid("hamlet_name") from wrong
        hamlets.add_hamlet(
            session, commune_code=commune, origin_code=code, origin_valid_from=valid_from, name=name, by=actor.by
        )

    return _do(request, data, actor, commune, act)


@router.post(PATH + "/{hamlet_id}")
def merge(
    request: Request,
    data: Data,
    hamlet_id: UUID,
    actor: Actor = require(Permission.HAMLET_CHANGE),
    into: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Say which hamlet took this one in, or ("none") that none did."""
    with data.reading() as session:
        commune = hamlets.get(session, hamlet_id).commune_code

    def act(session: Session) -> None:
        _page(session, actor, commune)
        if into != "none" and len(into) != 36:
            raise Invalid("hamlet_merge")
        hamlets.merge_hamlet(session, hamlet_id=hamlet_id, into_id=None if into == "none" else UUID(into), by=actor.by)

    return _do(request, data, actor, commune, act)


def _do(request: Request, data: Data, actor: Actor, commune: str, act: Callable[[Session], None]) -> Response:
    try:
        with data.transaction() as session:
            act(session)
    except NotFound:
        raise
    except DisburseError as error:
        with data.reading() as session:
            page = _page(session, actor, commune, error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(address(PATH, ("commune", commune)), status_code=303)
