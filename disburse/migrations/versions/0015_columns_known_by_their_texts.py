"""Columns known by their texts

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Remember what the header of each mapped column said."""
    op.add_column("remembered_layout", sa.Column("texts", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Remember the places alone."""
    with op.batch_alter_table("remembered_layout") as batch:
        batch.drop_column("texts")
