"""Changes of who receives that need a second person: proposed, found in a list, approved or turned down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import stakes
from disburse.accounts.histories import MOST
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.cases.tables import ChangeState, RecipientChange
from disburse.errors import Conflict, Denied, NotFound
from disburse.people.entries import NewRecipient
from disburse.people.queries import CurrentRecipient, enrolments_within
from disburse.people.tables import Enrolment, Organisation, Person, Recipient


def needs_two(session: Session, before: CurrentRecipient, by: By) -> bool:
    """Say whether putting another in this recipient's place moves money that the bank's yes stands behind.

    That is so where their account is confirmed, or was until something this very person did ended it.
    """
    holder = before.person_id or before.organisation_id
    return bool(stakes.confirmed_holders(session, [holder], ended_by=by.name))


def propose(
    session: Session, *, recipient: NewRecipient, exception: str, before: CurrentRecipient, by: By
) -> RecipientChange:
    """Write down who shall receive; until a second person approves, who receives stays as it is."""
    change = RecipientChange(
        enrolment_id=recipient.enrolment_id,
        before_id=before.id,
        kind=recipient.kind,
        person_id=recipient.person_id,
        organisation_id=recipient.organisation_id,
        relation=recipient.relation[:60],
        paper_kind=recipient.paper_kind,
        paper_number=recipient.paper_number,
        paper_date=recipient.paper_date,
        paper_until=recipient.paper_until,
        since=recipient.since,
        cap_exception=exception[:200],
        made_by=by.name,
        made_at=clock.utc_now(),
    )
    session.add(change)
    session.flush()
    _tell(session, "recipient.proposed", change, by, kind=str(change.kind), before=str(before.kind))
    return change


def check_none_waits(session: Session, enrolment_id: UUID) -> None:
    """Raise Conflict("recipient_change_open") while a change for this enrolment waits."""
    if open_of(session, [enrolment_id]):
        raise Conflict("recipient_change_open")


def take(session: Session, *, change_id: UUID, by: By) -> RecipientChange:
    """Return a waiting change for its second person, who is not its maker, locked.

    Raises NotFound, Denied("same_person_approves"), Conflict("recipient_changed") where another receives by now.
    """
    change = _waiting(session, change_id)
    if by.name == change.made_by:
        raise Denied("same_person_approves")
    before = session.get_one(Recipient, change.before_id)
    if before.ended_on is not None:
        raise Conflict("recipient_changed")
    change.state, change.decided_by, change.decided_at = ChangeState.APPROVED, by.name, clock.utc_now()
    session.add(change)
    _tell(session, "recipient.approved", change, by, proposed_by=change.made_by)
    return change


def turn_down(session: Session, *, change_id: UUID, by: By) -> None:
    """Say no to a waiting change; its maker takes it back so."""
    change = _waiting(session, change_id)
    change.state, change.decided_by, change.decided_at = ChangeState.TURNED_DOWN, by.name, clock.utc_now()
    session.add(change)
    _tell(session, "recipient.turned_down", change, by, proposed_by=change.made_by)


def _waiting(session: Session, change_id: UUID) -> RecipientChange:
    change = session.get(RecipientChange, change_id, with_for_update=True)
    if change is None or change.state != ChangeState.PROPOSED:
        raise NotFound("recipient_change_unknown")
    return change


def open_of(session: Session, enrolment_ids: Sequence[UUID]) -> dict[UUID, RecipientChange]:
    """Return the change that waits for each of a few enrolments, where one does."""
    waiting = select(RecipientChange).where(
        RecipientChange.state == ChangeState.PROPOSED, col(RecipientChange.enrolment_id).in_(enrolment_ids)
    )
    return {change.enrolment_id: change for change in session.exec(waiting)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting change as a list shows it: for whom, who receives now, who shall."""

    change: RecipientChange
    person_id: UUID
    name: str
    programme: str
    now: str
    then: str


_Now: Any = sa.orm.aliased(Person, name="now")
_Then: Any = sa.orm.aliased(Person, name="then")
_NowBody: Any = sa.orm.aliased(Organisation, name="now_body")
_ThenBody: Any = sa.orm.aliased(Organisation, name="then_body")


def waiting(session: Session, actor: Actor) -> tuple[int, list[Waiting]]:
    """Return how many changes wait, of enrolments the actor may see, and the oldest of them."""
    inside = (
        col(RecipientChange.state) == ChangeState.PROPOSED,
        enrolments_within(actor, Permission.ACCOUNT_READ),
    )
    of_enrolment = col(Enrolment.id) == col(RecipientChange.enrolment_id)
    counted = sa.select(sa.func.count()).select_from(RecipientChange).join(Enrolment, of_enrolment).where(*inside)
    rows = session.execute(
        sa.select(
            RecipientChange,
            col(Person.id),
            col(Person.name),
            col(Enrolment.programme),
            sa.func.coalesce(_Now.name, _NowBody.name, ""),
            sa.func.coalesce(_Then.name, _ThenBody.name, ""),
        )
        .join(Enrolment, of_enrolment)
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .join(Recipient, col(Recipient.id) == col(RecipientChange.before_id))
        .outerjoin(_Now, _Now.id == col(Recipient.person_id))
        .outerjoin(_NowBody, _NowBody.id == col(Recipient.organisation_id))
        .outerjoin(_Then, _Then.id == col(RecipientChange.person_id))
        .outerjoin(_ThenBody, _ThenBody.id == col(RecipientChange.organisation_id))
        .where(*inside)
        .order_by(col(RecipientChange.id))
        .limit(MOST)
    )
    return session.execute(counted).scalar_one(), [Waiting(*row) for row in rows]


def seen(session: Session, actor: Actor, change_id: UUID, permission: Permission) -> RecipientChange:
    """Return a waiting change of an enrolment that the actor may see; else NotFound."""
    mine = (
        select(RecipientChange)
        .join(Enrolment, col(Enrolment.id) == col(RecipientChange.enrolment_id))
        .where(RecipientChange.id == change_id, RecipientChange.state == ChangeState.PROPOSED)
        .where(enrolments_within(actor, permission))
    )
    found = session.exec(mine).first()
    if found is None:
        raise NotFound("recipient_change_unknown")
    return found


def _tell(session: Session, action: str, change: RecipientChange, by: By, **facts: Any) -> None:
    enrolment = session.get_one(Enrolment, change.enrolment_id)
    record(
        session, action=action, object_type="enrolment", object_id=change.enrolment_id, by=by,
        area_code=enrolment.commune_code, programme=enrolment.programme, **facts,
    )  # fmt: skip
