"""Table of changes of who receives that wait for a second person, and what came of them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.db import UtcDateTime, one_of
from disburse.ids import new_id
from disburse.people.tables import RecipientKind


class ChangeState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    TURNED_DOWN = "turned_down"  # by a second person, or taken back by the maker


class RecipientChange(SQLModel, table=True):
    """Who shall receive in place of somebody whose account the bank has confirmed: one proposes, another approves.

    `before_id` is the recipient in whose place they come: where somebody else receives by then, nothing is approved.
    """

    __tablename__ = "recipient_change"
    __table_args__ = (
        sa.Index(
            "uq_recipient_change_open",
            "enrolment_id",
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        ),
        sa.CheckConstraint("state <> 'approved' OR decided_by <> made_by", name="two_people"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    enrolment_id: UUID = Field(foreign_key="enrolment.id")
    before_id: UUID = Field(foreign_key="recipient.id")
    kind: RecipientKind = Field(sa_type=one_of(RecipientKind, "kind"))
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    relation: str = Field(default="", max_length=60)
    paper_kind: str = Field(default="", max_length=60)
    paper_number: str = Field(default="", max_length=60)
    paper_date: date | None = None
    paper_until: date | None = None
    since: date
    cap_exception: str = Field(default="", max_length=200)
    state: ChangeState = Field(default=ChangeState.PROPOSED, sa_type=one_of(ChangeState, "state"))
    made_by: str = Field(max_length=100)
    made_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str = Field(default="", max_length=100)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
