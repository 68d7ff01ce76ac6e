"""Asking for many rows as columns. PostgreSQL lays them end to end itself, so that no cell becomes an object of Python
on its way: a province's 15 million cells took twice as long as all else that was read. SQLite gives rows, laid here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from disburse.accounts.gathering import Gathered, Kind, ids_of, read_laid
from disburse.db import IN_BINARY, INSERT_CHUNK, Given, given, one_in

_NOTHING: Any = sa.literal_column("''::bytea")
_END: Any = sa.literal_column(r"'\x00'::bytea")  # no text of PostgreSQL holds NUL


def gather(session: Session, statement: sa.Select[Any]) -> Gathered:
    """Run a SELECT whose columns are ids, numbers, texts and bytes, and return its columns in its order."""
    if session.connection().dialect.name != "postgresql":
        return _laid(list(session.execute(statement)), kinds_of(statement))
    return read_laid(session.execute(laying(statement), execution_options=IN_BINARY).one(), kinds_of(statement))


def gather_among(session: Session, statement: sa.Select[Any], column: Any, values: Sequence[Any]) -> Gathered:
    """`gather` of the rows whose column holds one of these values, which are in the order of the SELECT."""
    return gather_by(session, lambda some: statement.where(one_in(session, column, some)), column, values)


def gather_by(
    session: Session, select: Callable[[Given], sa.Select[Any]], column: Any, values: Sequence[Any]
) -> Gathered:
    """`gather` of what `select` asks about some of these values of a column, which are in the order of the SELECT."""
    size = INSERT_CHUNK if session.connection().dialect.name != "postgresql" else len(values)
    chunks = (values[at : at + size] for at in range(0, max(len(values), 1), max(size, 1)))
    parts = [gather(session, select(given(session, column, some))) for some in chunks]
    return parts[0] if len(parts) == 1 else _joined(parts)


def kinds_of(statement: sa.Select[Any]) -> dict[str, Kind]:
    """Return the kind of each column that is selected."""
    return {name: _kind(column.type) for name, column in statement.selected_columns.items()}


def _kind(of: sa.types.TypeEngine[Any]) -> Kind:
    if isinstance(of, sa.Uuid):
        return "ids"
    if isinstance(of, sa.Integer):
        return "numbers"
    return "sealed" if isinstance(of, sa.LargeBinary) else "texts"


def laying(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Return the SELECT of one row in which PostgreSQL lays the columns of this one, for `read_laid`."""
    inner = statement.subquery("given")
    columns: list[Any] = [sa.func.count()]
    for column, kind in zip(inner.c, kinds_of(statement).values(), strict=True):
        if kind == "ids":
            columns.append(sa.func.string_agg(sa.func.uuid_send(column), _NOTHING))
        elif kind == "numbers":
            columns.append(sa.func.string_agg(sa.func.int8send(column), _NOTHING))
        elif kind == "sealed":
            size = sa.func.int4send(sa.func.coalesce(sa.func.octet_length(column), 0))
            columns += [sa.func.string_agg(column, _NOTHING), sa.func.string_agg(size, _NOTHING)]
        else:
            text = sa.func.textsend(sa.func.coalesce(column, ""))  # in the encoding of the connection
            columns.append(sa.func.string_agg(text, _END))
    uncoerced: list[Any] = [sa.type_coerce(column, sa.types.NullType()) for column in columns]
    return sa.select(*uncoerced).select_from(inner)


def _laid(rows: Sequence[Any], kinds: Mapping[str, Kind]) -> Gathered:
    from matching.columns import Text

    found = Gathered(len(rows), {}, {}, {}, {})
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ((),) * len(kinds)
    for (name, kind), cells in zip(kinds.items(), columns, strict=True):
        if kind == "ids":
            found.ids[name] = ids_of(cells)
        elif kind == "numbers":
            found.numbers[name] = np.array(cells, dtype=np.int64)
        elif kind == "sealed":
            sizes = np.fromiter((len(cell) if cell else 0 for cell in cells), dtype=np.int64, count=len(cells))
            found.sealed[name] = b"".join([cell for cell in cells if cell]), sizes
        else:
            found.texts[name] = Text.of([cell or "" for cell in cells])
    return found


def _joined(parts: Sequence[Gathered]) -> Gathered:
    from matching.columns import Text

    first = parts[0]
    return Gathered(
        sum(part.rows for part in parts),
        {name: np.concatenate([part.ids[name] for part in parts]) for name in first.ids},
        {name: np.concatenate([part.numbers[name] for part in parts]) for name in first.numbers},
        {name: Text.join([part.texts[name] for part in parts]) for name in first.texts},
        {
            name: (
                b"".join([part.sealed[name][0] for part in parts]),
                np.concatenate([part.sealed[name][1] for part in parts]),
            )
            for name in first.sealed
        },
    )
