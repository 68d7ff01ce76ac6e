"""Tables of provinces and communes. Keyed by (code, valid_from): digits changed meaning in 2025-07."""

from datetime import date
from enum import StrEnum

from sqlmodel import Field, SQLModel

from disburse.db import BigId, one_of


class AreaKind(StrEnum):
    PROVINCE = "province"
    COMMUNE = "commune"


class Area(SQLModel, table=True):
    """A province or commune in the time it exists. `province_code` is today's, also for units that are gone."""

    __tablename__ = "area"

    code: str = Field(max_length=5, primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date | None = None  # the first day on which it no longer exists
    kind: AreaKind = Field(sa_type=one_of(AreaKind, "kind"))
    name: str = Field(max_length=100)
    type: str = Field(max_length=20)
    name_fold: str = Field(max_length=100, index=True)
    sort_key: str = Field(max_length=200)
    district: str = Field(default="", max_length=100)
    district_code: str = Field(default="", max_length=3)
    province_code: str = Field(max_length=2, index=True)
    lat: float | None = None
    lon: float | None = None


class AreaChange(SQLModel, table=True):
    """What became of a unit: one row per successor. `split` marks a unit whose people went to several."""

    __tablename__ = "area_change"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    old_code: str = Field(max_length=5, index=True)
    old_valid_from: date
    new_code: str = Field(max_length=5, index=True)
    new_valid_from: date
    on: date
    split: bool = False
