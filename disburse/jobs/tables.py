"""Tables of background work. A job is saved in the same transaction as the thing it works on."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.db import UtcDateTime, one_of
from disburse.ids import new_id


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(SQLModel, table=True):
    """A piece of work with its lease. `attempt` fences: a worker that lost its lease can no longer write."""

    __tablename__ = "job"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=60, index=True)
    object_id: str = Field(default="", max_length=80, index=True)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    state: JobState = Field(default=JobState.QUEUED, sa_type=one_of(JobState, "state"), index=True)
    attempt: int = 0
    max_attempts: int = 5
    worker: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    run_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done: int = 0
    total: int = 0
    message: str = Field(default="", max_length=200)
    checkpoint: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    error: str = Field(default="", max_length=500)
    # The error as code and facts, where it is a known one: said in its reader's language. `error` is for the log.
    failure: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    created_by: str = Field(default="", max_length=100)
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
