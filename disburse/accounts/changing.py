"""A change of account as an officer enters it from a signed form: which account, why, for which enrolments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from disburse import clock
from disburse.accounts import actions
from disburse.accounts.statements import Statement, find_accounts, state_accounts
from disburse.accounts.tables import RegistrationSource
from disburse.audit.actor import By
from disburse.banks.directory import packaged
from disburse.errors import Invalid
from disburse.people.tables import Person
from matching.identity import AccountNumber, account_number

BASIS = "Giấy đề nghị thay tài khoản"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for, as it was typed."""

    bank: str
    number: str
    reason: str
    enrolments: tuple[str, ...]


def propose_change(
    session: Session,
    *,
    link_id: UUID,
    person_id: UUID,
    wanted: Wanted,
    programmes: Iterable[str] | None,
    by: By,
) -> UUID:
    """Propose the account on the form; one that nobody has stated yet is stated by the form itself.

    Raises Invalid: `bank_unknown`, `account_number_unusable`, and whatever `propose_replacement` raises.
    """
    bank = packaged().resolve(wanted.bank).code
    if bank is None:
        raise Invalid("bank_unknown", code=wanted.bank or "–")
    number = account_number(wanted.number)
    if not isinstance(number, AccountNumber):
        raise Invalid("account_number_unusable")
    if not wanted.reason.strip():
        raise Invalid("reason_needed")
    try:
        enrolments = [UUID(one) for one in wanted.enrolments]
    except ValueError:
        raise Invalid("cover_needed") from None
    key = (bank, number.value)
    if key not in find_accounts(session, [key]):
        person = session.get_one(Person, person_id)
        stated = Statement(
            bank_code=bank,
            account_number=number.value,
            source=RegistrationSource.SIGNED_FORM,
            stated_on=clock.today(),
            holder_name=person.name,
            basis=BASIS,
            person_id=person_id,
        )
        state_accounts(session, statements=[stated], by=by)
    account = find_accounts(session, [key])[key].id
    return actions.propose_replacement(
        session, link_id=link_id, account_id=account, reason=wanted.reason, by=by, enrolments=enrolments,
        programmes=programmes,
    )  # fmt: skip
