"""A pair's statement is checked for a step's pairs at once

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_NAME = "fk_candidate_registration_id"
_LOCK = 0x5061_6972  # "Pair": who proposes pairs holds it shared, who erases statements alone
_KEPT = (
    "CREATE TRIGGER due_answer AFTER UPDATE OF state, person_id ON candidate FOR EACH ROW "
    "WHEN (OLD.state IS NOT NEW.state OR OLD.person_id IS NOT NEW.person_id) AND "
    "(NEW.state IN ('rejected', 'unsure') OR OLD.state IN ('rejected', 'unsure')) BEGIN "
    "INSERT INTO match_due (kind, row_id) SELECT 'judge', OLD.person_id; "
    "INSERT INTO match_due (kind, row_id) SELECT 'judge', NEW.person_id; END"
)  # as 0017 made it: SQLite drops it with the table it rebuilds
_CHECKS = {
    "candidate_refers": (
        "INSERT ON candidate REFERENCING NEW TABLE AS pairs",
        "pg_advisory_xact_lock_shared",
        # Row by row by the index: a plan for the whole would read a province's registrations at every step.
        "FROM pairs WHERE (SELECT r.id FROM registration r WHERE r.id = pairs.registration_id) IS NULL",
    ),
    "registration_referred": (
        "DELETE ON registration REFERENCING OLD TABLE AS gone",
        "pg_advisory_xact_lock",
        "FROM gone JOIN candidate ON candidate.registration_id = gone.id",
    ),
}


def upgrade() -> None:
    """Check by a trigger for each statement, of each row, what a foreign key checked and locked (docs/adr/0016)."""
    with op.batch_alter_table("candidate") as batch:
        batch.drop_constraint(_NAME, type_="foreignkey")
    if op.get_bind().dialect.name == "postgresql":
        _on_postgres()
    else:
        _on_sqlite()


def _on_postgres() -> None:
    for name, (event, lock, missing) in _CHECKS.items():
        # The lock first: whoever held it has committed, and a statement of READ COMMITTED sees it.
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM {lock}({_LOCK}); "
            f"IF EXISTS (SELECT {missing}) THEN RAISE foreign_key_violation "
            f"USING MESSAGE = 'a candidate without its registration', CONSTRAINT = '{_NAME}'; END IF; "
            "RETURN NULL; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} AFTER {event} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")
    op.execute(
        "CREATE FUNCTION candidate_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a candidate keeps its registration'; END $$"
    )
    op.execute(
        "CREATE TRIGGER candidate_stays AFTER UPDATE OF registration_id ON candidate FOR EACH ROW "
        "WHEN (OLD.registration_id <> NEW.registration_id) EXECUTE FUNCTION candidate_stays()"
    )


def _on_sqlite() -> None:
    op.execute(_KEPT)
    for name, event, condition in (
        ("candidate_refers", "INSERT ON candidate", "NOT EXISTS (SELECT 1 FROM registration WHERE id = NEW.registration_id)"),
        ("registration_referred", "DELETE ON registration", "EXISTS (SELECT 1 FROM candidate WHERE registration_id = OLD.id)"),
        ("candidate_stays", "UPDATE OF registration_id ON candidate", "OLD.registration_id <> NEW.registration_id"),
    ):
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'a candidate without its registration'); END"
        )


def downgrade() -> None:
    """Have the foreign key check it again."""
    postgres = op.get_bind().dialect.name == "postgresql"
    tables = {"candidate_refers": "candidate", "registration_referred": "registration", "candidate_stays": "candidate"}
    for name, table in tables.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
        if postgres:
            op.execute(f"DROP FUNCTION {name}()")
    with op.batch_alter_table("candidate") as batch:
        batch.create_foreign_key(_NAME, "registration", ["registration_id"], ["id"])
    if not postgres:
        op.execute(_KEPT)
