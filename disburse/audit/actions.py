"""Record an act. The events of a transaction join the chain at its commit, so that the chain's lock is short."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col

from disburse import clock
from disburse.at_commit import AtCommit
from disburse.audit.actor import By
from disburse.audit.chain import FIELDS, FIRST, canonical, link_hash
from disburse.audit.tables import AuditEvent
from disburse.db import bulk_insert
from disburse.free_text import holds_run, masked

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

    `facts` are JSON values: counts, codes, before and after. Personal numbers go in masked, never whole; nine digits
    and more in a text are masked here once more, for the log can never be mended.
    """
    place = {"province_code": province_code, "area_code": area_code, "programme": programme}
    act = Act(action, object_id, facts)
    _PENDING.add(session, _event(object_type, act, clock.utc_now(), by, _actor(by)) | place)


class Act(NamedTuple):
    """One of many acts that `record_all` remembers."""

    action: str
    object_id: object
    facts: dict[str, Any]


def record_all(session: Session, *, object_type: str, acts: Iterable[Act], by: By) -> None:
    """Remember many acts of one moment on objects of one type."""
    now, actor = clock.utc_now(), _actor(by)
    for act in acts:
        _PENDING.add(session, _event(object_type, act, now, by, actor))


def _actor(by: By) -> str | None:
    return str(by.id) if by.id else None


def _event(object_type: str, act: Act, at: datetime, by: By, actor: str | None) -> dict[str, Any]:
    """Return the FIELDS of an event in their order, its facts as text; it gets its place in the chain later."""
    facts = canonical(act.facts)
    if holds_run(facts):
        facts = canonical(masked(act.facts))
    return {
        "seq": 0, "at": at, "actor_id": actor, "actor_name": by.name, "via": by.via, "action": act.action,
        "object_type": object_type, "object_id": str(act.object_id), "province_code": None, "area_code": None,
        "programme": None, "facts": facts, "request_id": by.request_id, "ip": by.ip,
    }  # fmt: skip


def _write_pending(session: OrmSession, pending: list[dict[str, Any]]) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    head = session.execute(
        sa.select(col(AuditEvent.seq), col(AuditEvent.hash)).order_by(col(AuditEvent.seq).desc()).limit(1)
    ).first()
    seq, previous = (head.seq, head.hash) if head else (0, FIRST)
    rows = []
    for event in pending:
        seq += 1
        event["seq"] = seq
        previous = link_hash(previous, event)
        rows.append((*event.values(), previous))
    bulk_insert(session, AuditEvent, (*FIELDS, "hash"), rows, written=["facts"])  # type: ignore[arg-type]


# Last of all: every writer takes the chain's lock, so it is held for the shortest time.
_PENDING = AtCommit("audit", _write_pending, last=True)
