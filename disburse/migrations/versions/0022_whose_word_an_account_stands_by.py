"""Whose word an account stands by

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the day of a bank's last word about an account; of earlier words it is not known."""
    op.add_column("account", sa.Column("standing_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Let the last word count, whoever says it."""
    op.drop_column("account", "standing_on")  # no batch: a table made anew would lose its triggers
