"""Messages to banks that something is waiting: made with the thing itself, signed as Standard Webhooks, tried again.

A message says how much is waiting and never about whom; the bank then pulls. Standard Webhooks: the headers webhook-id,
webhook-timestamp and webhook-signature (`v1,` and HMAC-SHA256 over `id.timestamp.body` in base64).
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.banks.outgoing import Checked
from disburse.banks.tables import WEBHOOK_SECRET, BankClient, DeliveryState, WebhookDelivery, WebhookTry
from disburse.errors import Conflict, NotFound
from disburse.jobs import actions as jobs
from disburse.jobs.queries import queued

KIND = "banks.deliver"
# How long after a failed try the next one comes; then it is given up (two days in all).
PAUSES = tuple(timedelta(seconds=s) for s in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 64_800))
_PREFIX = "whsec_"


def set_webhook(session: Session, *, client_id: UUID, url: Checked | None, by: By) -> str:
    """Set where a client is told of news, None for nowhere; returns the new signing key, shown this once.

    Raises NotFound("client_unknown").
    """
    client = session.get(BankClient, client_id)
    if client is None:
        raise NotFound("client_unknown")
    key = secrets.token_bytes(32)
    text = _PREFIX + base64.b64encode(key).decode() if url else ""
    client.webhook_url = url or ""
    client.webhook_secret_sealed = WEBHOOK_SECRET.seal(client_id, text) if url else None
    session.add(client)
    record(
        session, action="bank.webhook_set", object_type="bank_client", object_id=client_id, by=by,
        bank=client.bank_code, url=url or "",
    )  # fmt: skip
    return text


def announce(session: Session, *, bank_code: str, kind: str, facts: Mapping[str, Any], by: By) -> int:
    """Tell a bank's programs that something is waiting, once this transaction stands. Returns how many are told."""
    told = select(BankClient).where(
        BankClient.bank_code == bank_code, BankClient.webhook_url != "", col(BankClient.disabled_at).is_(None)
    )
    count = 0
    for client in session.exec(told).all():
        made = WebhookDelivery(client_id=client.id, kind=kind, body=dict(facts), made_at=clock.utc_now())
        session.add(made)
        session.flush()
        jobs.enqueue(session, kind=KIND, object_id=made.id, by=by)
        count += 1
    return count


def signed(delivery: WebhookDelivery, secret: str) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a message, signed for this moment."""
    now = clock.utc_now()
    moment = str(int(now.timestamp()))
    body = json.dumps(
        {"type": delivery.kind, "timestamp": delivery.made_at.isoformat(), "data": delivery.body},
        separators=(",", ":"),
    ).encode()
    return body, {
        "content-type": "application/json",
        "user-agent": "Disburse",
        "webhook-id": str(delivery.id),
        "webhook-timestamp": moment,
        "webhook-signature": signature(secret, str(delivery.id), moment, body),
    }


def signature(secret: str, message_id: str, moment: str, body: bytes) -> str:
    """Return the value of webhook-signature."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    mac = hmac.digest(key, f"{message_id}.{moment}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(mac).decode()}"


def note_try(
    session: Session, *, delivery_id: UUID, status: int | None, error: str, milliseconds: int, by: By
) -> DeliveryState:
    """Write a try down; a failed one is followed by another after a pause, or the message is given up."""
    delivery = session.get_one(WebhookDelivery, delivery_id)
    now = clock.utc_now()
    session.add(WebhookTry(delivery_id=delivery_id, at=now, status=status, error=error[:60], ms=milliseconds))
    delivery.tries += 1
    if status is not None and 200 <= status < 300:
        delivery.state, delivery.ended_at = DeliveryState.DELIVERED, now
    elif status == 410 or delivery.tries > len(PAUSES):  # 410 Gone: the bank wants no more of this
        delivery.state, delivery.ended_at = DeliveryState.GIVEN_UP, now
    else:
        jobs.enqueue(
            session, kind=KIND, object_id=delivery_id, by=by, run_after=now + PAUSES[delivery.tries - 1]
        )  # fmt: skip
    session.add(delivery)
    return delivery.state


def resend(session: Session, *, client_id: UUID, delivery_id: UUID, by: By) -> None:
    """Try a message again now: one that was given up, or one whose next try is still to come.

    Raises NotFound("delivery_unknown"), Conflict("delivery_delivered").
    """
    delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.client_id != client_id:
        raise NotFound("delivery_unknown")
    if delivery.state == DeliveryState.DELIVERED:
        raise Conflict("delivery_delivered")
    before = str(delivery.state)
    if not jobs.hasten(session, kind=KIND, object_id=delivery_id):
        jobs.enqueue(session, kind=KIND, object_id=delivery_id, by=by)
    delivery.state, delivery.ended_at = DeliveryState.WAITING, None
    session.add(delivery)
    record(
        session, action="bank.webhook_resent", object_type="bank_client", object_id=client_id, by=by,
        delivery=str(delivery_id), tries=delivery.tries, before=before,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to a client, its tries, oldest first, and when it is tried again; None = not by itself."""

    delivery: WebhookDelivery
    tries: tuple[WebhookTry, ...]
    next_at: datetime | None


def deliveries(session: Session, *, client_id: UUID, limit: int = 50) -> list[Sent]:
    """Return the newest messages to a client."""
    newest = (
        select(WebhookDelivery)
        .where(WebhookDelivery.client_id == client_id)
        .order_by(col(WebhookDelivery.id).desc())
        .limit(limit)
    )
    found = list(session.exec(newest))
    ids = [delivery.id for delivery in found]
    tries: dict[UUID, list[WebhookTry]] = {}
    for one in session.exec(
        select(WebhookTry).where(col(WebhookTry.delivery_id).in_(ids)).order_by(col(WebhookTry.id))
    ):
        tries.setdefault(one.delivery_id, []).append(one)
    planned = queued(session, kind=KIND, object_ids=ids)
    return [Sent(one, tuple(tries.get(one.id, ())), planned.get(str(one.id))) for one in found]
