"""One person: `/people/{id}`, with what they receive, through whom, on which account, and how we know."""

from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Reading, require
from api.web import pages, person_words
from api.web.accounts import STATE_WORDS as LINK_WORDS
from api.web.likeness_words import FACT_WORDS, WHY_WORDS
from api.web.pages import Page
from api.web.shapes import masked, named
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts.overview import LinkLine, links_of
from disburse.accounts.sight import Sight
from disburse.cases.history import KINDS, Moment, Payment, history, payments
from disburse.duplicates import queries as duplicates
from disburse.errors import DisburseError, NotFound
from disburse.people import listing, notes, reveals
from disburse.people.notes import Note
from disburse.people.profile import Profile, merged_into, profile
from disburse.people.tables import Person, PersonStatus, RecipientKind
from disburse.rosters import sameness
from disburse.rosters.sameness import Agreement

router = APIRouter()

TONES = {"confirmed": "good", "refused": "bad", "closed": "none"}


@dataclass(frozen=True, slots=True)
class Warned:
    """One line of the strip on top: an icon's tone, a code for the template, and what it is about."""

    tone: str
    code: str
    about: str = ""


MOST_TWINS = 5


@dataclass(frozen=True, slots=True)
class Twin:
    """Another record that may be this person: why it was found, and how far the two agree."""

    person: Person
    why: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class PersonPage(Page):
    template: ClassVar[str] = "people/person.html"
    profile: Profile
    numbers: dict[str, str]
    communes: dict[str, str]
    links: tuple[LinkLine, ...]
    timeline: tuple[Moment, ...]
    payments: tuple[Payment, ...]
    warned: tuple[Warned, ...]
    kinds: tuple[str, ...]
    words: ModuleType
    link_words: dict[str, str]
    tones: dict[str, str]
    today: date
    may: frozenset[Permission]
    twins: tuple[Twin, ...]
    why_words: dict[str, str]
    facts: dict[str, str]
    notes: tuple[Note, ...]
    typed: dict[str, str]
    error: DisburseError | None


@router.get("/people/{person_id}")
def show(
    request: Request, session: Reading, person_id: UUID, actor: Actor = require(Permission.PERSON_READ)
) -> Response:
    """Show a person inside the reader's areas and programmes; numbers masked."""
    try:
        found = profile(session, actor, person_id)
    except NotFound:
        kept = merged_into(session, person_id)
        if kept is None:
            raise
        profile(session, actor, kept)
        return RedirectResponse(f"/people/{kept}", status_code=303)
    return pages.render(request, page_of(session, actor, found))


def page_of(
    session: Session,
    actor: Actor,
    found: Profile,
    typed: dict[str, str] | None = None,
    error: DisburseError | None = None,
) -> PersonPage:
    """Return a person's page; `typed` and `error` are those of a note that was refused."""
    links = tuple(links_of(session, found.person.id))
    enrolments = [one.enrolment for one in found.entitlements]
    codes = {one.commune_code for one in enrolments} | ({found.person.commune_code} - {None})
    twins = _twins(session, actor, found.person)
    may = _may(session, actor, found.person.id)
    kept_elsewhere = actor.may(Permission.PERSON_CHANGE) and Permission.PERSON_CHANGE not in may
    return PersonPage(
        profile=found,
        numbers=numbers_of(found.person),
        communes=listing.commune_names(session, {code for code in codes if code}),
        links=links,
        timeline=tuple(
            history(
                session,
                person_id=found.person.id,
                enrolments=enrolments,
                links=links,
                receiving=_receiving(found),
            )
        ),
        payments=tuple(payments(session, enrolments)),
        warned=(*[Warned("info", "elsewhere")] * kept_elsewhere, *_warned(found, links, twins)),
        kinds=KINDS,
        words=person_words,
        link_words=LINK_WORDS,
        tones=TONES,
        today=clock.today(),
        may=may,
        twins=twins,
        why_words=WHY_WORDS,
        facts=FACT_WORDS,
        notes=tuple(notes.notes_of(session, actor, found.person.id)),
        typed=typed or {},
        error=error,
    )


def _may(session: Session, actor: Actor, person_id: UUID) -> frozenset[Permission]:
    """Return which acts on this very person the reader may do: somebody enrolled elsewhere is only read."""
    acts = (Permission.PERSON_CHANGE, Permission.NUMBER_REVEAL, Permission.NOTE_WRITE)
    return frozenset(act for act in acts if actor.may(act) and Sight(actor, act).of(session, [person_id]))


def _receiving(found: Profile) -> dict[UUID, tuple[str, str]]:
    """Return the recipients whose beginning is told: as whom the person receives, and who lists say receives for them.

    What an officer recorded about a recipient is told as their act.
    """
    told = {
        one.recipient.id: ("receives_began", f"{one.enrolment.programme}: {named(one.name)}")
        for one in found.receives_for
    }
    for one in found.entitlements:
        for other in one.receivers:
            if other.recipient.kind != RecipientKind.OWN and other.recipient.roster_id:
                told[other.recipient.id] = ("recipient_began", f"{one.enrolment.programme}: {named(other.name)}")
    return told


def _twins(session: Session, actor: Actor, person: Person) -> tuple[Twin, ...]:
    """Return the records that may be the same human being, where the reader may decide about both."""
    if not actor.may(Permission.PERSON_MERGE):
        return ()
    _, found = duplicates.pairs(session, actor, limit=MOST_TWINS, offset=0, person_id=person.id)
    own = sameness.of_person(person)
    others = [(next(side.person for side in pair.sides if side.person.id != person.id), pair.why) for pair in found]
    return tuple(
        Twin(other, why, sameness.agreement(sameness.compare(own, sameness.of_person(other)))) for other, why in others
    )


def numbers_of(person: Person) -> dict[str, str]:
    """Return a person's numbers masked, by what they are."""
    return {
        name: masked(sealed.maybe_open(person.id, getattr(person, f"{name}_sealed")))
        for name, sealed in reveals.NUMBERS.items()
    }


def _warned(found: Profile, links: tuple[LinkLine, ...], twins: tuple[Twin, ...]) -> list[Warned]:
    person, active = found.person, [one for one in found.entitlements if one.is_active]
    warned: list[Warned] = []
    if person.status == PersonStatus.DEAD:
        warned.append(Warned("warn" if active else "info", "dead"))
    if twins:
        warned.append(Warned("warn", "duplicate"))
    if active and not person.id_valid:
        warned.append(Warned("warn", "id"))
    for one in active:
        if one.enrolment.unexplained_since:
            warned.append(Warned("warn", "unexplained", one.enrolment.programme))
        if one.enrolment.suspended_since:
            warned.append(Warned("warn", "suspended", one.enrolment.programme))
        current = one.current
        until = current.recipient.paper_until if current else None
        if until is not None and until <= clock.today():
            warned.append(Warned("bad", "paper", one.enrolment.programme))
    if any(line.link.state in ("accepted", "requested", "received") for line in links):
        warned.append(Warned("info", "unconfirmed"))
    if any(line.link.state == "refused" and line == links[0] for line in links):
        warned.append(Warned("bad", "refused"))
    return warned
