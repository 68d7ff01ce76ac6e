"""The two sides of matching as frames: who receives, and what banks state. Reads only; plain text only in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts.tables import (
    HOLDER_CITIZEN_ID,
    HOLDER_OLD_ID,
    HOLDER_PHONE,
    RecipientHold,
    Registration,
)
from disburse.areas.places import Places
from disburse.crypto import Sealed
from disburse.db import among
from disburse.ids import in_order, uuid_of
from disburse.people.tables import (
    CITIZEN_ID,
    OLD_ID,
    PHONE,
    Enrolment,
    EnrolmentState,
    Person,
    PersonStatus,
    Precision,
    Recipient,
)

if TYPE_CHECKING:
    import pandas as pd

    from matching.columns import Text

# Columns of the tables themselves: a SELECT that names a class's attributes is read object by object, twice as slowly.
_PERSON, _RECIPIENT, _ENROLMENT, _HOLD, _REGISTRATION = (
    sa.inspect(table).local_table.c for table in (Person, Recipient, Enrolment, RecipientHold, Registration)
)


@dataclass(slots=True)
class Side:
    """Columns for the matcher, and what their rows stand for, row by row."""

    columns: dict[str, Text]
    keys: list[Any]

    def frame(self) -> pd.DataFrame:
        """Return them as a frame; `row_id` is the place in `keys`."""
        import pandas as pd

        return pd.DataFrame({"row_id": range(len(self.keys))} | {n: c.strings() for n, c in self.columns.items()})


def _columns(**given: Sequence[str | None]) -> dict[str, Text]:
    """As the matcher holds them: a frame of pandas would take as long to make as a third of the reading."""
    from matching.columns import Text

    return {name: Text.of([cell or "" for cell in cells]) for name, cells in given.items()}


def recipients(session: Session, only: Iterable[UUID] | None = None) -> Side:
    """Return one row per person who is the current recipient of an active enrolment; keys are person ids.

    `only`: those of these people.

    Guardians and authorised people stand here, their wards do not: so an account is never matched to a ward. A
    recipient without a commune of their own is sought where the enrolment is. The dead, and recipients whose right has
    run out, are not sought at all.
    """
    rows = _rows(session, _select_recipients(), _PERSON.id, only)
    ids, days, precisions, sexes, names, citizens, olds, phones, hamlets, streets, communes, programmes = _across(
        rows, 12
    )
    dashed = [_dashed(id_) for id_ in ids]
    found = _columns(
        full_name=names,
        date_of_birth=list(map(_day_text, days, precisions)),
        gender=sexes,
        citizen_id=_numbers(dashed, CITIZEN_ID, citizens, OLD_ID, olds),
        phone=PHONE.open_many(dashed, phones),
        address=[", ".join(filter(None, both)) for both in zip(hamlets, streets, strict=True)],
        commune_code=communes,
        programme=programmes,
    )
    return Side(found, list(map(_uuid, dashed)))


def _select_recipients() -> sa.Select[Any]:
    """Select the current recipients of active enrolments, each once, in the order of their ids."""
    recipient, enrolment, hold = _RECIPIENT, _ENROLMENT, _HOLD
    held = sa.exists().where(hold.recipient_id == recipient.id, hold.settled_on.is_(None))
    commune = sa.func.coalesce(_PERSON.commune_code, sa.func.min(enrolment.commune_code))
    as_text = ("id", "birth_date", "birth_precision", "sex")  # see `select_stated`
    names = ("name", "citizen_id_sealed", "old_id_sealed", "phone_sealed", "hamlet", "address")
    columns: list[Any] = [*(sa.cast(_PERSON[name], sa.Text) for name in as_text), *(_PERSON[name] for name in names)]
    return (
        sa.select(*columns, commune, sa.func.min(enrolment.programme))
        .join_from(sa.inspect(Person).local_table, sa.inspect(Recipient).local_table, recipient.person_id == _PERSON.id)
        .join(sa.inspect(Enrolment).local_table, enrolment.id == recipient.enrolment_id)
        .where(recipient.ended_on.is_(None), enrolment.state == EnrolmentState.ACTIVE)
        .where(_PERSON.status != PersonStatus.DEAD, ~held)
        .group_by(_PERSON.id)
        .order_by(_PERSON.id)
    )


def _rows(session: Session, statement: Any, column: Any, only: Iterable[UUID] | None) -> Iterable[Any]:
    session.flush()
    return session.execute(statement) if only is None else among(session, statement, column, in_order(only))


NAMELESS = sa.and_(_REGISTRATION.person_id.is_(None), _REGISTRATION.holder_fold != "")
Cells = Sequence[bytes | None]
Ids = npt.NDArray[np.bytes_]  # 36 characters a row: an eighth of what UUID objects take


@dataclass(frozen=True, slots=True)
class Keys:
    """Which registration, about which account, each row of a frame of statements is."""

    registrations: Ids
    accounts: Ids

    def __len__(self) -> int:
        return len(self.registrations)

    def of(self, row: int) -> tuple[UUID, UUID]:
        """Return (registration, account)."""
        return _uuid(self.registrations[row].decode()), _uuid(self.accounts[row].decode())


def select_stated() -> sa.Select[Any]:
    """Select the statements of holders whom nobody has named yet, in the order of their ids: what `read_stated` reads.

    Ids, days and codes come as text: as objects they would be a third of the time of a full run's reading.
    """
    row = _REGISTRATION
    names = ("id", "account_id", "holder_name", "holder_birth_date", "holder_birth_precision", "holder_sex")
    sealed = ("holder_citizen_id_sealed", "holder_old_id_sealed", "holder_phone_sealed")
    columns: list[Any] = [
        *(sa.cast(row[name], sa.Text) for name in names),
        *(row[name] for name in sealed),
        row.address,
    ]
    return sa.select(*columns).where(NAMELESS).order_by(row.id)


def read_stated(rows: Sequence[Any]) -> tuple[dict[str, Text], Keys]:
    """Read rows of `select_stated`."""
    ids, accounts, names, days, precisions, sexes, citizens, olds, phones, addresses = _across(rows, 10)
    dashed = [_dashed(id_) for id_ in ids]
    found = _columns(
        holder_name=names,
        date_of_birth=list(map(_day_text, days, precisions)),
        gender=sexes,
        citizen_id=_numbers(dashed, HOLDER_CITIZEN_ID, citizens, HOLDER_OLD_ID, olds),
        phone=HOLDER_PHONE.open_many(dashed, phones),
        address=addresses,
    )
    return found, Keys(np.array(dashed, dtype="S36"), np.array(accounts, dtype="S36"))


def _across(rows: Iterable[Any], width: int) -> Sequence[Sequence[Any]]:
    """Turn rows of so many columns into columns; of no rows they are empty."""
    return list(zip(*rows, strict=True)) or [()] * width


def _numbers(rows: Sequence[str], new: Sealed, citizens: Cells, old: Sealed, olds: Cells) -> list[str]:
    """Open each row's citizen ID, and only where there is none its old number."""
    numbers = new.open_many(rows, citizens)
    older = old.open_many(rows, [None if number else cell for number, cell in zip(numbers, olds, strict=True)])
    return [number or cell for number, cell in zip(numbers, older, strict=True)]


def _uuid(dashed: str) -> UUID:
    return uuid_of(int(dashed.replace("-", ""), 16))


def _dashed(id_: str) -> str:
    return id_ if len(id_) == 36 else f"{id_[:8]}-{id_[8:12]}-{id_[12:16]}-{id_[16:20]}-{id_[20:]}"


def _day_text(day: str | None, precision: str | None) -> str:
    if day is None or precision == Precision.DAY:
        return day or ""
    return written(date.fromisoformat(day), precision)


def statements(session: Session, only: Iterable[UUID] | None = None) -> Side:
    """Return one row per statement of a holder whom nobody has named yet; keys are (registration, account).

    `only`: of these registrations.
    """
    found, keys = read_stated(list(_rows(session, select_stated(), _REGISTRATION.id, only)))
    return Side(found, [keys.of(row) for row in range(len(keys))])


def written(day: date | None, precision: str | None) -> str:
    """Return a date as the matcher reads it: a day, a month or a year, or nothing."""
    if day is None:
        return ""
    if precision == Precision.YEAR:
        return str(day.year)
    return f"{day.month}/{day.year}" if precision == Precision.MONTH else day.isoformat()


def in_scope(session: Session, programme: str | None, area: str | None) -> set[UUID] | None:
    """Return the recipients of a programme's enrolments in a province or commune; None = everybody."""
    if programme is None and area is None:
        return None
    statement = (
        sa.select(col(Recipient.person_id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(col(Recipient.ended_on).is_(None), col(Enrolment.state) == EnrolmentState.ACTIVE)
        .where(col(Recipient.person_id).is_not(None))
    )
    if programme is not None:
        statement = statement.where(col(Enrolment.programme) == programme)
    if area is not None:
        column = Enrolment.province_code if len(area) == 2 else Enrolment.commune_code
        statement = statement.where(col(column) == area)
    return {row[0] for row in session.execute(statement)}


@cache
def places() -> pd.DataFrame:
    """Return every commune, old and new, with the commune of today it lies in."""
    import pandas as pd

    rows: Iterable[Any] = Places().rows()
    return pd.DataFrame(
        [(r.code, r.valid_from.isoformat(), r.name, r.today_code) for r in rows],
        columns=["code", "valid_from", "name", "today_code"],
    )
