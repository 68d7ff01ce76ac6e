"""`disburse backup` and `restore`: a copy is whole or not there, for its owner alone, and nothing old gets into it."""

from __future__ import annotations

import gc
import os
import resource
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from disburse import backups, cli
from disburse.config import Settings
from disburse.db import Database
from disburse.errors import Invalid, Unavailable
from disburse.installation import prepare_installation

# Writes a good part of the database anew and dies before it is taken over from the log beside the file.
_KILLED = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA wal_autocheckpoint=0")
db.execute("CREATE TABLE after_the_backup (text TEXT)")
for n in range(50):
    with db:
        db.execute("INSERT INTO after_the_backup VALUES (?)", ("x" * 3000,))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def kept(sqlite_database: Database, tmp_path: Path) -> Path:
    file = tmp_path / "kept.dbk"
    backups.save(sqlite_database, file)
    return file


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {row[0] for row in opened.execute("SELECT name FROM sqlite_master")}


@contextmanager
def _no_file_above(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestSave:
    def test_a_copy_is_one_file_for_its_owner_alone(self, kept: Path) -> None:
        """Whatever the terminal's umask: names and birth dates stand in it; and it needs no second file beside it."""
        assert _mode(kept) == 0o600
        assert sorted(path.name for path in kept.parent.glob("kept*")) == ["kept.dbk"]
        assert kept.read_bytes()[18] == 1  # the header's word for "no log beside me"

    def test_without_room_nothing_is_left_and_the_next_try_works(
        self, sqlite_database: Database, tmp_path: Path
    ) -> None:
        """A full disk leaves no half copy that would then stand in the way of a whole one."""
        file = tmp_path / "b.dbk"
        with _no_file_above(100_000), pytest.raises(Unavailable):
            backups.save(sqlite_database, file)
        assert list(tmp_path.glob("b.dbk*")) == []
        backups.save(sqlite_database, file)
        assert "person" in _tables(file)

    def test_a_copy_is_never_written_over(self, sqlite_database: Database, kept: Path) -> None:
        """The last good copy is what a disaster is survived with."""
        with pytest.raises(Invalid, match="exists already"):
            backups.save(sqlite_database, kept)


class TestBringBack:
    @pytest.fixture
    def elsewhere(self, settings: Settings, tmp_path: Path) -> Database:
        return Database(f"sqlite:///{tmp_path / 'new' / 'disburse.db'}")

    def test_what_was_saved_opens_for_its_owner_alone(self, kept: Path, elsewhere: Database, tmp_path: Path) -> None:
        """Restored, the file holds every table and nobody else reads it."""
        backups.bring_back(elsewhere, kept)
        made = tmp_path / "new" / "disburse.db"
        assert "person" in _tables(made)
        assert _mode(made) == 0o600

    def test_a_log_left_by_a_kill_is_never_played_into_it(
        self, sqlite_database: Database, kept: Path, tmp_path: Path
    ) -> None:
        """The damaged file is moved away, its log forgotten: refused by name, and clean once that is moved as well."""
        target = tmp_path / "disburse_test.db"
        sqlite_database.close()
        subprocess.run([sys.executable, "-c", _KILLED, str(target)], check=False)
        target.rename(target.with_suffix(".bad"))
        with pytest.raises(Invalid) as refused:
            backups.bring_back(sqlite_database, kept)
        assert "disburse_test.db-wal" in refused.value.sentence()
        assert not target.exists()
        for beside in list(tmp_path.glob("disburse_test.db-*")):
            beside.rename(tmp_path / f"old-{beside.name}")
        backups.bring_back(sqlite_database, kept)
        assert "after_the_backup" not in _tables(target)

    def test_a_damaged_copy_makes_no_database(self, kept: Path, elsewhere: Database, tmp_path: Path) -> None:
        """What is read through is the copy that would be used, so that a bad disk on either side is noticed."""
        content = bytearray(kept.read_bytes())
        content[8192:40960] = b"\xff" * 32768
        kept.write_bytes(content)
        with pytest.raises(Invalid, match="not a sound backup"):
            backups.bring_back(elsewhere, kept)
        assert list((tmp_path / "new").iterdir()) == []

    def test_without_room_nothing_is_left_and_the_next_try_works(
        self, kept: Path, elsewhere: Database, tmp_path: Path
    ) -> None:
        """A half database would be refused as existing by the next restore."""
        with _no_file_above(100_000), pytest.raises(Unavailable):
            backups.bring_back(elsewhere, kept)
        assert list((tmp_path / "new").iterdir()) == []
        backups.bring_back(elsewhere, kept)

    def test_a_live_file_copied_by_hand_is_no_backup(self, kept: Path, elsewhere: Database) -> None:
        """With a log beside it, a part of what it holds would be lost."""
        Path(f"{kept}-wal").write_bytes(b"rows")
        with pytest.raises(Invalid, match="not a sound backup"):
            backups.bring_back(elsewhere, kept)


class TestTools:
    """PostgreSQL's own programs; one that writes down how it was called stands in for them."""

    @pytest.fixture
    def server(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in ("pg_dump", "pg_restore"):
            (folder / name).write_text(
                "#!/bin/sh\n"
                f'echo "$@" > {tmp_path}/arguments; echo "$PGPASSWORD" > {tmp_path}/password\n'
                f'for a in "$@"; do case "$a" in --file=*) f="${{a#--file=}}"; stat -c %a "$f" > {tmp_path}/mode;\n'
                'echo rows > "$f";; esac; done\n'
                f"test -e {tmp_path}/failing || exit 0\n"
                "echo 'pg_dump: error: query failed' >&2; echo 'CONTEXT: COPY person, line 5: Canary' >&2; exit 1\n"
            )
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        return Database("postgresql+psycopg://officer:s%40cret@db.example.vn:5433/disburse?sslmode=require")

    def test_the_password_stands_on_no_command_line(self, server: Database, tmp_path: Path) -> None:
        """Everybody on the machine reads it there; the tool takes it from its environment."""
        file = tmp_path / "b.dump"
        for act in (backups.save, backups.bring_back):
            act(server, file)
            arguments = (tmp_path / "arguments").read_text()
            assert "cret" not in arguments
            assert "postgresql://officer@db.example.vn:5433/disburse?sslmode=require" in arguments
            assert (tmp_path / "password").read_text() == "s@cret\n"

    def test_the_dump_is_for_its_owner_alone_from_its_first_byte(self, server: Database, tmp_path: Path) -> None:
        """The tool would make it with the terminal's umask."""
        backups.save(server, tmp_path / "b.dump")
        assert (tmp_path / "mode").read_text() == "600\n"
        assert _mode(tmp_path / "b.dump") == 0o600

    def test_a_tool_that_fails_leaves_no_file_and_quotes_no_row(self, server: Database, tmp_path: Path) -> None:
        """Its first error is said; the row at which it stopped is nobody's business."""
        (tmp_path / "failing").touch()
        with pytest.raises(Unavailable) as failed:
            backups.save(server, tmp_path / "b.dump")
        assert "query failed" in failed.value.sentence()
        assert "Canary" not in failed.value.sentence()
        assert list(tmp_path.glob("b.dump*")) == []


class TestFiles:
    def test_an_installation_made_before_is_closed_to_others(self, settings: Settings) -> None:
        """`disburse migrate` after an update mends what an earlier one left readable."""
        prepare_installation(settings).close()
        file = settings.data_dir / "disburse.db"
        file.chmod(0o644)
        prepare_installation(settings).close()
        assert _mode(file) == 0o600

    def test_every_command_writes_for_its_owner_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Database, lists and exports: with the usual umask of 022 everybody on the machine read them."""
        monkeypatch.setattr(sys, "argv", ["disburse", "--version"])
        before = os.umask(0o022)
        try:
            with pytest.raises(SystemExit):
                cli.main()
            assert os.umask(before) == 0o077
        finally:
            os.umask(before)
            gc.enable()
