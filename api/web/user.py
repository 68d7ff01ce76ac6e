"""One user: `/users/{id}`, with what they may do, and every change an administrator makes to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.deps import Data, Reading, require
from api.errors import status_of
from api.web import grants, pages, users
from api.web.grants import Choices, GrantForm, GrantLine
from api.web.pages import Page
from disburse.access import actions, directory, proposals, queries, sign_in
from disburse.access.actor import Actor
from disburse.access.queries import UserLine
from disburse.access.roles import Permission
from disburse.access.tables import User
from disburse.errors import Denied, DisburseError, NotFound

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A grant that waits, and whether the reader may approve it."""

    line: GrantLine
    proposer: str
    at: datetime
    may_approve: bool


@dataclass(frozen=True, slots=True)
class UserPage(Page):
    template: ClassVar[str] = "access/user.html"
    user: User
    grants: tuple[GrantLine, ...]
    proposals: tuple[Proposal, ...]
    taken_up: bool
    sessions: int
    locked: bool
    locked_until: datetime | None
    may_change: bool
    is_self: bool
    form: GrantForm
    choices: Choices
    error: DisburseError | None


@router.get("/users/{user_id}")
def show(request: Request, session: Reading, user_id: UUID, actor: Actor = require(Permission.USER_READ)) -> Response:
    """Show one user."""
    return pages.render(request, _page(request, session, actor, user_id))


def _page(
    request: Request,
    session: Session,
    actor: Actor,
    user_id: UUID,
    form: GrantForm | None = None,
    error: DisburseError | None = None,
) -> UserPage:
    line, lang = directory.user(session, actor, user_id), pages.language_of(request)
    locked = sign_in.locked_until(session, [line.user])
    return UserPage(
        user=line.user,
        grants=tuple(grants.lines(session, line.grants, lang)),
        proposals=_proposals(session, actor, line, lang),
        taken_up=line.user.password_hash is not None,
        sessions=len(queries.sessions_of(session, user_id)),
        locked=user_id in locked,
        locked_until=locked.get(user_id),
        may_change=actor.may(Permission.USER_CHANGE) and directory.may_change(actor, line),
        is_self=actor.user_id == user_id,
        form=form or GrantForm(),
        choices=grants.choices(session, actor, lang),
        error=error,
    )


def _proposals(session: Session, actor: Actor, whose: UserLine, lang: str) -> tuple[Proposal, ...]:
    found, never = whose.waiting, {whose.user.id, proposals.handed_out_by(session, whose.user.id)}
    return tuple(
        Proposal(
            line,
            session.get_one(User, one.proposed_by).name,
            one.proposed_at,
            may_approve=actor.user_id not in {one.proposed_by, *never} and directory.reaches(actor, one.area_code),
        )
        for one, line in zip(found, grants.lines(session, found, lang), strict=True)
    )


def _changed(
    request: Request,
    database: Data,
    actor: Actor,
    user_id: UUID,
    change: Callable[[Session, UserLine], object],
    form: GrantForm | None = None,
) -> Response:
    """Make one change to a user the actor administers; a refusal is told on the user's page, with what was typed."""
    try:
        with database.transaction() as session:
            line = directory.user(session, actor, user_id)
            if not directory.may_change(actor, line):
                raise Denied("grant_outside")
            change(session, line)
    except NotFound:
        raise
    except DisburseError as error:
        with database.reading() as session:
            page = _page(request, session, actor, user_id, form, error)
        return pages.render(request, page, status_of(error))
    return RedirectResponse(f"/users/{user_id}", status_code=303)


@router.post("/users/{user_id}/grants")
def post_grant(
    request: Request,
    database: Data,
    user_id: UUID,
    form: Annotated[GrantForm, Form()],
    actor: Actor = require(Permission.USER_CHANGE),
) -> Response:
    """Give a role, or propose it where a second administrator has to agree."""
    return _changed(
        request, database, actor, user_id, lambda session, line: grants.give(session, actor, line.user, form), form
    )


@router.post("/users/{user_id}/grants/{grant_id}/revoke")
def post_revoke(
    request: Request,
    database: Data,
    user_id: UUID,
    grant_id: int,
    actor: Actor = require(Permission.USER_CHANGE),
) -> Response:
    """Take a role back; the user's next request no longer has it."""

    def change(session: Session, line: UserLine) -> None:
        if all(grant.id != grant_id for grant in line.grants):
            raise NotFound("not_found")
        actions.revoke_grant(session, grant_id=grant_id, by=actor.by)

    return _changed(request, database, actor, user_id, change)


@router.post("/users/{user_id}/proposals/{proposal_id}")
def post_decision(
    request: Request,
    database: Data,
    user_id: UUID,
    proposal_id: UUID,
    decision: Annotated[str, Form(max_length=10)] = "",
    actor: Actor = require(Permission.USER_CHANGE),
) -> Response:
    """Approve or refuse what another administrator proposed."""

    def change(session: Session, line: UserLine) -> None:
        decide = proposals.approve if decision == "approve" else proposals.refuse
        decide(session, proposal_id=proposal_id, user_id=line.user.id, by=actor.by)

    return _changed(request, database, actor, user_id, change)


@router.post("/users/{user_id}/state")
def post_state(
    request: Request,
    database: Data,
    user_id: UUID,
    state: Annotated[str, Form(max_length=10)] = "",
    actor: Actor = require(Permission.USER_CHANGE),
) -> Response:
    """Disable a user (their sessions end at once), enable them, or open what wrong tries have locked."""

    def change(session: Session, line: UserLine) -> None:
        act = {"disabled": actions.disable_user, "enabled": proposals.enable_user, "unlocked": sign_in.unlock}.get(
            state
        )
        if act is not None:
            act(session, user=line.user, by=actor.by)

    return _changed(request, database, actor, user_id, change)


@router.post("/users/{user_id}/reset")
def post_reset(
    request: Request,
    database: Data,
    user_id: UUID,
    second_factor: Annotated[str, Form(max_length=2)] = "",
    actor: Actor = require(Permission.USER_CHANGE),
) -> Response:
    """Take the password (and the phone) away and show a new invitation's link this one time."""
    made: list[tuple[User, str]] = []

    def change(session: Session, line: UserLine) -> None:
        token = proposals.reset_user(session, user=line.user, second_factor=bool(second_factor), by=actor.by)
        made.append((line.user, token))

    answer = _changed(request, database, actor, user_id, change)
    return users.invitation_link(request, *made[0]) if made else answer
