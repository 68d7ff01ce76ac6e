"""Links of organisations are found without reading those of people

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the few links whose holder is an organisation."""
    op.create_index(
        "ix_link_organisation_id",
        "link",
        ["organisation_id"],
        sqlite_where=sa.text("organisation_id IS NOT NULL"),
        postgresql_where=sa.text("organisation_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_link_organisation_id", "link")
