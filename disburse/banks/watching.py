"""How the banks' programs call: the log without bodies, and how many calls went wrong lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.banks.tables import BankClient, CallRecord, DeliveryState, WebhookDelivery

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Traffic:
    """The calls of a program in the last 24 hours, and the messages to it that nobody took."""

    calls: int
    errors: int
    given_up: int


def get_client(session: Session, client_id: UUID) -> BankClient | None:
    """Return a program by its id."""
    return session.get(BankClient, client_id)


def traffic(session: Session) -> dict[UUID, Traffic]:
    """Return each program's calls of the last 24 hours; one that did not call is not in it."""
    since = clock.utc_now() - DAY
    wrong = sa.func.sum(sa.case((col(CallRecord.status) >= 400, 1), else_=0))
    calls = session.execute(
        sa.select(col(CallRecord.client_id), sa.func.count(), wrong)
        .where(col(CallRecord.at) >= since, col(CallRecord.client_id).is_not(None))
        .group_by(col(CallRecord.client_id))
    )
    lost = session.execute(
        sa.select(col(WebhookDelivery.client_id), sa.func.count())
        .where(col(WebhookDelivery.state) == DeliveryState.GIVEN_UP, col(WebhookDelivery.made_at) >= since)
        .group_by(col(WebhookDelivery.client_id))
    )
    given_up = {row[0]: row[1] for row in lost}
    found = {row[0]: Traffic(row[1], int(row[2] or 0), given_up.get(row[0], 0)) for row in calls}
    return {client: Traffic(0, 0, count) for client, count in given_up.items() if client not in found} | found


def log(session: Session, client_id: UUID, *, limit: int, offset: int) -> tuple[int, list[CallRecord]]:
    """Return how many calls of a program are kept, and one page of them, newest first."""
    mine = select(CallRecord).where(CallRecord.client_id == client_id)
    total = session.exec(select(sa.func.count()).select_from(mine.subquery())).one()
    page = session.exec(mine.order_by(col(CallRecord.id).desc()).limit(limit).offset(offset))
    return total, list(page)
