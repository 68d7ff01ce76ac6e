"""Notes about people

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import disburse.db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEPT = "enrolment_id, text_sealed, written_by, written_at"


def upgrade() -> None:
    """Keep notes, and refuse below any code of ours to change or delete one; a merge may point it at another person."""
    op.create_table(
        "person_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.String(100), nullable=False),
        sa.Column("written_at", disburse.db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_note_person_id"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name="fk_person_note_enrolment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_person_note"),
    )
    op.create_index("ix_person_note_person_id", "person_note", ["person_id"])
    op.create_index("ix_person_note_enrolment_id", "person_note", ["enrolment_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION person_note_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'notes are never changed'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER person_note_only_grows BEFORE UPDATE OF {_KEPT} OR DELETE ON person_note "
            "FOR EACH STATEMENT EXECUTE FUNCTION person_note_only_grows()"
        )
        return
    for name, verb in (("update", f"UPDATE OF {_KEPT}"), ("delete", "DELETE")):
        op.execute(
            f"CREATE TRIGGER person_note_no_{name} BEFORE {verb} ON person_note "
            "BEGIN SELECT RAISE(ABORT, 'notes are never changed'); END"
        )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("person_note")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION person_note_only_grows()")
