"""What importing a staged roster would do, counted without writing: the same recognition, the same comparison.

The command line and the screen share it through the roster's report. Entering for real: `importing`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.areas.places import packaged
from disburse.db import among
from disburse.errors import NotFound
from disburse.funnel.tables import EnrolmentStage
from disburse.people.tables import LineKind
from disburse.rosters import absence
from disburse.rosters.batch import Batch, in_force
from disburse.rosters.claims import Claim, claim_of
from disburse.rosters.importing import areas_key, covered_by, entering_of
from disburse.rosters.recognition import Covered, Outcome, gather, recognise
from disburse.rosters.staging import staged_rows
from disburse.rosters.tables import QuestionKind, Roster, RosterRow, RowState, Scope

CHUNK = 2_000
# A full list that misses more than this share of its people is more often a wrong file than a hard month.
MANY_MISSING = 0.05

Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Rehearsal:
    """The counts of an import that has not happened. Amounts are đồng a month; `at` the moment it was counted."""

    at: str = ""
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    asked: int = 0  # rows that wait for a person's answer, on top of those the reader parked
    expected: int = 0  # people a full list might have named
    questions: dict[str, int] = field(default_factory=dict)  # kind → rows
    contested: int = 0  # rows that name another recipient than may be replaced by a list
    changes: dict[str, int] = field(default_factory=dict)  # field → enrolments
    amount_before: int = 0  # of the people it names or misses, as they stand
    amount_new: int = 0
    amount_up: int = 0
    amount_down: int = 0
    amount_gone: int = 0
    people_up: int = 0
    people_down: int = 0
    base_file: str = ""
    base_period: str = ""
    areas_differ: bool = False
    communes: list[str] = field(default_factory=list)  # of today, that its rows lie in
    hamlets: list[list[Any]] = field(default_factory=list)  # not in the register: commune, origin, its day, text, rows

    @property
    def amount_after(self) -> int:
        """The monthly sum after the import."""
        return self.amount_before + self.amount_new + self.amount_up - self.amount_down - self.amount_gone

    @property
    def entered(self) -> int:
        """Rows that would be imported."""
        return self.new + self.changed + self.same

    @property
    def misses_many(self) -> bool:
        """Does it miss so many that an officer is asked twice?"""
        return self.gone > MANY_MISSING * self.expected

    @property
    def doubles(self) -> int:
        """Rows that may be people we know already under other facts."""
        kinds = (QuestionKind.WHICH_PERSON, QuestionKind.OTHER_ID, QuestionKind.ENROLLED_ELSEWHERE)
        return sum(self.questions.get(kind, 0) for kind in kinds)

    def as_json(self) -> dict[str, Any]:
        """Return the form that stands in the roster's report."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any] | None) -> Rehearsal | None:
        """Rebuild a rehearsal from `as_json`; None where there was none."""
        return cls(**found) if found else None


def rehearse(session: Session, *, roster_id: UUID, tell: Tell = lambda _done, _total: None) -> Rehearsal:
    """Count what importing a staged roster would do. Reads only; `session` need not be a writing one."""
    roster = session.get(Roster, roster_id)
    if roster is None:
        raise NotFound("roster_unknown")
    session.expunge(roster)  # what is tried out on it below must never reach the database
    covered = covered_by(session, roster)
    leaders, parked = gather(claim_of(row) for row in staged_rows(session, roster.id))
    outcomes = recognise(session, leaders, programme=roster.programme, covered=covered)
    found = Rehearsal(at=clock.utc_now().isoformat(), communes=sorted(covered.communes))
    if roster.scope == Scope.REMOVALS:
        _try_removals(outcomes, found)
    else:
        _try_entering(session, roster, outcomes, found, tell)
    waiting = [outcome for outcome in outcomes if outcome.parks is not None]
    found.asked = sum(1 + len(outcome.claim.more) for outcome in waiting)
    found.questions |= Counter(str(outcome.parks) for outcome in waiting)
    taken = sum(outcome.id_taken_by is not None and outcome.parks is None for outcome in outcomes)
    if taken:
        found.questions[QuestionKind.SAME_ID_OTHER_NAME] = taken
    _compare(session, roster, covered, outcomes, [*parked, *(outcome.claim for outcome in waiting)], found)
    return found


def _try_removals(outcomes: Sequence[Outcome], found: Rehearsal) -> None:
    for outcome in outcomes:
        if outcome.parks is None and outcome.enrolment_id is None:
            outcome.parks = "nobody_found"
        elif outcome.parks is None:
            found.same += 1 + len(outcome.claim.more)


def _try_entering(session: Session, roster: Roster, outcomes: Sequence[Outcome], found: Rehearsal, tell: Tell) -> None:
    entering = entering_of(session, roster, outcomes)
    entered = [outcome for outcome in outcomes if outcome.parks is None]
    for start in range(0, len(entered), CHUNK):
        _count(entering.draft(entered[start : start + CHUNK]), found)
        tell(min(start + CHUNK, len(entered)), len(entered))
    found.hamlets = entering.hamlets.as_json()


def _count(batch: Batch, found: Rehearsal) -> None:
    states = Counter(state for _, state, _, _ in batch.row_states)
    found.new += states[RowState.NEW]
    found.changed += states[RowState.CHANGED]
    found.same += states[RowState.SAME]
    if batch.contested:
        kind = QuestionKind.RECIPIENT
        found.contested += len(batch.contested)
        found.questions[kind] = found.contested
    fresh = {enrolment.id for enrolment in batch.enrolments}
    found.amount_new += in_force([line for line in batch.lines if line.enrolment_id in fresh])[1]
    for _, _, _, changes in batch.row_states:
        for name in changes or ():
            found.changes[name] = found.changes.get(name, 0) + 1
        if changes and "lines" in changes:
            difference = _monthly(changes["lines"][1]) - _monthly(changes["lines"][0])
            found.amount_up += max(0, difference)
            found.amount_down += max(0, -difference)
            found.people_up += difference > 0
            found.people_down += difference < 0


def _monthly(lines: Sequence[Mapping[str, Any]]) -> int:
    return sum(line["amount"] or 0 for line in lines if line["kind"] == LineKind.MONTHLY)


def _compare(
    session: Session,
    roster: Roster,
    covered: Covered,
    outcomes: Sequence[Outcome],
    waiting: Sequence[Claim],
    found: Rehearsal,
) -> None:
    roster.areas = sorted([code, start.isoformat()] for code, start in covered.units)
    roster.areas_key = areas_key(roster.areas)
    roster.base_roster_id = absence.base_of(session, roster)
    base = session.get(Roster, roster.base_roster_id) if roster.base_roster_id else None
    if base is not None:
        found.base_file, found.base_period = base.file_name, base.period
    named = {o.enrolment_id for o in outcomes if o.enrolment_id is not None and not o.new_enrolment}
    gone: set[UUID | None] = set()
    if roster.scope == Scope.FULL:
        found.areas_differ = absence.overlaps_another(session, roster)
        if not found.areas_differ:
            missing, found.expected = absence.missing_from(session, roster, covered, outcomes, waiting)
            gone = {known.enrolment_id for known in missing}
            found.gone = len(missing)
    amounts = dict(_amounts(session, named | gone))
    found.amount_before = sum(amounts.values())
    found.amount_gone = sum(amounts.get(enrolment, 0) for enrolment in gone if enrolment is not None)


def _amounts(session: Session, enrolments: set[Any]) -> Iterator[tuple[UUID, int]]:
    """Yield (enrolment, đồng a month) as counted now."""
    statement = sa.select(EnrolmentStage.enrolment_id, EnrolmentStage.amount_total)  # type: ignore[call-overload]
    for row in among(session, statement, col(EnrolmentStage.enrolment_id), [e for e in enrolments if e is not None]):
        yield row[0], row[1]


def is_out_of_date(session: Session, roster: Roster, found: Rehearsal) -> bool:
    """Say whether a row was put right, or another list of its communes imported or undone, since it was counted."""
    taken = sa.select(sa.func.count()).where(
        col(RosterRow.roster_id) == roster.id, col(RosterRow.state) == RowState.STAGED
    )
    if session.execute(taken).scalar_one() != found.entered + found.asked:
        return True
    since = datetime.fromisoformat(found.at)
    of_province = (col(Roster.programme) == roster.programme, col(Roster.province_code) == roster.province_code)
    moved = sa.or_(col(Roster.imported_at) > since, col(Roster.undone_at) > since)
    newer = sa.select(Roster.id).where(*of_province, moved, col(Roster.id) != roster.id)  # type: ignore[call-overload]
    touching = (
        sa.select(RosterRow.id)  # type: ignore[call-overload]
        .where(col(RosterRow.roster_id).in_(newer), col(RosterRow.commune_code).in_(found.communes))
        .limit(1)
    )
    return session.execute(touching).first() is not None


def commune_names(codes: Sequence[str]) -> list[str]:
    """Return the names of communes of today, in the order of their codes."""
    places = packaged()
    return [unit.name if (unit := places.commune(code)) else code for code in codes]


def foreign_rows(session: Session, roster_id: UUID, own: str) -> int:
    """Return how many staged rows lie in another commune of today than `own`."""
    other = sa.select(sa.func.count()).where(
        col(RosterRow.roster_id) == roster_id,
        col(RosterRow.commune_code).is_not(None),
        col(RosterRow.commune_code) != own,
    )
    return int(session.execute(other).scalar_one())
