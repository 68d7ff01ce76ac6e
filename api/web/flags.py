"""Red flags: `/flags` with counts, `/flags/{kind}` down to names, "đã xem xét" with a note; staff; held recipients."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, Writing, require
from api.errors import status_of
from api.web import pages
from api.web.link_words import FLAG_WORDS
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging, masked
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import flags, life
from disburse.accounts.flags import Count, Flag, FlagKind
from disburse.accounts.tables import STAFF_ID, STAFF_PHONE, StaffNumber
from disburse.confirmations.reasons import REASONS, Reason
from disburse.errors import DisburseError, NotFound
from disburse.people.listing import commune_names
from disburse.people.stated import read_day_or_none

router = APIRouter()


@dataclass(frozen=True, slots=True)
class FlagsPage(Page):
    template: ClassVar[str] = "links/flags.html"
    counts: tuple[Count, ...]
    words: dict[FlagKind, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form of one flag."""

    subject: str = ""
    note: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class FlagPage(Page):
    template: ClassVar[str] = "links/flag.html"
    kind: FlagKind
    title: str
    why: str
    flags: tuple[Flag, ...]
    communes: dict[str, str]
    paging: Paging
    may_settle: bool
    typed: Typed
    error: DisburseError | None
    today: date
    reasons: dict[str, Reason]


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A member of staff with numbers masked."""

    entry: StaffNumber
    citizen_id: str
    phone: str


@dataclass(frozen=True, slots=True)
class StaffPage(Page):
    template: ClassVar[str] = "links/staff.html"
    staff: tuple[StaffLine, ...]
    name: str
    error: DisburseError | None


@router.get("/flags")
def show_all(request: Request, session: Reading, actor: Actor = require(Permission.FLAG_READ)) -> Response:
    """Count the flags of every kind inside the reader's areas."""
    return pages.render(request, FlagsPage(tuple(flags.count_all(session, actor)), FLAG_WORDS))


@router.get("/flags/{kind}")
def show(
    request: Request,
    session: Reading,
    kind: FlagKind,
    actor: Actor = require(Permission.FLAG_READ),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show the flags of one kind down to names: first those nobody has looked at."""
    return pages.render(request, _page(session, actor, kind, page))


@router.post("/flags/{kind}")
def review(
    request: Request,
    database: Data,
    kind: FlagKind,
    actor: Actor = require(Permission.FLAG_SETTLE),
    subject: Annotated[str, Form(max_length=80)] = "",
    facts: Annotated[str, Form(max_length=64)] = "",
    note: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Note that a flag was looked at, and why it may stand."""
    try:
        with database.transaction() as session:
            flags.review(session, actor, kind=kind, subject=subject, facts=facts, note=note, by=actor.by)
    except DisburseError as error:
        with database.reading() as session:
            page = _page(session, actor, kind, 1, Typed(subject, note), error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"/flags/{kind}", status_code=303)


@router.post("/holds/{hold_id}/keep")
def keep(
    request: Request,
    database: Data,
    hold_id: UUID,
    actor: Actor = require(Permission.FLAG_SETTLE),
    note: Annotated[str, Form(max_length=300)] = "",
    until: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Let a held recipient go on, by a new paper or for a reason."""
    try:
        day = read_day_or_none(until)
        with database.transaction() as session:
            held = flags.flags(session, actor, FlagKind.RECIPIENT_HELD)
            if all(one.found.subject != str(hold_id) for one in held):
                raise NotFound("not_found")
            life.keep_recipient(session, hold_id=hold_id, note=note, paper_until=day, by=actor.by)
    except NotFound:
        raise
    except DisburseError as error:
        with database.reading() as session:
            page = _page(session, actor, FlagKind.RECIPIENT_HELD, 1, Typed(str(hold_id), note, until), error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"/flags/{FlagKind.RECIPIENT_HELD}", status_code=303)


@router.get("/staff")
def show_staff(request: Request, session: Reading, actor: Actor = require(Permission.FLAG_SETTLE)) -> Response:
    """List the staff whose accounts are watched; numbers masked."""
    return pages.render(request, _staff(session, actor))


@router.post("/staff")
def add_staff(
    request: Request,
    database: Data,
    actor: Actor = require(Permission.FLAG_SETTLE),
    name: Annotated[str, Form(max_length=100)] = "",
    citizen_id: Annotated[str, Form(max_length=30)] = "",
    phone: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """Watch the accounts of one more member of staff."""
    area = next(iter(actor.scopes(Permission.FLAG_SETTLE))).area_code
    try:
        with database.transaction() as session:
            flags.add_staff(session, name=name, citizen=citizen_id, telephone=phone, area_code=area, by=actor.by)
    except DisburseError as error:
        with database.reading() as session:
            page = _staff(session, actor, name, error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse("/staff", status_code=303)


@router.post("/staff/{staff_id}/remove")
def remove_staff(session: Writing, staff_id: UUID, actor: Actor = require(Permission.FLAG_SETTLE)) -> Response:
    """Stop watching somebody who works here no more."""
    flags.remove_staff(session, actor, staff_id=staff_id, by=actor.by)
    return RedirectResponse("/staff", status_code=303)


def _staff(session: Session, actor: Actor, name: str = "", error: DisburseError | None = None) -> StaffPage:
    lines = tuple(
        StaffLine(
            entry,
            masked(STAFF_ID.maybe_open(entry.id, entry.citizen_id_sealed)),
            masked(STAFF_PHONE.maybe_open(entry.id, entry.phone_sealed)),
        )
        for entry in flags.staff(session, actor)
    )
    return StaffPage(lines, name, error)


def _page(
    session: Session,
    actor: Actor,
    kind: FlagKind,
    number: int,
    typed: Typed | None = None,
    error: DisburseError | None = None,
) -> FlagPage:
    found = flags.flags(session, actor, kind)
    shown = tuple(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    codes = {commune for flag in shown for _, _, commune in flag.people if commune}
    title, why = FLAG_WORDS[kind]
    return FlagPage(
        kind=kind,
        title=title,
        why=why,
        flags=shown,
        communes=commune_names(session, codes),
        paging=Paging(number, len(found), f"/flags/{kind}"),
        may_settle=actor.may(Permission.FLAG_SETTLE),
        typed=typed or Typed(),
        error=error,
        today=clock.today(),
        reasons=dict(REASONS),
    )
