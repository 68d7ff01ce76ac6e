"""Writes of the progress table: closing a month, and setting targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from disburse import clock
from disburse.audit import actions as audit
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import upsert
from disburse.errors import Conflict, Invalid
from disburse.progress import queries
from disburse.progress.measures import MEASURES
from disburse.progress.recount import recount
from disburse.progress.tables import ProgressSnapshot, Target


def close_month(session: Session, *, period: Period, by: By) -> int:
    """Keep the table of a month's last day for ever; returns how many cells it has.

    A month that is not over, or closed already, raises: what was once reported does not change.
    """
    check_may_close(session, period)
    day = period.last_day
    taken_at, cells = clock.utc_now(), list(recount(session, day))
    if not cells:  # no row would say that it was closed
        raise Conflict("month_empty", period=str(period))
    session.add_all(
        ProgressSnapshot(
            as_of=day,
            programme=cell.programme,
            area_code=cell.code,
            area_valid_from=cell.valid_from,
            taken_at=taken_at,
            **{name: getattr(cell.funnel, name) for name in MEASURES},
        )
        for cell in cells
    )
    try:
        session.flush()
    except IntegrityError as error:  # somebody closed it in the same moment
        raise Conflict("month_closed", period=str(period)) from error
    audit.record(
        session,
        action="progress.month_closed",
        object_type="period",
        object_id=period,
        by=by,
        cells=len(cells),
        total=sum(cell.funnel.total for cell in cells),
        registered=sum(cell.funnel.registered for cell in cells),
    )
    return len(cells)


def check_may_close(session: Session, period: Period) -> None:
    """Raise Conflict where the month is not over (its last day is still being worked on), or is closed already."""
    if period.last_day >= clock.today():
        raise Conflict("month_not_over", period=str(period))
    if session.exec(select(ProgressSnapshot).where(ProgressSnapshot.as_of == period.last_day)).first() is not None:
        raise Conflict("month_closed", period=str(period))


def set_target(
    session: Session,
    *,
    area_code: str,
    programme: str,
    by_date: date,
    value: int | None,
    by: By,
    measure: str = "registered",
) -> None:
    """Say how many enrolments of an area and programme should have reached a measure by a day; None takes it back.

    A day that closed months have reported raises Conflict: their targets were reported too.
    """
    if value is not None and value < 0:
        raise Invalid("target_negative", value=value)
    check_may_set(session, by_date)
    key = {"area_code": area_code, "programme": programme, "measure": measure, "by_date": by_date}
    if value is None:
        session.execute(sa.delete(Target).filter_by(**key))
    else:
        upsert(session, Target, [key | {"value": value}], key=list(key))
    facts: dict[str, Any] = {"measure": measure} if value is None else {"measure": measure, "value": value}
    audit.record(
        session,
        action="progress.target_removed" if value is None else "progress.target_set",
        object_type="target",
        object_id=f"{area_code}/{programme}/{by_date}",
        by=by,
        area_code=area_code,
        programme=programme,
        **facts,
    )


def check_may_set(session: Session, by_date: date) -> None:
    """Raise Conflict where a month is closed that a target for this day would count in."""
    reported = select(sa.func.max(ProgressSnapshot.as_of)).where(col(ProgressSnapshot.as_of) >= by_date)
    newest = session.exec(reported).one()
    if newest is not None:
        raise Conflict("target_reported", period=str(Period.of(newest)))


def set_targets(
    session: Session,
    *,
    programme: str,
    by_date: date,
    values: Mapping[str, int | None],
    before: Mapping[str, int | None],
    by: By,
) -> int:
    """Set the targets of communes (code → value, None = no more) for `registered` by a day; returns how many.

    `before` is what their setter saw: where another value stands meanwhile, Conflict, and nothing is set.
    """
    now = queries.targets_by(session, programme, by_date)
    if any(now.get(code) != before[code] for code in values):
        raise Conflict("targets_moved")
    for code, value in sorted(values.items()):
        set_target(session, area_code=code, programme=programme, by_date=by_date, value=value, by=by)
    return len(values)
