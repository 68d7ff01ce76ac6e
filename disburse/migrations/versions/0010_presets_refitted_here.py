"""Presets refitted here

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

import disburse.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep weights fitted to this installation's own lists."""
    op.create_table(
        "match_preset",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("base", sa.String(40), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("created_at", disburse.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_match_preset"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("match_preset")
