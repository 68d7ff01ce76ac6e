"""Clerks' answers overrule the rule in both directions, and lead to the same links whatever the rule did before."""

from __future__ import annotations

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from disburse.accounts import answers
from disburse.accounts.answers import Answer, Answered, Decision
from disburse.accounts.tables import AccountStatus, CandidateState, LinkState
from disburse.errors import Invalid
from tests.disburse.accounts.test_linking import TAM, apply, candidates, links, pair
from tests.disburse.accounts.test_links import accept, cell, move
from tests.disburse.accounts.world import CLERK, World

ON = date(2024, 3, 20)


def say(
    world: World, *said: tuple[str, UUID, str], on: date = ON, by: str = "Trịnh Thị Mỹ Duyên", reason: str = "Vì vậy"
) -> Answered:
    given = [
        Answer(number, world.persons[person], account, Decision(decision), reason, by, on)
        for number, (person, account, decision) in enumerate(said)
    ]
    with world.database.transaction() as session:
        return answers.answer(session, answers=given, by=CLERK)


def live(world: World) -> list[tuple[UUID | None, UUID]]:
    states = (LinkState.ACCEPTED, LinkState.REQUESTED, LinkState.RECEIVED, LinkState.CONFIRMED)
    return sorted((x.person_id, x.account_id) for x in links(world) if x.state in states)  # type: ignore[type-var]


class TestAnswer:
    def test_yes_links_from_the_day_it_was_decided(self, world: World) -> None:
        """By the clerk, since the day of the decision, not of the import."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account, "review"))
        assert say(world, ("tam", account, "yes")).accepted == 1
        (link,) = links(world)
        assert (link.decided_how, link.decided_by, link.since) == ("clerk", "Trịnh Thị Mỹ Duyên", ON)
        assert cell(world) == (1, 0, 0)

    def test_no_is_remembered_with_its_reason_and_never_asked_again(self, world: World) -> None:
        """The next run of the matcher leaves the pair alone, even when it is sure."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account, "review"))
        assert say(world, ("tam", account, "no"), reason="Trùng tên").rejected == 1
        apply(world, pair(world, "tam", account))
        assert [(c.state, c.reason) for c in candidates(world)] == [(CandidateState.REJECTED, "Trùng tên")]
        assert links(world) == []

    def test_no_needs_a_reason(self, world: World) -> None:
        """A no without a reason is not taken."""
        world.person("tam", **TAM)
        with pytest.raises(Invalid):
            say(world, ("tam", world.account("1234567890123"), "no"), reason=" ")

    def test_no_closes_what_the_rule_had_accepted(self, world: World) -> None:
        """A clerk overrules."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account))
        assert say(world, ("tam", account, "no")).closed == 1
        assert [(x.state, x.reason) for x in links(world)] == [(LinkState.CLOSED, "clerk_no")]
        assert cell(world) == (0, 0, 0)

    def test_unsure_takes_the_rules_link_back_for_a_second_opinion(self, world: World) -> None:
        """Nobody is paid on a doubt."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account))
        assert say(world, ("tam", account, "unsure")).unsure == 1
        assert live(world) == []
        assert say(world, ("tam", account, "yes"), on=date(2024, 3, 21)).accepted == 1

    def test_what_the_bank_confirmed_is_not_undone_by_a_no(self, world: World) -> None:
        """Left out, with the reason."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account))
        move(world, links(world)[0].id, LinkState.REQUESTED, LinkState.CONFIRMED)
        assert say(world, ("tam", account, "no")).left_out == {0: "line_link_confirmed"}

    def test_a_pair_nobody_asked_is_ignored(self, world: World) -> None:
        """Counted, not an error."""
        world.person("tam", **TAM)
        assert say(world, ("tam", world.account("1234567890123"), "yes")).ignored == 1

    def test_the_same_answers_again_change_nothing(self, world: World) -> None:
        """All are `same`."""
        world.person("tam", **TAM)
        one, two = world.account("1234567890123"), world.account("1234567890124")
        apply(world, pair(world, "tam", one), pair(world, "tam", two))
        said = (("tam", one, "yes"), ("tam", two, "no"))
        say(world, *said)
        before = [c.model_dump() for c in candidates(world)]
        assert say(world, *said).same == 2
        assert [c.model_dump() for c in candidates(world)] == before
        assert len(links(world)) == 1

    def test_an_old_answer_does_not_overrule_a_newer_one(self, world: World) -> None:
        """Files may come late."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account, "review"))
        say(world, ("tam", account, "no"), on=date(2024, 3, 21))
        assert say(world, ("tam", account, "yes"), on=date(2024, 3, 20)).ignored == 1
        assert live(world) == []

    def test_yes_picks_the_account_of_a_choice(self, world: World) -> None:
        """Two matched accounts: the yes decides."""
        world.person("tam", **TAM)
        one, two = world.account("1234567890123"), world.account("1234567890124")
        apply(world, pair(world, "tam", one), pair(world, "tam", two))
        say(world, ("tam", two, "yes"))
        assert live(world) == [(world.persons["tam"], two)]

    def test_of_two_yeses_the_first_stands(self, world: World) -> None:
        """The second is left out in words."""
        world.person("tam", **TAM)
        one, two = world.account("1234567890123"), world.account("1234567890124")
        apply(world, pair(world, "tam", one), pair(world, "tam", two))
        assert say(world, ("tam", two, "yes"), ("tam", one, "yes")).left_out == {1: "person_has_link"}
        assert live(world) == [(world.persons["tam"], two)]

    def test_yes_to_a_closed_account_is_left_out(self, world: World) -> None:
        """Money cannot go there."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account, "review"))
        world.account("1234567890123", status=AccountStatus.CLOSED)
        assert say(world, ("tam", account, "yes")).left_out == {0: "account_not_linkable"}

    def test_a_clerks_link_does_not_give_way_to_another_answer(self, world: World) -> None:
        """An account that a clerk gave to somebody else stays theirs."""
        world.person("tam", **TAM)
        world.person("an", "Trần Thị An")
        account = world.account("1234567890123")
        accept(world, "an", account)
        apply(world, pair(world, "tam", account))
        assert say(world, ("tam", account, "yes")).left_out == {0: "account_taken"}

    def test_the_banks_refusal_outlives_the_same_yes(self, world: World) -> None:
        """The file is imported again after the bank refused: the old yes does not link again, a newer one does."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account, "review"))
        say(world, ("tam", account, "yes"))
        link = links(world)[0].id
        move(world, link, LinkState.REQUESTED)
        move(world, link, LinkState.REFUSED, reason="rjct.name.mismatch")
        assert say(world, ("tam", account, "yes")).same == 1
        assert live(world) == []


class TestThresholds:
    """Whatever the matcher accepted or queued, the same answers lead to the same links."""

    @pytest.mark.parametrize("opinions", list(product(("match", "review"), repeat=3)))
    def test_the_same_answers_lead_to_the_same_links(self, world: World, opinions: tuple[str, str, str]) -> None:
        """Three pairs in every mix of accepted and queued: a choice, a stranger's account, a homonym."""
        world.person("tam", **TAM)
        world.person("an", "Trần Thị An", "1948-01-05")
        one, two, shared = (world.account(f"123456789012{n}") for n in range(3))
        proposed = (("tam", one), ("tam", two), ("an", shared))
        apply(world, *(pair(world, p, a, o) for (p, a), o in zip(proposed, opinions, strict=True)))
        say(world, ("tam", one, "yes"), ("tam", two, "no"), ("an", shared, "no"))
        with world.database.transaction() as session:
            answers.reject_open(session, decided_on=ON, by=CLERK)
        assert live(world) == [(world.persons["tam"], one)]

    @pytest.mark.parametrize("opinions", list(product(("match", "review"), repeat=2)))
    def test_a_yes_wins_over_an_account_the_rule_preferred(self, world: World, opinions: tuple[str, str]) -> None:
        """The other account is not named in the file: accepted by rule or queued, it gives way."""
        world.person("tam", **TAM)
        one, two = world.account("1234567890123"), world.account("1234567890124")
        apply(world, pair(world, "tam", one, opinions[0]), pair(world, "tam", two, opinions[1]))
        say(world, ("tam", one, "yes"))
        assert live(world) == [(world.persons["tam"], one)]

    @pytest.mark.parametrize("opinions", list(product(("match", "review"), repeat=2)))
    def test_an_account_goes_to_whom_the_clerk_says(self, world: World, opinions: tuple[str, str]) -> None:
        """Two people resemble the holder; the rule may have taken the wrong one."""
        world.person("tam", **TAM)
        world.person("an", "Trần Thị An", "1948-01-05")
        account = world.account("1234567890123")
        apply(world, pair(world, "an", account, opinions[0]), pair(world, "tam", account, opinions[1]))
        say(world, ("tam", account, "yes"), ("an", account, "no"))
        assert live(world) == [(world.persons["tam"], account)]


class TestRejectOpen:
    def test_only_what_is_asked_is_turned_down(self, world: World) -> None:
        """Pairs without a question keep their state; a later explicit yes still counts."""
        world.person("tam", **TAM)
        world.person("an", "Trần Thị An")
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account, "review"))
        with world.database.transaction() as session:
            assert answers.reject_open(session, decided_on=date(2024, 3, 31), by=CLERK) == 1
        with world.database.transaction() as session:
            assert answers.reject_open(session, decided_on=date(2024, 3, 31), by=CLERK) == 0
        assert say(world, ("tam", account, "yes"), on=ON).accepted == 1
