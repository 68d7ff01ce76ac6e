"""Statements: accounts once, registrations append-only, drift and sameness noticed."""

from __future__ import annotations

from datetime import date
from multiprocessing import get_context

import pytest
from sqlmodel import func, select

from disburse import crypto
from disburse.accounts.statements import Statement, state_accounts
from disburse.accounts.tables import ACCOUNT_NUMBER, Account, AccountStatus, Registration, RegistrationSource
from disburse.audit import queries as audit
from disburse.audit.actor import COMMAND
from disburse.db import Database
from tests.conftest import TEST_KEY
from tests.disburse.accounts.test_linking import apply, links, pair
from tests.disburse.accounts.world import MARCH, World

APRIL = date(2024, 4, 2)


class TestStateAccounts:
    def test_an_account_is_made_once(self, world: World) -> None:
        """Two statements about one number of one bank are one account; another bank's is another."""
        world.account("1234567890123", "NGUYEN VAN TAM")
        world.account("1234567890123", "NGUYEN VAN TAM", source=RegistrationSource.SIGNED_FORM)
        world.account("1234567890123", "NGUYEN VAN TAM", bank="BIDV")
        with world.database.reading() as session:
            assert session.exec(select(func.count()).select_from(Account)).one() == 2
            assert session.exec(select(func.count()).select_from(Registration)).one() == 3

    def test_the_number_is_sealed_and_keeps_its_zeros(self, world: World) -> None:
        """Stored bytes do not show the number; it opens with its leading zeros."""
        account = world.get_account(world.account("0034567890123", "NGUYEN VAN TAM"))
        assert b"34567890123" not in account.number_sealed
        assert ACCOUNT_NUMBER.open(account.id, account.number_sealed) == "0034567890123"
        assert account.number_tail == "0123"

    def test_the_same_facts_again_only_move_last_seen(self, world: World) -> None:
        """A list of the next month that says the same adds no registration."""
        world.account("1234567890123", "NGUYEN VAN TAM", on=MARCH)
        world.account("1234567890123", "NGUYEN VAN TAM", on=APRIL)
        (only,) = world.registrations()
        assert (only.stated_on, only.last_seen, only.drift) == (MARCH, APRIL, False)

    def test_an_older_list_does_not_move_last_seen_back(self, world: World) -> None:
        """Lists may come in any order."""
        world.account("1234567890123", "NGUYEN VAN TAM", on=APRIL)
        world.account("1234567890123", "NGUYEN VAN TAM", on=MARCH)
        assert world.registrations()[0].last_seen == APRIL

    def test_another_holder_is_drift(self, world: World) -> None:
        """The account now shows another name: a second statement, flagged; the first stays as it was."""
        world.account("1234567890123", "NGUYEN VAN TAM")
        world.account("1234567890123", "NGUYEN VAN TUAN", on=APRIL)
        first, second = world.registrations()
        assert (first.holder_name, first.drift) == ("NGUYEN VAN TAM", False)
        assert (second.holder_name, second.drift) == ("NGUYEN VAN TUAN", True)

    def test_accents_and_missing_facts_are_no_drift(self, world: World) -> None:
        """The same name with accents, or without the ID, tells nothing against the first statement."""
        world.account("1234567890123", "NGUYEN VAN TAM", citizen_id="051050001234")
        world.account("1234567890123", "Nguyễn Văn Tám")
        assert [r.drift for r in world.registrations()] == [False, False]

    def test_another_citizen_id_is_drift(self, world: World) -> None:
        """Same name, other number: somebody else's account, or a mistake at the bank."""
        world.account("1234567890123", "NGUYEN VAN TAM", citizen_id="051050001234")
        world.account("1234567890123", "NGUYEN VAN TAM", citizen_id="051050009999")
        assert [r.drift for r in world.registrations()] == [False, True]

    def test_the_bank_updates_the_account_itself(self, world: World) -> None:
        """Open in March, closed in April: no new statement about the holder, but the account is closed."""
        account = world.account("1234567890123", "NGUYEN VAN TAM")
        world.account("1234567890123", "NGUYEN VAN TAM", status=AccountStatus.CLOSED, on=APRIL)
        assert world.get_account(account).status == AccountStatus.CLOSED
        assert len(world.registrations()) == 1

    def test_only_its_bank_says_what_an_account_is_good_for(self, world: World) -> None:
        """A form or a payer's list unlocks nothing, whatever its day; nor does an older list of the bank."""
        account = world.account("1234567890123", "NGUYEN VAN TAM", status=AccountStatus.LOCKED, joint=True, on=APRIL)
        for source in (RegistrationSource.SIGNED_FORM, RegistrationSource.PAYER, RegistrationSource.ROSTER):
            world.account("1234567890123", "NGUYEN VAN TAM", source=source, on=date(2024, 5, 1))
        world.account("1234567890123", "NGUYEN VAN TAM", on=MARCH)
        kept = world.get_account(account)
        assert (kept.status, kept.joint, kept.standing_on) == (AccountStatus.LOCKED, True, APRIL)
        world.account("1234567890123", "NGUYEN VAN TAM", on=date(2024, 5, 1))
        opened = world.get_account(account)
        assert (opened.status, opened.joint) == (AccountStatus.OPEN, False)

    def test_a_warning_counts_whatever_its_day(self, world: World) -> None:
        """A list of March that comes after that of April and says locked keeps money away."""
        account = world.account("1234567890123", "NGUYEN VAN TAM", on=APRIL)
        world.account("1234567890123", "NGUYEN VAN TAM", status=AccountStatus.LOCKED, on=MARCH)
        kept = world.get_account(account)
        assert (kept.status, kept.standing_on) == (AccountStatus.LOCKED, APRIL)

    @pytest.mark.parametrize(
        ("holder", "born", "citizen_id", "drift"),
        [
            ("NGUYEN VAN TAM", "1950-02-03", "051180000222", True),
            ("LE THI DUYEN", "1980-01-01", None, True),
            ("NGUYEN TAM", "1950-01-01", None, False),
            ("NGUYEN TAM", "1980-01-01", "051050000111", False),
        ],
    )
    def test_another_than_who_is_linked_is_drift(
        self, world: World, holder: str, born: str, citizen_id: str | None, drift: bool
    ) -> None:
        """A roster stated the account; its bank then names another ID, or both another name and another year."""
        world.person("tam", "Nguyễn Văn Tám", citizen_id="051050000111")
        for number in ("1234567890123", "1234567890124"):
            world.account(number, source=RegistrationSource.ROSTER, person="tam", status=None)
        apply(world, pair(world, "tam", world.account_id("1234567890123")))
        for number in ("1234567890123", "1234567890124"):
            world.account(number, holder, born=born, citizen_id=citizen_id)
        assert [r.drift for r in world.registrations()][2:] == [drift, False]  # nobody is linked to the other account
        assert len(links(world)) == 1

    def test_an_unknown_status_says_nothing(self, world: World) -> None:
        """A roster that names the account does not reopen it."""
        account = world.account("1234567890123", "NGUYEN VAN TAM", status=AccountStatus.LOCKED)
        world.account("1234567890123", "NGUYEN VAN TAM", status=None)
        assert world.get_account(account).status == AccountStatus.LOCKED

    def test_one_batch_may_repeat_an_account(self, world: World) -> None:
        """A list that names an account twice with the same holder counts one new and one same."""
        one = Statement(
            bank_code="VBA",
            account_number="1234567890123",
            source=RegistrationSource.BANK_LIST,
            stated_on=MARCH,
            holder_name="TRAN THI BUOI",
        )
        with world.database.transaction() as session:
            done = state_accounts(session, statements=[one, one], by=COMMAND)
        assert (done.new, done.changed, done.same) == (1, 0, 1)

    def test_nothing_stated_is_nothing_written(self, world: World) -> None:
        """An empty batch leaves no event."""
        with world.database.transaction() as session:
            state_accounts(session, statements=[], by=COMMAND)
        with world.database.reading() as session:
            assert audit.head(session) is None


def _state(url: str, start: int) -> None:
    crypto.use(crypto.Keyring(bytes.fromhex(TEST_KEY)))
    database = Database(url)
    statements = [
        Statement(
            bank_code="VBA",
            account_number=f"12345678{number:05d}",
            source=RegistrationSource.BANK_LIST,
            stated_on=MARCH,
            holder_name=f"NGUYEN VAN {chr(65 + number % 26)}",
        )
        for number in range(start, start + 300)
    ]
    with database.transaction() as session:
        state_accounts(session, statements=statements, by=COMMAND)
    database.close()


class TestRacingLists:
    def test_two_lists_at_once_make_each_account_and_statement_once(self, world: World) -> None:
        """Two processes state 300 accounts each, 200 of them the same: 400 accounts, 400 statements."""
        spawn = get_context("spawn")
        racers = [spawn.Process(target=_state, args=(world.database.url, start)) for start in (0, 100)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(60)
        assert [racer.exitcode for racer in racers] == [0, 0]
        with world.database.reading() as session:
            assert session.exec(select(func.count()).select_from(Account)).one() == 400
            assert session.exec(select(func.count()).select_from(Registration)).one() == 400
