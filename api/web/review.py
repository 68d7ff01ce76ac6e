"""The review queue at a glance: `/review`, what waits by kind and facet, one's own day, the clerks' week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session, col, select

from api.deps import Reading, require
from api.web import pages, shapes
from api.web import review_words as words
from api.web.pages import Page
from api.web.shapes import address
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import review_queue, tallies
from disburse.accounts.review_queue import Filters
from disburse.accounts.tallies import ClerkLine, Day, Past
from disburse.areas.tables import Area
from disburse.banks.tables import Bank
from disburse.errors import DisburseError

router = APIRouter()

PATH = "/review"
MAY_REVIEW = require(Permission.MATCH_REVIEW)
MOST_VALUES = 12  # of a facet: the rest is reached by narrowing another


def filters_of(
    kind: Annotated[str, Query(max_length=20)] = "",
    band: Annotated[str, Query(max_length=10)] = "",
    commune: Annotated[str, Query(max_length=5)] = "",
    programme: Annotated[str, Query(max_length=20)] = "",
    bank: Annotated[str, Query(max_length=20)] = "",
    differs: Annotated[str, Query(max_length=10)] = "",
    name: Annotated[str, Query(max_length=60)] = "",
    low: Annotated[str, Query(max_length=10)] = "",
    high: Annotated[str, Query(max_length=10)] = "",
) -> Filters:
    """Read the filters of an address; the same for looking and for posting."""
    scores = review_queue.score_text(low), review_queue.score_text(high)
    return Filters(kind, band, commune, programme, bank, differs, " ".join(name.split()), *scores)


Narrowing = Annotated[Filters, Depends(filters_of)]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a clerk walks: the filters and the sample, which every address on the way carries."""

    filters: Filters
    sample: str = ""

    def to(self, path: str = "", **more: str) -> str:
        """Return an address of the review screens on this way."""
        query = [*self.filters.as_dict().items(), ("sample", self.sample), *more.items()]
        return address(PATH + path, *query)

    def narrowed(self, facet: str, value: str) -> str:
        """Return the overview's address with one filter set or, with "", taken off."""
        return Way(self.filters.with_(**{facet: value})).to()


def _way(filters: Narrowing, sample: Annotated[UUID | None, Query()] = None) -> Way:
    return Way(filters, str(sample) if sample else "")


OnWay = Annotated[Way, Depends(_way)]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: its words, how many pairs it leaves, where its link leads."""

    value: str
    label: str
    count: int
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class ReviewPage(Page):
    template: ClassVar[str] = "review/overview.html"
    way: Way
    total: int
    narrowed: int
    eligible: bool
    waiting: tuple[tuple[str, str, int, object], ...]
    facets: dict[str, tuple[Value, ...]]
    facet_words: dict[str, str]
    chips: tuple[tuple[str, str], ...]
    day: Day
    past: tuple[Past, ...]
    clerks: tuple[ClerkLine, ...]
    said_words: dict[str, str]
    said: str
    error: DisburseError | None = None


@router.get(PATH)
def show(
    request: Request,
    session: Reading,
    way: OnWay,
    actor: Actor = MAY_REVIEW,
    said: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show what waits, by kind and by facet, and the clerk's own last answers."""
    return pages.render(request, overview(session, actor, way, said, pages.language_of(request)))


def overview(
    session: Session, actor: Actor, way: Way, said: str, lang: str, error: DisburseError | None = None
) -> ReviewPage:
    """Return the overview: counts by kind and facet, the oldest kind first."""
    pairs = review_queue.waiting_pairs(session, actor, way.filters)
    oldest: dict[str, tuple[int, object]] = {}
    for one in pairs:
        count, found = oldest.get(one.kind, (0, one.found_at))
        oldest[one.kind] = (count + 1, min(found, one.found_at))  # type: ignore[call-overload]
    by_age = sorted(oldest.items(), key=lambda item: item[1][1])  # type: ignore[arg-type, return-value]
    labels = labels_of(session)
    facets = {
        facet: tuple(
            Value(value, labels[facet].get(value, value), count, way.narrowed(facet, "" if here else value), here)
            for value, count in list(counts.items())[:MOST_VALUES]
            for here in [getattr(way.filters, facet) == value]
        )
        for facet, counts in review_queue.facets(pairs, way.filters).items()
    }
    chips = tuple(
        (in_words(labels, name, value, lang), way.narrowed(name, "")) for name, value in way.filters.as_dict().items()
    )
    return ReviewPage(
        way=Way(way.filters),
        total=len(pairs),
        narrowed=sum(1 for one in pairs if one.fits(way.filters)),
        eligible=actor.may(Permission.MATCH_BULK),
        waiting=tuple((kind, words.KIND_WORDS[kind], count, found) for kind, (count, found) in by_age),
        facets=facets,
        facet_words=words.FACET_WORDS,
        chips=chips,
        day=tallies.day_of(session, actor),
        past=tuple(tallies.last_answers(session, actor)),
        clerks=tuple(tallies.clerks(session, actor)) if actor.may(Permission.MATCH_BULK) else (),
        said_words=words.SAID_WORDS,
        said=said if said in words.SAID_WORDS else "",
        error=error,
    )


def in_words(labels: dict[str, dict[str, str]], name: str, value: str, lang: str) -> str:
    """Return one filter as its chip says it."""
    if name in words.SCORE_SIGNS:
        return f"{words.SCORE_SIGNS[name]} {shapes.score(float(value), lang)}"
    return labels.get(name, {}).get(value, value)


def labels_of(session: Session) -> dict[str, dict[str, str]]:
    """Return the words of the facets' values, by facet and value."""
    communes = select(Area.code, Area.name).where(col(Area.valid_to).is_(None))
    banks = select(Bank.code, Bank.short_name)
    return {
        "kind": words.KIND_WORDS,
        "band": words.BAND_WORDS,
        "differs": words.DIFFERS_WORDS,
        "commune": dict(session.exec(communes).all()),
        "bank": dict(session.exec(banks).all()),
        "programme": {},
    }
