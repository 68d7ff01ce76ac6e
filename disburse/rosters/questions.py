"""Questions that rows raise: putting them. Answering them is an act of its own (`actions`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from disburse.db import bulk_insert
from disburse.ids import new_id
from disburse.people.queries import Known
from disburse.rosters.claims import Claim
from disburse.rosters.tables import QuestionKind, QuestionState, Roster, RosterQuestion

_COLUMNS = (
    "id", "roster_id", "sheet", "line", "kind", "state", "enrolment_id", "person_ids", "further", "reason", "answer",
    "answered_by",
)  # fmt: skip
Row = tuple[Any, ...]


def about_row(
    roster: UUID,
    kind: QuestionKind,
    claim: Claim,
    enrolment_id: UUID | None,
    people: Sequence[str] = (),
    reason: str = "",
) -> Row:
    """Return the question about one line of a roster; `people` are the persons it may be about."""
    place = (claim.sheet, claim.line)
    return (
        new_id(), roster, *place, kind, QuestionState.OPEN, enrolment_id, list(people), list(claim.more),
        reason[:200], "", "",
    )  # fmt: skip


def about_enrolment(roster: Roster, kind: QuestionKind, known: Known) -> Row:
    """Return the question about an enrolment that no line speaks of."""
    people = [str(known.person_id)]
    return (new_id(), roster.id, "", None, kind, QuestionState.OPEN, known.enrolment_id, people, [], "", "", "")


def ask(session: Session, rows: Sequence[Row]) -> int:
    """Put questions to the officers."""
    return bulk_insert(session, RosterQuestion, _COLUMNS, rows)
