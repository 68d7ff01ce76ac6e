"""Changes of who receives that wait for a second person

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

from disburse.db import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KINDS = ("own", "legal_rep", "guardian", "authorised", "carer", "organisation")
_STATES = ("proposed", "approved", "turned_down")


def _one_of(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    """Keep who shall receive, who says so, and what a second person said."""
    op.create_table(
        "recipient_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("before_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of(*_KINDS, name="kind"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("relation", sa.String(60), nullable=False),
        sa.Column("paper_kind", sa.String(60), nullable=False),
        sa.Column("paper_number", sa.String(60), nullable=False),
        sa.Column("paper_date", sa.Date(), nullable=True),
        sa.Column("paper_until", sa.Date(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("cap_exception", sa.String(200), nullable=False),
        sa.Column("state", _one_of(*_STATES, name="state"), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(100), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state <> 'approved' OR decided_by <> made_by", name="two_people"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_recipient_change_enrolment_id"),
        sa.ForeignKeyConstraint(["before_id"], ["recipient.id"], name="fk_recipient_change_before_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_recipient_change_person_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_recipient_change_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_change"),
    )
    op.create_index("ix_recipient_change_person_id", "recipient_change", ["person_id"])
    op.create_index(
        "uq_recipient_change_open",
        "recipient_change",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("recipient_change")
