"""Everything banks state, read from the database slice by slice as the matcher wants it: memory does not follow its
size."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
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
from disburse.accounts import frames, postings
from disburse.accounts.frames import Keys
from disburse.accounts.gathering import Ids, gather, uuids
from disburse.accounts.shards import Numbers, Words
from disburse.accounts.tables import Registration
from disburse.db import Database

if TYPE_CHECKING:
    from matching.normalise import People

SLICE = 100_000  # rows: about 100 MB while they are read
ALONE = 3  # slices that are read sooner here than a second process is ready to
_AHEAD = 2  # slices that the second process may be ahead


@dataclass(slots=True)
class Part:
    """One slice: the rows as the matcher reads them, what they are, and (word, row) of each if that was asked for."""

    people: People
    keys: Keys
    words: Words
    owners: Numbers


class Reader:
    """Reads slice after slice; `keep_words`: posts every row while it is at hand, see `postings`."""

    def __init__(self, session: Session, keep_words: bool) -> None:
        self._session, self._keep_words = session, keep_words
        self._after, self._rows = UUID(int=0), 0

    def read(self) -> Part:
        """Return the next rows; their row ids count on from those before."""
        from matching.posts import read_registrations

        wanted = frames.select_stated().where(col(Registration.id) > self._after).limit(SLICE)
        found = gather(self._session, wanted)
        columns, keys = frames.read_stated(found)
        people = read_registrations(columns, self._rows)
        words, owners = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        if self._keep_words:
            words, owners = postings.registration_words(people)
        part = Part(people, keys, words, (owners + self._rows).astype(np.int32))
        self._rows += found.rows
        if found.rows:
            self._after = uuids(found.ids["id"][-1:])[0]
        return part


class Statements:
    """One run over the statements of all holders whom nobody has named yet, in the order of their ids."""

    def __init__(self, session: Session, *, keep_words: bool = False) -> None:
        self._session, self._keep_words = session, keep_words
        self._reader = Reader(session, keep_words)
        self._beside: ProcessPoolExecutor | None = None
        self._ahead: deque[Future[Part]] = deque()
        self._keys: list[Keys] = []
        self._words: list[Words] = []
        self._owners: list[Numbers] = []
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    @contextmanager
    def slices(self) -> Iterator[list[Slice]]:
        """Give the slices; each, when read, gives the rows after those read before.

        Many are read by a process beside this one: it opens cells and posts rows while this one matches.
        """
        count = self._session.execute(
            sa.select(sa.func.count()).select_from(Registration).where(frames.NAMELESS)
        ).scalar_one()
        slices = [Slice(self)] * (int(count) // SLICE + 1)
        if len(slices) <= ALONE:
            yield slices
            return
        given = (_url(self._session), crypto.keyring(), self._keep_words)
        with ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin, initargs=given) as self._beside:
            self._ahead.extend(self._beside.submit(_read) for _ in range(_AHEAD))
            yield slices

    def next(self) -> People:
        """Read the next rows."""
        if self._beside is None:
            part = self._reader.read()
        else:
            part = self._ahead.popleft().result()
            self._ahead.append(self._beside.submit(_read))
        self._keys.append(part.keys)
        self._words.append(part.words)
        self._owners.append(part.owners)
        self._rows += len(part.people)
        return part.people

    def keys(self) -> Keys:
        """Return what every row that was read is."""
        none = np.zeros(0, dtype="V16")
        return Keys(
            np.concatenate([none, *(keys.registrations for keys in self._keys)]),
            np.concatenate([none, *(keys.accounts for keys in self._keys)]),
        )

    def words(self) -> tuple[Words, Numbers, Ids]:
        """Hand over (word, row) of everything read, once, and the ids of the rows."""
        words = np.concatenate([np.zeros(0, dtype=np.int64), *self._words])
        owners = np.concatenate([np.zeros(0, dtype=np.int32), *self._owners])
        self._words, self._owners = [], []
        return words, owners, self.keys().registrations


class Slice:
    """The next rows, whichever they are."""

    def __init__(self, of: Statements) -> None:
        self._of = of

    def read(self) -> People:
        """Read them."""
        return self._of.next()


def _url(session: Session) -> str:
    return session.get_bind().engine.url.render_as_string(hide_password=False)


_reader: Reader | None = None  # of the process beside


def _begin(url: str, keyring: crypto.Keyring, keep_words: bool) -> None:
    """Make this process ready to read, and end it when the one it reads for has ended, however that was."""
    global _reader
    threading.Thread(target=_end_with_parent, daemon=True).start()
    crypto.use(keyring)
    session = Session(Database(url).engine)
    Finalize(None, session.close, exitpriority=1)
    _reader = Reader(session, keep_words)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read() -> Part:
    assert _reader is not None
    return _reader.read()
