"""Writes of the progress table: closing a month, and setting targets."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, select

from disburse import clock
from disburse.audit import actions as audit
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import upsert
from disburse.errors import Conflict, Invalid
from disburse.progress.measures import MEASURES
from disburse.progress.recount import recount
from disburse.progress.tables import ProgressSnapshot, Target


def close_month(session: Session, *, period: Period, by: By) -> int:
    """Keep the table of a month's last day for ever; returns how many cells it has.

    A month that is not over, or closed already, raises: what was once reported does not change.
    """
    day = period.last_day
    if day >= clock.today():  # its last day is still being worked on
        raise Conflict("month_not_over", period=str(period))
    if session.exec(select(ProgressSnapshot).where(ProgressSnapshot.as_of == day)).first() is not None:
        raise Conflict("month_closed", period=str(period))
    taken_at, cells = clock.utc_now(), list(recount(session, day))
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


def set_target(
    session: Session, *, area_code: str, programme: str, by_date: date, value: int, by: By, measure: str = "registered"
) -> None:
    """Say how many enrolments of an area and programme should have reached a measure by a day."""
    if value < 0:
        raise Invalid("target_negative", value=value)
    key = {"area_code": area_code, "programme": programme, "measure": measure, "by_date": by_date}
    upsert(session, Target, [key | {"value": value}], key=list(key))
    audit.record(
        session,
        action="progress.target_set",
        object_type="target",
        object_id=f"{area_code}/{programme}/{by_date}",
        by=by,
        area_code=area_code,
        programme=programme,
        measure=measure,
        value=value,
    )
