"""The names behind a number: every figure of the progress table opens down to the people it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.errors import Invalid
from disburse.funnel.tables import EnrolmentStage
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, Person, Precision
from disburse.progress.recount import enrolments_as_of

# What can be asked for: a stage or its complement ("not_registered": the people still to be reached).
_FLAGS = ("id_valid", "verified", "registered_own", "registered_other", "confirmed", "paid")
_OTHER = ("wish_account", "wish_cash", "unexplained")
STAGES = ("total", "registered", "not_registered", *_FLAGS, *(f"not_{name}" for name in _FLAGS), *_OTHER)


@dataclass(frozen=True, slots=True)
class Name:
    """One enrolment behind a number. The citizen ID stays sealed; who may see it asks for it by itself."""

    enrolment_id: UUID
    person_id: UUID
    name: str
    birth_date: date | None
    birth_precision: Precision | None
    sex: str | None
    citizen_id_sealed: bytes | None
    hamlet: str
    commune_code: str
    programme: str
    lines: int  # in force
    amount: int  # đồng a month
    stages: dict[str, int]


@dataclass(frozen=True, slots=True)
class Names:
    """One page of names in Vietnamese order; how many there are in all, with how many lines and đồng a month."""

    total: int
    lines: int
    amount: int
    names: list[Name]


def names(
    session: Session,
    actor: Actor,
    *,
    stage: str,
    programme: str | None = None,
    area: str | None = None,
    as_of: date | None = None,
    limit: int = 50,
    offset: int = 0,
) -> Names:
    """Return the people that a figure of the table counts, as far as the actor may see names there."""
    if stage not in STAGES:
        raise Invalid("stage_unknown", value=stage)
    source = _source(as_of)
    shown = (
        sa.select(Enrolment, Person, source)
        .join(source, source.c.enrolment_id == col(Enrolment.id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(
            _of_stage(source.c, stage),
            enrolments_within(actor, Permission.NAMES_READ),
        )
    )
    if programme is not None:
        shown = shown.where(col(Enrolment.programme) == programme)
    if area is not None:
        shown = shown.where((col(Enrolment.province_code) if len(area) == 2 else source.c.code) == area)
    all_of_them = shown.with_only_columns(source.c.lines, source.c.amount_total).subquery()
    sums = [sa.func.coalesce(sa.func.sum(column), 0) for column in all_of_them.c]
    total, lines, amount = session.execute(sa.select(sa.func.count(), *sums).select_from(all_of_them)).one()
    page = session.execute(shown.order_by(col(Person.sort_key), col(Enrolment.id)).limit(limit).offset(offset))
    return Names(total, int(lines), int(amount), [_name(row) for row in page])


def _source(as_of: date | None) -> sa.Subquery:
    if as_of is not None and as_of != clock.today():
        return enrolments_as_of(as_of).subquery("counted")
    flags = [getattr(EnrolmentStage, name) for name in (*_FLAGS, *_OTHER, "lines", "amount_total")]
    return sa.select(col(EnrolmentStage.enrolment_id), col(EnrolmentStage.commune_code).label("code"), *flags).subquery(
        "counted"
    )


def _of_stage(columns: Any, stage: str) -> sa.ColumnElement[bool]:
    wanted, name = (0, stage.removeprefix("not_")) if stage.startswith("not_") else (1, stage)
    if name == "total":
        return sa.true()
    if name == "registered":
        condition: sa.ColumnElement[bool] = (columns.registered_own + columns.registered_other) == wanted
        return condition
    chosen: sa.ColumnElement[bool] = columns[name] == wanted
    return chosen


def _name(row: Any) -> Name:
    enrolment, person = row[0], row[1]
    return Name(
        enrolment_id=enrolment.id,
        person_id=person.id,
        name=person.name,
        birth_date=person.birth_date,
        birth_precision=person.birth_precision,
        sex=person.sex,
        citizen_id_sealed=person.citizen_id_sealed,
        hamlet=person.hamlet,
        commune_code=enrolment.commune_code,
        programme=enrolment.programme,
        lines=row.lines,
        amount=int(row.amount_total),
        stages={name: getattr(row, name) for name in (*_FLAGS, *_OTHER)},
    )
