"""A question of its own for a list that names another recipient

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_BEFORE = ("which_person", "other_id", "same_id_other_name", "enrolled_elsewhere", "removal", "gone")
_INDEXES = (
    ("ix_roster_question_enrolment_id", ["enrolment_id"]),
    ("ix_roster_question_roster_id", ["roster_id"]),
    ("ix_roster_question_state_kind", ["state", "kind"]),
)


def upgrade() -> None:
    """Let a question be about who receives."""
    _allow((*_BEFORE, "recipient"))


def downgrade() -> None:
    """Forget those questions."""
    op.execute("DELETE FROM roster_question WHERE kind = 'recipient'")
    _allow(_BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_roster_question_kind"), "roster_question", type_="check")
        op.create_check_constraint(op.f("ck_roster_question_kind"), "roster_question", f"kind IN ({allowed})")
        return
    # SQLite changes no check: the table is made anew beside the old one, filled, and takes its name.
    for name, _ in _INDEXES:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE roster_question RENAME TO roster_question_before")
    op.create_table(
        "roster_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.String(100), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("person_ids", sa.JSON(), nullable=False),
        sa.Column("further", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("answer", sa.String(60), nullable=False),
        sa.Column("answered_by", sa.String(100), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint(f"kind IN ({allowed})", name="kind"),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name="fk_roster_question_roster_id"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_question"),
    )
    names = "id, roster_id, sheet, line, kind, state, enrolment_id, person_ids, further, reason, answer, answered_by"
    names += ", answered_on"
    op.execute(f"INSERT INTO roster_question ({names}) SELECT {names} FROM roster_question_before")
    op.execute("DROP TABLE roster_question_before")
    for name, columns in _INDEXES:
        op.create_index(name, "roster_question", columns)
