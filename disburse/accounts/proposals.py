"""Asking the matcher, and the rosters' own account columns: which person and which account may belong together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import frames, neighbours, slices
from disburse.accounts.differences import difference, forbidden
from disburse.accounts.tables import MatchPreset, Registration, RegistrationSource
from disburse.db import among
from disburse.errors import Invalid
from disburse.ids import in_order
from disburse.people.tables import Person

if TYPE_CHECKING:
    from matching import Settings
    from matching.frequency import Frequencies

Watch = Callable[[str, int, int], None]
Statements = Callable[[Sequence[int]], list[tuple[UUID, UUID]]]  # rows → (registration, account)


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
        return _evidence(self.reasons, self.stated)

    @property
    def differs(self) -> str:
        """Return the kind of difference, which may be stored in the open."""
        return difference(self.reasons)

    @property
    def forbidden(self) -> bool:
        """Whether a conflict forbids an automatic match."""
        return forbidden(self.reasons)


@lru_cache(maxsize=1 << 14)  # a province's pairs have some thousand different sets of reasons
def _evidence(reasons: str, stated: bool) -> str:
    return json.dumps({"reasons": reasons.split(), "stated": stated}, ensure_ascii=False)


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


@dataclass(slots=True)
class FullRun:
    """What a full run came to: the proposals, and what incremental runs after it stand on."""

    proposals: Proposals
    frequencies: Frequencies
    people: neighbours.Rows
    bank: slices.Statements


def propose(session: Session, settings: Settings, watch: Watch | None = None) -> Proposals:
    """Match everybody who receives with everything banks state, whatever part is applied afterwards.

    Rivals count wherever they live: a run over one commune must decide as a run over all does.
    """
    return propose_all(session, settings, watch).proposals


def propose_all(
    session: Session, settings: Settings, watch: Watch | None = None, *, frequencies: Frequencies | None = None,
    keep_words: bool = False,
) -> FullRun:  # fmt: skip
    """`propose`, with the counts it was made with. `frequencies`: frozen ones instead of those of these lists."""
    from matching.link import pairs_of
    from matching.posts import read_roster

    bank = slices.Statements(session, keep_words=keep_words)
    with bank.slices() as slices_:
        left = frames.recipients(session)
        people = neighbours.Rows(left.keys, left.keys, read_roster(left.columns), {})
        pairs, scored = pairs_of(
            people.people, slices_, settings, frames.places(), watch or _silent, frequencies, "local", 1
        )
    rows = _pairs_of(pairs.columns(), left.keys, bank.keys().of)
    found = by_person(session, rows, left.keys, few=False)
    made = Proposals(left.keys, found, claims_in(found), settings.name)
    return FullRun(made, scored.frequencies, people, bank)


def _silent(_step: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def rows_of(found: neighbours.Found, wanted: set[UUID]) -> list[Pair]:
    """Return the pairs of the wanted people that were decided to be kept."""
    rows = _pairs_of(found.part.pairs.columns(), found.people.ids, _of(found.bank.keys))
    return [pair for pair in rows if pair.person_id in wanted]


def _of(keys: list[tuple[UUID, UUID]]) -> Statements:
    return lambda rows: [keys[row] for row in rows]


def _pairs_of(pairs: Mapping[str, Any], persons: list[UUID], statements: Statements) -> list[Pair]:
    names = ("roster_row_id", "registration_row_id", "score", "decision", "reasons")
    people, lines, scores, said, why = (pairs[name].tolist() for name in names)
    rows = zip(people, statements(lines), scores, said, why, strict=True)
    return [
        Pair(persons[row], account, registration, score, decision, reasons)
        for row, (registration, account), score, decision, reasons in rows
    ]


def by_person(session: Session, rows: list[Pair], persons: list[UUID], *, few: bool) -> dict[UUID, list[Pair]]:
    """Return the strongest pair for each of these people and account, those that rosters state among them.

    `few`: ask the database for the statements about these people only.
    """
    best: dict[tuple[UUID, UUID], Pair] = {}
    for pair in rows:
        _keep_best(best, pair)
    _add_stated(session, best, set(persons), few)
    pairs: dict[UUID, list[Pair]] = {}
    for pair in best.values():
        pairs.setdefault(pair.person_id, []).append(pair)
    return pairs


def claims_in(pairs: dict[UUID, list[Pair]]) -> dict[UUID, int]:
    """Return how many people match each account."""
    return dict(Counter(p.account_id for found in pairs.values() for p in found if p.decision == "match"))


def _keep_best(best: dict[tuple[UUID, UUID], Pair], pair: Pair) -> None:
    """Of several statements about one account the strongest speaks."""
    key = (pair.person_id, pair.account_id)
    known = best.get(key)
    if known is None or (pair.decision == "match", pair.score) > (known.decision == "match", known.score):
        best[key] = pair


def _add_stated(session: Session, best: dict[tuple[UUID, UUID], Pair], persons: set[UUID], few: bool) -> None:
    """Add the accounts that rosters state for their own people.

    A statement stands by itself where no bank has spoken about the account; where one has, the matcher must at least
    find the two alike. Anything else is a question. A form that an officer keyed in is a proposal with a life of its
    own (changing.py): turned down, it must not come back as if a roster had said so.
    """
    statement = sa.select(  # type: ignore[call-overload]
        Registration.id, Registration.account_id, Registration.person_id, Registration.holder_fold, Person.name_fold
    ).join(Person, col(Person.id) == col(Registration.person_id))
    statement = statement.where(col(Registration.source) == RegistrationSource.ROSTER)
    stated: Iterable[Any] = (
        among(session, statement, col(Registration.person_id), in_order(persons))
        if few
        else session.execute(statement)  # of all: one sweep over the registrations
    )
    rows = sorted((row for row in stated if row.person_id in persons), key=attrgetter("id.int"))
    spoken = _spoken_of(session, {row.account_id for row in rows})
    for registration_id, account_id, person_id, holder, name in rows:
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


def _spoken_of(session: Session, accounts: set[UUID]) -> set[UUID]:
    """Return those of the accounts of which somebody else than a roster has stated the holder."""
    statement = sa.select(col(Registration.account_id)).where(frames.NAMELESS)
    return {row[0] for row in among(session, statement, col(Registration.account_id), in_order(accounts))}
