"""Counting the clerks' work: one's own day, and for supervisors how often second opinions differ. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.accounts import review_queue
from disburse.accounts.review_tables import Judgement, Said, Stage
from disburse.accounts.tables import Account, Candidate
from disburse.banks.tables import Bank
from disburse.people.tables import Person

BREAK = timedelta(minutes=10)  # a gap this long between two answers was a pause
PAUSE_AFTER = timedelta(minutes=50)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """One clerk's day: answers so far, answers an hour of work (None at the start), minutes since the last pause."""

    answers: int
    per_hour: int | None
    minutes: int

    @property
    def pause_due(self) -> bool:
        """Whether fifty minutes went by without a pause."""
        return self.minutes >= PAUSE_AFTER.total_seconds() / 60


def day_of(session: Session, actor: Actor) -> Day:
    """Return the actor's day up to now; answers taken back and whole batches do not count."""
    statement = select(Judgement.at).where(
        Judgement.user_id == actor.user_id,
        Judgement.at >= _midnight(),
        col(Judgement.undone_at).is_(None),
        col(Judgement.stage) != Stage.BULK,
    )
    return _day(list(session.exec(statement.order_by(col(Judgement.at)))), clock.utc_now())


def _midnight() -> datetime:
    today = clock.today()
    return datetime(today.year, today.month, today.day, tzinfo=clock.VIETNAM)


def _day(moments: Sequence[datetime], now: datetime) -> Day:
    worked, streak = timedelta(), moments[0] if moments else now
    for before, after in pairwise(moments):
        if after - before >= BREAK:
            streak = after
        else:
            worked += after - before
    rested = not moments or now - moments[-1] >= BREAK
    hours = worked.total_seconds() / 3600
    # The rate of a few answers in the first minutes says nothing.
    rate = round((len(moments) - 1) / hours) if len(moments) >= 10 and hours else None
    return Day(len(moments), rate, 0 if rested else int((now - streak).total_seconds() // 60))


@dataclass(slots=True)
class ClerkLine:
    """One clerk's last seven days, for a supervisor."""

    name: str
    today: int = 0
    week: int = 0
    said: dict[str, int] = field(default_factory=dict)
    seconds: int = 0  # pairs this clerk answered first and another checked
    differed: int = 0
    sampled: int = 0  # pairs judged as samples of a filter
    sampled_no: int = 0


def clerks(session: Session, actor: Actor) -> list[ClerkLine]:
    """Return each clerk who answered in the actor's scope in the last seven days, the busiest first."""
    since, midnight = clock.utc_now() - WEEK, _midnight()
    statement = (
        select(Judgement)
        .join(Candidate, col(Candidate.id) == col(Judgement.candidate_id))
        .where(Judgement.at >= since, col(Judgement.undone_at).is_(None), review_queue.in_scope(actor))
    )
    rows = list(session.exec(statement))
    first_by = {one.settled_by: one.user_name for one in rows if one.settled_by}
    lines: dict[str, ClerkLine] = {}
    for one in rows:
        line = lines.setdefault(one.user_name, ClerkLine(one.user_name))
        line.week += 1
        line.today += one.at >= midnight
        line.said[str(one.said)] = line.said.get(str(one.said), 0) + 1
        if one.stage == Stage.SAMPLE:
            line.sampled += 1
            line.sampled_no += one.said != Said.YES
        if one.agreed is not None and one.id in first_by:
            first = lines.setdefault(first_by[one.id], ClerkLine(first_by[one.id]))
            first.seconds += 1
            first.differed += not one.agreed
    return sorted(lines.values(), key=lambda line: (-line.week, line.name))


@dataclass(frozen=True, slots=True)
class Past:
    """One of the clerk's own last answers, as the list for taking back shows it."""

    judgement: Judgement
    name: str
    bank: str
    number_tail: str


def last_answers(session: Session, actor: Actor, *, limit: int = 10) -> list[Past]:
    """Return the actor's newest answers that were not taken back."""
    rows: Any = session.execute(
        sa.select(Judgement, col(Person.name), col(Bank.short_name), col(Account.number_tail))
        .join(Person, col(Person.id) == col(Judgement.person_id))
        .join(Account, col(Account.id) == col(Judgement.account_id))
        .join(Bank, col(Bank.code) == col(Account.bank_code))
        .where(
            col(Judgement.user_id) == actor.user_id,
            col(Judgement.undone_at).is_(None),
            col(Judgement.stage) != Stage.BULK,
        )
        .order_by(col(Judgement.at).desc(), col(Judgement.id).desc())
        .limit(limit)
    )
    return [Past(*row) for row in rows]


def last_id(session: Session, actor: Actor) -> UUID | None:
    """Return the actor's newest answer that was not taken back."""
    found = last_answers(session, actor, limit=1)
    return found[0].judgement.id if found else None
