"""Settings of a user, recovery codes, and grants that wait for a second administrator

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import disburse.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLES = ("admin", "province", "commune", "approver", "collaborator", "leader", "auditor", "bank", "payer")


def upgrade() -> None:
    """Columns with defaults and two new tables: the release before goes on working beside this one."""
    op.add_column("user_account", sa.Column("shortcuts", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("user_session", sa.Column("previous_at", disburse.db.UtcDateTime(timezone=True), nullable=True))
    op.add_column("user_session", sa.Column("previous_from", sa.String(length=45), nullable=True))
    op.add_column("user_session", sa.Column("failed_before", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "recovery_code",
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", disburse.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", disburse.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("code_index", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    op.create_table(
        "grant_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", _one_of("role", *ROLES), nullable=False),
        sa.Column("area_code", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("programme", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("state", _one_of("state", "open", "approved", "refused"), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", disburse.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", disburse.db.UtcDateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_grant_proposal_{name}"))
            for name in ("user_id", "proposed_by", "decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_proposal")),
    )
    op.create_index(op.f("ix_grant_proposal_user_id"), "grant_proposal", ["user_id"])
    op.create_index(op.f("ix_grant_proposal_state"), "grant_proposal", ["state"])


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def downgrade() -> None:
    """Back to users without settings; recovery codes and open proposals are lost."""
    op.drop_table("grant_proposal")
    op.drop_table("recovery_code")
    for table, columns in (
        ("user_session", ("previous_at", "previous_from", "failed_before")),
        ("user_account", ("shortcuts",)),
    ):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
