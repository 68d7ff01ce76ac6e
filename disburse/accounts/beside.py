"""What banks state, read slice by slice: by the process of a run itself, or by one beside it.

The process beside loads this and little more: without SQLAlchemy and the tables it is ready in half the time.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from disburse import crypto
from disburse.accounts import memory
from disburse.accounts.gathering import Gathered, Ids, Kind, Opened, read_laid, uuids

if TYPE_CHECKING:
    import psycopg

    from matching.normalise import People


class Source(Protocol):
    """Where statements stand."""

    def after(self, last: UUID) -> Gathered:
        """Return the next slice."""

    def close(self) -> None:
        """Give the connection back."""


@dataclass(slots=True)
class Server:
    """PostgreSQL, asked by its driver alone: how it is reached, and what it is asked with a place for `last`."""

    reached: Mapping[str, Any]
    query: str
    values: Mapping[str, Any]
    kinds: Mapping[str, Kind]
    _connection: psycopg.Connection | None = field(default=None, init=False)

    def after(self, last: UUID) -> Gathered:
        """Return the next slice."""
        import psycopg

        if self._connection is None:
            self._connection = psycopg.connect(**self.reached, autocommit=True)
        with self._connection.cursor(binary=True) as cursor:
            row = cursor.execute(self.query, {**self.values, "last": last}, prepare=False).fetchone()
        assert row is not None
        return read_laid(row, self.kinds)

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()


@dataclass(slots=True)
class Part:
    """One slice: the rows as the matcher reads them, and which registration, about which account, each is."""

    people: People
    registrations: Ids
    accounts: Ids


class Reader:
    """Gathers slice after slice and reads what was gathered."""

    def __init__(self, source: Source, opened: Opened) -> None:
        self._source, self._opened = source, opened
        self._last, self._rows = UUID(int=0), 0

    def gather(self) -> Gathered:
        """Return the next rows as they stand in the database."""
        found = self._source.after(self._last)
        if found.rows:
            self._last = uuids(found.ids["id"][-1:])[0]
        return found

    def read(self, found: Gathered) -> Part:
        """Return rows, gathered in this order; their row ids count on from those before."""
        from matching.posts import read_registrations

        people = read_registrations(found.plain("id", self._opened), self._rows)
        self._rows += found.rows
        return Part(people, found.ids["id"], found.ids["account_id"])


class _Beside:
    """What the process beside works with: while it reads one slice, PostgreSQL gathers the next."""

    def __init__(self, source: Source, opened: Opened) -> None:
        self._source, self._reader = source, Reader(source, opened)
        self._gatherer = ThreadPoolExecutor(1)
        self._next = self._gatherer.submit(self._reader.gather)

    def read(self) -> Part:
        """Return the next slice."""
        found, self._next = self._next.result(), self._gatherer.submit(self._reader.gather)
        return self._reader.read(found)

    def close(self) -> None:
        """Wait for what is still asked, and ask no more."""
        self._gatherer.shutdown()
        self._source.close()


_beside: _Beside | None = None  # in the process beside


def begin(source: Source, opened: Opened, keyring: crypto.Keyring) -> None:
    """Make this process ready to read, and end it when the one it reads for has ended, however that was."""
    global _beside
    threading.Thread(target=_end_with_parent, daemon=True).start()
    memory.keep()
    gc.disable()  # what a slice leaves behind refers to nothing that refers to it
    crypto.use(keyring)
    _beside = _Beside(source, opened)
    Finalize(None, _beside.close, exitpriority=1)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def read() -> Part:
    """Return the next slice, in the process beside."""
    assert _beside is not None
    return _beside.read()
