"""Background work for banks' programs: delivering messages, and forgetting what is of no use any more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from disburse import config
from disburse.audit.actor import SYSTEM
from disburse.banks import calls, outgoing, webhooks
from disburse.banks.tables import WEBHOOK_SECRET, BankClient, DeliveryState, WebhookDelivery
from disburse.config import Settings
from disburse.db import Database
from disburse.jobs.running import Held


def deliver(database: Database, held: Held) -> dict[str, Any]:
    """Try once to deliver a message; the next try is a job of its own, so that a slow bank holds nobody up."""
    delivery_id = UUID(held.job.object_id)
    with database.reading() as session:
        delivery = session.get_one(WebhookDelivery, delivery_id)
        client = session.get_one(BankClient, delivery.client_id)
    if delivery.state != DeliveryState.WAITING:
        return {"state": str(delivery.state)}
    if not client.webhook_url or client.disabled_at is not None or client.webhook_secret_sealed is None:
        outcome = outgoing.Outcome(410, "no address any more", 0)
    else:
        body, headers = webhooks.signed(delivery, WEBHOOK_SECRET.open(client.id, client.webhook_secret_sealed))
        private = config.load().webhooks_private
        outcome = outgoing.post(client.webhook_url, body, headers, allow_private=private)
    with database.transaction() as session:
        state = webhooks.note_try(
            session, delivery_id=delivery_id, status=outcome.status, error=outcome.error,
            milliseconds=outcome.milliseconds, by=SYSTEM,
        )  # fmt: skip
        held.advance(session, done=1, total=1)
    return {"state": str(state), "status": outcome.status, "error": outcome.error}


def forget_old(database: Database, _settings: Settings) -> int:
    """Erase old counts, nonces, answers to repeated calls and the log's end, once an hour."""
    with database.transaction() as session:
        return calls.forget_old(session)
