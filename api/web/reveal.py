"""Showing a masked number: `/people/{id}/reveal`. A reason first, then the number once, in an answer nobody keeps."""

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.person_words import NUMBER_WORDS
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.access.tables import Role
from disburse.errors import DisburseError, NotFound
from disburse.people import reveals
from disburse.people.profile import profile

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RevealPage(Page):
    template: ClassVar[str] = "people/reveal.html"
    person_id: UUID
    name: str
    what: str
    label: str
    reason: str
    needs_case: bool
    left: int
    most: int
    number: str
    error: DisburseError | None


@router.get("/people/{person_id}/reveal")
def ask(
    request: Request,
    session: Reading,
    person_id: UUID,
    actor: Actor = require(Permission.NUMBER_REVEAL),
    what: Annotated[str, Query(max_length=20)] = "citizen_id",
) -> Response:
    """Ask for the reason before a number is shown."""
    return pages.render(request, _page(session, actor, person_id, what))


@router.post("/people/{person_id}/reveal")
def show(
    request: Request,
    database: Data,
    person_id: UUID,
    actor: Actor = require(Permission.NUMBER_REVEAL),
    what: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Show one number whole; it stands in this answer and nowhere else."""
    try:
        with database.transaction() as session:
            _name(session, actor, person_id)
            number = reveals.reveal_number(session, actor=actor, person_id=person_id, what=what, reason=reason)
            page = _page(session, actor, person_id, what, reason=reason, number=number)
    except NotFound:
        raise
    except DisburseError as error:
        with database.reading() as session:
            page = _page(session, actor, person_id, what, reason=reason, error=error)
        return pages.render(request, page, status_of(error))
    return pages.render(request, page)


def _page(
    session: Session,
    actor: Actor,
    person_id: UUID,
    what: str,
    *,
    reason: str = "",
    number: str = "",
    error: DisburseError | None = None,
) -> RevealPage:
    return RevealPage(
        person_id=person_id,
        name=_name(session, actor, person_id),
        what=what if what in NUMBER_WORDS else "citizen_id",
        label=NUMBER_WORDS.get(what, NUMBER_WORDS["citizen_id"]),
        reason=reason,
        needs_case=Role.AUDITOR in actor.roles,
        left=max(0, reveals.left(session, actor)) - int(bool(number)),
        most=reveals.MOST,
        number=number,
        error=error,
    )


def _name(session: Session, actor: Actor, person_id: UUID) -> str:
    return profile(session, actor, person_id, Permission.NUMBER_REVEAL).person.name
