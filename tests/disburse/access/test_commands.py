"""`disburse user …`, run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from disburse import reference
from disburse.access import proposals, queries
from disburse.access.tables import Role
from disburse.config import Settings
from disburse.db import Database
from disburse.installation import prepare_installation
from tests.disburse.access.test_administration import by, make


@pytest.fixture
def office(settings: Settings) -> Database:
    database = prepare_installation(settings)
    reference.load(database)
    return database


def run(settings: Settings, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DISBURSE_DATA_DIR": str(settings.data_dir), "DISBURSE_KEY": settings.key}
    command = [sys.executable, "-m", "disburse", "user", *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, env=environment, cwd=Path.cwd(), check=False
    )


class TestAdd:
    def test_an_invitation(self, settings: Settings, office: Database) -> None:
        """Without a password the command prints one address, which opens the door once."""
        done = run(settings, "add", "xa.binhson", "--role", "commune", "--area", "21040", "--programme", "BTXH")
        assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stderr
        assert "/invitation/" in done.stdout
        with office.reading() as session:
            user = queries.user_named(session, "xa.binhson")
            assert user is not None and user.password_hash is None
            [grant] = queries.grants_of(session, user.id)
        assert (grant.role, grant.area_code, grant.programme) == ("commune", "21040", "BTXH")

    def test_a_password(self, settings: Settings, office: Database) -> None:
        """With --password-stdin nothing is printed and the user can sign in."""
        done = run(
            settings, "add", "lanhdao", "--role", "leader", "--area", "51", "--password-stdin", stdin="mot cau ngan\n"
        )
        assert (done.returncode, done.stdout) == (0, "")
        with office.reading() as session:
            user = queries.user_named(session, "lanhdao")
        assert user is not None and user.password_hash is not None

    @pytest.mark.parametrize(
        ("arguments", "stdin"),
        [
            (["add", "a.b.c", "--role", "commune", "--area", "99999"], ""),
            (["add", "a.b.c", "--role", "province", "--area", "51", "--programme", "XYZ"], ""),
            (["add", "a.b.c", "--role", "leader", "--password-stdin"], "ngan\n"),
            (["add", "có dấu", "--role", "leader"], ""),
            (["disable", "khong.co"], ""),
        ],
    )
    def test_one_line_of_error(self, settings: Settings, office: Database, arguments: list[str], stdin: str) -> None:
        """What cannot be done is one line on stderr, exit code 1, and nothing written."""
        done = run(settings, *arguments, stdin=stdin)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
        with office.reading() as session:
            assert queries.users(session) == []


class TestApprove:
    def test_the_server_is_the_second_hand(self, settings: Settings, office: Database) -> None:
        """With a single administrator, whoever runs the server approves; a second time nothing waits."""
        with office.transaction() as session:
            admin = make(session, "quan.tri", Role.ADMIN)
            user = make(session, "can.bo")
            proposals.give(session, user=user, role=Role.APPROVER, area_code="51", by=by(admin))
            id_ = user.id
        assert run(settings, "approve", "can.bo").returncode == 0
        with office.reading() as session:
            assert queries.roles_of(session, id_) == {Role.APPROVER}
        again = run(settings, "approve", "can.bo")
        assert (again.returncode, "can.bo" in again.stderr) == (1, True)
