"""A link's account is checked for a step's links at once

Revision ID: 0036
Revises: 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_NAME = "fk_link_account_id"
_WITHOUT = "a link without its account"
_STAYS = "a link keeps its account"
_LOCK = 0x5061_6972  # as 0031: who erases statements erases their accounts
_DUE = ("INSERT INTO match_due (kind, row_id) SELECT 'account', NEW.account_id; "
        "INSERT INTO match_due (kind, row_id) SELECT 'judge', NEW.person_id WHERE NEW.person_id IS NOT NULL; ")  # fmt: skip
_CHANGED = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in ("state", "is_primary", "person_id"))
_NOTED = (
    f"CREATE TRIGGER due_link_new AFTER INSERT ON link FOR EACH ROW WHEN (NEW.decided_how = 'clerk') BEGIN {_DUE}END",
    f"CREATE TRIGGER due_link AFTER UPDATE OF state, is_primary, person_id ON link FOR EACH ROW WHEN ({_CHANGED}) "
    f"AND (NEW.state IN ('closed', 'refused') OR OLD.state IN ('proposed', 'approved')) BEGIN {_DUE}END",
)  # as 0017 made them: SQLite drops them with the table it rebuilds


def upgrade() -> None:
    """Check by triggers what a foreign key checked and locked row by row (docs/adr/0016)."""
    with op.batch_alter_table("link") as batch:
        batch.drop_constraint(_NAME, type_="foreignkey")
        batch.drop_index("ix_link_person_id")  # uq_link_person_id_account_id_version begins with it
    if op.get_bind().dialect.name == "postgresql":
        _on_postgres()
    else:
        _on_sqlite()


def _on_postgres() -> None:
    # A pair's check asks for both: from the index alone it reads a tenth of the pages.
    _key_of_registrations("(id) INCLUDE (account_id)")
    for name, event, lock, missing in (
        (
            "link_refers", "INSERT ON link REFERENCING NEW TABLE AS links", "pg_advisory_xact_lock_shared",
            # Row by row by the index, as for pairs.
            "FROM links WHERE (SELECT true FROM account WHERE id = links.account_id) IS NULL",
        ),
        (
            "account_referred", "DELETE ON account REFERENCING OLD TABLE AS gone", "pg_advisory_xact_lock",
            "FROM gone JOIN link ON link.account_id = gone.id",
        ),
    ):  # fmt: skip
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM {lock}({_LOCK}); "
            f"IF EXISTS (SELECT {missing}) THEN RAISE foreign_key_violation "
            f"USING MESSAGE = '{_WITHOUT}', CONSTRAINT = '{_NAME}'; END IF; RETURN NULL; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} AFTER {event} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")
    op.execute(
        f"CREATE FUNCTION link_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{_STAYS}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER link_stays AFTER UPDATE OF account_id ON link FOR EACH ROW "
        "WHEN (OLD.account_id <> NEW.account_id) EXECUTE FUNCTION link_stays()"
    )


def _on_sqlite() -> None:
    for trigger in _NOTED:
        op.execute(trigger)
    for name, event, condition, why in (
        ("link_refers", "INSERT ON link", "NOT EXISTS (SELECT 1 FROM account WHERE id = NEW.account_id)", _WITHOUT),
        ("account_referred", "DELETE ON account", "EXISTS (SELECT 1 FROM link WHERE account_id = OLD.id)", _WITHOUT),
        ("link_stays", "UPDATE OF account_id ON link", "OLD.account_id <> NEW.account_id", _STAYS),
    ):
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} FOR EACH ROW WHEN {condition} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )


def _key_of_registrations(columns: str) -> None:
    op.execute("ALTER TABLE registration DROP CONSTRAINT pk_registration")
    op.execute(f"ALTER TABLE registration ADD CONSTRAINT pk_registration PRIMARY KEY {columns}")


def downgrade() -> None:
    """Have the foreign key check it again."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for name, table in (("link_refers", "link"), ("account_referred", "account"), ("link_stays", "link")):
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
        if postgres:
            op.execute(f"DROP FUNCTION {name}()")
    if postgres:
        _key_of_registrations("(id)")
    with op.batch_alter_table("link") as batch:
        batch.create_foreign_key(_NAME, "account", ["account_id"], ["id"])
        batch.create_index("ix_link_person_id", ["person_id"])
    if not postgres:
        for trigger in _NOTED:
            op.execute(trigger)
