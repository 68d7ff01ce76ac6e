"""Everything banks state, read from the database slice by slice as the matcher wants it: memory does not follow its
size."""

from __future__ import annotations

import gc
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import crypto
from disburse.accounts import frames, memory, postings, shards
from disburse.accounts.frames import Keys
from disburse.accounts.gathering import Gathered, Ids, gather, uuids
from disburse.accounts.shards import Lines
from disburse.accounts.tables import Registration
from disburse.db import Database

if TYPE_CHECKING:
    from matching.normalise import People

SLICE = 100_000  # rows: about 100 MB while they are read
ALONE = 3  # slices that are read sooner here than a second process is ready to
_AHEAD = 2  # slices that the second process may be ahead


@dataclass(slots=True)
class Part:
    """One slice: the rows as the matcher reads them, and what they are."""

    people: People
    keys: Keys


class Reader:
    """Gathers slice after slice and reads what was gathered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._after, self._rows = UUID(int=0), 0

    def gather(self) -> Gathered:
        """Return the next rows as they stand in the database."""
        wanted = frames.select_stated().where(col(Registration.id) > self._after).limit(SLICE)
        found = gather(self._session, wanted)
        if found.rows:
            self._after = uuids(found.ids["id"][-1:])[0]
        return found

    def read(self, found: Gathered) -> Part:
        """Return rows, gathered in this order; their row ids count on from those before."""
        from matching.posts import read_registrations

        columns, keys = frames.read_stated(found)
        people = read_registrations(columns, self._rows)
        self._rows += found.rows
        return Part(people, keys)


class Statements:
    """One run over the statements of all holders whom nobody has named yet, in the order of their ids.

    `keep_words`: posts every row while it is at hand, see `postings`.
    """

    def __init__(self, session: Session, *, keep_words: bool = False) -> None:
        self._session, self._keep_words = session, keep_words
        self._reader = Reader(session)
        self._beside: ProcessPoolExecutor | None = None
        self._ahead: deque[Future[Part]] = deque()
        self._keys: list[Keys] = []
        self._lines: list[Lines] = []
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    @contextmanager
    def slices(self, when_read: Callable[[], None] | None = None) -> Iterator[list[Slice]]:
        """Give the slices; each, when read, gives the rows after those read before. With the last, `when_read`.

        Many are read by a process beside this one: it opens cells while this one matches and posts rows.
        """
        count = self._session.execute(
            sa.select(sa.func.count()).select_from(Registration).where(frames.NAMELESS)
        ).scalar_one()
        slices = [Slice(self)] * (int(count) // SLICE + 1)
        self._left, self._when_read = len(slices), when_read
        if len(slices) <= ALONE:
            yield slices
            return
        given = (_url(self._session), crypto.keyring())
        with ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin, initargs=given) as self._beside:
            self._ahead.extend(self._beside.submit(_read) for _ in range(_AHEAD))
            yield slices

    def next(self) -> People:
        """Read the next rows."""
        if self._beside is None:
            part = self._reader.read(self._reader.gather())
        else:
            part = self._ahead.popleft().result()
            self._ahead.append(self._beside.submit(_read))
        if self._keep_words:
            words, owners = postings.registration_words(part.people)
            self._lines.append(shards.lines_of(words, owners + self._rows))
        self._keys.append(part.keys)
        self._rows += len(part.people)
        self._left -= 1
        if not self._left and self._when_read:
            self._when_read()
        return part.people

    def keys(self) -> Keys:
        """Return what every row that was read is."""
        none = np.zeros(0, dtype="V16")
        return Keys(
            np.concatenate([none, *(keys.registrations for keys in self._keys)]),
            np.concatenate([none, *(keys.accounts for keys in self._keys)]),
        )

    def lines(self) -> tuple[Lines, Ids]:
        """Hand over what was posted of everything read, once, and the ids of the rows."""
        lines = np.concatenate([np.zeros(0, dtype=np.uint64), *self._lines])
        self._lines = []
        return lines, self.keys().registrations


class Slice:
    """The next rows, whichever they are."""

    def __init__(self, of: Statements) -> None:
        self._of = of

    def read(self) -> People:
        """Read them."""
        return self._of.next()


def _url(session: Session) -> str:
    return session.get_bind().engine.url.render_as_string(hide_password=False)


class Beside:
    """What the process beside works with: while it reads one slice, PostgreSQL gathers the next."""

    def __init__(self, session: Session) -> None:
        self._session, self._reader = session, Reader(session)
        self._gatherer = ThreadPoolExecutor(1)
        self._next = self._gatherer.submit(self._reader.gather)

    def read(self) -> Part:
        """Return the next slice."""
        found, self._next = self._next.result(), self._gatherer.submit(self._reader.gather)
        return self._reader.read(found)

    def close(self) -> None:
        """Give the connection back."""
        self._gatherer.shutdown()
        self._session.close()


_beside: Beside | None = None  # in the process beside


def _begin(url: str, keyring: crypto.Keyring) -> None:
    """Make this process ready to read, and end it when the one it reads for has ended, however that was."""
    global _beside
    threading.Thread(target=_end_with_parent, daemon=True).start()
    memory.keep()
    gc.disable()  # what a slice leaves behind refers to nothing that refers to it
    crypto.use(keyring)
    _beside = Beside(Session(Database(url).engine))
    Finalize(None, _beside.close, exitpriority=1)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read() -> Part:
    assert _beside is not None
    return _beside.read()
