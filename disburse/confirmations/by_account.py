"""An answer that names an account and no request: which link it means, and whether it can mean any other.

A yes counts only for the link it was given about. A bank that names the request says so; one that names the account
alone is believed where the account never had another holder or version, and where it looked no earlier than the link
was made (ADR 13). The rest is left out: who answers with the request's id is understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session

from disburse.accounts.tables import LinkState
from disburse.confirmations import queries
from disburse.confirmations.answer import BankAnswer
from disburse.confirmations.queries import LinkTo
from disburse.confirmations.tables import WireState

_RANKS = {LinkState.REQUESTED: 3, LinkState.RECEIVED: 3, LinkState.ACCEPTED: 2, LinkState.APPROVED: 2}


@dataclass(slots=True)
class Meant:
    """The link a bank means by an account: the one it was asked about, else one that waits, else the newest."""

    link_id: UUID
    since: date  # the first day on which the bank could be asked about it
    alone: bool  # nobody else, and no earlier link, can be meant
    others: list[UUID]  # the account's other links that it can have been asked about
    answers: set[str] = field(default_factory=set)  # the digests of what it said about those

    def doubt(self, answer: BankAnswer, *, asked: bool) -> str:
        """Return why this answer may not be about the link (the code of a sentence), or ""."""
        if not self.alone:
            return "line_which_holder"
        if answer.checked_at is None:
            return "" if asked else "line_undated"
        return "line_older_than_link" if answer.on < self.since else ""

    def may_withdraw(self, answer: BankAnswer) -> bool:
        """Whether a no may be about the link, as about others: doubt holds a payment back, as it never makes one."""
        in_time = answer.checked_at is None or answer.on >= self.since
        return answer.status == WireState.REJECTED and in_time and answer.digest not in self.answers

    def repeats(self, answer: BankAnswer) -> bool:
        """Whether this came before, about one of the others, and from before this link."""
        return answer.checked_at is not None and answer.on < self.since and answer.digest in self.answers


def meant_by(session: Session, accounts: Mapping[tuple[str, str], UUID]) -> dict[tuple[str, str], Meant]:
    """Return by (bank, number) what is meant by these accounts; those without a link are left out."""
    known = queries.links_to(session, accounts.values())
    opened_for = queries.opened_for(session, known)
    found: dict[tuple[str, str], Meant] = {}
    for key, account_id in accounts.items():
        if links := [link for link in known.get(account_id, ()) if link.told]:
            found[key] = _meant(links, opened_for.get(account_id, ()))
    return found


def _meant(links: list[LinkTo], opened_for: Iterable[UUID]) -> Meant:
    chosen = max(links, key=lambda link: (_RANKS.get(link.state, 1), link.id))
    others = [link.id for link in links if link.id != chosen.id]
    alone = not others and all(person == chosen.person_id for person in opened_for)
    return Meant(chosen.id, chosen.since, alone, others)
