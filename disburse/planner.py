"""What PostgreSQL's planner is told for one transaction, where its own guess was measured to be dear."""

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession


def by_their_keys(session: OrmSession) -> None:
    """Have the rows that this transaction asks for by keys found in the indexes, never by reading a whole table.

    PostgreSQL knows nothing of a table that a first run fills, and would read all of it for each step's few thousand.
    """
    # Before version 18 a table that must be read whole gets a price that would have every question compiled, too.
    _tell(session, enable_seqscan="off", jit="off")


def in_memory(session: OrmSession) -> None:
    """Let what this transaction sorts and joins, everybody of a province, stand in memory.

    By the usual 4 MB PostgreSQL shared it among processes that wrote to disk: half as many seconds of processors again.
    """
    _tell(session, work_mem="64MB")


def _tell(session: OrmSession, **settings: str) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.select(*(sa.func.set_config(name, value, True) for name, value in settings.items())))
