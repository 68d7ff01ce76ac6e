"""Tables of the funnel: the stages of each enrolment, and the cell of each commune and programme that sums them."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.people import tables as people  # noqa: F401 - a foreign key names its table


class EnrolmentStage(SQLModel, table=True):
    """Where one active enrolment stands. Flags are 0 or 1, so that a cell is their sum; amounts are đồng a month."""

    __tablename__ = "enrolment_stage"
    __table_args__ = (sa.Index("ix_enrolment_stage_cell", "commune_code", "programme"),)

    enrolment_id: UUID = Field(primary_key=True, foreign_key="enrolment.id")
    commune_code: str = Field(max_length=5)
    programme: str = Field(max_length=20)
    total: int = 0
    id_valid: int = 0
    verified: int = 0
    registered_own: int = 0
    registered_other: int = 0
    confirmed: int = 0
    paid: int = 0
    wish_account: int = 0
    wish_cash: int = 0
    lines: int = 0
    amount_total: int = Field(default=0, sa_type=sa.BigInteger)
    amount_by_account: int = Field(default=0, sa_type=sa.BigInteger)
    unexplained: int = 0


class ProgressCell(SQLModel, table=True):
    """The funnel of one commune of today and one programme. `commune_code` "" holds rows whose commune is unknown."""

    __tablename__ = "progress_cell"

    programme: str = Field(max_length=20, primary_key=True)
    commune_code: str = Field(max_length=5, primary_key=True)
    total: int = 0
    id_valid: int = 0
    verified: int = 0
    registered_own: int = 0
    registered_other: int = 0
    confirmed: int = 0
    paid: int | None = None  # None until a period was closed or reported for this commune
    wish_account: int = 0
    wish_cash: int = 0
    lines: int = 0
    amount_total: int = Field(default=0, sa_type=sa.BigInteger)
    amount_by_account: int | None = Field(default=None, sa_type=sa.BigInteger)
    unexplained: int = 0
    parked: int = 0
