"""Tables of banks and of their programs: clients, secrets, budgets, repeated calls, nonces, the log, webhooks."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id

SIGNING_KEY = Sealed("bank_client_secret", "signing")
WEBHOOK_SECRET = Sealed("bank_client", "webhook_secret")
_NOT_REVOKED = "revoked_at IS NULL"


class Bank(SQLModel, table=True):
    """A bank or wallet, keyed by its VietQR code."""

    __tablename__ = "bank"

    code: str = Field(max_length=20, primary_key=True)
    bin: str = Field(max_length=6, unique=True)
    bic: str = Field(default="", max_length=11)
    short_name: str = Field(max_length=60)
    name: str = Field(max_length=200)
    sbv_code: str = Field(default="", max_length=3)
    kind: str = Field(default="bank", max_length=20)


class BankClient(SQLModel, table=True):
    """A program of one bank that may call us: what it may do, from where, how often, and where it is told of news."""

    __tablename__ = "bank_client"
    __table_args__ = (sa.UniqueConstraint("bank_code", "name"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)  # the client_id it signs in with
    bank_code: str = Field(max_length=20, foreign_key="bank.code")
    name: str = Field(max_length=100)
    scopes: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    allowed_ips: list[str] = Field(default_factory=list, sa_type=sa.JSON)  # networks; empty: from anywhere
    per_minute: int = 60
    per_day: int = 5_000
    must_sign: bool = False  # every change carries a message signature
    webhook_url: str = Field(default="", max_length=500)
    webhook_secret_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    contact: str = Field(default="", max_length=200)
    created_by: str = Field(max_length=100)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_call_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClientSecret(SQLModel, table=True):
    """A secret of a client, of which only a digest is kept. Two may live at once, so that one can be changed."""

    __tablename__ = "bank_client_secret"
    __table_args__ = (
        sa.Index(
            "uq_bank_client_secret_slot",
            "client_id",
            "slot",
            unique=True,
            sqlite_where=sa.text(_NOT_REVOKED),
            postgresql_where=sa.text(_NOT_REVOKED),
        ),
        sa.CheckConstraint("slot IN (1, 2)", name="slot"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)  # the keyid of message signatures
    client_id: UUID = Field(foreign_key="bank_client.id")
    slot: int
    digest: bytes = Field(sa_type=sa.LargeBinary, unique=True)  # SHA-256 of 256 random bits
    hint: str = Field(max_length=4)  # its last characters, to tell two apart
    signing_sealed: bytes = Field(sa_type=sa.LargeBinary)  # the key of message signatures, derived from the secret
    made_by: str = Field(max_length=100)
    made_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CallCount(SQLModel, table=True):
    """How often somebody called in a window of time; counted for all processes alike."""

    __tablename__ = "bank_call_count"

    key: str = Field(max_length=80, primary_key=True)
    window: int = Field(primary_key=True, sa_type=sa.BigInteger)  # the moment it began, in Unix seconds
    ends: int = Field(sa_type=sa.BigInteger, index=True)
    calls: int


class IdempotencyKey(SQLModel, table=True):
    """A call that may be sent again: what it asked, and what it was answered. `attempt` fences a slow first try."""

    __tablename__ = "idempotency_key"

    client_id: UUID = Field(foreign_key="bank_client.id", primary_key=True)
    key: str = Field(max_length=255, primary_key=True)
    digest: str = Field(max_length=64)  # of method, address and body
    attempt: int = 1
    status: int | None = None  # None: still running
    answer: bytes = Field(default=b"", sa_type=sa.LargeBinary)
    lease_until: datetime = Field(sa_type=UtcDateTime)
    begun_at: datetime = Field(sa_type=UtcDateTime, index=True)


class UsedNonce(SQLModel, table=True):
    """A nonce of a signed message, kept while the message could be sent again."""

    __tablename__ = "used_nonce"

    client_id: UUID = Field(foreign_key="bank_client.id", primary_key=True)
    nonce: str = Field(max_length=64, primary_key=True)
    until: datetime = Field(sa_type=UtcDateTime, index=True)


class CallRecord(SQLModel, table=True):
    """One call of a bank's program, without its body."""

    __tablename__ = "bank_request_log"
    __table_args__ = (sa.Index("ix_bank_request_log_bank_code_id", "bank_code", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    client_id: UUID | None = Field(default=None, index=True)
    bank_code: str = Field(default="", max_length=20)
    method: str = Field(max_length=10)
    route: str = Field(max_length=100)  # the template, never the address
    status: int
    code: str = Field(default="", max_length=60)  # of the problem, if there was one
    idempotency_key: str = Field(default="", max_length=255)
    items: int | None = None
    body_bytes: int = 0
    ms: int
    request_id: str = Field(default="", max_length=40)
    ip: str = Field(default="", max_length=45)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class WebhookDelivery(SQLModel, table=True):
    """A message to a bank that something is waiting; it says how much, never about whom."""

    __tablename__ = "webhook_delivery"

    id: UUID = Field(default_factory=new_id, primary_key=True)  # the webhook-id, the same at every try
    client_id: UUID = Field(foreign_key="bank_client.id", index=True)
    kind: str = Field(max_length=40)
    body: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    state: DeliveryState = Field(default=DeliveryState.WAITING, sa_type=one_of(DeliveryState, "state"))
    tries: int = 0
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookTry(SQLModel, table=True):
    """One try to deliver a message: what came back, or why nothing did."""

    __tablename__ = "webhook_try"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    delivery_id: UUID = Field(foreign_key="webhook_delivery.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    status: int | None = None
    error: str = Field(default="", max_length=60)
    ms: int = 0
