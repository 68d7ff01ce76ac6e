"""What an officer types about a person, read as strictly as a list's cells: each value clean, or the error to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from disburse import clock
from disburse.clock import Period
from disburse.errors import Invalid
from disburse.free_text import without_numbers
from disburse.people.tables import Precision, Sex
from disburse.workbooks.values import clean_name
from matching.dates import parse_date
from matching.identity import citizen_id, old_id, phone

OLDEST = 130

Birth = tuple[date, Precision]


@dataclass(frozen=True, slots=True)
class Stated:
    """The facts of one person as typed; None or "" = not known."""

    name: str
    birth: Birth | None = None
    sex: Sex | None = None
    citizen_id: str | None = None
    old_id: str | None = None
    phone: str | None = None
    hamlet: str = ""
    address: str = ""

    @property
    def id_valid(self) -> bool:
        """Say whether the citizen ID contradicts nothing that is stated here."""
        return is_valid(self.citizen_id, self.birth, self.sex)


def is_valid(number: str | None, birth: Birth | None, sex: Sex | None) -> bool:
    """Say whether a citizen ID has a known prefix and fits the birth year and the sex."""
    read = citizen_id(number) if number else None
    return read is not None and read.known_prefix and not read.contradicts(birth[0].year if birth else None, sex)


def read_person(
    *,
    name: str,
    birth: str = "",
    sex: str = "",
    citizen: str = "",
    old: str = "",
    telephone: str = "",
    hamlet: str = "",
    address: str = "",
) -> Stated:
    """Return what was typed, clean; raises Invalid with the field's own code."""
    return Stated(
        name=read_name(name),
        birth=read_birth(birth),
        sex=Sex(sex) if sex in list(Sex) else None,
        citizen_id=read_citizen_id(citizen),
        old_id=_read_old_id(old),
        phone=_read_phone(telephone),
        hamlet=without_numbers(" ".join(hamlet.split())[:100]),
        address=without_numbers(" ".join(address.split())[:300]),
    )


def read_name(text: str) -> str:
    """Return a name, or raise Invalid("person_name_invalid")."""
    found = clean_name(text.strip())
    if found.value is None:
        raise Invalid("person_name_invalid")
    return found.value


def read_birth(text: str) -> Birth | None:
    """Return a birth date as precisely as it was typed (12/3/1951, 3/1951, 1951); raises Invalid("birth_invalid")."""
    if not text.strip():
        return None
    read = parse_date(text.strip())
    if read is None or read.note is not None:
        raise Invalid("birth_invalid", value=text.strip()[:40])
    day = date(read.year, read.month or 1, read.day or 1)
    if day > clock.today() or day.year < clock.today().year - OLDEST:
        raise Invalid("birth_invalid", value=text.strip()[:40])
    return day, Precision(read.precision)


def read_citizen_id(text: str) -> str | None:
    """Return 12 digits, None where nothing was typed, or raise Invalid("citizen_id_invalid")."""
    if not text.strip():
        return None
    read = citizen_id(text)
    if read is None:
        raise Invalid("citizen_id_invalid")
    return read.value


def _read_old_id(text: str) -> str | None:
    if not text.strip():
        return None
    if (read := old_id(text)) is None:
        raise Invalid("old_id_invalid")
    return read


def _read_phone(text: str) -> str | None:
    if not text.strip():
        return None
    if (read := phone(text)) is None:
        raise Invalid("phone_invalid")
    return read


def read_day(text: str, *, not_after: date | None = None) -> date:
    """Return a day as people write it (12/3/2026) or as addresses carry it; raises "day_unreadable", "day_too_late"."""
    read = parse_date(text.strip())
    if read is None or read.note is not None or read.day is None or read.month is None:
        raise Invalid("day_unreadable", value=text.strip()[:40])
    day = date(read.year, read.month, read.day)
    if not_after is not None and day > not_after:
        raise Invalid("day_too_late", day=f"{day:%d/%m/%Y}", latest=f"{not_after:%d/%m/%Y}")
    return day


def read_day_or_none(text: str) -> date | None:
    """Return a day, or None where nothing was typed."""
    return read_day(text) if text.strip() else None


def read_period(text: str) -> Period:
    """Return a month as addresses, forms and commands carry it (2026-11); raises "period_invalid"."""
    try:
        return Period.parse(text)
    except ValueError as wrong:
        raise Invalid("period_invalid", value=text) from wrong


def read_month(text: str) -> Period:
    """Return a month as people write it (11/2026, tháng 11/2026) or as lists carry it; raises "month_unreadable"."""
    read = parse_date(re.sub(r"^\s*(?:tháng|thang|month)\s*", "", text, flags=re.IGNORECASE).strip())
    if read is not None and read.precision == "month" and read.note is None and read.month is not None:
        return Period(read.year, read.month)
    try:
        return Period.parse(text)
    except ValueError as wrong:
        raise Invalid("month_unreadable", value=text.strip()[:40]) from wrong


def read_reason(text: str) -> str:
    """Return a reason of at most 200 characters; raises Invalid("reason_needed"), ("text_number")."""
    reason = " ".join(text.split())
    if not reason:
        raise Invalid("reason_needed")
    return without_numbers(reason)[:200]
