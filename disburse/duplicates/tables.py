"""Tables of pairs that may be one person, of merges with each row they re-pointed, and of pairs that are two people."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id
from disburse.people import tables as people  # noqa: F401 - a foreign key names its table

TAKEN = Sealed("person_merge", "taken")


class Likeness(StrEnum):
    OLD_ID = "old_id"  # the same old ID and given name
    SAME_PLACE = "same_place"  # the same name and birth in one commune
    SAME_BIRTHDAY = "same_birthday"  # the same name and full birth date, in another commune of the province


class DuplicatePair(SQLModel, table=True):
    """Two persons who may be one; `low_id` < `high_id`. Found by the search, gone once somebody decides."""

    __tablename__ = "duplicate_pair"

    low_id: UUID = Field(foreign_key="person.id", primary_key=True)
    high_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    why: Likeness = Field(sa_type=one_of(Likeness, "why"))
    found_at: datetime = Field(sa_type=UtcDateTime)


class NotSamePerson(SQLModel, table=True):
    """Two persons of whom somebody said that they are two: they are not asked about again."""

    __tablename__ = "not_same_person"

    low_id: UUID = Field(foreign_key="person.id", primary_key=True)
    high_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    said_by: str = Field(max_length=100)
    said_on: date
    reason: str = Field(default="", max_length=200)


class MergeState(StrEnum):
    PROPOSED = "proposed"  # a confirmed account is touched: a second person must agree
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"


class PersonMerge(SQLModel, table=True):
    """One record folded into another. What it took over is sealed, what it re-pointed stands in `merged_row`."""

    __tablename__ = "person_merge"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kept_id: UUID = Field(foreign_key="person.id", index=True)
    gone_id: UUID = Field(foreign_key="person.id", index=True)
    state: MergeState = Field(sa_type=one_of(MergeState, "state"), index=True)
    kept_link_id: UUID | None = None  # which link survives, where both have one
    reason: str = Field(max_length=200)
    proposed_by: str = Field(max_length=100)
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str = Field(default="", max_length=100)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    parting_by: str = Field(default="", max_length=100)  # who asked to undo it, where a second person must agree
    parting_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    parting_why: str = Field(default="", max_length=200)
    undone_by: str = Field(default="", max_length=100)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # facts the kept one lacked, as JSON


class MergedRow(SQLModel, table=True):
    """One row that a merge re-pointed: which table, which row, which column, from what to what.

    The column "kept" stands for none: a row that the kept record had before the merge, so that what came after it is
    known when the merge is undone.
    """

    __tablename__ = "merged_row"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    merge_id: UUID = Field(foreign_key="person_merge.id", index=True)
    table_name: str = Field(max_length=40)
    row_key: str = Field(max_length=80)
    column_name: str = Field(max_length=40)
    before: str | None = Field(default=None, max_length=200)
    after: str | None = Field(default=None, max_length=200)
