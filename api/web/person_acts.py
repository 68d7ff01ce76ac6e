"""Acts on one person: changing facts, ending, opening again, moving, suspending. Each is shown before it is done."""

from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import pages, person_words
from api.web.pages import Page
from api.web.people import numbers_of
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.cases import actions as cases
from disburse.cases.actions import Moving
from disburse.cases.effects import Effect, effects_of_end
from disburse.errors import DisburseError, Invalid, NotFound
from disburse.people import changes, listing
from disburse.people.profile import Entitlement, Profile, profile
from disburse.people.stated import read_day, read_person, read_reason
from disburse.people.tables import EndReason

router = APIRouter()

Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class EditPage(Page):
    template: ClassVar[str] = "people/edit.html"
    profile: Profile
    numbers: dict[str, str]
    number_words: dict[str, str]
    typed: Typed
    error: DisburseError | None


@router.get("/people/{person_id}/edit")
def show_edit(
    request: Request, session: Reading, person_id: UUID, actor: Actor = require(Permission.PERSON_CHANGE)
) -> Response:
    """Show what is known of a person, to be changed; numbers stay masked and are typed anew or left."""
    found = _changeable(session, actor, person_id)
    person = found.person
    known = (person.birth_date, person.birth_precision) if person.birth_date else None
    typed = {
        "name": person.name,
        "birth": "/".join(reversed((changes.written(known) or "").split("-"))),
        "sex": str(person.sex or ""),
        "hamlet": person.hamlet,
        "address": person.address,
    }
    return pages.render(request, _edit_page(found, typed, None))


@router.post("/people/{person_id}/edit")
def post_edit(
    request: Request,
    data: Data,
    person_id: UUID,
    actor: Actor = require(Permission.PERSON_CHANGE),
    name: Annotated[str, Form(max_length=200)] = "",
    birth: Annotated[str, Form(max_length=40)] = "",
    sex: Annotated[str, Form(max_length=10)] = "",
    citizen_id: Annotated[str, Form(max_length=40)] = "",
    old_id: Annotated[str, Form(max_length=40)] = "",
    phone: Annotated[str, Form(max_length=40)] = "",
    hamlet: Annotated[str, Form(max_length=200)] = "",
    address: Annotated[str, Form(max_length=400)] = "",
    remove: Annotated[list[str] | None, Form()] = None,
    reason: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Change what is known; an empty number field leaves the number, unless its removal is ticked."""
    typed = {
        "name": name, "birth": birth, "sex": sex, "citizen_id": citizen_id, "old_id": old_id, "phone": phone,
        "hamlet": hamlet, "address": address, "reason": reason,
    }  # fmt: skip
    numbers = {"citizen_id": citizen_id, "old_id": old_id, "phone": phone}
    keep = [key for key, text in numbers.items() if not text.strip() and key not in (remove or [])]
    try:
        stated = read_person(
            name=name, birth=birth, sex=sex, citizen=citizen_id, old=old_id, telephone=phone, hamlet=hamlet,
            address=address,
        )  # fmt: skip
        why = read_reason(reason)
        with data.transaction() as session:
            _changeable(session, actor, person_id)
            changes.change_person(session, person_id=person_id, stated=stated, keep=keep, why=why, by=actor.by)
    except NotFound:
        raise
    except DisburseError as error:
        with data.reading() as session:
            page = _edit_page(_changeable(session, actor, person_id), typed, error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"/people/{person_id}", status_code=303)


def _edit_page(found: Profile, typed: Typed, error: DisburseError | None) -> EditPage:
    return EditPage(found, numbers_of(found.person), person_words.NUMBER_WORDS, typed, error)


def _changeable(session: Session, actor: Actor, person_id: UUID, act: str = "") -> Profile:
    # An end is taken back by those whose enrolment it was, whoever has the person now: nothing else changes by it.
    return profile(session, actor, person_id, Permission.PERSON_CHANGE, past=act == "reopen")


@dataclass(frozen=True, slots=True)
class ActPage(Page):
    """One act on a person, as a form; with `effects` it is the second look before it is done."""

    template: ClassVar[str] = "people/act.html"
    act: str
    profile: Profile
    chosen: tuple[Entitlement, ...]
    typed: Typed
    effects: tuple[Effect, ...]
    communes: tuple[tuple[str, str], ...]
    commune_names: dict[str, str]
    today: date
    words: ModuleType
    error: DisburseError | None


ACTS = ("end", "reopen", "move", "suspend", "resume")


def _act_page(
    session: Session,
    found: Profile,
    act: str,
    chosen: list[Entitlement],
    typed: Typed,
    *,
    effects: list[Effect] | None = None,
    error: DisburseError | None = None,
) -> ActPage:
    codes = {one.enrolment.commune_code for one in found.entitlements}
    return ActPage(
        act=act,
        profile=found,
        chosen=tuple(chosen),
        typed=typed,
        effects=tuple(effects or ()),
        communes=tuple(_targets(session, found)) if act == "move" else (),
        commune_names=listing.commune_names(session, codes),
        today=clock.today(),
        words=person_words,
        error=error,
    )


def _targets(session: Session, found: Profile) -> list[tuple[str, str]]:
    provinces = {one.enrolment.province_code for one in found.entitlements}
    return [pair for province in sorted(provinces) for pair in listing.communes_in(session, province)]


def _of_act(found: Profile, act: str, enrolment: str) -> list[Entitlement]:
    """Return the enrolments an act is about: the one named, or every one it can be about."""
    fitting = [one for one in found.entitlements if one.is_active != (act == "reopen")]
    if act == "reopen":
        fitting = [one for one in found.entitlements if one.enrolment.end_reason in cases.ENDS]
    if enrolment:
        fitting = [one for one in fitting if str(one.enrolment.id) == enrolment]
    if not fitting:
        raise NotFound("not_found")
    return fitting


@router.get("/people/{person_id}/act/{act}")
def show_act(
    request: Request,
    session: Reading,
    person_id: UUID,
    act: str,
    actor: Actor = require(Permission.PERSON_CHANGE),
    enrolment: Annotated[str, Query(max_length=40)] = "",
    reason: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the form of an act: what, which enrolments, from when, why."""
    if act not in ACTS:
        raise NotFound("not_found")
    found = _changeable(session, actor, person_id, act)
    chosen = _of_act(found, act, enrolment)
    typed = {"enrolment": enrolment, "end_reason": reason}
    return pages.render(request, _act_page(session, found, act, chosen, typed))


@router.post("/people/{person_id}/act/{act}")
def post_act(
    request: Request,
    data: Data,
    person_id: UUID,
    act: str,
    actor: Actor = require(Permission.PERSON_CHANGE),
    enrolment: Annotated[str, Form(max_length=40)] = "",
    end_reason: Annotated[str, Form(max_length=20)] = "",
    on: Annotated[str, Form(max_length=20)] = "",
    commune: Annotated[str, Form(max_length=5)] = "",
    hamlet: Annotated[str, Form(max_length=200)] = "",
    address: Annotated[str, Form(max_length=400)] = "",
    reason: Annotated[str, Form(max_length=400)] = "",
    sure: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Do the act; the first answer to an end shows its effect, and only the second look does it."""
    if act not in ACTS:
        raise NotFound("not_found")
    typed = {
        "enrolment": enrolment, "end_reason": end_reason, "on": on, "commune": commune, "hamlet": hamlet,
        "address": address, "reason": reason,
    }  # fmt: skip
    refused: DisburseError | None = None
    effects: list[Effect] = []
    try:
        with data.transaction() as session:
            chosen = _of_act(_changeable(session, actor, person_id, act), act, enrolment)
            effects = _do(session, act, chosen, typed, sure == "1", actor)
    except NotFound:
        raise
    except DisburseError as error:
        refused = error
    if refused is None and not effects:
        return RedirectResponse(f"/people/{person_id}", status_code=303)
    with data.reading() as session:
        found = _changeable(session, actor, person_id, act)
        chosen = _of_act(found, act, enrolment)
        page = _act_page(session, found, act, chosen, typed, effects=effects, error=refused)
    return pages.render(request, page, status_of(refused) if refused else 200)


def _do(session: Session, act: str, chosen: list[Entitlement], typed: Typed, sure: bool, actor: Actor) -> list[Effect]:
    """Do the act, or return what it would do where that is to be looked at first."""
    why, enrolments = read_reason(typed["reason"]), [one.enrolment for one in chosen]
    if act == "end":
        if typed["end_reason"] not in [str(one) for one in cases.ENDS]:
            raise Invalid("end_reason_invalid")
        reason = EndReason(typed["end_reason"])
        on = clock.today() if reason == EndReason.MISTAKE else read_day(typed["on"], not_after=clock.today())
        if not sure:
            return effects_of_end(session, enrolments=enrolments, reason=reason, on=on)
        cases.end(session, enrolments=enrolments, reason=reason, on=on, why=why, by=actor.by)
        return []
    [one] = enrolments if len(enrolments) == 1 else [None]
    if one is None:
        raise Invalid("enrolment_needed")
    if act == "reopen":
        cases.reopen(session, enrolment_id=one.id, why=why, by=actor.by)
    elif act == "move":
        on = read_day(typed["on"], not_after=clock.today())
        moving = Moving(one.id, typed["commune"], on, " ".join(typed["hamlet"].split()), typed["address"].strip())
        cases.move(session, moving=moving, why=why, by=actor.by)
    elif act == "suspend":
        on = read_day(typed["on"])
        changes.suspend(session, enrolment_id=one.id, since=on, why=why, by=actor.by)
    else:
        changes.resume(session, enrolment_id=one.id, why=why, by=actor.by)
    return []
