"""What a list leaves out: the base it is compared with, and who is missing from a full list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.clock import Period
from disburse.db import among, bulk_insert, bulk_update
from disburse.funnel import actions as funnel
from disburse.people import queries as people
from disburse.people.likeness import Birth, births_agree
from disburse.people.queries import Known
from disburse.people.tables import Enrolment
from disburse.rosters import questions
from disburse.rosters.claims import Claim
from disburse.rosters.recognition import Covered, Outcome
from disburse.rosters.staging import row_key
from disburse.rosters.tables import (
    ROW_CLEANED,
    QuestionKind,
    QuestionState,
    Roster,
    RosterQuestion,
    RosterRow,
    RosterState,
    RowState,
    Scope,
)
from disburse.workbooks.file_wording import FILE_WARNINGS
from disburse.workbooks.flaws import file_sentence


def imported_before(roster: Roster) -> sa.ColumnElement[bool]:
    """Return the condition for the imported lists that this one may be compared with."""
    return sa.and_(
        col(Roster.programme) == roster.programme,
        col(Roster.state) == RosterState.IMPORTED,
        col(Roster.period) <= roster.period,
        col(Roster.id) != roster.id,
    )


def base_of(session: Session, roster: Roster) -> UUID | None:
    """Return the newest list of the same programme and source areas that is not of a later period."""
    statement = (
        sa.select(Roster.id)  # type: ignore[call-overload]
        .where(imported_before(roster), col(Roster.areas_key) == roster.areas_key)
        .order_by(col(Roster.period).desc(), col(Roster.imported_at).desc())
        .limit(1)
    )
    return session.execute(statement).scalar()


def _overlaps(session: Session, roster: Roster) -> bool:
    """Say whether a list of other, partly equal areas was imported before: then nobody can be called missing."""
    ours = {tuple(area) for area in roster.areas}
    statement = sa.select(Roster.areas).where(  # type: ignore[call-overload]
        imported_before(roster),
        col(Roster.areas_key) != roster.areas_key,
        col(Roster.province_code) == roster.province_code,
    )
    return any(ours & {tuple(area) for area in areas} for areas in session.execute(statement).scalars())


def note_absent(
    session: Session, roster: Roster, covered: Covered, outcomes: Sequence[Outcome], waiting: Sequence[Claim]
) -> int:
    """Make `unexplained` who a full list no longer names, with a question each. Returns how many.

    A waiting row that resembles somebody keeps them: their row is there, only nobody could place it yet.
    """
    if roster.scope != Scope.FULL:
        return 0
    if overlaps_another(session, roster):
        _warn(roster, "areas_differ")
        return 0
    missing, _ = missing_from(session, roster, covered, outcomes, waiting)
    ids = [known.enrolment_id for known in missing if known.enrolment_id is not None]
    day = min(Period.parse(roster.period).first_day, clock.today())
    bulk_update(session, Enrolment, "id", ("unexplained_since",), [(i, day) for i in ids])
    funnel.restate(session, {i: {"unexplained": 1} for i in ids})
    bulk_insert(session, RosterRow, _GONE, (_gone_row(roster, i, known) for i, known in enumerate(missing, 1)))
    questions.ask(session, [questions.about_enrolment(roster, QuestionKind.GONE, known) for known in missing])
    return len(missing)


def overlaps_another(session: Session, roster: Roster) -> bool:
    """Say whether the list has no base, but shares areas with another: then nobody can be called missing."""
    return roster.base_roster_id is None and _overlaps(session, roster)


def missing_from(
    session: Session, roster: Roster, covered: Covered, outcomes: Sequence[Outcome], waiting: Sequence[Claim]
) -> tuple[list[Known], int]:
    """Return whom a full list no longer names, and how many it might have named."""
    named = {o.enrolment_id for o in outcomes if o.enrolment_id is not None and not o.new_enrolment}
    alike = _Alike(waiting)
    expected = list(_explained(session, roster, covered))
    return [one for one in expected if one.enrolment_id not in named and not alike.to(one)], len(expected)


def close_absences(session: Session, roster: Roster, named: Collection[UUID] | None = None) -> None:
    """Whoever is named after all is not missing: the question closes and the list counts nobody gone.

    named: enrolments; None: everybody whose newest list this is.
    """
    missed = select(RosterQuestion.id, RosterQuestion.enrolment_id).where(
        RosterQuestion.kind == QuestionKind.GONE, RosterQuestion.state == QuestionState.OPEN
    )
    if named is None:
        of_list = (col(Enrolment.id) == col(RosterQuestion.enrolment_id), col(Enrolment.last_roster_id) == roster.id)
        found = list(session.execute(missed.join(Enrolment, sa.and_(*of_list))))
    else:
        found = list(among(session, missed, col(RosterQuestion.enrolment_id), named))
    bulk_update(session, RosterQuestion, "id", ("state",), [(row[0], QuestionState.CLOSED) for row in found])
    gone = sa.delete(RosterRow).where(
        col(RosterRow.roster_id) == roster.id,
        col(RosterRow.state) == RowState.GONE,
        col(RosterRow.enrolment_id).in_([row[1] for row in found]),
    )
    if found:
        roster.rows_gone -= session.execute(gone).rowcount  # type: ignore[attr-defined]


class _Alike:
    """Waiting rows, asked whether one of them resembles somebody enrolled: the citizen ID, or name and birth."""

    def __init__(self, waiting: Sequence[Claim]) -> None:
        self._numbers = {claim.citizen for claim in waiting if claim.citizen}
        self._births: dict[str, list[Birth]] = defaultdict(list)
        for claim in waiting:
            self._births[claim.fold].append(claim.birth)

    def to(self, known: Known) -> bool:
        by_name = (births_agree(birth, known.birth) for birth in self._births.get(known.fold, ()))
        return known.citizen in self._numbers or any(by_name)


def _warn(roster: Roster, code: str) -> None:
    message = file_sentence(FILE_WARNINGS, code, {})
    warning = {"code": code, "sheet": "", "count": 1, "message": message}
    roster.report = roster.report | {"file_warnings": [*roster.report.get("file_warnings", []), warning]}


def _explained(session: Session, roster: Roster, covered: Covered) -> Iterator[Known]:
    """Yield those active in the list's units whom no earlier list missed and no later list names."""
    later = sa.select(Roster.id).where(  # type: ignore[call-overload]
        col(Roster.programme) == roster.programme, col(Roster.period) > roster.period
    )
    asked = (
        col(Enrolment.unexplained_since).is_(None),
        col(Enrolment.end_reason).is_(None),  # a last day to come was entered with its reason
        col(Enrolment.from_date) <= Period.parse(roster.period).last_day,
        sa.or_(col(Enrolment.last_roster_id).is_(None), col(Enrolment.last_roster_id).not_in(later)),
        sa.or_(col(Enrolment.first_roster_id).is_(None), col(Enrolment.first_roster_id) != roster.id),
    )
    enrolled = people.enrolled(session, roster.programme, sorted(covered.communes), *asked)
    return (known for known in enrolled if covered.surely(known))


_GONE = (
    "roster_id", "sheet", "line", "state", "enrolment_id", "commune_code", "origin_code", "origin_valid_from",
    "cleaned_sealed",
)  # fmt: skip


def _gone_row(roster: Roster, number: int, known: Known) -> tuple[Any, ...]:
    sealed = ROW_CLEANED.seal(row_key(roster.id, "", -number), "{}")
    origin = known.origin or ("", None)
    return (roster.id, "", -number, RowState.GONE, known.enrolment_id, known.commune, *origin, sealed)
