"""Loading the packaged reference data (areas, programmes, banks) into a database."""

from __future__ import annotations

from disburse.areas import actions as areas
from disburse.audit.actor import SYSTEM
from disburse.banks import actions as banks
from disburse.db import Database
from disburse.programmes import actions as programmes


def load(database: Database) -> None:
    """Bring areas, programmes, benefit rates and banks up to the packaged tables; nothing doubles."""
    with database.transaction() as session:
        areas.load(session, by=SYSTEM)
        programmes.load(session, by=SYSTEM)
        banks.load(session, by=SYSTEM)
