"""The database: engine, column types, bulk writes, and the only commit() of the project."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, SQLModel

from disburse import arrays, copying
from disburse.converting import StoredUuid, converted, converted_rows, converter, copied
from disburse.errors import Unavailable

if os.name == "posix":
    import fcntl

# Constraint names are stated so that a migration can find them again on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SQLModel.model_config["defer_build"] = True  # pydantic's check of a table, which nobody asks for, is not built

BUSY_MS = 10_000
_TURNS = 0x5475_726E  # "Turn": the space of the advisory locks of take_turns
INSERT_CHUNK = 5_000
_OPTIONS = {"connect_timeout": 10, "client_encoding": "utf8"}  # of a connection to PostgreSQL
IN_BINARY = {"disburse_binary": True}  # of a statement: PostgreSQL sends bytes as they are, not as hex digits


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite would otherwise give it back naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time has no place in the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite counts rows by itself only in an INTEGER primary key.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def one_of(values: type[StrEnum], name: str) -> sa.Enum:
    """Return a column type that stores the enum's values as text, held by a CHECK on both databases."""
    return sa.Enum(
        values,
        native_enum=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
        create_constraint=True,
        name=name,
    )


class Database:
    """One database and the two ways to use it: `transaction()` to change, `reading()` to look."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _make_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose changes are kept if the block ends well, and undone if it raises."""
        with self._writer_turn(), Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"disburse_writes": True})
            try:
                yield session
                session.commit()
            except BaseException as error:
                session.rollback()
                if is_full_disk(error):
                    raise Unavailable("disk_full") from error
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the data and keeps nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
            finally:
                session.expunge_all()  # what was read stays readable; the rollback would empty it
                session.rollback()

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Give a connection for changes of the schema itself, in one transaction.

        SQLite rebuilds a table to alter it; with foreign keys on, that would empty the tables that point to it.
        """
        with self._writer_turn(), self.engine.connect() as connection:
            self._check_foreign_keys(connection, "OFF")
            try:
                with connection.execution_options(disburse_writes=True).begin():
                    yield connection
            finally:
                self._check_foreign_keys(connection, "ON")

    def _check_foreign_keys(self, connection: Connection, state: str) -> None:
        driver = connection.connection.driver_connection
        if self.is_sqlite and driver is not None:
            driver.execute(f"PRAGMA foreign_keys={state}")

    @contextmanager
    def _writer_turn(self) -> Iterator[None]:
        """Queue SQLite's writers behind a file lock.

        With busy_timeout polling alone, 4 busy processes starved one another: one got 106,098 commits and
        another 1 in 4 s. Behind this lock each got 15,955-25,126, with at most 68 ms of waiting.
        """
        path = self._lock_path()
        if path is None:
            yield
            return
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _lock_path(self) -> Path | None:
        database = self.engine.url.database
        if not self.is_sqlite or os.name != "posix" or not database or database == ":memory:":
            return None
        return Path(database + ".writer")

    def keep_fewer_pages(self, kilobytes: int) -> None:
        """Let each connection to SQLite keep so much of the file in memory, instead of 64 MB."""
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", lambda made, _: made.execute(f"PRAGMA cache_size=-{kilobytes}"))
            self.engine.dispose()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _make_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        made = sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=_OPTIONS)
        sa.event.listen(made, "connect", lambda connection, _record: arrays.teach(connection))
        sa.event.listen(made, "before_cursor_execute", _choose_format)
        return made
    connect = {"timeout": BUSY_MS / 1000, "check_same_thread": False}
    # An error may be logged, and what was to be written with it would be people's data.
    engine = sa.create_engine(url, hide_parameters=True, connect_args=connect)
    engine.dialect.colspecs = {**engine.dialect.colspecs, sa.Uuid: StoredUuid}
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def driver_options(engine: Engine) -> dict[str, Any]:
    """Return what PostgreSQL's own driver reaches the engine's database with."""
    found = {**engine.dialect.create_connect_args(engine.url)[1], **_OPTIONS}
    found.pop("context", None)  # SQLAlchemy's adapters: they stay in this process
    return found


def _choose_format(_connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    if context is not None and context.execution_options.get("disburse_binary"):
        cursor.format = 1


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # None hands BEGIN to us; the driver's own would start a reading transaction that cannot become a writing one.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # WAL with NORMAL may lose acknowledged commits at a power loss
        "foreign_keys=ON",
        f"busy_timeout={BUSY_MS}",
        "trusted_schema=OFF",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("disburse_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_full_disk(error: BaseException) -> bool:
    """Return whether an error of the system, the driver or SQLAlchemy says that there is no room left."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    text = str(getattr(error, "orig", error)) if isinstance(error, OperationalError | sqlite3.OperationalError) else ""
    return "database or disk is full" in text or "No space left on device" in text


def bulk_insert(
    session: Session,
    table: type[SQLModel],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    written: Collection[str] = (),
) -> int:
    """Insert many rows, tuples in the order of `columns`, some thousands at a time; see `insert_columns`."""
    total = 0
    iterator = iter(rows)
    while chunk := list(islice(iterator, INSERT_CHUNK)):
        total += insert_columns(session, table, dict(zip(columns, zip(*chunk, strict=True), strict=True)), written)
    return total


def insert_columns(
    session: Session, table: type[SQLModel], columns: Mapping[str, Any], written: Collection[str] = ()
) -> int:
    """Insert rows the fastest way the database has: COPY on PostgreSQL, one prepared statement on SQLite.

    `columns` hold the Python values a model would take, ids also as their 16 bytes, or are arrays of numpy; nothing is
    validated. The values of the columns `written` are in the database's own form already. Returns the number of rows.
    """
    count = len(next(iter(columns.values())))
    if not count:
        return 0  # SQLite would insert one row of nothing
    described: sa.Table = table.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        columns = copying.ordered(columns)
    kinds = [described.c[name].type for name in columns]
    kept = [None if name in written else described.c[name].type for name in columns]
    converters = [converter(kind, connection.dialect) if kind else None for kind in kept]
    if postgres:
        lines = copying.binary_of(copied(columns.values(), kinds, converters), kinds, count)
        _copy(connection, described, list(columns), lines)
    else:
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        values = [one.tolist() if copying.is_array(one) else one for one in columns.values()]
        rows = list(zip(*map(converted, values, converters), strict=True))
        connection.exec_driver_sql(f'INSERT INTO "{described.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608
    return count


def _copy(connection: Connection, table: sa.Table, columns: Sequence[str], lines: bytes) -> None:
    names = '", "'.join(columns)
    driver, of_driver = connection.connection.driver_connection, connection.dialect.loaded_dbapi.Error
    assert driver is not None
    statement = f'COPY "{table.name}" ("{names}") FROM STDIN (FORMAT BINARY)'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(lines)
    except of_driver as error:  # as an INSERT would say it: the driver's own is caught by nobody
        raise DBAPIError.instance(statement, None, error, of_driver, dialect=connection.dialect) from error


def upsert(session: Session, table: type[SQLModel], values: Sequence[dict[str, Any]], *, key: Sequence[str]) -> None:
    """Insert rows, or bring those with the same key up to date; for reference data and cells."""
    described: sa.Table = table.__table__  # type: ignore[attr-defined]
    dialect = session.connection().dialect.name
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    for start in range(0, len(values), 500):  # SQLite takes at most 32,766 parameters a statement
        statement = insert(described).values(list(values[start : start + 500]))
        changing = {name: statement.excluded[name] for name in values[0] if name not in key}
        if changing:
            statement = statement.on_conflict_do_update(index_elements=list(key), set_=changing)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=list(key))
        session.execute(statement)


def bulk_update(
    session: Session, table: type[SQLModel], key: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Write `columns` of many rows found by `key`: `rows` are tuples (key, value of each column in order).

    One UPDATE … FROM unnest(…) per chunk on PostgreSQL, one prepared statement on SQLite. A caller that may meet
    another writer locks its rows in a fixed order first. Returns the number of tuples.
    """
    if not rows:
        return 0
    described: sa.Table = table.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    names = [key, *columns]
    converters = [converter(described.c[name].type, connection.dialect) for name in names]
    lines = converted_rows(rows, converters)
    if connection.dialect.name != "postgresql":
        sets = ", ".join(f'"{name}" = ?' for name in columns)
        statement = f'UPDATE "{described.name}" SET {sets} WHERE "{key}" = ?'  # noqa: S608
        connection.exec_driver_sql(statement, [(*row[1:], row[0]) for row in lines])
        return len(rows)
    kinds = [described.c[name].type.compile(dialect=connection.dialect) for name in names]
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    sets = ", ".join(f'"{name}" = given."{name}"' for name in columns)
    given = ", ".join(f'"{name}"' for name in names)
    statement = (
        f'UPDATE "{described.name}" SET {sets} FROM unnest({arrays}) AS given({given}) '  # noqa: S608
        f'WHERE "{described.name}"."{key}" = given."{key}"'
    )
    for start in range(0, len(lines), INSERT_CHUNK):
        columnar = tuple(map(list, zip(*lines[start : start + INSERT_CHUNK], strict=True)))
        connection.exec_driver_sql(statement, columnar)
    return len(rows)


def among(
    session: OrmSession, statement: Any, column: Any, values: Iterable[Any], *, chunk: int = INSERT_CHUNK
) -> Iterator[Any]:
    """Yield the rows of `statement` whose `column` is one of `values`, asked in chunks."""
    iterator = iter(values)
    while some := list(islice(iterator, chunk)):
        yield from session.execute(statement.where(one_in(session, column, some))).all()  # one by one: half as fast


class Given(NamedTuple):
    """Values in one parameter, written once for every condition that asks for them."""

    written: Any


def given(session: OrmSession, column: Any, values: Sequence[Any]) -> Given:
    """Return values of this column, for several `one_in` of one transaction."""
    dialect = session.connection().dialect
    if dialect.name == "postgresql":
        return Given(sa.any_(_array(column.type, values)))
    if isinstance(column.type, sa.LargeBinary):  # JSON has no bytes
        return Given(values)
    text = json.dumps(converted(values, converter(column.type, dialect)))
    return Given(sa.select(sa.func.json_each(text).table_valued("value").c.value))


def one_in(session: OrmSession, column: Any, values: Sequence[Any] | Given) -> sa.ColumnElement[bool]:
    """Return the condition "column is one of values", all in one parameter: one statement for any number of them."""
    written = (values if isinstance(values, Given) else given(session, column, values)).written
    postgres = session.connection().dialect.name == "postgresql"
    condition: sa.ColumnElement[bool] = column == written if postgres else column.in_(written)
    return condition


def _array(kind: Any, values: Sequence[Any]) -> sa.ColumnElement[Any]:
    """Return values as one array of PostgreSQL."""
    if not isinstance(kind, sa.Uuid | sa.Integer):
        return sa.literal(list(values), sa.ARRAY(kind))
    return sa.cast(sa.literal(arrays.array_of(kind, values), sa.types.NullType()), sa.ARRAY(kind))


def take_turns(session: Session, *whats: str, shared: bool = False) -> None:
    """Let one transaction at a time do each of these things (`accounts of VBA`), until it ends; or, `shared`, any
    number of those that say so.

    PostgreSQL's advisory locks, taken in the order of the names; SQLite has one writer anyway.
    """
    if session.connection().dialect.name == "postgresql":
        lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        for what in sorted(set(whats)):
            session.execute(sa.text(f"SELECT {lock}(:space, hashtext(:what))"), {"space": _TURNS, "what": what})
