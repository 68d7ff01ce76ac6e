"""The database's history: numbered steps up and down, and the way to take them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from disburse.db import Database


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["database"] = database
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to a version; the newest unless another is named."""
    command.upgrade(_config(database), to)


def downgrade(database: Database, to: str = "base") -> None:
    """Take the database back to a version, losing what only later versions can hold."""
    command.downgrade(_config(database), to)


def head() -> str:
    """Return the newest version this program knows."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def current(database: Database) -> str:
    """Return the database's version, "" when it has none yet."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""
