"""What an enrolment owes to its recipient's link: the stages registered (own, other) and confirmed.

The flags are read just before the commit, with the enrolments' stages locked, so that of two transactions
that change the recipient and the link of one enrolment the later one sees both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col

from disburse.accounts.tables import LIVE, Link, LinkState, RecipientHold, RecipientLink
from disburse.at_commit import AtCommit
from disburse.db import among
from disburse.funnel import actions as funnel
from disburse.funnel.tables import EnrolmentStage
from disburse.people.tables import Recipient, RecipientKind


def restate(session: Session, enrolment_ids: Iterable[UUID]) -> None:
    """Have `registered_own`, `registered_other` and `confirmed` of enrolments set anew before the commit."""
    if ids := set(enrolment_ids):
        _NOTED.add(session, ids)


def restate_holders(session: Session, person_ids: Iterable[UUID], organisation_ids: Iterable[UUID] = ()) -> None:
    """Have the enrolments set anew whose current recipient is one of these persons or organisations."""
    for column, ids in ((Recipient.person_id, person_ids), (Recipient.organisation_id, organisation_ids)):
        current = sa.select(col(Recipient.enrolment_id)).where(col(Recipient.ended_on).is_(None))
        restate(session, (row[0] for row in among(session, current, col(column), ids)))


def live_clause() -> sa.ColumnElement[bool]:
    """Return the condition under which a row of `link` is live."""
    unconfirmed = [state for state in LIVE if state != LinkState.CONFIRMED]
    return sa.or_(
        col(Link.state) == LinkState.CONFIRMED,
        sa.and_(col(Link.state).in_(unconfirmed), col(Link.replaces).is_(None)),
    )


def flags(session: OrmSession, enrolment_ids: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """Return the three flags of enrolments as their recipients and links stand now."""
    ids = list(enrolment_ids)
    found = {id_: {"registered_own": 0, "registered_other": 0, "confirmed": 0} for id_ in ids}
    for enrolment_id, kind, state in _used_links(session, ids):
        own = kind == RecipientKind.OWN
        found[enrolment_id] = {
            "registered_own": int(own),
            "registered_other": int(not own),
            "confirmed": int(state == LinkState.CONFIRMED),
        }
    return found


def _used_links(session: OrmSession, enrolment_ids: list[UUID]) -> Iterable[Any]:
    """Yield (enrolment, recipient kind, state) of the link each enrolment uses: named ones last.

    A recipient who is held uses none until an officer has looked.
    """
    held = sa.select(col(RecipientHold.id)).where(
        col(RecipientHold.recipient_id) == col(Recipient.id), col(RecipientHold.settled_on).is_(None)
    )
    chosen = sa.select(col(Recipient.enrolment_id), col(Recipient.kind), col(Link.state))
    named = chosen.join(RecipientLink, col(RecipientLink.recipient_id) == col(Recipient.id))
    # One statement each: an OR of person and organisation would use no index, 0.3 s for 5,000 enrolments.
    of_person = chosen.join(Link, sa.and_(col(Link.person_id) == col(Recipient.person_id), col(Link.is_primary)))
    of_organisation = chosen.join(
        Link, sa.and_(col(Link.organisation_id) == col(Recipient.organisation_id), col(Link.is_primary))
    )
    by_name = named.join(Link, col(Link.id) == col(RecipientLink.link_id))
    for statement in (of_person, of_organisation, by_name):
        current = statement.where(col(Recipient.ended_on).is_(None), live_clause(), ~held.correlate(Recipient).exists())
        yield from among(session, current, col(Recipient.enrolment_id), enrolment_ids)  # type: ignore[arg-type]


def _write(session: OrmSession, noted: list[set[UUID]]) -> None:
    session.flush()
    ids = sorted(set[UUID]().union(*noted))
    locked = sa.select(col(EnrolmentStage.enrolment_id)).order_by(col(EnrolmentStage.enrolment_id)).with_for_update()
    counted = [row[0] for row in among(session, locked, col(EnrolmentStage.enrolment_id), ids)]  # type: ignore[arg-type]
    funnel.restate(session, flags(session, counted))  # type: ignore[arg-type]


# Made after the funnel's notes and so written before them: it notes for the funnel.
_NOTED = AtCommit("registered", _write)
