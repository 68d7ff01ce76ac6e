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
from disburse.accounts import beside, frames, postings
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
_AHEAD = 12  # slices that the second process may be ahead, 200 MB: it reads while this one reads the people


def _nothing() -> None:
    """Nobody waits for the end."""


@dataclass(slots=True)
class _Database:
    """A database as a session asks it; a process beside makes its own from the address."""

    url: str
    size: int
    session: Session | None = None

    def __reduce__(self) -> tuple[type[_Database], tuple[str, int]]:
        return _Database, (self.url, self.size)

    def after(self, last: UUID) -> Gathered:
        """Return the next slice."""
        if self.session is None:
            self.session = Session(Database(self.url).engine)
        return gather(self.session, _next_after(last, self.size))

    def close(self) -> None:
        """Give the connection back."""
        if self.session is not None:
            self.session.close()


def _next_after(last: Any, size: int) -> sa.Select[Any]:
    return frames.select_stated().where(col(Registration.id) > last).limit(size)


def _source(session: Session) -> Source:
    """Return what a process beside asks."""
    engine = session.get_bind().engine
    if engine.dialect.name != "postgresql":
        return _Database(engine.url.render_as_string(hide_password=False), SLICE)
    statement = _next_after(sa.bindparam("last", type_=sa.Uuid()), SLICE)
    query = laying(statement).compile(dialect=engine.dialect)
    values = {name: str(value) if isinstance(value, Enum) else value for name, value in query.params.items()}
    return Server(driver_options(engine), str(query), values, kinds_of(statement))


class Statements:
    """One run over the statements of all holders whom nobody has named yet, in the order of their ids.

    `keep_words`: posts every row while it is at hand, see `postings`.
    """

    def __init__(self, session: Session, *, keep_words: bool = False) -> None:
        self._session, self._keep_words = session, keep_words
        self._beside: ProcessPoolExecutor | None = None
        self._keys: list[Keys] = []
        self._lines: list[Lines] = []
        self._rows = 0
        self._given: Future[None] = Future()

    def __len__(self) -> int:
        return self._rows

    @contextmanager
    def slices(self, when_read: Callable[[], None] = _nothing) -> Iterator[Iterator[People]]:
        """Give the slices, each read when it is asked for.

        Many are read by a process beside this one: it opens cells while this one matches and posts rows. `when_read`
        is called once there is no more to read, before the last slices are given.
        """
        try:
            if not self._are_many():
                yield self._kept(self._read_here(when_read))
                return
            given = (_source(self._session), frames.STATED, crypto.keyring())
            with ProcessPoolExecutor(1, get_context("spawn"), initializer=beside.begin, initargs=given) as self._beside:
                ahead = deque(self._beside.submit(beside.read) for _ in range(_AHEAD))
                try:
                    yield self._kept(_read_beside(self._beside, ahead, when_read))
                finally:
                    self._beside.shutdown(cancel_futures=True)
        finally:
            self._given.cancel()  # if not all was

    def _are_many(self) -> bool:
        """Whether there are too many to be read here. To count them all would be to read the whole table."""
        enough = ALONE * SLICE
        some = sa.select(col(Registration.id)).where(frames.NAMELESS).limit(enough).subquery()
        return int(self._session.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()) >= enough

    def _read_here(self, when_read: Callable[[], None]) -> Iterator[Part]:
        reader = Reader(_Database("", SLICE, self._session), frames.STATED)
        while True:
            part = reader.read(reader.gather())
            if _is_last(part):
                when_read()
            yield part

    def _kept(self, parts: Iterator[Part]) -> Iterator[People]:
        """Give the slices up to the last, and keep of each what this run over them is to know."""
        for part in parts:
            self._keep(part)
            if last := _is_last(part):
                self._given.set_result(None)
            yield part.people
            if last:
                return

    def _keep(self, part: Part) -> None:
        if self._keep_words:
            self._lines.append(postings.registration_lines(part.people, self._rows))
        self._keys.append(Keys(part.registrations, part.accounts))
        self._rows += len(part.people)

    def keys(self) -> Keys:
        """Return what every row that was read is."""
        none = np.zeros(0, dtype="V16")
        return Keys(
            np.concatenate([none, *(keys.registrations for keys in self._keys)]),
            np.concatenate([none, *(keys.accounts for keys in self._keys)]),
        )

    def lines(self) -> tuple[list[Lines], Ids]:
        """Hand over what was posted of each slice, once, and the ids of all rows; waits until all has been given.

        Raises CancelledError if that came to nothing.
        """
        self._given.result()
        lines, self._lines = self._lines, []
        return lines, self.keys().registrations


def _is_last(part: Part) -> bool:
    return len(part.people) < SLICE


def _read_beside(
    process: ProcessPoolExecutor, ahead: deque[Future[Part]], when_read: Callable[[], None]
) -> Iterator[Part]:
    told = False
    while True:
        part = ahead.popleft().result()
        if not told and (_is_last(part) or any(_is_last(one.result()) for one in ahead if one.done())):
            told = True
            when_read()
        if not told:
            ahead.append(process.submit(beside.read))
        yield part
