"""Everything banks state, read from the database slice by slice as the matcher wants it: memory does not follow its
size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import crypto
from disburse.accounts import beside, frames, postings, shards
from disburse.accounts.beside import Part, Reader, Server, Source
from disburse.accounts.frames import Keys
from disburse.accounts.gathering import Gathered, Ids
from disburse.accounts.laying import gather, kinds_of, laying
from disburse.accounts.shards import Lines
from disburse.accounts.tables import Registration
from disburse.db import Database, driver_options

if TYPE_CHECKING:
    from matching.normalise import People

SLICE = 100_000  # rows: about 100 MB while they are read
ALONE = 3  # slices that are read sooner here than a second process is ready to
_AHEAD = 4  # slices that the second process may be ahead, 17 MB each: it reads them while this one reads the people


@dataclass(slots=True)
class _Database:
    """A database as a session asks it; a process beside makes its own from the address."""

    url: str
    session: Session | None = None

    def __reduce__(self) -> tuple[type[_Database], tuple[str]]:
        return _Database, (self.url,)

    def after(self, last: UUID) -> Gathered:
        """Return the next slice."""
        if self.session is None:
            self.session = Session(Database(self.url).engine)
        return gather(self.session, _next_after(last))

    def close(self) -> None:
        """Give the connection back."""
        if self.session is not None:
            self.session.close()


def _next_after(last: Any) -> sa.Select[Any]:
    return frames.select_stated().where(col(Registration.id) > last).limit(SLICE)


def _source(session: Session) -> Source:
    """Return what a process beside asks."""
    engine = session.get_bind().engine
    if engine.dialect.name != "postgresql":
        return _Database(engine.url.render_as_string(hide_password=False))
    statement = _next_after(sa.bindparam("last", type_=sa.Uuid()))
    query = laying(statement).compile(dialect=engine.dialect)
    values = {name: str(value) if isinstance(value, Enum) else value for name, value in query.params.items()}
    return Server(driver_options(engine), str(query), values, kinds_of(statement))


class Statements:
    """One run over the statements of all holders whom nobody has named yet, in the order of their ids.

    `keep_words`: posts every row while it is at hand, see `postings`.
    """

    def __init__(self, session: Session, *, keep_words: bool = False) -> None:
        self._session, self._keep_words = session, keep_words
        self._reader = Reader(_Database("", session), frames.STATED)
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
        given = (_source(self._session), frames.STATED, crypto.keyring())
        with ProcessPoolExecutor(1, get_context("spawn"), initializer=beside.begin, initargs=given) as self._beside:
            self._ahead.extend(self._beside.submit(beside.read) for _ in range(_AHEAD))
            yield slices

    def next(self) -> People:
        """Read the next rows."""
        if self._beside is None:
            part = self._reader.read(self._reader.gather())
        else:
            part = self._ahead.popleft().result()
            self._ahead.append(self._beside.submit(beside.read))
        if self._keep_words:
            words, owners = postings.registration_words(part.people)
            self._lines.append(shards.lines_of(words, owners + self._rows))
        self._keys.append(Keys(part.registrations, part.accounts))
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
