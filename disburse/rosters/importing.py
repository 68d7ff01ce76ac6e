"""The one transaction in which a read list becomes true: people, enrolments, accounts, questions, cells, the event.

Which person a row is about: `recognition`. What a chunk writes: `entering`. What a full list leaves out: `absence`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.statements import Statement, state_accounts
from disburse.areas.tables import Area
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import bulk_update
from disburse.funnel import actions as funnel
from disburse.programmes.rates import packaged
from disburse.rosters import absence, questions, removals, settling
from disburse.rosters.amounts import Paying
from disburse.rosters.claims import Claim, claim_of
from disburse.rosters.entering import Entering
from disburse.rosters.hamlets import names_of
from disburse.rosters.receiving import Recipients
from disburse.rosters.recognition import Covered, Outcome, gather, recognise
from disburse.rosters.staging import StagedRow, add_issues, rows_by_id, staged_rows
from disburse.rosters.standing import Listed
from disburse.rosters.tables import (
    QuestionKind,
    Roster,
    RosterRow,
    RosterState,
    RowState,
    Scope,
)

CHUNK = 2_000
_TURN = 0x526F_7374  # "Rost": PostgreSQL's advisory lock by which the lists of one province take turns

Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Tally:
    """What came of a list's rows, beyond what the reader counted."""

    states: Counter[RowState] = field(default_factory=Counter)
    parked: int = 0  # rows the reader took that wait for a person's answer
    warned: int = 0
    gone: int = 0
    statements: list[Statement] = field(default_factory=list)


def enter_roster(session: Session, *, roster: Roster, by: By, tell: Tell = lambda _done, _total: None) -> Tally:
    """Make a staged roster true, in the caller's transaction; the roster becomes `imported`."""
    take_turn(session, roster)
    covered = covered_by(session, roster)
    leaders, parked = gather(claim_of(row) for row in staged_rows(session, roster.id))
    outcomes = recognise(session, leaders, programme=roster.programme, covered=covered)
    tally = Tally()
    if roster.scope == Scope.REMOVALS:
        removals.propose(session, roster, outcomes, tally.states)
    else:
        entering = entering_of(session, roster, outcomes)
        _enter(session, roster, entering, [o for o in outcomes if o.parks is None], tally, tell)
    waiting = [o for o in outcomes if o.parks is not None]
    tally.parked = park(session, roster, waiting, parked)
    raise_questions(session, roster, outcomes)
    roster.areas = sorted([code, start.isoformat()] for code, start in covered.units)
    roster.areas_key = areas_key(roster.areas)
    roster.base_roster_id = absence.base_of(session, roster)
    absence.close_absences(session, roster)
    tally.gone = absence.note_absent(session, roster, covered, outcomes, [*parked, *(o.claim for o in waiting)])
    settling.settle_earlier(session, roster, outcomes, parked)
    if tally.statements:
        state_accounts(session, statements=tally.statements, by=by)
    _close(session, roster, tally, by)
    return tally


def take_turn(session: Session, roster: Roster) -> None:
    """Let one list of a province be entered at a time, so that a person is new to one of them only."""
    if session.connection().dialect.name == "postgresql":
        key = {"feature": _TURN, "province": int(roster.province_code or 0)}
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:feature, :province)"), key)


def covered_by(session: Session, roster: Roster) -> Covered:
    """Return the source units that the rows name, and the communes of today they lie in."""
    statement = sa.select(RosterRow.origin_code, RosterRow.origin_valid_from, RosterRow.commune_code)  # type: ignore[call-overload]
    of_roster = (col(RosterRow.roster_id) == roster.id, col(RosterRow.state) == RowState.STAGED)
    named = session.execute(statement.where(*of_roster).distinct()).all()
    units = frozenset((code, start) for code, start, _ in named if code)
    return Covered(units, frozenset(commune for _, _, commune in named if commune))


def _provinces(session: Session, roster: Roster, communes: set[str]) -> dict[str, str]:
    """Return the province of each of these communes of today."""
    statement = sa.select(Area.code, Area.province_code).order_by(col(Area.valid_from))  # type: ignore[call-overload]
    rows = session.execute(statement.where(col(Area.code).in_(communes))).all()
    return dict.fromkeys(communes, roster.province_code) | {row[0]: row[1] for row in rows}


def areas_key(areas: Sequence[Sequence[str]]) -> str:
    """Return a digest that is equal for lists of the same source areas."""
    return hashlib.sha256(json.dumps(sorted(areas)).encode()).hexdigest()


def entering_of(session: Session, roster: Roster, outcomes: Sequence[Outcome]) -> Entering:
    """Return the way in for a roster's recognised rows, who is new among them marked."""
    later = sa.select(Roster.id).where(  # type: ignore[call-overload]
        col(Roster.programme) == roster.programme,
        col(Roster.state) == RosterState.IMPORTED,
        col(Roster.period) > roster.period,
    )
    period = Period.parse(roster.period)
    entered = [outcome for outcome in outcomes if outcome.parks is None]
    for outcome in entered:
        outcome.new_person, outcome.new_enrolment = outcome.person_id is None, outcome.enrolment_id is None
    beneficiaries = {o.claim.citizen: o for o in entered if o.claim.citizen}
    communes = {outcome.claim.commune for outcome in entered}
    return Entering(
        session,
        Listed(
            roster.id,
            roster.programme,
            period,
            roster.scope,
            _provinces(session, roster, communes),
            frozenset(session.execute(later).scalars()),
            clock.today(),
        ),
        Paying(packaged(), roster.programme, period.first_day, _has_amounts(roster)),
        Recipients(session, roster.province_code, beneficiaries),
        names_of(session, communes),
    )


def _has_amounts(roster: Roster) -> bool:
    fields = {column.get("field") for column in roster.report.get("columns", [])}
    return bool(fields & {"amount", "total", "benefit_mark"})


def _enter(
    session: Session, roster: Roster, entering: Entering, outcomes: list[Outcome], tally: Tally, tell: Tell
) -> None:
    for some in _chunks(outcomes):
        batch = entering.enter(some)
        tally.states.update(state for _, state, _, _ in batch.row_states)
        tally.statements.extend(batch.statements)
        tally.warned += len({place[:2] for place in batch.issues})
        add_issues(session, roster.id, batch.issues)
        tell(sum(tally.states.values()), len(outcomes))
    entering.finish()


def _chunks(outcomes: list[Outcome]) -> Iterator[list[Outcome]]:
    for start in range(0, len(outcomes), CHUNK):
        yield outcomes[start : start + CHUNK]


def park(session: Session, roster: Roster, waiting: Sequence[Outcome], parked: Sequence[Claim] = ()) -> int:
    """Let rows wait that only a person can place, and count every waiting row in its commune's cell.

    Returns how many rows of `waiting` there are; the `parked` ones wait already.
    """
    further = _rows(session, roster, [row_id for o in waiting for row_id in o.claim.more])
    ids = [(row_id, RowState.PARKED) for o in waiting for row_id in (o.claim.row_id, *o.claim.more)]
    bulk_update(session, RosterRow, "id", ("state",), ids)
    add_issues(session, roster.id, _why(waiting, further))
    counts: dict[str, int] = defaultdict(int)
    for claim in (*parked, *(o.claim for o in waiting)):
        counts[claim.commune] += 1
        for row_id in claim.more:
            counts[further[row_id].values.get("commune_code") or ""] += 1
    for commune, count in counts.items():
        funnel.park(session, programme=roster.programme, commune_code=commune, by_count=count)
    return len(ids)


def _rows(session: Session, roster: Roster, ids: Sequence[int]) -> dict[int, StagedRow]:
    found: dict[int, StagedRow] = {}
    for start in range(0, len(ids), CHUNK):
        found |= rows_by_id(session, roster.id, ids[start : start + CHUNK])
    return found


def _why(waiting: Sequence[Outcome], further: Mapping[int, StagedRow]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield why rows wait, also those of a person's further lines: whoever looks at one sees that it waits."""
    for outcome in waiting:
        issue = {"column": "", "severity": "error", "code": str(outcome.parks), "value": "", "facts": {}}
        yield outcome.claim.sheet, outcome.claim.line, issue
        for row_id in outcome.claim.more:
            yield further[row_id].sheet, further[row_id].line, issue


def raise_questions(session: Session, roster: Roster, outcomes: Sequence[Outcome]) -> None:
    """Put to the officers what the outcomes leave open."""
    rows = []
    for outcome in outcomes:
        kind, people = outcome.parks, outcome.about()
        if kind is None and outcome.id_taken_by is not None:
            kind, people = QuestionKind.SAME_ID_OTHER_NAME, [str(outcome.id_taken_by.person_id)]
        if kind in _ASKED:
            rows.append(questions.about_row(roster.id, QuestionKind(kind), outcome.claim, outcome.enrolment_id, people))
    questions.ask(session, rows)


_ASKED = {
    QuestionKind.WHICH_PERSON,
    QuestionKind.OTHER_ID,
    QuestionKind.SAME_ID_OTHER_NAME,
    QuestionKind.ENROLLED_ELSEWHERE,
}


def _close(session: Session, roster: Roster, tally: Tally, by: By) -> None:
    roster.state = RosterState.IMPORTED
    roster.imported_at = clock.utc_now()
    roster.rows_ok -= tally.parked
    roster.rows_parked += tally.parked
    roster.rows_warned += tally.warned
    roster.rows_new = tally.states[RowState.NEW]
    roster.rows_changed = tally.states[RowState.CHANGED]
    roster.rows_same = tally.states[RowState.SAME]
    roster.rows_gone = tally.gone
    session.add(roster)
    record(
        session,
        action="roster.imported",
        object_type="roster",
        object_id=roster.id,
        by=by,
        area_code=roster.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        period=roster.period,
        scope=str(roster.scope),
        sha256=roster.sha256,
        new=roster.rows_new,
        changed=roster.rows_changed,
        same=roster.rows_same,
        gone=roster.rows_gone,
        parked=roster.rows_parked,
    )
