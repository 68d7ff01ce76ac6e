"""What the red flags look for

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_RARE = {
    "ix_account_unusable": ("account", "id", "status IN ('locked', 'closed') OR joint OR currency <> 'VND'"),
    "ix_registration_drift": ("registration", "account_id", "drift"),
    "ix_link_replaces": ("link", "replaces", "replaces IS NOT NULL"),
    "ix_recipient_for_others": (
        "recipient", "person_id", "kind <> 'own' AND ended_on IS NULL AND person_id IS NOT NULL",
    ),
}  # fmt: skip


def upgrade() -> None:
    """Find what is rare without reading the rest; count by commune without reading whole rows of people."""
    for name, (table, column, condition) in _RARE.items():
        where = sa.text(condition)
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_person_commune_of", "person", ["id", "commune_code"])


def downgrade() -> None:
    """Read everything again."""
    op.drop_index("ix_person_commune_of", "person")
    for name, (table, *_) in _RARE.items():
        op.drop_index(name, table)
