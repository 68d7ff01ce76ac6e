"""The desk on each database, with areas, programmes and banks loaded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from disburse.db import Database
from tests.disburse.rosters.desk import Desk, living


@pytest.fixture
def desk(stocked: Database) -> Iterator[Desk]:
    """An empty desk on 15 June 2026."""
    with living():
        yield Desk(stocked)


@pytest.fixture
def real(sqlite_stocked: Database) -> Iterator[Database]:
    """One database: what the child reads does not depend on it."""
    with living():
        yield sqlite_stocked
