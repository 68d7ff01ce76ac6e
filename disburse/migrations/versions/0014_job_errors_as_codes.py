"""Job errors as codes

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep why a job failed as code and facts beside the sentence."""
    op.add_column("job", sa.Column("failure", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Keep the sentence alone."""
    with op.batch_alter_table("job") as batch:
        batch.drop_column("failure")
