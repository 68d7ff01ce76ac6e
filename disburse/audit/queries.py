"""Reads of the audit chain: its head, its verification, and the events of one object."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.audit.chain import FIELDS, FIRST, canonical, link_hash
from disburse.audit.tables import AuditEvent


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold, in words."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event: what an anchor keeps outside the database."""

    seq: int
    hash: bytes


def head(session: Session) -> Head | None:
    """Return the chain's newest event, or None before the first."""
    row = session.exec(select(AuditEvent.seq, AuditEvent.hash).order_by(col(AuditEvent.seq).desc()).limit(1)).first()
    return Head(*row) if row else None


def verify(session: Session, anchors: Mapping[int, bytes] | None = None) -> Iterator[Break]:
    """Walk the whole chain and yield every break: a gap, a changed event, a cut tail, an anchor that differs."""
    expected, previous = 1, FIRST
    left = dict(anchors or {})
    events = sa.select(*(getattr(AuditEvent, name) for name in (*FIELDS, "hash"))).order_by(col(AuditEvent.seq))
    for row in session.execute(events.execution_options(yield_per=1000)):
        if row.seq != expected:
            yield Break(expected, f"missing events {expected}–{row.seq - 1}")
        event = dict(zip(FIELDS, row[:-1], strict=True))
        if link_hash(previous, event | {"facts": canonical(event["facts"])}) != row.hash:
            yield Break(row.seq, "the event or its predecessor was changed")
        if row.seq in left and left.pop(row.seq) != row.hash:
            yield Break(row.seq, "differs from its anchor")
        previous, expected = row.hash, row.seq + 1
    for seq in sorted(left):
        yield Break(seq, "an anchored event is gone")


def of_object(session: Session, object_type: str, object_id: object) -> list[AuditEvent]:
    """Return the events of one object, newest first."""
    return list(
        session.exec(
            select(AuditEvent)
            .where(AuditEvent.object_type == object_type, AuditEvent.object_id == str(object_id))
            .order_by(col(AuditEvent.seq).desc())
        )
    )
