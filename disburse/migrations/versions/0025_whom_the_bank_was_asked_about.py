"""Whom a bank was asked about

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Until now nobody wrote down whom a bank was asked about: what it confirmed counts with the facts of this day, and is
# asked anew once they change.
_KNOWN_TODAY = """
INSERT INTO asked_holder (link_id, name_fold, citizen_id_index, old_id_index, birth_date, birth_precision)
SELECT link.id, coalesce(person.name_fold, organisation.name_fold, ''), person.citizen_id_index, person.old_id_index,
       person.birth_date, person.birth_precision
FROM link
LEFT JOIN person ON person.id = link.person_id
LEFT JOIN organisation ON organisation.id = link.organisation_id
WHERE link.state IN ('requested', 'received', 'confirmed')
"""


def upgrade() -> None:
    """Keep with each link whom its bank was asked about; of those asked before, whom they are today."""
    op.create_table(
        "asked_holder",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("name_fold", sa.String(200), nullable=False),
        sa.Column("citizen_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("old_id_index", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_precision", sa.String(20), nullable=True),
        sa.CheckConstraint("birth_precision IN ('day', 'month', 'year')", name="birth_precision"),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_asked_holder_link_id"),
        sa.PrimaryKeyConstraint("link_id", name="pk_asked_holder"),
    )
    op.execute(_KNOWN_TODAY)


def downgrade() -> None:
    """Forget them."""
    op.drop_table("asked_holder")
