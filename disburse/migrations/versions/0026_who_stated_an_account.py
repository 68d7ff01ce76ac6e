"""Who stated an account

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who brought a statement; of earlier ones the audit log alone tells."""
    op.add_column("registration", sa.Column("stated_by", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Leave it to the audit log."""
    op.drop_column("registration", "stated_by")  # no batch: a table made anew would lose its triggers
