"""People of pairs and links are checked by the step

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_KEYS = {"candidate": "fk_candidate_person_id", "link": "fk_link_person_id"}
_LOCK = 0x5061_6972  # as 0031: who names people in pairs and links holds it shared, who takes people away alone
_MANY = """
CREATE FUNCTION {table}_of_people() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE named uuid[]; BEGIN
    PERFORM pg_advisory_xact_lock_shared({lock});
    -- All at once: a step's people mostly stand beside each other in the index.
    SELECT array_agg(DISTINCT person_id) INTO named FROM added WHERE person_id IS NOT NULL;
    IF (SELECT count(*) FROM person WHERE id = ANY(named)) < cardinality(named) THEN
        RAISE foreign_key_violation USING MESSAGE = 'a {table} without its person', CONSTRAINT = '{key}'; END IF;
    RETURN NULL;
END $$
"""
_ONE = """
CREATE FUNCTION {table}_goes_to_a_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock_shared({lock});
    IF NOT EXISTS (SELECT FROM person WHERE id = NEW.person_id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'a {table} without its person', CONSTRAINT = '{key}'; END IF;
    RETURN NULL;
END $$
"""
_GONE = """
CREATE FUNCTION person_referred() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock({lock});
    IF EXISTS (SELECT FROM gone JOIN candidate ON candidate.person_id = gone.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'a person with a candidate', CONSTRAINT = '{candidate}'; END IF;
    IF EXISTS (SELECT FROM gone JOIN link ON link.person_id = gone.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'a person with a link', CONSTRAINT = '{link}'; END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Check by triggers what foreign keys checked and locked row by row (docs/adr/0016); SQLite keeps its keys.

    Stages leave room in their pages, so that a mark that is set touches no index.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, key in _KEYS.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
        op.execute(_MANY.format(table=table, key=key, lock=_LOCK))
        op.execute(
            f"CREATE TRIGGER {table}_of_people AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_of_people()"
        )
        op.execute(_ONE.format(table=table, key=key, lock=_LOCK))
        op.execute(
            f"CREATE TRIGGER {table}_goes_to_a_person AFTER UPDATE OF person_id ON {table} FOR EACH ROW "
            "WHEN (NEW.person_id IS NOT NULL AND OLD.person_id IS DISTINCT FROM NEW.person_id) "
            f"EXECUTE FUNCTION {table}_goes_to_a_person()"
        )
    op.execute(_GONE.format(lock=_LOCK, **_KEYS))
    op.execute(
        "CREATE TRIGGER person_referred AFTER DELETE ON person REFERENCING OLD TABLE AS gone "
        "FOR EACH STATEMENT EXECUTE FUNCTION person_referred()"
    )
    op.execute("CREATE FUNCTION person_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
               "RAISE EXCEPTION 'a person keeps its id'; END $$")  # fmt: skip
    op.execute(
        "CREATE TRIGGER person_stays AFTER UPDATE OF id ON person FOR EACH ROW WHEN (OLD.id <> NEW.id) "
        "EXECUTE FUNCTION person_stays()"
    )
    op.execute("ALTER TABLE enrolment_stage SET (fillfactor = 80)")


def downgrade() -> None:
    """Have the foreign keys check it again."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE enrolment_stage RESET (fillfactor)")
    for table in ("candidate", "link"):
        for name in (f"{table}_of_people", f"{table}_goes_to_a_person"):
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {_KEYS[table]} FOREIGN KEY (person_id) REFERENCES person (id)")
    for name in ("person_referred", "person_stays"):
        op.execute(f"DROP TRIGGER {name} ON person")
        op.execute(f"DROP FUNCTION {name}()")
