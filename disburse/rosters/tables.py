"""Tables of rosters, their rows, the rows' issues, the questions they raise and the repairs made to them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id
from disburse.programmes import tables as programmes  # noqa: F401 - a foreign key names its table
from disburse.workbooks import tables as workbooks  # noqa: F401 - a foreign key names its table

ROW_RAW = Sealed("roster_row", "raw")
ROW_CLEANED = Sealed("roster_row", "cleaned")
ISSUE_FACTS = Sealed("row_issue", "facts")
REPAIR_CELLS = Sealed("row_repair", "cells")
ROSTER_OUTLINE = Sealed("roster", "outline")


class Scope(StrEnum):
    FULL = "full"
    ADDITIONS = "additions"
    REMOVALS = "removals"
    SUPPLEMENT = "supplement"
    PART = "part"


class RosterState(StrEnum):
    READING = "reading"  # rows are being staged; nobody counts them
    STAGED = "staged"
    IMPORTED = "imported"
    REFUSED = "refused"
    UNDONE = "undone"


class Roster(SQLModel, table=True):
    """One uploaded list. `areas` are the source areas found in its rows or declared, as [code, valid_from]."""

    __tablename__ = "roster"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    programme: str = Field(max_length=20, foreign_key="programme.code", index=True)
    period: str = Field(max_length=7)
    scope: Scope = Field(sa_type=one_of(Scope, "scope"))
    units: str = Field(default="", max_length=3)
    province_code: str = Field(default="", max_length=2)
    commune_code: str = Field(default="", max_length=5)  # declared with the upload
    areas: list[Any] = Field(default_factory=list, sa_type=sa.JSON)
    areas_key: str = Field(default="", max_length=64, index=True)
    upload_id: UUID | None = Field(default=None, foreign_key="upload.id")
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64, index=True)
    file_key: str | None = Field(default=None, max_length=64, unique=True)  # None once refused or undone
    state: RosterState = Field(default=RosterState.READING, sa_type=one_of(RosterState, "state"))
    reject_code: str = Field(default="", max_length=20)
    base_roster_id: UUID | None = None
    rows_read: int = 0
    rows_ok: int = 0
    rows_parked: int = 0
    rows_warned: int = 0
    rows_skipped: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_same: int = 0
    rows_gone: int = 0
    issues_total: int = 0
    report: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    on_screen: bool = False  # an officer decides each step; nothing is imported before they say so
    outline_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # sheets, lines and columns as shown
    corrections: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    ordered_by: str = Field(default="", max_length=100)  # who said: import it
    turned_down: str = Field(default="", max_length=300)  # why an officer refused it
    created_by: str = Field(max_length=100)
    created_at: datetime = Field(sa_type=UtcDateTime)
    imported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RememberedLayout(SQLModel, table=True):
    """How the columns of a header were mapped, to be used for the next file with the same header.

    `area_code` is the commune or province the list was for; `columns` are column letter → field, `texts` column
    letter → what its header said, folded: by these a column is found again that has moved.
    """

    __tablename__ = "remembered_layout"

    programme: str = Field(max_length=20, primary_key=True, foreign_key="programme.code")
    area_code: str = Field(max_length=5, primary_key=True)
    signature: str = Field(max_length=32, primary_key=True)
    height: int = 1
    columns: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    texts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, sa_column_kwargs={"server_default": "{}"})
    used_on: date
    used_by: str = Field(max_length=100)


class RememberedValue(SQLModel, table=True):
    """What a text in a commune's lists was said to mean: a unit, or a benefit type."""

    __tablename__ = "remembered_value"

    programme: str = Field(max_length=20, primary_key=True, foreign_key="programme.code")
    area_code: str = Field(max_length=5, primary_key=True)
    kind: str = Field(max_length=10, primary_key=True)  # commune | benefit
    text: str = Field(max_length=100, primary_key=True)
    meaning: str = Field(max_length=40)
    used_on: date
    used_by: str = Field(max_length=100)


class RowState(StrEnum):
    STAGED = "staged"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    PARKED = "parked"
    GONE = "gone"


class RosterRow(SQLModel, table=True):
    """One line of a sheet: its cells as they came and as they were understood, both sealed.

    A `gone` row has no line of its own: it stands for an enrolment that a full list no longer names.
    """

    __tablename__ = "roster_row"
    __table_args__ = (
        sa.UniqueConstraint("roster_id", "sheet", "line"),
        # What a commune's officers see of a large list, and what waits: a thousandth of it, found without the rest.
        sa.Index("ix_roster_row_commune", "roster_id", "commune_code", "sheet", "line"),
        sa.Index(
            "ix_roster_row_waiting",
            "roster_id",
            "sheet",
            "line",
            sqlite_where=sa.text("state = 'parked' AND settled_by IS NULL"),
            postgresql_where=sa.text("state = 'parked' AND settled_by IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    roster_id: UUID = Field(foreign_key="roster.id")
    sheet: str = Field(max_length=100)
    line: int
    state: RowState = Field(sa_type=one_of(RowState, "state"))
    enrolment_id: UUID | None = Field(default=None, index=True)
    commune_code: str | None = Field(default=None, max_length=5)
    origin_code: str | None = Field(default=None, max_length=5)  # the unit the row named, for days before a merger
    origin_valid_from: date | None = None
    raw_sealed: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # None once the retention has passed
    cleaned_sealed: bytes = Field(sa_type=sa.LargeBinary)
    changes: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)  # field -> [before, after], masked
    settled_by: UUID | None = None  # the roster or question after which a parked row no longer counts as waiting


# For queries of `roster_row`. In words, not as parameters: only so is the index of the waiting rows seen to serve.
WAITING = sa.text("roster_row.state = 'parked' AND roster_row.settled_by IS NULL")


class RowIssue(SQLModel, table=True):
    """One flaw of one row: where, how grave, which kind; the raw value and facts sealed."""

    __tablename__ = "row_issue"
    __table_args__ = (  # a page of issues in the order of the file, all of them or of one kind
        sa.Index("ix_row_issue_place", "roster_id", "sheet", "line", "id"),
        sa.Index("ix_row_issue_kind", "roster_id", "code", "severity", "sheet", "line", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    roster_id: UUID = Field(foreign_key="roster.id")
    sheet: str = Field(max_length=100)
    line: int
    column: str = Field(default="", max_length=3)
    severity: str = Field(max_length=8)
    code: str = Field(max_length=40)
    facts_sealed: bytes = Field(sa_type=sa.LargeBinary)  # empty once the retention has passed


class QuestionKind(StrEnum):
    WHICH_PERSON = "which_person"
    OTHER_ID = "other_id"  # everything agrees but another valid citizen ID
    SAME_ID_OTHER_NAME = "same_id_other_name"
    ENROLLED_ELSEWHERE = "enrolled_elsewhere"
    REMOVAL = "removal"  # a removals list proposes an end
    GONE = "gone"  # a full list no longer names the enrolment
    RECIPIENT = "recipient"  # another recipient than an officer entered, or than is paid on a confirmed account


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class RosterQuestion(SQLModel, table=True):
    """Something about a row that only a person can answer; the row waits or is flagged until then."""

    __tablename__ = "roster_question"
    __table_args__ = (sa.Index("ix_roster_question_state_kind", "state", "kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    roster_id: UUID = Field(foreign_key="roster.id", index=True)
    sheet: str = Field(default="", max_length=100)
    line: int | None = None
    kind: QuestionKind = Field(sa_type=one_of(QuestionKind, "kind"))
    state: QuestionState = Field(default=QuestionState.OPEN, sa_type=one_of(QuestionState, "state"))
    enrolment_id: UUID | None = Field(default=None, index=True)
    person_ids: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    further: list[int] = Field(  # ids of rows that wait for the same answer: further lines of the row's person
        default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": "[]"}
    )
    reason: str = Field(default="", max_length=200)
    answer: str = Field(default="", max_length=60)
    answered_by: str = Field(default="", max_length=100)
    answered_on: date | None = None


class RepairKind(StrEnum):
    EDIT = "edit"  # by hand, on screen
    BATCH = "batch"  # one of many alike
    MERGE = "merge"  # from the error workbook sent back
    DROP = "drop"  # the row is given up, with a reason


class RepairBatch(SQLModel, table=True):
    """One repair of many rows alike: made, applied by a job, and perhaps undone, always as a whole."""

    __tablename__ = "repair_batch"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    roster_id: UUID = Field(foreign_key="roster.id", index=True)
    code: str = Field(max_length=40)  # the kind of issue it settles
    rule: str = Field(max_length=20)  # `value`: one raw value became another; else the mechanical rule's name
    cells_sealed: bytes = Field(sa_type=sa.LargeBinary)  # for `value`: key, before, after
    rows: int = 0
    settled: int = 0  # rows that no longer wait, or no longer warn of this
    made_by: str = Field(max_length=100)
    made_at: datetime = Field(sa_type=UtcDateTime)
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = Field(default="", max_length=100)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RowRepair(SQLModel, table=True):
    """What somebody put right in one row, before → after by cell, sealed; erased with the raw cells."""

    __tablename__ = "row_repair"
    __table_args__ = (sa.Index("ix_row_repair_place", "roster_id", "sheet", "line"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    roster_id: UUID = Field(foreign_key="roster.id")
    sheet: str = Field(max_length=100)
    line: int
    kind: RepairKind = Field(sa_type=one_of(RepairKind, "kind"))
    batch_id: UUID | None = Field(default=None, foreign_key="repair_batch.id", index=True)
    cells_sealed: bytes = Field(sa_type=sa.LargeBinary)
    reason: str = Field(default="", max_length=200)
    settled_as: UUID | None = None  # of a dropped row: what its `settled_by` holds
    made_by: str = Field(max_length=100)
    made_at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
