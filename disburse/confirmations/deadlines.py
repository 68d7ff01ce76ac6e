"""Until when a bank should have answered: working days, without weekends and public holidays. No database."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from pathlib import Path

ANSWER_DAYS = 5  # working days a bank has for an answer
SATURDAY = 5


@cache
def holidays() -> frozenset[date]:
    """Return the public holidays that fall on weekdays, as packaged (data/README.md names the source)."""
    with (Path(__file__).parent / "data" / "holidays.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(date.fromisoformat(row["date"]) for row in csv.DictReader(file))


def is_working_day(day: date) -> bool:
    """Say whether offices and banks work that day."""
    return day.weekday() < SATURDAY and day not in holidays()


def due_on(asked_on: date, days: int = ANSWER_DAYS) -> date:
    """Return the last day on which an answer is in time: the day itself does not count."""
    day, left = asked_on, days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Return how many working days lie after `start` up to and including `end`; 0 when `end` is not later."""
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
