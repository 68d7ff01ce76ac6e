"""The officer's desk, to fill a database with people as lists do."""

from __future__ import annotations

from tests.disburse.accounts.conftest import world
from tests.disburse.rosters.conftest import desk

__all__ = ["desk", "world"]
