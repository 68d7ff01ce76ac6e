"""Applying the matcher's pairs: accept what is safe, ask the rest, and change nothing the second time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from disburse.accounts import actions, linking, verdicts
from disburse.accounts.actions import Acceptance
from disburse.accounts.commands import link_here
from disburse.accounts.gathering import ids_of
from disburse.accounts.pairs import Pair, Pairs
from disburse.accounts.proposals import propose, settings_of
from disburse.accounts.states import How
from disburse.accounts.tables import (
    EVIDENCE,
    AccountStatus,
    Candidate,
    CandidateState,
    Link,
    LinkState,
    RegistrationSource,
)
from disburse.audit.actor import SYSTEM
from disburse.errors import Invalid
from disburse.people.tables import Organisation, Sex
from tests.disburse.accounts.test_links import accept, confirmed, get, move
from tests.disburse.accounts.world import MARCH, OTHER_COMMUNE, World

TAM = {"name": "Nguyễn Văn Tám", "born": "1951-03-12", "citizen_id": "051051001234"}
TAM_AT_BANK = {"holder": "NGUYEN VAN TAM", "born": "1951-03-12", "citizen_id": "051051001234"}


def candidates(world: World) -> list[Candidate]:
    with world.database.reading() as session:
        return list(session.exec(select(Candidate).order_by(Candidate.id)))  # type: ignore[arg-type]


def links(world: World) -> list[Link]:
    with world.database.reading() as session:
        return list(session.exec(select(Link).order_by(Link.id)))  # type: ignore[arg-type]


class TestLinkHere:
    """The whole run: frames from the database, the matcher, candidates and links."""

    def test_a_sure_pair_is_accepted_with_its_evidence(self, world: World) -> None:
        """Same ID, name and birth: linked by the rule of the preset, the reasons sealed beside it."""
        world.person("tam", **TAM)
        account = world.account("1234567890123", **TAM_AT_BANK)
        assert link_here(world.database) == {
            "candidates": 1, "accepted": 1, "review": 0, "returned": 0, "preset": settings_of("").name, "full": True
        }  # fmt: skip
        (link,), (candidate,) = links(world), candidates(world)
        assert (link.account_id, link.decided_how, link.preset) == (account, "rule", candidate.preset)
        assert candidate.state == CandidateState.ACCEPTED
        assert "number:equal" in EVIDENCE.open(candidate.id, candidate.evidence_sealed)
        assert b"number" not in candidate.evidence_sealed

    def test_twice_changes_nothing(self, world: World) -> None:
        """The second run accepts nothing, asks nothing new and rewrites no row."""
        world.person("tam", **TAM)
        world.person("an", "Trần Thị An", "1948")
        world.account("1234567890123", **TAM_AT_BANK)
        world.account("1234567890124", "TRAN THI AN", "1948-06-01")
        link_here(world.database)
        before = [(c.model_dump(), x.model_dump()) for c in candidates(world) for x in links(world)]
        again = link_here(world.database)
        assert (again["accepted"], again["returned"]) == (0, 0)
        assert [(c.model_dump(), x.model_dump()) for c in candidates(world) for x in links(world)] == before

    def test_a_guardians_account_is_the_guardians_not_the_wards(self, world: World) -> None:
        """The ward is not on the matcher's left side at all, even when an account carries the ward's own name."""
        world.person("giam", "Lê Văn Giám", "1970-05-01", "051070001234", programme=None)
        world.person("an", "Lê Thị An", "2015-01-02", "051315001234", recipient="giam")
        guardians = world.account("1234567890123", "LE VAN GIAM", "1970-05-01", "051070001234")
        world.account("1234567890124", "LE THI AN", "2015-01-02", "051315001234")
        link_here(world.database)
        assert [(x.person_id, x.account_id) for x in links(world)] == [(world.persons["giam"], guardians)]

    def test_an_account_that_cannot_receive_is_no_candidate(self, world: World) -> None:
        """A closed account of the very same person is neither accepted nor asked."""
        world.person("tam", **TAM)
        world.account("1234567890123", **TAM_AT_BANK, status=AccountStatus.CLOSED)
        assert link_here(world.database)["candidates"] == 0

    def test_a_link_to_an_account_that_closes_before_the_bank_confirmed_ends(self, world: World) -> None:
        """Accepted in March, the April list says closed: the link ends with that reason."""
        world.person("tam", **TAM)
        world.account("1234567890123", **TAM_AT_BANK)
        link_here(world.database)
        world.account("1234567890123", **TAM_AT_BANK, status=AccountStatus.CLOSED)
        assert link_here(world.database)["returned"] == 1
        assert (links(world)[0].state, links(world)[0].reason) == (LinkState.CLOSED, "account_closed")

    def test_two_matching_accounts_are_a_clerks_choice(self, world: World) -> None:
        """Never a choice by score or date."""
        world.person("tam", **TAM)
        world.account("1234567890123", **TAM_AT_BANK)
        world.account("22334455667788", **TAM_AT_BANK, bank="BIDV")
        assert link_here(world.database)["review"] == 2
        assert {c.asks for c in candidates(world)} == {verdicts.CHOOSE}
        assert links(world) == []

    def test_the_account_stated_on_the_roster_is_the_receiving_one(self, world: World) -> None:
        """Of two matching accounts the roster names one: that one is linked, the other stays a candidate."""
        world.person("tam", **TAM)
        world.account("1234567890123", **TAM_AT_BANK)
        stated = world.account("22334455667788", **TAM_AT_BANK, bank="BIDV")
        world.account("22334455667788", "", bank="BIDV", source=RegistrationSource.ROSTER, person="tam", status=None)
        assert link_here(world.database)["accepted"] == 1
        assert [(x.account_id, x.decided_how) for x in links(world)] == [(stated, "stated")]
        assert {c.asks for c in candidates(world)} == {""}

    def test_an_account_only_the_roster_knows_is_taken_as_stated(self, world: World) -> None:
        """No bank has spoken of it yet; the bank's confirmation follows."""
        world.person("tam", **TAM)
        world.account("1234567890123", "", source=RegistrationSource.ROSTER, person="tam", status=None)
        link_here(world.database)
        assert [x.decided_how for x in links(world)] == ["stated"]

    def test_a_stated_account_that_the_bank_gives_to_another_is_asked(self, world: World) -> None:
        """The bank's list shows another holder: nobody is linked, a clerk sees it."""
        world.person("tam", **TAM)
        world.account("1234567890123", "PHAM QUOC BAO", "1980-08-08", "051080001234")
        world.account("1234567890123", "", source=RegistrationSource.ROSTER, person="tam", status=None)
        assert link_here(world.database)["review"] == 1
        assert [c.asks for c in candidates(world)] == [verdicts.SAME_PERSON]

    def test_one_stated_number_for_two_people_is_shown_not_taken(self, world: World) -> None:
        """The same account claimed twice is refused for both."""
        world.person("tam", **TAM)
        world.person("an", "Trần Thị An", "1948-01-05")
        for person in ("tam", "an"):
            world.account("1234567890123", "", source=RegistrationSource.ROSTER, person=person, status=None)
        assert link_here(world.database)["review"] == 2
        assert {c.asks for c in candidates(world)} == {verdicts.SHARED}
        assert links(world) == []

    def test_an_account_that_another_holds_is_shown_not_taken(self, world: World) -> None:
        """A clerk gave the account to somebody; the person it matches is a question."""
        world.person("tam", **TAM)
        world.person("an", "Trần Thị An", "1948-01-05")
        account = world.account("1234567890123", **TAM_AT_BANK)
        accept(world, "an", account)
        link_here(world.database)
        assert [c.asks for c in candidates(world)] == [verdicts.SHARED]

    def test_an_account_that_an_organisation_holds_is_shown_not_taken(self, world: World) -> None:
        """A home receives through it for its residents; the person it matches is a question, and the run goes on."""
        world.person("tam", **TAM)
        account = world.account("1234567890123", **TAM_AT_BANK)
        with world.database.transaction() as session:
            home = Organisation(name="Trung tâm bảo trợ", name_fold="trung tam bao tro", province_code="51")
            session.add(home)
            session.flush()
            held = Acceptance(organisation_id=home.id, account_id=account, how=How.CLERK, since=MARCH)
            actions.accept(session, acceptance=held, by=SYSTEM)
        assert link_here(world.database)["accepted"] == 0
        assert [c.asks for c in candidates(world)] == [verdicts.SHARED]

    def test_a_misfit_that_rosters_state_twice_is_asked(self, world: World) -> None:
        """The bank gives the account to another: a second roster that says otherwise does not make it the person's."""
        world.person("tam", **TAM)
        world.account("1234567890123", "PHAM QUOC BAO", "1980-08-08", "051080001234")
        for holder in ("", TAM["name"]):
            world.account("1234567890123", holder, source=RegistrationSource.ROSTER, person="tam", status=None)
        assert link_here(world.database)["accepted"] == 0
        assert [c.asks for c in candidates(world)] == [verdicts.SAME_PERSON]

    @pytest.mark.parametrize("holders", [("", "PHAM QUOC BAO"), ("PHAM QUOC BAO", "")])
    def test_a_holder_whom_one_roster_names_otherwise_is_asked(self, world: World, holders: tuple[str, str]) -> None:
        """No bank has spoken; one list says the account is theirs, another that its holder is somebody else."""
        world.person("tam", **TAM)
        for holder in holders:
            world.account("1234567890123", holder, source=RegistrationSource.ROSTER, person="tam", status=None)
        assert link_here(world.database)["accepted"] == 0
        assert [c.asks for c in candidates(world)] == [verdicts.SAME_PERSON]

    def test_a_scope_applies_to_its_people_but_rivals_count_everywhere(self, world: World) -> None:
        """A run over one commune leaves the other alone, and does not accept what a rival there makes doubtful."""
        both: dict[str, Any] = {"name": "Nguyễn Văn Tám", "born": "1951-03-12"}
        world.person("here", **both, sex=Sex.MALE)
        world.person("there", **both, commune=OTHER_COMMUNE, sex=Sex.MALE)
        world.person("far", "Trần Thị An", "1948-01-05", "051148001234", commune=OTHER_COMMUNE)
        world.account("1234567890123", "NGUYEN VAN TAM", "1951-03-12", sex=Sex.MALE)
        world.account("1234567890124", "TRAN THI AN", "1948-01-05", "051148001234")
        done = link_here(world.database, area="21040")
        assert (done["accepted"], done["review"]) == (0, 1)
        assert {c.person_id for c in candidates(world)} == {world.persons["here"]}

    def test_a_programme_and_an_area_must_exist(self, world: World) -> None:
        """A typing error is an error, not an empty run."""
        with pytest.raises(Invalid, match="no programme"):
            link_here(world.database, programme="NCCC")
        with pytest.raises(Invalid, match="no area"):
            link_here(world.database, area="00000")

    def test_a_form_somebody_keyed_in_is_no_roster(self, world: World) -> None:
        """What a change of account states is that change's own affair: turned down, no run takes it up again."""
        world.person("tam", **TAM)
        world.account("1234567890123", source=RegistrationSource.SIGNED_FORM, person="tam", status=None)
        assert link_here(world.database)["candidates"] == 0
        world.account("1234567890124", source=RegistrationSource.ROSTER, person="tam", status=None)
        assert link_here(world.database)["accepted"] == 1

    def test_people_without_registrations_are_no_error(self, world: World) -> None:
        """Before the first bank list there is simply nothing."""
        world.person("tam", **TAM)
        assert link_here(world.database)["candidates"] == 0

    def test_an_empty_database_is_no_error(self, world: World) -> None:
        """Nor is an installation of the first day."""
        assert link_here(world.database)["candidates"] == 0


def apply(world: World, *pairs: Pair) -> linking.Applied:
    """Apply pairs as if the matcher had said so."""
    with world.database.transaction() as session:
        return linking.apply(
            session, persons=ids_of(world.persons.values()), pairs=Pairs.of(pairs).claimed(), preset="test", by=SYSTEM
        )


def pair(world: World, person: str, account: UUID, decision: str = "match", score: float = 0.999) -> Pair:
    with world.database.reading() as session:
        from disburse.accounts.tables import Registration

        registration = session.exec(select(Registration.id).where(Registration.account_id == account)).first()
    assert registration is not None
    return Pair(world.persons[person], account, registration, score, decision, "name:exact")


class TestApply:
    """The rules one by one, with the matcher's opinion given."""

    def test_a_doubtful_pair_is_asked(self, world: World) -> None:
        """A review waits for a clerk."""
        world.person("tam", **TAM)
        done = apply(world, pair(world, "tam", world.account("1234567890123"), "review"))
        assert (done.accepted, done.asks) == (0, {verdicts.SAME_PERSON: 1})

    def test_beside_an_accepted_account_a_weaker_one_needs_no_answer(self, world: World) -> None:
        """The pair is kept, but nobody is asked about it."""
        world.person("tam", **TAM)
        good, weak = world.account("1234567890123"), world.account("1234567890124")
        done = apply(world, pair(world, "tam", good), pair(world, "tam", weak, "review"))
        assert (done.accepted, done.review) == (1, 0)

    def test_a_margin_lost_to_a_later_rival_returns_the_link_to_review(self, world: World) -> None:
        """Accepted by rule yesterday, doubtful today: the link ends, the pair is asked."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account))
        done = apply(world, pair(world, "tam", account, "review", 0.7))
        assert (done.returned, done.asks) == (1, {verdicts.SAME_PERSON: 1})
        assert [(x.state, x.reason) for x in links(world)] == [(LinkState.CLOSED, "margin_lost")]

    def test_a_regained_margin_links_again_as_a_new_version(self, world: World) -> None:
        """The rival went away; the history shows both."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        for decision in ("match", "review", "match"):
            apply(world, pair(world, "tam", account, decision))
        assert [(x.version, x.state) for x in links(world)] == [(1, LinkState.CLOSED), (2, LinkState.ACCEPTED)]

    def test_a_confirmed_link_is_only_flagged(self, world: World) -> None:
        """The bank has said yes: the link stays, the pair carries a flag that goes away with its cause."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account))
        move(world, links(world)[0].id, LinkState.REQUESTED, LinkState.CONFIRMED)
        apply(world, pair(world, "tam", account, "review", 0.7))
        assert [(c.state, c.asks) for c in candidates(world)] == [(CandidateState.ACCEPTED, verdicts.MARGIN_LOST)]
        assert links(world)[0].state == LinkState.CONFIRMED
        apply(world, pair(world, "tam", account))
        assert [c.asks for c in candidates(world)] == [""]

    def test_a_clerks_link_does_not_return(self, world: World) -> None:
        """What a person decided the matcher does not take back."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        link = accept(world, "tam", account)
        apply(world, pair(world, "tam", account, "review"))
        assert get(world, link).state == LinkState.ACCEPTED

    def test_a_refused_pair_is_not_accepted_again_by_the_rule(self, world: World) -> None:
        """The bank said no; the next run must not ask it the same thing for ever."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account))
        move(world, links(world)[0].id, LinkState.REQUESTED)
        move(world, links(world)[0].id, LinkState.REFUSED, reason="rjct.name.mismatch")
        done = apply(world, pair(world, "tam", account))
        assert (done.accepted, len(links(world))) == (0, 1)

    def test_a_pair_no_longer_proposed_leaves_the_queue(self, world: World) -> None:
        """And comes back when it is proposed again."""
        world.person("tam", **TAM)
        account = world.account("1234567890123")
        apply(world, pair(world, "tam", account, "review"))
        apply(world)
        assert [c.state for c in candidates(world)] == [CandidateState.SUPERSEDED]
        apply(world, pair(world, "tam", account, "review"))
        assert [(c.state, c.asks) for c in candidates(world)] == [(CandidateState.OPEN, verdicts.SAME_PERSON)]

    def test_a_second_match_of_someone_confirmed_asks_nothing(self, world: World) -> None:
        """The receiving account is the live link's."""
        world.person("tam", **TAM)
        confirmed(world, "tam", world.account("1234567890123"))
        done = apply(world, pair(world, "tam", world.account("1234567890124")))
        assert (done.accepted, done.review) == (0, 0)


def test_statements_about_one_account_are_one_pair(world: World) -> None:
    """A bank list and a signed form about one account: the stronger statement speaks."""
    world.person("tam", **TAM)
    world.account("1234567890123", "NGUYEN VAN TAM", "1951-03-12")
    world.account("1234567890123", **TAM_AT_BANK, source=RegistrationSource.SIGNED_FORM)
    with world.database.reading() as session:
        proposals = propose(session, settings_of(""))
    (only,) = proposals.pairs.told(str)
    assert "number:equal" in only
