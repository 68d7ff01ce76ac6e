"""The register of hamlets: `/hamlets`. By former commune, with other spellings and what was taken in by what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.shapes import Paging, address
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.areas.units import CURRENT_FROM
from disburse.errors import DisburseError, Invalid, NotFound
from disburse.people import hamlets, listing
from disburse.people.hamlets import Listed, Origin
from matching.text import fold

router = APIRouter()

PATH = "/hamlets"


SIZE = 20  # each line holds a form of its own
LISTED, UNCLAIMED = "listed", "unclaimed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the register we are: the commune, its former commune ("code@day"), which half, words looked for."""

    commune: str = ""
    origin: str = ""
    part: str = LISTED
    q: str = ""
    page: int = 1

    def address(self, **changed: str) -> str:
        """Return the address of another part of the register, from its first page on."""
        now = {"commune": self.commune, "origin": self.origin, "part": self.part, "q": self.q} | changed
        return address(PATH, *now.items())


@dataclass(frozen=True, slots=True)
class HamletsPage(Page):
    template: ClassVar[str] = "people/hamlets.html"
    communes: tuple[tuple[str, str], ...]
    place: Place
    origins: tuple[Origin, ...]
    origin: Origin | None
    hamlets: tuple[Listed, ...]
    unclaimed: tuple[tuple[str, int], ...]
    counts: dict[str, int]
    paging: Paging
    current_from: date
    error: DisburseError | None


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.HAMLET_CHANGE),
    commune: Annotated[str, Query(max_length=5)] = "",
    origin: Annotated[str, Query(max_length=20)] = "",
    part: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=60)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Show the hamlets of one former commune of a commune, or the spellings that no hamlet claims."""
    return pages.render(request, _page(session, actor, Place(commune, origin, part, " ".join(q.split()), page)))


def _page(session: Session, actor: Actor, wanted: Place, error: DisburseError | None = None) -> HamletsPage:
    communes = listing.communes_of(session, actor, Permission.HAMLET_CHANGE)
    codes = [code for code, _ in communes]
    if wanted.commune and wanted.commune not in codes:
        raise NotFound("not_found")
    commune = wanted.commune or hamlets.busiest(session, codes) or (codes[0] if codes else "")
    origins = hamlets.register_of(session, commune) if commune else []
    chosen = next((one for one in origins if key_of(one) == wanted.origin), origins[0] if origins else None)
    listed = [one for one in chosen.hamlets if _fits(wanted.q, one.hamlet.name, *one.spellings)] if chosen else []
    loose = [one for one in chosen.unclaimed if _fits(wanted.q, one[0])] if chosen else []
    part = wanted.part if wanted.part in (LISTED, UNCLAIMED) else LISTED if listed or not loose else UNCLAIMED
    lines: list[Any] = listed if part == LISTED else loose
    place = Place(commune, key_of(chosen) if chosen else "", part, wanted.q, wanted.page)
    query = (("commune", commune), ("origin", place.origin), ("part", part), ("q", place.q))
    shown = lines[(place.page - 1) * SIZE : place.page * SIZE]
    return HamletsPage(
        communes=tuple(communes),
        place=place,
        origins=tuple(origins),
        origin=chosen,
        hamlets=tuple(shown) if part == LISTED else (),
        unclaimed=tuple(shown) if part == UNCLAIMED else (),
        counts={LISTED: len(listed), UNCLAIMED: len(loose)},
        paging=Paging(place.page, len(lines), PATH, query, size=SIZE),
        current_from=CURRENT_FROM,
        error=error,
    )


def key_of(origin: Origin) -> str:
    """Return how an address names a former commune: its code and the day it is valid from."""
    return f"{origin.area.code}@{origin.area.valid_from.isoformat()}"


def _fits(q: str, *spellings: str) -> bool:
    return not q or any(fold(q) in fold(one) for one in spellings)


@router.post(PATH)
def add(
    request: Request,
    data: Data,
    actor: Actor = require(Permission.HAMLET_CHANGE),
    commune: Annotated[str, Form(max_length=5)] = "",
    origin: Annotated[str, Form(max_length=20)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    means: Annotated[str, Form(max_length=40)] = "",
    part: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Enter a hamlet, or say that a spelling means one that is there (`means`)."""

    def act(session: Session) -> None:
        _page(session, actor, Place(commune or "-"))
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

    return _do(request, data, actor, Place(commune, origin, part), act)


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
        hamlet = hamlets.get(session, hamlet_id)
        place = Place(hamlet.commune_code, f"{hamlet.origin_code}@{hamlet.origin_valid_from.isoformat()}")

    def act(session: Session) -> None:
        _page(session, actor, place)
        if into != "none" and len(into) != 36:
            raise Invalid("hamlet_merge")
        hamlets.merge_hamlet(session, hamlet_id=hamlet_id, into_id=None if into == "none" else UUID(into), by=actor.by)

    return _do(request, data, actor, place, act)


def _do(request: Request, data: Data, actor: Actor, place: Place, act: Callable[[Session], None]) -> Response:
    try:
        with data.transaction() as session:
            act(session)
    except NotFound:
        raise
    except DisburseError as error:
        with data.reading() as session:
            page = _page(session, actor, place, error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(place.address(), status_code=303)
