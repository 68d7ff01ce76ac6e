"""What must hold of links, told from the rows by other code than the product's."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from disburse.accounts.states import is_live
from disburse.accounts.tables import Link, RecipientHold, RecipientLink
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, WireState
from disburse.people.tables import Enrolment, EnrolmentState, Recipient


def said_yes(session: Session) -> set[tuple[UUID | None, int | None]]:
    """Return (link, version) of every request that a bank answered with a yes that counts."""
    return {
        (request.link_id, request.link_version)
        for request, result in session.exec(
            select(ConfirmationRequest, ConfirmationResult).where(
                ConfirmationRequest.id == ConfirmationResult.request_id,
                ConfirmationResult.status == WireState.SUCCEEDED,
            )
        )
        if result.name_match != "no" and result.account_status != "closed"
        if result.papers is not False and result.biometrics is not False
        if result.name_match != "partial" or result.id_match in ("citizen_id", "old_id")
    }


def used(session: Session) -> list[Recipient]:
    """Return the current recipients of active enrolments who have a live link and are not held, told from the rows."""
    links = [x for x in session.exec(select(Link)) if is_live(x.state, x.replaces)]
    primaries, live = {x.person_id for x in links if x.is_primary}, {x.id for x in links}
    named = {x.recipient_id for x in session.exec(select(RecipientLink)) if x.link_id in live}
    held = set(session.exec(select(RecipientHold.recipient_id).where(RecipientHold.settled_on == None)))  # noqa: E711
    active = set(session.exec(select(Enrolment.id).where(Enrolment.state == EnrolmentState.ACTIVE)))
    return [
        one
        for one in session.exec(select(Recipient).where(Recipient.ended_on == None))  # noqa: E711
        if one.enrolment_id in active and one.id not in held and (one.person_id in primaries or one.id in named)
    ]
