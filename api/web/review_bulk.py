"""Accepting over a filter: `/review/bulk` with its sample and batches; and what another threshold would decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Config, Data, Reading, require
from api.web import pages
from api.web import review_words as words
from api.web.pages import Page
from api.web.review import PATH, OnWay, Way, in_words, labels_of
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import batches, thresholds, undoing
from disburse.accounts.batches import MOST_NO, SAMPLE, SampleState
from disburse.accounts.review_tables import ReviewBatch, ReviewSample
from disburse.accounts.thresholds import ThresholdTable
from disburse.errors import Conflict, DisburseError, Invalid

router = APIRouter()

MAY_ACCEPT = require(Permission.MATCH_BULK)


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch with its filter in words."""

    batch: ReviewBatch
    filter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkPage(Page):
    template: ClassVar[str] = "review/bulk.html"
    way: Way
    filter: tuple[str, ...]
    eligible: int
    state: SampleState | None
    sample_size: int
    most_no: int
    batches: tuple[BatchLine, ...]
    done: str
    error: DisburseError | None


@router.get(PATH + "/bulk")
def show(
    request: Request,
    session: Reading,
    way: OnWay,
    actor: Actor = MAY_ACCEPT,
    done: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show what a filter holds, how far its sample is judged, and the batches so far."""
    return pages.render(request, _page(session, actor, way, pages.language_of(request), done))


def _page(
    session: Session, actor: Actor, way: Way, lang: str, done: str = "", error: DisburseError | None = None
) -> BulkPage:
    labels = labels_of(session)
    sample = batches.latest_sample(session, actor, way.filters) if way.filters.as_dict() else None
    return BulkPage(
        way=way,
        filter=_in_words(labels, way.filters.as_dict(), lang),
        eligible=_eligible(session, actor, way, sample),
        state=batches.state_of(session, actor, sample) if sample else None,
        sample_size=SAMPLE,
        most_no=MOST_NO,
        batches=tuple(BatchLine(one, _in_words(labels, one.filter, lang)) for one in batches.batches(session, actor)),
        done=done if done in ("accepted", "undone") else "",
        error=error,
    )


def _eligible(session: Session, actor: Actor, way: Way, sample: ReviewSample | None) -> int:
    """Count what may be accepted: of the pairs a sample was drawn from, or of the filter as it stands."""
    if sample is not None:
        return len(batches.left_of(session, actor, sample))
    return len(batches.eligible(session, actor, way.filters)) if way.filters.as_dict() else 0


def _in_words(labels: dict[str, dict[str, str]], filter_: dict[str, str], lang: str) -> tuple[str, ...]:
    return tuple(in_words(labels, name, value, lang) for name, value in filter_.items())


@router.post(PATH + "/samples")
def draw(request: Request, database: Data, way: OnWay, actor: Actor = MAY_ACCEPT) -> Response:
    """Draw the filter's sample and lead to its first pair."""
    try:
        with database.transaction() as session:
            sample = batches.draw_sample(session, filters=way.filters, by=actor)
            sample_id = sample.id
    except (Invalid, Conflict) as refused:
        return _refused(request, database, actor, way, refused)
    return RedirectResponse(Way(way.filters, str(sample_id)).to("/next"), 303)


@router.post(PATH + "/batches")
def accept(
    request: Request,
    database: Data,
    way: OnWay,
    actor: Actor = MAY_ACCEPT,
    drawn: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Accept what is left of the filter, when its sample speaks for it."""
    try:
        if drawn is None:
            raise Invalid("sample_needed")
        with database.transaction() as session:
            batches.accept_batch(session, sample_id=drawn, by=actor)
    except (Invalid, Conflict) as refused:
        return _refused(request, database, actor, way, refused)
    return RedirectResponse(Way(way.filters).to("/bulk", done="accepted"), 303)


@router.post(PATH + "/batches/{batch_id}/undo")
def take_back(request: Request, database: Data, batch_id: UUID, way: OnWay, actor: Actor = MAY_ACCEPT) -> Response:
    """Take a batch back as a whole."""
    try:
        with database.transaction() as session:
            undoing.take_back_batch(session, batch_id=batch_id, by=actor)
    except Conflict as refused:
        return _refused(request, database, actor, way, refused)
    return RedirectResponse(Way(way.filters).to("/bulk", done="undone"), 303)


def _refused(request: Request, database: Data, actor: Actor, way: Way, refused: DisburseError) -> Response:
    with database.reading() as session:
        status = 422 if isinstance(refused, Invalid) else 409
        page = _page(session, actor, Way(way.filters), pages.language_of(request), error=refused)
        return pages.render(request, page, status)


@dataclass(frozen=True, slots=True)
class PreviewPage(Page):
    template: ClassVar[str] = "review/preview.html"
    table: ThresholdTable
    at: str
    error: DisburseError | None
    words: object


@router.get(PATH + "/preview")
def preview(
    request: Request,
    session: Reading,
    config: Config,
    actor: Actor = require(Permission.MATCH_PREVIEW),
    at: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show what each threshold would decide about the stored pairs; looking changes nothing."""
    also, error = [], None
    try:
        also = [thresholds.read_threshold(at)] if at.strip() else []
    except Invalid as refused:
        error = refused
    table = thresholds.preview(session, actor, preset=config.match_preset, accept=config.match_accept, also=also)
    return pages.render(request, PreviewPage(table, at, error, words), 422 if error else 200)
