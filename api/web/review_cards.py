"""One pair: `/review/cards/{id}`, the way to the next, and what a clerk says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from api.deps import Config, Data, Writing
from api.web import pages
from api.web import review_words as words
from api.web.pages import Page
from api.web.person_words import RECIPIENT_WORDS
from api.web.review import MAY_REVIEW, PATH, OnWay, ReviewPage, Way, overview
from disburse.access.actor import Actor
from disburse.accounts import batches, cards, judging, locks, review_queue, surroundings, tallies, undoing
from disburse.accounts.batches import SampleState
from disburse.accounts.cards import Card
from disburse.accounts.review_tables import Judgement, Said
from disburse.accounts.surroundings import Neighbour, Receiving
from disburse.accounts.tables import Candidate
from disburse.accounts.tallies import Day
from disburse.areas.tables import Area
from disburse.errors import Conflict, DisburseError, Invalid

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CardPage(Page):
    template: ClassVar[str] = "review/card.html"
    way: Way
    card: Card
    neighbours: tuple[Neighbour, ...]
    receivings: tuple[Receiving, ...]
    commune: str
    left: int
    siblings: int
    day: Day
    sample: SampleState | None
    last: UUID | None
    said: str
    note: str
    error: DisburseError | None
    words: object
    recipient_words: object


@dataclass(frozen=True, slots=True)
class CardFragment(CardPage):
    template: ClassVar[str] = "review/_card.html"


@dataclass(frozen=True, slots=True)
class SaidFragment(Page):
    """What was kept, for a page that already shows the next card."""

    template: ClassVar[str] = "review/_said.html"
    said: str
    said_words: dict[str, str]
    name: str


def get_ready() -> None:
    """Prepare what the day's first card would wait for: its templates in both languages, the matcher's words."""
    for page in (ReviewPage, CardPage, CardFragment):
        pages.prepare(page)
    cards.get_ready()


def _is_fragment(request: Request) -> bool:
    return request.headers.get("x-fragment") == "card"


def render_card(
    request: Request,
    session: Session,
    actor: Actor,
    candidate: Candidate,
    way: Way,
    *,
    accept: float | None,
    said: str = "",
    note: str = "",
    error: DisburseError | None = None,
) -> Response:
    """Render a pair as a page, or for the script as the card alone; a refused answer keeps its note."""
    found = cards.card(
        session, actor, candidate, lang="en" if pages.language_of(request) == "en" else "vi", accept=accept
    )
    sample = batches.sample_of(session, actor, UUID(way.sample)) if way.sample else None
    today = select(Area.name).where(Area.code == found.person.commune_code, col(Area.valid_to).is_(None))
    kind = CardFragment if _is_fragment(request) else CardPage
    page = kind(
        way=way,
        card=found,
        neighbours=tuple(surroundings.neighbours(session, actor, found.person)),
        receivings=tuple(surroundings.receivings(session, actor, found.person)),
        commune=session.exec(today).first() or "",
        left=review_queue.count(session, actor, way.filters),
        siblings=sum(1 for one in found.accounts if one.candidate_id != candidate.id and one.asks),
        day=tallies.day_of(session, actor),
        sample=batches.state_of(session, actor, sample) if sample else None,
        last=tallies.last_id(session, actor),
        said=said if said in words.SAID_WORDS else "",
        note=note,
        error=error,
        words=words,
        recipient_words=RECIPIENT_WORDS,
    )
    return pages.render(request, page, 200 if error is None else 422 if isinstance(error, Invalid) else 409)


@router.get(PATH + "/next")
def following(
    request: Request,
    session: Writing,
    way: OnWay,
    config: Config,
    actor: Actor = MAY_REVIEW,
    after: Annotated[UUID | None, Query()] = None,
    skip: Annotated[bool, Query()] = False,
    said: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Lead to the next pair that waits, held for this clerk; the same person's other pairs come first."""
    candidate = _take_next(session, actor, way, after, skip=skip)
    return _lead(request, session, actor, candidate, way, config, said)


@router.get(PATH + "/previous")
def preceding(
    request: Request,
    session: Writing,
    way: OnWay,
    config: Config,
    actor: Actor = MAY_REVIEW,
    before: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Lead to the pair before."""
    here = review_queue.pair(session, actor, before) if before else None
    found = review_queue.previous_pair(
        session, actor, way.filters, before=before, skip=here.person_id if here else None
    )
    if found is not None and not locks.try_take(session, person_id=found.person_id, by=actor):
        found = None
    return _lead(request, session, actor, found, way, config, "")


def _take_next(session: Session, actor: Actor, way: Way, after: UUID | None, *, skip: bool) -> Candidate | None:
    if way.sample:
        return _take_of_sample(session, actor, way.sample, after)
    here = review_queue.pair(session, actor, after) if after else None
    if here is not None and not skip:
        sibling = review_queue.best_of(session, actor, way.filters, here.person_id)
        if sibling is not None and locks.try_take(session, person_id=here.person_id, by=actor):
            return sibling
    for _ in range(8):  # another clerk may be quicker, card after card
        person = here.person_id if here else None
        found = review_queue.next_pair(session, actor, way.filters, after=after, skip=person)
        if found is None or locks.try_take(session, person_id=found.person_id, by=actor):
            return found
        after = found.id
    return None


def _take_of_sample(session: Session, actor: Actor, sample_id: str, after: UUID | None) -> Candidate | None:
    state = batches.state_of(session, actor, batches.sample_of(session, actor, UUID(sample_id)))
    for id_ in state.left:
        if id_ != after or len(state.left) == 1:
            found = review_queue.pair(session, actor, id_)
            if locks.try_take(session, person_id=found.person_id, by=actor):
                return found
    return None


def _lead(
    request: Request, session: Session, actor: Actor, candidate: Candidate | None, way: Way, config: Config, said: str
) -> Response:
    if candidate is None:
        end = "/bulk" if way.sample else ""
        if _is_fragment(request):
            return Response(status_code=204, headers={"x-end": way.to(end, said=said)})
        return RedirectResponse(way.to(end, said=said), 303)
    if _is_fragment(request):
        return render_card(request, session, actor, candidate, way, accept=config.match_accept, said=said)
    return RedirectResponse(way.to(f"/cards/{candidate.id}", said=said), 303)


@router.get(PATH + "/cards/{candidate_id}")
def card(
    request: Request,
    database: Data,
    candidate_id: UUID,
    way: OnWay,
    config: Config,
    actor: Actor = MAY_REVIEW,
    said: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show one pair and hold it for two minutes; one that another clerk holds is not shown."""
    try:
        with database.transaction() as session:
            candidate = review_queue.pair(session, actor, candidate_id)
            locks.take(session, person_id=candidate.person_id, by=actor)
            return render_card(request, session, actor, candidate, way, accept=config.match_accept, said=said)
    except Conflict as held:
        with database.reading() as session:
            return pages.render(request, overview(session, actor, way, "", pages.language_of(request), held), 409)


@router.post(PATH + "/cards/{candidate_id}/hold")
def hold(session: Writing, candidate_id: UUID, actor: Actor = MAY_REVIEW) -> Response:
    """Hold a card two minutes more, while somebody reads it."""
    candidate = review_queue.pair(session, actor, candidate_id)
    locks.take(session, person_id=candidate.person_id, by=actor)
    return Response(status_code=204)


@router.post(PATH + "/cards/{candidate_id}")
def answer(
    request: Request,
    database: Data,
    candidate_id: UUID,
    way: OnWay,
    config: Config,
    actor: Actor = MAY_REVIEW,
    say: Annotated[str, Form(max_length=30)] = "",
    note: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Take a clerk's answer: `yes`, `none`, `unsure`, or `no:` with a reason. A refused one shows the card again."""
    said, _, reason = say.partition(":")
    try:
        if said not in list(Said):
            raise Invalid("answer_needed")
        with database.transaction() as session:
            judgement = judging.judge(
                session,
                candidate_id=candidate_id,
                said=Said(said),
                reason=reason,
                note=note,
                sample_id=UUID(way.sample) if way.sample else None,
                by=actor,
            )
            name = cards.name_of(session, judgement.person_id)
    except (Invalid, Conflict) as refused:
        with database.transaction() as session:
            candidate = review_queue.pair(session, actor, candidate_id)
            locks.take(session, person_id=candidate.person_id, by=actor)  # what another clerk holds is not shown
            return render_card(
                request, session, actor, candidate, way, accept=config.match_accept, note=note, error=refused
            )
    told = _told(judgement)
    if _is_fragment(request):
        return pages.render(request, SaidFragment(told, words.SAID_WORDS, name))
    return RedirectResponse(way.to("/next", after=str(candidate_id), said=told), 303)


def _told(judgement: Judgement) -> str:
    if judgement.waits:
        return "waits"
    if judgement.change.get("approved"):
        return "approved"
    return "proposed" if judgement.change.get("proposed") else str(judgement.said)


@router.post(PATH + "/undo")
def undo(
    request: Request,
    database: Data,
    way: OnWay,
    actor: Actor = MAY_REVIEW,
    judgement: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Take back one's newest answer, or the one named, and show its pair again."""
    try:
        with database.transaction() as session:
            undone = undoing.take_back(session, judgement_id=judgement, by=actor)
    except Conflict as refused:
        with database.reading() as session:
            return pages.render(request, overview(session, actor, way, "", pages.language_of(request), refused), 409)
    return RedirectResponse(way.to(f"/cards/{undone.candidate_id}", said="undone"), 303)
