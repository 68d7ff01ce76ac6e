"""A site with invented people on each database, and a browser-less client for each role."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from disburse.access import actions as access
from disburse.audit.actor import By
from disburse.config import Settings
from disburse.db import Database
from tests.api import seeding
from tests.conftest import TEST_KEY, PostgresServer, Templates

HOST = "https://disburse.test"


@dataclass(frozen=True)
class Site:
    """A running application over a filled database."""

    app: FastAPI
    database: Database
    seeded: seeding.Seeded

    def anonymous(self) -> TestClient:
        """Return a client that is not signed in."""
        return TestClient(self.app, base_url=HOST, follow_redirects=False, client=("127.0.0.1", 50_000))

    def client(self, user: str) -> TestClient:
        """Return a client with a session of a sample user; its `csrf` stands in the header of every request."""
        with self.database.transaction() as session:
            account = seeding.user_named(session, user)
            token, begun = access.begin_session(session, user=account, by=By(name=user))
        client = self.anonymous()
        client.cookies.set("__Host-sid", token)
        client.headers["x-csrf-token"] = begun.csrf
        return client


@pytest.fixture(scope="session")
def _sqlite_site(sqlite_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from _site(_copied(sqlite_templates, tmp_path_factory))


@pytest.fixture(scope="module")
def own_site(sqlite_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A filled site of the module's own, for who has to know every text on it: sealed notes of others are unknown."""
    yield from _site(_copied(sqlite_templates, tmp_path_factory))


def _copied(templates: Templates, folders: pytest.TempPathFactory) -> Database:
    path = folders.mktemp("site") / "site.db"
    shutil.copy(templates.stocked, path)
    return Database(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def _postgres_site(postgres_server: PostgresServer, postgres_templates: Templates) -> Iterator[Site]:
    name = "disburse_test_site"
    postgres_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    postgres_server.run(f"CREATE DATABASE {name} TEMPLATE {postgres_templates.stocked}")
    yield from _site(Database(postgres_server.url_of(name)))
    postgres_server.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _site(database: Database) -> Iterator[Site]:
    seeded = seeding.fill(database)
    yield Site(create_app(database, Settings(key=TEST_KEY, public_url=HOST)), database, seeded)
    database.close()


@pytest.fixture(params=["sqlite", "postgres"])
def site(request: pytest.FixtureRequest) -> Site:
    """A filled site on SQLite and on PostgreSQL; shared, so a test adds and does not take away."""
    found: Site = request.getfixturevalue(f"_{request.param}_site")
    return found


@pytest.fixture
def lite_site(_sqlite_site: Site) -> Site:
    """The same on SQLite alone, for what has nothing to do with the database."""
    return _sqlite_site
