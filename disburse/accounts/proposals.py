"""Asking the matcher, and the rosters' own account columns: which person and which account may belong together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import frames
from disburse.accounts.differences import difference, forbidden
from disburse.accounts.tables import MatchPreset, Registration
from disburse.errors import Invalid
from disburse.people.tables import Person

if TYPE_CHECKING:
    from matching import Settings

Watch = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """A person and an account that may be theirs, with the preset's opinion (`match` | `review`)."""

    person_id: UUID
    account_id: UUID
    registration_id: UUID | None
    score: float
    decision: str
    reasons: str
    stated: bool = False

    @property
    def evidence(self) -> str:
        """Return what a clerk is shown, as JSON: the reasons in the matcher's words, and who stated it."""
        return json.dumps({"reasons": self.reasons.split(), "stated": self.stated}, ensure_ascii=False)

    @property
    def differs(self) -> str:
        """Return the kind of difference, which may be stored in the open."""
        return difference(self.reasons)

    @property
    def forbidden(self) -> bool:
        """Whether a conflict forbids an automatic match."""
        return forbidden(self.reasons)


@dataclass(slots=True)
class Proposals:
    """All pairs by person, how many people match each account, and what the preset is called."""

    persons: list[UUID]
    pairs: dict[UUID, list[Pair]]
    claims: dict[UUID, int]
    preset: str


def settings_of(preset: str, session: Session | None = None) -> Settings:
    """Return the matcher's settings by the name of a preset; empty = the newest packaged one.

    A name that is not packaged is looked for among those this installation refitted and stored.
    """
    from matching import Settings

    try:
        return Settings.preset(preset) if preset else Settings.preset()
    except KeyError:
        kept = session.get(MatchPreset, preset) if session is not None else None
        if kept is None:
            raise Invalid("preset_unknown", name=preset) from None
        return Settings.from_json(kept.document)


def propose(session: Session, settings: Settings, watch: Watch | None = None) -> Proposals:
    """Match everybody who receives with everything banks state, whatever part is applied afterwards.

    Rivals count wherever they live: a run over one commune must decide as a run over all does.
    """
    left, right = frames.recipients(session), frames.statements(session)
    best: dict[tuple[UUID, UUID], Pair] = {}
    if left.keys and right.keys:
        from matching import link

        result = link(left.frame, right.frame, settings, frames.places(), watch)
        for row in result.pairs.itertuples(index=False):
            _keep_best(best, _pair(row, left.keys, right.keys))
    _add_stated(session, best, set(left.keys))
    pairs: dict[UUID, list[Pair]] = {}
    for pair in best.values():
        pairs.setdefault(pair.person_id, []).append(pair)
    claims = Counter(pair.account_id for pair in best.values() if pair.decision == "match")
    return Proposals(left.keys, pairs, dict(claims), settings.name)


def _pair(row: Any, persons: list[Any], statements: list[Any]) -> Pair:
    registration_id, account_id = statements[row.registration_row_id]
    person = persons[row.roster_row_id]
    return Pair(person, account_id, registration_id, float(row.score), str(row.decision), str(row.reasons))


def _keep_best(best: dict[tuple[UUID, UUID], Pair], pair: Pair) -> None:
    """Of several statements about one account the strongest speaks."""
    key = (pair.person_id, pair.account_id)
    known = best.get(key)
    if known is None or (pair.decision == "match", pair.score) > (known.decision == "match", known.score):
        best[key] = pair


def _add_stated(session: Session, best: dict[tuple[UUID, UUID], Pair], persons: set[UUID]) -> None:
    """Add the accounts that rosters state for their own people.

    A statement stands by itself where no bank has spoken about the account; where one has, the matcher must at least
    find the two alike. Anything else is a question.
    """
    rows = session.execute(
        sa.select(  # type: ignore[call-overload]
            Registration.id, Registration.account_id, Registration.person_id, Registration.holder_fold, Person.name_fold
        )
        .join(Person, col(Person.id) == col(Registration.person_id))
        .order_by(col(Registration.id))
    ).all()
    spoken = _spoken_of(session) if rows else set()
    for registration_id, account_id, person_id, holder, name in rows:
        if person_id not in persons:
            continue
        known = best.get((person_id, account_id))
        if known is not None:
            weak = "veto:" not in known.reasons and "rival" not in known.reasons.split()
            decision = "match" if known.decision == "match" or weak else "review"
            best[person_id, account_id] = replace(known, decision=decision, stated=True)
            continue
        fits = account_id not in spoken and holder in ("", name)
        best[person_id, account_id] = Pair(
            person_id, account_id, registration_id, 1.0 if fits else 0.5, "match" if fits else "review", "stated", True
        )


def _spoken_of(session: Session) -> set[UUID]:
    """Return the accounts of which somebody else than a roster has stated the holder."""
    named = sa.and_(col(Registration.person_id).is_(None), col(Registration.holder_fold) != "")
    return {row[0] for row in session.execute(sa.select(col(Registration.account_id)).where(named))}
