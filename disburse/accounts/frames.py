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
    Account,
    RecipientHold,
    Registration,
)
from disburse.areas.places import Places
from disburse.db import among
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


@dataclass(slots=True)
class Side:
    """A frame for the matcher, and what its rows stand for: `keys[row_id]`."""

    frame: pd.DataFrame
    keys: list[Any]


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows)
    frame.insert(0, "row_id", range(len(rows)))
    return frame


def recipients(session: Session, only: Iterable[UUID] | None = None) -> Side:
    """Return one row per person who is the current recipient of an active enrolment; keys are person ids.

    `only`: those of these people.

    Guardians and authorised people stand here, their wards do not: so an account is never matched to a ward. A
    recipient without a commune of their own is sought where the enrolment is. The dead, and recipients whose right has
    run out, are not sought at all.
    """
    held = sa.select(col(RecipientHold.id)).where(
        col(RecipientHold.recipient_id) == col(Recipient.id), col(RecipientHold.settled_on).is_(None)
    )
    columns = (
        Person.id, Person.name, Person.birth_date, Person.birth_precision, Person.sex, Person.citizen_id_sealed,
        Person.old_id_sealed, Person.phone_sealed, Person.hamlet, Person.address,
    )  # fmt: skip
    where = sa.func.coalesce(col(Person.commune_code), sa.func.min(col(Enrolment.commune_code)))
    statement = (
        sa.select(*columns, where.label("commune"), sa.func.min(col(Enrolment.programme)).label("programme"))  # type: ignore[call-overload]
        .join(Recipient, col(Recipient.person_id) == col(Person.id))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .where(col(Recipient.ended_on).is_(None), col(Enrolment.state) == EnrolmentState.ACTIVE)
        .where(col(Person.status) != PersonStatus.DEAD, ~held.correlate(Recipient).exists())
        .group_by(col(Person.id))
        .order_by(col(Person.id))
    )
    keys, rows = [], []
    for person in _rows(session, statement, col(Person.id), only):
        number = CITIZEN_ID.maybe_open(person.id, person.citizen_id_sealed)
        keys.append(person.id)
        rows.append(
            {
                "full_name": person.name,
                "date_of_birth": written(person.birth_date, person.birth_precision),
                "gender": person.sex or "",
                "citizen_id": number or OLD_ID.maybe_open(person.id, person.old_id_sealed) or "",
                "phone": PHONE.maybe_open(person.id, person.phone_sealed) or "",
                "address": ", ".join(part for part in (person.hamlet, person.address) if part),
                "commune_code": person.commune or "",
                "programme": person.programme,
            }
        )
    return Side(_frame(rows), keys)


def _rows(session: Session, statement: Any, column: Any, only: Iterable[UUID] | None) -> Iterable[Any]:
    return session.execute(statement) if only is None else among(session, statement, column, sorted(set(only)))


NAMELESS = sa.and_(col(Registration.person_id).is_(None), col(Registration.holder_fold) != "")
Ids = npt.NDArray[np.bytes_]  # 36 characters a row: an eighth of what UUID objects take
_NOTHING: tuple[list[Any], ...] = tuple([] for _ in range(11))


@dataclass(frozen=True, slots=True)
class Keys:
    """Which registration, about which account, each row of a frame of statements is."""

    registrations: Ids
    accounts: Ids

    def __len__(self) -> int:
        return len(self.registrations)

    def of(self, row: int) -> tuple[UUID, UUID]:
        """Return (registration, account)."""
        return UUID(self.registrations[row].decode()), UUID(self.accounts[row].decode())


def select_stated() -> sa.Select[Any]:
    """Select the statements of holders whom nobody has named yet, in the order of their ids: what `read_stated` reads.

    Ids, days and codes come as text: as objects they would be a third of the time of a full run's reading.
    """
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
    return statement.where(NAMELESS).order_by(col(Registration.id))


def read_stated(rows: Sequence[Any], first: int = 0) -> tuple[pd.DataFrame, Keys]:
    """Read rows of `select_stated`; their row ids count on from `first`."""
    import pandas as pd

    columns: Any = tuple(zip(*rows, strict=True)) or _NOTHING
    ids, accounts, banks, names, days, precisions, sexes, citizens, olds, phones, addresses = columns
    dashed = [_dashed(id_) for id_ in ids]
    numbers = HOLDER_CITIZEN_ID.open_many(dashed, citizens)
    older = HOLDER_OLD_ID.open_many(dashed, [None if n else o for n, o in zip(numbers, olds, strict=True)])
    frame = pd.DataFrame(
        {
            "row_id": np.arange(first, first + len(dashed)),
            "bank_code": banks,
            "holder_name": names,
            "date_of_birth": [_day_text(day, precision) for day, precision in zip(days, precisions, strict=True)],
            "gender": [sex or "" for sex in sexes],
            "citizen_id": [number or old for number, old in zip(numbers, older, strict=True)],
            "phone": HOLDER_PHONE.open_many(dashed, phones),
            "address": addresses,
        }
    )
    return frame, Keys(np.array(dashed, dtype="S36"), np.array(accounts, dtype="S36"))


def _dashed(id_: str) -> str:
    return id_ if len(id_) == 36 else f"{id_[:8]}-{id_[8:12]}-{id_[12:16]}-{id_[16:20]}-{id_[20:]}"


def _day_text(day: str | None, precision: str | None) -> str:
    return written(date.fromisoformat(day) if day else None, precision)


def statements(session: Session, only: Iterable[UUID] | None = None) -> Side:
    """Return one row per statement of a holder whom nobody has named yet; keys are (registration, account).

    `only`: of these registrations.
    """
    frame, keys = read_stated(list(_rows(session, select_stated(), col(Registration.id), only)))
    return Side(frame, [keys.of(row) for row in range(len(keys))])


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
