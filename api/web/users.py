"""Users and what they are granted: `/users`. Changes are made on the command line until their screens join."""

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from api.deps import Reading, require
from api.web import pages
from api.web.pages import Page
from disburse.access import queries
from disburse.access.actor import Actor
from disburse.access.queries import UserLine
from disburse.access.roles import (
    PERMISSION_WORDS,
    Permission,
    permissions_of,
    role_name,
)
from disburse.access.tables import Role
from disburse.areas.tables import Area

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role of the matrix: its name and what it may do."""

    name: str
    may: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class UsersPage(Page):
    template: ClassVar[str] = "users.html"
    users: tuple[UserLine, ...]
    role_names: dict[Role, str]
    area_names: dict[str, str]
    permissions: tuple[str, ...]
    roles: tuple[RoleLine, ...]


@router.get("/users")
def show(request: Request, session: Reading, _: Actor = require(Permission.USER_READ)) -> Response:
    """List users with role and area, and the matrix of roles."""
    lang = pages.language_of(request)
    found = tuple(queries.users(session))
    page = UsersPage(
        users=found,
        role_names={role: role_name(role, lang) for role in Role},
        area_names=_area_names(session, {grant.area_code for line in found for grant in line.grants}),
        permissions=tuple(words[0 if lang == "vi" else 1] for words in PERMISSION_WORDS.values()),
        roles=tuple(
            RoleLine(role_name(role, lang), tuple(one in permissions_of(role) for one in Permission)) for role in Role
        ),
    )
    return pages.render(request, page)


def _area_names(session: Session, codes: set[str]) -> dict[str, str]:
    today = select(Area.code, Area.name).where(col(Area.code).in_(codes), col(Area.valid_to).is_(None))
    return dict(session.exec(today).all())
