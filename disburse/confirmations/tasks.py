"""Background work on confirmations: asking banks that listen, and taking their posted lists in."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col

from disburse import clock
from disburse.audit.actor import SYSTEM
from disburse.banks.queries import listening
from disburse.config import Settings
from disburse.confirmations import actions, queries
from disburse.confirmations.registrations import take_posted
from disburse.confirmations.tables import BankWorkbook
from disburse.db import Database
from disburse.workbooks.tables import Upload

__all__ = ["ask_banks", "erase_answers", "take_posted"]


def ask_banks(database: Database, _settings: Settings) -> int:
    """Ask each bank that has a program of its own about the links that wait for it; others are asked by file."""
    with database.reading() as session:
        banks = [code for code in listening(session) if queries.waiting_links(session, code)]
    made = 0
    for code in banks:
        with database.transaction() as session:
            made += actions.ask(session, bank_code=code, by=SYSTEM)
    return made


def erase_answers(database: Database, settings: Settings) -> None:
    """Erase the bytes of banks' workbooks whose retention has passed; what came of them stays."""
    before = clock.utc_now() - timedelta(days=settings.raw_retention_days)
    old = sa.select(BankWorkbook.upload_id).where(  # type: ignore[call-overload]
        col(BankWorkbook.made_at) < before, col(BankWorkbook.upload_id).is_not(None)
    )
    kept = sa.and_(col(Upload.id).in_(old), col(Upload.content_sealed).is_not(None))
    with database.transaction() as session:
        session.execute(sa.update(Upload).where(kept).values(content_sealed=None))
