"""Banks' programs: `/programs` with who may call, from where and how often; secrets, shown once; the log of calls."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Config, Data, Reading, Writing, require
from api.errors import status_of
from api.signatures import Vector, vector
from api.web import pages
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.banks import actions, outgoing, queries, watching, webhooks
from disburse.banks.actions import ClientChange, NewSecret
from disburse.banks.queries import ClientLine
from disburse.banks.scopes import SCOPE_WORDS, Scope
from disburse.banks.tables import Bank, BankClient, CallRecord
from disburse.banks.watching import Traffic
from disburse.banks.webhooks import Sent
from disburse.db import Database
from disburse.errors import Conflict, DisburseError, Invalid, NotFound

router = APIRouter()

QUIET = Traffic(0, 0, 0)
MOST_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed about a program, kept when it is refused."""

    bank: str = ""
    name: str = ""
    contact: str = ""
    scopes: tuple[str, ...] = ()
    addresses: str = ""
    per_minute: str = "60"
    per_day: str = "5000"
    must_sign: bool = False
    webhook: str = ""


@dataclass(frozen=True, slots=True)
class ProgramsPage(Page):
    template: ClassVar[str] = "banks/programs.html"
    lines: tuple[ClientLine, ...]
    names: dict[str, str]
    traffic: dict[UUID, Traffic]
    quiet: Traffic
    may_change: bool


@dataclass(frozen=True, slots=True)
class NewProgramPage(Page):
    template: ClassVar[str] = "banks/new_program.html"
    banks: tuple[Bank, ...]
    scopes: dict[str, str]
    typed: Typed
    error: DisburseError | None


@dataclass(frozen=True, slots=True)
class SecretPage(Page):
    template: ClassVar[str] = "banks/secret.html"
    made: NewSecret
    client: BankClient
    site: str

    @property
    def first_call(self) -> str:
        """Return the line that gets a token, with the secret left out: a screen may be photographed."""
        return f"curl -u {self.made.client_id}:… -d grant_type=client_credentials {self.site}/oauth/token"


@dataclass(frozen=True, slots=True)
class WebhookPage(Page):
    template: ClassVar[str] = "banks/webhook.html"
    client: BankClient
    secret: str


@dataclass(frozen=True, slots=True)
class ProgramPage(Page):
    template: ClassVar[str] = "banks/program.html"
    line: ClientLine
    bank: str
    traffic: Traffic
    scopes: dict[str, str]
    typed: Typed
    calls: tuple[CallRecord, ...]
    messages: tuple[Sent, ...]
    paging: Paging
    may_change: bool
    error: DisburseError | None
    vector: Vector

    def age(self, made: datetime) -> int:
        """Return the days since a secret was made."""
        return (clock.utc_now() - made).days


@router.get("/programs")
def show_all(request: Request, session: Reading, actor: Actor = require(Permission.BANK_READ)) -> Response:
    """List the programs of all banks with their calls of the last day."""
    page = ProgramsPage(
        lines=tuple(queries.clients(session)),
        names=queries.names(session),
        traffic=watching.traffic(session),
        quiet=QUIET,
        may_change=actor.may(Permission.BANK_CHANGE),
    )
    return pages.render(request, page)


@router.get("/programs/new")
def show_new(request: Request, session: Reading, _: Actor = require(Permission.BANK_CHANGE)) -> Response:
    """Show the form for a program; every scope is ticked."""
    return _new(request, session, Typed(scopes=tuple(map(str, Scope))))


@router.post("/programs/new")
def add(
    request: Request,
    database: Data,
    actor: Actor = require(Permission.BANK_CHANGE),
    bank: Annotated[str, Form(max_length=20)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    contact: Annotated[str, Form(max_length=200)] = "",
    scope: Annotated[list[str] | None, Form()] = None,
    addresses: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Add a program and show its secret, this once."""
    typed = Typed(bank, name, contact, tuple(scope or ()), addresses)
    try:
        with database.transaction() as session:
            made = actions.add_client(
                session,
                bank_code=bank,
                name=name,
                scopes=_scopes(typed.scopes),
                allowed_ips=addresses.split(),
                contact=contact,
                by=actor.by,
            )
    except DisburseError as error:
        with database.reading() as session:
            return _new(request, session, typed, error)
    return _secret(request, database, made)


@router.get("/programs/{client_id}")
def show_one(
    request: Request,
    session: Reading,
    client_id: UUID,
    actor: Actor = require(Permission.BANK_READ),
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show a program: what it may do, its secrets, and its calls without their bodies."""
    return _one(request, session, actor, client_id, page=page)


@router.post("/programs/{client_id}")
def change(
    request: Request,
    database: Data,
    client_id: UUID,
    actor: Actor = require(Permission.BANK_CHANGE),
    contact: Annotated[str, Form(max_length=200)] = "",
    scope: Annotated[list[str] | None, Form()] = None,
    addresses: Annotated[str, Form(max_length=2000)] = "",
    per_minute: Annotated[str, Form(max_length=9)] = "",
    per_day: Annotated[str, Form(max_length=9)] = "",
    must_sign: Annotated[bool, Form()] = False,
) -> Response:
    """Change what a program may do; it holds from its next call on."""
    typed = Typed("", "", contact, tuple(scope or ()), addresses, per_minute, per_day, must_sign)
    wanted = ClientChange(
        scopes=_scopes(typed.scopes),
        allowed_ips=addresses.split(),
        per_minute=_number(per_minute),
        per_day=_number(per_day),
        must_sign=must_sign,
        contact=contact,
    )
    try:
        with database.transaction() as session:
            _known(session, client_id)
            actions.change_client(session, client_id=client_id, change=wanted, by=actor.by)
    except Invalid as error:
        with database.reading() as session:
            return _one(request, session, actor, client_id, typed=typed, error=error)
    return _back(client_id)


@router.post("/programs/{client_id}/secrets")
def add_secret(
    request: Request, database: Data, client_id: UUID, actor: Actor = require(Permission.BANK_CHANGE)
) -> Response:
    """Make a second secret and show it, this once."""
    try:
        with database.transaction() as session:
            _known(session, client_id)
            made = actions.add_secret(session, client_id=client_id, by=actor.by)
    except Conflict as error:
        with database.reading() as session:
            return _one(request, session, actor, client_id, error=error)
    return _secret(request, database, made)


@router.post("/programs/{client_id}/secrets/{secret_id}/revoke")
def revoke(
    session: Writing, client_id: UUID, secret_id: UUID, actor: Actor = require(Permission.BANK_CHANGE)
) -> Response:
    """End a secret; the tokens it opened end with it."""
    _known(session, client_id)
    actions.revoke_secret(session, client_id=client_id, secret_id=secret_id, by=actor.by)
    return _back(client_id)


@router.post("/programs/{client_id}/disable")
def disable(session: Writing, client_id: UUID, actor: Actor = require(Permission.BANK_CHANGE)) -> Response:
    """Shut a program out at once."""
    _known(session, client_id)
    actions.disable_client(session, client_id=client_id, by=actor.by)
    return _back(client_id)


@router.post("/programs/{client_id}/enable")
def enable(session: Writing, client_id: UUID, actor: Actor = require(Permission.BANK_CHANGE)) -> Response:
    """Let a program in again."""
    _known(session, client_id)
    actions.enable_client(session, client_id=client_id, by=actor.by)
    return _back(client_id)


@router.post("/programs/{client_id}/webhook")
def set_webhook(
    request: Request,
    database: Data,
    settings: Config,
    client_id: UUID,
    actor: Actor = require(Permission.BANK_CHANGE),
    url: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Set where the program is told that something waits and show the signing key, this once; without one, stop."""
    with database.reading() as session:
        typed = replace(_typed(_known(session, client_id)), webhook=url.strip())
    try:
        target = outgoing.checked(typed.webhook, allow_private=settings.webhooks_private) if typed.webhook else None
        with database.transaction() as session:
            secret = webhooks.set_webhook(session, client_id=client_id, url=target, by=actor.by)
    except Invalid as error:
        with database.reading() as session:
            return _one(request, session, actor, client_id, typed=typed, error=error)
    if not secret:
        return _back(client_id)
    with database.reading() as session:
        return pages.render(request, WebhookPage(_known(session, client_id), secret))


@router.post("/programs/{client_id}/messages/{delivery_id}/resend")
def resend(
    request: Request,
    database: Data,
    client_id: UUID,
    delivery_id: UUID,
    actor: Actor = require(Permission.BANK_CHANGE),
) -> Response:
    """Try a message to the bank again now."""
    try:
        with database.transaction() as session:
            _known(session, client_id)
            webhooks.resend(session, client_id=client_id, delivery_id=delivery_id, by=actor.by)
    except Conflict as error:
        with database.reading() as session:
            return _one(request, session, actor, client_id, error=error)
    return RedirectResponse(f"/programs/{client_id}#messages", status_code=303)


def _known(session: Session, client_id: UUID) -> BankClient:
    found = watching.get_client(session, client_id)
    if found is None:
        raise NotFound("not_found")
    return found


def _back(client_id: UUID) -> Response:
    return RedirectResponse(f"/programs/{client_id}", status_code=303)


def _scopes(names: tuple[str, ...]) -> list[Scope]:
    known = {str(scope): scope for scope in Scope}
    return [known[name] for name in names if name in known]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def _words(request: Request) -> dict[str, str]:
    lang = pages.language_of(request)
    return {str(scope): words[0 if lang == "vi" else 1] for scope, words in SCOPE_WORDS.items()}


def _new(request: Request, session: Session, typed: Typed, error: DisburseError | None = None) -> Response:
    page = NewProgramPage(tuple(queries.all_banks(session)), _words(request), typed, error)
    return pages.render(request, page, status_of(error) if error else 200)


def _secret(request: Request, database: Database, made: NewSecret) -> Response:
    site = request.app.state.settings.public_url or f"{request.url.scheme}://{request.url.netloc}"
    with database.reading() as session:
        return pages.render(request, SecretPage(made, _known(session, made.client_id), site))


def _one(
    request: Request,
    session: Session,
    actor: Actor,
    client_id: UUID,
    *,
    page: int = 1,
    typed: Typed | None = None,
    error: DisburseError | None = None,
) -> Response:
    client = _known(session, client_id)
    line = next(one for one in queries.clients(session, bank_code=client.bank_code) if one.client.id == client_id)
    total, calls = watching.log(session, client_id, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    shown = ProgramPage(
        line=line,
        bank=queries.names(session)[client.bank_code],
        traffic=watching.traffic(session).get(client_id, QUIET),
        scopes=_words(request),
        typed=typed or _typed(client),
        calls=tuple(calls),
        messages=tuple(webhooks.deliveries(session, client_id=client_id, limit=MOST_MESSAGES)),
        paging=Paging(page, total, f"/programs/{client_id}"),
        may_change=actor.may(Permission.BANK_CHANGE),
        error=error,
        vector=vector(),
    )
    return pages.render(request, shown, status_of(error) if error else 200)


def _typed(client: BankClient) -> Typed:
    return Typed(
        client.bank_code, client.name, client.contact, tuple(client.scopes), "\n".join(client.allowed_ips),
        str(client.per_minute), str(client.per_day), client.must_sign, client.webhook_url,
    )  # fmt: skip
