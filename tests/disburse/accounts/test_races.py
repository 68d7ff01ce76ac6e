"""Two processes want the same thing at the same moment: one gets it, the other is told so in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from disburse import clock, crypto
from disburse.accounts import actions, answers
from disburse.accounts.actions import Acceptance
from disburse.accounts.answers import Answer, Decision
from disburse.accounts.states import How
from disburse.accounts.tables import Candidate, CandidateState, Link, LinkState
from disburse.audit.actor import COMMAND
from disburse.confirmations import actions as confirmations
from disburse.confirmations.actions import BankAnswer
from disburse.confirmations.tables import WireState
from disburse.db import Database
from disburse.duplicates import actions as duplicates
from disburse.errors import DisburseError
from disburse.funnel import queries as funnel
from tests.conftest import TEST_KEY
from tests.disburse.accounts.test_linking import apply, pair
from tests.disburse.accounts.test_links import accept
from tests.disburse.accounts.world import MARCH, World

ROUNDS = 5
spawn = get_context("spawn")
Act = Callable[[Database, int, list[str]], None]


def accept_account(database: Database, racer: int, ids: list[str]) -> None:
    """Each racer wants the same account for another person."""
    acceptance = Acceptance(person_id=UUID(ids[racer]), account_id=UUID(ids[2]), how=How.CLERK, since=MARCH)
    with database.transaction() as session:
        actions.accept(session, acceptance=acceptance, by=COMMAND)


def accept_person(database: Database, racer: int, ids: list[str]) -> None:
    """Each racer wants another account for the same person."""
    acceptance = Acceptance(person_id=UUID(ids[2]), account_id=UUID(ids[racer]), how=How.CLERK, since=MARCH)
    with database.transaction() as session:
        actions.accept(session, acceptance=acceptance, by=COMMAND)


def link_or_merge(database: Database, racer: int, ids: list[str]) -> None:
    """One links a record to an account while the other merges that record into another."""
    kept, gone = UUID(ids[0]), UUID(ids[1])
    with database.transaction() as session:
        if racer:
            duplicates.propose(session, kept_id=kept, gone_id=gone, kept_link_id=None, reason="trùng", by=COMMAND)
        else:
            acceptance = Acceptance(person_id=gone, account_id=UUID(ids[2]), how=How.CLERK, since=MARCH)
            actions.accept(session, acceptance=acceptance, by=COMMAND)


def answer_card(database: Database, racer: int, ids: list[str]) -> None:
    """Two clerks answer one card, one yes, one no."""
    said = Decision.YES if racer else Decision.NO
    given = Answer(0, UUID(ids[0]), UUID(ids[1]), said, "Vì vậy", f"clerk {racer}", date(2024, 3, 5))
    with database.transaction() as session:
        answers.answer(session, answers=[given], by=COMMAND)


def bank_says(database: Database, racer: int, ids: list[str]) -> None:
    """The bank's yes and no for one account arrive together."""
    given = BankAnswer(
        key=1,
        bank_code="VBA",
        account_number=ids[0],
        status=WireState.SUCCEEDED if racer else WireState.REJECTED,
        reason_code="" if racer else "rjct.name.mismatch",
        checked_at=clock.utc_now().replace(minute=0, second=0, microsecond=0),  # both looked at once
    )
    with database.transaction() as session:
        done = confirmations.take_answers(session, answers=[given], source="race", by=COMMAND)
    if done.left_out:
        raise DisburseError(done.left_out[1][0], **done.left_out[1][1])


def race(url: str, act: Act, racer: int, ids: list[str], barrier: Barrier, told: Any) -> None:
    """One racer: open, wait for the other, act, tell how it ended."""
    crypto.use(crypto.Keyring(bytes.fromhex(TEST_KEY)))
    database = Database(url)
    barrier.wait(60)
    for round_ in range(0, len(ids), 3):
        barrier.wait(60)
        try:
            act(database, racer, ids[round_ : round_ + 3])
            told.put((round_, racer, "won"))
        except DisburseError as error:
            told.put((round_, racer, error.code))
    database.close()


def run_race(world: World, act: Act, ids: list[str]) -> dict[int, dict[int, str]]:
    """Race two processes over rounds of three ids; returns round → racer → outcome."""
    barrier, told = spawn.Barrier(2), spawn.Queue()
    racers = [spawn.Process(target=race, args=(world.database.url, act, n, ids, barrier, told)) for n in (0, 1)]
    for racer in racers:
        racer.start()
    ends: dict[int, dict[int, str]] = {}
    for _ in range(2 * len(ids) // 3):
        round_, number, outcome = told.get(timeout=120)
        ends.setdefault(round_, {})[number] = outcome
    for racer in racers:
        racer.join(60)
    assert [racer.exitcode for racer in racers] == [0, 0]
    return ends


def live(world: World) -> list[Link]:
    with world.database.reading() as session:
        assert funnel.differences(session) == []
        ended = (LinkState.CLOSED, LinkState.REFUSED)
        return [x for x in session.exec(select(Link)) if x.state not in ended]


class TestRaces:
    def test_an_account_goes_to_one_of_two(self, world: World) -> None:
        """In every round exactly one process wins; the loser hears that the account is taken."""
        ids = []
        for number in range(ROUNDS):
            people = [world.person(f"{side}{number}", "Nguyễn Văn Tám") for side in "ab"]
            ids += [str(i) for i in (*people, world.account(f"12345678900{number:02d}"))]
        ends = run_race(world, accept_account, ids)
        for outcomes in ends.values():
            assert sorted(outcomes.values()) in (["account_taken", "won"], ["account_taken_now", "won"])
        assert len(live(world)) == ROUNDS

    def test_a_person_gets_one_of_two_accounts(self, world: World) -> None:
        """At most one primary link, whoever is first."""
        ids = []
        for number in range(ROUNDS):
            accounts = [world.account(f"{side}2345678900{number:02d}") for side in "12"]
            ids += [str(i) for i in (*accounts, world.person(f"p{number}", "Nguyễn Văn Tám"))]
        ends = run_race(world, accept_person, ids)
        for outcomes in ends.values():
            assert sorted(outcomes.values()) == ["person_has_link", "won"]
        assert len(live(world)) == ROUNDS

    def test_a_record_is_linked_before_it_is_merged_or_not_at_all(self, world: World) -> None:
        """The link goes with the merge or is refused; no live link is left under a record that is gone."""
        ids = []
        for number in range(ROUNDS):
            people = [world.person(f"{side}{number}", "Nguyễn Văn Tám") for side in ("kept", "gone")]
            ids += [str(i) for i in (*people, world.account(f"12345678900{number:02d}"))]
        ends = run_race(world, link_or_merge, ids)
        for outcomes in ends.values():
            assert (outcomes[0] in ("won", "holder_merged"), outcomes[1]) == (True, "won")
        assert {x.person_id for x in live(world)} <= {world.persons[f"kept{n}"] for n in range(ROUNDS)}

    def test_yes_and_no_of_two_clerks_end_in_one_answer(self, world: World) -> None:
        """Both are taken one after the other; candidate and link agree afterwards."""
        ids = []
        for number in range(ROUNDS):
            person = world.person(f"p{number}", "Nguyễn Văn Tám")
            account = world.account(f"12345678900{number:02d}")
            apply(world, pair(world, f"p{number}", account, "review"))
            ids += [str(person), str(account), ""]
        run_race(world, answer_card, ids)
        linked = {x.account_id for x in live(world)}
        with world.database.reading() as session:
            for candidate in session.exec(select(Candidate)):
                assert (candidate.account_id in linked) == (candidate.state == CandidateState.ACCEPTED)

    def test_a_no_of_the_bank_beside_its_yes_holds_the_payment(self, world: World) -> None:
        """Whichever is first: a no after the yes takes it back, a yes after the no is too late."""
        ids = []
        for number in range(ROUNDS):
            world.person(f"p{number}", "Nguyễn Văn Tám")
            accept(world, f"p{number}", world.account(f"12345678900{number:02d}"))
            ids += [f"12345678900{number:02d}", "", ""]
        ends = run_race(world, bank_says, ids)
        for outcomes in ends.values():
            assert outcomes[0] == "won"
            assert outcomes[1] in ("won", "line_link_ended")
        assert live(world) == []


@pytest.mark.campaign
def test_fifty_rounds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty rounds of the first race."""
    monkeypatch.setattr("tests.disburse.accounts.test_races.ROUNDS", 50)
    TestRaces().test_an_account_goes_to_one_of_two(world)
