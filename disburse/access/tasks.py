"""Background work of sign-ins: forms kept over one are forgotten in time."""

from disburse.access import kept_forms
from disburse.config import Settings
from disburse.db import Database


def forget_forms(database: Database, settings: Settings) -> int:
    """Erase forms that nobody came back for. Returns how many."""
    del settings
    with database.transaction() as session:
        return kept_forms.forget(session)
