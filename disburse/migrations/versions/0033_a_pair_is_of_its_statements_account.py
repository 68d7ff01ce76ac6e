"""A pair is of its statement's account

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ACCOUNT, _STATEMENT = "fk_candidate_account_id", "fk_candidate_registration_id"
_LOCK = 0x5061_6972  # as 0031
_WITHOUT = "a candidate without its registration"
_REFERRED = (
    "CREATE TRIGGER registration_referred AFTER DELETE ON registration FOR EACH ROW "
    "WHEN EXISTS (SELECT 1 FROM candidate WHERE registration_id = OLD.id) "
    f"BEGIN SELECT RAISE(ABORT, '{_WITHOUT}'); END"
)  # as 0031 made it: SQLite rebuilds no table that another's trigger names
_KEPT = (
    "CREATE TRIGGER due_answer AFTER UPDATE OF state, person_id ON candidate FOR EACH ROW "
    "WHEN (OLD.state IS NOT NEW.state OR OLD.person_id IS NOT NEW.person_id) AND "
    "(NEW.state IN ('rejected', 'unsure') OR OLD.state IN ('rejected', 'unsure')) BEGIN "
    "INSERT INTO match_due (kind, row_id) SELECT 'judge', OLD.person_id; "
    "INSERT INTO match_due (kind, row_id) SELECT 'judge', NEW.person_id; END"
)  # as 0017 made it: SQLite drops it with the table it rebuilds, and those of 0031 with it


def upgrade() -> None:
    """Check with a pair's statement that it is one about the pair's account; the statement holds the account."""
    _unname()
    with op.batch_alter_table("candidate") as batch:
        batch.drop_constraint(_ACCOUNT, type_="foreignkey")
    _check("id = {pair}.registration_id AND account_id = {pair}.account_id", ("registration_id", "account_id"))
    _keep("registration_stays", "registration", ("account_id",))


def downgrade() -> None:
    """Have a foreign key check the account again, row by row."""
    _drop("registration_stays", "registration")
    _unname()
    with op.batch_alter_table("candidate") as batch:
        batch.create_foreign_key(_ACCOUNT, "account", ["account_id"], ["id"])
    _check("id = {pair}.registration_id", ("registration_id",))


def _unname() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TRIGGER registration_referred")


def _check(its_statement: str, kept: tuple[str, ...]) -> None:
    """Refuse a pair without `its_statement`, and any change of the columns `kept`."""
    if op.get_bind().dialect.name == "postgresql":
        # Row by row by the index: a plan for the whole would read a province's registrations at every step.
        found = f"SELECT true FROM registration WHERE {its_statement.format(pair='pairs')}"
        op.execute(
            "CREATE OR REPLACE FUNCTION candidate_refers() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN PERFORM pg_advisory_xact_lock_shared({_LOCK}); "
            f"IF EXISTS (SELECT FROM pairs WHERE ({found}) IS NULL) THEN RAISE foreign_key_violation "
            f"USING MESSAGE = '{_WITHOUT}', CONSTRAINT = '{_STATEMENT}'; END IF; RETURN NULL; END $$"
        )
        _drop("candidate_stays", "candidate")
    else:
        missing = f"NOT EXISTS (SELECT 1 FROM registration WHERE {its_statement.format(pair='NEW')})"
        op.execute(_KEPT)
        op.execute(_REFERRED)
        op.execute(
            f"CREATE TRIGGER candidate_refers AFTER INSERT ON candidate FOR EACH ROW WHEN {missing} "
            f"BEGIN SELECT RAISE(ABORT, '{_WITHOUT}'); END"
        )
    _keep("candidate_stays", "candidate", kept)


def _keep(name: str, table: str, columns: tuple[str, ...]) -> None:
    """Refuse that any of the columns changes."""
    changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in columns)
    when = f"AFTER UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW WHEN ({changed})"
    why = f"a {table} keeps its {' and '.join(column.removesuffix('_id') for column in columns)}"
    if op.get_bind().dialect.name == "postgresql":
        refuse = f"BEGIN RAISE EXCEPTION '{why}'; END"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$")
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
    else:
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END")


def _drop(name: str, table: str) -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        op.execute(f"DROP FUNCTION {name}()")
