"""What a run leaves behind: every table's rows before and after, and how many came and how many changed."""

from __future__ import annotations

import sqlalchemy as sa

from disburse import schema
from disburse.db import Database

Contents = dict[str, dict[tuple[object, ...], int]]
Left = dict[str, tuple[int, int]]


def contents(database: Database) -> Contents:
    """Return a digest of each row by its key, by table."""
    found: Contents = {}
    with database.reading() as session:
        for name, table in schema.SQLModel.metadata.tables.items():
            key = len(table.primary_key)
            chosen = sa.select(*table.primary_key, *table.columns)
            found[name] = {tuple(row[:key]): hash(repr(row[key:])) for row in session.execute(chosen)}
    return found


def left(before: Contents, after: Contents) -> Left:
    """Return (rows that came, rows that changed) of each table that is not as it was."""
    counted: Left = {}
    for name, rows in after.items():
        old = before[name]
        changed = sum(1 for key, row in rows.items() if key in old and old[key] != row)
        if changed or len(rows) != len(old):
            counted[name] = (len(rows) - len(old), changed)
    return counted


def told(counted: Left) -> str:
    """Return the counts as one line: `link ~500` changed, `audit_event +501` came."""
    parts = []
    for name, (came, changed) in sorted(counted.items()):
        parts.append(name + (f" +{came:,}" if came else "") + (f" ~{changed:,}" if changed else ""))
    return ", ".join(parts)
