"""The life of a link as a table of legal moves, and the closed lists of reasons. No database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from disburse.accounts.tables import LIVE, Account, AccountStatus, LinkState
from disburse.errors import Conflict

State = LinkState

# candidate → accepted → requested → received → confirmed | refused → closed; a replacement of a confirmed
# link is proposed → approved → requested → received, and becomes live only with the bank's yes. A bank that takes its
# yes back refuses what it had confirmed.
MOVES: Mapping[LinkState | None, frozenset[LinkState]] = {
    None: frozenset({State.ACCEPTED, State.PROPOSED}),
    State.ACCEPTED: frozenset({State.REQUESTED, State.CLOSED}),
    State.REQUESTED: frozenset({State.RECEIVED, State.CONFIRMED, State.REFUSED, State.CLOSED}),
    State.RECEIVED: frozenset({State.CONFIRMED, State.REFUSED, State.CLOSED}),
    State.CONFIRMED: frozenset({State.REFUSED, State.CLOSED}),
    State.REFUSED: frozenset({State.CLOSED}),
    State.PROPOSED: frozenset({State.APPROVED, State.CLOSED}),
    State.APPROVED: frozenset({State.REQUESTED, State.CLOSED}),
    State.CLOSED: frozenset(),
}


BY_RULE = "rule"  # who decided a candidate that the preset accepted by itself


class How(StrEnum):
    """By whom a link was decided: the preset's rule, a clerk, or the roster that states the account."""

    RULE = "rule"
    CLERK = "clerk"
    STATED = "stated"


class CloseReason(StrEnum):
    """Why a link ended. `died` … `expired` end the holder's part, the rest the link itself."""

    DIED = "died"
    ENDED = "ended"
    MOVED = "moved"
    EXPIRED = "expired"
    OF_AGE = "of_age"
    MERGED = "merged"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    ACCOUNT_CLOSED = "account_closed"
    CLERK_NO = "clerk_no"
    CLERK_UNSURE = "clerk_unsure"
    CLERK_CHOICE = "clerk_choice"
    MARGIN_LOST = "margin_lost"
    MISTAKE = "mistake"
    NOT_APPROVED = "not_approved"
    HOLDER_CHANGED = "holder_changed"  # the bank was asked about somebody else; a next version asks anew


class Step(NamedTuple):
    """One move of one link. `version` and `was`, where given, must be the link's own: who decided saw those."""

    link_id: UUID
    to: LinkState
    on: date
    reason: str = ""
    version: int | None = None
    was: LinkState | None = None


def check_move(now: LinkState | None, to: LinkState) -> None:
    """Raise Conflict("link_illegal_move") unless a link may go from `now` to `to`."""
    if to not in MOVES[now]:
        raise Conflict("link_illegal_move", now=str(now or "-"), to=str(to))


def is_live(state: LinkState, replaces: UUID | None) -> bool:
    """Whether a link counts as registered; a replacement does only once the bank has said yes."""
    return state == State.CONFIRMED or (state in LIVE and replaces is None)


class Standing(NamedTuple):
    """What decides whether money may go to an account, and how the account is written down."""

    id: UUID
    bank_code: str
    number_tail: str
    status: AccountStatus
    currency: str
    joint: bool


def not_linkable(account: Account | Standing) -> str:
    """Return why money cannot go to an account (closed, locked, joint, currency), or "" when it can."""
    if account.status in (AccountStatus.CLOSED, AccountStatus.LOCKED):
        return str(account.status)
    if account.joint:
        return "joint"
    return "" if account.currency == "VND" else "currency"
