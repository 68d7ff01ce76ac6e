"""Which pairs a sample speaks for

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the pairs a sample was drawn from; samples of the last day have to be drawn again."""
    op.add_column("review_sample", sa.Column("population_ids", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Keep their number alone."""
    with op.batch_alter_table("review_sample") as batch:
        batch.drop_column("population_ids")
