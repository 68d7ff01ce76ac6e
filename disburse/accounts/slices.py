"""Everything banks state, read from the database slice by slice as the matcher wants it: memory does not follow its
size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts import postings
from disburse.accounts.postings import Words
from disburse.accounts.tables import HOLDER_CITIZEN_ID, HOLDER_OLD_ID, HOLDER_PHONE, Account, Registration
from disburse.people.tables import Precision

if TYPE_CHECKING:
    import pandas as pd

    from matching.normalise import People

SLICE = 100_000  # rows: about 100 MB while they are read
_NAMELESS = sa.and_(col(Registration.person_id).is_(None), col(Registration.holder_fold) != "")
Ids = npt.NDArray[np.bytes_]  # 36 characters a row: an eighth of what UUID objects take


class Statements:
    """One run over the statements of all holders whom nobody has named yet, in the order of their ids.

    `keep_words`: post every row while it is at hand, see `postings`.
    """

    def __init__(self, session: Session, *, keep_words: bool = False) -> None:
        self._session, self._keep_words = session, keep_words
        self._ids: list[Ids] = []
        self._accounts: list[Ids] = []
        self._words: list[Words] = []
        self._owners: list[Words] = []
        self._rows = 0
        self._parts: Iterator[Sequence[Any]] = iter(())

    def __len__(self) -> int:
        return self._rows

    def slices(self) -> list[Slice]:
        """Return the slices; each, when read, gives the rows after those read before."""
        columns: Any = (
            sa.cast(col(Registration.id), sa.Text),
            sa.cast(col(Registration.account_id), sa.Text),
            Account.bank_code,
            Registration.holder_name,
            sa.cast(col(Registration.holder_birth_date), sa.Text),
            sa.cast(col(Registration.holder_birth_precision), sa.Text),
            sa.cast(col(Registration.holder_sex), sa.Text),
            Registration.holder_citizen_id_sealed,
            Registration.holder_old_id_sealed,
            Registration.holder_phone_sealed,
            Registration.address,
        )
        statement = sa.select(*columns).join(Account, col(Account.id) == col(Registration.account_id))
        statement = statement.where(_NAMELESS).order_by(col(Registration.id))
        count = self._session.execute(
            sa.select(sa.func.count()).select_from(Registration).where(_NAMELESS)
        ).scalar_one()
        rows = self._session.execute(statement, execution_options={"stream_results": True, "max_row_buffer": 20_000})
        self._parts = rows.partitions(SLICE)
        return [Slice(self)] * (int(count) // SLICE + 1)

    def next(self) -> People:
        """Read the next rows; their row ids count on from those before."""
        from matching.posts import read_registrations

        rows = next(self._parts, ())
        frame, ids, accounts = _frame(rows, self._rows)
        people = read_registrations(frame)
        self._ids.append(ids)
        self._accounts.append(accounts)
        if self._keep_words:
            words, owners = postings.registration_words(people)
            self._words.append(words)
            self._owners.append((owners + self._rows).astype(np.int32))
        self._rows += len(rows)
        return people

    def key(self, row: int) -> tuple[UUID, UUID]:
        """Return (registration, account) of a row."""
        part, at = divmod(row, SLICE)
        return UUID(self._ids[part][at].decode()), UUID(self._accounts[part][at].decode())

    def words(self) -> tuple[Words, Words, Ids]:
        """Return (word, row) of everything read, and the ids of the rows."""
        none = np.zeros(0, dtype=np.int64)
        ids = np.concatenate(self._ids) if self._ids else np.zeros(0, dtype="S36")
        return np.concatenate([none, *self._words]), np.concatenate([none, *self._owners]), ids


class Slice:
    """The next rows, whichever they are."""

    def __init__(self, of: Statements) -> None:
        self._of = of

    def read(self) -> People:
        """Read them."""
        return self._of.next()


_EMPTY: tuple[list[Any], ...] = tuple([] for _ in range(11))


def _frame(rows: Sequence[Any], first: int) -> tuple[pd.DataFrame, Ids, Ids]:
    import pandas as pd

    columns: Any = tuple(zip(*rows, strict=True)) or _EMPTY
    ids, accounts, banks, names, days, precisions, sexes, citizens, olds, phones, addresses = columns
    dashed = [_dashed(id_) for id_ in ids]
    numbers = HOLDER_CITIZEN_ID.open_many(dashed, citizens)
    older = HOLDER_OLD_ID.open_many(dashed, [None if n else o for n, o in zip(numbers, olds, strict=True)])
    frame = pd.DataFrame(
        {
            "row_id": np.arange(first, first + len(dashed)),
            "bank_code": banks,
            "holder_name": names,
            "date_of_birth": [_written(day, precision) for day, precision in zip(days, precisions, strict=True)],
            "gender": [sex or "" for sex in sexes],
            "citizen_id": [number or old for number, old in zip(numbers, older, strict=True)],
            "phone": HOLDER_PHONE.open_many(dashed, phones),
            "address": addresses,
        }
    )
    return frame, np.array(dashed, dtype="S36"), np.array(accounts, dtype="S36")


def _dashed(id_: str) -> str:
    return id_ if len(id_) == 36 else f"{id_[:8]}-{id_[8:12]}-{id_[12:16]}-{id_[16:20]}-{id_[20:]}"


def _written(day: str | None, precision: str | None) -> str:
    """As `frames.written` says it, from the text of a date."""
    if day and precision == Precision.YEAR:
        return day[:4]
    return f"{int(day[5:7])}/{day[:4]}" if day and precision == Precision.MONTH else day or ""
