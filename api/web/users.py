"""Users: the list `/users`, a new user `/users/new`, and what each role may do `/users/roles`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import Field

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import grants, pages
from api.web.grants import Choices, GrantForm, GrantLine
from api.web.pages import Page
from api.web.shapes import PAGE_SIZE, Paging
from disburse.access import actions, directory, proposals, sign_in
from disburse.access.actor import Actor
from disburse.access.directory import UserState, Wanted
from disburse.access.roles import PERMISSION_WORDS, Permission, permissions_of, role_name
from disburse.access.tables import Role, User
from disburse.errors import DisburseError

router = APIRouter()

STATE_WORDS = {
    UserState.ACTIVE: "Đang dùng",
    UserState.INVITED: "Chờ nhận thư mời",
    UserState.LOCKED: "Nhập sai quá nhiều lần",
    UserState.DISABLED: "Đã khóa",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A user as the list shows them."""

    user: User
    grants: tuple[GrantLine, ...]
    waiting: tuple[GrantLine, ...]
    locked: bool
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class UsersPage(Page):
    template: ClassVar[str] = "access/users.html"
    users: tuple[Line, ...]
    paging: Paging
    waiting: tuple[tuple[UUID, str], ...]
    text: str
    role: str
    state: str
    roles: tuple[tuple[str, str], ...]
    states: dict[UserState, str]
    may_change: bool


@router.get("/users")
def show(
    request: Request,
    session: Reading,
    actor: Actor = require(Permission.USER_READ),
    text: Annotated[str, Query(alias="q", max_length=100)] = "",
    role: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """List users with role, area, second factor, last sign-in and state."""
    lang = pages.language_of(request)
    role, state = role if role in set(Role) else "", state if state in set(UserState) else ""
    wanted = Wanted(text, Role(role) if role else None, UserState(state) if state else None)
    total, found = directory.users(session, actor, wanted, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    locked = sign_in.locked_until(session, [line.user for line in found])
    shown = tuple(
        Line(
            line.user,
            tuple(grants.lines(session, line.grants, lang)),
            tuple(grants.lines(session, line.waiting, lang)),
            line.user.id in locked,
            locked.get(line.user.id),
        )
        for line in found
    )
    return pages.render(
        request,
        UsersPage(
            users=shown,
            paging=Paging(page, total, "/users", (("q", text), ("role", role), ("state", state))),
            waiting=_waiting(session, actor),
            text=text,
            role=role,
            state=state,
            roles=tuple((one.value, role_name(one, lang)) for one in Role),
            states=STATE_WORDS,
            may_change=actor.may(Permission.USER_CHANGE),
        ),
    )


def _waiting(session: Reading, actor: Actor) -> tuple[tuple[UUID, str], ...]:
    if not actor.may(Permission.USER_CHANGE):
        return ()
    whose = dict.fromkeys(one.user_id for one in proposals.waiting(session) if directory.reaches(actor, one.area_code))
    users = (session.get_one(User, user_id) for user_id in whose)
    return tuple((user.id, user.full_name or user.name) for user in users)


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role of the matrix: its name and what it may do."""

    name: str
    may: tuple[bool, ...]


# Under which heading of the menu a permission stands, by the object in its name; the rest belongs to administration.
HEADINGS: dict[str, tuple[str, ...]] = {
    "Tiến độ": ("progress", "names"),
    "Danh sách đối tượng": ("roster", "issue", "row", "workbook"),
    "Ghép tài khoản": ("match",),
    "Đối tượng": ("person", "note", "recipient", "question", "hamlet", "number"),
    "Tài khoản và ngân hàng": ("account", "request", "bank", "link", "flag"),
}


@dataclass(frozen=True, slots=True)
class RolesPage(Page):
    template: ClassVar[str] = "access/roles.html"
    groups: dict[str, list[tuple[str, int]]]  # heading → permissions in words, each with its place in `RoleLine.may`
    roles: tuple[RoleLine, ...]


@router.get("/users/roles")
def show_roles(request: Request, _: Actor = require(Permission.USER_READ)) -> Response:
    """Show on one page what each role may do."""
    lang = pages.language_of(request)
    groups: dict[str, list[tuple[str, int]]] = {heading: [] for heading in (*HEADINGS, pages.ADMIN)}
    for place, (permission, words) in enumerate(PERMISSION_WORDS.items()):
        about = permission.value.partition(".")[0]
        heading = next((one for one, objects in HEADINGS.items() if about in objects), pages.ADMIN)
        groups[heading].append((words[0 if lang == "vi" else 1], place))
    page = RolesPage(
        groups=groups,
        roles=tuple(
            RoleLine(role_name(role, lang), tuple(one in permissions_of(role) for one in PERMISSION_WORDS))
            for role in Role
        ),
    )
    return pages.render(request, page)


class NewUserForm(GrantForm):
    """What was typed for a new user."""

    name: str = Field(default="", max_length=100)
    full_name: str = Field(default="", max_length=100)


@dataclass(frozen=True, slots=True)
class NewUserPage(Page):
    template: ClassVar[str] = "access/new_user.html"
    form: NewUserForm
    choices: Choices
    error: DisburseError | None


@dataclass(frozen=True, slots=True)
class InvitationLinkPage(Page):
    template: ClassVar[str] = "access/invitation_link.html"
    user_id: UUID
    name: str
    full_name: str
    link: str
    waiting: int


@router.get("/users/new")
def show_new(request: Request, session: Reading, actor: Actor = require(Permission.USER_CHANGE)) -> Response:
    """Show the form for a new user."""
    offered = grants.choices(session, actor, pages.language_of(request))
    return pages.render(request, NewUserPage(NewUserForm(), offered, None))


@router.post("/users/new")
def post_new(
    request: Request,
    database: Data,
    form: Annotated[NewUserForm, Form()],
    actor: Actor = require(Permission.USER_CHANGE),
) -> Response:
    """Make the user with what they may do, and show the invitation's link this one time."""
    try:
        with database.transaction() as session:
            user = actions.add_user(session, name=form.name, full_name=form.full_name, by=actor.by)
            given = grants.give(session, actor, user, form)
            token = actions.invite(session, user=user, by=actor.by)
    except DisburseError as error:
        with database.reading() as session:
            offered = grants.choices(session, actor, pages.language_of(request))
        return pages.render(request, NewUserPage(form, offered, error), status_of(error))
    return invitation_link(request, user, token, waiting=len(given.waiting))


def invitation_link(request: Request, user: User, token: str, *, waiting: int = 0) -> Response:
    """Show the link of an invitation: it is stored nowhere and cannot be shown again."""
    site = request.app.state.settings.public_url or str(request.base_url).rstrip("/")
    page = InvitationLinkPage(user.id, user.name, user.full_name, f"{site}/invitation/{token}", waiting)
    return pages.render(request, page)
