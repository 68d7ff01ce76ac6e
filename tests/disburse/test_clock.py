"""Time has one door, and months are a type."""

from __future__ import annotations

import time
from datetime import date

import pytest

from disburse import clock
from disburse.clock import Period


class TestPeriod:
    @pytest.mark.parametrize("text", ["2026-11", " 2026-11 "])
    def test_it_reads_year_and_month(self, text: str) -> None:
        """A period is written YEAR-MONTH."""
        assert Period.parse(text) == Period(2026, 11)

    @pytest.mark.parametrize("text", ["", "2026", "2026-13", "11-2026", "2026-1", "2026-00", "26-11"])
    def test_it_refuses_anything_else(self, text: str) -> None:
        """What is not a month is not guessed."""
        with pytest.raises(ValueError, match="month"):
            Period.parse(text)

    def test_its_last_day_knows_leap_years(self) -> None:
        """February 2024 has 29 days."""
        assert Period(2024, 2).last_day == date(2024, 2, 29)

    def test_december_is_followed_by_january(self) -> None:
        """The next period crosses the year."""
        assert Period(2024, 12).next() == Period(2025, 1)


class TestLivingOn:
    def test_today_is_the_day_asked_for(self) -> None:
        """Inside the block it is that day in Vietnam; afterwards it is today again."""
        before = clock.today()
        with clock.living_on(date(2024, 3, 29)):
            assert clock.today() == date(2024, 3, 29)
            assert clock.utc_now().isoformat().startswith("2024-03-29T01:00")
        assert clock.today() == before

    def test_time_goes_on(self) -> None:
        """The clock is moved, not stopped: leases must still run out."""
        with clock.living_on(date(2024, 3, 29)):
            before = clock.utc_now()
            time.sleep(0.01)
            assert before < clock.utc_now()
