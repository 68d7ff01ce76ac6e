"""The second person of a link, holds of recipients, notices, red flags that were looked at

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

import disburse.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TWO = "approved_by = '' OR approved_by <> decided_by"
_APPROVED = "replaces IS NULL OR state IN ('proposed', 'closed') OR approved_by <> ''"
# Links replaced before the second person was kept in a column: the audit log has the name.
_UNKNOWN = "UPDATE link SET approved_by = '?' WHERE replaces IS NOT NULL AND state NOT IN ('proposed', 'closed')"


def upgrade() -> None:
    """Keep who approved and who ended a link, what a change covers, and who was told or had to look."""
    _widen_link()
    op.create_table(
        "link_cover",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_link_cover_link_id"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_link_cover_enrolment_id"),
        sa.PrimaryKeyConstraint("link_id", "enrolment_id", name="pk_link_cover"),
    )
    op.create_index("ix_link_cover_enrolment_id", "link_cover", ["enrolment_id"])
    op.create_table(
        "link_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.String(20), nullable=False),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("dismissed_by", sa.String(100), nullable=False),
        sa.Column("dismissed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_link_notice_link_id"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_link_notice_enrolment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_link_notice"),
        sa.UniqueConstraint("link_id", "enrolment_id", name="uq_link_notice_link_id_enrolment_id"),
    )
    op.create_index("ix_link_notice_enrolment_id", "link_notice", ["enrolment_id"])
    _make_holds()
    _make_flags()


def _widen_link() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    # SQLite takes a check only with a new column; rebuilding the table would lose its other checks.
    two, approved = (
        (f" CONSTRAINT ck_link_two_people CHECK ({_TWO})", f" CONSTRAINT ck_link_approved_replacement CHECK ({_APPROVED})")
        if sqlite
        else ("", "")
    )
    op.execute(f"ALTER TABLE link ADD COLUMN approved_by VARCHAR(100) NOT NULL DEFAULT ''{two}")
    op.execute(_UNKNOWN)
    op.execute(f"ALTER TABLE link ADD COLUMN approved_on DATE{approved}")
    op.add_column("link", sa.Column("beside", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("link", sa.Column("ended_by", sa.String(100), nullable=False, server_default=""))
    if not sqlite:
        op.create_check_constraint("ck_link_two_people", "link", _TWO)
        op.create_check_constraint("ck_link_approved_replacement", "link", _APPROVED)


def _make_holds() -> None:
    op.create_table(
        "recipient_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("expired", "of_age", name="reason", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.String(100), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipient.id"], name="fk_recipient_hold_recipient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_hold"),
    )
    op.create_index("ix_recipient_hold_recipient_id", "recipient_hold", ["recipient_id"])
    op.create_index(
        "uq_recipient_hold_open",
        "recipient_hold",
        ["recipient_id"],
        unique=True,
        sqlite_where=sa.text("settled_on IS NULL"),
        postgresql_where=sa.text("settled_on IS NULL"),
    )


def _make_flags() -> None:
    op.create_table(
        "staff_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("area_code", sa.String(5), nullable=False),
        sa.Column("citizen_id_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("person_index", sa.LargeBinary(), nullable=True),
        sa.Column("holder_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("added_by", sa.String(100), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("removed_by", sa.String(100), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff_number"),
    )
    for name in ("person_index", "holder_index", "phone_index"):
        op.create_index(f"ix_staff_number_{name}", "staff_number", [name])
    op.create_table(
        "flag_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("facts", sa.String(64), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("reviewed_by", sa.String(100), nullable=False),
        sa.Column("reviewed_at", disburse.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_flag_review"),
        sa.UniqueConstraint("kind", "subject", "facts", name="uq_flag_review_kind_subject_facts"),
    )


def downgrade() -> None:
    """Forget them."""
    for table in ("flag_review", "staff_number", "recipient_hold", "link_notice", "link_cover"):
        op.drop_table(table)
    whole = op.f if op.get_bind().dialect.name == "sqlite" else str  # PostgreSQL's got the prefix twice
    with op.batch_alter_table("link") as batch:
        batch.drop_constraint(whole("ck_link_approved_replacement"), type_="check")
        batch.drop_constraint(whole("ck_link_two_people"), type_="check")
        for column in ("ended_by", "beside", "approved_on", "approved_by"):
            batch.drop_column(column)
