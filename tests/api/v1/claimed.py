"""A person whose account their bank has been asked about, for tests of what a partner may learn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import select

from disburse.accounts import actions as accounts
from disburse.accounts.actions import Acceptance, Statement
from disburse.accounts.statements import find_accounts
from disburse.accounts.states import How
from disburse.accounts.tables import Link, LinkState, RegistrationSource
from disburse.audit.actor import COMMAND
from disburse.confirmations import actions as confirmations
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.tables import ConfirmationRequest, WireState
from disburse.ids import new_id
from disburse.people import entries
from disburse.people.entries import NewPerson
from disburse.people.tables import Precision, Sex
from tests.api.conftest import Site

ON = date(2026, 11, 2)


@dataclass(frozen=True)
class Asked:
    """A link at a bank, with the numbers only the bank and we know."""

    site: Site
    link_id: UUID
    citizen_id: str
    account_number: str
    person_id: UUID
    account_id: UUID

    @property
    def state(self) -> LinkState:
        with self.site.database.reading() as session:
            return session.get_one(Link, self.link_id).state


def asked(site: Site, bank_code: str = "VBA", *, confirmed: bool = True) -> Asked:
    """Make a person with an account at a bank that was asked about it, and has said yes if `confirmed`."""
    citizen, number = f"051051{secrets.randbelow(10**6):06d}", f"15{secrets.randbelow(10**11):011d}"
    person = NewPerson(
        id=new_id(), name="Đinh Văn Tám", birth_date=date(1951, 3, 12), birth_precision=Precision.DAY,
        sex=Sex.MALE, citizen_id=citizen, id_valid=True, commune_code=site.seeded.commune, origin_province="51",
    )  # fmt: skip
    said = Statement(
        bank_code=bank_code, account_number=number, source=RegistrationSource.BANK_LIST, stated_on=ON,
        holder_name="DINH VAN TAM", basis="Công văn 12",
    )  # fmt: skip
    with site.database.transaction() as session:
        entries.add_people(session, [person])
        accounts.state_accounts(session, statements=[said], by=COMMAND)
        account_id = find_accounts(session, [(bank_code, number)])[bank_code, number].id
        link = Acceptance(account_id=account_id, how=How.CLERK, since=ON, person_id=person.id)
        link_id = accounts.accept(session, acceptance=link, by=COMMAND)
        confirmations.ask(session, bank_code=bank_code, by=COMMAND)
    if confirmed:
        with site.database.transaction() as session:
            request = session.exec(select(ConfirmationRequest.id).where(ConfirmationRequest.link_id == link_id)).one()
            yes = BankAnswer(1, bank_code, WireState.SUCCEEDED, request, name_match="yes", id_match="citizen_id")
            confirmations.take_answers(session, answers=[yes], source="test", by=COMMAND)
    return Asked(site, link_id, citizen, number, person.id, account_id)
