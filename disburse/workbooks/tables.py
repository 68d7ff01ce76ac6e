"""Table of uploaded files: the officer's own bytes, sealed, kept for the retention period."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import UtcDateTime
from disburse.ids import new_id

CONTENT = Sealed("upload", "content")


class Upload(SQLModel, table=True):
    """A file as it came. In the database, so that any worker on any machine can carry on with it."""

    __tablename__ = "upload"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=255)
    sha256: str = Field(max_length=64, index=True)
    size: int
    content_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # None once the retention has passed
    uploaded_by: str = Field(max_length=100)
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
