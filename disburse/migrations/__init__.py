"""The database's history: numbered steps up and down, and the way to take them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from disburse.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent


def _config(database: Database) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["database"] = database
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to a version; the newest unless another is named."""
    from alembic import command

    command.upgrade(_config(database), to)


def downgrade(database: Database, to: str = "base") -> None:
    """Take the database back to a version, losing what only later versions can hold."""
    from alembic import command

    command.downgrade(_config(database), to)


# Every command looks whether its database is up to date; Alembic, which knows too, takes it a tenth of its start.


def head() -> str:
    """Return the newest version this program knows: the number of its last step."""
    return max(step.name.partition("_")[0] for step in (_HERE / "versions").glob("[0-9]*.py"))


def current(database: Database) -> str:
    """Return the database's version, "" when it has none yet."""
    with database.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return ""
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or ""
