"""Keys of the matcher, packed

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KINDS = ("people", "registrations", "person_ids", "registration_ids")


def upgrade() -> None:
    """Keep a full run's keys in shards. The next `disburse link` is a full run and fills them."""
    op.create_table(
        "match_shard",
        sa.Column("kind", sa.Enum(*_KINDS, name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"kind IN {_KINDS}", name="kind"),
        sa.PrimaryKeyConstraint("kind", "shard", name="pk_match_shard"),
    )
    op.create_table(
        "person_words",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_person_words"),
    )
    moved = sa.text("moved")
    op.create_index("ix_person_words_moved", "person_words", ["number"], sqlite_where=moved, postgresql_where=moved)
    _forget()


def downgrade() -> None:
    """Keep every key as a row again, from the next full run on."""
    op.drop_table("person_words")
    op.drop_table("match_shard")
    _forget()


def _forget() -> None:
    for table in ("match_snapshot", "person_key", "registration_key"):
        op.execute(f"DELETE FROM {table}")
