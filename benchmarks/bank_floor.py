"""The floor under the bank API: a bare FastAPI route that leaves the rows which `POST /api/v1/bank/results` leaves.

It reads the same items with the same Pydantic model and writes, in one transaction, by the fastest means the project
has, the same number of rows of the same width into the same tables. Inserted: a result and an audit event an item, an
event, the stored answer and a log line a call. Changed by primary key: a link, a request and a stage an item, the
commune's cell and two budgets a call. It looks nothing up (what belongs to a request it knows before it starts), checks
nobody, decides nothing, and seals no event.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session, col

from api.v1.bank_results import Result
from disburse import clock
from disburse.accounts.tables import Account, Link, LinkState
from disburse.audit.tables import AuditEvent
from disburse.banks.tables import CallCount, CallRecord, IdempotencyKey
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult, WireState
from disburse.db import Database, bulk_insert, bulk_update, upsert
from disburse.funnel.tables import EnrolmentStage, ProgressCell
from disburse.ids import new_id
from disburse.people.tables import Recipient

_RESULT = (
    "id", "request_id", "answer_key", "status", "reason_code", "name_match", "id_match", "account_status",
    "currency", "account_exists", "account_kind", "joint", "papers", "biometrics", "branch", "checked_at", "source",
    "received_at",
)  # fmt: skip
_EVENT = (
    "seq", "at", "actor_id", "actor_name", "via", "action", "object_type", "object_id", "facts", "request_id", "ip",
    "hash",
)  # fmt: skip
_KEY = ("client_id", "key", "digest", "attempt", "status", "answer", "lease_until", "begun_at")
_LINE = (
    "at", "client_id", "bank_code", "method", "route", "status", "code", "idempotency_key", "items", "body_bytes", "ms",
    "request_id", "ip",
)  # fmt: skip


class PlainResult(Result):
    """The same item as FastAPI reads it by itself: from Python's values, where a text may be a moment."""

    model_config = ConfigDict(strict=False)


class Body(BaseModel):
    """What the floor reads."""

    items: list[PlainResult]


@dataclass(frozen=True, slots=True)
class Known:
    """What belongs to a request."""

    link_id: UUID
    holder: str
    account: str
    enrolment_id: UUID


def floor(url: str) -> FastAPI:
    """Return the bare application."""
    app, database = FastAPI(), Database(url)
    with database.reading() as session:
        known = _known(session)
        places = count(session.execute(sa.select(sa.func.max(col(AuditEvent.seq)))).scalar_one() + 1)

    @app.post("/results")
    def results(body: Body, request: Request) -> dict[str, Any]:
        items, now, client = body.items, clock.utc_now(), UUID(request.headers["x-client"])
        answer = _answer(items)
        with database.transaction() as session:
            bulk_insert(session, ConfirmationResult, _RESULT, [_result(item, now) for item in items])
            _change(session, items, known)
            events = [_event(known[item.request_id], next(places), now, client) for item in items]
            events.append(_taken(len(items), next(places), now, client))
            bulk_insert(session, AuditEvent, _EVENT, events)
            _note_call(session, client, request.headers["idempotency-key"], answer, now)
        return answer

    return app


def _known(session: Session) -> dict[UUID, Known]:
    found = session.execute(
        sa.select(
            col(ConfirmationRequest.id), col(Link.id), col(Link.person_id), col(Account.number_tail),
            col(Recipient.enrolment_id),
        )
        .join(Link, col(Link.id) == col(ConfirmationRequest.link_id))
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Recipient, col(Recipient.person_id) == col(Link.person_id))
    )  # fmt: skip
    return {row[0]: Known(row[1], str(row[2]), f"VBA …{row[3]}", row[4]) for row in found}


def _result(item: PlainResult, now: datetime) -> tuple[Any, ...]:
    return (
        new_id(), item.request_id, secrets.token_hex(32), WireState(item.status), item.reason_code, item.name_match,
        item.id_match, item.account_status, item.currency, item.account_exists, item.account_kind, item.joint,
        item.papers, item.biometrics, item.branch, item.checked_at, "api: bench", now,
    )  # fmt: skip


def _change(session: Session, items: list[PlainResult], known: dict[UUID, Known]) -> None:
    today = clock.today()
    links = [(known[item.request_id].link_id, LinkState.CONFIRMED, today) for item in items]
    bulk_update(session, Link, "id", ("state", "confirmed_on"), links)
    requests = [(item.request_id, WireState.SUCCEEDED, today) for item in items]
    bulk_update(session, ConfirmationRequest, "id", ("state", "closed_on"), requests)
    bulk_update(
        session, EnrolmentStage, "enrolment_id", ("confirmed",), [(known[i.request_id].enrolment_id, 1) for i in items]
    )
    session.execute(
        sa.update(ProgressCell)
        .where(col(ProgressCell.programme) == "BTXH", col(ProgressCell.commune_code) == "21040")
        .values(confirmed=col(ProgressCell.confirmed) + len(items))
    )


def _event(about: Known, seq: int, now: datetime, client: UUID) -> tuple[Any, ...]:
    facts = {
        "from": "requested", "to": "confirmed", "version": 1, "on": "2026-11-20", "account": about.account,
        "holder": about.holder,
    }  # fmt: skip
    return (
        seq, now, str(client), "VBA · bench", "api", "link.confirmed", "link", str(about.link_id), facts,
        "0123456789ab", "127.0.0.1", b"0" * 32,
    )  # fmt: skip


def _taken(items: int, seq: int, now: datetime, client: UUID) -> tuple[Any, ...]:
    facts = {"answers": items, "received": 0, "confirmed": items, "refused": 0, "same": 0, "left_out": 0}
    return (
        seq, now, str(client), "VBA · bench", "api", "results.taken", "results", "api: bench", facts, "0123456789ab",
        "127.0.0.1", b"0" * 32,
    )  # fmt: skip


def _answer(items: list[PlainResult]) -> dict[str, Any]:
    each = [
        {"index": n, "reference": str(item.request_id), "status": "taken", "code": "", "message": ""}
        for n, item in enumerate(items)
    ]
    return {"total_count": len(each), "completed_count": len(each), "failed_count": 0, "results": each}


def _note_call(session: Session, client: UUID, key: str, answer: dict[str, Any], now: datetime) -> None:
    stored = json.dumps(answer, separators=(",", ":")).encode()
    bulk_insert(session, IdempotencyKey, _KEY, [(client, key, "0" * 64, 1, 200, stored, now, now)])
    line = (
        now, client, "VBA", "POST", "/api/v1/bank/results", 200, "", key, len(answer["results"]), 200_000, 100,
        "0123456789ab", "127.0.0.1",
    )  # fmt: skip
    bulk_insert(session, CallRecord, _LINE, [line])
    for window in (60, 86_400):
        began = int(now.timestamp()) // window * window
        count = {"key": f"client:{client}:{window}", "window": began, "ends": began + window, "calls": 1}
        upsert(session, CallCount, [count], key=("key", "window"))
