"""Tables of the audit chain. No foreign keys: the record of what happened must outlive what it happened to."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.db import UtcDateTime


class AuditEvent(SQLModel, table=True):
    """One act: who, what, on whom, before and after (masked), chained by `hash` to the event before it."""

    __tablename__ = "audit_event"

    seq: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: str | None = Field(default=None, max_length=40)
    actor_name: str = Field(max_length=100)
    via: str = Field(max_length=20)
    action: str = Field(max_length=60, index=True)
    object_type: str = Field(max_length=40)
    object_id: str = Field(max_length=80)
    province_code: str | None = Field(default=None, max_length=2)
    area_code: str | None = Field(default=None, max_length=5)
    programme: str | None = Field(default=None, max_length=20)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    request_id: str | None = Field(default=None, max_length=40)
    ip: str | None = Field(default=None, max_length=45)
    hash: bytes = Field(sa_type=sa.LargeBinary)

    __table_args__ = (
        sa.Index("ix_audit_event_object", "object_type", "object_id"),
        # Of people and programs alone: a run of the matcher writes a hundred thousand events and is neither.
        sa.Index(
            "ix_audit_event_actor_id", "actor_id", sqlite_where=sa.text("actor_id IS NOT NULL"),
            postgresql_where=sa.text("actor_id IS NOT NULL"),
        ),
    )  # fmt: skip


class KeyCheck(SQLModel, table=True):
    """What the database remembers of its root key, so that a wrong key is noticed before anything is read."""

    __tablename__ = "key_check"

    id: int = Field(primary_key=True)
    value: bytes = Field(sa_type=sa.LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime)
