"""What becomes of each pair of a step: accept, ask, flag or leave. The rules, over columns; no reads, no writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from disburse.accounts.pairs import Flags, Pairs, Rows, numbered
from disburse.accounts.queries import LiveLink
from disburse.accounts.states import BY_RULE, CloseReason, How
from disburse.accounts.tables import CandidateState, LinkState

SAME_PERSON, CHOOSE, SHARED, MARGIN_LOST = "same_person", "choose_account", "shared_account", "margin_lost"
_ANSWERED = (CandidateState.REJECTED, CandidateState.UNSURE)


@dataclass(slots=True)
class Desk:
    """What stands in the database about the people and accounts at hand; ids are their 16 bytes."""

    candidates: Mapping[bytes, Any]  # person and account → the pair as it is stored
    link_of: Mapping[bytes, LiveLink]  # the primary live link of a person
    holder_of: Mapping[bytes, bytes | None]  # account → who holds its live link; None = an organisation
    version_of: Mapping[bytes, int]  # account → the highest version of the links to it, whoever holds or held it
    unlinkable: Mapping[bytes, str]  # account → why no money can go there


@dataclass(slots=True)
class Verdicts:
    """For each pair the candidate's state and question, and whether a link is made; which links end, and why.

    State None: nothing changes.
    """

    state: npt.NDArray[Any]
    asks: npt.NDArray[Any]
    accepted: Flags
    ended: list[tuple[LiveLink, CloseReason]] = field(default_factory=list)

    def moved(self) -> Flags:
        """Whose candidate is to stand as said here."""
        return np.array([state is not None for state in self.state.tolist()], dtype=np.bool_)

    def take(self, rows: Flags) -> Verdicts:
        """Return those about some of the pairs."""
        return Verdicts(self.state[rows], self.asks[rows], self.accepted[rows])


def judge(pairs: Pairs, desk: Desk) -> Verdicts:
    """Decide about all pairs of some people.

    A live link stands; one that a rule made and the bank has not confirmed returns to review when its margin is
    lost, a confirmed one is flagged. Without one, the receiving account is that stated on the roster, else the only
    one that matches; several are a clerk's choice, and an account others match or hold is shown, never taken.
    """
    persons = pairs.person.tolist()
    known = [desk.candidates.get(key) for key in pairs.ids()]
    link = [desk.link_of.get(person) for person in persons]
    holder = [desk.holder_of.get(*both) for both in zip(pairs.account.tolist(), persons, strict=True)]

    accepted = _flags(one is not None and one.state == CandidateState.ACCEPTED for one in known)
    answered = _flags(one is not None and one.state in _ANSWERED for one in known)
    open_ = ~accepted & ~answered
    unlinked = open_ & _flags(one is None for one in link)
    taken = _flags(one != person for one, person in zip(holder, persons, strict=True))
    shared = open_ & pairs.matched & (taken | (pairs.claims > 1))
    free = unlinked & pairs.matched & ~shared
    people = numbered(pairs.person)
    chosen = _receiving(people, free, free & pairs.stated)
    settled = np.bincount(people, chosen)[people] > 0  # has an account now: the weaker pairs need no answer

    state, asks = np.full(len(pairs), None, dtype=object), np.full(len(pairs), "", dtype=object)
    state[open_], state[chosen] = CandidateState.OPEN, CandidateState.ACCEPTED
    asks[shared] = SHARED
    asks[free & ~settled] = CHOOSE
    asks[unlinked & ~pairs.matched & ~settled] = SAME_PERSON
    made = Verdicts(state, asks, chosen)
    for row in np.flatnonzero(accepted).tolist():
        _reconsider(made, row, pairs, known[row], link[row], desk)
    return made


def _flags(values: Any) -> Flags:
    return np.fromiter(values, dtype=np.bool_)


def _receiving(people: Rows, free: Flags, stated: Flags) -> Flags:
    """The only free pair of each person, else the only one that a roster states."""
    only, only_stated = np.bincount(people, free) == 1, np.bincount(people, stated) == 1
    chosen: Flags = np.where(only[people], free, stated & only_stated[people])
    return chosen


def _reconsider(made: Verdicts, row: int, pairs: Pairs, known: Any, link: LiveLink | None, desk: Desk) -> None:
    """Take back an accepted pair whose margin is lost, or its flag whose cause is gone."""
    account = pairs.account[row].tobytes()
    if pairs.matched[row] or not yields(known, link, account):
        if known.asks:
            made.state[row] = CandidateState.ACCEPTED
        return
    assert link is not None
    if link.state == LinkState.CONFIRMED:
        made.state[row], made.asks[row] = CandidateState.ACCEPTED, MARGIN_LOST
    elif account in desk.unlinkable:
        made.state[row] = CandidateState.SUPERSEDED
        made.ended.append((link, CloseReason.ACCOUNT_CLOSED))
    else:
        made.state[row], made.asks[row] = CandidateState.OPEN, SAME_PERSON
        made.ended.append((link, CloseReason.MARGIN_LOST))


def yields(known: Any, link: LiveLink | None, account: bytes) -> bool:
    """Whether this is the pair of a person's link, and only the rule stands behind it: no clerk and no roster."""
    if link is None or link.account_id.bytes != account:
        return False
    return link.decided_how == How.RULE and known.decided_by in ("", BY_RULE)
