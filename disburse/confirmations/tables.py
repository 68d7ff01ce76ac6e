"""Tables of what we ask banks and what they answer, in the words of the wire: pdng, rcvd, succ, rjct."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.accounts import tables as accounts  # noqa: F401 - a foreign key names its table
from disburse.banks import tables as banks  # noqa: F401 - a foreign key names its table
from disburse.db import UtcDateTime, one_of
from disburse.ids import new_id
from disburse.people import tables as people  # noqa: F401 - a foreign key names its table
from disburse.workbooks import tables as workbooks  # noqa: F401 - a foreign key names its table


class RequestKind(StrEnum):
    CONFIRM = "confirm"
    OPEN = "open"


class WireState(StrEnum):
    PENDING = "pdng"
    RECEIVED = "rcvd"
    SUCCEEDED = "succ"
    REJECTED = "rjct"


class ConfirmationRequest(SQLModel, table=True):
    """A question to a bank about one version of a link (`confirm`), or about a person without one (`open`)."""

    __tablename__ = "confirmation_request"
    __table_args__ = (
        sa.Index("ix_confirmation_request_bank_state", "bank_code", "state"),
        sa.Index(
            "uq_confirmation_request_open",
            "link_id",
            unique=True,
            sqlite_where=sa.text("closed_on IS NULL AND link_id IS NOT NULL"),
            postgresql_where=sa.text("closed_on IS NULL AND link_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_confirmation_request_person",
            "person_id",
            "bank_code",
            unique=True,
            sqlite_where=sa.text("closed_on IS NULL AND person_id IS NOT NULL"),
            postgresql_where=sa.text("closed_on IS NULL AND person_id IS NOT NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: RequestKind = Field(default=RequestKind.CONFIRM, sa_type=one_of(RequestKind, "kind"))
    bank_code: str = Field(max_length=20, foreign_key="bank.code")
    link_id: UUID | None = Field(default=None, foreign_key="link.id", index=True)
    link_version: int | None = None
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    state: WireState = Field(default=WireState.PENDING, sa_type=one_of(WireState, "state"))
    asked_by: str = Field(max_length=100)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    due_on: date | None = None  # the last working day on which an answer is in time
    closed_on: date | None = None


class ConfirmationResult(SQLModel, table=True):
    """One answer of a bank. Append-only; the request's state is that of its newest answer."""

    __tablename__ = "confirmation_result"
    __table_args__ = (sa.UniqueConstraint("request_id", "answer_key"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    request_id: UUID = Field(foreign_key="confirmation_request.id", index=True)
    answer_key: str = Field(max_length=64)  # digest of the answer's facts: the same answer again is one answer
    status: WireState = Field(sa_type=one_of(WireState, "status"))
    reason_code: str = Field(default="", max_length=60)
    name_match: str = Field(default="", max_length=10)
    id_match: str = Field(default="", max_length=12)
    account_status: str = Field(default="", max_length=10)
    currency: str = Field(default="", max_length=3)
    account_exists: bool | None = None
    account_kind: str = Field(default="", max_length=10)
    joint: bool | None = None
    papers: bool | None = None  # the bank holds the papers it needs
    biometrics: bool | None = None
    branch: str = Field(default="", max_length=100)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    source: str = Field(max_length=255)
    received_at: datetime = Field(sa_type=UtcDateTime)


class EventKind(StrEnum):
    CLOSED = "account_closed"
    LOCKED = "account_locked"
    OPENED = "account_unlocked"


class BankEvent(SQLModel, table=True):
    """What a bank told of one of its accounts by itself, whether or not we know the account. Append-only."""

    __tablename__ = "bank_event"
    __table_args__ = (sa.UniqueConstraint("bank_code", "event_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    bank_code: str = Field(max_length=20, foreign_key="bank.code")
    event_id: str = Field(max_length=64)  # the bank's own, by which the same event is one event
    kind: EventKind = Field(sa_type=one_of(EventKind, "kind"))
    facts_hash: bytes = Field(sa_type=sa.LargeBinary)  # keyed: of kind, account and day
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    happened_on: date
    source: str = Field(max_length=100)
    received_at: datetime = Field(sa_type=UtcDateTime)


class WorkbookState(StrEnum):
    SENT = "sent"  # made here, for a bank without a program
    WAITING = "waiting"  # came back; nobody has confirmed it yet
    TAKEN = "taken"
    PUT_ASIDE = "put_aside"


class BankWorkbook(SQLModel, table=True):
    """A workbook of requests that was handed out, or one of answers that a bank sent back."""

    __tablename__ = "bank_workbook"
    __table_args__ = (sa.Index("ix_bank_workbook_bank", "bank_code", "id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    bank_code: str = Field(max_length=20, foreign_key="bank.code")
    state: WorkbookState = Field(sa_type=one_of(WorkbookState, "state"))
    area_code: str = Field(default="", max_length=5)  # of whoever carried it, as in a grant: their people may see it
    name: str = Field(max_length=255)
    lines: int
    upload_id: UUID | None = Field(default=None, foreign_key="upload.id")  # the answers' own bytes, sealed
    sha256: str = Field(default="", max_length=64)
    made_by: str = Field(max_length=100)
    made_at: datetime = Field(sa_type=UtcDateTime)
    settled_by: str = Field(default="", max_length=100)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)  # what taking it came to
