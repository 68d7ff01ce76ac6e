"""Tables of accounts, registrations (statements about accounts), candidates and links."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.banks import tables as banks  # noqa: F401 - a foreign key names its table
from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id
from disburse.people.tables import Precision, Sex
from disburse.workbooks import tables as workbooks  # noqa: F401 - a foreign key names its table

ACCOUNT_NUMBER = Sealed("account", "number")
HOLDER_CITIZEN_ID = Sealed("registration", "holder_citizen_id")
HOLDER_OLD_ID = Sealed("registration", "holder_old_id")
HOLDER_PHONE = Sealed("registration", "holder_phone")
STAFF_ID = Sealed("staff_number", "citizen_id")
STAFF_PHONE = Sealed("staff_number", "phone")
LIST_ROW_RAW = Sealed("registration_row", "raw")
EVIDENCE = Sealed("candidate", "evidence")


class AccountStatus(StrEnum):
    OPEN = "open"
    LOCKED = "locked"
    CLOSED = "closed"
    UNKNOWN = "unknown"


UNUSABLE_SQL = "status IN ('locked', 'closed') OR joint OR currency <> 'VND'"


class Account(SQLModel, table=True):
    """An account at a bank. Only open, sole, VND accounts (or those nobody said otherwise of) are linkable."""

    __tablename__ = "account"
    __table_args__ = (
        sa.UniqueConstraint("bank_code", "number_index"),
        # Few accounts are: each look at the red flags read all of them.
        sa.Index(
            "ix_account_unusable", "id", sqlite_where=sa.text(UNUSABLE_SQL), postgresql_where=sa.text(UNUSABLE_SQL)
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    bank_code: str = Field(max_length=20, foreign_key="bank.code")
    number_sealed: bytes = Field(sa_type=sa.LargeBinary)
    number_index: bytes = Field(sa_type=sa.LargeBinary)
    number_tail: str = Field(max_length=4)  # the last digits, shown masked everywhere
    status: AccountStatus = Field(default=AccountStatus.UNKNOWN, sa_type=one_of(AccountStatus, "status"))
    currency: str = Field(default="VND", max_length=3)
    joint: bool = False
    standing_on: date | None = None  # day of the bank's last word about status, currency or joint
    branch: str = Field(default="", max_length=100)
    opened_on: date | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)


class RegistrationSource(StrEnum):
    BANK_LIST = "bank_list"
    BANK_REPLY = "bank_reply"
    ROSTER = "roster"
    SIGNED_FORM = "signed_form"
    VNEID = "vneid"
    PAYER = "payer"
    OPENING_DAY = "opening_day"


# Only a bank says what its account is good for: whether it is open, whose alone, in which currency.
BANK_SOURCES = (RegistrationSource.BANK_LIST, RegistrationSource.BANK_REPLY, RegistrationSource.OPENING_DAY)


class ListState(StrEnum):
    CHECKING = "checking"  # brought on the screen, read to be seen first
    WAITING = "waiting"  # seen or to be seen; counts once an officer says so
    READING = "reading"
    IMPORTED = "imported"
    REFUSED = "refused"
    PUT_ASIDE = "put_aside"


class ListOrigin(StrEnum):
    SCREEN = "screen"
    COMMAND = "command"
    API = "api"


class RegistrationList(SQLModel, table=True):
    """One file of registrations from a bank or another source, with the legal basis it came under."""

    __tablename__ = "registration_list"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    bank_code: str = Field(max_length=20, foreign_key="bank.code")
    source: RegistrationSource = Field(sa_type=one_of(RegistrationSource, "source"))
    basis: str = Field(max_length=300)
    upload_id: UUID | None = Field(default=None, foreign_key="upload.id")
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64)
    # same bytes, bank, source, basis: same list, that day
    file_key: str | None = Field(default=None, max_length=64, unique=True)
    origin: ListOrigin = Field(default=ListOrigin.COMMAND, sa_type=one_of(ListOrigin, "origin"))
    area_code: str | None = Field(default=None, max_length=5)  # of whoever brought it on the screen, as in a grant
    state: ListState = Field(default=ListState.READING, sa_type=one_of(ListState, "state"))
    rows_read: int = 0
    rows_ok: int = 0
    rows_parked: int = 0
    rows_skipped: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_same: int = 0
    rows_erased: int = 0
    report: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    created_by: str = Field(max_length=100)
    created_at: datetime = Field(sa_type=UtcDateTime)
    settled_by: str = Field(default="", max_length=100)  # who had it taken in or put aside, on the screen
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    imported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Registration(SQLModel, table=True):
    """A statement "this account exists, held by …". Append-only; the same facts again only move `last_seen`."""

    __tablename__ = "registration"
    __table_args__ = (
        sa.Index(
            "ix_registration_drift", "account_id", sqlite_where=sa.text("drift"), postgresql_where=sa.text("drift")
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    source: RegistrationSource = Field(sa_type=one_of(RegistrationSource, "source"))
    basis: str = Field(max_length=300)
    list_id: UUID | None = Field(default=None, foreign_key="registration_list.id", index=True)
    roster_id: UUID | None = Field(default=None, index=True)
    sheet: str = Field(default="", max_length=100)
    line: int | None = None
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)  # stated for this person
    holder_name: str = Field(max_length=200)
    holder_fold: str = Field(max_length=200)
    holder_birth_date: date | None = None
    holder_birth_precision: Precision | None = Field(default=None, sa_type=one_of(Precision, "holder_birth_precision"))
    holder_sex: Sex | None = Field(default=None, sa_type=one_of(Sex, "holder_sex"))
    holder_citizen_id_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    holder_citizen_id_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary, index=True)
    holder_old_id_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    holder_phone_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    address: str = Field(default="", max_length=300)
    facts_hash: bytes = Field(sa_type=sa.LargeBinary)  # keyed; equal facts about one account are one statement
    drift: bool = False  # the holder differs from an earlier statement about this account
    stated_by: str | None = Field(default=None, max_length=100)  # who brought it; None = before this was kept
    stated_on: date
    last_seen: date


class RegistrationRow(SQLModel, table=True):
    """A line of a bank list that could not become a registration, kept with its reasons so that nothing is lost."""

    __tablename__ = "registration_row"
    __table_args__ = (sa.UniqueConstraint("list_id", "sheet", "line"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    list_id: UUID = Field(foreign_key="registration_list.id")
    sheet: str = Field(max_length=100)
    line: int
    raw_sealed: bytes = Field(sa_type=sa.LargeBinary)  # cells and issues, as JSON; empty once the retention is over


class CandidateState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSURE = "unsure"
    SUPERSEDED = "superseded"


class Candidate(SQLModel, table=True):
    """A pair the matcher proposes, with its evidence. `asks` says what a clerk must answer."""

    __tablename__ = "candidate"
    __table_args__ = (sa.UniqueConstraint("person_id", "account_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")  # on PostgreSQL triggers check it instead (docs/adr/0016)
    account_id: UUID = Field(index=True)  # the registration's
    registration_id: UUID  # checked with its account by triggers, for a whole step's pairs at once (docs/adr/0016)
    score: float
    decision: str = Field(max_length=10)  # what the preset says: match | review
    asks: str = Field(default="", max_length=20)  # "" | same_person | choose_account | shared_account
    preset: str = Field(max_length=40)
    differs: str = Field(default="", max_length=10)  # the kind of difference, as differences.py names it
    forbidden: bool = False  # a conflict forbids an automatic match at any score
    evidence_sealed: bytes = Field(sa_type=sa.LargeBinary)
    state: CandidateState = Field(default=CandidateState.OPEN, sa_type=one_of(CandidateState, "state"), index=True)
    reason: str = Field(default="", max_length=200)
    decided_by: str = Field(default="", max_length=100)
    decided_on: date | None = None
    found_at: datetime = Field(sa_type=UtcDateTime)


class LinkState(StrEnum):
    ACCEPTED = "accepted"
    REQUESTED = "requested"
    RECEIVED = "received"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CLOSED = "closed"
    PROPOSED = "proposed"
    APPROVED = "approved"


LIVE = (LinkState.ACCEPTED, LinkState.REQUESTED, LinkState.RECEIVED, LinkState.CONFIRMED)
_LIVE_SQL = "state = 'confirmed' OR (state IN ('accepted', 'requested', 'received') AND replaces IS NULL)"


class Link(SQLModel, table=True):
    """A person or organisation and an account: versioned, never deleted.

    Live = accepted, requested, received or confirmed, but never one that replaces another and is not confirmed yet.
    """

    __tablename__ = "link"
    __table_args__ = (
        sa.Index(
            "uq_link_primary_of_person",
            "person_id",
            unique=True,
            sqlite_where=sa.text(f"is_primary AND ({_LIVE_SQL})"),
            postgresql_where=sa.text(f"is_primary AND ({_LIVE_SQL})"),
        ),
        sa.Index(
            "uq_link_person_of_account",
            "account_id",
            unique=True,
            sqlite_where=sa.text(_LIVE_SQL),
            postgresql_where=sa.text(_LIVE_SQL),
        ),
        # Few links are an organisation's; without this, each count of the links of some people read every link.
        sa.Index(
            "ix_link_organisation_id",
            "organisation_id",
            sqlite_where=sa.text("organisation_id IS NOT NULL"),
            postgresql_where=sa.text("organisation_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_link_replaces",
            "replaces",
            sqlite_where=sa.text("replaces IS NOT NULL"),
            postgresql_where=sa.text("replaces IS NOT NULL"),
        ),
        sa.UniqueConstraint("person_id", "account_id", "version"),
        sa.CheckConstraint("approved_by = '' OR approved_by <> decided_by", name="two_people"),
        sa.CheckConstraint(
            "replaces IS NULL OR state IN ('proposed', 'closed') OR approved_by <> ''", name="approved_replacement"
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")  # as the candidate's
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    account_id: UUID = Field(index=True)  # checked by triggers, for a whole step's links at once (docs/adr/0016)
    version: int = 1
    state: LinkState = Field(sa_type=one_of(LinkState, "state"))
    is_primary: bool = True
    decided_by: str = Field(max_length=100)
    decided_how: str = Field(max_length=20)  # rule | clerk | stated
    decided_on: date
    preset: str = Field(default="", max_length=40)
    score: float | None = None
    replaces: UUID | None = Field(default=None, foreign_key="link.id")
    approved_by: str = Field(default="", max_length=100)  # the second person behind a replacement
    approved_on: date | None = None
    beside: bool = False  # a replacement for some enrolments only: it will stand beside the link it replaces
    since: date  # the first day it counts as registered
    confirmed_on: date | None = None
    ended_on: date | None = None  # the day it was refused or closed
    ended_by: str = Field(default="", max_length=100)
    reason: str = Field(default="", max_length=100)


class RecipientLink(SQLModel, table=True):
    """Where a recipient uses another live link than the person's primary one."""

    __tablename__ = "recipient_link"

    recipient_id: UUID = Field(foreign_key="recipient.id", primary_key=True)
    link_id: UUID = Field(foreign_key="link.id", index=True)


class LinkCover(SQLModel, table=True):
    """An enrolment that a change of account was proposed for."""

    __tablename__ = "link_cover"

    link_id: UUID = Field(foreign_key="link.id", primary_key=True)
    enrolment_id: UUID = Field(foreign_key="enrolment.id", primary_key=True, index=True)


class LinkNotice(SQLModel, table=True):
    """What another department is told: the holder's account is to change. `covered` = for its enrolment too."""

    __tablename__ = "link_notice"
    __table_args__ = (sa.UniqueConstraint("link_id", "enrolment_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    link_id: UUID = Field(foreign_key="link.id")
    enrolment_id: UUID = Field(foreign_key="enrolment.id", index=True)
    programme: str = Field(max_length=20)
    covered: bool
    made_by: str = Field(max_length=100)
    made_on: date
    dismissed_by: str = Field(default="", max_length=100)
    dismissed_on: date | None = None


class HoldReason(StrEnum):
    EXPIRED = "expired"
    OF_AGE = "of_age"


class RecipientHold(SQLModel, table=True):
    """Why somebody may not receive for an enrolment until an officer has looked: the paper ran out, the ward grew up.

    From `since` until `settled_on` the enrolment counts as without an account.
    """

    __tablename__ = "recipient_hold"
    __table_args__ = (
        sa.Index(
            "uq_recipient_hold_open",
            "recipient_id",
            unique=True,
            sqlite_where=sa.text("settled_on IS NULL"),
            postgresql_where=sa.text("settled_on IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    recipient_id: UUID = Field(foreign_key="recipient.id", index=True)
    reason: HoldReason = Field(sa_type=one_of(HoldReason, "reason"))
    since: date
    settled_on: date | None = None
    settled_by: str = Field(default="", max_length=100)
    note: str = Field(default="", max_length=300)


class StaffNumber(SQLModel, table=True):
    """Somebody who works with the lists or the money: an account of theirs among the payees is a red flag."""

    __tablename__ = "staff_number"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=100)
    area_code: str = Field(max_length=5)  # the province or commune whose officers keep this entry
    citizen_id_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    person_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary, index=True)  # as of person.citizen_id
    holder_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary, index=True)  # as of a registration's
    phone_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    phone_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary, index=True)
    added_by: str = Field(max_length=100)
    added_on: date
    removed_by: str = Field(default="", max_length=100)
    removed_on: date | None = None


class FlagReview(SQLModel, table=True):
    """An officer looked at a red flag and wrote down why it may stand. Other facts raise the flag again."""

    __tablename__ = "flag_review"
    __table_args__ = (sa.UniqueConstraint("kind", "subject", "facts"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=20)
    subject: str = Field(max_length=80)
    facts: str = Field(max_length=64)  # digest of what was seen
    note: str = Field(max_length=300)
    reviewed_by: str = Field(max_length=100)
    reviewed_at: datetime = Field(sa_type=UtcDateTime)


class MatchPreset(SQLModel, table=True):
    """Weights of the matcher refitted to this installation's own data; used only where the setting names it."""

    __tablename__ = "match_preset"

    name: str = Field(max_length=40, primary_key=True)
    base: str = Field(max_length=40)
    source: str = Field(max_length=10)  # em | decisions
    document: str = Field(sa_type=sa.Text)  # matching.Settings.to_json
    effect: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)  # before and after, as it was shown
    created_by: str = Field(max_length=100)
    created_at: datetime = Field(sa_type=UtcDateTime)
