"""Records that may be one person: `/duplicates`. Side by side; merged, or remembered as two; undone while it can be."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, Writing, require
from api.errors import status_of
from api.web import pages, person_words
from api.web.accounts import STATE_WORDS as LINK_WORDS
from api.web.likeness_words import FACT_WORDS, WHY_WORDS
from api.web.pages import Page
from api.web.shapes import Paging
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.duplicates import actions, finding, queries
from disburse.duplicates.queries import MergeLine, Pair
from disburse.duplicates.tables import MergeState
from disburse.errors import DisburseError, Invalid, NotFound
from disburse.people import listing
from disburse.people.profile import profile
from disburse.people.stated import read_reason
from disburse.people.tables import Person
from disburse.rosters import sameness
from disburse.rosters.sameness import Agreement, Compared

router = APIRouter()

PATH = "/duplicates"
CARDS = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair with its facts compared."""

    pair: Pair
    compared: dict[str, Compared]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class DuplicatesPage(Page):
    template: ClassVar[str] = "people/duplicates.html"
    shown: tuple[Shown, ...]
    paging: Paging
    proposed: tuple[MergeLine, ...]
    parting: tuple[MergeLine, ...]
    done: tuple[MergeLine, ...]
    communes: dict[str, str]
    facts: dict[str, str]
    why_words: dict[str, str]
    link_words: dict[str, str]
    words: ModuleType
    about: Person | None
    said: str
    error: DisburseError | None


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.PERSON_MERGE),
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    said: Annotated[str, Query(max_length=10)] = "",
    person: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show pairs side by side, merges that wait for a second person, and merges that can be undone.

    With `person` only the pairs of that person, whom the reader may see.
    """
    about = None
    if person:
        if len(person) != 36:
            raise NotFound("not_found")
        about = profile(session, actor, UUID(person), Permission.PERSON_MERGE).person
    return pages.render(request, _page(session, actor, page, said=said, about=about))


@router.post(PATH + "/find")
def find(session: Writing, _: Actor = require(Permission.PERSON_MERGE)) -> Response:
    """Look for pairs now; the worker does so by itself every few hours."""
    finding.find_pairs(session)
    return RedirectResponse(PATH, status_code=303)


@router.post(PATH + "/{low_id}/{high_id}")
def decide(
    request: Request,
    data: Data,
    low_id: UUID,
    high_id: UUID,
    actor: Actor = require(Permission.PERSON_MERGE),
    decision: Annotated[str, Form(max_length=40)] = "",
    link: Annotated[str, Form(max_length=40)] = "",
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Merge into one of the two (`decision` is its id), or say that they are two (`two`)."""

    def act(session: Session) -> str:
        queries.pair(session, actor, low_id, high_id)
        if decision == "two":
            actions.say_two(session, low_id=low_id, high_id=high_id, reason=" ".join(reason.split()), by=actor.by)
            return "two"
        if decision not in (str(low_id), str(high_id)):
            raise Invalid("merge_choice_needed")
        kept, gone = (low_id, high_id) if decision == str(low_id) else (high_id, low_id)
        kept_link = UUID(link) if len(link) == 36 else None
        why = read_reason(reason)
        merge = actions.propose(session, kept_id=kept, gone_id=gone, kept_link_id=kept_link, reason=why, by=actor.by)
        return str(merge.state)

    return _do(request, data, actor, act)


@router.post("/merges/{merge_id}")
def settle(
    request: Request,
    data: Data,
    merge_id: UUID,
    actor: Actor = require(Permission.PERSON_MERGE),
    act: Annotated[str, Form(max_length=10)] = "",
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Agree to a merge as the second person, refuse it, or undo one that was done; undoing may take two as well."""

    def settled(session: Session) -> str:
        queries.merge(session, actor, merge_id)
        if act == "approve":
            actions.approve(session, merge_id=merge_id, by=actor.by)
        elif act == "refuse":
            actions.refuse(session, merge_id=merge_id, by=actor.by)
        elif act == "undo":
            parted = actions.undo(session, merge_id=merge_id, why=read_reason(reason), by=actor.by)
            return "undone" if parted else "parting"
        elif act == "part":
            actions.agree_to_undo(session, merge_id=merge_id, by=actor.by)
        elif act == "stay":
            actions.stay_merged(session, merge_id=merge_id, by=actor.by)
        else:
            raise Invalid("merge_choice_needed")
        return {"approve": "done", "refuse": "refused", "part": "undone", "stay": "stayed"}[act]

    return _do(request, data, actor, settled)


def _do(request: Request, data: Data, actor: Actor, act: Callable[[Session], str]) -> Response:
    try:
        with data.transaction() as session:
            said = act(session)
    except NotFound:
        raise
    except DisburseError as error:
        with data.reading() as session:
            page = _page(session, actor, 1, error=error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"{PATH}?said={said}", status_code=303)


def _page(
    session: Session,
    actor: Actor,
    number: int,
    *,
    said: str = "",
    about: Person | None = None,
    error: DisburseError | None = None,
) -> DuplicatesPage:
    of_one = about.id if about else None
    total, found = queries.pairs(session, actor, limit=CARDS, offset=(number - 1) * CARDS, person_id=of_one)
    codes = {one.commune_code for pair in found for side in pair.sides for one in side.enrolments}
    return DuplicatesPage(
        shown=tuple(_shown(pair) for pair in found),
        paging=Paging(number, total, PATH, (("person", str(of_one or "")),), size=CARDS),
        proposed=tuple(queries.merges(session, actor, MergeState.PROPOSED)),
        parting=tuple(queries.merges(session, actor, MergeState.DONE, parting=True)),
        done=tuple(queries.merges(session, actor, MergeState.DONE, parting=False, limit=20)),
        communes=listing.commune_names(session, codes),
        facts=FACT_WORDS,
        why_words=WHY_WORDS,
        link_words=LINK_WORDS,
        words=person_words,
        about=about,
        said=said,
        error=error,
    )


def _shown(pair: Pair) -> Shown:
    low, high = (sameness.of_person(side.person) for side in pair.sides)
    compared = sameness.compare(low, high)
    return Shown(pair, compared, sameness.agreement(compared))
