"""Pairs of a person and an account as columns: a province's run has some hundred thousand of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import NamedTuple, TypeVar
from uuid import UUID

import numpy as np
import numpy.typing as npt

from disburse.accounts.gathering import Ids, ids_of

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Told = TypeVar("Told")


class Pair(NamedTuple):
    """A person and an account that may be theirs, with the preset's opinion (`match` | `review`)."""

    person_id: UUID
    account_id: UUID
    registration_id: UUID
    score: float
    decision: str
    reasons: str
    stated: bool = False


@dataclass(slots=True)
class Pairs:
    """Who may hold which account, by which statement, as the preset sees it: one row a pair.

    `words[reason]` are the matcher's reasons; `claims`: how many people match the account, wherever they live;
    `stated`: a roster says so, whatever else does.
    """

    person: Ids
    account: Ids
    registration: Ids
    score: npt.NDArray[np.float64]
    matched: Flags  # else for a clerk to see
    reason: Rows
    stated: Flags
    claims: Rows
    words: list[str]

    def __len__(self) -> int:
        return len(self.score)

    @staticmethod
    def of(pairs: Sequence[Pair]) -> Pairs:
        """Lay pairs out as columns."""
        words = list(dict.fromkeys(pair.reasons for pair in pairs))
        number = {reasons: at for at, reasons in enumerate(words)}
        return Pairs(
            ids_of(pair.person_id for pair in pairs), ids_of(pair.account_id for pair in pairs),
            ids_of(pair.registration_id for pair in pairs), np.array([pair.score for pair in pairs], dtype=np.float64),
            np.array([pair.decision == "match" for pair in pairs], dtype=np.bool_),
            np.array([number[pair.reasons] for pair in pairs], dtype=np.int64),
            np.array([pair.stated for pair in pairs], dtype=np.bool_),
            np.zeros(len(pairs), dtype=np.int64), words,
        )  # fmt: skip

    def take(self, rows: Rows | Flags) -> Pairs:
        """Return some of them."""
        columns = (getattr(self, one.name)[rows] for one in fields(self)[:-1])
        return Pairs(*columns, self.words)  # type: ignore[call-arg]

    def __add__(self, more: Pairs) -> Pairs:
        names = [one.name for one in fields(self)[:-1]]
        both = {name: np.concatenate([getattr(self, name), getattr(more, name)]) for name in names}
        both["reason"][len(self) :] += len(self.words)
        return Pairs(**both, words=self.words + more.words)

    def decisions(self) -> list[str]:
        """Return the preset's opinion of each."""
        return ["match" if one else "review" for one in self.matched.tolist()]

    def evidence(self) -> list[str]:
        """Return what a clerk is shown of each, as JSON: the reasons in the matcher's words, and who stated it."""
        return [_evidence(*one) for one in zip(self.told(str), self.stated.tolist(), strict=True)]

    def ids(self) -> list[bytes]:
        """Return person and account of each, by which a pair is known, as 32 bytes."""
        both = zip(self.person.tolist(), self.account.tolist(), strict=True)
        return [person + account for person, account in both]

    def told(self, tell: Callable[[str], Told]) -> list[Told]:
        """Return what `tell` says of each pair's reasons: a province has some thousand different ones."""
        known = {reason: tell(self.words[reason]) for reason in np.unique(self.reason).tolist()}
        return [known[reason] for reason in self.reason.tolist()]

    def claimed(self) -> Pairs:
        """Return them with how many of these people match each account."""
        account = numbered(self.account)
        self.claims = np.bincount(account, self.matched, len(self))[account].astype(np.int64)
        return self


def numbered(ids: Ids) -> Rows:
    """Return a number from 0 for each id, equal for equal ones."""
    first, second = ids.view(np.uint64).reshape(-1, 2).T
    order = np.argsort(second)  # drawn at random, it tells all ids apart: by both halves took seven times as long
    changes = _changes(second[order])
    if np.any(_changes(first[order]) & ~changes):
        order = np.lexsort((first, second))
        changes = _changes(first[order]) | _changes(second[order])
    number = np.zeros(len(ids), dtype=np.int64)
    number[order[1:]] = np.cumsum(changes)
    return number


def _changes(values: npt.NDArray[np.uint64]) -> Flags:
    """Whether each but the first differs from the one before."""
    changes: Flags = np.diff(values) != 0
    return changes


def placed(ids: Ids, known: Ids) -> Rows:
    """Return at which place of `known`, where each stands once, each id stands; -1 for none."""
    number = numbered(np.concatenate([known, ids]))
    place = np.full(len(number), -1, dtype=np.int64)
    place[number[: len(known)]] = np.arange(len(known))
    found: Rows = place[number[len(known) :]]
    return found


def strongest(pairs: Pairs) -> Pairs:
    """Return one pair for each person and account: of several statements about one account the strongest speaks."""
    pair = numbered(pairs.person) * len(pairs) + numbered(pairs.account)
    order = np.lexsort((-pairs.score, ~pairs.matched, pair))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = np.diff(pair[order]) != 0
    return pairs.take(np.sort(order[first]))


@lru_cache(maxsize=1 << 14)
def _evidence(reasons: str, stated: bool) -> str:
    return json.dumps({"reasons": reasons.split(), "stated": stated}, ensure_ascii=False)
