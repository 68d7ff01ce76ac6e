"""The months behind us: which days are closed and reproduce for ever, and which may be closed now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.queries import within_scopes
from disburse.access.roles import Permission
from disburse.clock import Period
from disburse.people.queries import enrolments_in
from disburse.people.tables import Enrolment
from disburse.progress.tables import ProgressSnapshot
from disburse.rosters.tables import Roster, RosterState


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is over, and when it was closed (None = it is open)."""

    period: Period
    closed_at: datetime | None


def closed_days(session: Session) -> list[date]:
    """Return the last days of the closed months, newest first."""
    days = select(col(ProgressSnapshot.as_of)).distinct().order_by(col(ProgressSnapshot.as_of).desc())
    return list(session.exec(days))


def months_behind(session: Session, *, at_least: int = 12) -> list[Month]:
    """Return the months that are over, newest first: the last twelve, and every closed one before them."""
    taken = select(col(ProgressSnapshot.as_of), sa.func.max(ProgressSnapshot.taken_at))
    closed = dict(session.execute(taken.group_by(col(ProgressSnapshot.as_of))).all())
    months: list[Month] = []
    day = clock.today().replace(day=1) - timedelta(days=1)
    for _ in range(at_least):
        months.append(Month(Period.of(day), closed.pop(day, None)))
        day = day.replace(day=1) - timedelta(days=1)
    return months + [Month(Period.of(one), closed[one]) for one in sorted(closed, reverse=True)]


def holds_everything(session: Session, actor: Actor) -> bool:
    """Say whether nobody is enrolled, and no list was brought, outside what the actor may close months for.

    A month is closed for all.
    """
    scopes = actor.scopes(Permission.PROGRESS_SET)
    of_lists = within_scopes(
        scopes, commune=sa.literal(""), programme=col(Roster.programme), province=col(Roster.province_code)
    )
    outside = (
        sa.select(col(Enrolment.id)).where(sa.not_(enrolments_in(scopes))),
        sa.select(col(Roster.id)).where(col(Roster.state) == RosterState.IMPORTED, sa.not_(of_lists)),
    )
    return all(session.execute(one.limit(1)).first() is None for one in outside)
