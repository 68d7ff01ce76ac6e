"""Tables of programmes, benefit types and dated rates. Amounts are rows, never constants in code."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.db import BigId


class Programme(SQLModel, table=True):
    """A policy that pays people each month, and the department that owns it."""

    __tablename__ = "programme"

    code: str = Field(max_length=20, primary_key=True)
    name: str = Field(max_length=100)
    owner: str = Field(max_length=100)
    position: int = 0


class BenefitType(SQLModel, table=True):
    """A kind of benefit. `regular` kinds make the monthly total; care, one-off and emergency kinds stand beside it."""

    __tablename__ = "benefit_type"

    code: str = Field(max_length=20, primary_key=True)
    programme: str = Field(max_length=20, foreign_key="programme.code", index=True)
    name: str = Field(max_length=700)  # the longest in the annex of Decree 77/2024 has 639
    legal_basis: str = Field(max_length=300)
    regular: bool = True


class BenefitRate(SQLModel, table=True):
    """What a type pays from a day on: a coefficient of the programme's base, or an amount in đồng a month."""

    __tablename__ = "benefit_rate"
    __table_args__ = (sa.UniqueConstraint("type_code", "valid_from"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    type_code: str = Field(max_length=20, foreign_key="benefit_type.code", index=True)
    valid_from: date
    amount: int | None = Field(default=None, sa_type=sa.BigInteger)
    coefficient: Decimal | None = Field(default=None, sa_type=sa.Numeric(6, 2))
    legal_basis: str = Field(max_length=300)
