"""Changes of who receives that wait for a second person: approved or turned down on `/links`, or withdrawn."""

from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from api.deps import Config, Writing, require
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.cases import payees
from disburse.cases.receiving import approve_change
from disburse.errors import NotFound

router = APIRouter()


@router.post("/recipient-changes/{change_id}/approve")
def approve(
    session: Writing, settings: Config, change_id: UUID, actor: Actor = require(Permission.LINK_APPROVE)
) -> Response:
    """Agree, as the second person, that somebody else receives."""
    payees.seen(session, actor, change_id, Permission.LINK_APPROVE)
    approve_change(session, change_id=change_id, cap=settings.recipient_cap, by=actor.by)
    return RedirectResponse("/links", status_code=303)


@router.post("/recipient-changes/{change_id}/turn-down")
def turn_down(session: Writing, change_id: UUID, actor: Actor = require(Permission.LINK_APPROVE)) -> Response:
    """Say no to it."""
    payees.seen(session, actor, change_id, Permission.LINK_APPROVE)
    payees.turn_down(session, change_id=change_id, by=actor.by)
    return RedirectResponse("/links", status_code=303)


@router.post("/recipient-changes/{change_id}/withdraw")
def withdraw(session: Writing, change_id: UUID, actor: Actor = require(Permission.RECIPIENT_CHANGE)) -> Response:
    """Take one's own wish back; another's is not there to be taken."""
    change = payees.seen(session, actor, change_id, Permission.RECIPIENT_CHANGE)
    if change.made_by != actor.by.name:
        raise NotFound("recipient_change_unknown")
    payees.turn_down(session, change_id=change_id, by=actor.by)
    return RedirectResponse("/links", status_code=303)
