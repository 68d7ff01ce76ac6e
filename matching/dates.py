"""Dates as people's papers give them: a day, a month, or only a year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Precision = Literal["day", "month", "year"]
FIRST_YEAR, LAST_YEAR = 1880, 2100

_TIME = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0+)?)?$")
_DMY = re.compile(r"(\d{1,2})\s*[/\-. ]\s*(\d{1,2})\s*[/\-. ]\s*(\d{4})")
_DM_SHORT = re.compile(r"(\d{1,2})\s*[/\-.]\s*(\d{1,2})\s*[/\-.]\s*(\d{2})")
_ISO = re.compile(r"(\d{4})\s*[/\-.]\s*(\d{1,2})\s*[/\-.]\s*(\d{1,2})")
_MY = re.compile(r"(\d{1,2})\s*[/\-.]\s*(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COMPACT_DMY = re.compile(r"(\d{2})(\d{2})(\d{4})")
_YEAR = re.compile(r"(\d{4})(?:\.0)?")
_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
_ANY_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


@dataclass(slots=True, frozen=True)
class PartialDate:
    """A date with its precision. `note`: None, `impossible_day`, `remark` or `two_digit_year`."""

    year: int
    month: int | None = None
    day: int | None = None
    precision: Precision = "day"
    note: str | None = None

    @property
    def placeholder(self) -> bool:
        """01/01: far more often "only the year is known" than a birthday."""
        return self.day == 1 and self.month == 1

    def iso(self) -> str:
        """`1951-03-12`, `1951-03` or `1951`."""
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
            if self.day is not None:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)


DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # of a usual year


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _whole(day: int, month: int, year: int, note: str | None = None) -> PartialDate | None:
    """Day, month, year → date with the precision that zeros and impossible days leave."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if month == 0:
        return PartialDate(year, precision="year", note=note if day == 0 else "impossible_day")
    if month > 12:
        return PartialDate(year, precision="year", note="impossible_day")
    if day == 0:
        return PartialDate(year, month, precision="month", note=note)
    if day > (29 if month == 2 and _leap(year) else DAYS[month - 1]):
        return PartialDate(year, precision="year", note="impossible_day")
    return PartialDate(year, month, day, "day", note)


def _strict(text: str) -> PartialDate | None:
    if m := _YEAR.fullmatch(text):
        return _whole(0, 0, int(m[1]))
    for pattern in (_DMY, _WORDS):
        if m := pattern.fullmatch(text):
            return _whole(int(m[1]), int(m[2]), int(m[3]))
    if m := _ISO.fullmatch(text):
        return _whole(int(m[3]), int(m[2]), int(m[1]))
    if m := _MY.fullmatch(text):
        return _whole(0, int(m[1]), int(m[2]))
    return _compact(text)


def _compact(text: str) -> PartialDate | None:
    """yyyymmdd, else ddmmyyyy, when that is a possible day."""
    if m := _COMPACT.fullmatch(text):
        found = _whole(int(m[3]), int(m[2]), int(m[1]))
        if found and not found.note:
            return found
    if m := _COMPACT_DMY.fullmatch(text):
        found = _whole(int(m[1]), int(m[2]), int(m[3]))
        return found if found and not found.note else None
    return None


@lru_cache(maxsize=262144)
def parse_date(text: str, two_digit_year_of: int | None = None) -> PartialDate | None:
    """Read d/m/y, d-m-y, d.m.y, ISO, yyyymmdd, m/yyyy, yyyy, 00/00/1940, "ngày 2 tháng 9 năm 1945".

    Impossible days and text with remarks keep a readable four-digit year (`note` says so). A two-digit year
    is read only when `two_digit_year_of` (say, the year inside the citizen ID) ends in the same digits.
    None: nothing readable.
    """
    clean = _TIME.sub("", " ".join(text.replace("\u00a0", " ").split()).lstrip("'"))
    if not clean:
        return None
    if found := _strict(clean):
        return found
    if m := _DM_SHORT.fullmatch(clean):
        if two_digit_year_of is not None and two_digit_year_of % 100 == int(m[3]):
            return _whole(int(m[1]), int(m[2]), two_digit_year_of, "two_digit_year")
        return None
    years = set(_ANY_YEAR.findall(clean))
    year = int(years.pop()) if len(years) == 1 else 0
    return PartialDate(year, precision="year", note="remark") if FIRST_YEAR <= year <= LAST_YEAR else None
