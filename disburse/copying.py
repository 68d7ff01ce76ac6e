"""Rows as PostgreSQL's binary COPY reads them, column by column: half the bytes of its text, and no id is written out
here to be read again there."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import repeat
from typing import Any

import sqlalchemy as sa

DIRECT = (sa.Uuid, sa.LargeBinary, sa.Boolean)  # written from Python's own values
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"  # a cell is its size in 4 bytes and itself; -1 is NULL
_FIRST_DAY = date(2000, 1, 1).toordinal()
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUMBERS = ((sa.SmallInteger, ">ih"), (sa.BigInteger, ">iq"), (sa.Integer, ">ii"), (sa.Float, ">id"))


def binary_of(columns: Iterable[Sequence[Any]], kinds: Sequence[Any]) -> bytes:
    """Return columns of these types as one stream; numbers, texts, days and moments are Python's, JSON is text."""
    cells = map(_cells, columns, kinds)
    lines = map(b"".join, zip(repeat(struct.pack(">h", len(kinds))), *cells, strict=False))
    return _HEADER + b"".join(lines) + _END


def _cells(values: Sequence[Any], kind: Any) -> Sequence[bytes]:
    if isinstance(kind, sa.Uuid):
        size = (16).to_bytes(4)
        if values and isinstance(values[0], bytes):
            return [size + value for value in values]
        return [_NULL if value is None else size + value.int.to_bytes(16) for value in values]
    if isinstance(kind, sa.LargeBinary):
        return [_NULL if value is None else len(value).to_bytes(4) + value for value in values]
    write = _writer(kind.impl_instance if isinstance(kind, sa.TypeDecorator) else kind)
    known = {value: _NULL if value is None else write(value) for value in set(values)}  # most columns repeat themselves
    return [known[value] for value in values]


def _writer(kind: Any) -> Callable[[Any], bytes]:
    """Return what writes one value of a type as a cell."""
    for number, form in _NUMBERS:
        if isinstance(kind, number):
            pack, size = struct.Struct(form).pack, struct.calcsize(form) - 4
            return lambda value: pack(size, value)
    if isinstance(kind, sa.Boolean):
        return lambda value: b"\0\0\0\1\1" if value else b"\0\0\0\1\0"
    if isinstance(kind, sa.Date):
        return lambda value: struct.pack(">ii", 4, value.toordinal() - _FIRST_DAY)
    if isinstance(kind, sa.DateTime):
        return lambda value: struct.pack(">iq", 8, (value - _FIRST_MOMENT) // _MICROSECOND)
    if isinstance(kind, sa.String | sa.JSON):
        return _text
    if isinstance(kind, sa.Numeric):
        return _numeric
    raise NotImplementedError(f"COPY of {kind!r}")


def _text(value: Any) -> bytes:
    cell = str(value).encode()
    return len(cell).to_bytes(4) + cell


def _numeric(value: Decimal) -> bytes:
    """Write a decimal: how many groups of four digits, how many of them before the point, sign, scale, the groups."""
    sign, _, exponent = value.as_tuple()
    scale = max(-int(exponent), 0)
    after = -(-scale // 4)
    left, groups = int(abs(value).scaleb(4 * after)), list[int]()
    while left:
        left, group = divmod(left, 10_000)
        groups.insert(0, group)
    head = (len(groups), len(groups) - after - 1, 0x4000 if sign else 0, scale)
    return struct.pack(f">ihhHh{len(groups)}h", 8 + 2 * len(groups), *head, *groups)
