"""Two clerks, one card: the database decides, and the loser takes another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from disburse import clock
from disburse.access.actor import Actor
from disburse.accounts import judging, locks
from disburse.accounts.review_tables import Said
from disburse.db import Database
from disburse.errors import Conflict, DisburseError
from tests.disburse.accounts.reviewing import AN, BINH, clerk, pays, waiting_pair
from tests.disburse.accounts.test_linking import links
from tests.disburse.accounts.world import World


def take(database: Database, person: object, by: Actor) -> bool:
    with database.transaction() as session:
        return locks.try_take(session, person_id=person, by=by)  # type: ignore[arg-type]


class TestHold:
    def test_one_at_a_time_until_released(self, world: World) -> None:
        """Held by one; renewed by the same; free when let go."""
        person = uuid4()
        assert take(world.database, person, AN)
        assert take(world.database, person, AN)
        assert not take(world.database, person, BINH)
        with world.database.transaction() as session:
            locks.release(session, person_id=person, by=BINH)  # another's hold is not mine to end
        assert not take(world.database, person, BINH)
        with world.database.transaction() as session:
            locks.release(session, person_id=person, by=AN)
        assert take(world.database, person, BINH)

    def test_two_minutes(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """After two minutes whoever asks gets it, not a second sooner."""
        person, start = uuid4(), clock.utc_now()
        assert take(world.database, person, AN)
        for seconds, free in ((115, False), (125, True)):
            monkeypatch.setattr(clock, "_shift", timedelta(seconds=seconds))
            assert take(world.database, person, BINH) is free
        assert start.date() >= date(2024, 1, 1)


class TestRaces:
    def test_ten_clerks_want_one_card(self, world: World) -> None:
        """Round after round exactly one holds it."""
        clerks = [clerk(f"can bo {n}") for n in range(10)]
        for _ in range(5):
            person, gate = uuid4(), Barrier(10)

            def race(by: Actor, person: object = person, gate: Barrier = gate) -> bool:
                gate.wait(20)
                return take(world.database, person, by)

            with ThreadPoolExecutor(10) as pool:
                assert sum(pool.map(race, clerks)) == 1

    def test_two_clerks_answer_one_card(self, world: World) -> None:
        """One answer counts, the other is told who was quicker; never two links, never half an answer."""
        for number in range(4):
            card = waiting_pair(world, f"nguoi {number}", f"123456789012{number}")
            gate = Barrier(2)

            def race(by: Actor, card: object = card, gate: Barrier = gate) -> str:
                gate.wait(20)
                try:
                    with world.database.transaction() as session:
                        judging.judge(session, candidate_id=card, said=Said.YES, by=by)  # type: ignore[arg-type]
                except DisburseError as refused:
                    return refused.code
                return "done"

            with ThreadPoolExecutor(2) as pool:
                told = sorted(pool.map(race, (AN, BINH)))
            assert told[0] in ("card_answered", "card_held") and told[1] == "done"
        assert len(links(world)) == 4

    def test_the_first_word_is_one_clerks(self, world: World) -> None:
        """Much money, two first words at once: one waits for a second, and the other may be that second or is told."""
        card = waiting_pair(world)
        pays(world, "tam", 9_000_000)
        gate = Barrier(2)

        def race(by: Actor) -> str:
            gate.wait(20)
            try:
                with world.database.transaction() as session:
                    judged = judging.judge(session, candidate_id=card, said=Said.YES, by=by)
            except Conflict as refused:
                return refused.code
            return "waits" if judged.waits else "second"

        with ThreadPoolExecutor(2) as pool:
            told = sorted(pool.map(race, (AN, BINH)))
        assert told in (["second", "waits"], ["card_held", "waits"])
        assert len(links(world)) == told.count("second")
