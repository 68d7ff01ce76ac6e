"""What a partner claims through another system's words: "this person's account is here". A claim is a statement about
an account, as a line of a bank's list is: matcher and clerks decide, and only the bank's own yes makes it payable.

A partner learns nothing about people it was not asked about: unknown, another bank's and ended are the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import actions as accounts
from disburse.accounts.statements import Statement, state_accounts
from disburse.accounts.states import CloseReason, Step
from disburse.accounts.tables import ACCOUNT_NUMBER, Account, Link, LinkState, RegistrationSource
from disburse.audit.actor import By
from disburse.confirmations.tables import ConfirmationRequest
from disburse.people.tables import CITIZEN_ID, Person

_TAKEN_BACK = "rjct.other.error"  # `unlink` has no word for why: the bank tells when it is asked
_ASKED = (LinkState.REQUESTED, LinkState.RECEIVED, LinkState.CONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A person by citizen ID (12 digits) and an account number of the claiming bank, both clean text."""

    citizen_id: str
    account_number: str
    holder_name: str = ""
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A link that its own bank was asked about: which one, in which state, to which account."""

    link_id: UUID
    state: LinkState
    account_number: str

    @property
    def confirmed(self) -> bool:
        """Whether the bank has said yes to it."""
        return self.state == LinkState.CONFIRMED


def claim_accounts(session: Session, *, bank_code: str, claims: Sequence[Claim], basis: str, by: By) -> None:
    """State what a bank claims, under its legal basis. Nobody is linked by this, and nothing is overwritten."""
    statements = [
        Statement(
            bank_code=bank_code,
            account_number=claim.account_number,
            source=RegistrationSource.BANK_LIST,
            stated_on=clock.today(),
            holder_name=claim.holder_name,
            basis=basis,
            citizen_id=claim.citizen_id,
            phone=claim.phone,
        )
        for claim in claims
    ]
    state_accounts(session, statements=statements, by=by)


def withdraw(session: Session, *, bank_code: str, citizen_id: str, account_number: str, by: By) -> bool:
    """End the link between a holder and an account that its own bank takes back; False when it was never asked
    about one. What the bank had confirmed is refused by that, as by any later no: work for somebody, and a red flag.
    What was paid through it stays in its history."""
    found = standing(session, bank_code=bank_code, citizen_id=citizen_id, account_number=account_number)
    if found is None:
        return False
    to, reason = (LinkState.REFUSED, _TAKEN_BACK) if found.confirmed else (LinkState.CLOSED, CloseReason.WITHDRAWN)
    step = Step(found.link_id, to, clock.today(), reason, was=found.state)
    accounts.move(session, steps=[step], by=by)
    return True


def standing(session: Session, *, bank_code: str, citizen_id: str = "", account_number: str = "") -> Standing | None:
    """Return the link of a holder, of an account, or of both together, if this bank was asked about it.

    Confirmed links come first. The ID compared is the holder's, never that of a person the holder receives for.
    """
    if not citizen_id and not account_number:
        return None
    asked = sa.select(ConfirmationRequest.link_id).where(col(ConfirmationRequest.bank_code) == bank_code)  # type: ignore[call-overload]
    statement: Any = (
        sa.select(col(Link.id), col(Link.state), col(Account.id), col(Account.number_sealed))
        .join(Account, col(Account.id) == col(Link.account_id))
        .join(Person, col(Person.id) == col(Link.person_id))
        .where(col(Account.bank_code) == bank_code, col(Link.state).in_(_ASKED), col(Link.id).in_(asked))
        .order_by(sa.case((col(Link.state) == LinkState.CONFIRMED, 0), else_=1), col(Link.id))
        .limit(1)
    )
    if citizen_id:
        statement = statement.where(col(Person.citizen_id_index) == CITIZEN_ID.index(citizen_id))
    if account_number:
        statement = statement.where(col(Account.number_index) == ACCOUNT_NUMBER.index(account_number))
    row = session.execute(statement).first()
    return None if row is None else Standing(row[0], row[1], ACCOUNT_NUMBER.open(row[2], row[3]))
