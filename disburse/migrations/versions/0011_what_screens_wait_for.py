"""What screens wait for

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'parked' AND settled_by IS NULL")


def upgrade() -> None:
    """Find a commune's rows of a list, the waiting ones, and all who ever received, without reading the others."""
    op.create_index("ix_recipient_enrolment_id", "recipient", ["enrolment_id"])
    op.create_index("ix_roster_row_commune", "roster_row", ["roster_id", "commune_code", "sheet", "line"])
    op.drop_index("ix_roster_row_waiting", "roster_row")
    op.create_index(
        "ix_roster_row_waiting",
        "roster_row",
        ["roster_id", "sheet", "line"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Find them among all rows again."""
    op.drop_index("ix_roster_row_waiting", "roster_row")
    op.create_index(
        "ix_roster_row_waiting", "roster_row", ["roster_id"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.drop_index("ix_roster_row_commune", "roster_row")
    op.drop_index("ix_recipient_enrolment_id", "recipient")
