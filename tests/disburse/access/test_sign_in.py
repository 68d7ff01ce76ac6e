"""Signing in: passwords, one-time codes, lockout, sessions and invitations, as the database sees them."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from disburse import clock
from disburse.access import actions, passwords, queries, second_factor, sign_in, tickets
from disburse.access.tables import Role, User, UserSession
from disburse.audit.actor import COMMAND, By
from disburse.audit.tables import AuditEvent
from disburse.db import Database
from disburse.errors import Conflict, Denied, DisburseError, Invalid, NotFound

PASSWORD = "Đường về Bình Sơn"
BY = By(name="", ip="10.0.0.1")


def make_user(database: Database, name: str = "canbo.xa", role: Role = Role.COMMUNE) -> User:
    with database.transaction() as session:
        user = actions.add_user(session, name=name, by=COMMAND)
        actions.grant_role(session, user=user, role=role, area_code="21040", by=COMMAND)
        actions.set_password(session, user=user, password=PASSWORD, by=COMMAND)
    return user


def enter(
    database: Database, name: str = "canbo.xa", password: str = PASSWORD, *, codes: bool = False, ip: str = "10.0.0.1"
) -> sign_in.Step:
    return sign_in.with_password(
        database, name=name, password=password, agent="test", codes=codes, by=By(name="", ip=ip)
    )


def code_of(action: object, *args: object, **facts: object) -> str:
    try:
        action(*args, **facts)  # type: ignore[operator]
    except DisburseError as error:
        return error.code
    return ""


class TestPassword:
    def test_right(self, database: Database) -> None:
        """The right password begins a session; capitals in the name do not matter."""
        user = make_user(database)
        step = enter(database, "CanBo.Xa ")
        with database.reading() as session:
            found = queries.session_of(session, step.token)
        assert found is not None
        assert (found.user.id, found.user.last_sign_in_from) == (user.id, "10.0.0.1")

    def test_typed_on_another_keyboard(self, database: Database) -> None:
        """Letters composed of base and accent are the same password."""
        make_user(database)
        assert enter(database, password=unicodedata.normalize("NFD", PASSWORD)).token

    @pytest.mark.parametrize("name", ["canbo.xa", "khong.co"])
    def test_wrong(self, database: Database, name: str) -> None:
        """A wrong password and an unknown name give the same answer."""
        make_user(database)
        assert code_of(enter, database, name, "khong phai the nay") == "sign_in_refused"

    def test_a_disabled_user(self, database: Database) -> None:
        """A disabled user gets that same answer, and open sessions end at once."""
        user = make_user(database)
        token = enter(database).token
        with database.transaction() as session:
            actions.disable_user(session, user=session.get_one(User, user.id), by=COMMAND)
        assert code_of(enter, database) == "sign_in_refused"
        with database.reading() as session:
            assert queries.session_of(session, token) is None

    def test_every_try_is_on_record(self, database: Database) -> None:
        """Success and failure stand in the audit chain; the name as typed does not."""
        make_user(database)
        enter(database)
        code_of(enter, database, "mat khau lo go o day", "x")
        with database.reading() as session:
            events = session.exec(select(AuditEvent)).all()
        kinds = [event.action for event in events]
        assert "user.signed_in" in kinds and "user.sign_in_failed" in kinds
        assert "mat khau" not in repr([(event.object_id, event.facts, event.actor_name) for event in events])

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("ngắn quá", "password_short"),
            ("aaaaaaaaaaaaaaaa", "password_guessable"),
            ("toi la canbo.xa day", "password_guessable"),
            ("x" * 1025, "password_long"),
        ],
    )
    def test_rules(self, password: str, code: str) -> None:
        """Long is enough; a single letter repeated or the own name is not."""
        with pytest.raises(Invalid) as refused:
            passwords.check_rules(password, user_name="canbo.xa")
        assert refused.value.code == code


class TestLockout:
    def test_the_eleventh_try_of_an_address(self, database: Database) -> None:
        """Ten failures from one address, and the eleventh try is told when to come back, right or wrong."""
        make_user(database)
        answers = [code_of(enter, database, "canbo.xa", "sai roi sai roi") for _ in range(10)]
        assert answers == ["sign_in_refused"] * 10
        with pytest.raises(Denied) as locked:
            enter(database)
        assert locked.value.code == "sign_in_locked"
        assert str(locked.value.facts["time"])[2] == ":"

    def test_one_address_locks_nobody_else_out(self, database: Database) -> None:
        """After ten failures from one address the user still signs in from another."""
        make_user(database)
        for _ in range(12):
            code_of(enter, database, "canbo.xa", "sai roi sai roi")
        assert enter(database, ip="10.0.0.2").token

    def test_many_addresses_on_one_user(self, database: Database) -> None:
        """Eleven failures on one user lock that user, from wherever they came."""
        make_user(database)
        for number in range(11):
            code_of(enter, database, "canbo.xa", "sai roi sai roi", ip=f"10.0.1.{number}")
        assert code_of(enter, database, ip="10.0.2.1") == "sign_in_locked"

    def test_the_next_window_is_open(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """Five minutes later the door is open again."""
        make_user(database)
        for _ in range(11):
            code_of(enter, database, "canbo.xa", "sai roi sai roi")
        later = clock.utc_now() + timedelta(minutes=5)
        monkeypatch.setattr(clock, "utc_now", lambda: later)
        assert enter(database).token


class TestCode:
    def start(self, database: Database) -> tuple[tickets.Ticket, str]:
        make_user(database)
        step = enter(database, codes=True)
        assert step.next is sign_in.Next.SET_UP_CODE
        ticket = tickets.read(step.ticket)
        assert ticket is not None and ticket.secret
        return ticket, ticket.secret

    def answer(self, database: Database, ticket: tickets.Ticket, code: str) -> sign_in.Step:
        return sign_in.with_code(database, ticket=ticket, code=code, agent="test", by=BY)

    def test_setting_up_and_coming_back(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first code proves the phone; the next sign-in asks for a code of the same secret."""
        ticket, secret = self.start(database)
        assert self.answer(database, ticket, pyotp.TOTP(secret).now()).token
        step = enter(database, codes=True)
        assert step.next is sign_in.Next.CODE
        again = tickets.read(step.ticket)
        assert again is not None and not again.secret
        later = clock.utc_now() + timedelta(seconds=60)
        monkeypatch.setattr(clock, "utc_now", lambda: later)
        code = pyotp.TOTP(secret).at(later)
        assert self.answer(database, again, f"{code[:3]} {code[3:]}").token

    def test_a_code_serves_once(self, database: Database) -> None:
        """The same code a second time is refused, also within its half minute."""
        ticket, secret = self.start(database)
        code = pyotp.TOTP(secret).now()
        assert self.answer(database, ticket, code).token
        assert code_of(self.answer, database, tickets.Ticket(ticket.user_id), code) == "code_refused"

    def test_five_wrong_codes(self, database: Database) -> None:
        """After five wrong codes even the right one waits."""
        ticket, secret = self.start(database)
        right = pyotp.TOTP(secret).now()
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        for _ in range(5):
            code_of(self.answer, database, ticket, wrong)
        assert code_of(self.answer, database, ticket, right) == "sign_in_locked"

    def test_a_second_secret_replaces_nothing(self, database: Database) -> None:
        """Whoever knows only the password cannot put their own phone in place of the user's."""
        ticket, secret = self.start(database)
        stolen = tickets.Ticket(ticket.user_id, secret=second_factor.new_secret())
        assert self.answer(database, ticket, pyotp.TOTP(secret).now()).token
        assert code_of(self.answer, database, stolen, pyotp.TOTP(stolen.secret).now()) == "code_refused"

    def test_a_leader_needs_none(self, database: Database) -> None:
        """Who only sees totals signs in with the password alone; together with any other role a code is asked for."""
        assert not second_factor.needed_by({Role.LEADER})
        assert second_factor.needed_by({Role.LEADER, Role.AUDITOR})

    def test_tickets_end(self, monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
        """A ticket older than five minutes, or altered, is none."""
        ticket, _ = self.start(database)
        text = tickets.issue(ticket)
        assert tickets.read(text) == ticket
        assert tickets.read(text[:-6] + "AAAAAA") is None
        assert tickets.read("") is None
        later = clock.utc_now() + timedelta(minutes=6)
        monkeypatch.setattr(clock, "utc_now", lambda: later)
        assert tickets.read(text) is None


class TestSession:
    def test_idle_and_age(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """A session ends after 30 idle minutes, and after 12 hours whatever happens."""
        make_user(database)
        start = clock.utc_now()
        token = enter(database).token
        table = [
            # minutes since the sign-in, seen before?, live
            (29, False, True),
            (31, False, False),
        ]
        for minutes, _, live in table:
            monkeypatch.setattr(clock, "utc_now", lambda m=minutes: start + timedelta(minutes=m))
            with database.reading() as session:
                assert (queries.session_of(session, token) is not None) is live
        for minutes in range(20, 12 * 60, 20):
            monkeypatch.setattr(clock, "utc_now", lambda m=minutes: start + timedelta(minutes=m))
            with database.transaction() as session:
                actions.see_session(session, token=token)
        with database.reading() as session:
            assert queries.session_of(session, token) is not None
        monkeypatch.setattr(clock, "utc_now", lambda: start + timedelta(hours=12, minutes=1))
        with database.reading() as session:
            assert queries.session_of(session, token) is None

    def test_only_its_hash_is_stored(self, database: Database) -> None:
        """The database never holds what the cookie holds."""
        make_user(database)
        token = enter(database).token
        with database.reading() as session:
            rows = session.exec(select(UserSession)).all()
        assert [row.token_hash for row in rows] == [queries.token_hash(token)]
        assert token not in repr(rows)

    def test_a_new_password_ends_every_session(self, database: Database) -> None:
        """Setting a password throws out whoever was inside."""
        user = make_user(database)
        token = enter(database).token
        with database.transaction() as session:
            actions.set_password(
                session, user=session.get_one(User, user.id), password="mot mat khau moi hon", by=COMMAND
            )
        with database.reading() as session:
            assert queries.session_of(session, token) is None

    def test_a_revoked_grant_is_gone_at_once(self, database: Database) -> None:
        """The next request of an open session no longer has the role."""
        user = make_user(database)
        enter(database)
        with database.transaction() as session:
            [grant] = queries.grants_of(session, user.id)
            assert grant.id is not None
            actions.revoke_grant(session, grant_id=grant.id, by=COMMAND)
        with database.reading() as session:
            assert queries.actor_of(session, user, by=BY).roles == ()


class TestInvitation:
    def invite(self, database: Database) -> str:
        with database.transaction() as session:
            user = actions.add_user(session, name="nguoi.moi", by=COMMAND)
            return actions.invite(session, user=user, by=COMMAND)

    def accept(self, database: Database, token: str) -> None:
        with database.transaction() as session:
            actions.accept_invitation(session, token=token, password=PASSWORD, by=BY)

    def test_once(self, database: Database) -> None:
        """An invitation sets a password once; the second time it is gone."""
        token = self.invite(database)
        self.accept(database, token)
        assert enter(database, "nguoi.moi").token
        with pytest.raises(NotFound):
            self.accept(database, token)

    def test_a_day(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """After 24 hours it is gone."""
        token = self.invite(database)
        later = clock.utc_now() + timedelta(hours=24, minutes=1)
        monkeypatch.setattr(clock, "utc_now", lambda: later)
        with pytest.raises(NotFound):
            self.accept(database, token)

    def test_a_newer_one_replaces_it(self, database: Database) -> None:
        """Of two invitations only the newer opens the door."""
        token = self.invite(database)
        with database.transaction() as session:
            user = queries.user_named(session, "nguoi.moi")
            assert user is not None
            newer = actions.invite(session, user=user, by=COMMAND)
        with pytest.raises(NotFound):
            self.accept(database, token)
        self.accept(database, newer)

    def test_a_weak_password_uses_nothing_up(self, database: Database) -> None:
        """A refused password leaves the invitation as it was."""
        token = self.invite(database)
        with pytest.raises(Invalid), database.transaction() as session:
            actions.accept_invitation(session, token=token, password="ngan", by=BY)
        self.accept(database, token)

    def test_a_second_factor_is_set_once(self, database: Database) -> None:
        """Setting a second secret over the first is refused."""
        user = make_user(database)
        with database.transaction() as session:
            known = session.get_one(User, user.id)
            actions.set_second_factor(session, user=known, secret=second_factor.new_secret(), by=BY)
            with pytest.raises(Conflict):
                actions.set_second_factor(session, user=known, secret=second_factor.new_secret(), by=BY)
