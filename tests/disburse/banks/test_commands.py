"""`disburse bank …`: a program from its first secret to its end, on the command line."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from disburse.audit.tables import AuditEvent
from disburse.banks.queries import clients
from disburse.confirmations.tables import ConfirmationRequest, RequestKind
from disburse.db import Database
from tests.disburse.accounts.world import World, disburse, use_on_the_command_line


@pytest.fixture
def world(database: Database, monkeypatch: pytest.MonkeyPatch) -> World:
    """A commune with banks, opened from the command line."""
    made = World(database).reference()
    use_on_the_command_line(database, monkeypatch)
    return made


class TestBank:
    def test_the_life_of_a_program(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        """Added, given a second secret, the first revoked, rights changed, shut out: each told and written down."""
        code, out, _ = disburse(capsys, "bank", "add", "970405", "--client", "core", "--scope", "stats.read")
        assert code == 0
        first = re.fullmatch(r"client_id=([0-9a-f-]{36})\nclient_secret=(\S{43})\n", out)
        assert first is not None
        code, out, _ = disburse(capsys, "bank", "secret", "VBA", "--client", "core")
        assert code == 0 and first[2] not in out
        assert disburse(capsys, "bank", "secret", "VBA", "--client", "core")[0] == 1
        with world.database.reading() as session:
            (line,) = clients(session)
        assert [secret.hint for secret in line.secrets][0] == first[2][-4:]
        assert disburse(capsys, "bank", "revoke", "VBA", "--client", "core", line.secrets[0].id)[0] == 0
        change = ("--allow", "203.0.113.7", "--per-minute", 5, "--sign", "--scope", "results.write")
        assert disburse(capsys, "bank", "change", "VBA", "--client", "core", *change)[0] == 0
        assert disburse(capsys, "bank", "disable", "VBA", "--client", "core")[0] == 0
        with world.database.reading() as session:
            (line,) = clients(session)
            acts = {event.action for event in session.exec(select(AuditEvent))}
        client = line.client
        assert (client.allowed_ips, client.per_minute, client.must_sign) == (["203.0.113.7/32"], 5, True)
        assert (client.scopes, client.disabled_at is not None, len(line.secrets)) == (["results.write"], True, 1)
        assert acts == {
            "bank.client_added", "bank.secret_added", "bank.secret_revoked", "bank.client_changed",
            "bank.client_disabled",
        }  # fmt: skip
        assert "core" in disburse(capsys, "bank", "list")[1]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("add", "XXX", "--client", "core"), "Không nhận ra ngân hàng"),
            (("add", "VBA", "--client", " "), "Đặt tên"),
            (("add", "VBA", "--client", "core", "--scope", "admin"), "Không có quyền"),
            (("add", "VBA", "--client", "core", "--allow", "everywhere"), "không phải địa chỉ"),
            (("secret", "VBA", "--client", "nobody"), "Không có chương trình"),
            (("webhook", "VBA", "--client", "nobody", "https://8.8.8.8/"), "Không có chương trình"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, world: World, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
    ) -> None:
        """One line, exit code 1, nothing on stdout."""
        code, out, err = disburse(capsys, "bank", *arguments)
        assert (code, out) == (1, "") and words in err


class TestRequestsOpen:
    def test_people_without_an_account(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        """Once each; the programme and the commune narrow it."""
        world.person("lan", "Đinh Thị Lan")
        world.person("tam", "Nguyễn Văn Tám", programme="NCC")
        assert disburse(capsys, "requests", "open", "--bank", "VBA", "--programme", "NCC", "--area", "21040")[0] == 0
        disburse(capsys, "requests", "open", "--bank", "VBA")
        disburse(capsys, "requests", "open", "--bank", "VBA")
        with world.database.reading() as session:
            asked = session.exec(select(ConfirmationRequest)).all()
        assert {one.person_id for one in asked} == set(world.persons.values())
        assert {one.kind for one in asked} == {RequestKind.OPEN} and len(asked) == 2
