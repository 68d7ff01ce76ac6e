"""Where a payer's line was counted: the commune of the enrolment when it came

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of earlier lines, the commune of now: where they were then was not kept."""
    op.add_column("paid_line", sa.Column("commune_code", sa.String(length=5), server_default="", nullable=False))
    op.execute(
        "UPDATE paid_line SET commune_code = "
        "(SELECT enrolment.commune_code FROM enrolment WHERE enrolment.id = paid_line.enrolment_id) "
        "WHERE enrolment_id IS NOT NULL"
    )


def downgrade() -> None:
    """Back to lines that count where their people live now."""
    with op.batch_alter_table("paid_line") as batch:
        batch.drop_column("commune_code")
