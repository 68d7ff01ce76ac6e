"""Record an act. The events of a transaction join the chain at its commit, so that the chain's lock is short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col

from disburse import clock
from disburse.at_commit import AtCommit
from disburse.audit.actor import By
from disburse.audit.chain import FIELDS, FIRST, canonical, canonical_all, link_hashes
from disburse.audit.tables import AuditEvent
from disburse.db import INSERT_CHUNK, insert_columns
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
    shared = _shared(action, object_type, by, clock.utc_now()) | place
    _PENDING.add(session, Events(shared, [str(object_id)], [_told(facts)]))


class Act(NamedTuple):
    """One of many acts that `record_all` remembers."""

    action: str
    object_id: object
    facts: dict[str, Any]


class Events(NamedTuple):
    """Events that share all but their objects and facts, which are texts; they get their place in the chain later."""

    shared: dict[str, Any]
    objects: list[str]
    facts: list[str]


def record_all(session: Session, *, object_type: str, acts: Iterable[Act], by: By) -> None:
    """Remember many acts of one moment on objects of one type."""
    now = clock.utc_now()
    for action, same in groupby(acts, attrgetter("action")):
        objects, facts = zip(*((str(act.object_id), _told(act.facts)) for act in same), strict=True)
        _PENDING.add(session, Events(_shared(action, object_type, by, now), list(objects), list(facts)))


def record_columns(
    session: Session, *, action: str, object_type: str, objects: list[str], facts: Mapping[str, Any], by: By
) -> None:
    """`record_all` of one action: a fact that differs is a list, of texts or of numbers, with one for each object."""
    if objects:
        told = {name: value[0] if _all_the_same(value) else value for name, value in facts.items()}
        shared = _shared(action, object_type, by, clock.utc_now())
        _PENDING.add(session, Events(shared, objects, canonical_all(masked(told), len(objects))))


def _all_the_same(value: Any) -> bool:
    return isinstance(value, list) and value.count(value[0]) == len(value)


def _shared(action: str, object_type: str, by: By, at: datetime) -> dict[str, Any]:
    """Return the FIELDS of an event but its number, object and facts."""
    return {
        "at": at, "actor_id": str(by.id) if by.id else None, "actor_name": by.name, "via": by.via, "action": action,
        "object_type": object_type, "province_code": None, "area_code": None, "programme": None,
        "request_id": by.request_id, "ip": by.ip,
    }  # fmt: skip


def _told(facts: dict[str, Any]) -> str:
    text = canonical(facts)
    return canonical(masked(facts)) if holds_run(text) else text


def _write_pending(session: OrmSession, pending: list[Events]) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    head = session.execute(
        sa.select(col(AuditEvent.seq), col(AuditEvent.hash)).order_by(col(AuditEvent.seq).desc()).limit(1)
    ).first()
    seq, previous = (head.seq, head.hash) if head else (0, FIRST)
    columns: dict[str, list[Any]] = {name: [] for name in (*FIELDS, "hash")}
    for events in pending:
        hashes = link_hashes(previous, seq + 1, *events)
        for name, value in events.shared.items():
            columns[name] += [value] * len(hashes)
        columns["seq"] += range(seq + 1, seq + 1 + len(hashes))
        columns["object_id"] += events.objects
        columns["facts"] += events.facts
        columns["hash"] += hashes
        seq, previous = seq + len(hashes), hashes[-1]
    for start in range(0, len(columns["seq"]), INSERT_CHUNK):
        some = {name: column[start : start + INSERT_CHUNK] for name, column in columns.items()}
        insert_columns(session, AuditEvent, some, written=["facts"])  # type: ignore[arg-type]


# Last of all: every writer takes the chain's lock, so it is held for the shortest time.
_PENDING = AtCommit("audit", _write_pending, last=True)
