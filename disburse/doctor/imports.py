"""Rosters and bank lists: nothing read is lost, nothing is half imported."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from disburse.accounts.tables import ListState, Registration, RegistrationList
from disburse.doctor.findings import Finding
from disburse.jobs.tables import Job, JobState
from disburse.rosters.tables import Roster, RosterRow, RosterState, RowState


def rosters_add_up(session: Session) -> Iterator[Finding]:
    """Read = imported + parked + skipped, and the stored rows are as many as the roster says."""
    stored: dict[object, dict[str, int]] = {}
    counts = session.execute(
        sa.select(col(RosterRow.roster_id), col(RosterRow.state), func.count()).group_by(
            col(RosterRow.roster_id), col(RosterRow.state)
        )
    )
    for roster_id, state, count in counts:
        stored.setdefault(roster_id, {})[state] = count
    for roster in session.exec(select(Roster).where(Roster.state == RosterState.IMPORTED)):
        where, rows = f"roster {roster.id}", stored.get(roster.id, {})
        if roster.rows_read != roster.rows_ok + roster.rows_parked + roster.rows_skipped:
            yield Finding("rosters", where, "read is not imported + parked + skipped")
        lines = sum(count for state, count in rows.items() if state != RowState.GONE)
        if lines != roster.rows_ok + roster.rows_parked:
            yield Finding("rosters", where, f"{lines} rows stored of {roster.rows_ok + roster.rows_parked}")
        if rows.get(RowState.STAGED):
            yield Finding("rosters", where, "imported, but rows are still staged")


def nothing_is_stuck(session: Session) -> Iterator[Finding]:
    """A roster or list that is being read has a job that will go on with it."""
    alive = select(Job.object_id).where(col(Job.state).in_([JobState.QUEUED, JobState.RUNNING, JobState.FAILED]))
    owned = set(session.exec(alive))
    for roster_id in session.exec(
        select(Roster.id).where(col(Roster.state).in_([RosterState.READING, RosterState.STAGED]))
    ):
        if str(roster_id) not in owned:
            yield Finding("stuck", f"roster {roster_id}", "half read, and no job goes on with it")
    under_way = [ListState.CHECKING, ListState.READING]
    for list_id in session.exec(select(RegistrationList.id).where(col(RegistrationList.state).in_(under_way))):
        if str(list_id) not in owned:
            yield Finding("stuck", f"list {list_id}", "half read, and no job goes on with it")


def lists_add_up(session: Session) -> Iterator[Finding]:
    """Each imported bank list: read = registered + parked + skipped; no registration of an unknown list."""
    for found in session.exec(select(RegistrationList).where(RegistrationList.state == ListState.IMPORTED)):
        if found.rows_read != found.rows_ok + found.rows_parked + found.rows_skipped:
            yield Finding("lists", f"list {found.id}", "read is not registered + parked + skipped")
    without_basis = select(func.count()).select_from(Registration).where(Registration.basis == "")
    if count := session.exec(without_basis).one():
        yield Finding("lists", "registrations", f"{count} without a legal basis")
