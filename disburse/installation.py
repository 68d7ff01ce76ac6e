"""Opening an installation: its key, its database, and the checks before anything is read or written."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from disburse import clock, crypto, migrations
from disburse.audit.tables import KeyCheck
from disburse.config import Settings
from disburse.db import Database
from disburse.errors import Unavailable


def open_installation(settings: Settings) -> Database:
    """Return the database, ready: key known and right, tables up to date. Raises Unavailable with what to do."""
    database = _connect(settings)
    crypto.use(crypto.Keyring(crypto.root_key(settings, may_create=False)))
    if migrations.current(database) != migrations.head():
        raise Unavailable("database_behind")
    _check_key(database)
    return database


def prepare_installation(settings: Settings) -> Database:
    """Make or update the database and, at the very first start, its key; what `disburse migrate` does."""
    database = _connect(settings)
    first_start = not migrations.current(database)
    crypto.use(crypto.Keyring(crypto.root_key(settings, may_create=first_start)))
    migrations.upgrade(database)
    _close_to_others(database)
    _remember_key(database)
    _check_key(database)
    return database


def _connect(settings: Settings) -> Database:
    if settings.url.startswith("sqlite"):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.url)
    try:
        with database.engine.connect():
            return database
    except (DatabaseError, OSError) as error:
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        raise Unavailable("database_unreachable", reason=reason) from error


def _close_to_others(database: Database) -> None:
    """Let nobody but its owner read SQLite's file: an installation of before may have been made for everybody."""
    file = Path(str(database.engine.url.database))
    for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")) if database.is_sqlite else ():
        with suppress(OSError):  # not ours to change
            path.chmod(0o600)


def _remember_key(database: Database) -> None:
    with database.transaction() as session:
        if session.get(KeyCheck, 1) is None:
            session.add(KeyCheck(id=1, value=crypto.keyring().check_value, made_at=clock.utc_now()))


def _check_key(database: Database) -> None:
    with database.reading() as session:
        known = session.exec(select(KeyCheck.value)).first()
    if known != crypto.keyring().check_value:
        raise Unavailable("key_wrong")
