"""Python's values as a database takes them, column by column: three times as fast as row by row, and equal dates or
states are converted once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

from disburse import copying
from disburse.ids import uuid_of

_HEX: Literal["hex"] = "hex"
Converter = Callable[[Any], Any] | Literal["hex"] | None


class StoredUuid(sa.Uuid[UUID]):
    """An id as SQLite keeps it, 32 hex digits that we wrote ourselves. PostgreSQL's driver does the same in C."""

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Any:
        """Return what makes a UUID of the text."""

        def read(text: str | None) -> UUID | None:
            return None if text is None else uuid_of(int(text, 16))

        return read


def converter(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Converter:
    """Return what makes of a value of this type what the driver takes; None = nothing needs to."""
    if isinstance(kind, sa.LargeBinary):
        return None  # bytes go in as they are; the driver's wrapper only costs time
    if isinstance(kind, sa.Uuid) and dialect.name == "sqlite":
        return _HEX
    return kind.dialect_impl(dialect).bind_processor(dialect)


def converted(values: Sequence[Any], convert: Converter) -> Sequence[Any]:
    """Return a column's values as the driver takes them; ids are UUIDs or their 16 bytes."""
    if convert is None:
        return values
    if convert == _HEX:
        as_hex = bytes.hex if values and isinstance(values[0], bytes) else attrgetter("hex")
        return [None if value is None else as_hex(value) for value in values]
    known: dict[Any, Any] = {None: None}
    found = []
    for value in values:
        try:
            if value not in known:
                known[value] = convert(value)
            found.append(known[value])
        except TypeError:  # a JSON document: nothing to look up
            found.append(convert(value))
    return found


def converted_rows(rows: Sequence[Sequence[Any]], converters: Sequence[Converter]) -> list[tuple[Any, ...]]:
    """Return rows with every column converted."""
    if not rows or not any(converters):
        return [tuple(row) for row in rows]
    columns = zip(*rows, strict=True)
    return list(zip(*map(converted, columns, converters), strict=True))


def copied(
    columns: Iterable[Sequence[Any]], kinds: Sequence[Any], converters: Sequence[Converter]
) -> list[Sequence[Any]]:
    """Return columns as `copying` takes them."""
    found = []
    for values, kind, convert in zip(columns, kinds, converters, strict=True):
        as_text = json.dumps if convert and isinstance(kind, sa.JSON) else convert  # not as the driver's own object
        if isinstance(kind, copying.DIRECT) or copying.is_array(values):
            found.append(values)
        else:
            given = converted(values, as_text)
            found.append(copying.Same(given) if isinstance(values, copying.Same) else given)
    return found
