"""Tables of payers and of their reports of paid and unpaid. Payment lists join them later."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id
from disburse.people import tables as people  # noqa: F401 - a foreign key names its table
from disburse.programmes import tables as programmes  # noqa: F401 - a foreign key names its table

PAID_LINE_RAW = Sealed("paid_line", "raw")


class Payer(SQLModel, table=True):
    """Who is contracted to pay: post, bank or wallet."""

    __tablename__ = "payer"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=100)
    name_fold: str = Field(max_length=100, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)


class PaidReport(SQLModel, table=True):
    """A payer's list of paid and unpaid for a programme and period, also when our payment list was not used."""

    __tablename__ = "paid_report"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    payer_id: UUID = Field(foreign_key="payer.id")
    programme: str = Field(max_length=20, foreign_key="programme.code")
    period: str = Field(max_length=7)
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    file_key: str = Field(max_length=64, unique=True)
    lines_matched: int = 0
    lines_left_out: int = 0
    imported_by: str = Field(max_length=100)
    imported_at: datetime = Field(sa_type=UtcDateTime)


class PaidStatus(StrEnum):
    PAID = "paid"
    UNPAID = "unpaid"
    RETURNED = "returned"


class Channel(StrEnum):
    ACCOUNT = "account"
    CASH = "cash"
    HOME = "home"


class PaidLine(SQLModel, table=True):
    """One line of a report. `enrolment_id` None = found nobody; kept all the same."""

    __tablename__ = "paid_line"
    __table_args__ = (sa.UniqueConstraint("report_id", "line"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    report_id: UUID = Field(foreign_key="paid_report.id")
    line: int
    enrolment_id: UUID | None = Field(default=None, foreign_key="enrolment.id", index=True)
    status: PaidStatus = Field(sa_type=one_of(PaidStatus, "status"))
    channel: Channel | None = Field(default=None, sa_type=one_of(Channel, "channel"))
    amount: int | None = Field(default=None, sa_type=sa.BigInteger)
    paid_on: date | None = None
    reason: str = Field(default="", max_length=200)
    # Of the enrolment when the line came: what it reported stays reported there, wherever they live since.
    commune_code: str = Field(default="", max_length=5, sa_column_kwargs={"server_default": ""})
    raw_sealed: bytes = Field(sa_type=sa.LargeBinary)  # empty once the retention is over


class ReportedPeriod(SQLModel, table=True):
    """The newest period closed or reported for a commune and programme: what `paid` speaks of."""

    __tablename__ = "reported_period"

    programme: str = Field(max_length=20, primary_key=True)
    commune_code: str = Field(max_length=5, primary_key=True)
    period: str = Field(max_length=7)
