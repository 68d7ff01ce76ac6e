"""What an end would do, told before it is done: last days, months, money, accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from disburse import clock
from disburse.clock import Period
from disburse.people import queries
from disburse.people.tables import EndReason, Enrolment, LineKind

ONE_DAY = timedelta(days=1)


def last_day_of(enrolment: Enrolment, reason: EndReason, on: date) -> date:
    """Return the last day of entitlement: of death, stop and moving away the last of that month."""
    if reason == EndReason.MISTAKE:
        return enrolment.from_date - ONE_DAY
    return Period.of(on).last_day


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one enrolment: its last day, the first month without money, and the đồng a month that stop."""

    enrolment: Enrolment
    last_day: date
    first_month_without: str
    amount: int
    still_counted: bool


def effects_of_end(session: Session, *, enrolments: Sequence[Enrolment], reason: EndReason, on: date) -> list[Effect]:
    """Return what ending these enrolments would do."""
    lines = queries.lines_on(session, [one.id for one in enrolments], clock.today())
    found = []
    for one in enrolments:
        last_day = last_day_of(one, reason, on)
        monthly = sum(line.amount or 0 for line in lines.get(one.id, []) if line.kind == LineKind.MONTHLY)
        after = clock.Period.of(last_day).next() if reason != EndReason.MISTAKE else clock.Period.of(one.from_date)
        found.append(Effect(one, last_day, f"{after.month:02d}/{after.year}", monthly, last_day >= clock.today()))
    return found
