"""One's own account: `/account`, with sessions, password, second factor, recovery codes, language and shortcuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Before, Config, Current, Data, Reading, SignedIn, Writing, require
from api.errors import status_of
from api.web import grants, pages
from api.web.grants import GrantLine
from api.web.pages import Page
from disburse.access import actions, queries, recovery, second_factor, sign_in, tickets
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.access.tables import User, UserSession
from disburse.errors import DisburseError, Invalid

router = APIRouter()

TICKET = "new_phone"
PLACE = "/account/second-factor"


@dataclass(frozen=True, slots=True)
class AccountPage(Page):
    template: ClassVar[str] = "access/account.html"
    user: User
    grants: tuple[GrantLine, ...]
    before_this: Before
    sessions: tuple[UserSession, ...]
    this_session: str
    codes_left: int
    error: DisburseError | None
    field: str
    done: str


@router.get("/account")
def show(request: Request, session: Reading, found: SignedIn, _: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Show who one is here, where one is signed in, and what one may set."""
    return pages.render(request, _page(request, session, found))


def _page(
    request: Request, session: Session, found: Current, error: DisburseError | None = None, field: str = ""
) -> AccountPage:
    user_id = found.actor.user_id
    held = queries.grants_of(session, user_id)
    return AccountPage(
        user=session.get_one(User, user_id),
        grants=tuple(grants.lines(session, held, pages.language_of(request))),
        before_this=found.before,
        sessions=tuple(queries.sessions_of(session, user_id)),
        this_session=queries.token_hash(found.token),
        codes_left=recovery.codes_left(session, user_id),
        error=error,
        field=field,
        done=request.query_params.get("done", ""),
    )


def _refused(request: Request, database: Data, found: Current, error: DisburseError, field: str) -> Response:
    with database.reading() as session:
        page = _page(request, session, found, error, field)
    return pages.render(request, page, status_of(error))


@router.post("/account/shortcuts")
def post_shortcuts(
    session: Writing,
    actor: Actor = require(Permission.OWN_SESSION),
    on: Annotated[str, Form(max_length=2)] = "",
) -> Response:
    """Switch the keys that act by themselves on or off."""
    actions.set_shortcuts(session, user_id=actor.user_id, on=bool(on), by=actor.by)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/sessions")
def post_sessions(
    session: Writing,
    found: SignedIn,
    actor: Actor = require(Permission.OWN_SESSION),
    end: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """End one session of one's own, or with "others" all but this one."""
    this = queries.token_hash(found.token)
    if end == "others":
        actions.end_own_sessions(session, user_id=actor.user_id, keep=this, by=actor.by)
    elif end:
        actions.end_own_sessions(session, user_id=actor.user_id, token_hash=end, by=actor.by)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/password")
def post_password(
    request: Request,
    database: Data,
    found: SignedIn,
    actor: Actor = require(Permission.OWN_SESSION),
    current: Annotated[str, Form(max_length=2000)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    again: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Change the password: the current one is asked, every other session ends."""
    try:
        sign_in.check_own_password(database, user_id=actor.user_id, password=current, by=actor.by)
    except DisburseError as error:
        return _refused(request, database, found, error, "current")
    try:
        if password != again:
            raise Invalid("passwords_differ")
        with database.transaction() as session:
            user = session.get_one(User, actor.user_id)
            keep = queries.token_hash(found.token)
            actions.set_password(session, user=user, password=password, keep=keep, by=actor.by)
    except DisburseError as error:
        return _refused(request, database, found, error, "new-password")
    return RedirectResponse("/account?done=password", status_code=303)


@dataclass(frozen=True, slots=True)
class CodesPage(Page):
    template: ClassVar[str] = "access/recovery_codes.html"
    codes: tuple[str, ...]


@router.post("/account/recovery-codes")
def post_recovery_codes(
    request: Request,
    database: Data,
    found: SignedIn,
    actor: Actor = require(Permission.OWN_SESSION),
    current: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Make ten new recovery codes and show them this one time; the old ones stop working."""
    try:
        sign_in.check_own_password(database, user_id=actor.user_id, password=current, by=actor.by)
    except DisburseError as error:
        return _refused(request, database, found, error, "codes-password")
    with database.transaction() as session:
        codes = recovery.make_codes(session, user_id=actor.user_id, by=actor.by)
    return pages.render(request, CodesPage(tuple(codes)))


@dataclass(frozen=True, slots=True)
class NewPhonePage(Page):
    template: ClassVar[str] = "access/new_phone.html"
    secret: str
    qr: str
    error: DisburseError | None


@router.post("/account/second-factor")
def post_second_factor(
    request: Request,
    database: Data,
    settings: Config,
    found: SignedIn,
    actor: Actor = require(Permission.OWN_SESSION),
    current: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Begin to set up another phone; the old one works until the new one has shown its first code."""
    try:
        sign_in.check_own_password(database, user_id=actor.user_id, password=current, by=actor.by)
    except DisburseError as error:
        return _refused(request, database, found, error, "phone-password")
    answer = RedirectResponse(PLACE, status_code=303)
    answer.set_cookie(
        TICKET,
        sign_in.set_up_ticket(actor.user_id),
        max_age=int(tickets.LIFE.total_seconds()),
        path=PLACE,
        httponly=True,
        secure=not settings.demo,
        samesite="strict",
    )
    return answer


@router.get("/account/second-factor")
def show_second_factor(request: Request, actor: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Show the secret of the phone that is being set up, and ask for its first code."""
    ticket = _ticket(request, actor)
    return RedirectResponse("/account", status_code=303) if ticket is None else _new_phone(request, actor, ticket)


@router.post("/account/second-factor/code")
def post_second_factor_code(
    request: Request,
    database: Data,
    actor: Actor = require(Permission.OWN_SESSION),
    code: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Put the new phone in place once its code is right."""
    ticket = _ticket(request, actor)
    if ticket is None:
        return RedirectResponse("/account", status_code=303)
    try:
        sign_in.change_second_factor(database, ticket=ticket, code=code, by=actor.by)
    except DisburseError as error:
        return _new_phone(request, actor, ticket, error)
    answer = RedirectResponse("/account?done=phone", status_code=303)
    answer.delete_cookie(TICKET, path=PLACE)
    return answer


def _ticket(request: Request, actor: Actor) -> tickets.Ticket | None:
    found = tickets.read(request.cookies.get(TICKET, ""))
    return found if found is not None and found.user_id == actor.user_id and found.secret else None


def _new_phone(request: Request, actor: Actor, ticket: tickets.Ticket, error: DisburseError | None = None) -> Response:
    qr = segno.make(second_factor.address(ticket.secret, actor.name)).svg_data_uri(scale=5, border=2)
    return pages.render(request, NewPhonePage(ticket.secret, qr, error), status_of(error) if error else 200)
