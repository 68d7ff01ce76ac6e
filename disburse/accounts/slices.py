"""Everything banks state, read from the database slice by slice as the matcher wants it: memory does not follow its
size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from disburse.accounts import frames, postings
from disburse.accounts.frames import Ids, Keys
from disburse.accounts.postings import Words
from disburse.accounts.tables import Registration

if TYPE_CHECKING:
    from matching.normalise import People

SLICE = 100_000  # rows: about 100 MB while they are read


class Statements:
    """One run over the statements of all holders whom nobody has named yet, in the order of their ids.

    `keep_words`: post every row while it is at hand, see `postings`.
    """

    def __init__(self, session: Session, *, keep_words: bool = False) -> None:
        self._session, self._keep_words = session, keep_words
        self._keys: list[Keys] = []
        self._words: list[Words] = []
        self._owners: list[Words] = []
        self._rows = 0
        self._parts: Iterator[Sequence[Any]] = iter(())

    def __len__(self) -> int:
        return self._rows

    def slices(self) -> list[Slice]:
        """Return the slices; each, when read, gives the rows after those read before."""
        count = self._session.execute(
            sa.select(sa.func.count()).select_from(Registration).where(frames.NAMELESS)
        ).scalar_one()
        streamed = {"stream_results": True, "max_row_buffer": 20_000}
        rows = self._session.execute(frames.select_stated(), execution_options=streamed)
        self._parts = rows.partitions(SLICE)
        return [Slice(self)] * (int(count) // SLICE + 1)

    def next(self) -> People:
        """Read the next rows; their row ids count on from those before."""
        from matching.posts import read_registrations

        rows = next(self._parts, ())
        columns, keys = frames.read_stated(rows)
        people = read_registrations(columns, self._rows)
        self._keys.append(keys)
        if self._keep_words:
            words, owners = postings.registration_words(people)
            self._words.append(words)
            self._owners.append((owners + self._rows).astype(np.int32))
        self._rows += len(rows)
        return people

    def key(self, row: int) -> tuple[UUID, UUID]:
        """Return (registration, account) of a row."""
        part, at = divmod(row, SLICE)
        return self._keys[part].of(at)

    def words(self) -> tuple[Words, Words, Ids]:
        """Return (word, row) of everything read, and the ids of the rows."""
        none = np.zeros(0, dtype=np.int64)
        ids = np.concatenate([np.zeros(0, dtype="S36"), *(keys.registrations for keys in self._keys)])
        return np.concatenate([none, *self._words]), np.concatenate([none, *self._owners]), ids


class Slice:
    """The next rows, whichever they are."""

    def __init__(self, of: Statements) -> None:
        self._of = of

    def read(self) -> People:
        """Read them."""
        return self._of.next()
