"""Alembic's entry: runs the steps on the database that disburse.migrations hands over."""

from typing import cast

from alembic import context

from disburse import schema
from disburse.db import Database


def run() -> None:
    """Run all steps in one transaction, so that a killed migration leaves the version it found."""
    database = cast(Database, context.config.attributes["database"])
    with database.migrating() as connection:
        context.configure(
            connection=connection,
            target_metadata=schema.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        context.run_migrations()


run()
