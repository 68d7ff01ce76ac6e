"""Loading the packaged banks, on both databases."""

from __future__ import annotations

from disburse.audit.actor import SYSTEM
from disburse.banks import actions, queries
from disburse.db import Database


class TestLoad:
    def test_once_and_again(self, database: Database) -> None:
        """66 banks; loading again changes nothing, and puts a spoilt name right."""
        with database.transaction() as session:
            assert actions.load(session, by=SYSTEM) == actions.Loaded(added=66, changed=0)
        with database.transaction() as session:
            assert actions.load(session, by=SYSTEM) == actions.Loaded(added=0, changed=0)
            bank = queries.get(session, "VBA")
            assert bank is not None
            bank.name = "?"
        with database.transaction() as session:
            assert actions.load(session, by=SYSTEM) == actions.Loaded(added=0, changed=1)
        with database.reading() as session:
            assert queries.names(session)["VBA"] == "Agribank"
            assert len(queries.all_banks(session)) == 66
