"""What of a list is erased after the retention: raw cells, raw values of issues, what repairs found, the file.

A row that still waits for a person keeps all of it, however old, or nobody could ever open what is still counted; and
its list keeps its file, which a repair reads again. It goes on the first round after the last row is settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.config import Settings
from disburse.db import Database, among, one_in
from disburse.rosters import repairs
from disburse.rosters.staging import ERASED
from disburse.rosters.tables import WAITING, RepairBatch, Roster, RosterRow, RosterState, RowIssue, RowRepair, RowState
from disburse.workbooks.tables import Upload

_AT_ONCE = 5_000

_IMPORTED = col(Roster.state) == RosterState.IMPORTED
_SETTLED = sa.or_(col(RosterRow.state) != RowState.PARKED, col(RosterRow.settled_by).is_not(None))
_RAW = col(RosterRow.raw_sealed).is_not(None)


def erase_raw(database: Database, settings: Settings) -> int:
    """Erase what has passed its retention. Returns the number of rows emptied."""
    before = clock.utc_now() - timedelta(days=settings.raw_retention_days)
    with database.reading() as session:
        due = _due(session, before)
    erased = 0
    for roster_id in due:
        count = _AT_ONCE
        while count == _AT_ONCE:
            with database.transaction() as session:
                count = _erase_rows(session, roster_id)
            erased += count
        with database.transaction() as session:
            _erase_rest(session, roster_id)
    return erased


def _keeps() -> sa.ColumnElement[bool]:
    """Say of a roster whether a row of it still waits and can still be opened."""
    waits = sa.exists().where(col(RosterRow.roster_id) == col(Roster.id), _RAW, WAITING)
    return sa.and_(_IMPORTED, waits)


def _full(column: Any) -> sa.ColumnElement[bool]:
    return sa.func.length(col(column)) > 0


def _due(session: Session, before: datetime) -> Sequence[UUID]:
    settled = sa.or_(sa.not_(_IMPORTED), _SETTLED)
    rows = sa.exists().where(col(RosterRow.roster_id) == col(Roster.id), _RAW, settled)
    rest = sa.or_(
        sa.exists().where(col(Upload.id) == col(Roster.upload_id), col(Upload.content_sealed).is_not(None)),
        sa.exists().where(col(RowIssue.roster_id) == col(Roster.id), _full(RowIssue.facts_sealed)),
        sa.exists().where(col(RowRepair.roster_id) == col(Roster.id), _full(RowRepair.cells_sealed)),
    )
    due = sa.select(Roster.id).where(  # type: ignore[call-overload]
        col(Roster.created_at) < before, sa.or_(rows, sa.and_(sa.not_(_keeps()), rest))
    )
    return [row[0] for row in session.execute(due)]


def _erase_rows(session: Session, roster_id: UUID) -> int:
    """Erase some of the rows that wait for nobody, with their issues' values and what their repairs found."""
    imported = session.execute(sa.select(_IMPORTED).where(col(Roster.id) == roster_id)).scalar_one()
    some = sa.select(RosterRow.id, RosterRow.sheet, RosterRow.line).where(  # type: ignore[call-overload]
        col(RosterRow.roster_id) == roster_id, _RAW, *([_SETTLED] if imported else [])
    )
    found = session.execute(some.limit(_AT_ONCE)).all()
    ids, places = [row.id for row in found], {(row.sheet, row.line) for row in found}
    lines = sorted({line for _, line in places})
    of_rows = one_in(session, col(RosterRow.id), ids)
    session.execute(sa.update(RosterRow).where(of_rows).values(raw_sealed=None))
    of_roster = sa.select(RowIssue.id, RowIssue.sheet, RowIssue.line).where(  # type: ignore[call-overload]
        col(RowIssue.roster_id) == roster_id
    )
    flawed = among(session, of_roster, col(RowIssue.line), lines)
    issues = [issue.id for issue in flawed if (issue.sheet, issue.line) in places]
    session.execute(sa.update(RowIssue).where(one_in(session, col(RowIssue.id), issues)).values(facts_sealed=ERASED))
    made = sa.select(RowRepair).where(col(RowRepair.roster_id) == roster_id, _full(RowRepair.cells_sealed))
    for (repair,) in among(session, made, col(RowRepair.line), lines):
        if (repair.sheet, repair.line) in places:
            _forget_before(session, repair)
    return len(found)


def _forget_before(session: Session, repair: RowRepair) -> None:
    # What was put in stays: as long as other rows wait, the file is read again with it.
    place = (repair.roster_id, repair.sheet, repair.line)
    cells = repairs.opened(*place, repair.cells_sealed)
    repair.cells_sealed = repairs.sealed(*place, {key: ["", after] for key, (_, after) in cells.items()})
    session.add(repair)


def _erase_rest(session: Session, roster_id: UUID) -> None:
    """Erase the file and every value left, unless a row waits on."""
    gone = col(Roster.id) == roster_id, sa.not_(_keeps())
    roster = sa.select(col(Roster.id)).where(*gone)
    for table, column in (
        (RowIssue, "facts_sealed"),
        (RowRepair, "cells_sealed"),
        (RepairBatch, "cells_sealed"),
    ):
        full = sa.and_(col(table.roster_id).in_(roster), _full(getattr(table, column)))
        session.execute(sa.update(table).where(full).values({column: ERASED}))
    upload = sa.select(col(Roster.upload_id)).where(*gone)
    session.execute(sa.update(Upload).where(col(Upload.id).in_(upload)).values(content_sealed=None))
