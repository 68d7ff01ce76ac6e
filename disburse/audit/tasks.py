"""Background work of the audit chain: anchors outside the database, and the walk over the whole of it."""

from disburse.audit.anchors import append_anchor
from disburse.audit.checks import Check, walk
from disburse.config import Settings
from disburse.db import Database


def anchor(database: Database, settings: Settings) -> bool:
    """Append the chain's head to data/audit.anchors; that file belongs on another machine too."""
    with database.reading() as session:
        return append_anchor(session, settings.data_dir / "audit.anchors")


def check(database: Database, settings: Settings) -> Check:
    """Verify the whole chain and keep the outcome for the screen of the log: 20 seconds a million events."""
    with database.reading() as session:
        return walk(session, settings.data_dir)
