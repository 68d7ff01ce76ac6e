"""Tables of reviewing: who holds which card, what each clerk said, samples drawn, batches accepted over a filter."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.db import UtcDateTime, one_of
from disburse.ids import new_id


class ReviewLock(SQLModel, table=True):
    """A clerk's hold on a person's card: until `until`, nobody else is shown it."""

    __tablename__ = "review_lock"

    person_id: UUID = Field(primary_key=True)
    user_id: UUID
    user_name: str = Field(max_length=100)
    until: datetime = Field(sa_type=UtcDateTime)


class Said(StrEnum):
    """What a clerk says on a card. `none` = none of the accounts shown is this person's."""

    YES = "yes"
    NO = "no"
    NONE = "none"
    UNSURE = "unsure"


class Stage(StrEnum):
    """In which part of the work it was said."""

    FIRST = "first"
    SECOND = "second"
    SAMPLE = "sample"
    BULK = "bulk"


class ReviewSample(SQLModel, table=True):
    """The pairs a clerk must judge before a filter may be accepted in bulk; drawn once, kept as drawn."""

    __tablename__ = "review_sample"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(index=True)
    user_name: str = Field(max_length=100)
    filter: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    population: int
    population_ids: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # 16 bytes a pair; see batches.py
    candidate_ids: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    drawn_at: datetime = Field(sa_type=UtcDateTime)


class ReviewBatch(SQLModel, table=True):
    """Pairs accepted together over a filter after its sample was judged; taken back as a whole or not at all."""

    __tablename__ = "review_batch"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sample_id: UUID = Field(foreign_key="review_sample.id", unique=True)  # a sample speaks for one batch
    user_id: UUID
    user_name: str = Field(max_length=100)
    filter: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    accepted: int
    left_out: int
    at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = Field(default="", max_length=100)


class Judgement(SQLModel, table=True):
    """One answer of one clerk to one pair, with what it changed, so that it can be taken back.

    `waits` = nothing is changed before a second clerk agrees; `settled_by` is that clerk's own judgement, whose
    `agreed` says whether both said the same. No foreign keys to what is judged: this is a record of words.
    """

    __tablename__ = "judgement"
    __table_args__ = (
        sa.Index("ix_judgement_user_id_at", "user_id", "at"),
        sa.Index(
            "uq_judgement_waiting",
            "candidate_id",
            unique=True,
            sqlite_where=sa.text("waits AND settled_by IS NULL AND undone_at IS NULL"),
            postgresql_where=sa.text("waits AND settled_by IS NULL AND undone_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    candidate_id: UUID = Field(index=True)
    person_id: UUID
    account_id: UUID
    said: Said = Field(sa_type=one_of(Said, "said"))
    reason: str = Field(default="", max_length=200)
    stage: Stage = Field(default=Stage.FIRST, sa_type=one_of(Stage, "stage"))
    user_id: UUID
    user_name: str = Field(max_length=100)
    at: datetime = Field(sa_type=UtcDateTime)
    waits: bool = False
    settled_by: UUID | None = Field(default=None, foreign_key="judgement.id")
    agreed: bool | None = None
    sample_id: UUID | None = Field(default=None, foreign_key="review_sample.id", index=True)
    batch_id: UUID | None = Field(default=None, foreign_key="review_batch.id", index=True)
    change: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
