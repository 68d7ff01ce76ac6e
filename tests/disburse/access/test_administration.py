"""Administering users: what one administrator may do alone, what takes two, and what nobody does to themselves."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlmodel import Session, select

from disburse import clock
from disburse.access import actions, directory, proposals, queries, recovery, sign_in, typed_areas
from disburse.access.actor import Actor
from disburse.access.directory import UserState, Wanted
from disburse.access.tables import Grant, GrantProposal, Role, User
from disburse.audit.actor import COMMAND, By
from disburse.db import Database
from disburse.errors import Conflict, Denied, DisburseError, Invalid

PASSWORD = "Đường về Bình Sơn"


def make(session: Session, name: str, role: Role | None = None, area: str = "") -> User:
    user = actions.add_user(session, name=name, full_name=name.title(), by=COMMAND)
    if role:
        actions.grant_role(session, user=user, role=role, area_code=area, by=COMMAND)
    actions.set_password(session, user=user, password=PASSWORD, by=COMMAND)
    return user


def by(user: User) -> By:
    return By(name=user.name, id=user.id)


def as_actor(session: Session, user: User) -> Actor:
    return queries.actor_of(session, user, by=by(user))


def refused(action: object, *args: object, **facts: object) -> str:
    try:
        action(*args, **facts)  # type: ignore[operator]
    except DisburseError as error:
        assert error.sentence("vi") != error.sentence("en")
        return error.code
    return ""


class TestGiving:
    def test_a_leader_is_given_at_once(self, database: Database) -> None:
        """A role that moves no money needs no second administrator inside a province."""
        with database.transaction() as session:
            admin, leader = make(session, "quan.tri", Role.ADMIN), make(session, "lanh.dao")
            given = proposals.give(session, user=leader, role=Role.LEADER, area_code="51", by=by(admin))
            assert isinstance(given, Grant)
            again = {"user": leader, "role": Role.LEADER, "area_code": "51", "by": by(admin)}
            assert refused(proposals.give, session, **again) == "grant_exists"

    @pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.LEADER])
    def test_the_country_and_administrators_take_two(self, database: Database, role: Role) -> None:
        """Proposed by one, given when another approves: never by the proposer, nor by who gains."""
        with database.transaction() as session:
            first, second = make(session, "quan.mot", Role.ADMIN), make(session, "quan.hai", Role.ADMIN)
            user = make(session, "can.bo")
            proposal = proposals.give(session, user=user, role=role, by=by(first))
            assert isinstance(proposal, GrantProposal)
            assert queries.roles_of(session, user.id) == set()
            known = {"proposal_id": proposal.id, "user_id": user.id}
            assert refused(proposals.give, session, user=user, role=role, by=by(first)) == "proposal_exists"
            assert refused(proposals.approve, session, **known, by=by(first)) == "proposal_own"
            assert refused(proposals.approve, session, **known, by=by(user)) == "own_grants"
            proposals.approve(session, **known, by=by(second))
            assert queries.roles_of(session, user.id) == {role}
            assert refused(proposals.refuse, session, **known, by=by(first)) == "proposal_decided"

    def test_toxic_pairs_are_refused_in_words(self, database: Database) -> None:
        """The sentence names both roles, in the reader's language, also for a proposal."""
        with database.transaction() as session:
            admin, maker = make(session, "quan.tri", Role.ADMIN), make(session, "can.bo", Role.COMMUNE, "21040")
            with pytest.raises(Denied) as found:
                proposals.give(session, user=maker, role=Role.ADMIN, by=by(admin))
            assert "quản trị hệ thống" in found.value.sentence("vi")
            assert "administrator" in found.value.sentence("en")

    def test_nobody_changes_their_own(self, database: Database) -> None:
        """Not their grants, not their state, not their password by a reset."""
        with database.transaction() as session:
            admin = make(session, "quan.tri", Role.ADMIN)
            make(session, "quan.hai", Role.ADMIN)
            (grant,) = queries.grants_of(session, admin.id)
            assert grant.id is not None
            mine = by(admin)
            assert refused(proposals.give, session, user=admin, role=Role.LEADER, by=mine) == "own_grants"
            assert refused(actions.revoke_grant, session, grant_id=grant.id, by=mine) == "own_grants"
            assert refused(actions.disable_user, session, user=admin, by=mine) == "own_account"
            assert refused(proposals.reset_user, session, user=admin, second_factor=True, by=mine) == "own_account"

    def test_two_cannot_shut_each_other_out(self, database: Database) -> None:
        """Of two administrators who take each other's role in the same moment, one keeps it."""
        with database.transaction() as session:
            one, two = make(session, "quan.mot", Role.ADMIN), make(session, "quan.hai", Role.ADMIN)
            held = {user.id: queries.grants_of(session, user.id)[0].id for user in (one, two)}
        ready, codes = Barrier(2), []

        def take(victim: User, actor: By) -> None:
            ready.wait()
            try:
                with database.transaction() as session:
                    actions.revoke_grant(session, grant_id=held[victim.id] or 0, by=actor)
                codes.append("")
            except Conflict as error:
                codes.append(error.code)

        threads = [Thread(target=take, args=pair) for pair in ((one, by(two)), (two, by(one)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) == ["", "last_administrator"]


class TestShuttingOut:
    def test_disabled_and_enabled(self, database: Database) -> None:
        """Disabling ends the sessions at once; enabling brings the password back, not the sessions."""
        with database.transaction() as session:
            admin, user = make(session, "quan.tri", Role.ADMIN), make(session, "can.bo")
            token, _ = actions.begin_session(session, user=user, by=by(user))
            actions.disable_user(session, user=user, by=by(admin))
            assert queries.session_of(session, token) is None
            proposals.enable_user(session, user=user, by=by(admin))
            assert queries.session_of(session, token) is None
            assert user.password_hash

    def test_reset(self, database: Database) -> None:
        """The password is gone, the phone only if asked, and the invitation opens the door once."""
        with database.transaction() as session:
            admin, user = make(session, "quan.tri", Role.ADMIN), make(session, "can.bo")
            actions.set_second_factor(session, user=user, secret="JBSWY3DPEHPK3PXP", by=by(user))
            proposals.reset_user(session, user=user, second_factor=False, by=by(admin))
            assert (user.password_hash, bool(user.totp_sealed)) == (None, True)
            recovery.make_codes(session, user_id=user.id, by=by(user))
            token = proposals.reset_user(session, user=user, second_factor=True, by=by(admin))
            assert (user.totp_sealed, recovery.codes_left(session, user.id)) == (None, 0)
            actions.accept_invitation(session, token=token, password=PASSWORD, by=COMMAND)
            assert (
                refused(actions.accept_invitation, session, token=token, password=PASSWORD, by=COMMAND)
                == "invitation_gone"
            )

    def test_wrong_tries_are_seen_and_undone(self, database: Database) -> None:
        """An administrator sees who is locked and until when, and opens the account."""
        with database.transaction() as session:
            admin, user = make(session, "quan.tri", Role.ADMIN), make(session, "can.bo")
        for number in range(sign_in.PER_USER):
            with pytest.raises(Invalid):
                sign_in.with_password(
                    database, name=user.name, password="sai", agent="", codes=True, by=By("", ip=f"10.0.0.{number}")
                )
        with database.transaction() as session:
            until = sign_in.locked_until(session, [user])[user.id]
            assert until is not None and until - clock.utc_now() <= timedelta(seconds=sign_in.WINDOW_SECONDS)
            sign_in.unlock(session, user=session.get_one(User, user.id), by=by(admin))
            assert sign_in.locked_until(session, [session.get_one(User, user.id)]) == {}


class TestRecoveryCodes:
    def test_each_opens_once(self, database: Database) -> None:
        """A code stands in for the phone one time, however it is typed; a new set replaces the old one."""
        with database.transaction() as session:
            user, other = make(session, "can.bo"), make(session, "nguoi.khac")
            codes = recovery.make_codes(session, user_id=user.id, by=by(user))
            assert len(set(codes)) == recovery.HOW_MANY
            typed = codes[0].lower().replace("-", " ")
            assert not recovery.use_code(session, user_id=other.id, code=typed, by=by(other))
            assert recovery.use_code(session, user_id=user.id, code=typed, by=by(user))
            assert not recovery.use_code(session, user_id=user.id, code=typed, by=by(user))
            assert recovery.codes_left(session, user.id) == recovery.HOW_MANY - 1
            recovery.make_codes(session, user_id=user.id, by=by(user))
            assert not recovery.use_code(session, user_id=user.id, code=codes[1], by=by(user))


class TestDirectory:
    def test_a_province_sees_and_changes_its_own(self, stocked: Database) -> None:
        """An administrator of one province sees its users, and changes only those with nothing elsewhere."""
        with stocked.transaction() as session:
            local = as_actor(session, make(session, "quan.tinh", Role.ADMIN, "51"))
            mine = make(session, "can.bo", Role.COMMUNE, "21040")
            both = make(session, "hai.noi", Role.LEADER, "51")
            actions.grant_role(session, user=both, role=Role.LEADER, area_code="01", by=COMMAND)
            make(session, "noi.khac", Role.PROVINCE, "01")
            seen = {line.user.name: line for line in directory.users(session, local, Wanted(), limit=9, offset=0)[1]}
            expected = {"quan.tinh", "can.bo", "hai.noi"}
            assert seen.keys() == expected
            assert directory.may_change(local, seen[both.name]) is False
            assert directory.may_change(local, directory.user(session, local, mine.id)) is True
            assert (directory.reaches(local, "21040"), directory.reaches(local, "00004")) == (True, False)

    def test_filters(self, database: Database) -> None:
        """By part of a name, by role, by state."""
        with database.transaction() as session:
            admin = make(session, "quan.tri", Role.ADMIN)
            shut = make(session, "can.bo", Role.COMMUNE, "21040")
            actions.disable_user(session, user=shut, by=by(admin))
            actor = as_actor(session, admin)
            for wanted, names in (
                (Wanted("CAN"), ["can.bo"]),
                (Wanted(role=Role.ADMIN), ["quan.tri"]),
                (Wanted(state=UserState.DISABLED), ["can.bo"]),
                (Wanted(state=UserState.INVITED), []),
                (Wanted("100%"), []),
            ):
                found = directory.users(session, actor, wanted, limit=9, offset=0)
                assert (found[0], [line.user.name for line in found[1]]) == (len(names), names)


class TestTypedAreas:
    def test_names_and_codes(self) -> None:
        """Names of today's communes, with commas; nothing typed is the province, or the country."""
        assert typed_areas.area_codes("51", "Bình Sơn, 21289;Bình Sơn") == ["21040", "21289"]
        assert (typed_areas.area_codes("51", " "), typed_areas.area_codes("", "")) == (["51"], [""])

    @pytest.mark.parametrize(
        ("typed", "code"),
        [("Nam Cực", "commune_unknown"), ("son ha", "commune_ambiguous"), ("Bình Chánh", "commune_former")],
    )
    def test_what_cannot_be_told(self, typed: str, code: str) -> None:
        """An unknown name, one that fits two communes, and one that is gone are each said to be so."""
        assert refused(typed_areas.area_codes, "51", typed) == code
        assert refused(typed_areas.area_codes, "", typed) == "grant_needs_province"


def test_every_proposal_is_audited(database: Database) -> None:
    """Proposing, approving and giving leave three events."""
    from disburse.audit.tables import AuditEvent

    with database.transaction() as session:
        first, second = make(session, "quan.mot", Role.ADMIN), make(session, "quan.hai", Role.ADMIN)
        user = make(session, "can.bo")
        proposal = proposals.give(session, user=user, role=Role.LEADER, by=by(first))
        assert isinstance(proposal, GrantProposal)
        proposals.approve(session, proposal_id=proposal.id, user_id=user.id, by=by(second))
    with database.reading() as session:
        told = session.exec(select(AuditEvent.action).where(AuditEvent.object_id == str(user.id))).all()
    assert {"grant.proposed", "grant.approved", "grant.given"} <= set(told)
