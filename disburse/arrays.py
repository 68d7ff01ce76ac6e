"""Many ids or numbers as one parameter, in PostgreSQL's binary form: as text each id was written out here in 32 digits
and read back there, three times as slowly on both sides."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

_UUID, _UUIDS, _INT8, _INT8S = 2950, 2951, 20, 1016  # what PostgreSQL calls these types in pg_type.oid
_FIRST = 1  # arrays are counted from here


class Ids(bytes):
    """An array of UUIDs."""


class Numbers(bytes):
    """An array of whole numbers of 64 bits."""


def array_of(kind: Any, values: Sequence[Any]) -> Ids | Numbers:
    """Return the values of a column of this type as one array: ids, as UUIDs or their 16 bytes, or whole numbers."""
    if not isinstance(kind, sa.Uuid):
        return Numbers(_laid(_INT8, 8, [value.to_bytes(8, signed=True) for value in values]))
    if len(values) and isinstance(values[0], UUID):
        values = [value.int.to_bytes(16) for value in values]
    return Ids(_laid(_UUID, 16, values))


def _laid(kind: int, size: int, cells: Sequence[bytes]) -> bytes:
    """Dimensions, whether one is NULL, type, length, first place; then of each value its size and itself."""
    head = (1, 0, kind, len(cells), _FIRST) if cells else (0, 0, kind)
    before = size.to_bytes(4)
    return struct.pack(f">{len(head)}i", *head) + b"".join([before + cell for cell in cells])


def teach(connection: Any) -> None:
    """Let a connection of psycopg take these arrays."""
    from psycopg.adapt import Buffer, Dumper
    from psycopg.pq import Format

    def dumper(number: int) -> type[Dumper]:
        class Laid(Dumper):
            oid, format = number, Format.BINARY

            def dump(self, obj: Any) -> Buffer | None:
                return obj  # type: ignore[no-any-return]

        return Laid

    connection.adapters.register_dumper(Ids, dumper(_UUIDS))
    connection.adapters.register_dumper(Numbers, dumper(_INT8S))
