"""Record an act. The events of a transaction join the chain at its commit, so that the chain's lock is short."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col

from disburse import clock
from disburse.at_commit import AtCommit
from disburse.audit.actor import By
from disburse.audit.chain import FIRST, link_hash
from disburse.audit.tables import AuditEvent
from disburse.db import bulk_insert

_COLUMNS = tuple(AuditEvent.__table__.c.keys())  # type: ignore[attr-defined]
_CHAIN_LOCK = 0x4449_5342  # "DISB": PostgreSQL's advisory lock that lines the chain's writers up


def record(
    session: Session,
    *,
    action: str,
    object_type: str,
    object_id: object,
    by: By,
    area_code: str | None = None,
    programme: str | None = None,
    province_code: str | None = None,
    **facts: Any,
) -> None:
    """Remember an act in this transaction; without it there is no act.

    `facts` are JSON values: counts, codes, before and after. Personal numbers go in masked, never whole.
    """
    _PENDING.add(
        session,
        _Pending(
            at=clock.utc_now(),
            actor_id=str(by.id) if by.id else None,
            actor_name=by.name,
            via=by.via,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            province_code=province_code,
            area_code=area_code,
            programme=programme,
            facts=facts,
            request_id=by.request_id,
            ip=by.ip,
        ),
    )


@dataclass(slots=True, kw_only=True)
class _Pending:
    """An event before it has its place in the chain: the fields of AuditEvent, at a tenth of a table row's price."""

    at: datetime
    actor_id: str | None
    actor_name: str
    via: str
    action: str
    object_type: str
    object_id: str
    province_code: str | None
    area_code: str | None
    programme: str | None
    facts: dict[str, Any]
    request_id: str | None
    ip: str | None
    seq: int = 0
    hash: bytes = b""


def _write_pending(session: OrmSession, pending: list[_Pending]) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    head = session.execute(
        sa.select(col(AuditEvent.seq), col(AuditEvent.hash)).order_by(col(AuditEvent.seq).desc()).limit(1)
    ).first()
    seq, previous = (head.seq, head.hash) if head else (0, FIRST)
    for pending_event in pending:
        seq += 1
        pending_event.seq = seq
        pending_event.hash = previous = link_hash(previous, pending_event)
    rows = [[getattr(one, name) for name in _COLUMNS] for one in pending]
    bulk_insert(session, AuditEvent, _COLUMNS, rows)  # type: ignore[arg-type]


# Last of all: every writer takes the chain's lock, so it is held for the shortest time.
_PENDING = AtCommit("audit", _write_pending, last=True)
