"""Background work on payments: what a payer's list said, word for word, goes after the retention."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from disburse import clock
from disburse.config import Settings
from disburse.db import Database
from disburse.payments.tables import PaidLine, PaidReport


def erase_raw(database: Database, settings: Settings) -> None:
    """Erase the raw cells of lines of old reports; whom, how and how much they paid stays."""
    before = clock.utc_now() - timedelta(days=settings.raw_retention_days)
    old = sa.select(col(PaidReport.id)).where(col(PaidReport.imported_at) < before)
    full = sa.func.length(col(PaidLine.raw_sealed)) > 0
    with database.transaction() as session:
        session.execute(sa.update(PaidLine).where(col(PaidLine.report_id).in_(old), full).values(raw_sealed=b""))
