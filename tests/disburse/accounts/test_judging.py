"""A clerk's word on a card: one word links, two where money is at stake, and every word can be taken back."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import select

from disburse.accounts import actions, locks, review_queue, undoing
from disburse.accounts.review_queue import Filters
from disburse.accounts.tables import Candidate, CandidateState, LinkState
from disburse.audit.tables import AuditEvent
from disburse.errors import Conflict, Denied, DisburseError, Invalid, NotFound
from tests.disburse.accounts.reviewing import AN, BINH, candidate_of, clerk, pays, say, waiting_pair
from tests.disburse.accounts.test_linking import apply, candidates, links, pair
from tests.disburse.accounts.test_links import cell, move
from tests.disburse.accounts.world import World


def undo(world: World, by: object = AN) -> None:
    with world.database.transaction() as session:
        undoing.take_back(session, by=by)  # type: ignore[arg-type]


def state(world: World, candidate_id: UUID) -> tuple[CandidateState, str]:
    with world.database.reading() as session:
        found = session.get_one(Candidate, candidate_id)
        return found.state, found.asks


def queue(world: World, by: object = AN, **filters: str) -> list[UUID]:
    with world.database.reading() as session:
        return [one.id for one in review_queue.waiting_pairs(session, by, Filters(**filters))]  # type: ignore[arg-type]


def another_account(world: World) -> UUID:
    """A person with a confirmed account, and a card that asks about another one, which a second person may have too."""
    world.person("tam", "Nguyễn Văn Tám")
    one, two = world.account("1234567890123"), world.account("1234567890124")
    apply(world, pair(world, "tam", one))
    move(world, links(world)[0].id, LinkState.REQUESTED, LinkState.CONFIRMED)
    world.person("an", "Trần Thị An")
    apply(world, pair(world, "tam", two), pair(world, "an", two))
    return two


class TestJudge:
    def test_yes_links_at_once(self, world: World) -> None:
        """Little money: one clerk decides, and the act is in the audit log."""
        say(world, waiting_pair(world), "yes")
        assert [(x.state, x.decided_how, x.decided_by) for x in links(world)] == [(LinkState.ACCEPTED, "clerk", "an")]
        assert cell(world) == (1, 0, 0)
        with world.database.reading() as session:
            assert session.exec(select(AuditEvent.actor_name).where(AuditEvent.action == "candidate.judged")).all() == [
                "an"
            ]

    def test_no_needs_a_reason_of_the_list(self, world: World) -> None:
        """An unknown code, or `other` without words, is not a reason."""
        card = waiting_pair(world)
        for reason in ("", "because", "other"):
            with pytest.raises(Invalid):
                say(world, card, "no", reason=reason)
        say(world, card, "no", reason="died")
        assert [(c.state, c.reason) for c in candidates(world)] == [(CandidateState.REJECTED, "Đã mất")]

    def test_none_turns_down_every_pair_that_waits(self, world: World) -> None:
        """One answer for all accounts shown."""
        world.person("tam", "Nguyễn Văn Tám")
        one, two = world.account("1234567890123"), world.account("1234567890124")
        apply(world, pair(world, "tam", one, "review"), pair(world, "tam", two, "review"))
        say(world, candidate_of(world, "tam", two), "none")
        assert {c.state for c in candidates(world)} == {CandidateState.REJECTED}
        assert queue(world) == []

    def test_of_several_accounts_the_clerk_chooses(self, world: World) -> None:
        """The others stay as they are and are not asked while the chosen one is in use; when it ends they are."""
        world.person("tam", "Nguyễn Văn Tám")
        one, two = world.account("1234567890123"), world.account("1234567890124")
        apply(world, pair(world, "tam", one), pair(world, "tam", two))
        assert len(queue(world, kind="choose_account")) == 2
        say(world, candidate_of(world, "tam", two), "yes")
        assert [x.account_id for x in links(world)] == [two]
        assert queue(world) == []
        link = links(world)[0].id
        move(world, link, LinkState.REQUESTED)
        move(world, link, LinkState.REFUSED, reason="rjct.name.mismatch")
        assert queue(world) == [candidate_of(world, "tam", one)]

    def test_what_another_answered_is_not_answered_over(self, world: World) -> None:
        """The second clerk reads who was first."""
        card = waiting_pair(world)
        say(world, card, "no")
        with pytest.raises(Conflict) as told:
            say(world, card, "yes", BINH)
        assert (told.value.code, told.value.facts) == ("card_answered", {"name": "an"})

    def test_another_communes_pair_is_not_there(self, world: World) -> None:
        """Outside one's area or programme a pair does not exist."""
        card = waiting_pair(world)
        for stranger in (clerk("xa", area="01"), clerk("ncc", programme="NCC")):
            assert queue(world, stranger) == []
            with pytest.raises(NotFound):
                say(world, card, "yes", stranger)

    def test_a_card_in_another_clerks_hands_is_not_answered(self, world: World) -> None:
        """Whoever holds it answers it."""
        card = waiting_pair(world)
        with world.database.transaction() as session:
            locks.take(session, person_id=world.persons["tam"], by=BINH)
        with pytest.raises(Conflict) as told:
            say(world, card, "yes")
        assert told.value.code == "card_held"


class TestSecondOpinion:
    def test_much_money_takes_two(self, world: World) -> None:
        """The first yes changes nothing and waits for somebody else; the second links."""
        card = waiting_pair(world)
        pays(world, "tam", 6_000_000)
        assert say(world, card, "yes").waits
        assert (links(world), queue(world), queue(world, BINH, kind="second")) == ([], [], [card])
        with pytest.raises(Conflict) as told:
            say(world, card, "yes")
        assert told.value.code == "second_needed"
        assert say(world, card, "yes", BINH).agreed is True
        assert [(x.state, x.decided_by) for x in links(world)] == [(LinkState.ACCEPTED, "an")]

    def test_the_second_may_say_no(self, world: World) -> None:
        """Then nothing is linked, and the disagreement is remembered."""
        card = waiting_pair(world)
        pays(world, "tam", 6_000_000)
        say(world, card, "yes")
        assert say(world, card, "no", BINH).agreed is False
        assert (links(world), state(world, card)) == ([], (CandidateState.REJECTED, ""))

    def test_unsure_goes_to_somebody_else(self, world: World) -> None:
        """Never back to who was unsure."""
        card = waiting_pair(world)
        say(world, card, "unsure")
        assert (queue(world), queue(world, BINH, kind="unsure")) == ([], [card])
        say(world, card, "yes", BINH)
        assert len(links(world)) == 1

    def test_a_confirmed_account_is_replaced_by_a_proposal(self, world: World) -> None:
        """Two clerks agree, and what they make is a proposal: the confirmed link stays as it was."""
        two = another_account(world)
        card = candidate_of(world, "tam", two)
        assert say(world, card, "yes").waits
        say(world, card, "yes", BINH)
        assert sorted(x.state for x in links(world)) == [LinkState.CONFIRMED, LinkState.PROPOSED]
        undo(world, BINH)
        assert sorted(x.state for x in links(world)) == [LinkState.CLOSED, LinkState.CONFIRMED]
        assert state(world, card) == (CandidateState.OPEN, "shared_account")

    def test_two_people_are_enough_where_the_second_may_approve(self, world: World) -> None:
        """The first clerk's proposal, approved by the second's word; it waits for the bank and is undone whole."""
        two = another_account(world)
        card, chi = candidate_of(world, "tam", two), clerk("chi")
        say(world, card, "yes")
        said = say(world, card, "yes", chi)
        assert said.change["approved"]
        (new,) = [x for x in links(world) if x.account_id == two]
        assert (new.state, new.decided_by, new.approved_by) == (LinkState.APPROVED, "an", "chi")
        assert sorted(x.state for x in links(world)) == [LinkState.APPROVED, LinkState.CONFIRMED]
        undo(world, chi)
        assert sorted(x.state for x in links(world)) == [LinkState.CLOSED, LinkState.CONFIRMED]

    def test_who_only_agrees_cannot_approve_later_what_they_asked_for_first(self, world: World) -> None:
        """A commune's clerk agrees: the proposal is the first clerk's, who may not approve it, whatever their role."""
        two = another_account(world)
        card = candidate_of(world, "tam", two)
        say(world, card, "yes")
        say(world, card, "yes", BINH)
        (new,) = [x for x in links(world) if x.account_id == two]
        assert (new.state, new.decided_by) == (LinkState.PROPOSED, "an")
        with pytest.raises(Denied), world.database.transaction() as session:
            actions.approve_replacement(session, link_id=new.id, by=AN.by)


class TestTakeBack:
    @pytest.mark.parametrize("said", ["yes", "no", "none", "unsure"])
    def test_the_pair_waits_as_before(self, world: World, said: str) -> None:
        """Whatever was said, the pair is asked again and the cell is as it was."""
        card = waiting_pair(world)
        say(world, card, said)
        undo(world)
        assert (state(world, card), queue(world), cell(world)) == (
            (CandidateState.OPEN, "same_person"),
            [card],
            (0, 0, 0),
        )

    def test_a_no_to_what_the_rule_had_linked(self, world: World) -> None:
        """The rule's link lives again, as a new version, since the day it first counted."""
        world.person("tam", "Nguyễn Văn Tám")
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account))
        say(world, candidate_of(world, "tam", account), "no")
        undo(world)
        old, new = sorted(links(world), key=lambda x: x.version)
        assert (old.state, new.state, new.decided_how) == (LinkState.CLOSED, LinkState.ACCEPTED, "rule")
        assert (old.since, old.decided_by) == (new.since, new.decided_by)

    def test_a_yes_that_another_link_gave_way_to(self, world: World) -> None:
        """Both are as before: the rule's link, and the pair chosen instead of it."""
        world.person("tam", "Nguyễn Văn Tám")
        one, two = world.account("1234567890123"), world.account("1234567890124")
        apply(world, pair(world, "tam", one), pair(world, "tam", two, "review"))
        say(world, candidate_of(world, "tam", two), "yes")
        undo(world)
        live = [x.account_id for x in links(world) if x.state == LinkState.ACCEPTED]
        assert live == [one]

    def test_not_once_the_bank_was_asked(self, world: World) -> None:
        """From there on a link is closed in its own way."""
        say(world, waiting_pair(world), "yes")
        move(world, links(world)[0].id, LinkState.REQUESTED)
        with pytest.raises(Conflict) as told:
            undo(world)
        assert told.value.code == "answer_at_bank"

    def test_ones_own_answers_only_and_the_newest_first(self, world: World) -> None:
        """Another clerk has nothing to take back."""
        waiting_pair(world, "tam")
        world.person("binh", "Lê Văn Bình")
        second = waiting_pair(world, "binh", "1234567890124")
        for card in queue(world):
            say(world, card, "yes")
        with pytest.raises(NotFound):
            undo(world, BINH)
        undo(world)
        assert queue(world) == [second]

    def test_a_first_word_before_the_second(self, world: World) -> None:
        """It waits no more; after the second word it can no longer be taken back, the second can."""
        card = waiting_pair(world)
        pays(world, "tam", 6_000_000)
        say(world, card, "yes")
        undo(world)
        assert queue(world) == [card]
        say(world, card, "yes")
        say(world, card, "yes", BINH)
        with pytest.raises(DisburseError) as told:
            undo(world)
        assert told.value.code == "answer_settled"
        undo(world, BINH)
        assert queue(world, BINH, kind="second") == [card]
        assert [x.state for x in links(world)] == [LinkState.CLOSED]
