"""What banks tell by themselves: an account was closed, locked or unlocked. The same event again is one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock, crypto
from disburse.accounts import actions as accounts
from disburse.accounts import queries as links
from disburse.accounts.actions import Step
from disburse.accounts.statements import find_accounts
from disburse.accounts.states import CloseReason
from disburse.accounts.tables import Account, AccountStatus, LinkState
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.confirmations.tables import BankEvent, EventKind
from disburse.db import among, bulk_insert, take_turns
from disburse.ids import new_id

_STATUS = {
    EventKind.CLOSED: AccountStatus.CLOSED,
    EventKind.LOCKED: AccountStatus.LOCKED,
    EventKind.OPENED: AccountStatus.OPEN,
}
_COLUMNS = (
    "id", "bank_code", "event_id", "kind", "facts_hash", "account_id", "happened_on", "source", "received_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a bank. `key` is the caller's own, to tell what was left out."""

    key: int
    event_id: str
    kind: EventKind
    account_number: str
    on: date

    @property
    def facts_hash(self) -> bytes:
        """Return what makes the same event the same; keyed, because it holds an account number."""
        return crypto.keyring().index("bank_event.facts", f"{self.kind}\x1f{self.account_number}\x1f{self.on}")


@dataclass(slots=True)
class Heard:
    """What a batch of events came to. Nothing in it tells whether we know an account."""

    taken: int = 0
    same: int = 0
    repeated: set[int] = field(default_factory=set)
    left_out: dict[int, tuple[str, dict[str, str]]] = field(default_factory=dict)


def hear(session: Session, *, bank_code: str, told: Sequence[Told], source: str, by: By) -> Heard:
    """Take a bank's events in the order given.

    A closed account ends its link, a locked one may get no new link and keeps the one it has: it may be unlocked.
    An account nobody here knows is written down and nothing else; the answer is the same.
    """
    take_turns(session, f"accounts of {bank_code}")  # the statuses of one bank's accounts move one after the other
    known = _known(session, bank_code, {one.event_id for one in told})
    heard, fresh = Heard(), []
    for one in told:
        before = known.get(one.event_id)
        if before is None:
            known[one.event_id] = one.facts_hash
            fresh.append(one)
        elif before == one.facts_hash:
            heard.same += 1
            heard.repeated.add(one.key)
        else:
            heard.left_out[one.key] = ("event_reused", {})
    found = find_accounts(session, {(bank_code, one.account_number) for one in fresh})
    ids = {one.account_number: found[bank_code, one.account_number].id for one in fresh
           if (bank_code, one.account_number) in found}  # fmt: skip
    now = clock.utc_now()
    rows = [
        (new_id(), bank_code, one.event_id, one.kind, one.facts_hash, ids.get(one.account_number), one.on,
         source[:100], now)
        for one in fresh
    ]  # fmt: skip
    bulk_insert(session, BankEvent, _COLUMNS, rows)
    for one in fresh:
        if account_id := ids.get(one.account_number):
            _apply(session, account_id, one, by)
    heard.taken = len(fresh)
    record(
        session, action="bank.events_heard", object_type="bank", object_id=bank_code, by=by, events=len(told),
        taken=heard.taken, same=heard.same, left_out=len(heard.left_out), known=len(ids),
    )  # fmt: skip
    return heard


def _known(session: Session, bank_code: str, event_ids: set[str]) -> dict[str, bytes]:
    statement: Any = sa.select(col(BankEvent.event_id), col(BankEvent.facts_hash)).where(
        col(BankEvent.bank_code) == bank_code
    )
    return {row[0]: row[1] for row in among(session, statement, col(BankEvent.event_id), sorted(event_ids))}


def _apply(session: Session, account_id: UUID, one: Told, by: By) -> None:
    account = links.accounts(session, {account_id})[account_id]
    status = _STATUS[one.kind]
    if account.status == status or account.status == AccountStatus.CLOSED:
        return  # a closed account does not come back by an event that was late
    this = sa.update(Account).where(col(Account.id) == account_id)
    if status == AccountStatus.OPEN:  # nor does a locked one, by what was said before the lock
        this = this.where(sa.func.coalesce(col(Account.standing_on), one.on) <= one.on)
    if not session.execute(this.values(status=status, standing_on=one.on)).rowcount:  # type: ignore[attr-defined]
        return
    record(
        session, action="account.status", object_type="account", object_id=account_id, by=by,
        account=accounts.masked(account), before=str(account.status), after=str(status), on=one.on.isoformat(),
    )  # fmt: skip
    if one.kind == EventKind.CLOSED:
        _end_links(session, account_id, one, by)


def _end_links(session: Session, account_id: UUID, one: Told, by: By) -> None:
    ending = sa.select(links.LINK_TABLE.c.id).where(
        links.LINK_TABLE.c.account_id == account_id,
        links.LINK_TABLE.c.state.not_in([LinkState.CLOSED, LinkState.REFUSED]),
    )
    ids = [row[0] for row in session.execute(ending)]
    steps = [Step(id_, LinkState.CLOSED, one.on, CloseReason.ACCOUNT_CLOSED) for id_ in ids]
    accounts.move(session, steps=steps, by=by)
