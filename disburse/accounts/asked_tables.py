"""The table of what a bank was asked about: the holder of a link as they were known on the day of the question."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.accounts import tables as accounts  # noqa: F401 - a foreign key names its table
from disburse.db import one_of
from disburse.people.tables import Precision


class AskedHolder(SQLModel, table=True):
    """The holder of one version of a link as its bank was asked about them. Numbers by their keyed index alone.

    Made when the bank is asked. Changed only where the bank's own list names the number that was not known then.
    """

    __tablename__ = "asked_holder"

    link_id: UUID = Field(foreign_key="link.id", primary_key=True)
    name_fold: str = Field(max_length=200)
    citizen_id_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # as of person.citizen_id
    old_id_index: bytes | None = Field(default=None, sa_type=sa.LargeBinary)  # as of person.old_id
    birth_date: date | None = None
    birth_precision: Precision | None = Field(default=None, sa_type=one_of(Precision, "birth_precision"))
