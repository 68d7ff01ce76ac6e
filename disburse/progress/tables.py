"""Tables of targets and of closed months, which reproduce for ever."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.db import BigId, UtcDateTime


class Target(SQLModel, table=True):
    """How many enrolments of an area and programme should have reached a measure by a day."""

    __tablename__ = "target"
    __table_args__ = (sa.UniqueConstraint("area_code", "programme", "measure", "by_date"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    area_code: str = Field(max_length=5)
    programme: str = Field(max_length=20)
    measure: str = Field(default="registered", max_length=20)
    by_date: date
    value: int


class ProgressSnapshot(SQLModel, table=True):
    """One cell of a closed month, with the commune that was valid on its last day ("" = commune unknown)."""

    __tablename__ = "progress_snapshot"

    as_of: date = Field(primary_key=True)
    programme: str = Field(max_length=20, primary_key=True)
    area_code: str = Field(max_length=5, primary_key=True)
    area_valid_from: date = Field(primary_key=True)
    total: int
    id_valid: int
    verified: int
    registered_own: int
    registered_other: int
    confirmed: int
    paid: int | None = None
    wish_account: int
    wish_cash: int
    lines: int
    amount_total: int = Field(sa_type=sa.BigInteger)
    amount_by_account: int | None = Field(default=None, sa_type=sa.BigInteger)
    unexplained: int
    parked: int
    taken_at: datetime = Field(sa_type=UtcDateTime)
