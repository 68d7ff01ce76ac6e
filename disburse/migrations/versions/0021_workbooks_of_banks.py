"""Workbooks exchanged with banks that have no program

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from disburse.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what was handed out, what came back, and what came of it."""
    op.create_table(
        "bank_workbook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("area_code", sa.String(5), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("settled_by", sa.String(100), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('sent', 'waiting', 'taken', 'put_aside')", name="state"),
        sa.ForeignKeyConstraint(["bank_code"], ["bank.code"], name="fk_bank_workbook_bank_code"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_bank_workbook_upload_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bank_workbook"),
    )
    op.create_index("ix_bank_workbook_bank", "bank_workbook", ["bank_code", "id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("bank_workbook")
