"""What other thresholds would decide, on the pairs that are stored, before anybody uses them. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.accounts import answers, review_queue
from disburse.accounts.proposals import settings_of
from disburse.accounts.states import BY_RULE
from disburse.accounts.tables import Candidate, CandidateState
from disburse.errors import Invalid

STEPS = (0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)


@dataclass(frozen=True, slots=True)
class ThresholdLine:
    """At one threshold: decided by rule, left to review, how many of the first the scores expect to be wrong, and
    what clerks said of those they have answered."""

    accept: float
    automatic: int
    review: int
    expected_wrong: float
    answered: int
    answered_no: int
    in_use: bool


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """The preview: the preset and its own threshold, the pairs it speaks of, a line for each threshold."""

    preset: str
    accept: float
    review: float
    pairs: int
    lines: tuple[ThresholdLine, ...]


def read_threshold(text: str) -> float:
    """Read a threshold as people write it (0,98 or 0.98); Invalid("threshold_invalid") outside 0.5 < x ≤ 1."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0.5 < value <= 1.0:
        raise Invalid("threshold_invalid", value=text[:20])
    return value


def preview(
    session: Session, actor: Actor, *, preset: str, accept: float | None, also: Sequence[float] = ()
) -> ThresholdTable:
    """Return what each threshold would decide about the pairs of the actor's scope."""
    from matching.preview import preview as preview_of

    settings = settings_of(preset, session)
    used = settings.accept if accept is None else accept
    rows = _scored(session, actor)
    result = _result(rows, settings)
    steps = sorted({*STEPS, used, *also})
    lines = []
    for line in preview_of(result, steps):
        answered = [row for row in rows if row.by_clerk and row.score >= line.accept and not row.forbidden]
        no = sum(1 for row in answered if row.state == CandidateState.REJECTED)
        lines.append(
            ThresholdLine(
                line.accept, line.automatic, line.review, line.expected_wrong, len(answered), no, line.accept == used
            )
        )
    return ThresholdTable(settings.name, used, settings.review, len(rows), tuple(reversed(lines)))


def _scored(session: Session, actor: Actor) -> list[Any]:
    """Return score, conflict and answer of every pair inside the scope."""
    by_clerk = sa.and_(
        col(Candidate.decided_by).not_in(["", BY_RULE]),
        col(Candidate.reason) != answers.UNLISTED,
        col(Candidate.state).in_([CandidateState.ACCEPTED, CandidateState.REJECTED]),
    )
    statement = sa.select(
        col(Candidate.score), col(Candidate.forbidden), col(Candidate.state), by_clerk.label("by_clerk")
    ).where(
        col(Candidate.state) != CandidateState.SUPERSEDED,
        review_queue.in_scope(actor, permission=Permission.MATCH_PREVIEW),
    )
    return list(session.execute(statement))


def _result(rows: Sequence[Any], settings: Any) -> Any:
    """Return stored pairs as the matcher's own result, of which the preview reads scores and conflicts alone."""
    import pandas as pd

    from matching.explain import nothing_known
    from matching.link import LinkResult

    pairs = pd.DataFrame(
        {
            "score": [float(row.score) for row in rows],
            "reasons": ["veto:stored" if row.forbidden else "" for row in rows],
        }
    ).astype({"reasons": "str"})
    return LinkResult(pairs, settings, nothing_known(), len(rows))
