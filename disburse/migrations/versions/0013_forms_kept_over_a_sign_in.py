"""Forms kept over a sign-in

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

import disburse.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what somebody had typed when their session was over."""
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", disburse.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_kept_form_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kept_form"),
    )
    op.create_index("ix_kept_form_user_id", "kept_form", ["user_id"])
    op.create_index("ix_kept_form_made_at", "kept_form", ["made_at"])


def downgrade() -> None:
    """Forget what was kept."""
    op.drop_table("kept_form")
