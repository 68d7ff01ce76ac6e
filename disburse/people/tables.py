"""Tables of persons, enrolments, benefit lines, recipients and what the population database said."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id
from disburse.programmes import tables as programmes  # noqa: F401 - a foreign key names its table

CITIZEN_ID = Sealed("person", "citizen_id")
OLD_ID = Sealed("person", "old_id")
PHONE = Sealed("person", "phone")
SCAN = Sealed("paper_scan", "content")
NOTE = Sealed("person_note", "text")


def _bytewise(length: int) -> sa.types.TypeEngine[str]:
    """Return text in byte order, so that an index serves "begins with" whatever the database's own collation is."""
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Sex(StrEnum):
    MALE = "Nam"
    FEMALE = "Nữ"


class PersonStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    DEAD = "dead"
    MOVED = "moved"


class Person(SQLModel, table=True):
    """One human being, with at most one citizen ID. Guardians and authorised people are persons too."""

    __tablename__ = "person"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=100)
    name_fold: str = Field(max_length=100, index=True)
    sort_key: str = Field(max_length=200)
    birth_date: date | None = None
    birth_precision: Precision | None = Field(default=None, sa_type=one_of(Precision, "birth_precision"))
    sex: Sex | None = Field(default=None, sa_type=one_of(Sex, "sex"))
    citizen_id_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    citizen_id_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary, unique=True)
    id_valid: bool = False  # a 12-digit ID that contradicts nothing we know
    old_id_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    old_id_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary, index=True)
    phone_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    phone_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary, index=True)
    commune_code: str | None = Field(default=None, max_length=5, index=True)  # today's; None for recipients elsewhere
    hamlet: str = Field(default="", max_length=100)
    address: str = Field(default="", max_length=300)
    status: PersonStatus = Field(default=PersonStatus.ACTIVE, sa_type=one_of(PersonStatus, "status"))
    status_from: date | None = None
    origin_province: str = Field(default="", max_length=2)
    merged_into: UUID | None = Field(default=None, index=True)  # the person this one turned out to be
    created_at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (
        sa.Index("ix_person_sort_key", "sort_key"),
        sa.Index("ix_person_commune_of", "id", "commune_code"),  # counts by commune read no more of a person
    )


class NameToken(SQLModel, table=True):
    """One word of a person's folded name: what the search by name goes through.

    `place` 0 = the given name, the last word; 1 = any other. `sort_key` repeats the person's, so that the second
    index gives the bearers of a word in Vietnamese order without a sort.
    """

    __tablename__ = "name_token"
    __table_args__ = (sa.Index("ix_name_token_order", "token", "place", "sort_key", "person_id"),)

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    token: str = Field(sa_type=_bytewise(100), primary_key=True)
    place: int
    sort_key: str = Field(sa_type=_bytewise(200))


class Organisation(SQLModel, table=True):
    """A centre or body that receives for people in its care."""

    __tablename__ = "organisation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=200)
    name_fold: str = Field(max_length=200, index=True)
    province_code: str = Field(max_length=2)


class EnrolmentState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class EndReason(StrEnum):
    DIED = "died"
    MOVED = "moved"
    STOPPED = "stopped"
    MISTAKE = "mistake"
    CHANGED_PROGRAMME = "changed_programme"
    UNDONE = "undone"  # the roster that made it was undone


class Enrolment(SQLModel, table=True):
    """A person in a programme: the unit every count counts.

    `commune_code` is today's commune; (`origin_code`, `origin_valid_from`) the unit it came with, by which days
    before a merger are counted. `to_date` is the last day of entitlement.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.Index(
            "uq_enrolment_active",
            "person_id",
            "programme",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
        sa.Index("ix_enrolment_commune_programme", "commune_code", "programme"),
        sa.Index("ix_enrolment_person_id", "person_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    programme: str = Field(max_length=20, foreign_key="programme.code")
    state: EnrolmentState = Field(default=EnrolmentState.ACTIVE, sa_type=one_of(EnrolmentState, "state"))
    commune_code: str = Field(max_length=5)
    origin_code: str = Field(max_length=5)
    origin_valid_from: date
    province_code: str = Field(max_length=2)
    from_date: date
    to_date: date | None = None
    end_reason: EndReason | None = Field(default=None, sa_type=one_of(EndReason, "end_reason"))
    file_number: str | None = Field(default=None, max_length=60, index=True)
    decision_number: str | None = Field(default=None, max_length=100)
    decision_date: date | None = None
    unexplained_since: date | None = None  # missing from the full list of this day's period, no reason yet
    suspended_since: date | None = None  # held from payment from this day on, still counted
    first_roster_id: UUID | None = None
    last_roster_id: UUID | None = Field(default=None, index=True)


class LineKind(StrEnum):
    MONTHLY = "monthly"
    ARREARS = "arrears"
    DEDUCTION = "deduction"
    CARRY_OVER = "carry_over"
    ONE_OFF = "one_off"


class BenefitLine(SQLModel, table=True):
    """What an enrolment pays, dated by the first and last day it is in force. `amount` None = held from payment."""

    __tablename__ = "benefit_line"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    enrolment_id: UUID = Field(foreign_key="enrolment.id", index=True)
    kind: LineKind = Field(sa_type=one_of(LineKind, "kind"))
    type_code: str | None = Field(default=None, max_length=20)
    amount: int | None = Field(default=None, sa_type=sa.BigInteger)
    coefficient: Decimal | None = Field(default=None, sa_type=sa.Numeric(6, 2))
    from_date: date
    to_date: date | None = None
    roster_id: UUID | None = Field(default=None, index=True)


class RecipientKind(StrEnum):
    OWN = "own"
    LEGAL_REP = "legal_rep"
    GUARDIAN = "guardian"
    AUTHORISED = "authorised"
    CARER = "carer"
    ORGANISATION = "organisation"


class Wish(StrEnum):
    ACCOUNT = "account"
    CASH = "cash"
    UNKNOWN = "unknown"


_FOR_OTHERS_SQL = "kind <> 'own' AND ended_on IS NULL AND person_id IS NOT NULL"


class Recipient(SQLModel, table=True):
    """Who receives for an enrolment, by what right and until when. Exactly one is current (`ended_on` None)."""

    __tablename__ = "recipient"
    __table_args__ = (
        sa.Index(
            "uq_recipient_current",
            "enrolment_id",
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
        sa.Index(
            "ix_recipient_for_others",
            "person_id",
            sqlite_where=sa.text(_FOR_OTHERS_SQL),
            postgresql_where=sa.text(_FOR_OTHERS_SQL),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    enrolment_id: UUID = Field(foreign_key="enrolment.id", index=True)  # former ones too: a person's page asks
    kind: RecipientKind = Field(sa_type=one_of(RecipientKind, "kind"))
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    relation: str = Field(default="", max_length=60)
    paper_kind: str = Field(default="", max_length=60)
    paper_number: str = Field(default="", max_length=60)
    paper_date: date | None = None
    paper_until: date | None = None
    wish: Wish = Field(default=Wish.UNKNOWN, sa_type=one_of(Wish, "wish"))
    wish_on: date | None = None
    since: date
    ended_on: date | None = None
    roster_id: UUID | None = None
    cap_exception: str | None = Field(default=None, max_length=200)  # why this one may receive for more than the cap


class PaperScan(SQLModel, table=True):
    """A picture or PDF of a recipient's paper, sealed. `media` is what its bytes are, whatever its name says."""

    __tablename__ = "paper_scan"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    recipient_id: UUID = Field(foreign_key="recipient.id", index=True)
    name: str = Field(max_length=255)
    media: str = Field(max_length=20)
    size: int
    sha256: str = Field(max_length=64)
    content_sealed: bytes = Field(sa_type=sa.LargeBinary)
    uploaded_by: str = Field(max_length=100)
    uploaded_at: datetime = Field(sa_type=UtcDateTime)


class PersonNote(SQLModel, table=True):
    """What somebody wrote down about a person, sealed. It belongs to an enrolment: who sees that one reads it.

    The text, its author and its time never change; a second note says what the first got wrong.
    """

    __tablename__ = "person_note"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    enrolment_id: UUID = Field(foreign_key="enrolment.id", index=True)
    text_sealed: bytes = Field(sa_type=sa.LargeBinary)
    written_by: str = Field(max_length=100)
    written_at: datetime = Field(sa_type=UtcDateTime)


class Hamlet(SQLModel, table=True):
    """A hamlet inside a commune of origin: two former communes may each have a "Thôn 1".

    `merged_into` names the hamlet that took it in, `valid_to` the first day on which it no longer exists.
    """

    __tablename__ = "hamlet"
    __table_args__ = (
        sa.UniqueConstraint("origin_code", "origin_valid_from", "name"),
        sa.Index("ix_hamlet_commune_code", "commune_code"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    origin_code: str = Field(max_length=5)
    origin_valid_from: date
    commune_code: str = Field(max_length=5)  # today's
    name: str = Field(max_length=100)
    name_fold: str = Field(max_length=100)
    valid_from: date | None = None
    valid_to: date | None = None
    merged_into: UUID | None = None


class HamletAlias(SQLModel, table=True):
    """Another spelling of a hamlet, as rosters write it."""

    __tablename__ = "hamlet_alias"

    hamlet_id: UUID = Field(foreign_key="hamlet.id", primary_key=True)
    spelling: str = Field(max_length=100, primary_key=True)


class VerifiedResult(StrEnum):
    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"


class Verified(SQLModel, table=True):
    """What the population database said of a person: an imported fact with source and date, never computed."""

    __tablename__ = "verified"
    __table_args__ = (sa.UniqueConstraint("person_id", "source", "on", "result"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    source: str = Field(max_length=60)
    on: date
    result: VerifiedResult = Field(sa_type=one_of(VerifiedResult, "result"))
    imported_at: datetime = Field(sa_type=UtcDateTime)
    file_name: str | None = Field(default=None, max_length=200)
    line: int | None = None
