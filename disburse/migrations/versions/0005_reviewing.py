"""Reviewing: locks, judgements, samples and batches; what a pair differs in

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import disburse.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("waits AND settled_by IS NULL AND undone_at IS NULL")


def _text(length: int) -> sqlmodel.sql.sqltypes.AutoString:
    return sqlmodel.sql.sqltypes.AutoString(length=length)


def _moment() -> disburse.db.UtcDateTime:
    return disburse.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add the tables of reviewing, and two columns of `candidate` that the next run of the matcher fills."""
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("differs", _text(10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("forbidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "review_lock",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", _text(100), nullable=False),
        sa.Column("until", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_review_lock")),
    )
    op.create_table(
        "review_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", _text(100), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("candidate_ids", sa.JSON(), nullable=False),
        sa.Column("drawn_at", _moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_sample")),
    )
    with op.batch_alter_table("review_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_sample_user_id"), ["user_id"], unique=False)
    op.create_table(
        "review_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", _text(100), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("undone_at", _moment(), nullable=True),
        sa.Column("undone_by", _text(100), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["review_sample.id"], name=op.f("fk_review_batch_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_batch")),
        sa.UniqueConstraint("sample_id", name=op.f("uq_review_batch_sample_id")),
    )
    _create_judgement()


def _create_judgement() -> None:
    said = sa.Enum("yes", "no", "none", "unsure", name="said", native_enum=False, create_constraint=True, length=20)
    stage = sa.Enum(
        "first", "second", "sample", "bulk", name="stage", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("said", said, nullable=False),
        sa.Column("reason", _text(200), nullable=False),
        sa.Column("stage", stage, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", _text(100), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("undone_at", _moment(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["review_batch.id"], name=op.f("fk_judgement_batch_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["review_sample.id"], name=op.f("fk_judgement_sample_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["judgement.id"], name=op.f("fk_judgement_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgement_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_judgement_sample_id"), ["sample_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_judgement_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_judgement_user_id_at", ["user_id", "at"], unique=False)
        batch_op.create_index(
            "uq_judgement_waiting", ["candidate_id"], unique=True, sqlite_where=WAITING, postgresql_where=WAITING
        )


def downgrade() -> None:
    """Forget who reviewed what; the answers themselves stay with the pairs."""
    for table in ("judgement", "review_batch", "review_sample", "review_lock"):
        op.drop_table(table)
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_column("forbidden")
        batch_op.drop_column("differs")
