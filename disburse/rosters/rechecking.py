"""Rows that were read anew take the place of what was kept of them: values, issues, state, counts, people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.audit.actor import By
from disburse.db import among, bulk_update
from disburse.errors import Conflict
from disburse.funnel import actions as funnel
from disburse.rosters import ordering, taking_back, waiting
from disburse.rosters.importing import take_turn
from disburse.rosters.staging import add_issues, sealed_values
from disburse.rosters.tables import WAITING, Roster, RosterRow, RosterState, RowIssue, RowState

Place = tuple[str, int]
ENTERED = (RowState.NEW, RowState.CHANGED, RowState.SAME)
# Found when the rows were entered, not when they were read.
_OF_ENTERING = frozenset(
    ("which_person", "other_id", "enrolled_elsewhere", "nobody_found", "id_of_another", "recipient_id_of_another")
)


@dataclass(slots=True)
class Rechecked:
    """What came of rows that were read anew: places by how they stand now."""

    good: list[Place] = field(default_factory=list)  # nothing holds them back any more
    waiting: list[Place] = field(default_factory=list)
    refused: list[Place] = field(default_factory=list)  # entered rows that would wait again: left as they were
    entered: int = 0
    codes: dict[Place, list[str]] = field(default_factory=dict)  # every issue a row still has


def may_change(roster: Roster) -> None:
    """Raise Conflict unless the roster's rows can be put right now."""
    ordered = roster.state == RosterState.STAGED and bool(roster.ordered_by)  # by the number of rows it then had
    if ordered or roster.state not in (RosterState.STAGED, RosterState.IMPORTED):
        raise Conflict("roster_rows_closed")


def take(
    session: Session,
    *,
    roster: Roster,
    fresh: Sequence[dict[str, Any]],
    amended: Iterable[Place],
    by: By,
    takes_back: bool = False,
) -> Rechecked:
    """Take over rows as the reading child gives them. Of rows that nobody `amended` only those that changed.

    An entered row cannot go back to waiting: nobody falls off the list because of a slip in a repair. Only the
    undoing of a batch `takes_back` what the batch had let in.
    """
    take_turn(session, roster)
    session.refresh(roster)
    may_change(roster)
    wanted = set(amended)
    rows = {(row["sheet"], row["line"]): row for row in fresh}
    kept = _kept(session, roster, rows)
    codes = _codes(session, roster, rows)
    done = Rechecked()
    chosen: list[tuple[RosterRow, dict[str, Any]]] = []
    back: list[RosterRow] = []
    for place, row in rows.items():
        known = kept.get(place)
        if known is None or known.settled_by is not None or known.state == RowState.GONE:
            continue
        if place not in wanted and _same(row, codes[place]):
            continue
        if known.state in ENTERED and row["state"] == "parked":
            if not (takes_back and place in wanted):
                done.refused.append(place)
                continue
            back.append(known)
        chosen.append((known, row))
        (done.waiting if row["state"] == "parked" else done.good).append(place)
        done.codes[place] = [issue["code"] for issue in row["issues"]]
    left = taking_back.take_back(session, roster=roster, rows=back) if back else set()
    if roster.state == RosterState.STAGED:
        _restage(roster, chosen)
    _write(session, roster, chosen)
    if roster.state == RosterState.IMPORTED:
        done.entered = _enter(session, roster, chosen, by)
        waiting.enter_again(session, roster=roster, enrolments=left, by=by)
    _recount(session, roster)
    if roster.state == RosterState.STAGED and roster.on_screen and "rehearsal" in roster.report:
        session.flush()
        ordering.begin_again(session, roster_id=roster.id, by=by)
    return done


def _kept(session: Session, roster: Roster, rows: dict[Place, dict[str, Any]]) -> dict[Place, RosterRow]:
    statement = sa.select(RosterRow).where(col(RosterRow.roster_id) == roster.id)
    found = among(session, statement, col(RosterRow.line), sorted({line for _, line in rows}))
    kept = {(row.sheet, row.line): row for (row,) in found}
    for row in kept.values():
        session.expunge(row)  # they are written in bulk, past the session
    return kept


def _codes(session: Session, roster: Roster, rows: Iterable[Place]) -> dict[Place, list[str]]:
    statement = sa.select(RowIssue.sheet, RowIssue.line, RowIssue.code).where(  # type: ignore[call-overload]
        col(RowIssue.roster_id) == roster.id
    )
    codes: dict[Place, list[str]] = defaultdict(list)
    for sheet, line, code in among(session, statement, col(RowIssue.line), sorted({line for _, line in rows})):
        codes[sheet, line].append(code)
    return codes


def _same(row: dict[str, Any], codes: list[str]) -> bool:
    now = Counter(issue["code"] for issue in row["issues"])
    return now == Counter(code for code in codes if code not in _OF_ENTERING)


def _restage(roster: Roster, chosen: Sequence[tuple[RosterRow, dict[str, Any]]]) -> None:
    freed = sum(known.state == RowState.PARKED and row["state"] != "parked" for known, row in chosen)
    held = sum(known.state == RowState.STAGED and row["state"] == "parked" for known, row in chosen)
    roster.rows_ok += freed - held
    roster.rows_parked += held - freed


def _write(session: Session, roster: Roster, chosen: Sequence[tuple[RosterRow, dict[str, Any]]]) -> None:
    """Replace cleaned cells, communes and issues; the raw cells stay as they came."""
    places = {(known.sheet, known.line) for known, _ in chosen}
    old = sa.select(RowIssue.id, RowIssue.sheet, RowIssue.line).where(col(RowIssue.roster_id) == roster.id)  # type: ignore[call-overload]
    found = among(session, old, col(RowIssue.line), sorted({line for _, line in places}))
    gone = [issue_id for issue_id, sheet, line in found if (sheet, line) in places]
    for start in range(0, len(gone), 5_000):
        session.execute(sa.delete(RowIssue).where(col(RowIssue.id).in_(gone[start : start + 5_000])))
    add_issues(session, roster.id, ((r["sheet"], r["line"], issue) for _, r in chosen for issue in r["issues"]))
    columns = ("state", "commune_code", "origin_code", "origin_valid_from", "cleaned_sealed")
    updates = []
    for known, row in chosen:
        parked = row["state"] == "parked"
        state = known.state if known.state in ENTERED else RowState.PARKED if parked else RowState.STAGED
        updates.append((known.id, state, *sealed_values(roster.id, row)))
    bulk_update(session, RosterRow, "id", columns, updates)


def _enter(session: Session, roster: Roster, chosen: Sequence[tuple[RosterRow, dict[str, Any]]], by: By) -> int:
    """Let freed rows come in, entered ones speak anew, and waiting ones wait in the commune they name now."""
    counts: Counter[str] = Counter()
    freed: list[int] = []
    again: set[UUID] = set()
    places: list[Place] = []
    for known, row in chosen:
        if known.state in ENTERED:
            if known.enrolment_id is not None:
                again.add(known.enrolment_id)
            continue
        places.append((known.sheet, known.line))
        counts[known.commune_code or ""] -= 1
        if row["state"] == "parked":
            counts[row["values"].get("commune_code") or ""] += 1
        elif known.id is not None:
            freed.append(known.id)
    asked = waiting.close_questions(session, roster=roster, places=places)
    for row_id, commune in _further(session, set(asked).difference(known.id for known, _ in chosen)):
        counts[commune or ""] -= 1
        freed.append(row_id)
    for commune, count in counts.items():
        if count:
            funnel.park(session, programme=roster.programme, commune_code=commune, by_count=count)
    entered = waiting.enter_waiting(session, roster=roster, row_ids=freed, by=by).states.total() if freed else 0
    return entered + waiting.enter_again(session, roster=roster, enrolments=again, by=by)


def _further(session: Session, ids: set[int]) -> list[tuple[int, str | None]]:
    """Return (row, commune) of further lines that waited for the answer to a question now closed, and still wait."""
    still = sa.select(RosterRow.id, RosterRow.commune_code).where(WAITING)  # type: ignore[call-overload]
    found = among(session, still, col(RosterRow.id), ids)
    return [(row[0], row[1]) for row in found]


def _recount(session: Session, roster: Roster) -> None:
    mine = col(RowIssue.roster_id) == roster.id
    warned = sa.select(RowIssue.sheet, RowIssue.line).where(mine, col(RowIssue.severity) == "warning").distinct()  # type: ignore[call-overload]
    roster.rows_warned = session.execute(sa.select(sa.func.count()).select_from(warned.subquery())).scalar_one()
    roster.issues_total = session.execute(sa.select(sa.func.count()).select_from(RowIssue).where(mine)).scalar_one()
    session.add(roster)
