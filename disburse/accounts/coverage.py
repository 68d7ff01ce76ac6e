"""Which enrolments a change of account is for, who else must hear of it, and the hand-over when the bank says yes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import stages
from disburse.accounts.queries import HeldLink
from disburse.accounts.tables import LinkCover, LinkNotice, RecipientLink
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import bulk_insert
from disburse.errors import NotFound
from disburse.ids import new_id
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient


@dataclass(frozen=True, slots=True)
class Using:
    """An active enrolment that is received through a link."""

    enrolment_id: UUID
    recipient_id: UUID
    programme: str
    commune_code: str
    person_id: UUID
    name: str


def received_by(session: Session, link: HeldLink) -> list[tuple[Using, UUID | None]]:
    """Return what a link's holder receives for, each with the link its recipient names (None = the primary one)."""
    holder = Recipient.person_id if link.person_id else Recipient.organisation_id
    statement = (
        sa.select(  # type: ignore[call-overload]
            Enrolment.id, Recipient.id, Enrolment.programme, Enrolment.commune_code, Person.id, Person.name,
            RecipientLink.link_id,
        )
        .join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .outerjoin(RecipientLink, col(RecipientLink.recipient_id) == col(Recipient.id))
        .where(
            col(holder) == (link.person_id or link.organisation_id),
            col(Recipient.ended_on).is_(None),
            col(Enrolment.state) == EnrolmentState.ACTIVE,
        )
        .order_by(col(Enrolment.programme), col(Enrolment.id))
    )  # fmt: skip
    return [(Using(*row[:6]), row[6]) for row in session.execute(statement)]


def using(session: Session, link: HeldLink) -> list[Using]:
    """Return the active enrolments received through this link: by name, or by default where it is the primary one."""
    found = received_by(session, link)
    return [one for one, named in found if named == link.id or (named is None and link.is_primary)]


def remember(
    session: Session,
    link_id: UUID,
    used_by: Sequence[Using],
    covered: set[UUID],
    programmes: Iterable[str] | None,
    by: By,
) -> int:
    """Keep what a proposed change covers, and tell the other programmes' departments. Returns how many notices."""
    bulk_insert(session, LinkCover, ("link_id", "enrolment_id"), [(link_id, one) for one in sorted(covered)])
    several = len({one.programme for one in used_by}) > 1
    own = set() if programmes is None else set(programmes)
    told = [one for one in used_by if one.programme not in own and (several or own)]
    columns = ("id", "link_id", "enrolment_id", "programme", "covered", "made_by", "made_on", "dismissed_by")
    today = clock.today()
    bulk_insert(
        session,
        LinkNotice,
        columns,
        [
            (new_id(), link_id, one.enrolment_id, one.programme, one.enrolment_id in covered, by.name, today, "")
            for one in told
        ],
    )
    return len(told)


def hand_over(session: Session, replacing: Sequence[HeldLink]) -> None:
    """Let recipients use the replacements that the bank has just said yes to: those covered, or all of the old link."""
    for link in replacing:
        named = sa.update(RecipientLink).where(col(RecipientLink.link_id) == link.replaces)
        if not link.beside:
            session.execute(named.values(link_id=link.id))
            continue
        covered = sa.select(col(LinkCover.enrolment_id)).where(col(LinkCover.link_id) == link.id)
        holder = Recipient.person_id if link.person_id else Recipient.organisation_id
        current = sa.select(col(Recipient.id), col(Recipient.enrolment_id)).where(
            col(Recipient.enrolment_id).in_(covered),
            col(Recipient.ended_on).is_(None),
            col(holder) == (link.person_id or link.organisation_id),
        )
        for recipient_id, enrolment_id in session.execute(current).all():
            session.merge(RecipientLink(recipient_id=recipient_id, link_id=link.id))
            stages.restate(session, [enrolment_id])
    session.flush()


def dismiss_notice(session: Session, *, notice_id: UUID, by: By) -> None:
    """An officer of the other department has read it."""
    notice = session.get(LinkNotice, notice_id)
    if notice is None:
        raise NotFound("notice_unknown")
    if notice.dismissed_on is not None:
        return
    notice.dismissed_by, notice.dismissed_on = by.name, clock.today()
    session.add(notice)
    record(
        session, action="link.notice_read", object_type="link", object_id=notice.link_id, by=by,
        programme=notice.programme, enrolment=str(notice.enrolment_id),
    )  # fmt: skip
