"""Ages at which a right or an amount changes: who reaches one in a month."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.clock import Period
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, EnrolmentState, Person, Precision

# Decree 20/2021 art. 5-6, Decree 176/2025, Circular 17/2024 art. 16: what each means stands with the page's words.
AGES = (3, 4, 15, 16, 18, 22, 60, 70, 75, 80)


@dataclass(frozen=True, slots=True)
class Reaching:
    """A person who reaches an age in the month; `in_year` = only their birth year is known."""

    person: Person
    enrolment: Enrolment
    age: int
    in_year: bool


def reaching(
    session: Session, actor: Actor, *, period: Period, age: int | None, limit: int, offset: int
) -> tuple[int, list[Reaching]]:
    """Return how many active enrolments are of people who reach one of AGES in a month, and one page of them."""
    seen = enrolments_within(actor, Permission.PERSON_READ)
    births = [_born_for(period, one) for one in ((age,) if age in AGES else AGES)]
    statement = (
        sa.select(Person, Enrolment)
        .join(Enrolment, col(Enrolment.person_id) == col(Person.id))
        .where(sa.or_(*births), col(Enrolment.state) == EnrolmentState.ACTIVE, seen)
    )
    total = session.execute(sa.select(sa.func.count()).select_from(statement.subquery())).scalar_one()
    order = (col(Person.birth_date).desc(), col(Person.sort_key), col(Enrolment.id))
    page = session.execute(statement.order_by(*order).limit(limit).offset(offset))
    return total, [
        Reaching(person, enrolment, period.year - person.birth_date.year, person.birth_precision == Precision.YEAR)
        for person, enrolment in page
    ]


def _born_for(period: Period, age: int) -> sa.ColumnElement[bool]:
    """Return the condition of a birth by which somebody reaches an age in the month (or, knowing no more, the year)."""
    born = Period(period.year - age, period.month)
    of_month = col(Person.birth_date).between(born.first_day, born.last_day)
    of_year = col(Person.birth_date).between(Period(born.year, 1).first_day, Period(born.year, 12).last_day)
    only_year = col(Person.birth_precision) == Precision.YEAR
    return sa.or_(sa.and_(of_month, sa.not_(only_year)), sa.and_(of_year, only_year))
