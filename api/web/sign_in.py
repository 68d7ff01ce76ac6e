"""Signing in and out: password, one-time code, setting both up from an invitation, and the language."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import segno
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api import security
from api.deps import Config, Data, Reading, SignedIn, Writing, by_of, current_or_none, require
from api.errors import status_of
from api.web import pages
from api.web.pages import Page
from api.web.shapes import address
from api.web.words import LANGUAGES
from disburse import clock
from disburse.access import actions, queries, second_factor, sign_in, tickets
from disburse.access.actor import Actor
from disburse.access.roles import Permission, role_name
from disburse.access.tables import User
from disburse.demo.accounts import ACCOUNTS, PASSWORD
from disburse.errors import DisburseError, Invalid, NotFound

router = APIRouter()

LOOPBACK = {"127.0.0.1", "::1", "[::1]"}
TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class SignInPage(Page):
    template: ClassVar[str] = "sign_in.html"
    next: str
    name: str
    error: DisburseError | None
    insecure: bool
    demo_accounts: tuple[tuple[str, str], ...]
    demo_password: str


@dataclass(frozen=True, slots=True)
class CodePage(Page):
    template: ClassVar[str] = "code.html"
    next: str
    secret: str
    qr: str
    error: DisburseError | None


@dataclass(frozen=True, slots=True)
class InvitationPage(Page):
    template: ClassVar[str] = "invitation.html"
    token: str
    name: str
    full_name: str
    second_factor: bool
    error: DisburseError | None


@router.get("/")
def home(actor: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Send each role to its work: the first entry of its menu."""
    return RedirectResponse(pages.first_address(actor), status_code=303)


@dataclass(frozen=True, slots=True)
class WelcomePage(Page):
    template: ClassVar[str] = "welcome.html"
    waiting: bool


@router.get("/welcome")
def welcome(request: Request, session: Reading, actor: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Greet a role that has no screens yet, or whose rights wait, and say why."""
    waiting = queries.roles_to_be(session, actor.user_id) - queries.roles_of(session, actor.user_id)
    return pages.render(request, WelcomePage(waiting=bool(waiting)))


@router.get("/sign-in")
def show_sign_in(request: Request, next: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Show the form; who is signed in already goes on."""
    if current_or_none(request) is not None:
        return RedirectResponse(_safe(next), status_code=303)
    return _by_name(request) or pages.render(request, _sign_in_page(request, next=next))


def _by_name(request: Request) -> Response | None:
    """Lead from http://127.0.0.1 to http://localhost: on plain HTTP browsers keep secure cookies there only."""
    if request.app.state.settings.demo or request.url.scheme != "http" or request.url.hostname not in LOOPBACK:
        return None
    return RedirectResponse(str(request.url.replace(hostname="localhost")), status_code=307)


@router.post("/sign-in")
def post_sign_in(
    request: Request,
    database: Data,
    settings: Config,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=2000)] = "",
    next: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Check the password; then the session begins, or the page for the code follows."""
    agent, by = request.headers.get("user-agent", ""), by_of(request)
    try:
        step = sign_in.with_password(
            database, name=name, password=password, agent=agent, codes=not settings.demo, by=by
        )
    except DisburseError as error:
        page = _sign_in_page(request, next=next, name=name, error=error)
        return pages.render(request, page, status_of(error))
    return _onward(step, next, settings)


def _onward(step: sign_in.Step, next: str, settings: Config) -> Response:
    """After the right password: the session, or the page for the code."""
    if step.next is sign_in.Next.SIGNED_IN:
        return _signed_in(step.token, next, settings)
    answer = RedirectResponse(_with_next("/sign-in/code", next), status_code=303)
    _set_ticket(answer, step.ticket, settings)
    return answer


@router.get("/sign-in/code")
def show_code(request: Request, database: Data, next: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Ask for the code of the authenticator app, or show how to set the app up."""
    ticket = tickets.read(request.cookies.get(TICKET, ""))
    if ticket is None:
        error = Invalid("sign_in_expired")
        return pages.render(request, _sign_in_page(request, next=next, error=error), status_of(error))
    return pages.render(request, _code_page(database, ticket, next))


@router.post("/sign-in/code")
def post_code(
    request: Request,
    database: Data,
    settings: Config,
    code: Annotated[str, Form(max_length=30)] = "",
    next: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Check the code and begin the session."""
    ticket = tickets.read(request.cookies.get(TICKET, ""))
    agent, by = request.headers.get("user-agent", ""), by_of(request)
    try:
        if ticket is None:
            raise Invalid("sign_in_expired")
        step = sign_in.with_code(database, ticket=ticket, code=code, agent=agent, by=by)
    except DisburseError as error:
        if ticket is None:
            return pages.render(request, _sign_in_page(request, next=next, error=error), status_of(error))
        return pages.render(request, _code_page(database, ticket, next, error), status_of(error))
    answer = _signed_in(step.token, next, settings)
    answer.delete_cookie(TICKET, path="/sign-in")
    return answer


@router.get("/invitation/{token}")
def show_invitation(request: Request, session: Reading, token: str) -> Response:
    """Show an invited user the form for a password."""
    return _by_name(request) or pages.render(request, _invitation_page(session, token, request))


@router.post("/invitation/{token}")
def post_invitation(
    request: Request,
    database: Data,
    settings: Config,
    token: str,
    password: Annotated[str, Form(max_length=2000)] = "",
    again: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Set the password and sign in with it: nobody types it again to set the authenticator app up."""
    agent, by = request.headers.get("user-agent", ""), by_of(request)
    try:
        if password != again:
            raise Invalid("passwords_differ")
        with database.transaction() as session:
            name = actions.accept_invitation(session, token=token, password=password, by=by).name
    except Invalid as error:
        with database.reading() as session:
            page = _invitation_page(session, token, request, error)
        return pages.render(request, page, status_of(error))
    try:
        step = sign_in.with_password(
            database, name=name, password=password, agent=agent, codes=not settings.demo, by=by
        )
    except DisburseError:  # the password is set all the same: whoever may not come in now is told so there
        return RedirectResponse("/sign-in", status_code=303)
    return _onward(step, "", settings)


@router.post("/sign-out")
def sign_out(
    session: Writing, found: SignedIn, settings: Config, actor: Actor = require(Permission.OWN_SESSION)
) -> Response:
    """End the session, here and in the database."""
    actions.end_session(session, token=found.token, by=actor.by)
    answer = RedirectResponse("/sign-in", status_code=303)
    security.clear_session_cookie(answer, settings)
    return answer


@router.post("/language")
def choose_language(
    request: Request,
    database: Data,
    lang: Annotated[str, Form(max_length=2)] = "vi",
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Keep the language: in the cookie for everyone, and with the user who is signed in."""
    lang = lang if lang in LANGUAGES else "vi"
    found = current_or_none(request)
    if found is not None:
        with database.transaction() as session:
            actions.set_language(session, user_id=found.actor.user_id, language=lang)
    answer = RedirectResponse(_safe(back), status_code=303)
    answer.set_cookie("lang", lang, max_age=31_536_000, path="/", httponly=True, samesite="lax")
    return answer


def _signed_in(token: str, next: str, settings: Config) -> RedirectResponse:
    answer = RedirectResponse(_safe(next), status_code=303)
    security.set_session_cookie(answer, token, settings)
    answer.set_cookie(pages.GREET, "1", max_age=120, path="/", httponly=True, secure=not settings.demo, samesite="lax")
    return answer


def _set_ticket(answer: Response, ticket: str, settings: Config) -> None:
    answer.set_cookie(
        TICKET,
        ticket,
        max_age=int(tickets.LIFE.total_seconds()),
        path="/sign-in",
        httponly=True,
        secure=not settings.demo,
        samesite="strict",
    )


def _safe(back: str) -> str:
    """Return an address of our own to go back to; anything else is the home page."""
    ours = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if ours and not back.startswith("/sign-in") else "/"


def _with_next(path: str, next: str) -> str:
    return address(path, ("next", next if _safe(next) != "/" else ""))


def _sign_in_page(
    request: Request, *, next: str = "", name: str = "", error: DisburseError | None = None
) -> SignInPage:
    demo, lang = request.app.state.settings.demo, pages.language_of(request)
    shown = tuple((one.name, role_name(one.role, lang)) for one in ACCOUNTS) if demo else ()
    return SignInPage(
        next=next,
        name=name,
        error=error,
        insecure=not demo and request.url.scheme == "http" and request.url.hostname != "localhost",
        demo_accounts=shown,
        demo_password=PASSWORD if demo else "",
    )


def _code_page(database: Data, ticket: tickets.Ticket, next: str, error: DisburseError | None = None) -> CodePage:
    qr = ""
    if ticket.secret:
        with database.reading() as session:
            name = session.get_one(User, ticket.user_id).name
        qr = segno.make(second_factor.address(ticket.secret, name)).svg_data_uri(scale=5, border=2)
    return CodePage(next=next, secret=ticket.secret, qr=qr, error=error)


def _invitation_page(
    session: Reading, token: str, request: Request, error: DisburseError | None = None
) -> InvitationPage:
    found = queries.invitation_of(session, token, clock.utc_now())
    if found is None:
        raise NotFound("invitation_gone")
    user = found[1]
    needed = second_factor.needed_by(queries.roles_to_be(session, user.id))
    return InvitationPage(
        token=token,
        name=user.name,
        full_name=user.full_name,
        second_factor=needed and not request.app.state.settings.demo,
        error=error,
    )
