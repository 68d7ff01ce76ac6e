"""Accepting over a filter: which pairs the sample comes from, and which it speaks for."""

from __future__ import annotations

from uuid import UUID

from disburse.accounts import batches
from disburse.accounts.batches import SAMPLE
from disburse.accounts.pairs import Pair
from disburse.accounts.review_queue import Filters
from disburse.accounts.review_tables import ReviewSample
from disburse.accounts.tables import CandidateState
from tests.disburse.accounts.reviewing import AN, BINH, candidate_of, say
from tests.disburse.accounts.test_linking import apply, candidates, pair
from tests.disburse.accounts.world import World

WHOLE = Filters(low="0.1")


def draw(world: World, filters: Filters = WHOLE) -> ReviewSample:
    with world.database.transaction() as session:
        return batches.draw_sample(session, filters=filters, by=AN)


def waiting(world: World, count: int, *more: Pair) -> None:
    """Doubtful pairs of so many people, beside `more`."""
    found = []
    for n in range(count):
        world.person(f"p{n}", "Nguyễn Văn Tám")
        found.append(pair(world, f"p{n}", world.account(f"12345678905{n:02d}", "NGUYEN VAN TAM"), "review"))
    apply(world, *found, *more)


class TestDrawSample:
    def test_a_filter_hardly_another_draws_the_same_pairs(self, world: World) -> None:
        """Whoever does not like a sample cannot have another by moving the range of scores a little."""
        waiting(world, SAMPLE + 5)
        drawn = [draw(world, Filters(low=f"0.{n}")).candidate_ids for n in range(1, 5)]
        assert len(drawn[0]) == SAMPLE
        assert drawn == [drawn[0]] * 4

    def test_another_clerk_draws_other_pairs(self, world: World) -> None:
        """The order is each clerk's own: two of them look at more than one would."""
        waiting(world, SAMPLE + 5)
        with world.database.transaction() as session:
            other = batches.draw_sample(session, filters=WHOLE, by=BINH)
        assert set(other.candidate_ids) != set(draw(world).candidate_ids)


class TestAcceptBatch:
    def test_a_sample_speaks_for_the_pairs_it_was_drawn_from(self, world: World) -> None:
        """A pair whose rival was answered after the draw waits for a clerk, though it was found before."""
        world.person("tam", "Nguyễn Văn Tám")
        one, two = world.account("1234567890601"), world.account("1234567890602")
        waiting(world, SAMPLE + 2, pair(world, "tam", one, "review"), pair(world, "tam", two, "review"))
        sample = draw(world)
        assert sample.population == SAMPLE + 2
        for text in sample.candidate_ids:
            say(world, UUID(text), "yes")
        say(world, candidate_of(world, "tam", two), "no", by=BINH)
        with world.database.transaction() as session:
            assert batches.accept_batch(session, sample_id=sample.id, by=AN).accepted == 2
        states = [c.state for c in candidates(world) if c.person_id == world.persons["tam"]]
        assert sorted(states) == [CandidateState.OPEN, CandidateState.REJECTED]
