"""Deadlines in working days: weekends and Vietnam's public holidays do not count."""

from __future__ import annotations

from datetime import date

import pytest

from disburse.confirmations.deadlines import due_on, holidays, is_working_day, working_days_between


class TestDueOn:
    @pytest.mark.parametrize(
        ("asked", "days", "due"),
        [
            ("2026-11-23", 1, "2026-11-25"),  # the 24th is the Day of Vietnamese Culture
            ("2026-11-27", 1, "2026-11-30"),  # Friday → Monday
            ("2026-11-28", 5, "2026-12-04"),  # a Saturday counts from Monday
            ("2026-02-13", 1, "2026-02-23"),  # over Tết
            ("2024-04-26", 1, "2024-05-02"),  # a day exchanged for a Saturday, 30 April, 1 May
            ("2026-12-31", 1, "2027-01-04"),
            ("2026-11-25", 0, "2026-11-25"),
        ],
    )
    def test_days(self, asked: str, days: int, due: str) -> None:
        """Counted by hand on a calendar."""
        assert due_on(date.fromisoformat(asked), days) == date.fromisoformat(due)

    def test_between_undoes_it(self) -> None:
        """The day an answer is due lies as many working days away as were given."""
        for day in (date(2026, 2, 10), date(2026, 4, 24), date(2026, 8, 28)):
            for days in range(1, 12):
                assert working_days_between(day, due_on(day, days)) == days


class TestHolidays:
    def test_each_year_has_its_eleven_days_less_weekends(self) -> None:
        """New Year, five days of Tết, the Kings, 30 April, 1 May, two days of National Day: some fall on weekends."""
        for year in range(2024, 2032):
            assert 9 <= sum(day.year == year for day in holidays()) <= 13

    def test_they_are_weekdays_nobody_works(self) -> None:
        """A holiday on a weekend would change nothing and is not listed."""
        assert all(day.weekday() < 5 and not is_working_day(day) for day in holidays())
