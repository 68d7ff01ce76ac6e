"""The two sides of matching as frames: who receives, and what banks state. Reads only; plain text only in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

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


def statements(session: Session, only: Iterable[UUID] | None = None) -> Side:
    """Return one row per statement of a holder whom nobody has named yet; keys are (registration, account).

    `only`: of these registrations.
    """
    columns = (
        Registration.id, Registration.account_id, Account.bank_code, Registration.holder_name,
        Registration.holder_birth_date, Registration.holder_birth_precision, Registration.holder_sex,
        Registration.holder_citizen_id_sealed, Registration.holder_old_id_sealed,
        Registration.holder_phone_sealed, Registration.address,
    )  # fmt: skip
    statement = (
        sa.select(*columns)  # type: ignore[call-overload]
        .join(Account, col(Account.id) == col(Registration.account_id))
        .where(col(Registration.person_id).is_(None), col(Registration.holder_fold) != "")
        .order_by(col(Registration.id))
    )
    keys, rows = [], []
    for row in _rows(session, statement, col(Registration.id), only):
        number = HOLDER_CITIZEN_ID.maybe_open(row.id, row.holder_citizen_id_sealed)
        keys.append((row.id, row.account_id))
        rows.append(
            {
                "bank_code": row.bank_code,
                "holder_name": row.holder_name,
                "date_of_birth": written(row.holder_birth_date, row.holder_birth_precision),
                "gender": row.holder_sex or "",
                "citizen_id": number or HOLDER_OLD_ID.maybe_open(row.id, row.holder_old_id_sealed) or "",
                "phone": HOLDER_PHONE.maybe_open(row.id, row.holder_phone_sealed) or "",
                "address": row.address,
            }
        )
    return Side(_frame(rows), keys)


def written(day: date | None, precision: Precision | None) -> str:
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
