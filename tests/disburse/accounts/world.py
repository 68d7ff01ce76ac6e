"""A small commune for tests of accounts, confirmations and payments: people, enrolments, statements. All invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest
from sqlmodel import Session, select

from disburse import clock, crypto
from disburse.accounts.statements import Statement, state_accounts
from disburse.accounts.tables import Account, AccountStatus, Registration, RegistrationSource
from disburse.audit.actor import COMMAND, By
from disburse.audit.tables import KeyCheck
from disburse.banks.tables import Bank
from disburse.cli import run
from disburse.db import Database
from disburse.funnel import actions as funnel
from disburse.funnel.stages import Entry
from disburse.ids import new_id
from disburse.people.entries import (
    NewEnrolment,
    NewPerson,
    NewRecipient,
    add_enrolments,
    add_people,
    add_recipients,
)
from disburse.people.tables import Precision, RecipientKind, Sex
from disburse.programmes.tables import Programme
from tests.conftest import TEST_KEY

CLERK = By(name="Lê Thị Duyên", via="web")
CHECKER = By(name="Phạm Quốc Bảo", via="web")
COMMUNE, OTHER_COMMUNE = "21040", "21061"
MARCH = date(2024, 3, 1)


@dataclass
class World:
    """What the tests know of the people they made, by a short name."""

    database: Database
    persons: dict[str, UUID] = field(default_factory=dict)
    enrolments: dict[str, UUID] = field(default_factory=dict)

    def reference(self) -> World:
        """Banks and programmes, as few as the tests need."""
        with self.database.transaction() as session:
            for position, (code, bin_) in enumerate((("VBA", "970405"), ("BIDV", "970418"), ("LPB", "970449"))):
                session.add(Bank(code=code, bin=bin_, short_name=code, name=code))
                del position
            for code in ("NCC", "BTXH", "HTXH"):
                session.add(Programme(code=code, name=code, owner="Sở"))
        return self

    def person(
        self,
        key: str,
        name: str,
        born: str = "1950-02-03",
        citizen_id: str | None = None,
        *,
        programme: str | None = "BTXH",
        commune: str = COMMUNE,
        recipient: str | None = None,
        kind: RecipientKind = RecipientKind.GUARDIAN,
        file_number: str | None = None,
        amount: int = 500_000,
        sex: Sex | None = None,
    ) -> UUID:
        """Add a person; enrolled in `programme` and receiving themself unless `recipient` (a key) does."""
        with self.database.transaction() as session:
            person_id = self.persons[key] = new_id()
            day = date.fromisoformat(born if len(born) == 10 else f"{born}-01-01")
            precision = Precision.DAY if len(born) == 10 else Precision.YEAR
            made = NewPerson(
                id=person_id,
                name=name,
                birth_date=day,
                birth_precision=precision,
                sex=sex,
                citizen_id=citizen_id,
                id_valid=bool(citizen_id),
                commune_code=commune,
            )
            add_people(session, [made])
            if programme:
                self._enrol(session, key, programme, commune, recipient, kind, file_number, amount)
        return person_id

    def _enrol(
        self,
        session: Session,
        key: str,
        programme: str,
        commune: str,
        recipient: str | None,
        kind: RecipientKind,
        file_number: str | None,
        amount: int,
    ) -> None:
        enrolment = self.enrolments[key] = new_id()
        person = self.persons[key]
        made = NewEnrolment(
            id=enrolment,
            person_id=person,
            programme=programme,
            commune_code=commune,
            origin_code=commune,
            origin_valid_from=date(2025, 7, 1),
            province_code="51",
            from_date=MARCH,
            file_number=file_number,
        )
        add_enrolments(session, [made])
        receiver = self.persons[recipient] if recipient else person
        own = RecipientKind.OWN if recipient is None else kind
        receives = NewRecipient(id=new_id(), enrolment_id=enrolment, kind=own, person_id=receiver, since=MARCH)
        add_recipients(session, [receives])
        funnel.enter(session, [Entry(enrolment, commune, programme, lines=1, amount_total=amount)])

    def account(
        self,
        number: str,
        holder: str = "",
        born: str = "1950-02-03",
        citizen_id: str | None = None,
        *,
        bank: str = "VBA",
        status: AccountStatus | None = AccountStatus.OPEN,
        currency: str = "VND",
        joint: bool = False,
        on: date = MARCH,
        source: RegistrationSource = RegistrationSource.BANK_LIST,
        person: str | None = None,
        sex: Sex | None = None,
    ) -> UUID:
        """State an account and return its id."""
        statement = Statement(
            bank_code=bank,
            account_number=number,
            source=source,
            stated_on=on,
            holder_name=holder,
            birth_date=date.fromisoformat(born) if holder else None,
            birth_precision=Precision.DAY if holder else None,
            citizen_id=citizen_id,
            status=status,
            currency=currency,
            joint=joint,
            person_id=self.persons[person] if person else None,
            sex=sex,
        )
        with self.database.transaction() as session:
            state_accounts(session, statements=[statement], by=COMMAND)
        return self.account_id(number, bank)

    def account_id(self, number: str, bank: str = "VBA") -> UUID:
        """Return the account with that number."""
        from disburse.accounts.statements import find_accounts

        with self.database.reading() as session:
            found: UUID = find_accounts(session, [(bank, number)])[bank, number].id
            return found

    def registrations(self) -> list[Registration]:
        """Return every statement, oldest first."""
        with self.database.reading() as session:
            return list(session.exec(select(Registration).order_by(Registration.id)))  # type: ignore[arg-type]

    def get_account(self, account_id: UUID) -> Account:
        """Return an account."""
        with self.database.reading() as session:
            found = session.get(Account, account_id)
            assert found is not None
            return found


def use_on_the_command_line(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `disburse` commands of this process open the test's database."""
    monkeypatch.setenv("DISBURSE_DATABASE_URL", database.url)
    monkeypatch.setenv("DISBURSE_KEY", TEST_KEY)
    with database.transaction() as session:
        session.add(KeyCheck(id=1, value=crypto.keyring().check_value, made_at=clock.utc_now()))


def disburse(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run a command; returns exit code, stdout and stderr."""
    capsys.readouterr()
    code = run([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err
