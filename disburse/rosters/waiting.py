"""Rows that come in after their list did: a waiting row that was answered or put right, an entered row read anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts.statements import state_accounts
from disburse.audit.actor import By
from disburse.db import among, bulk_update
from disburse.people import queries as people
from disburse.people.likeness import births_agree
from disburse.people.tables import BenefitLine, Enrolment, EnrolmentState
from disburse.rosters import absence, removals
from disburse.rosters.claims import Claim, claim_of
from disburse.rosters.comparison import Changes
from disburse.rosters.importing import entering_of, park, raise_questions
from disburse.rosters.recognition import Covered, Outcome, gather, recognise
from disburse.rosters.staging import StagedRow, add_issues, rows_by_id
from disburse.rosters.tables import (
    WAITING,
    QuestionKind,
    QuestionState,
    Roster,
    RosterQuestion,
    RosterRow,
    RowState,
    Scope,
)


@dataclass(slots=True)
class Entered:
    """What became of rows: how many came in, by state, and how many wait for an answer."""

    states: Counter[RowState] = field(default_factory=Counter)
    waiting: int = 0


def enter(session: Session, *, roster: Roster, outcomes: Sequence[Outcome], by: By) -> Counter[RowState]:
    """Enter recognised rows of an imported roster and count them there; returns how many came in by state."""
    entering = entering_of(session, roster, outcomes)
    batch = entering.enter(outcomes)
    entering.finish()
    add_issues(session, roster.id, batch.issues)
    state_accounts(session, statements=batch.statements, by=by)
    states = Counter(state for _, state, _, _ in batch.row_states)
    _count(roster, states)
    named = {o.enrolment_id for o in outcomes if o.enrolment_id is not None and not o.new_enrolment}
    absence.close_absences(session, roster, named)
    session.add(roster)
    return states


def _count(roster: Roster, states: Counter[RowState]) -> None:
    entered = sum(states.values())
    roster.rows_parked -= entered
    roster.rows_ok += entered
    roster.rows_new += states[RowState.NEW]
    roster.rows_changed += states[RowState.CHANGED]
    roster.rows_same += states[RowState.SAME]


def enter_waiting(session: Session, *, roster: Roster, row_ids: Sequence[int], by: By) -> Entered:
    """Recognise and enter waiting rows that are fit to be entered now; who cannot be told raises a question again."""
    rows = rows_by_id(session, roster.id, row_ids)
    claims = [claim_of(rows[row_id]) for row_id in row_ids]
    for claim in claims:
        claim.parked = False
    leaders, _ = gather(claims)
    outcomes = recognise(session, leaders, programme=roster.programme, covered=covered_by(session, roster))
    _join_known(session, roster, outcomes)
    done = Entered()
    if roster.scope == Scope.REMOVALS:
        removals.propose(session, roster, outcomes, done.states)
        _count(roster, done.states)
    elif fit := [o for o in outcomes if o.parks is None]:
        done.states = enter(session, roster=roster, outcomes=[o for o in fit if o.claim.row_id in rows], by=by)
        joined = [o for o in fit if o.claim.row_id not in rows]
        if joined:
            _enter_joined(session, roster, joined, set(row_ids), done, by)
    done.waiting = park(session, roster, [o for o in outcomes if o.parks is not None])
    raise_questions(session, roster, outcomes)
    session.add(roster)
    return done


def covered_by(session: Session, roster: Roster) -> Covered:
    """Return the units an imported roster was found to be about, with those its rows name by now."""
    named = session.execute(
        sa.select(RosterRow.origin_code, RosterRow.origin_valid_from, RosterRow.commune_code)  # type: ignore[call-overload]
        .where(col(RosterRow.roster_id) == roster.id, col(RosterRow.commune_code).is_not(None))
        .distinct()
    ).all()
    units = {(str(code), date.fromisoformat(str(start))) for code, start in roster.areas}
    units |= {(code, start) for code, start, _ in named if code}
    return Covered(frozenset(units), frozenset(commune for _, _, commune in named))


def _join_known(session: Session, roster: Roster, outcomes: Sequence[Outcome]) -> None:
    """A row about somebody whom another row of the list named is a further line of theirs, or a question.

    The same citizen ID says so; the same name alone may be a namesake.
    """
    found = {o.enrolment_id: o for o in outcomes if o.parks is None and o.enrolment_id is not None}
    others = _rows_of(session, roster, list(found))
    known = people.by_citizen_id(session, [o.claim.citizen for o in outcomes if o.claim.citizen])
    for enrolment_id, row_ids in others.items():
        outcome = found[enrolment_id]
        holder = known.get(outcome.claim.citizen) if outcome.claim.citizen else None
        first = claim_of(rows_by_id(session, roster.id, row_ids[:1])[row_ids[0]])
        agrees = births_agree(first.birth, outcome.claim.birth)
        if holder is not None and holder.person_id == outcome.person_id and agrees:
            _join(outcome, first, row_ids)
        elif outcome.person_id is not None:
            about = people.active_enrolments(session, roster.programme, [outcome.person_id])
            outcome.parks, outcome.candidates = QuestionKind.WHICH_PERSON, list(about.values())


def _join(outcome: Outcome, first: Claim, row_ids: Sequence[int]) -> None:
    """Make an outcome's rows further lines of the person whom other rows of the list, `first` before all, named."""
    own = (outcome.claim.row_id, *outcome.claim.more)
    outcome.claim = first
    outcome.claim.more = (*row_ids[1:], *own)


def enter_answered(session: Session, *, roster: Roster, outcome: Outcome, by: By) -> None:
    """Enter a waiting person's rows as the answer says; of somebody the list names elsewhere they are further lines."""
    own = {outcome.claim.row_id, *outcome.claim.more}
    others = _rows_of(session, roster, [outcome.enrolment_id]) if outcome.enrolment_id is not None else {}
    if outcome.enrolment_id is None or outcome.enrolment_id not in others:
        enter(session, roster=roster, outcomes=[outcome], by=by)
        return
    row_ids = others[outcome.enrolment_id]
    _join(outcome, claim_of(rows_by_id(session, roster.id, row_ids[:1])[row_ids[0]]), row_ids)
    _enter_joined(session, roster, [outcome], own, Entered(), by)


def together(session: Session, roster: Roster, row: StagedRow, further: Sequence[int]) -> tuple[Claim, list[StagedRow]]:
    """Return the claim of a waiting row with those of its person's further lines that still wait; and these."""
    still = sa.select(RosterRow.id).where(col(RosterRow.id).in_(further), WAITING)  # type: ignore[call-overload]
    found = rows_by_id(session, roster.id, list(session.execute(still).scalars()))
    more = [found[row_id] for row_id in further if row_id in found]
    claim = claim_of(row)
    claim.parked, claim.more = False, tuple(one.id for one in more)
    return claim, more


def _rows_of(session: Session, roster: Roster, enrolments: Sequence[UUID]) -> dict[UUID, list[int]]:
    named = (
        select(RosterRow.enrolment_id, RosterRow.id)
        .where(RosterRow.roster_id == roster.id, RosterRow.state != RowState.GONE)
        .order_by(col(RosterRow.line))
    )
    found: dict[UUID, list[int]] = defaultdict(list)
    for enrolment_id, row_id in among(session, named, col(RosterRow.enrolment_id), enrolments):
        found[enrolment_id].append(row_id)
    return found


def _enter_joined(
    session: Session, roster: Roster, outcomes: list[Outcome], fresh: set[int], done: Entered, by: By
) -> None:
    """Enter people with a further line: their earlier rows are counted already."""
    of_all = _enter_again(session, roster, outcomes, by)
    states = Counter(state for row_id, state in of_all if row_id in fresh)
    _count(roster, states)
    done.states.update(states)


def enter_again(session: Session, *, roster: Roster, enrolments: Iterable[UUID], by: By) -> int:
    """Let entered rows say anew what they say, now that they were read anew. Returns how many people that were.

    An enrolment that has ended meanwhile stays as it is: its rows keep what was put right, and change nobody.
    """
    wanted = set() if roster.scope == Scope.REMOVALS else set(enrolments)
    running = select(Enrolment.id, Enrolment.person_id).where(Enrolment.state == EnrolmentState.ACTIVE)
    persons = {row[0]: row[1] for row in among(session, running, col(Enrolment.id), wanted)}
    outcomes = []
    for enrolment_id, row_ids in _rows_of(session, roster, list(persons)).items():
        claim = claim_of(rows_by_id(session, roster.id, row_ids[:1])[row_ids[0]])
        claim.more = tuple(row_ids[1:])
        outcomes.append(Outcome(claim, person_id=persons[enrolment_id], enrolment_id=enrolment_id))
    known = people.by_citizen_id(session, [o.claim.citizen for o in outcomes if o.claim.citizen])
    for outcome in outcomes:
        holder = known.get(outcome.claim.citizen) if outcome.claim.citizen else None
        if holder is not None and holder.person_id != outcome.person_id:
            outcome.id_taken_by = holder
            outcome.claim.citizen, outcome.claim.citizen_valid = None, False
    if outcomes:
        _enter_again(session, roster, outcomes, by)
    return len(outcomes)


def _enter_again(session: Session, roster: Roster, outcomes: Sequence[Outcome], by: By) -> list[tuple[int, RowState]]:
    """Enter rows some of which were entered before; what undoing the roster needs to know stays as it was first."""
    ids = [row_id for o in outcomes for row_id in (o.claim.row_id, *o.claim.more)]
    before = {
        row[0]: (row[1], row[2])
        for row in among(session, select(RosterRow.id, RosterRow.state, RosterRow.changes), col(RosterRow.id), ids)
    }
    entering = entering_of(session, roster, outcomes)
    batch = entering.enter(outcomes)
    entering.finish()
    add_issues(session, roster.id, batch.issues)
    state_accounts(session, statements=batch.statements, by=by)
    made_here = _lines_of(session, roster, [changes for _, _, _, changes in batch.row_states])
    kept = []
    for row_id, state, _, changes in batch.row_states:
        was, first = before[row_id]
        if was in (RowState.NEW, RowState.CHANGED, RowState.SAME):
            state, changes = _merged(was, first, changes, made_here)
            roster.rows_changed += (state == RowState.CHANGED) - (was == RowState.CHANGED)
            roster.rows_same += (state == RowState.SAME) - (was == RowState.SAME)
        kept.append((row_id, state, changes))
    bulk_update(session, RosterRow, "id", ("state", "changes"), kept)
    session.add(roster)
    return [(row_id, state) for row_id, state, _ in kept]


def _merged(
    was: RowState, first: Changes | None, then: Changes | None, made_here: set[int]
) -> tuple[RowState, Changes | None]:
    """Join what a row changed at first and what it changed now: before = before the list."""
    if was == RowState.NEW:
        return was, None  # the list made the enrolment: undoing it ends it, whatever changed since
    joined: Changes = dict(first or {})
    for name, (old, new) in (then or {}).items():
        if name == "lines":
            ended = [line for line in old if line["id"] not in made_here]
            earlier = joined.get(name, [[], []])
            joined[name] = [[*earlier[0], *ended], new]
        else:
            joined[name] = [joined[name][0] if name in joined else old, new]
    return (RowState.CHANGED if joined else RowState.SAME), (joined or None)


def _lines_of(session: Session, roster: Roster, changed: Sequence[Changes | None]) -> set[int]:
    """Which of the ended lines the roster itself had begun: they are not what was there before it."""
    ended = [line["id"] for changes in changed if changes and "lines" in changes for line in changes["lines"][0]]
    mine = select(BenefitLine.id).where(BenefitLine.roster_id == roster.id)
    return {row[0] for row in among(session, mine, col(BenefitLine.id), ended)}


def close_questions(session: Session, *, roster: Roster, places: Sequence[tuple[str, int]]) -> list[int]:
    """Close what was asked about rows: they were put right, and are asked about anew where need be.

    Returns the further lines of their persons that waited for the same answers.
    """
    asked = select(RosterQuestion.id, RosterQuestion.sheet, RosterQuestion.line, RosterQuestion.further).where(
        RosterQuestion.roster_id == roster.id,
        RosterQuestion.state == QuestionState.OPEN,
        col(RosterQuestion.kind).in_(
            (QuestionKind.WHICH_PERSON, QuestionKind.OTHER_ID, QuestionKind.ENROLLED_ELSEWHERE, QuestionKind.REMOVAL)
        ),
    )
    wanted = set(places)
    found = [
        row
        for row in among(session, asked, col(RosterQuestion.line), {line for _, line in wanted})
        if (row[1], row[2]) in wanted
    ]
    closed = [(row[0], QuestionState.CLOSED, clock.today()) for row in found]
    bulk_update(session, RosterQuestion, "id", ("state", "answered_on"), closed)
    return [row_id for row in found for row_id in row[3]]
