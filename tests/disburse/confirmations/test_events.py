"""What banks tell by themselves about an account, in whatever order it arrives."""

from __future__ import annotations

from datetime import date

import pytest

from disburse.accounts.tables import AccountStatus
from disburse.audit.actor import COMMAND
from disburse.confirmations import events
from disburse.confirmations.events import Told
from disburse.confirmations.tables import EventKind
from tests.disburse.accounts.world import World

NUMBER = "1500200000001"
APRIL = (date(2024, 4, 1), date(2024, 4, 2), date(2024, 4, 3))


class TestHear:
    @pytest.mark.parametrize(
        ("told", "status"),
        [
            ([(EventKind.LOCKED, 1), (EventKind.OPENED, 2)], AccountStatus.OPEN),
            ([(EventKind.LOCKED, 1), (EventKind.OPENED, 0)], AccountStatus.LOCKED),
            ([(EventKind.OPENED, 2), (EventKind.LOCKED, 1)], AccountStatus.LOCKED),
            ([(EventKind.CLOSED, 0), (EventKind.OPENED, 2)], AccountStatus.CLOSED),
        ],
    )
    def test_an_unlocking_counts_only_after_the_lock(
        self, world: World, told: list[tuple[EventKind, int]], status: AccountStatus
    ) -> None:
        """Late news never lets money in; news that keeps it away counts whenever it comes."""
        account = world.account(NUMBER, "NGUYEN VAN TAM")
        for n, (kind, day) in enumerate(told):
            with world.database.transaction() as session:
                one = Told(0, f"e{n}", kind, NUMBER, APRIL[day])
                events.hear(session, bank_code="VBA", told=[one], source="test", by=COMMAND)
        assert world.get_account(account).status == status
