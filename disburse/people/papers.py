"""Recipients' papers: what each kind of recipient must show, scans kept sealed, papers about to expire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock, crypto
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Invalid, NotFound
from disburse.ids import new_id
from disburse.people.queries import enrolments_within, people_within
from disburse.people.tables import (
    SCAN,
    Enrolment,
    EnrolmentState,
    Organisation,
    PaperScan,
    Person,
    Recipient,
    RecipientKind,
)

SCAN_BYTES = 5 * 1024 * 1024
# Who receives by a right that somebody gave them: that paper has a number and a day.
NEEDS_PAPER = frozenset({RecipientKind.GUARDIAN, RecipientKind.AUTHORISED, RecipientKind.CARER})
# The first bytes decide what a file is; its name and what the browser says of it do not.
_MEDIA = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_ENDS = {"application/pdf": b"%%EOF", "image/png": b"IEND", "image/jpeg": b"\xff\xd9"}
ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


def media_of(content: bytes) -> str:
    """Return what a scan is by its bytes; raises Invalid("scan_empty"), ("scan_too_big") or ("scan_kind")."""
    if not content:
        raise Invalid("scan_empty")
    if len(content) > SCAN_BYTES:
        raise Invalid("scan_too_big", most=SCAN_BYTES // 1024 // 1024)
    media = next((media for start, media in _MEDIA if content.startswith(start)), None)
    # Cut off, or something else behind a picture's first bytes: the end must be there as well.
    if media is None or _ENDS[media] not in content[-2048:]:
        raise Invalid("scan_kind")
    return media


def add_scan(session: Session, *, recipient: Recipient, content: bytes, name: str, by: By) -> UUID:
    """Keep a scan of a recipient's paper, sealed."""
    media = media_of(content)
    scan = PaperScan(
        id=new_id(),
        recipient_id=recipient.id,
        name=name[:255],
        media=media,
        size=len(content),
        sha256=crypto.digest(content),
        content_sealed=b"",
        uploaded_by=by.name,
        uploaded_at=clock.utc_now(),
    )
    scan.content_sealed = SCAN.seal_bytes(scan.id, content)
    session.add(scan)
    _tell(session, "scan.added", recipient, by, media=media, size=len(content))
    return scan.id


def open_scan(session: Session, *, recipient: Recipient, scan_id: UUID, by: By) -> tuple[PaperScan, bytes]:
    """Return a scan with its bytes, and remember who looked. Raises NotFound."""
    scan = session.get(PaperScan, scan_id)
    if scan is None or scan.recipient_id != recipient.id:
        raise NotFound("not_found")
    _tell(session, "scan.opened", recipient, by, media=scan.media)
    return scan, SCAN.open_bytes(scan.id, scan.content_sealed)


def _tell(session: Session, action: str, recipient: Recipient, by: By, **facts: Any) -> None:
    record(session, action=action, object_type="recipient", object_id=recipient.id, by=by, **facts)


def seen_recipient(
    session: Session, actor: Actor, recipient_id: UUID, permission: Permission
) -> tuple[Recipient, UUID]:
    """Return a recipient of an enrolment in the actor's scopes, and the beneficiary, who is theirs; else NotFound."""
    found = session.execute(
        sa.select(Recipient, col(Person.id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(
            col(Recipient.id) == recipient_id,
            enrolments_within(actor, permission),
            people_within(actor, permission, col(Person.id)),
        )
    ).first()
    if found is None:
        raise NotFound("not_found")
    return found[0], found[1]


def scans_of(session: Session, recipient_ids: list[UUID]) -> dict[UUID, list[PaperScan]]:
    """Return the scans of recipients, oldest first, without opening them."""
    found: dict[UUID, list[PaperScan]] = {}
    statement = sa.select(PaperScan).where(col(PaperScan.recipient_id).in_(recipient_ids))
    kept = statement.options(sa.orm.defer(PaperScan.content_sealed))  # type: ignore[arg-type]
    for scan in session.execute(kept.order_by(col(PaperScan.uploaded_at))).scalars():
        found.setdefault(scan.recipient_id, []).append(scan)
    return found


def wards_of(session: Session, person_id: UUID) -> int:
    """Return for how many other people somebody receives now."""
    statement = (
        sa.select(sa.func.count(sa.distinct(col(Enrolment.person_id))))
        .join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
        .where(
            col(Recipient.person_id) == person_id,
            col(Recipient.ended_on).is_(None),
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            col(Enrolment.person_id) != person_id,
        )
    )
    return int(session.execute(statement).scalar_one())


@dataclass(frozen=True, slots=True)
class Expiring:
    """A paper that ends: whose, for whom, what, when."""

    person_id: UUID
    person: str
    receives: str
    recipient: Recipient
    enrolment: Enrolment


_holder: Any = sa.orm.aliased(Person, name="holder")


def expiring(session: Session, actor: Actor, *, until: date, limit: int, offset: int) -> tuple[int, list[Expiring]]:
    """Return how many current recipients' papers end by a day, those over already included, and one page of them."""
    statement = (
        sa.select(Person, sa.func.coalesce(_holder.name, Organisation.name, ""), Recipient, Enrolment)
        .select_from(Recipient)
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .outerjoin(_holder, _holder.id == col(Recipient.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Recipient.organisation_id))
        .where(
            col(Recipient.ended_on).is_(None),
            col(Recipient.paper_until) <= until,
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            enrolments_within(actor, Permission.PERSON_READ),
        )
    )
    total = session.execute(sa.select(sa.func.count()).select_from(statement.subquery())).scalar_one()
    page = statement.order_by(col(Recipient.paper_until), col(Person.sort_key)).limit(limit).offset(offset)
    return total, [Expiring(row[0].id, row[0].name, row[1], row[2], row[3]) for row in session.execute(page)]
