"""One's own account: `/account`, with the language and the keys that act by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import Writing, require
from api.web import pages
from api.web.pages import Page
from disburse.access import actions
from disburse.access.actor import Actor
from disburse.access.roles import Permission

router = APIRouter()


@dataclass(frozen=True, slots=True)
class AccountPage(Page):
    template: ClassVar[str] = "access/account.html"


@router.get("/account")
def show(request: Request, _: Actor = require(Permission.OWN_SESSION)) -> Response:
    """Show who one is here and what one has set."""
    return pages.render(request, AccountPage())


@router.post("/account/shortcuts")
def post_shortcuts(
    session: Writing,
    actor: Actor = require(Permission.OWN_SESSION),
    on: Annotated[str, Form(max_length=2)] = "",
) -> Response:
    """Switch the keys that act by themselves on or off."""
    actions.set_shortcuts(session, user_id=actor.user_id, on=bool(on), by=actor.by)
    return RedirectResponse("/account", status_code=303)
