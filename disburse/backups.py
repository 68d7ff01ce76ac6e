"""Backups: a copy of the whole database in one file, and a database made from one. Both are whole or not there.

A copy is written beside its place as `FILE.part`, readable by its owner alone, read through, and only then given its
name. Whatever goes wrong before takes the part away again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

from disburse.db import Database, is_full_disk
from disburse.errors import Invalid, Unavailable

_BESIDE = ("-wal", "-shm", "-journal")  # SQLite finds them by name, whichever database they were written for


def save(database: Database, file: Path) -> None:
    """Write one state of the database into `file` while others go on writing.

    Raises Invalid("file_exists"), Unavailable("disk_full"), ("copy_failed"), ("tool_missing"), ("tool_failed").
    """
    if file.exists():
        raise Invalid("file_exists", path=file)
    with _part_of(file) as part:
        if database.is_sqlite:
            _copy_sqlite(_file_of(database), part)
        else:
            _run_tool("pg_dump", ["--format=custom", f"--file={part}"], database)


def bring_back(database: Database, file: Path) -> None:
    """Make a database that is not there yet from a backup.

    Raises Invalid("file_missing"), ("database_in_the_way") while any file of a former database stands there,
    ("backup_unreadable"), and what `save` raises.
    """
    if not file.exists():
        raise Invalid("file_missing", path=file)
    if not database.is_sqlite:
        # In one transaction: what cannot be restored whole leaves an empty database, to be filled again.
        _run_tool("pg_restore", ["--no-owner", "--single-transaction", str(file)], database, into=True)
        return
    target = _file_of(database)
    target.parent.mkdir(parents=True, exist_ok=True)
    _check_free(target)
    if any(beside.stat().st_size for beside in _beside(file)):
        raise Invalid("backup_unreadable", path=file)  # a live file, copied by hand: a part of it stands elsewhere
    with _part_of(target) as part:
        shutil.copyfile(file, part)
        if not _is_sound(part):
            raise Invalid("backup_unreadable", path=file)
        _check_free(target)  # a process left running may have made a new one meanwhile


def _file_of(database: Database) -> Path:
    return Path(str(database.engine.url.database))


def _beside(file: Path) -> list[Path]:
    return [path for path in (Path(f"{file}{end}") for end in _BESIDE) if path.exists()]


def _check_free(target: Path) -> None:
    # A log that a kill or a power cut left behind would be played into the restored file, and damage it.
    taken = [path for path in (target, *_beside(target)) if path.exists()]
    if taken:
        raise Invalid("database_in_the_way", paths=", ".join(map(str, taken)))


@contextmanager
def _part_of(file: Path) -> Iterator[Path]:
    """Give the file to write to; it gets its name, safely on the disk, if the block ends well, else it goes."""
    part = Path(f"{file}.part")
    try:
        part.unlink(missing_ok=True)  # of a run that was killed
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield part
        _keep(part)
        part.rename(file)
        _keep(file.parent)
    except (OSError, sqlite3.Error) as error:
        if is_full_disk(error):
            raise Unavailable("disk_full") from error
        reason = getattr(error, "strerror", None) or str(error)
        raise Unavailable("copy_failed", path=file, reason=reason) from error
    finally:
        for left in (part, *_beside(part)):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _keep(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_sqlite(source: Path, part: Path) -> None:
    # SQLite's own backup reads one state of the database while others write. The copy leaves the mode with a log
    # beside it, so that it is one file, readable from a medium that cannot be written.
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _is_sound(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            return bool(copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _run_tool(name: str, arguments: list[str], database: Database, *, into: bool = False) -> None:
    program = shutil.which(name)
    if program is None:
        raise Unavailable("tool_missing", name=name)
    address, secret = _address(database.engine.url)
    to = [f"--dbname={address}", *arguments] if into else [*arguments, address]
    # Everybody on the machine can read a command line, only its owner a process's environment.
    done = subprocess.run([program, *to], capture_output=True, text=True, check=False, env=os.environ | secret)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        # Its first error: what follows may quote the row at which it stopped.
        reason = next((line for line in said if "error" in line), said[-1] if said else str(done.returncode))
        raise (
            Unavailable("disk_full")
            if "No space left" in reason
            else Unavailable("tool_failed", name=name, reason=reason[:200])
        )


def _address(url: sa.URL) -> tuple[str, dict[str, str]]:
    """Return a server's address without its password, and the password as the tools' environment names it."""
    secret = url.password or url.query.get("password")
    bare = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    shown = bare.difference_update_query(["password"]).render_as_string(hide_password=False)
    return shown, {"PGPASSWORD": str(secret)} if secret else {}
