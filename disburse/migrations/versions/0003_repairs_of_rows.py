"""Repairs of rows, and row issues in the order of the file

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from disburse.db import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KINDS = sa.Enum(
    "edit", "batch", "merge", "drop", name="kind", native_enum=False, create_constraint=True, length=20
)  # fmt: skip


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def upgrade() -> None:
    """Make room for what officers put right."""
    op.create_table(
        "repair_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("code", _text(40), nullable=False),
        sa.Column("rule", _text(20), nullable=False),
        sa.Column("cells_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("made_by", _text(100), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", _text(100), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_repair_batch_roster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_batch")),
    )
    op.create_table(
        "row_repair",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", _text(100), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", _KINDS, nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("cells_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason", _text(200), nullable=False),
        sa.Column("settled_as", sa.Uuid(), nullable=True),
        sa.Column("made_by", _text(100), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_row_repair_roster_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["repair_batch.id"], name=op.f("fk_row_repair_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_repair")),
    )
    op.create_index(op.f("ix_repair_batch_roster_id"), "repair_batch", ["roster_id"])
    op.create_index("ix_row_repair_place", "row_repair", ["roster_id", "sheet", "line"])
    op.create_index(op.f("ix_row_repair_batch_id"), "row_repair", ["batch_id"])
    op.drop_index("ix_row_issue_roster_code", "row_issue")
    op.create_index("ix_row_issue_place", "row_issue", ["roster_id", "sheet", "line", "id"])
    op.create_index("ix_row_issue_kind", "row_issue", ["roster_id", "code", "severity", "sheet", "line", "id"])


def downgrade() -> None:
    """Take the repairs away, with the indexes of the screens that show what to repair."""
    op.drop_index("ix_row_issue_kind", "row_issue")
    op.drop_index("ix_row_issue_place", "row_issue")
    op.create_index("ix_row_issue_roster_code", "row_issue", ["roster_id", "code"])
    op.drop_table("row_repair")
    op.drop_table("repair_batch")
