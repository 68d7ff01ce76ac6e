"""`/rosters/{id}/values`: what texts mean that the reader could not resolve: communes, benefit types, hamlets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session
from starlette.datastructures import FormData

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages
from api.web.rosters import steps
from api.web.rosters.steps import Filled, StepPage
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.areas.names import place_sort_key, split_type
from disburse.areas.places import packaged
from disburse.areas.units import CURRENT_FROM
from disburse.errors import Conflict, DisburseError, Invalid
from disburse.people import listing
from disburse.rosters import actions, browsing, ordering, suggestions
from disburse.rosters.corrections import value_key
from disburse.rosters.hamlets import Asked, asked
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.suggestions import Choice
from disburse.rosters.tables import Roster
from disburse.rosters.tasks import units_of

router = APIRouter()

MOST = 40  # texts of one kind asked about at once: more than that is a wrong column


@dataclass(frozen=True, slots=True)
class TextShown:
    """One text of the file: how many rows bear it, what it may mean, what it is told to mean."""

    number: int
    text: str
    count: int
    choices: tuple[Choice, ...]
    chosen: str
    guess: str  # words of the likeliest meaning, "" where there is none


@dataclass(frozen=True, slots=True)
class HamletShown:
    """A hamlet the register does not know, or all of a commune without a register; `place` is where it lies."""

    asked: Asked
    place: str
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuesPage(StepPage):
    template: ClassVar[str] = "rosters/values.html"
    communes: tuple[TextShown, ...]
    benefits: tuple[TextShown, ...]
    hamlets: tuple[HamletShown, ...]
    all_communes: Sequence[Choice]
    all_benefits: Sequence[Choice]
    more: int
    more_hamlets: int
    homeless: int  # rows of which nothing says the commune


@router.get("/rosters/{roster_id}/values")
def show(
    request: Request,
    session: Reading,
    roster_id: UUID,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
    hamlets: Annotated[bool, Query()] = False,
) -> Response:
    """Ask about texts nobody but a person can resolve; where there is none, go on.

    That a commune has no register of hamlets yet stops nobody: its names are shown when asked for, or beside others.
    """
    roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    if (instead := steps.in_place_of(request, session, roster, "values")) is not None:
        return instead
    homeless = browsing.count_issue(session, roster_id, "commune_missing")
    page = _page(roster, homeless, hamlets_asked(session, actor, roster))
    waiting = [one for one in page.hamlets if hamlets or one.asked.has_register]
    if not (page.communes or page.benefits or waiting or homeless):
        return steps.go(roster_id, "check")
    return pages.render(request, page)


def hamlets_asked(session: Session, actor: Actor, roster: Roster) -> list[Asked]:
    """Return the hamlets asked about: those of communes whose register the officer may change."""
    found = steps.rehearsal_of(roster)
    if found is None or not found.hamlets:
        return []
    return asked(session, found.hamlets, _own(session, actor))


def _own(session: Session, actor: Actor) -> set[str]:
    return {code for code, _ in listing.communes_of(session, actor, Permission.HAMLET_CHANGE)}


def _page(
    roster: Roster,
    homeless: int = 0,
    places: Sequence[Asked] = (),
    given: FormData | None = None,
    error: DisburseError | None = None,
) -> ValuesPage:
    met = actions.outline_of(roster).get("met", {})
    communes = sorted(suggestions.communes(roster.province_code, units_of(roster)), key=_place_order)
    benefits = suggestions.benefits(roster.programme)
    kinds = [(met.get("communes", []), communes, "commune"), (met.get("benefits", []), benefits, "benefit")]
    texts = [_texts(roster, found[:MOST], choices, kind, given) for found, choices, kind in kinds]
    return ValuesPage(
        roster=roster,
        steps=steps.steps_of(roster, "values"),
        scopes=steps.SCOPE_WORDS,
        error=error,
        communes=texts[0],
        benefits=texts[1],
        hamlets=tuple(_hamlet(one, given) for one in places[:MOST]),
        all_communes=communes,
        all_benefits=benefits,
        more=sum(max(0, len(found) - MOST) for found, _, _ in kinds),
        more_hamlets=max(0, len(places) - MOST),
        homeless=homeless,
    )


def _hamlet(one: Asked, given: FormData | None) -> HamletShown:
    value = given.get(f"hamlet-{one.key}") if given is not None else None
    code, day = one.origin
    places = packaged()
    now, then = places.commune(one.commune), places.unit(code, date.fromisoformat(day))
    place = now.name if now else one.commune
    if then.valid_from < CURRENT_FROM:
        place = f"{then.name} → {place}"
    return HamletShown(one, place, value[:60] if isinstance(value, str) else one.guess)


def _place_order(choice: Choice) -> tuple[bool, str]:
    """Today's communes first, each list in Vietnamese order, the word before the name left out."""
    return "→" in choice.label, place_sort_key(split_type(choice.label)[1])


def _texts(
    roster: Roster, found: list[Mapping[str, Any]], all_choices: Sequence[Choice], kind: str, given: FormData | None
) -> tuple[TextShown, ...]:
    labels = {choice.key: choice.label for choice in all_choices}
    shown = []
    for number, one in enumerate(found):
        few = tuple(Choice(key, labels.get(key, label)) for key, label in one["choices"])
        likely = None
        if not few and not one["told"]:
            likely = suggestions.suggest(f"{kind}_unknown", one["text"], {"found": one["text"]}, {}, roster)
        if likely is not None:
            few = (Choice(likely.value, likely.shown),)
        value = given.get(f"{kind}-{number}") if given is not None else None
        chosen = value[:60] if isinstance(value, str) else one["told"]
        text = mask_numbers(one["text"])
        shown.append(TextShown(number, text, one["count"], few, chosen, likely.shown if likely else ""))
    return tuple(shown)


@router.post("/rosters/{roster_id}/values")
def post(
    request: Request,
    database: Data,
    roster_id: UUID,
    form: Filled,
    actor: Actor = require(Permission.ROSTER_UPLOAD),
) -> Response:
    """Keep what the texts mean; the file is read again with it."""
    with database.reading() as session:
        roster = browsing.handled(session, actor, roster_id, Permission.ROSTER_UPLOAD)
    met = actions.outline_of(roster).get("met", {})
    told = {
        kind: {
            value_key(one["text"]): value
            for number, one in enumerate(met.get(f"{kind}s", [])[:MOST])
            if isinstance(value := form.get(f"{kind}-{number}"), str) and len(value) <= 60
        }
        for kind in ("commune", "benefit")
    }
    try:
        with database.transaction() as session:
            named = _told_hamlets(form)
            ordering.name_hamlets(
                session, roster_id=roster_id, told=named, communes=_own(session, actor) if named else (), by=actor.by
            )
            ordering.correct_values(
                session, roster_id=roster_id, communes=told["commune"], benefits=told["benefit"], by=actor.by
            )
    except (Invalid, Conflict) as error:
        with database.reading() as session:
            places = hamlets_asked(session, actor, roster)
        return pages.render(request, _page(roster, 0, places, form, error), status_of(error))
    return steps.go(roster_id, "check")


def _told_hamlets(form: FormData) -> dict[str, str]:
    """Return question key → hamlet, or "new", for what was chosen."""
    told: dict[str, str] = {}
    for name, value in form.items():
        kind, _, key = name.partition("-")
        if kind == "hamlet" and isinstance(value, str) and value and len(value) <= 60 and len(told) < MOST:
            told[key[:12]] = value
    return told
