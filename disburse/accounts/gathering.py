"""Many rows as columns. PostgreSQL lays them end to end itself, so that no cell becomes an object of Python on its way:
a province's 15 million cells took twice as long as all else that was read. SQLite gives rows, which are laid here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session

from disburse import crypto
from disburse.crypto import Sealed
from disburse.db import IN_BINARY, INSERT_CHUNK, given, one_in
from disburse.ids import new_ids_laid, uuid_of

if TYPE_CHECKING:
    from matching.columns import Text

Ids = npt.NDArray[np.void]  # 16 bytes each
_NOTHING: Any = sa.literal_column("''::bytea")
_END: Any = sa.literal_column(r"'\x00'::bytea")  # no text of PostgreSQL holds NUL


@dataclass(slots=True)
class Gathered:
    """Columns by name: ids, numbers, texts ('' for none), and bytes end to end with the size of each (0 for none)."""

    rows: int
    ids: dict[str, Ids]
    numbers: dict[str, npt.NDArray[np.int64]]
    texts: dict[str, Text]
    sealed: dict[str, tuple[bytes, npt.NDArray[np.int64]]]

    def opened(self, bound_to: str, columns: Mapping[str, Sealed]) -> Text:
        """Open sealed columns bound to the rows' ids: of each row the first cell that is there, '' where none is."""
        from matching.columns import Text

        sizes, free = {}, np.ones(self.rows, dtype=np.bool_)
        for name in columns:
            sizes[name] = np.where(free, self.sealed[name][1], 0)
            free &= self.sealed[name][1] == 0
        start = _starts(np.maximum(sum(sizes.values()) - crypto.ADDED, 0))
        text, rows = np.empty(start[-1], dtype=np.uint8), np.frombuffer(dashed(self.ids[bound_to]), dtype="V36")
        for name, column in columns.items():
            content, at = self.sealed[name][0], _starts(self.sealed[name][1])
            for size in (np.flatnonzero(np.bincount(sizes[name])[1:]) + 1).tolist():
                some = np.flatnonzero(sizes[name] == size)
                opened = column.open_table(rows[some], _windows(content, size)[at[some]])
                if opened:
                    width = size - crypto.ADDED
                    _windows(text, width)[start[some]] = np.frombuffer(opened, dtype=f"V{width}")
        return Text.flat_of(text, start)


def _starts(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])


def _windows(data: bytes | npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.void]:
    """So many bytes from each place."""
    return np.ndarray(len(data) - size + 1, dtype=f"V{size}", buffer=data, strides=(1,))


def uuids(ids: Ids) -> list[UUID]:
    """Return ids as objects."""
    text = ids.tobytes()
    return [uuid_of(int.from_bytes(text[at : at + 16])) for at in range(0, len(text), 16)]


def ids_of(uuids_: Iterable[UUID]) -> Ids:
    """Return objects as ids."""
    return np.frombuffer(b"".join([one.bytes for one in uuids_]), dtype="V16")


def fresh_ids(count: int) -> Ids:
    """Return new ids."""
    return np.frombuffer(new_ids_laid(count), dtype="V16")


def dashed(ids: Ids) -> bytes:
    """Return ids as texts of 36 characters, end to end."""
    digits = np.frombuffer(ids.tobytes().hex().encode(), dtype=np.uint8).reshape(-1, 32)
    text = np.full((len(ids), 36), ord("-"), dtype=np.uint8)
    for at, (start, stop) in enumerate(((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))):
        text[:, start + at : stop + at] = digits[:, start:stop]
    return text.tobytes()


def texts(ids: Ids) -> list[str]:
    """Return ids as texts."""
    text = dashed(ids).decode()
    return [text[at : at + 36] for at in range(0, len(text), 36)]


def gather(session: Session, statement: sa.Select[Any]) -> Gathered:
    """Run a SELECT whose columns are ids, numbers, texts and bytes, and return its columns in its order."""
    if session.connection().dialect.name != "postgresql":
        return _laid(statement, list(session.execute(statement)))
    return _read(statement, session.execute(_laying(statement), execution_options=IN_BINARY).one())


def gather_among(session: Session, statement: sa.Select[Any], values: Sequence[Any], *columns: Any) -> Gathered:
    """`gather` of the rows whose columns hold, all of them, one of these values, which are in the order of the SELECT.

    Several columns: one joined to another. PostgreSQL must be told, or it reads a whole table for some thousand rows.
    """
    size = INSERT_CHUNK if session.connection().dialect.name != "postgresql" else len(values)
    parts = []
    for at in range(0, max(len(values), 1), max(size, 1)):
        wanted = given(session, columns[0], values[at : at + size])
        parts.append(gather(session, statement.where(*(one_in(session, one, wanted) for one in columns))))
    return parts[0] if len(parts) == 1 else _joined(parts)


def _laying(statement: sa.Select[Any]) -> sa.Select[Any]:
    inner = statement.subquery("given")
    columns: list[Any] = [sa.func.count()]
    for column in inner.c:
        if isinstance(column.type, sa.Uuid):
            columns.append(sa.func.string_agg(sa.func.uuid_send(column), _NOTHING))
        elif isinstance(column.type, sa.Integer):
            columns.append(sa.func.string_agg(sa.func.int8send(column), _NOTHING))
        elif isinstance(column.type, sa.LargeBinary):
            size = sa.func.int4send(sa.func.coalesce(sa.func.octet_length(column), 0))
            columns += [sa.func.string_agg(column, _NOTHING), sa.func.string_agg(size, _NOTHING)]
        else:
            text = sa.func.textsend(sa.func.coalesce(column, ""))  # in the encoding of the connection
            columns.append(sa.func.string_agg(text, _END))
    uncoerced: list[Any] = [sa.type_coerce(column, sa.types.NullType()) for column in columns]
    return sa.select(*uncoerced).select_from(inner)


def _read(statement: sa.Select[Any], row: Sequence[Any]) -> Gathered:
    given = iter(row)
    found = Gathered(next(given), {}, {}, {}, {})
    for name, column in statement.selected_columns.items():
        content = next(given) or b""
        if isinstance(column.type, sa.Uuid):
            found.ids[name] = np.frombuffer(content, dtype="V16")
        elif isinstance(column.type, sa.Integer):
            found.numbers[name] = np.frombuffer(content, dtype=">i8").astype(np.int64)
        elif isinstance(column.type, sa.LargeBinary):
            found.sealed[name] = content, np.frombuffer(next(given) or b"", dtype=">i4").astype(np.int64)
        else:
            found.texts[name] = _text(content, found.rows)
    return found


def _text(content: bytes, rows: int) -> Text:
    """Cells that are parted by NUL."""
    from matching.columns import Text

    data = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(data == 0) - np.arange(max(rows - 1, 0))
    start = np.concatenate([[0], ends, [len(data) - max(rows - 1, 0)]])[: rows + 1].astype(np.int64)
    return Text.flat_of(data[data != 0], start)


def _laid(statement: sa.Select[Any], rows: Sequence[Any]) -> Gathered:
    from matching.columns import Text

    found = Gathered(len(rows), {}, {}, {}, {})
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ((),) * len(statement.selected_columns)
    for (name, column), cells in zip(statement.selected_columns.items(), columns, strict=True):
        if isinstance(column.type, sa.Uuid):
            found.ids[name] = ids_of(cells)
        elif isinstance(column.type, sa.Integer):
            found.numbers[name] = np.array(cells, dtype=np.int64)
        elif isinstance(column.type, sa.LargeBinary):
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
