"""The bank's yes counts for whom it was asked about: whoever the holder becomes later, it has not been asked."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock, migrations
from disburse.accounts import actions, reopening
from disburse.accounts.actions import Acceptance
from disburse.accounts.asked_tables import AskedHolder
from disburse.accounts.holdings import holdings
from disburse.accounts.payable import payable
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import Link, LinkState, RecipientLink
from disburse.audit.actor import COMMAND, By
from disburse.confirmations import actions as confirmations
from disburse.confirmations import wire
from disburse.confirmations.answer import BankAnswer, Taken
from disburse.confirmations.tables import ConfirmationResult, WireState
from disburse.confirmations.wire import Asked
from disburse.duplicates import actions as duplicates
from disburse.errors import Denied
from disburse.people import changes
from disburse.people.stated import read_person
from disburse.people.tables import Organisation, Recipient
from tests.disburse.accounts.world import CHECKER, CLERK, World

TAM, ID, OTHER_ID, OLD, OTHER_OLD = "Nguyễn Văn Tám", "051050000111", "051050000222", "212345678", "212345679"
NUMBER, SECOND = "1500201000001", "1500201000002"
BANK = By(name="vba-core", via="api")


def act(world: World, what: Callable[[Session], Any]) -> Any:
    with world.database.transaction() as session:
        return what(session)


def edit(world: World, key: str = "tam", **stated: str) -> None:
    """Write down of a person what is stated, the rest as it first was."""
    facts = {"name": TAM, "birth": "03/02/1950", "citizen": ID} | stated
    act(
        world,
        lambda s: changes.change_person(
            s, person_id=world.persons[key], stated=read_person(**facts), keep=["phone"], why="sai", by=CLERK
        ),
    )


def accept(world: World, key: str, account: UUID, how: How = How.CLERK) -> UUID:
    acceptance = Acceptance(account_id=account, how=how, since=clock.today(), person_id=world.persons[key])
    found: UUID = act(world, lambda s: actions.accept(s, acceptance=acceptance, by=CLERK))
    return found


def ask(world: World) -> list[Asked]:
    """Ask the bank, and return what it sees, oldest first."""
    act(world, lambda s: confirmations.ask(s, bank_code="VBA", by=COMMAND))
    return sent(world)


def sent(world: World) -> list[Asked]:
    with world.database.reading() as session:
        return wire.page(session, bank_code="VBA", state=WireState.PENDING, after=None, limit=50)


def say_yes(world: World, request: UUID) -> Taken:
    answer = BankAnswer(
        key=0, bank_code="VBA", status=WireState.SUCCEEDED, request_id=request, name_match="yes", id_match="citizen_id"
    )
    found: Taken = act(world, lambda s: confirmations.take_answers(s, answers=[answer], source="thử", by=BANK))
    return found


def confirmed(world: World, key: str, number: str = NUMBER) -> UUID:
    link = accept(world, key, world.account(number))
    say_yes(world, ask(world)[-1].id)
    return link


def why(world: World, key: str = "tam") -> str:
    with world.database.reading() as session:
        return payable(session, [world.enrolments[key]])[world.enrolments[key]].why


def links(world: World) -> list[tuple[int, str, str]]:
    with world.database.reading() as session:
        found = session.exec(select(Link).order_by(col(Link.id)))
        return [(link.version, str(link.state), link.reason) for link in found]


@pytest.fixture
def tam(world: World) -> World:
    """Nguyễn Văn Tám, 03/02/1950, with a citizen ID."""
    world.person("tam", TAM, citizen_id=ID)
    return world


class TestPayable:
    def test_who_is_somebody_else_is_not_paid_and_who_is_the_same_is(self, tam: World) -> None:
        """Another name, number or year is somebody else; accents, case, a day of that year and an old number are not.
        Written back as the bank knows them, they are paid again."""
        confirmed(tam, "tam")
        for stated in (
            {"name": "Nguyễn Văn Tảm"}, {"birth": "1950"}, {"birth": "04/03/1950"}, {"birth": ""}, {"old": OLD}, {},
        ):  # fmt: skip
            edit(tam, **stated)
            assert why(tam) == "", stated
        for stated in (
            {"name": "Lê Văn Tám"}, {"name": "Nguyễn Văn Tân"}, {"citizen": OTHER_ID}, {"citizen": ""},
            {"birth": "03/02/1951"}, {"citizen": "", "old": OLD},
        ):  # fmt: skip
            edit(tam, **stated)
            assert why(tam) == "holder_changed", stated
        edit(tam)
        assert why(tam) == ""

    def test_without_a_citizen_id_the_rest_says_who_it_is(self, world: World) -> None:
        """Asked without one, a number that comes later, another day of birth or an old number is a new question."""
        world.person("tam", TAM)
        confirmed(world, "tam")
        for stated in ({"birth": "1950"}, {"name": "NGUYỄN VĂN TÂM"}):
            edit(world, citizen="", **stated)
            assert why(world) == "", stated
        for stated in ({"citizen": ID}, {"birth": "04/02/1950"}, {"birth": "03/03/1950"}, {"birth": ""}, {"old": OLD}):
            edit(world, **({"citizen": ""} | stated))
            assert why(world) == "holder_changed", stated

    def test_an_old_number_that_the_bank_was_sent_is_part_of_it(self, tam: World) -> None:
        """Another old number, or none any more, is a new question."""
        edit(tam, old=OLD)
        confirmed(tam, "tam")
        for old, expected in ((OTHER_OLD, "holder_changed"), ("", "holder_changed"), (OLD, "")):
            edit(tam, old=old)
            assert why(tam) == expected

    def test_a_body_of_another_name_is_another_body(self, world: World) -> None:
        """An organisation's link is held by its name."""
        world.person("con", "Nguyễn Văn Con")
        body = Organisation(name="Trung tâm A", name_fold="trung tam a", province_code="51")

        def receives(session: Session) -> UUID:
            session.add(body)
            session.flush()
            values = {"kind": "organisation", "person_id": None, "organisation_id": body.id}
            session.execute(sa.update(Recipient).values(**values))
            acceptance = Acceptance(account_id=account, how=How.CLERK, since=clock.today(), organisation_id=body.id)
            return actions.accept(session, acceptance=acceptance, by=CLERK)

        account = world.account(NUMBER)
        act(world, receives)
        say_yes(world, ask(world)[0].id)
        assert why(world, "con") == ""
        act(world, lambda s: s.execute(sa.update(Organisation).values(name_fold="trung tam b")))
        assert why(world, "con") == "holder_changed"
        assert ask(world)[0].holder_name == "Trung tâm A"
        assert links(world) == [(1, "closed", "holder_changed"), (2, "requested", "")]

    def test_a_file_given_back_does_not_call_it_confirmed(self, tam: World) -> None:
        """Who reads an account in a list given back is told that it waits for the bank."""
        confirmed(tam, "tam")
        edit(tam, name="Lê Văn Tám")
        with tam.database.reading() as session:
            found = holdings(session, tam.enrolments.values())
        assert [one.changed for one in found.values()] == [True]

    def test_what_was_confirmed_before_counts_with_the_facts_of_the_migrations_day(self, tam: World) -> None:
        """Nobody is unpaid by the migration, nobody unchecked after it; a link of which nothing is known is held."""
        confirmed(tam, "tam")
        act(tam, lambda s: s.execute(sa.delete(AskedHolder)))
        assert why(tam) == "holder_changed"
        [file] = Path(migrations.__file__ or "").parent.glob("versions/*_whom_the_bank_was_asked_about.py")
        migration = importlib.import_module(f"disburse.migrations.versions.{file.stem}")
        act(tam, lambda s: s.execute(sa.text(migration._KNOWN_TODAY)))
        assert why(tam) == ""
        edit(tam, name="Lê Văn Tám")
        assert why(tam) == "holder_changed"


class TestReopen:
    def test_the_bank_is_asked_anew_and_its_yes_pays_again(self, tam: World) -> None:
        """A corrected holder: the old version ends with its reason, the next goes to the bank with the new facts."""
        confirmed(tam, "tam")
        edit(tam, name="Nguyễn Văn Tân")
        [request] = ask(tam)
        assert (request.holder_name, request.holder_citizen_id) == ("Nguyễn Văn Tân", ID)
        assert links(tam) == [(1, "closed", "holder_changed"), (2, "requested", "")]
        assert why(tam) == "not_confirmed"
        assert say_yes(tam, request.id).confirmed == 1
        assert why(tam) == ""
        assert act(tam, lambda s: reopening.reopen(s, by=COMMAND)) == 0

    def test_what_the_banks_own_list_says_needs_no_question(self, world: World) -> None:
        """An ID that comes later and stands on the bank's list of that account: paid on. Another ID: asked anew."""
        world.person("tam", TAM)
        account = world.account(NUMBER, TAM, citizen_id=ID)
        accept(world, "tam", account)
        say_yes(world, ask(world)[0].id)
        edit(world)
        assert act(world, lambda s: reopening.reopen(s, by=COMMAND)) == 0
        assert (why(world), links(world)) == ("", [(1, "confirmed", "")])
        edit(world, citizen=OTHER_ID)
        assert act(world, lambda s: reopening.reopen(s, by=COMMAND, persons=[world.persons["tam"]])) == 1
        assert links(world) == [(1, "closed", "holder_changed"), (2, "accepted", "")]

    def test_a_number_that_is_gone_is_for_matcher_and_clerks(self, tam: World) -> None:
        """The bank could not be told about whom it is asked: the link ends."""
        confirmed(tam, "tam")
        edit(tam, citizen="")
        assert act(tam, lambda s: reopening.reopen(s, by=COMMAND)) == 1
        assert (links(tam), why(tam)) == ([(1, "closed", "holder_changed")], "no_link")

    def test_who_changed_the_holder_does_not_link_them_anew_alone(self, tam: World) -> None:
        """A clerk takes the number away, the confirmed link ends, and the same clerk would link another account."""
        confirmed(tam, "tam")
        edit(tam, citizen="")
        act(tam, lambda s: reopening.reopen(s, by=COMMAND))
        edit(tam)
        with pytest.raises(Denied) as refused:
            accept(tam, "tam", tam.account(SECOND))
        assert refused.value.code == "same_person_relinks"

    def test_whoever_named_the_link_names_the_next_one(self, tam: World) -> None:
        """A recipient that receives through another than the primary link keeps its account."""
        confirmed(tam, "tam")
        acceptance = Acceptance(
            account_id=tam.account(SECOND), how=How.CLERK, since=clock.today(), person_id=tam.persons["tam"],
            primary=False,
        )  # fmt: skip
        second = act(tam, lambda s: actions.accept(s, acceptance=acceptance, by=CLERK))
        with tam.database.reading() as session:
            recipient = session.exec(select(Recipient.id)).one()
        act(tam, lambda s: actions.name_link(s, recipient_id=recipient, link_id=second, by=CLERK))
        say_yes(tam, ask(tam)[-1].id)
        edit(tam, name="Nguyễn Văn Tân")
        act(tam, lambda s: reopening.reopen(s, by=COMMAND))
        with tam.database.reading() as session:
            named = session.exec(select(Link).join(RecipientLink, col(RecipientLink.link_id) == col(Link.id))).one()
        assert (named.account_id, named.version, named.state) == (acceptance.account_id, 2, LinkState.ACCEPTED)

    def test_a_change_of_account_under_way_goes_along(self, tam: World) -> None:
        """Both the old account and what is to replace it are asked about anew; the two who agreed stay named."""
        old = confirmed(tam, "tam")
        replacing(tam, old)
        assert [one.account_number for one in ask(tam)] == [SECOND]
        edit(tam, name="Nguyễn Văn Tân")
        requests = ask(tam)
        assert [(one.account_number, one.holder_name) for one in requests] == [
            (NUMBER, "Nguyễn Văn Tân"), (SECOND, "Nguyễn Văn Tân"),
        ]  # fmt: skip
        say_yes(tam, requests[1].id)
        assert why(tam) == ""
        ended = [(1, "closed", "holder_changed"), (1, "closed", "holder_changed")]
        assert links(tam) == [*ended, (2, "closed", "replaced"), (2, "confirmed", "")]


def replacing(world: World, old: UUID) -> UUID:
    """Propose the second account in place of an old one, and agree as somebody else."""
    account = world.account(SECOND)
    new: UUID = act(
        world, lambda s: actions.propose_replacement(s, link_id=old, account_id=account, reason="đổi", by=CLERK)
    )
    act(world, lambda s: actions.approve_replacement(s, link_id=new, by=CHECKER))
    return new


class TestTheBanksYes:
    def test_a_yes_about_another_is_kept_and_asked_anew(self, tam: World) -> None:
        """One clerk writes a friend's name, asks the bank, and writes the name back: the yes is the friend's."""
        edit(tam, name="Lê Thị Duyên", citizen=OTHER_ID)
        accept(tam, "tam", tam.account(NUMBER))
        [request] = ask(tam)
        assert request.holder_name == "Lê Thị Duyên"
        edit(tam)
        taken = say_yes(tam, request.id)
        assert (taken.confirmed, taken.left_out) == (0, {0: ("line_holder_changed", {})})
        with tam.database.reading() as session:
            assert [one.status for one in session.exec(select(ConfirmationResult))] == [WireState.SUCCEEDED]
        assert links(tam) == [(1, "closed", "holder_changed"), (2, "accepted", "")]
        assert say_yes(tam, request.id).same == 1, "sent again, it is no news"
        assert [one.holder_name for one in ask(tam)] == [TAM]
        assert why(tam) == "not_confirmed"

    def test_a_yes_before_the_name_is_written_back_pays_nobody(self, tam: World) -> None:
        """The same, with the name written back after the yes."""
        edit(tam, name="Lê Thị Duyên", citizen=OTHER_ID)
        accept(tam, "tam", tam.account(NUMBER))
        assert say_yes(tam, ask(tam)[0].id).confirmed == 1
        edit(tam)
        assert why(tam) == "holder_changed"

    def test_a_bank_sees_nobody_but_whom_it_was_asked_about(self, tam: World) -> None:
        """Changed between the asking and the bank's look: not sent; nor is an old number that came since."""
        accept(tam, "tam", tam.account(NUMBER))
        ask(tam)
        edit(tam, old=OLD)
        assert [one.holder_old_id for one in sent(tam)] == [""]
        edit(tam, name="Lê Thị Duyên", citizen=OTHER_ID)
        assert sent(tam) == []
        edit(tam)
        assert [one.holder_name for one in sent(tam)] == [TAM]

    def test_a_merge_between_question_and_answer(self, tam: World) -> None:
        """The bank was asked about a namesake without a number, who became Tám by one clerk's merge."""
        tam.person("namesake", TAM, programme=None)
        accept(tam, "namesake", tam.account(NUMBER))
        [request] = ask(tam)
        merged(tam, kept="tam", gone="namesake")
        assert say_yes(tam, request.id).confirmed == 0
        assert why(tam) == "not_confirmed"
        assert [one.holder_citizen_id for one in ask(tam)] == [ID]

    def test_a_merge_undone_after_the_answer(self, tam: World) -> None:
        """Asked about the two as one, with the ID of the first: parted again, the second is not paid by that yes."""
        tam.person("namesake", TAM, programme="NCC")
        accept(tam, "namesake", tam.account(NUMBER))
        merge = merged(tam, kept="tam", gone="namesake")
        say_yes(tam, ask(tam)[0].id)
        assert (why(tam), why(tam, "namesake")) == ("", "")
        act(tam, lambda s: duplicates.undo(s, merge_id=merge, why="hai người", by=CLERK))
        act(tam, lambda s: duplicates.agree_to_undo(s, merge_id=merge, by=CHECKER))
        assert (why(tam), why(tam, "namesake")) == ("no_link", "holder_changed")


def merged(world: World, *, kept: str, gone: str) -> UUID:
    found: UUID = act(
        world,
        lambda s: (
            duplicates.propose(
                s, kept_id=world.persons[kept], gone_id=world.persons[gone], kept_link_id=None, reason="trùng", by=CLERK
            ).id
        ),
    )
    return found


class TestReplacements:
    @pytest.mark.parametrize("reason", [CloseReason.WITHDRAWN, CloseReason.MERGED])
    def test_nothing_comes_in_the_place_of_what_ended_otherwise(self, tam: World, reason: CloseReason) -> None:
        """The old link is withdrawn or merged away: the change that was under way ends with it; the bank's answer about
        it is left out, and the others of its call are taken."""
        old = confirmed(tam, "tam")
        replacing(tam, old)
        [request] = ask(tam)
        act(tam, lambda s: actions.close(s, link_id=old, reason=reason, by=CHECKER))
        assert links(tam) == [(1, "closed", reason), (1, "closed", reason)]
        assert say_yes(tam, request.id).left_out == {0: ("line_link_ended", {})}

    def test_where_the_bank_ended_it_the_replacement_is_needed(self, tam: World) -> None:
        """The old account is closed at the bank: the new one goes on and is paid."""
        old = confirmed(tam, "tam")
        replacing(tam, old)
        [request] = ask(tam)
        act(tam, lambda s: actions.close(s, link_id=old, reason=CloseReason.ACCOUNT_CLOSED, by=BANK))
        assert say_yes(tam, request.id).confirmed == 1
        assert why(tam) == ""

    def test_a_replacement_whose_place_was_taken_leaves_the_others_be(self, tam: World) -> None:
        """The old account closed and another was matched meanwhile: that answer is left out, the next one counts."""
        tam.person("ba", "Phạm Thị Ba")
        old = confirmed(tam, "tam")
        replacing(tam, old)
        accept(tam, "ba", tam.account("1500201000004"))
        requests = {one.account_number: one.id for one in ask(tam)}
        act(tam, lambda s: actions.close(s, link_id=old, reason=CloseReason.ACCOUNT_CLOSED, by=BANK))
        accept(tam, "tam", tam.account("1500201000003"), How.RULE)
        answers = [
            BankAnswer(
                key=key, bank_code="VBA", status=WireState.SUCCEEDED, request_id=requests[number], name_match="yes",
                id_match="citizen_id",
            )
            for key, number in enumerate((SECOND, "1500201000004"))
        ]  # fmt: skip
        taken = act(tam, lambda s: confirmations.take_answers(s, answers=answers, source="thử", by=BANK))
        assert (taken.confirmed, set(taken.left_out)) == (1, {0})
        assert (why(tam), why(tam, "ba")) == ("not_confirmed", "")
