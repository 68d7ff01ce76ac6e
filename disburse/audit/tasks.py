"""Background work of the audit chain: anchors outside the database."""

from disburse.audit.anchors import append_anchor
from disburse.config import Settings
from disburse.db import Database


def anchor(database: Database, settings: Settings) -> bool:
    """Append the chain's head to data/audit.anchors; that file belongs on another machine too."""
    with database.reading() as session:
        return append_anchor(session, settings.data_dir / "audit.anchors")
