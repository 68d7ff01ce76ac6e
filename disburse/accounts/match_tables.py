"""Tables of incremental linking: the frozen counts of the last full run, the keys of every row, and what is due.

All but what is due stand outside PostgreSQL's log: a crash empties them together, and a full run fills them again
(docs/adr/0018).
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from disburse.crypto import Sealed
from disburse.db import BigId, UtcDateTime, one_of
from disburse.ids import new_id

COUNTS = Sealed("match_snapshot", "counts")


class MatchSnapshot(SQLModel, table=True):
    """What scoring takes from the whole population, frozen by a full run. Only the newest is used."""

    __tablename__ = "match_snapshot"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    preset: str = Field(max_length=40)
    rules: str = Field(max_length=64)  # digest of the preset's weights and thresholds and of the matcher's code
    recipients: int
    registrations: int
    added: int = 0  # people and registrations that incremental runs have taken in since
    counts_sealed: bytes = Field(sa_type=sa.LargeBinary)  # names, communes and climate, as arrays
    made_at: datetime = Field(sa_type=UtcDateTime)


class ShardKind(StrEnum):
    PEOPLE = "people"  # PEOPLE_LINE of `shards`, by the leading bits of the word
    REGISTRATIONS = "registrations"  # `Packed` lines of `shards`, by the leading bits of the word
    PERSON_IDS = "person_ids"  # the ids of people by their number in the full run, some dozens a shard
    REGISTRATION_IDS = "registration_ids"
    SIEVE = "sieve"  # a bit for each place that leading bits of a word name, set where somebody is posted there


class MatchShard(SQLModel, table=True):
    """What a full run posted, packed: a province has 23 million words, which as rows took PostgreSQL half a minute.

    Words are 64 bits that tell nothing without the installation's key.
    """

    __tablename__ = "match_shard"

    kind: ShardKind = Field(primary_key=True, sa_type=one_of(ShardKind, "kind"))
    shard: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    # How many leading bits of a word tell its shard, or its place in the sieve; of ids how many a number of them takes.
    bits: int = Field(sa_type=sa.SmallInteger)
    content: bytes = Field(sa_type=sa.LargeBinary)


class PersonWords(SQLModel, table=True):
    """Everything one person is posted under, as WORDS_LINE of `shards`: by it the person is found and taken out.

    `number` is the person's in the full run; `moved`: what the shards say of it counts no more.
    """

    __tablename__ = "person_words"
    __table_args__ = (
        sa.Index("ix_person_words_moved", "number", sqlite_where=sa.text("moved"), postgresql_where=sa.text("moved")),
    )

    person_id: UUID = Field(primary_key=True)
    number: int | None = None
    moved: bool = False
    words: bytes = Field(sa_type=sa.LargeBinary)


class PersonKey(SQLModel, table=True):
    """A person who changed since the full run may be met under this word.

    `kind` is the number of the matcher's blocking key; a block of one kind holds no more people than its cap.
    """

    __tablename__ = "person_key"

    word: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: int = Field(primary_key=True, sa_type=sa.SmallInteger, sa_column_kwargs={"autoincrement": False})
    person_id: UUID = Field(primary_key=True, index=True)


class RegistrationKey(SQLModel, table=True):
    """A registration stated since the full run may be met under this word. A word too many finds nothing; none may be
    missing."""

    __tablename__ = "registration_key"

    word: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    registration_id: UUID = Field(primary_key=True)


class DueKind(StrEnum):
    PERSON = "person"  # what the matcher reads of a person has changed
    REGISTRATION = "registration"  # stated, or changed
    ACCOUNT = "account"  # its status or who holds it has changed
    JUDGE = "judge"  # the pairs of this person are to be decided anew


class MatchDue(SQLModel, table=True):
    """What has changed since pairs were last decided. Triggers of the database write it, so that nobody forgets."""

    __tablename__ = "match_due"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    kind: DueKind = Field(sa_type=one_of(DueKind, "kind"))
    row_id: UUID
