"""Two people for money begin with two people for users: what one administrator cannot bring about alone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from sqlmodel import Session

from disburse.access import actions, directory, proposals, queries, recovery
from disburse.access.roles import MOVES_MONEY, PERMISSIONS_OF, Permission
from disburse.access.tables import Grant, GrantProposal, Role, User
from disburse.audit.actor import COMMAND
from disburse.db import Database
from tests.disburse.access.test_administration import PASSWORD, as_actor, by, make, refused

# What reads, or runs the installation without touching who is paid.
_OTHERWISE = frozenset(
    {Permission.PROGRESS_SET, Permission.WORKBOOK_EXPORT, Permission.NOTE_WRITE, Permission.HAMLET_CHANGE}
    | {Permission.NUMBER_REVEAL, Permission.BANK_CHANGE, Permission.BANK_OWN, Permission.MATCH_PREVIEW}
    | {Permission.JOB_CHANGE, Permission.USER_CHANGE, Permission.AUDIT_EXPORT, Permission.OWN_SESSION}
)


def offices(session: Session) -> tuple[User, User, User]:
    """Two administrators, and an officer with rights, password and phone."""
    one, two = make(session, "quan.mot", Role.ADMIN), make(session, "quan.hai", Role.ADMIN)
    officer = make(session, "can.bo", Role.PROVINCE, "51")
    actions.set_second_factor(session, user=officer, secret="JBSWY3DPEHPK3PXP", by=by(officer))
    return one, two, officer


def waiting_of(session: Session, user: User) -> list[Role]:
    session.flush()
    return [one.role for one in proposals.open_of(session, user)]


class TestMovesMoney:
    def test_every_permission_is_on_one_side(self) -> None:
        """A new permission is put among those that move money or not; the roles that hold one are these three."""
        reads = {one for one in Permission if one.value.endswith(".read")}
        assert MOVES_MONEY | reads | _OTHERWISE == set(Permission)
        assert not MOVES_MONEY & (reads | _OTHERWISE)
        movers = {role for role, held in PERMISSIONS_OF.items() if held & MOVES_MONEY}
        assert movers == {Role.PROVINCE, Role.COMMUNE, Role.APPROVER}


class TestOneAdministrator:
    def test_makes_no_officer_and_no_approver(self, database: Database) -> None:
        """Of two accounts that one administrator makes for themselves, neither may do anything."""
        with database.transaction() as session:
            one, _, _ = offices(session)
            for name, role, area in (("lap", Role.COMMUNE, "21040"), ("duyet", Role.APPROVER, "51")):
                user = actions.add_user(session, name=f"{name}.moi", by=by(one))
                waits = proposals.give(session, user=user, role=role, area_code=area, by=by(one))
                token = actions.invite(session, user=user, by=by(one))
                actions.accept_invitation(session, token=token, password=PASSWORD, by=COMMAND)
                assert isinstance(waits, GrantProposal)
                assert queries.roles_of(session, user.id) == set()
                assert queries.roles_to_be(session, user.id) == {role}
                known = {"proposal_id": waits.id, "user_id": user.id}
                assert refused(proposals.approve, session, **known, by=by(one)) == "proposal_own"

    def test_takes_no_account_over(self, database: Database) -> None:
        """With password and phone the rights go too: they wait, and the one who reset cannot give them back."""
        with database.transaction() as session:
            one, two, officer = offices(session)
            recovery.make_codes(session, user_id=officer.id, by=by(officer))
            token = proposals.reset_user(session, user=officer, second_factor=True, by=by(one))
            assert (queries.roles_of(session, officer.id), waiting_of(session, officer)) == (set(), [Role.PROVINCE])
            (waits,) = proposals.open_of(session, officer)
            known = {"proposal_id": waits.id, "user_id": officer.id}
            assert refused(proposals.approve, session, **known, by=by(two)) == "proposal_not_taken_up"
            actions.accept_invitation(session, token=token, password=PASSWORD, by=COMMAND)
            assert refused(proposals.approve, session, **known, by=by(one)) == "proposal_own"
            proposals.approve(session, **known, by=by(two))
            assert queries.roles_of(session, officer.id) == {Role.PROVINCE}

    def test_does_not_take_a_colleague_over(self, database: Database) -> None:
        """The second administrator's account, reset, is no second administrator until somebody else says so."""
        with database.transaction() as session:
            one, two, _ = offices(session)
            proposals.reset_user(session, user=two, second_factor=True, by=by(one))
            assert (queries.roles_of(session, two.id), waiting_of(session, two)) == (set(), [Role.ADMIN])

    def test_a_forgotten_password_keeps_the_rights(self, database: Database) -> None:
        """The phone is still asked for, and only the right person has it."""
        with database.transaction() as session:
            one, _, officer = offices(session)
            proposals.reset_user(session, user=officer, second_factor=False, by=by(one))
            assert (queries.roles_of(session, officer.id), waiting_of(session, officer)) == ({Role.PROVINCE}, [])

    def test_a_phone_that_is_not_asked_for_keeps_nothing(self, database: Database) -> None:
        """Who only leads signs in by password alone, whatever phone they had as an officer: their rights wait too."""
        with database.transaction() as session:
            one, _, officer = offices(session)
            actions.revoke_grant(session, grant_id=queries.grants_of(session, officer.id)[0].id or 0, by=by(one))
            actions.grant_role(session, user=officer, role=Role.LEADER, by=COMMAND)  # of the whole country
            proposals.reset_user(session, user=officer, second_factor=False, by=by(one))
            assert (queries.roles_of(session, officer.id), waiting_of(session, officer)) == (set(), [Role.LEADER])

    def test_lets_nobody_in_again_with_what_they_held(self, database: Database) -> None:
        """Who was shut out comes back as themselves; the rights that take two come back when a second one says so."""
        with database.transaction() as session:
            one, two, officer = offices(session)
            actions.grant_role(session, user=officer, role=Role.LEADER, area_code="51", by=COMMAND)
            actions.disable_user(session, user=officer, by=by(two))
            proposals.enable_user(session, user=officer, by=by(one))
            assert queries.roles_of(session, officer.id) == {Role.LEADER}
            (waits,) = proposals.open_of(session, officer)
            known = {"proposal_id": waits.id, "user_id": officer.id}
            assert refused(proposals.approve, session, **known, by=by(one)) == "proposal_own"
            proposals.approve(session, **known, by=by(two))
            assert queries.roles_of(session, officer.id) == {Role.LEADER, Role.PROVINCE}
            proposals.enable_user(session, user=officer, by=by(one))  # who is not shut out loses nothing by it
            assert queries.roles_of(session, officer.id) == {Role.LEADER, Role.PROVINCE}

    def test_whoever_handed_the_account_out_does_not_approve(self, database: Database) -> None:
        """Not even what a colleague proposed; they may propose it themself, and then the colleague approves."""
        with database.transaction() as session:
            one, two, _ = offices(session)
            user = actions.add_user(session, name="nguoi.moi", by=by(one))
            token = actions.invite(session, user=user, by=by(one))
            actions.accept_invitation(session, token=token, password=PASSWORD, by=COMMAND)
            waits = proposals.give(session, user=user, role=Role.APPROVER, area_code="51", by=by(two))
            assert isinstance(waits, GrantProposal)
            known = {"proposal_id": waits.id, "user_id": user.id}
            assert refused(proposals.approve, session, **known, by=by(one)) == "proposal_handed_out"
            proposals.refuse(session, **known, by=by(one))
            again = proposals.give(session, user=user, role=Role.APPROVER, area_code="51", by=by(one))
            proposals.approve(session, proposal_id=again.id, user_id=user.id, by=by(two))
            assert queries.roles_of(session, user.id) == {Role.APPROVER}

    def test_a_colleague_s_reset_is_no_second_hand(self, database: Database) -> None:
        """Who asks a colleague to send a new invitation to their own candidate has not been agreed with by that."""
        with database.transaction() as session:
            one, two, _ = offices(session)
            user = actions.add_user(session, name="nguoi.moi", by=by(one))
            actions.invite(session, user=user, by=by(one))
            waits = proposals.give(session, user=user, role=Role.APPROVER, area_code="51", by=by(one))
            token = proposals.reset_user(session, user=user, second_factor=True, by=by(two))
            actions.accept_invitation(session, token=token, password=PASSWORD, by=COMMAND)
            known = {"proposal_id": waits.id, "user_id": user.id}
            assert refused(proposals.approve, session, **known, by=by(one)) == "proposal_own"
            assert refused(proposals.approve, session, **known, by=by(two)) == "proposal_handed_out"

    def test_an_approval_in_the_moment_of_a_reset_comes_too_late(self, database: Database) -> None:
        """Whoever resets holds the account: what was asked of the right person a moment before counts no more."""
        with database.transaction() as session:
            one, two, officer = offices(session)
            waits = proposals.give(session, user=officer, role=Role.COMMUNE, area_code="21040", by=by(one))
            known = {"proposal_id": waits.id, "user_id": officer.id}

        def approve() -> str:
            with database.transaction() as session:
                return refused(proposals.approve, session, **known, by=by(two))

        with ThreadPoolExecutor(1) as beside:
            with database.transaction() as session:
                proposals.reset_user(session, user=session.get_one(User, officer.id), second_factor=True, by=by(one))
                session.flush()
                late = beside.submit(approve)
                time.sleep(0.3)
            assert late.result(10) == "proposal_not_taken_up"

    def test_reading_alone_needs_no_second(self, database: Database) -> None:
        """Who only sees totals, or reads masked, is given by one, inside a province."""
        with database.transaction() as session:
            one, _, _ = offices(session)
            for role in (Role.LEADER, Role.AUDITOR, Role.COLLABORATOR):
                user = make(session, f"xem.{role}")
                area = "21040" if role is Role.COLLABORATOR else "51"
                assert isinstance(proposals.give(session, user=user, role=role, area_code=area, by=by(one)), Grant)


class TestSecondHand:
    def test_inside_a_province(self, stocked: Database) -> None:
        """Two administrators of one province give its officers their rights; another province's cannot."""
        with stocked.transaction() as session:
            one, two = (make(session, name, Role.ADMIN, "51") for name in ("tinh.mot", "tinh.hai"))
            far = make(session, "tinh.khac", Role.ADMIN, "01")
            user = make(session, "can.bo")
            assert isinstance(
                proposals.give(session, user=user, role=Role.COMMUNE, area_code="21040", by=by(one)), GrantProposal
            )
            line = directory.user(session, as_actor(session, two), user.id)
            assert directory.may_change(as_actor(session, two), line)
            assert not directory.may_change(as_actor(session, far), line)
