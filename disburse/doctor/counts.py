"""Do the cells and the stages of the funnel say what the rows say?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.doctor.findings import Finding
from disburse.funnel.tables import EnrolmentStage, ProgressCell
from disburse.progress.measures import MEASURES, SUMMED, Funnel, funnel_of
from disburse.progress.recount import enrolments_as_of, parked_as_of


def cells_equal_rows(session: Session) -> Iterator[Finding]:
    """Compare every measure of every cell with a recount from the rows."""
    today = clock.today()
    counted = _by_commune_of_today(session, today)
    stored = {(row.programme, row.commune_code): funnel_of(row) for row in session.exec(select(ProgressCell))}
    for key in sorted(counted.keys() | stored.keys()):
        kept, found = stored.get(key, Funnel()), counted.get(key, Funnel())
        for name in MEASURES:
            if (getattr(kept, name) or 0) != (getattr(found, name) or 0):
                where = f"{key[0]}/{key[1] or '?'}/{name}"
                yield Finding("cells", where, f"cell {getattr(kept, name)}, rows {getattr(found, name)}")


def _by_commune_of_today(session: Session, today: date) -> dict[tuple[str, str], Funnel]:
    # The recount speaks of the communes valid on the clock's day; the cells always of the newest ones.
    flags = enrolments_as_of(today).subquery()
    counted: dict[tuple[str, str], Funnel] = defaultdict(Funnel)
    sums = [sa.func.sum(flags.c[name]).label(name) for name in SUMMED]
    rows = session.execute(
        sa.select(
            flags.c.programme,
            flags.c.commune_code,
            sa.func.count().label("total"),
            sa.func.max(flags.c.reported).label("reported"),
            *sums,
        ).group_by(flags.c.programme, flags.c.commune_code)
    )
    for row in rows:
        values = {name: int(getattr(row, name) or 0) for name in ("total", *SUMMED)}
        counted[row.programme, row.commune_code] = Funnel(**values)
    # As of the end of time every row stands under its commune of today; the cells know no provinces.
    for (programme, place, _), count in parked_as_of(session, date.max).items():
        code = place if len(place) > 2 else ""
        counted[programme, code] = counted[programme, code] + Funnel(parked=count)
    return counted


def stages_equal_rows(session: Session) -> Iterator[Finding]:
    """Compare the stages of every enrolment with what its own rows say, and name each that differs."""
    flags = enrolments_as_of(clock.today()).subquery()
    differs = sa.or_(
        col(EnrolmentStage.enrolment_id).is_(None),
        col(EnrolmentStage.commune_code) != flags.c.commune_code,
        *(getattr(EnrolmentStage, name) != flags.c[name] for name in SUMMED),
    )
    rows = session.execute(
        sa.select(flags, EnrolmentStage)
        .outerjoin(EnrolmentStage, col(EnrolmentStage.enrolment_id) == flags.c.enrolment_id)
        .where(differs)
    )
    for row in rows:
        stage = row[-1]
        if stage is None:
            yield Finding("stages", f"enrolment {row.enrolment_id}", "in force, but in no stage")
            continue
        wrong = [
            f"{n}: {getattr(stage, n)} ≠ {getattr(row, n)}" for n in SUMMED if getattr(stage, n) != getattr(row, n)
        ]
        yield Finding("stages", f"enrolment {row.enrolment_id}", "; ".join(wrong) or "another commune")
    yield from _stages_of_nobody(session)


def _stages_of_nobody(session: Session) -> Iterator[Finding]:
    counted = select(enrolments_as_of(clock.today()).subquery().c.enrolment_id)
    for lost in session.exec(
        select(EnrolmentStage.enrolment_id).where(col(EnrolmentStage.enrolment_id).not_in(counted))
    ):
        yield Finding("stages", f"enrolment {lost}", "counted, but not in force")
