"""Link actions: every legal move, every refusal in words, and the funnel that follows."""

from __future__ import annotations

from datetime import date
from string import Formatter
from uuid import UUID

import pytest
from sqlmodel import select

from disburse.accounts import actions, queries
from disburse.accounts.actions import Acceptance, Step
from disburse.accounts.states import MOVES, CloseReason, How
from disburse.accounts.tables import AccountStatus, Link, LinkState
from disburse.audit import queries as audit
from disburse.audit.actor import COMMAND, By
from disburse.duplicates import actions as duplicates
from disburse.errors import Conflict, Denied, DisburseError, Invalid, NotFound
from disburse.funnel import queries as funnel
from disburse.people.tables import Recipient
from tests.disburse.accounts.world import CHECKER, CLERK, COMMUNE, MARCH, World

DAY = date(2024, 3, 14)


def accept(world: World, person: str, account: UUID, *, primary: bool = True, by: By = CLERK) -> UUID:
    acceptance = Acceptance(
        person_id=world.persons[person], account_id=account, how=How.CLERK, since=MARCH, primary=primary
    )
    with world.database.transaction() as session:
        return actions.accept(session, acceptance=acceptance, by=by)


def move(world: World, link: UUID, *states: LinkState, reason: str = "", by: By = COMMAND) -> None:
    with world.database.transaction() as session:
        actions.move(session, steps=[Step(link, to, DAY, reason) for to in states], by=by)


def confirmed(world: World, person: str, account: UUID) -> UUID:
    link = accept(world, person, account)
    move(world, link, LinkState.REQUESTED, LinkState.RECEIVED, LinkState.CONFIRMED)
    return link


def get(world: World, link: UUID) -> Link:
    with world.database.reading() as session:
        found = session.get(Link, link)
        assert found is not None
        return found


def cell(world: World, programme: str = "BTXH") -> tuple[int, int, int]:
    with world.database.reading() as session:
        found = funnel.cell(session, programme, COMMUNE)
        assert found is not None
        assert funnel.differences(session) == []
        return found.registered_own, found.registered_other, found.confirmed


class TestAccept:
    def test_someone_with_an_account_is_registered(self, world: World) -> None:
        """One person, one open account: accepted, version 1, counted as own account."""
        world.person("tam", "Nguyễn Văn Tám")
        link = get(world, accept(world, "tam", world.account("1234567890123", "NGUYEN VAN TAM")))
        assert (link.state, link.version, link.decided_by, link.since) == (LinkState.ACCEPTED, 1, CLERK.name, MARCH)
        assert cell(world) == (1, 0, 0)

    @pytest.mark.parametrize(
        "facts",
        [
            {"status": AccountStatus.CLOSED},
            {"status": AccountStatus.LOCKED},
            {"currency": "USD"},
            {"joint": True},
        ],
    )
    def test_money_cannot_go_to_every_account(self, world: World, facts: dict[str, object]) -> None:
        """Closed, locked, foreign-currency and joint accounts are not linkable."""
        world.person("tam", "Nguyễn Văn Tám")
        account = world.account("1234567890123", "NGUYEN VAN TAM", **facts)  # type: ignore[arg-type]
        with pytest.raises(Conflict, match="cannot receive"):
            accept(world, "tam", account)
        assert cell(world) == (0, 0, 0)

    def test_an_account_of_which_only_the_number_is_known_is_linkable(self, world: World) -> None:
        """Nobody said it is closed."""
        world.person("tam", "Nguyễn Văn Tám")
        accept(world, "tam", world.account("1234567890123", status=None))

    def test_one_account_serves_one_person(self, world: World) -> None:
        """The same account for a second person is refused in words."""
        account = world.account("1234567890123", "NGUYEN VAN TAM")
        world.person("tam", "Nguyễn Văn Tám")
        world.person("buoi", "Trần Thị Bưởi")
        accept(world, "tam", account)
        with pytest.raises(Conflict) as refused:
            accept(world, "buoi", account)
        assert refused.value.code == "account_taken"
        assert "VBA …0123" in refused.value.sentence()

    def test_one_primary_account_a_person(self, world: World) -> None:
        """A second account is refused as primary, and taken as a named one."""
        world.person("tam", "Nguyễn Văn Tám")
        first, second = world.account("1234567890123"), world.account("1234567890124")
        accept(world, "tam", first)
        with pytest.raises(Conflict) as refused:
            accept(world, "tam", second)
        assert refused.value.code == "person_has_link"
        assert get(world, accept(world, "tam", second, primary=False)).is_primary is False

    def test_a_batch_is_all_or_none(self, world: World) -> None:
        """Two people and one account in one batch: neither is linked."""
        account = world.account("1234567890123")
        people = [world.person("tam", "Nguyễn Văn Tám"), world.person("buoi", "Trần Thị Bưởi")]
        batch = [Acceptance(person_id=p, account_id=account, how=How.RULE, since=MARCH) for p in people]
        with pytest.raises(Conflict), world.database.transaction() as session:
            actions.accept_all(session, acceptances=batch, by=COMMAND)
        assert cell(world) == (0, 0, 0)

    def test_a_link_has_exactly_one_holder(self, world: World) -> None:
        """Neither a person nor an organisation is nobody."""
        acceptance = Acceptance(account_id=world.account("1234567890123"), how=How.CLERK, since=MARCH)
        with pytest.raises(Invalid), world.database.transaction() as session:
            actions.accept(session, acceptance=acceptance, by=CLERK)

    def test_nobody_is_linked_under_a_record_that_was_merged(self, world: World) -> None:
        """Whoever still has the old page open is told to go on with the record that remains."""
        kept, gone = world.person("tam", "Nguyễn Văn Tám"), world.person("cu", "Nguyễn Văn Tám")
        with world.database.transaction() as session:
            duplicates.propose(session, kept_id=kept, gone_id=gone, kept_link_id=None, reason="trùng", by=CLERK)
        with pytest.raises(Conflict, match="merged into another"):
            accept(world, "cu", world.account("1234567890123"))

    def test_after_a_refusal_the_pair_may_be_tried_again_as_a_new_version(self, world: World) -> None:
        """The refused link stays in the history."""
        world.person("tam", "Nguyễn Văn Tám")
        account = world.account("1234567890123")
        first = accept(world, "tam", account)
        move(world, first, LinkState.REQUESTED)
        move(world, first, LinkState.REFUSED, reason="rjct.name.mismatch")
        assert cell(world) == (0, 0, 0)
        second = get(world, accept(world, "tam", account))
        assert (second.version, get(world, first).state) == (2, LinkState.REFUSED)
        assert cell(world) == (1, 0, 0)


class TestMove:
    def test_the_bank_confirms(self, world: World) -> None:
        """Accepted, requested, received, confirmed: the day of the bank's yes is kept."""
        world.person("tam", "Nguyễn Văn Tám")
        link = get(world, confirmed(world, "tam", world.account("1234567890123")))
        assert (link.state, link.confirmed_on, link.ended_on) == (LinkState.CONFIRMED, DAY, None)
        assert cell(world) == (1, 0, 1)

    @pytest.mark.parametrize("state", [s for s in LinkState if s not in MOVES[LinkState.ACCEPTED]])
    def test_an_accepted_link_goes_nowhere_else(self, world: World, state: LinkState) -> None:
        """Nothing is confirmed that was not asked."""
        world.person("tam", "Nguyễn Văn Tám")
        link = accept(world, "tam", world.account("1234567890123"))
        with pytest.raises(Conflict) as refused:
            move(world, link, state)
        assert refused.value.code == "link_illegal_move"
        assert get(world, link).state == LinkState.ACCEPTED

    def test_a_closed_link_stays_closed(self, world: World) -> None:
        """No move leads out of closed."""
        assert MOVES[LinkState.CLOSED] == frozenset()

    def test_an_answer_about_another_version_is_refused(self, world: World) -> None:
        """The bank's yes counts for the version it was asked about."""
        world.person("tam", "Nguyễn Văn Tám")
        link = accept(world, "tam", world.account("1234567890123"))
        move(world, link, LinkState.REQUESTED)
        with pytest.raises(Conflict) as refused, world.database.transaction() as session:
            actions.confirm(session, link_id=link, version=2, on=DAY, by=COMMAND)
        assert refused.value.code == "link_changed"

    def test_an_unknown_link_is_not_found(self, world: World) -> None:
        """An id that nobody gave out."""
        with pytest.raises(NotFound):
            move(world, UUID(int=7), LinkState.CLOSED)

    def test_closing_takes_the_person_out_of_registered(self, world: World) -> None:
        """Died: the link ends, the account is free, the funnel follows."""
        world.person("tam", "Nguyễn Văn Tám")
        link = confirmed(world, "tam", world.account("1234567890123"))
        with world.database.transaction() as session:
            actions.close(session, link_id=link, reason=CloseReason.DIED, by=CLERK, on=DAY)
        closed = get(world, link)
        assert (closed.state, closed.reason, closed.ended_on) == (LinkState.CLOSED, "died", DAY)
        assert cell(world) == (0, 0, 0)

    def test_each_step_is_an_event(self, world: World) -> None:
        """The auditor sees from, to, account masked and who; never the number."""
        world.person("tam", "Nguyễn Văn Tám")
        link = confirmed(world, "tam", world.account("1234567890123"))
        with world.database.reading() as session:
            events = audit.of_object(session, "link", link)
            assert list(audit.verify(session)) == []
        assert [e.action for e in events] == ["link.confirmed", "link.received", "link.requested", "link.accepted"]
        assert events[0].facts["account"] == "VBA …0123"
        assert "1234567890123" not in str([e.facts for e in events])


class TestGuardian:
    def test_three_wards_are_one_link_and_three_recipients(self, world: World) -> None:
        """The guardian's account counts for each ward as another's, and for the guardian's own benefit as own."""
        world.person("giam", "Lê Văn Giám", "1970-05-01")
        for ward in ("an", "binh", "chi"):
            world.person(ward, f"Lê Thị {ward.title()}", "2015-01-02", recipient="giam")
        accept(world, "giam", world.account("1234567890123", "LE VAN GIAM", "1970-05-01"))
        assert cell(world) == (1, 3, 0)

    def test_a_wards_own_account_counts_for_nobody(self, world: World) -> None:
        """Money for the ward goes to the guardian, so the ward's account registers nothing."""
        world.person("giam", "Lê Văn Giám", "1970-05-01", programme=None)
        world.person("an", "Lê Thị An", "2015-01-02", recipient="giam")
        accept(world, "an", world.account("1234567890123"))
        assert cell(world) == (0, 0, 0)


class TestNameLink:
    def test_one_programme_here_another_there(self, world: World) -> None:
        """A recipient that names the second link uses it; without it the primary one again."""
        world.person("tam", "Nguyễn Văn Tám")
        accept(world, "tam", world.account("1234567890123"))
        second = accept(world, "tam", world.account("1234567890124"), primary=False)
        move(world, second, LinkState.REQUESTED, LinkState.CONFIRMED)
        assert cell(world) == (1, 0, 0)
        with world.database.transaction() as session:
            recipient = session.exec(select(Recipient.id)).one()
            actions.name_link(session, recipient_id=recipient, link_id=second, by=CLERK)
        assert cell(world) == (1, 0, 1)
        with world.database.transaction() as session:
            actions.name_link(session, recipient_id=recipient, link_id=None, by=CLERK)
        assert cell(world) == (1, 0, 0)

    def test_a_named_link_is_nobody_elses(self, world: World) -> None:
        """One person names a link; another, who has only a second account, is not registered by it."""
        world.person("tam", "Nguyễn Văn Tám")
        named = accept(world, "tam", world.account("1234567890123"))
        with world.database.transaction() as session:
            recipient = session.exec(select(Recipient.id)).one()
            actions.name_link(session, recipient_id=recipient, link_id=named, by=CLERK)
        world.person("buoi", "Trần Thị Bưởi")
        accept(world, "buoi", world.account("1234567890124"), primary=False)
        assert cell(world) == (1, 0, 0)

    def test_only_a_link_of_the_holder_may_be_named(self, world: World) -> None:
        """Somebody else's link is no way round the recipient record."""
        world.person("tam", "Nguyễn Văn Tám")
        world.person("buoi", "Trần Thị Bưởi", programme=None)
        foreign = accept(world, "buoi", world.account("1234567890124"))
        with world.database.transaction() as session:
            recipient = session.exec(select(Recipient.id)).one()
        with pytest.raises(Conflict) as refused, world.database.transaction() as session:
            actions.name_link(session, recipient_id=recipient, link_id=foreign, by=CLERK)
        assert refused.value.code == "link_of_another"


class TestReplacement:
    def propose(self, world: World, link: UUID, account: UUID) -> UUID:
        with world.database.transaction() as session:
            return actions.propose_replacement(
                session, link_id=link, account_id=account, reason="Đổi ngân hàng", by=CLERK
            )

    def approve(self, world: World, link: UUID, by: By) -> None:
        with world.database.transaction() as session:
            actions.approve_replacement(session, link_id=link, by=by)

    def test_the_banks_yes_closes_the_old_and_confirms_the_new(self, world: World) -> None:
        """Until then the old link stays the live one; afterwards the new one is, in one transaction."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890123"))
        new = self.propose(world, old, world.account("1234567890124"))
        self.approve(world, new, CHECKER)
        move(world, new, LinkState.REQUESTED, LinkState.RECEIVED)
        assert (get(world, old).state, get(world, new).state) == (LinkState.CONFIRMED, LinkState.RECEIVED)
        assert cell(world) == (1, 0, 1)
        move(world, new, LinkState.CONFIRMED)
        closed = get(world, old)
        assert (closed.state, closed.reason) == (LinkState.CLOSED, "replaced")
        assert get(world, new).state == LinkState.CONFIRMED
        assert cell(world) == (1, 0, 1)

    def test_a_proposal_alone_changes_nothing(self, world: World) -> None:
        """Proposed, approved, requested, refused: the old link pays on."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890123"))
        new = self.propose(world, old, world.account("1234567890124"))
        self.approve(world, new, CHECKER)
        move(world, new, LinkState.REQUESTED)
        move(world, new, LinkState.REFUSED, reason="rjct.name.mismatch")
        assert get(world, old).state == LinkState.CONFIRMED
        assert cell(world) == (1, 0, 1)

    def test_the_maker_is_not_the_checker(self, world: World) -> None:
        """Who proposed cannot approve, whatever the channel."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890123"))
        new = self.propose(world, old, world.account("1234567890124"))
        with pytest.raises(Denied):
            self.approve(world, new, By(name=CLERK.name, via="command"))
        assert get(world, new).state == LinkState.PROPOSED

    def test_an_unapproved_proposal_is_never_asked(self, world: World) -> None:
        """Proposed does not lead to requested."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890123"))
        new = self.propose(world, old, world.account("1234567890124"))
        with pytest.raises(Conflict):
            move(world, new, LinkState.REQUESTED)

    def test_only_a_confirmed_link_is_replaced(self, world: World) -> None:
        """An unconfirmed one is closed and chosen anew."""
        world.person("tam", "Nguyễn Văn Tám")
        old = accept(world, "tam", world.account("1234567890123"))
        with pytest.raises(Conflict) as refused:
            self.propose(world, old, world.account("1234567890124"))
        assert refused.value.code == "link_not_confirmed"

    def test_one_proposal_at_a_time(self, world: World) -> None:
        """A second one waits for the first."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890123"))
        self.propose(world, old, world.account("1234567890124"))
        with pytest.raises(Conflict) as refused:
            self.propose(world, old, world.account("1234567890125"))
        assert refused.value.code == "replacement_open"

    def test_another_persons_account_is_no_replacement(self, world: World) -> None:
        """An account in use is refused before anybody approves."""
        world.person("tam", "Nguyễn Văn Tám")
        world.person("buoi", "Trần Thị Bưởi")
        old = confirmed(world, "tam", world.account("1234567890123"))
        taken = world.account("1234567890124")
        accept(world, "buoi", taken)
        with pytest.raises(Conflict) as refused:
            self.propose(world, old, taken)
        assert refused.value.code == "account_taken"


def test_every_sentence_of_this_feature_can_be_said() -> None:
    """Each code has both languages, and its facts fill them."""
    from disburse.wording.links import LINKS

    for code, sentences in LINKS.items():
        facts = {name: "x" for text in sentences for _, name, _, _ in Formatter().parse(text) if name}
        assert DisburseError(code, **facts).sentence()
        assert DisburseError(code, **facts).sentence("en")


def test_live_links_are_found_by_either_side(world: World) -> None:
    """By person and by account the same link."""
    world.person("tam", "Nguyễn Văn Tám")
    account = world.account("1234567890123")
    link = accept(world, "tam", account)
    with world.database.reading() as session:
        assert [x.id for x in queries.live_links(session, persons=[world.persons["tam"]])] == [link]
        assert [x.id for x in queries.live_links(session, accounts=[account])] == [link]
