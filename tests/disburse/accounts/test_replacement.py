"""Another account in place of a confirmed one: two people, the enrolments it is for, and who is told."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from disburse import clock
from disburse.accounts import actions, coverage
from disburse.accounts.actions import Acceptance
from disburse.accounts.payable import payable
from disburse.accounts.states import CloseReason, How
from disburse.accounts.tables import Link, LinkNotice, LinkState, RecipientLink
from disburse.audit.tables import AuditEvent
from disburse.errors import DisburseError
from disburse.people.tables import Recipient
from tests.disburse.accounts.test_life import also, confirmed, counts_agree, link, say_yes
from tests.disburse.accounts.world import CHECKER, CLERK, MARCH, World


class TestReplacement:
    def test_the_second_person_stands_in_the_row(self, world: World) -> None:
        """Approved by another, with the day; the database itself refuses the maker and an unapproved replacement."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890109"))
        new = propose(world, old, world.account("1234567890110"))
        for values in ({"approved_by": CLERK.name}, {"state": LinkState.REQUESTED}):
            with pytest.raises(IntegrityError), world.database.transaction() as session:
                session.execute(sa.update(Link).where(Link.id == new).values(**values))  # type: ignore[arg-type]
        with world.database.transaction() as session:
            actions.approve_replacement(session, link_id=new, by=CHECKER)
        assert (link(world, new).approved_by, link(world, new).approved_on) == (CHECKER.name, clock.today())
        say_yes(world)
        assert (link(world, old).state, link(world, new).state) == (LinkState.CLOSED, LinkState.CONFIRMED)

    def test_one_programme_here_and_another_there(self, world: World) -> None:
        """A change for one enrolment leaves the other where it was, and its department is told."""
        world.person("tam", "Nguyễn Văn Tám")
        also(world, "tam", "NCC")
        old = confirmed(world, "tam", world.account("1234567890111"))
        new = propose(
            world, old, world.account("1234567890112"), enrolments=[world.enrolments["tam"]], programmes=["BTXH"]
        )
        with world.database.transaction() as session:
            actions.approve_replacement(session, link_id=new, by=CHECKER)
        say_yes(world)
        assert (link(world, old).state, link(world, new).state) == (LinkState.CONFIRMED, LinkState.CONFIRMED)
        with world.database.reading() as session:
            found = payable(session, world.enrolments.values())
            notices = list(session.exec(select(LinkNotice)))
        assert {key: found[id_].link_id for key, id_ in world.enrolments.items()} == {"tam": new, "tam NCC": old}
        assert [(n.programme, n.covered) for n in notices] == [("NCC", False)]
        counts_agree(world)
        with world.database.transaction() as session:
            coverage.dismiss_notice(session, notice_id=notices[0].id, by=CHECKER)
        with world.database.reading() as session:
            assert session.exec(select(AuditEvent).where(AuditEvent.action == "link.notice_read")).one()

    def test_a_named_recipient_follows_the_whole_replacement(self, world: World) -> None:
        """Where the old link was named, the new one is named when the bank says yes."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890113"))
        with world.database.transaction() as session:
            recipient = session.exec(select(Recipient)).one()
            actions.name_link(session, recipient_id=recipient.id, link_id=old, by=CLERK)
        new = propose(world, old, world.account("1234567890114"))
        with world.database.transaction() as session:
            actions.approve_replacement(session, link_id=new, by=CHECKER)
        say_yes(world)
        with world.database.reading() as session:
            assert session.exec(select(RecipientLink)).one().link_id == new

    def test_nobody_walks_around_the_second_person(self, world: World) -> None:
        """Who ends a confirmed link by choice cannot link another account; a colleague can."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890115"))
        other = world.account("1234567890116")
        with world.database.transaction() as session:
            actions.close(session, link_id=old, reason=CloseReason.WITHDRAWN, by=CLERK)
        acceptance = Acceptance(person_id=world.persons["tam"], account_id=other, how=How.CLERK, since=MARCH)
        with pytest.raises(DisburseError, match="colleague"), world.database.transaction() as session:
            actions.accept(session, acceptance=acceptance, by=CLERK)
        with world.database.transaction() as session:
            actions.accept(session, acceptance=acceptance, by=CHECKER)

    def test_whatever_the_clerk_s_act_ended_it_for(self, world: World) -> None:
        """Also an end that followed from another act of theirs: a recipient changed there and back, a death undone."""
        world.person("tam", "Nguyễn Văn Tám")
        old = confirmed(world, "tam", world.account("1234567890115"))
        other = world.account("1234567890116")
        acceptance = Acceptance(person_id=world.persons["tam"], account_id=other, how=How.CLERK, since=MARCH)
        for reason in CloseReason:
            with pytest.raises(DisburseError, match="colleague"), world.database.transaction() as session:
                actions.close(session, link_id=old, reason=reason, by=CLERK)
                actions.accept(session, acceptance=acceptance, by=CLERK)

    def test_no_is_an_answer_too(self, world: World) -> None:
        """The checker turns it down, the maker takes it back; either way it is over and another may follow."""
        world.person("tam", "Nguyễn Văn Tám")
        old, other = confirmed(world, "tam", world.account("1234567890117")), world.account("1234567890118")
        for by, reason in ((CHECKER, CloseReason.NOT_APPROVED), (CLERK, CloseReason.WITHDRAWN)):
            new = propose(world, old, other)
            with world.database.transaction() as session:
                actions.turn_down_replacement(session, link_id=new, by=by)
            assert (link(world, new).reason, link(world, new).ended_by) == (reason, by.name)
        assert link(world, old).state == LinkState.CONFIRMED


def propose(world: World, old: UUID, account: UUID, **more: object) -> UUID:
    with world.database.transaction() as session:
        return actions.propose_replacement(
            session,
            link_id=old,
            account_id=account,
            reason="Đổi ngân hàng",
            by=CLERK,
            **more,  # type: ignore[arg-type]
        )
