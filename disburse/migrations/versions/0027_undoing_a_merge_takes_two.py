"""Who asked to undo a merge, until a second person has agreed

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

from disburse.db import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who asked, when and why."""
    op.add_column("person_merge", sa.Column("parting_by", sa.String(100), nullable=False, server_default=""))
    op.add_column("person_merge", sa.Column("parting_at", UtcDateTime(), nullable=True))
    op.add_column("person_merge", sa.Column("parting_why", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    """Forget them."""
    for column in ("parting_why", "parting_at", "parting_by"):
        op.drop_column("person_merge", column)
