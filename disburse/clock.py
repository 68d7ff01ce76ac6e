"""The only door to time: UTC moments, Vietnamese days, and months as a type of their own."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_shift = timedelta(0)


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC) + _shift


def today() -> date:
    """Return the calendar day in Vietnam: an officer's today, not the server's."""
    return utc_now().astimezone(VIETNAM).date()


def unix_ms() -> int:
    """Return milliseconds since 1970, never shifted: identifiers must keep their order."""
    return int(datetime.now(UTC).timestamp() * 1000)


@contextmanager
def living_on(day: date) -> Iterator[None]:
    """Let the clock start again at 08:00 of `day`, in Vietnam, and run on from there.

    Only the demonstration and the tests use it, to live through months that are past; the time that passes
    inside the block still passes, so leases and timeouts keep their meaning.
    """
    with living_from(datetime(day.year, day.month, day.day, 8, tzinfo=VIETNAM)):
        yield


@contextmanager
def living_from(moment: datetime) -> Iterator[None]:
    """Let the clock start again at a moment: for the demonstration's second process, which lives beside the first."""
    global _shift
    before = _shift
    _shift = moment - datetime.now(UTC)
    try:
        yield
    finally:
        _shift = before


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """One month of payment, written `2026-11`."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `YYYY-MM`; anything else raises ValueError."""
        found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
        if not found or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2200:
            raise ValueError(f"not a month: {text!r}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        """Return the month that `day` lies in."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def next(self) -> Period:
        """Return the month after this one."""
        return Period.of(self.last_day + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
