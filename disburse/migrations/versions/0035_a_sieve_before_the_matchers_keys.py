"""A sieve before the matcher's keys

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_BEFORE = ("people", "registrations", "person_ids", "registration_ids")


def upgrade() -> None:
    """Let the shards hold a sieve, too. The next `disburse link` is a full run and fills them."""
    _make((*_BEFORE, "sieve"))


def downgrade() -> None:
    """Look into every shard again, from the next full run on."""
    _make(_BEFORE)


def _make(kinds: tuple[str, ...]) -> None:
    """Make the table anew: a full run fills it, and where there is no snapshot the next run is one."""
    op.execute("DELETE FROM match_snapshot")
    op.drop_table("match_shard")
    op.create_table(
        "match_shard",
        sa.Column("kind", sa.Enum(*kinds, name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"kind IN {kinds}", name="kind"),
        sa.PrimaryKeyConstraint("kind", "shard", name="pk_match_shard"),
    )
    if op.get_bind().dialect.name == "postgresql":  # keyed words are as good as random: not worth trying to pack
        op.execute("ALTER TABLE match_shard ALTER COLUMN content SET STORAGE EXTERNAL")
