"""Rows that had come in go back to waiting, because the repair that let them in is undone. Nobody else changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.db import among, bulk_update
from disburse.errors import Conflict
from disburse.funnel import actions as funnel
from disburse.funnel import queries as counted
from disburse.people import entries
from disburse.people.entries import End
from disburse.people.tables import EndReason, Enrolment, EnrolmentState
from disburse.rosters import undoing
from disburse.rosters.receiving import day_before
from disburse.rosters.tables import Roster, RosterRow, RowState


def take_back(session: Session, *, roster: Roster, rows: Sequence[RosterRow]) -> set[UUID]:
    """End the enrolments that these rows made, restore those they changed, and let the rows wait.

    Raises Conflict("batch_paid") when money was paid on one of them: then only a corrected list helps. The rows'
    `state` and `enrolment_id` are updated in place too: they are read past the session. Returns the enrolments that
    other rows of the roster still name: they are to say anew what they say.
    """
    ids = {row.id for row in rows}
    enrolments = {row.enrolment_id for row in rows if row.enrolment_id is not None}
    stages = counted.stages(session, enrolments)
    if any(stage["paid"] for stage in stages.values()):
        raise Conflict("batch_paid")
    others = _other_rows(session, roster, enrolments, ids)
    alone = {enrolment for enrolment in enrolments if not others.get(enrolment)}
    kept = undoing.hand_on(session, roster, alone)
    made = _made_here(session, roster, alone)
    entries.end_enrolments(session, [End(e, day_before(start), EndReason.UNDONE) for e, start in made.items()])
    changed: dict[UUID, dict[str, Any]] = {
        row.enrolment_id: row.changes
        for row in rows
        if row.enrolment_id in alone.difference(made, kept) and row.changes
    }
    undoing.restore(session, roster, changed)
    _count(roster, rows)
    bulk_update(
        session,
        RosterRow,
        "id",
        ("state", "enrolment_id", "changes"),
        [(row.id, RowState.PARKED, None, None) for row in rows],
    )
    for row in rows:
        funnel.park(session, programme=roster.programme, commune_code=row.commune_code or "", by_count=1)
        row.state, row.enrolment_id = RowState.PARKED, None
    return enrolments - alone


def _other_rows(session: Session, roster: Roster, enrolments: set[UUID], ids: set[int | None]) -> dict[UUID, list[int]]:
    named = select(RosterRow.enrolment_id, RosterRow.id).where(
        RosterRow.roster_id == roster.id, RosterRow.state != RowState.GONE
    )
    found: dict[UUID, list[int]] = defaultdict(list)
    for enrolment, row_id in among(session, named, col(RosterRow.enrolment_id), enrolments):
        if row_id not in ids:
            found[enrolment].append(row_id)
    return found


def _made_here(session: Session, roster: Roster, enrolments: set[UUID]) -> dict[UUID, Any]:
    made = sa.select(Enrolment.id, Enrolment.from_date).where(  # type: ignore[call-overload]
        col(Enrolment.first_roster_id) == roster.id, col(Enrolment.state) == EnrolmentState.ACTIVE
    )
    return {row[0]: row[1] for row in among(session, made, col(Enrolment.id), enrolments)}


def _count(roster: Roster, rows: Sequence[RosterRow]) -> None:
    states = [row.state for row in rows]
    roster.rows_ok -= len(rows)
    roster.rows_parked += len(rows)
    roster.rows_new -= states.count(RowState.NEW)
    roster.rows_changed -= states.count(RowState.CHANGED)
    roster.rows_same -= states.count(RowState.SAME)
