"""What routes ask for in their signatures: a session of the database, and a signed-in actor with a permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from sqlmodel import Session

from api import security
from disburse import clock
from disburse.access import actions, queries
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actor import By
from disburse.config import Settings
from disburse.db import Database
from disburse.errors import Denied

PEOPLE_FOR = timedelta(seconds=30)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# The only routes that answer without a session.
PUBLIC = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",
        "/sign-in",
        "/sign-in/code",
        "/invitation/{token}",
        "/language",
        "/oauth/token",
    }
)


def database_of(request: Request) -> Database:
    """Return the installation's database."""
    found: Database = request.app.state.database
    return found


def settings_of(request: Request) -> Settings:
    """Return the installation's settings."""
    found: Settings = request.app.state.settings
    return found


def by_of(request: Request) -> By:
    """Return the author of an act before anyone is signed in: the address and the request."""
    return By(
        name="",
        via="web",
        request_id=getattr(request.state, "request_id", None),
        ip=request.client.host if request.client else None,
    )


@dataclass(frozen=True, slots=True)
class Before:
    """When and from where the user signed in the time before, and how many tries failed since; None = never."""

    at: datetime | None
    place: str | None
    failed: int


@dataclass(frozen=True, slots=True)
class Current:
    """The signed-in actor of a request, the secret its forms must carry, the sign-in before this one, and what people
    are called, by login name."""

    actor: Actor
    csrf: str
    token: str
    before: Before
    people: Mapping[str, str]


class People:
    """What users are called, by login name: records keep the login, pages say the name. Read anew now and then, so that
    no page asks for it while its own session is open."""

    def __init__(self) -> None:
        self._names: Mapping[str, str] = {}
        self._read_at: datetime | None = None

    def known(self, session: Session) -> Mapping[str, str]:
        """Return the names, at most half a minute old; for somebody newer the login stands until then."""
        now = clock.utc_now()
        if self._read_at is None or not timedelta() <= now - self._read_at < PEOPLE_FOR:
            self._names, self._read_at = queries.full_names(session), now
        return self._names


def current_or_none(request: Request) -> Current | None:
    """Return who is signed in, with the grants of this moment, or None."""
    token = request.cookies.get(security.cookie_name(settings_of(request)), "")
    if not token:
        return None
    database = database_of(request)
    with database.reading() as session:
        found = queries.session_of(session, token)
        if found is None:
            return None
        unsigned = by_of(request)
        by = By(found.user.name, found.user.id, "web", unsigned.request_id, unsigned.ip)
        actor = queries.actor_of(session, found.user, by=by)
        people = request.app.state.people.known(session)
    if clock.utc_now() - found.session.seen_at > actions.SEEN_EVERY:
        with database.transaction() as session:
            actions.see_session(session, token=token)
    before = Before(found.session.previous_at, found.session.previous_from, found.session.failed_before)
    return Current(actor=actor, csrf=found.session.csrf, token=token, before=before, people=people)


def _reading(request: Request) -> Iterator[Session]:
    with database_of(request).reading() as session:
        yield session


# Who it is comes before the writer's turn: noting that a session was seen is a write of its own, and on SQLite a
# request that waits for its own lock waits for ever, with every other writer behind it.
Someone = Annotated[Current | None, Depends(current_or_none)]


def _writing(request: Request, _someone: Someone) -> Iterator[Session]:
    with database_of(request).transaction() as session:
        yield session


# scope="function": the commit comes before the answer. With FastAPI's default a failing commit still gave the
# client 200, and the answer was out before the data was safe.
Reading = Annotated[Session, Depends(_reading, scope="function")]
Writing = Annotated[Session, Depends(_writing, scope="function")]
Data = Annotated[Database, Depends(database_of)]
Config = Annotated[Settings, Depends(settings_of)]


def current(request: Request, found: Someone) -> Current:
    """Return who is signed in, and keep it on the request for the page's frame; else Denied."""
    if found is None:
        raise Denied("not_signed_in")
    request.state.current = found
    return found


SignedIn = Annotated[Current, Depends(current)]


class Door:
    """What every route has in its signature: whoever comes through holds `permission`, or the scope of that name."""

    def __init__(self, permission: StrEnum) -> None:
        self.permission = permission


class Guard(Door):
    """The dependency behind `require`: session, permission, and for changes the form's secret."""

    permission: Permission

    async def __call__(self, request: Request, found: Current = Depends(current)) -> Actor:
        """Return the actor, or raise Denied."""
        if request.method not in SAFE_METHODS:
            await security.check_csrf(request, found.csrf)
        if not found.actor.may(self.permission):
            raise Denied("no_permission")
        return found.actor


def require(permission: Permission) -> Any:
    """Ask for a signed-in actor with a permission: `actor: Actor = require(Permission.PROGRESS_READ)`."""
    return Depends(Guard(permission))


@dataclass(frozen=True, slots=True)
class Entry:
    """One route of ours: its full path, its methods, and the permission it asks for."""

    path: str
    methods: frozenset[str]
    permission: StrEnum | None


def routes_of(app: FastAPI) -> list[Entry]:
    """Return every route that runs our code, as it is reached from outside."""
    found = [context for context in iter_route_contexts(app.routes) if isinstance(context.original_route, APIRoute)]
    return [
        Entry(str(context.path), frozenset(context.methods or ()), _permission_of(context.dependant))
        for context in found
    ]


def paths_of(app: FastAPI) -> dict[object, str]:
    """Return the full path of each route by its function, for whoever counts requests."""
    return {context.endpoint: str(context.path) for context in iter_route_contexts(app.routes) if context.endpoint}


def _permission_of(dependant: Dependant) -> StrEnum | None:
    waiting = list(dependant.dependencies)
    while waiting:
        one = waiting.pop()
        if isinstance(one.call, Door):
            return one.call.permission
        waiting.extend(one.dependencies)
    return None


def check_every_route_is_guarded(app: FastAPI) -> None:
    """Refuse to start with a route that neither asks for a permission nor is public by name."""
    entries = routes_of(app)
    open_doors = [entry.path for entry in entries if entry.path not in PUBLIC and entry.permission is None]
    if open_doors or not entries:
        raise AssertionError(f"routes without a permission: {open_doors}")
