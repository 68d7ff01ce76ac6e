"""The two sides of matching as frames: who receives, and what banks state. Reads only; plain text only in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.accounts.gathering import Ids, Opened, uuids
from disburse.accounts.laying import gather, gather_among, gather_by
from disburse.accounts.tables import (
    HOLDER_CITIZEN_ID,
    HOLDER_OLD_ID,
    HOLDER_PHONE,
    RecipientHold,
    Registration,
)
from disburse.areas.places import packaged
from disburse.db import Given, one_in
from disburse.ids import in_order
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
from disburse.planner import in_memory

if TYPE_CHECKING:
    import pandas as pd

    from matching.columns import Text

# Columns of the tables themselves: a SELECT that names a class's attributes is read object by object, twice as slowly.
_PERSON, _RECIPIENT, _ENROLMENT, _HOLD, _REGISTRATION = (
    sa.inspect(table).local_table.c for table in (Person, Recipient, Enrolment, RecipientHold, Registration)
)

_OF_PEOPLE: Opened = {"citizen_id": {"citizen_id": CITIZEN_ID, "old_id": OLD_ID}, "phone": {"phone": PHONE}}
STATED: Opened = {
    "citizen_id": {"citizen_id": HOLDER_CITIZEN_ID, "old_id": HOLDER_OLD_ID},
    "phone": {"phone": HOLDER_PHONE},
}


Those = TypeVar("Those", bound=Sized)


@dataclass(slots=True)
class Side(Generic[Those]):
    """Columns for the matcher, and what their rows stand for, row by row."""

    columns: dict[str, Text]
    keys: Those

    def frame(self) -> pd.DataFrame:
        """Return them as a frame; `row_id` is the place in `keys`."""
        import pandas as pd

        return pd.DataFrame({"row_id": range(len(self.keys))} | {n: c.strings() for n, c in self.columns.items()})


def recipients(session: Session, only: Iterable[UUID] | None = None) -> Side[Ids]:
    """Return one row per person who is the current recipient of an active enrolment; keys are their ids, in order.

    `only`: those of these people.

    Guardians and authorised people stand here, their wards do not: so an account is never matched to a ward. A
    recipient without a commune of their own is sought where the enrolment is. The dead, and recipients whose right has
    run out, are not sought at all.
    """
    session.flush()
    if only is None:
        in_memory(session)
        found = gather(session, _select_recipients(_select_sought()))
    else:
        found = gather_by(session, lambda some: _select_these(session, some), _PERSON.id, in_order(only))
    columns = found.plain("id", _OF_PEOPLE)
    return Side(columns, found.ids["id"])


def _select_these(session: Session, some: Given) -> sa.Select[Any]:
    """Select those of some people: PostgreSQL must be told of both sides of the join, or it reads one whole, and SQLite
    inside the grouping, or it groups everybody."""
    sought = _select_sought().where(one_in(session, _RECIPIENT.person_id, some))
    return _select_recipients(sought).where(one_in(session, _PERSON.id, some))


def _select_sought() -> sa.Select[Any]:
    """Select who is the current recipient of active enrolments, each once, with the place and programme of one."""
    recipient, enrolment, hold = _RECIPIENT, _ENROLMENT, _HOLD
    held = sa.exists().where(hold.recipient_id == recipient.id, hold.settled_on.is_(None))
    return (
        sa.select(
            recipient.person_id,
            sa.func.min(enrolment.commune_code).label("commune_code"),
            sa.func.min(enrolment.programme).label("programme"),
        )
        .join_from(
            sa.inspect(Recipient).local_table, sa.inspect(Enrolment).local_table, enrolment.id == recipient.enrolment_id
        )
        .where(recipient.ended_on.is_(None), enrolment.state == EnrolmentState.ACTIVE, ~held)
        .group_by(recipient.person_id)
    )


def _select_recipients(sought: sa.Select[Any]) -> sa.Select[Any]:
    """Select who lives of those sought, in the order of their ids. They were grouped before people are joined, whose
    rows are seven times as wide."""
    found = sought.subquery("sought").c
    parted = sa.case((sa.and_(_PERSON.hamlet != "", _PERSON.address != ""), ", "), else_="")
    return (
        sa.select(
            _PERSON.id,
            _PERSON.name.label("full_name"),
            _written(_PERSON.birth_date, _PERSON.birth_precision).label("date_of_birth"),
            sa.cast(_PERSON.sex, sa.Text).label("gender"),
            _PERSON.citizen_id_sealed.label("citizen_id"),
            _PERSON.old_id_sealed.label("old_id"),
            _PERSON.phone_sealed.label("phone"),
            (_PERSON.hamlet + parted + _PERSON.address).label("address"),
            sa.func.coalesce(_PERSON.commune_code, found.commune_code).label("commune_code"),
            found.programme,
        )
        .where(found.person_id == _PERSON.id, _PERSON.status != PersonStatus.DEAD)
        .order_by(_PERSON.id)
    )


def _written(day: Any, precision: Any) -> sa.ColumnElement[str]:
    """A date as `written` writes it."""
    text = sa.cast(day, sa.Text)
    year, month = sa.func.substr(text, 1, 4), sa.func.ltrim(sa.func.substr(text, 6, 2), "0")
    return sa.case((precision == Precision.YEAR, year), (precision == Precision.MONTH, month + "/" + year), else_=text)


NAMELESS = sa.and_(_REGISTRATION.person_id.is_(None), _REGISTRATION.holder_fold != "")


@dataclass(frozen=True, slots=True)
class Keys:
    """Which registration, about which account, each row of a frame of statements is."""

    registrations: Ids
    accounts: Ids

    def __len__(self) -> int:
        return len(self.registrations)

    def of(self, rows: Sequence[int]) -> list[tuple[UUID, UUID]]:
        """Return (registration, account) of each row."""
        taken = np.array(rows, dtype=np.int64)
        return list(zip(uuids(self.registrations[taken]), uuids(self.accounts[taken]), strict=True))


def select_stated() -> sa.Select[Any]:
    """Select the statements of holders whom nobody has named yet, in the order of their ids."""
    row = _REGISTRATION
    return (
        sa.select(
            row.id,
            row.account_id,
            row.holder_name,
            _written(row.holder_birth_date, row.holder_birth_precision).label("date_of_birth"),
            sa.cast(row.holder_sex, sa.Text).label("gender"),
            row.holder_citizen_id_sealed.label("citizen_id"),
            row.holder_old_id_sealed.label("old_id"),
            row.holder_phone_sealed.label("phone"),
            row.address,
        )
        .where(NAMELESS)
        .order_by(row.id)
    )


def statements(session: Session, only: Iterable[UUID] | None = None) -> Side[list[tuple[UUID, UUID]]]:
    """Return one row per statement of a holder whom nobody has named yet; keys are (registration, account).

    `only`: of these registrations.
    """
    session.flush()
    if only is None:
        found = gather(session, select_stated())
    else:
        found = gather_among(session, select_stated(), _REGISTRATION.id, in_order(only))
    keys = Keys(found.ids["id"], found.ids["account_id"])
    return Side(found.plain("id", STATED), keys.of(range(len(keys))))


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
def places() -> dict[str, Text]:
    """Return every commune, old and new, with the commune of today it lies in."""
    from matching.columns import Text

    rows = [(place.code, place.name, place.today_code) for place in packaged().rows()]
    columns = zip(*rows, strict=True)
    return {name: Text.of(column) for name, column in zip(("code", "name", "today_code"), columns, strict=True)}
