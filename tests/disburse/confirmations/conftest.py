"""The small commune, on each database."""

from __future__ import annotations

import pytest

from disburse.db import Database
from tests.disburse.accounts.world import World


@pytest.fixture
def world(database: Database) -> World:
    """An empty commune with three banks and three programmes."""
    return World(database).reference()
