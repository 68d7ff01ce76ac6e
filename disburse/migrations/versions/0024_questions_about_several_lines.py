"""Questions about several lines of one person

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a question keep the further lines of its row's person, which wait for the same answer."""
    op.add_column("roster_question", sa.Column("further", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Ask about one line."""
    with op.batch_alter_table("roster_question") as batch:
        batch.drop_column("further")
