"""A list of removals proposes ends, with the reason written there; a person confirms them. It changes nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from disburse.db import bulk_update
from disburse.people.tables import EndReason
from disburse.rosters import questions
from disburse.rosters.recognition import Outcome
from disburse.rosters.staging import rows_by_id
from disburse.rosters.tables import QuestionKind, Roster, RosterRow, RowState
from matching.text import fold

_AT_ONCE = 5_000

# What a reason says, by its folded words; the first that fits. Nothing fits: stopped, and a person reads the words.
_WORDS = (
    (EndReason.DIED, ("chet", "mat", "qua doi", "tu tran", "bao tu", "khai tu")),
    (EndReason.MOVED, ("chuyen di", "chuyen", "di noi khac", "cat chuyen")),
    (EndReason.MISTAKE, ("nham", "trung", "sai", "ghi nham")),
    (EndReason.STOPPED, ("thoi", "cat", "dung", "het")),
)


def propose(session: Session, roster: Roster, outcomes: Sequence[Outcome], states: Counter[RowState]) -> None:
    """Turn every row that found an active enrolment into a proposal; a row that finds nobody waits."""
    for outcome in outcomes:
        if outcome.parks is None and outcome.enrolment_id is None:
            outcome.parks = "nobody_found"
    found = [o for o in outcomes if o.parks is None]
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        rows = rows_by_id(session, roster.id, [o.claim.row_id for o in some])
        proposals = [(o, rows[o.claim.row_id].values.get("removal_reason") or "") for o in some]
        questions.ask(
            session,
            [
                questions.about_row(
                    roster.id, QuestionKind.REMOVAL, o.claim, o.enrolment_id, [str(o.person_id)], reason
                )
                for o, reason in proposals
            ],
        )
        kept: list[tuple[int, RowState, UUID | None]] = [
            (row_id, RowState.SAME, o.enrolment_id) for o in some for row_id in (o.claim.row_id, *o.claim.more)
        ]
        bulk_update(session, RosterRow, "id", ("state", "enrolment_id"), kept)
        states[RowState.SAME] += len(kept)


def reason_of(words: str) -> EndReason:
    """Return what a written reason most likely means: `Chết 5/2026` is `died`."""
    text = f" {fold(words)} "
    for reason, signs in _WORDS:
        if any(f" {sign} " in text for sign in signs):
            return reason
    return EndReason.STOPPED
