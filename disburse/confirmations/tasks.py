"""Background work on confirmations: asking banks that listen, and taking their posted lists in."""

from __future__ import annotations

from disburse.audit.actor import SYSTEM
from disburse.banks.queries import listening
from disburse.config import Settings
from disburse.confirmations import actions, queries
from disburse.confirmations.registrations import take_posted
from disburse.db import Database

__all__ = ["ask_banks", "take_posted"]


def ask_banks(database: Database, _settings: Settings) -> int:
    """Ask each bank that has a program of its own about the links that wait for it; others are asked by file."""
    with database.reading() as session:
        banks = [code for code in listening(session) if queries.waiting_links(session, code)]
    made = 0
    for code in banks:
        with database.transaction() as session:
            made += actions.ask(session, bank_code=code, by=SYSTEM)
    return made
