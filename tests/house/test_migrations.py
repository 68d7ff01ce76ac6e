"""Migrations: up, down and up again on a filled database, and no difference from the tables in code."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from disburse import clock, migrations, schema
from disburse.audit.actions import record
from disburse.audit.actor import SYSTEM
from disburse.db import Database
from disburse.people.tables import CITIZEN_ID, Person
from disburse.programmes.tables import Programme


def fill(database: Database) -> None:
    with database.transaction() as session:
        session.add(Programme(code="NCC", name="Người có công", owner="Sở Nội vụ"))
        person = Person(name="Đinh Thị Lan", name_fold="dinh thi lan", sort_key="lan", created_at=clock.utc_now())
        person.birth_date = date(1950, 3, 12)
        person.citizen_id_sealed = CITIZEN_ID.seal(person.id, "051150000001")
        person.citizen_id_index = CITIZEN_ID.index("051150000001")
        session.add(person)
        record(session, action="test.filled", object_type="person", object_id=person.id, by=SYSTEM)


def tables(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names()) - {"alembic_version"}


def triggers(database: Database) -> set[str]:
    """The names of the triggers that stand in the database."""
    of = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with database.engine.connect() as connection:
        return set(connection.exec_driver_sql(of[connection.dialect.name]).scalars())


def is_checked_by_a_key(made: Any, name: str | None, kind: str, _there: bool, _other: Any) -> bool:
    """On PostgreSQL triggers check two of the keys that the code names (docs/adr/0016)."""
    return kind != "foreign_key_constraint" or name not in ("fk_candidate_person_id", "fk_link_person_id")


class TestMigrations:
    def test_up_down_and_up_again(self, database: Database) -> None:
        """A filled database can go back to nothing and forward again, on both databases."""
        fill(database)
        everything = tables(database)
        migrations.downgrade(database)
        assert tables(database) == set()
        migrations.upgrade(database)
        assert tables(database) == everything
        fill(database)

    def test_up_again_changes_nothing(self, database: Database) -> None:
        """Upgrading an up-to-date database keeps its rows."""
        fill(database)
        migrations.upgrade(database)
        with database.reading() as session:
            assert session.get(Programme, "NCC") is not None

    def test_no_trigger_is_lost(self, database: Database) -> None:
        """SQLite drops a table's triggers when a later migration rebuilds it: whoever rebuilds makes them again."""
        migrations.downgrade(database)
        standing: set[str] = set()

        def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
            if found := re.match(r"\s*(CREATE|DROP) TRIGGER (?:IF (?:NOT )?EXISTS )?(\w+)", statement):
                (standing.add if found[1] == "CREATE" else standing.discard)(found[2])

        sa.event.listen(database.engine, "before_cursor_execute", heard)
        migrations.upgrade(database)
        sa.event.remove(database.engine, "before_cursor_execute", heard)
        assert standing
        assert triggers(database) == standing

    def test_the_tables_are_those_of_the_code(self, database: Database) -> None:
        """What the migrations make and what the code expects do not differ."""
        with database.engine.connect() as connection:
            said = {"compare_type": True, "render_as_batch": True, "include_object": is_checked_by_a_key}
            context = MigrationContext.configure(connection, opts=said)
            differences = compare_metadata(context, schema.metadata)
        assert differences == []

    def test_the_version_is_the_one_that_alembic_reads(self, database: Database) -> None:
        """Commands look at the steps' names and the version's row themselves; Alembic would say the same."""
        steps = ScriptDirectory(str(Path(migrations.__file__).parent))
        with database.engine.connect() as connection:
            standing = MigrationContext.configure(connection).get_current_revision()
        assert migrations.current(database) == migrations.head() == steps.get_current_head() == standing
        migrations.downgrade(database)
        assert migrations.current(database) == ""
