"""What is due to be matched

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

import disburse.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_LINK = "NEW.state IN ('closed', 'refused') OR OLD.state IN ('proposed', 'approved')"
_ANSWER = "NEW.state IN ('rejected', 'unsure') OR OLD.state IN ('rejected', 'unsure')"
_READ = (
    "name", "birth_date", "birth_precision", "sex", "citizen_id_index", "old_id_index", "phone_index",
    "commune_code", "hamlet", "address", "status", "merged_into",
)  # fmt: skip
_SAID = ("holder_name", "holder_birth_date", "person_id", "address")
_RECEIVES = "SELECT 'person', person_id FROM recipient WHERE person_id IS NOT NULL AND ended_on IS NULL AND "

_HOLDS = (
    "SELECT 'account', NEW.account_id",
    "SELECT 'judge', NEW.person_id WHERE NEW.person_id IS NOT NULL",
)

# name → (table, event, columns of an update, condition beside "one of them changed", what is due: selects)
_TRIGGERS = {
    "due_person": ("person", "UPDATE", _READ, "", ("SELECT 'person', NEW.id",)),
    "due_recipient_new": ("recipient", "INSERT", (), "NEW.person_id IS NOT NULL", ("SELECT 'person', NEW.person_id",)),
    "due_recipient": (
        "recipient", "UPDATE", ("person_id", "ended_on"), "",
        ("SELECT 'person', OLD.person_id WHERE OLD.person_id IS NOT NULL",
         "SELECT 'person', NEW.person_id WHERE NEW.person_id IS NOT NULL"),
    ),
    "due_enrolment": ("enrolment", "UPDATE", ("state", "commune_code"), "", (_RECEIVES + "enrolment_id = NEW.id",)),
    "due_hold_new": ("recipient_hold", "INSERT", (), "", (_RECEIVES + "id = NEW.recipient_id",)),
    "due_hold": ("recipient_hold", "UPDATE", ("settled_on",), "", (_RECEIVES + "id = NEW.recipient_id",)),
    "due_registration": (
        "registration", "UPDATE", _SAID, "",
        ("SELECT 'registration', NEW.id", "SELECT 'person', OLD.person_id WHERE OLD.person_id IS NOT NULL"),
    ),
    "due_account": ("account", "UPDATE", ("status", "currency", "joint"), "", ("SELECT 'account', NEW.id",)),
    "due_link_new": ("link", "INSERT", (), "NEW.decided_how = 'clerk'", _HOLDS),
    "due_link": ("link", "UPDATE", ("state", "is_primary", "person_id"), _LINK, _HOLDS),
    "due_answer": (
        "candidate", "UPDATE", ("state", "person_id"), _ANSWER,
        ("SELECT 'judge', OLD.person_id", "SELECT 'judge', NEW.person_id"),
    ),
}  # fmt: skip


def upgrade() -> None:
    """Keep the keys of every row and the counts of the last full run, and let the database note what changes."""
    op.create_table(
        "match_snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("preset", sa.String(40), nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("registrations", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("counts_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", disburse.db.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_match_snapshot"),
    )
    op.create_table(
        "person_key",
        sa.Column("word", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("word", "kind", "person_id", name="pk_person_key"),
    )
    op.create_table(
        "registration_key",
        sa.Column("word", sa.BigInteger(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("word", "registration_id", name="pk_registration_key"),
    )
    op.create_index("ix_person_key_person_id", "person_key", ["person_id"])
    kinds = ("person", "registration", "account", "judge")
    op.create_table(
        "match_due",
        sa.Column("id", disburse.db.BigId, nullable=False, autoincrement=True),
        sa.Column("kind", sa.Enum(*kinds, name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"kind IN {kinds}", name="kind"),
        sa.PrimaryKeyConstraint("id", name="pk_match_due"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _on_postgres()
    else:
        _on_sqlite()


def _on_postgres() -> None:
    for name, (table, event, columns, condition, selects) in _TRIGGERS.items():
        body = " ".join(f"INSERT INTO match_due (kind, row_id) {select};" for select in selects)
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
        )
        changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
        when = " AND ".join(f"({part})" for part in (changed, condition) if part)
        of = f" OF {', '.join(columns)}" if columns else ""
        when = f" WHEN ({when})" if when else ""
        op.execute(f"CREATE TRIGGER {name} AFTER {event}{of} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {name}()")
    # A list of a million statements is one act: it is noted in one, not row by row.
    op.execute(
        "CREATE FUNCTION due_registration_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO match_due (kind, row_id) SELECT 'registration', id FROM stated; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER due_registration_new AFTER INSERT ON registration REFERENCING NEW TABLE AS stated "
        "FOR EACH STATEMENT EXECUTE FUNCTION due_registration_new()"
    )


def _on_sqlite() -> None:
    for name, (table, event, columns, condition, selects) in _TRIGGERS.items():
        body = " ".join(f"INSERT INTO match_due (kind, row_id) {select};" for select in selects)
        changed = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in columns)
        when = " AND ".join(f"({part})" for part in (changed, condition) if part)
        of = f" OF {', '.join(columns)}" if columns else ""
        when = f" WHEN {when}" if when else ""
        op.execute(f"CREATE TRIGGER {name} AFTER {event}{of} ON {table} FOR EACH ROW{when} BEGIN {body} END")
    op.execute(
        "CREATE TRIGGER due_registration_new AFTER INSERT ON registration FOR EACH ROW "
        "BEGIN INSERT INTO match_due (kind, row_id) VALUES ('registration', NEW.id); END"
    )


def downgrade() -> None:
    """Forget them."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for name, table in [*((n, t[0]) for n, t in _TRIGGERS.items()), ("due_registration_new", "registration")]:
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
        if postgres:
            op.execute(f"DROP FUNCTION {name}()")
    for table in ("match_due", "registration_key", "person_key", "match_snapshot"):
        op.drop_table(table)
