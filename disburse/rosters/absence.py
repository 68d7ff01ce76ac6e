"""What a list leaves out: the base it is compared with, who is missing from a full list, which rows wait no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.clock import Period
from disburse.db import among, bulk_insert, bulk_update
from disburse.funnel import actions as funnel
from disburse.people.tables import Enrolment, EnrolmentState, Person
from disburse.rosters import questions
from disburse.rosters.claims import Claim, births_agree, claim_of
from disburse.rosters.recognition import Outcome
from disburse.rosters.staging import opened, row_key
from disburse.rosters.tables import ROW_CLEANED, QuestionKind, Roster, RosterRow, RosterState, RowState, Scope
from disburse.workbooks.flaws import file_sentence
from disburse.workbooks.wording import FILE_WARNINGS


def _imported(roster: Roster) -> sa.ColumnElement[bool]:
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
        .where(_imported(roster), col(Roster.areas_key) == roster.areas_key)
        .order_by(col(Roster.period).desc(), col(Roster.imported_at).desc())
        .limit(1)
    )
    return session.execute(statement).scalar()


def _overlaps(session: Session, roster: Roster) -> bool:
    """Say whether a list of other, partly equal areas was imported before: then nobody can be called missing."""
    ours = {tuple(area) for area in roster.areas}
    statement = sa.select(Roster.areas).where(_imported(roster), col(Roster.areas_key) != roster.areas_key)  # type: ignore[call-overload]
    return any(ours & {tuple(area) for area in areas} for areas in session.execute(statement).scalars())


def note_absent(session: Session, roster: Roster, outcomes: Sequence[Outcome], waiting: Sequence[Claim]) -> int:
    """Make `unexplained` who a full list no longer names, with a question each. Returns how many.

    A waiting row that resembles somebody keeps them: their row is there, only nobody could place it yet.
    """
    if roster.scope != Scope.FULL:
        return 0
    if roster.base_roster_id is None and _overlaps(session, roster):
        _warn(roster, "areas_differ")
        return 0
    named = {o.enrolment_id for o in outcomes if o.enrolment_id is not None}
    missing = [m for m in _missing(session, roster, named) if not _resembles(m, waiting)]
    day = min(Period.parse(roster.period).first_day, clock.today())
    bulk_update(session, Enrolment, "id", ("unexplained_since",), [(m[0], day) for m in missing])
    funnel.restate(session, {m[0]: {"unexplained": 1} for m in missing})
    bulk_insert(session, RosterRow, _GONE, (_gone_row(roster, i, m) for i, m in enumerate(missing, 1)))
    questions.ask(session, [questions.about_enrolment(roster, QuestionKind.GONE, m[0], m[1]) for m in missing])
    return len(missing)


def _warn(roster: Roster, code: str) -> None:
    message = file_sentence(FILE_WARNINGS, code, {})
    warning = {"code": code, "sheet": "", "count": 1, "message": message}
    roster.report = roster.report | {"file_warnings": [*roster.report.get("file_warnings", []), warning]}


Missing = tuple[UUID, UUID, str, Any, Any, str, str, Any]


def _missing(session: Session, roster: Roster, named: set[UUID]) -> Iterator[Missing]:
    """Yield those active in the list's areas who were explained, whom it does not name and no later list does."""
    later = sa.select(Roster.id).where(  # type: ignore[call-overload]
        col(Roster.programme) == roster.programme, col(Roster.period) > roster.period
    )
    statement = (
        sa.select(
            Enrolment.id, Enrolment.person_id, Person.name_fold, Person.birth_date, Person.birth_precision,
            Enrolment.commune_code, Enrolment.origin_code, Enrolment.origin_valid_from,
        )  # type: ignore[call-overload]
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(
            col(Enrolment.programme) == roster.programme,
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            col(Enrolment.unexplained_since).is_(None),
            col(Enrolment.from_date) <= Period.parse(roster.period).last_day,
            sa.or_(col(Enrolment.last_roster_id).is_(None), col(Enrolment.last_roster_id).not_in(later)),
        )
    )  # fmt: skip
    areas = {tuple(area) for area in roster.areas}
    communes = {o for o in session.execute(_communes(roster)).scalars() if o}
    for row in among(session, statement, col(Enrolment.commune_code), sorted(communes), chunk=200):
        if row[0] not in named and (row[6], row[7].isoformat()) in areas:
            yield row


def _communes(roster: Roster) -> Any:
    return sa.select(RosterRow.commune_code).where(col(RosterRow.roster_id) == roster.id).distinct()  # type: ignore[call-overload]


def _resembles(missing: Missing, waiting: Sequence[Claim]) -> bool:
    birth = (missing[3], str(missing[4] or "day")) if missing[3] else None
    return any(claim.fold == missing[2] and births_agree(claim.birth, birth) for claim in waiting)


_GONE = (
    "roster_id", "sheet", "line", "state", "enrolment_id", "commune_code", "origin_code", "origin_valid_from",
    "cleaned_sealed",
)  # fmt: skip


def _gone_row(roster: Roster, number: int, missing: Missing) -> tuple[Any, ...]:
    sealed = ROW_CLEANED.seal(row_key(roster.id, "", -number), "{}")
    return (roster.id, "", -number, RowState.GONE, missing[0], missing[5], missing[6], missing[7], sealed)


def settle_earlier(session: Session, roster: Roster, claims: Sequence[Claim]) -> None:
    """Stop counting the waiting rows of earlier lists that this one brings again, or replaces as a full list."""
    replaced = roster.scope == Scope.FULL
    by_name: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_name[claim.fold].append(claim)
    settled: list[tuple[int, UUID]] = []
    counts: dict[str, int] = defaultdict(int)
    for row_id, areas_key, claim in _waiting(session, roster):
        alike = by_name.get(claim.fold, []) if claim.fold else []
        again = any(births_agree(c.birth, claim.birth) and claim.commune in ("", c.commune) for c in alike)
        if again or (replaced and areas_key == roster.areas_key):
            settled.append((row_id, roster.id))
            counts[claim.commune] -= 1
    bulk_update(session, RosterRow, "id", ("settled_by",), settled)
    for commune, count in counts.items():
        funnel.park(session, programme=roster.programme, commune_code=commune, by_count=count)


def _waiting(session: Session, roster: Roster) -> Iterator[tuple[int, str, Claim]]:
    statement = (
        sa.select(
            RosterRow.id, RosterRow.sheet, RosterRow.line, RosterRow.state, RosterRow.cleaned_sealed,
            RosterRow.roster_id, Roster.areas_key,
        )  # type: ignore[call-overload]
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .where(
            _imported(roster),
            col(Roster.rows_parked) > 0,
            col(Roster.province_code) == roster.province_code,
            col(RosterRow.state) == RowState.PARKED,
            col(RosterRow.settled_by).is_(None),
        )
    )  # fmt: skip
    for row in session.execute(statement):
        yield row[0], row[6], claim_of(opened(row[5], row))
