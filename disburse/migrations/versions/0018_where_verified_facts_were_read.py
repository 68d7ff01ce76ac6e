"""Where verified facts were read

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the file and the line of an answer of the population database; of earlier ones they are not known."""
    op.add_column("verified", sa.Column("file_name", sa.String(length=200), nullable=True))
    op.add_column("verified", sa.Column("line", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Keep the answers alone."""
    with op.batch_alter_table("verified") as batch:
        batch.drop_column("line")
        batch.drop_column("file_name")
