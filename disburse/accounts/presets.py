"""Weights refitted to this installation's own lists: proposed, shown with their effect, stored when somebody says so.

A stored preset is used only where the setting DISBURSE_MATCH_PRESET names it; nothing changes by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import frames
from disburse.accounts.answers import UNLISTED
from disburse.accounts.gathering import uuids
from disburse.accounts.proposals import settings_of
from disburse.accounts.states import BY_RULE
from disburse.accounts.tables import Candidate, CandidateState, MatchPreset
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Conflict, Invalid

if TYPE_CHECKING:
    import pandas as pd

    from matching import Refit, Settings

ENOUGH = 200  # clerks' answers, from which they teach more than the lists alone do
OF_EACH = 20  # yes and no, at least


@dataclass(frozen=True, slots=True)
class Effect:
    """What a preset would decide over everybody: pairs accepted, pairs to review, wrong ones it expects itself."""

    automatic: int
    review: int
    estimated_wrong: float


@dataclass(frozen=True, slots=True)
class Proposed:
    """A refitted preset beside the present one."""

    settings: Settings
    base: str
    source: str  # em | decisions
    answers: int
    pairs: int
    before: Effect
    after: Effect
    newly_matched: int
    no_longer_matched: int
    moves: tuple[tuple[str, float, float], ...]

    def document(self) -> dict[str, Any]:
        """Return it for `--json`."""
        shown = {name: {"automatic": e.automatic, "review": e.review, "estimated_wrong": e.estimated_wrong}
                 for name, e in (("before", self.before), ("after", self.after))}  # fmt: skip
        return {
            "preset": self.settings.name, "base": self.base, "source": self.source, "answers": self.answers,
            "pairs": self.pairs, **shown, "newly_matched": self.newly_matched,
            "no_longer_matched": self.no_longer_matched,
            "moves": [{"weight": name, "now": now, "proposed": then} for name, now, then in self.moves],
        }  # fmt: skip


def propose_preset(session: Session, *, preset: str, accept: float | None) -> Proposed:
    """Refit to the people and registrations in the database: on clerks' answers where there are enough, else by EM.

    Reads only. Raises Invalid("refit_nothing") when there is nobody or no registration to learn from.
    """
    from matching import refit

    left, right = frames.recipients(session), frames.statements(session)
    if not len(left.keys) or not right.keys:
        raise Invalid("refit_nothing")
    now = settings_of(preset, session).with_thresholds(accept=accept)
    today = clock.today().isoformat()
    decisions = _answers(session, uuids(left.keys), right.keys)
    try:
        made = refit(
            left.frame(),
            right.frame(),
            now,
            frames.places(),
            decisions,
            name=f"{now.name}-refit-{today}"[:40],
            date=today,
        )
    except ValueError as error:
        raise Invalid("refit_nothing") from error
    return _proposed(made, now, left, right, 0 if decisions is None else len(decisions))


def _proposed(made: Refit, now: Settings, left: frames.Side[Any], right: frames.Side[Any], answers: int) -> Proposed:
    return Proposed(
        settings=made.proposal,
        base=now.name,
        source=made.source,
        answers=answers,
        pairs=made.pairs,
        before=_effect(left, right, now),
        after=_effect(left, right, made.proposal),
        newly_matched=made.newly_matched,
        no_longer_matched=made.no_longer_matched,
        moves=made.moves,
    )


def _effect(left: frames.Side[Any], right: frames.Side[Any], settings: Settings) -> Effect:
    from matching import link

    found = link(left.frame(), right.frame(), settings, frames.places())
    wrong = float((1.0 - found.matches["score"]).sum())
    return Effect(len(found.matches), len(found.reviews), round(wrong, 2))


def _answers(session: Session, persons: list[UUID], statements: list[tuple[UUID, UUID]]) -> pd.DataFrame | None:
    """Return what clerks answered, as rows of the two frames; None where that is too little to learn from."""
    import pandas as pd

    asked = sa.select(col(Candidate.person_id), col(Candidate.registration_id), col(Candidate.state)).where(
        col(Candidate.state).in_([CandidateState.ACCEPTED, CandidateState.REJECTED]),
        col(Candidate.decided_by).not_in(["", BY_RULE]),
        col(Candidate.reason) != UNLISTED,
    )
    row_of, line_of = {p: n for n, p in enumerate(persons)}, {s[0]: n for n, s in enumerate(statements)}
    rows = [
        (row_of[person], line_of[registration], "yes" if state == CandidateState.ACCEPTED else "no")
        for person, registration, state in session.execute(asked)
        if person in row_of and registration in line_of
    ]
    yes = sum(row[2] == "yes" for row in rows)
    if len(rows) < ENOUGH or min(yes, len(rows) - yes) < OF_EACH:
        return None
    return pd.DataFrame(rows, columns=["roster_row_id", "registration_row_id", "decision"])


def store_preset(session: Session, *, proposed: Proposed, by: By) -> None:
    """Keep a refitted preset under its name, for whoever sets DISBURSE_MATCH_PRESET to it.

    Raises Conflict("preset_exists"): what a run was made with is never overwritten.
    """
    name = proposed.settings.name
    if session.exec(select(MatchPreset.name).where(MatchPreset.name == name)).first() is not None:
        raise Conflict("preset_exists", name=name)
    session.add(
        MatchPreset(
            name=name, base=proposed.base, source=proposed.source, document=proposed.settings.to_json(),
            effect=proposed.document(), created_by=by.name, created_at=clock.utc_now(),
        )
    )  # fmt: skip
    record(
        session, action="preset.stored", object_type="preset", object_id=name, by=by, base=proposed.base,
        source=proposed.source, answers=proposed.answers, automatic_before=proposed.before.automatic,
        automatic_after=proposed.after.automatic,
    )  # fmt: skip
