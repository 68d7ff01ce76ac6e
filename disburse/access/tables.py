"""Tables of users, grants, sessions, invitations, recovery codes, kept forms, and proposals for a second admin."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id

KEPT_FORM = Sealed("kept_form", "content")


class Role(StrEnum):
    ADMIN = "admin"
    PROVINCE = "province"
    COMMUNE = "commune"
    APPROVER = "approver"
    COLLABORATOR = "collaborator"
    LEADER = "leader"
    AUDITOR = "auditor"
    BANK = "bank"
    PAYER = "payer"


class User(SQLModel, table=True):
    """Someone who signs in. Never deleted: what they did still names them."""

    __tablename__ = "user_account"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    full_name: str = Field(default="", max_length=100)
    password_hash: str | None = Field(default=None, max_length=200)
    totp_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    totp_last_step: int = 0
    language: str = Field(default="vi", max_length=2)
    # WCAG 2.1.4: single keys that act can be switched off, because speech input types them by accident.
    shortcuts: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_sign_ins: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_sign_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_sign_in_from: str | None = Field(default=None, max_length=45)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Grant(SQLModel, table=True):
    """What a user may do: a role over an area's subtree and a programme; empty means all of them."""

    __tablename__ = "access_grant"
    __table_args__ = (sa.UniqueConstraint("user_id", "role", "area_code", "programme", "bank_code", "payer_name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    role: Role = Field(sa_type=one_of(Role, "role"))
    area_code: str = Field(default="", max_length=5)  # "" = the nation, 2 digits = province, 5 = commune of today
    programme: str = Field(default="", max_length=20)
    bank_code: str = Field(default="", max_length=20)
    payer_name: str = Field(default="", max_length=100)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserSession(SQLModel, table=True):
    """A signed-in browser: the token itself is only in its cookie, here is its SHA-256."""

    __tablename__ = "user_session"

    token_hash: str = Field(max_length=64, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ip: str | None = Field(default=None, max_length=45)
    agent: str = Field(default="", max_length=200)
    # The sign-in before this one, and what failed since: shown once, so that a stranger's visit is noticed.
    previous_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    previous_from: str | None = Field(default=None, max_length=45)
    failed_before: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Invitation(SQLModel, table=True):
    """A single-use link by which a user sets password and second factor; 24 hours."""

    __tablename__ = "invitation"

    token_hash: str = Field(max_length=64, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    made_by: UUID | None = Field(default=None, foreign_key="user_account.id")  # None: the command line


class KeptForm(SQLModel, table=True):
    """What somebody had typed when their session turned out to be over: sealed, for them alone, for half an hour."""

    __tablename__ = "kept_form"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    path: str = Field(max_length=500)
    content_sealed: bytes = Field(sa_type=sa.LargeBinary)
    made_at: datetime = Field(sa_type=UtcDateTime, index=True)


class SignInCount(SQLModel, table=True):
    """Failed sign-ins per user name or address in a five-minute window, shared by all processes."""

    __tablename__ = "sign_in_count"

    key: str = Field(max_length=120, primary_key=True)
    window: int = Field(primary_key=True, sa_type=sa.BigInteger)
    failures: int = 0


class RecoveryCode(SQLModel, table=True):
    """A code that stands in for the phone once. Only its keyed digest is kept."""

    __tablename__ = "recovery_code"

    code_index: bytes = Field(sa_type=sa.LargeBinary, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ProposalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


class GrantProposal(SQLModel, table=True):
    """A grant that one administrator may not give alone, or not leave to an account they handed out anew (ADR 17)."""

    __tablename__ = "grant_proposal"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="user_account.id", index=True)
    role: Role = Field(sa_type=one_of(Role, "role"))
    area_code: str = Field(default="", max_length=5)
    programme: str = Field(default="", max_length=20)
    state: ProposalState = Field(default=ProposalState.OPEN, sa_type=one_of(ProposalState, "state"), index=True)
    proposed_by: UUID = Field(foreign_key="user_account.id")
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: UUID | None = Field(default=None, foreign_key="user_account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
