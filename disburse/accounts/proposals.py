"""Asking the matcher, and the rosters' own account columns: which person and which account may belong together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import frames, slices
from disburse.accounts.frames import Keys
from disburse.accounts.gathering import Ids, ids_of, uuids
from disburse.accounts.pairs import Flags, Pair, Pairs, Rows, placed, strongest
from disburse.accounts.tables import MatchPreset, Registration, RegistrationSource
from disburse.db import among
from disburse.errors import Invalid
from disburse.ids import in_order
from disburse.people.tables import Person

if TYPE_CHECKING:
    import matching.pairs
    from matching import Settings
    from matching.frequency import Frequencies
    from matching.normalise import People


@dataclass(slots=True)
class Proposals:
    """All pairs, person after person: those of `persons[i]` stand from `first[i]` to `first[i + 1]`."""

    persons: Ids
    first: Rows
    pairs: Pairs
    preset: str

    @staticmethod
    def of(persons: Ids, pairs: Pairs, preset: str) -> Proposals:
        """Put the pairs of these people in the order of `persons`; those of others spoke for their claims alone."""
        row = placed(pairs.person, persons)
        order = np.argsort(row, kind="stable")
        order = order[row[order] >= 0]
        return Proposals(persons, np.searchsorted(row[order], np.arange(len(persons) + 1)), pairs.take(order), preset)

    def about(self, some: Rows) -> Pairs:
        """Return the pairs of the people at these places."""
        start, count = self.first[some], self.first[some + 1] - self.first[some]
        before = np.cumsum(count) - count
        return self.pairs.take(np.repeat(start - before, count) + np.arange(count.sum()))

    def with_pairs(self) -> Flags:
        """Whether there is a pair of each of the people."""
        return np.diff(self.first) > 0


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
    """What a full run came to: the proposals, and the counts that incremental runs after it stand on."""

    proposals: Proposals
    frequencies: Frequencies


def propose(session: Session, settings: Settings) -> Proposals:
    """Match everybody who receives with everything banks state, whatever part is applied afterwards.

    Rivals count wherever they live: a run over one commune must decide as a run over all does.
    """
    return propose_all(session, settings).proposals


def propose_all(
    session: Session, settings: Settings, *, frequencies: Frequencies | None = None, keep_words: bool = False,
    read: Callable[[People, Ids, slices.Statements], None] | None = None,
) -> FullRun:  # fmt: skip
    """`propose`, with the counts it was made with. `frequencies`: frozen ones instead of those of these lists.

    `read` is called with the people, their ids and what banks state as soon as all of it is read.
    """
    from matching.link import decided
    from matching.matcher import Matcher
    from matching.posts import read_roster

    bank = slices.Statements(session, keep_words=keep_words)

    def tell_read() -> None:
        if read is not None:
            read(people, left.keys, bank)

    with bank.slices(tell_read) as parts:
        left = frames.recipients(session)
        people = read_roster(left.columns)
        matcher = Matcher(people, settings, frames.places())
        pairs, scored = decided(people, map(matcher.meet, parts), settings, frames.places(), frequencies)
    found = with_stated(session, named(pairs, left.keys, bank.keys()), left.keys, few=False).claimed()
    return FullRun(Proposals.of(left.keys, found, settings.name), scored.frequencies)


def named(found: matching.pairs.Pairs, persons: Ids, bank: Keys) -> Pairs:
    """Return the matcher's pairs, whose ids are rows of `persons` and `bank`, the strongest of each."""
    left, right = np.asarray(found.left, dtype=np.int64), np.asarray(found.right, dtype=np.int64)
    return strongest(
        Pairs(
            persons[left], bank.accounts[right], bank.registrations[right], found.score, found.match.copy(),
            found.reason, np.zeros(len(left), dtype=np.bool_), np.zeros(len(left), dtype=np.int64), found.words,
        )
    )  # fmt: skip


def with_stated(session: Session, found: Pairs, persons: Ids, *, few: bool) -> Pairs:
    """Add the accounts that rosters state for their own people; `found` has one pair for each person and account.

    A statement stands by itself where no bank has spoken about the account and no roster names another holder; where
    a bank has, the matcher must at least find the two alike. Anything else is a question. A form that an officer keyed
    in is a proposal with a life of its own (changing.py): turned down, it must not come back as if a roster said it.

    `few`: ask the database for the statements about these people only.
    """
    rows = _stated(session, persons, few)
    spoken = _spoken_of(session, {row.account_id for row in rows})
    place = {key: at for at, key in enumerate(found.ids())} if rows else {}
    alike = ["veto:" not in reasons and "rival" not in reasons.split() for reasons in found.words]
    alone: dict[tuple[UUID, UUID], Pair] = {}
    for registration, account, person, holder, name in rows:
        at = place.get(person.bytes + account.bytes)
        if at is not None:
            found.stated[at] = True
            found.matched[at] |= alike[found.reason[at]]
            continue
        fits = account not in spoken and holder in ("", name)
        if (person, account) not in alone or not fits:  # of what rosters say of it, a misfit speaks
            told = (1.0, "match") if fits else (0.5, "review")
            alone[person, account] = Pair(person, account, registration, *told, "stated", True)
    return found + Pairs.of(list(alone.values())) if alone else found


def _stated(session: Session, persons: Ids, few: bool) -> list[Any]:
    """Return (registration, account, person, holder, person's name) of what rosters state, the oldest first."""
    person = col(Registration.person_id)
    statement = sa.select(  # type: ignore[call-overload]
        Registration.id, Registration.account_id, Registration.person_id, Registration.holder_fold, Person.name_fold
    ).join(Person, col(Person.id) == person)
    # That a person is named is said once more, for PostgreSQL: few are, and those it can find by their index.
    statement = statement.where(col(Registration.source) == RegistrationSource.ROSTER, person.is_not(None))
    asked = among(session, statement, person, uuids(persons)) if few else session.execute(statement)
    stated: list[Any] = sorted(asked, key=attrgetter("id.int"))
    sought = placed(ids_of(row.person_id for row in stated), persons) >= 0
    return [row for row, wanted in zip(stated, sought.tolist(), strict=True) if wanted]


def _spoken_of(session: Session, accounts: set[UUID]) -> set[UUID]:
    """Return those of the accounts of which somebody else than a roster has stated the holder."""
    statement = sa.select(col(Registration.account_id)).where(frames.NAMELESS)
    return {row[0] for row in among(session, statement, col(Registration.account_id), in_order(accounts))}
