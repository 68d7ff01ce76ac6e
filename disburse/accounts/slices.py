"""Everything banks state, read from the database slice by slice as the matcher wants it: memory does not follow its
size."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import frames, postings
from disburse.accounts.frames import Keys
from disburse.accounts.gathering import Gathered, Ids, gather_whole, uuids
from disburse.accounts.shards import Numbers, Words
from disburse.accounts.tables import Registration

if TYPE_CHECKING:
    from matching.normalise import People

SLICE = 100_000  # rows: about 100 MB while they are read
_END = UUID(int=(1 << 128) - 1)


class Statements:
    """One run over the statements of all holders whom nobody has named yet, in the order of their ids.

    `keep_words`: post every row while it is at hand, see `postings`.
    """

    def __init__(self, session: Session, *, keep_words: bool = False) -> None:
        self._session, self._keep_words = session, keep_words
        self._keys: list[Keys] = []
        self._words: list[Words] = []
        self._owners: list[Numbers] = []
        self._rows = 0
        self._ahead: Future[Gathered] | None = None
        self._beside: Executor | None = None

    def __len__(self) -> int:
        return self._rows

    @contextmanager
    def slices(self) -> Iterator[list[Slice]]:
        """Give the slices; each, when read, gives the rows after those read before.

        The database is asked for a slice while the one before is matched: nobody else may use the session meanwhile.
        """
        count = self._session.execute(
            sa.select(sa.func.count()).select_from(Registration).where(frames.NAMELESS)
        ).scalar_one()
        with ThreadPoolExecutor(1) as self._beside:
            self._ahead = self._beside.submit(self._gather, UUID(int=0))
            yield [Slice(self)] * (int(count) // SLICE + 1)

    def _gather(self, after: UUID) -> Gathered:
        return gather_whole(self._session, frames.select_stated().where(col(Registration.id) > after).limit(SLICE))

    def next(self) -> People:
        """Read the next rows; their row ids count on from those before."""
        from matching.posts import read_registrations

        assert self._ahead is not None
        assert self._beside is not None
        found = self._ahead.result()
        last = uuids(found.ids["id"][-1:])[0] if found.rows else _END
        self._ahead = self._beside.submit(self._gather, last)
        columns, keys = frames.read_stated(found)
        people = read_registrations(columns, self._rows)
        self._keys.append(keys)
        if self._keep_words:
            words, owners = postings.registration_words(people)
            self._words.append(words)
            self._owners.append((owners + self._rows).astype(np.int32))
        self._rows += found.rows
        return people

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
