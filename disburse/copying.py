"""Rows as PostgreSQL's binary COPY reads them, column by column: half the bytes of its text, and no id is written out
here to be read again there."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
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


class Same(list[Any]):
    """A column whose one value stands in all rows."""


def ordered(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns in the order in which a row is laid soonest: what is the same in all rows, arrays, the rest."""
    found = {name: values if is_array(values) else _shortened(values) for name, values in columns.items()}
    return dict(sorted(found.items(), key=lambda one: (not isinstance(one[1], Same), not is_array(one[1]))))


def _shortened(values: Sequence[Any]) -> Sequence[Any]:
    if isinstance(values[0], dict | list):  # of documents 1 and true are the same to Python, not to who reads them
        return values
    return Same(values[:1]) if values.count(values[0]) == len(values) else values


def is_array(values: Any) -> bool:
    """Whether a column is an array of numpy: ids, flags or numbers, one in each row."""
    return hasattr(values, "dtype")


def binary_of(columns: Iterable[Any], kinds: Sequence[Any], count: int) -> bytes:
    """Return columns of these types, in the order of `ordered`, as one stream of so many rows; numbers, texts, days and
    moments are Python's, JSON is text."""
    start = struct.pack(">h", len(kinds))
    arrays, cells = list[tuple[Any, Any]](), list[Sequence[bytes]]()
    for values, kind in zip(columns, kinds, strict=True):
        if isinstance(values, Same):
            start += _cells(values, kind)[0]
        elif is_array(values):
            arrays.append((values, kind))
        else:
            cells.append(_cells(values, kind))
    if arrays:
        cells.insert(0, _side_by_side(arrays, count))
    lines = map(b"".join, zip(repeat(start, count), *cells, strict=True))
    return _HEADER + b"".join(lines) + _END


def _side_by_side(arrays: Sequence[tuple[Any, Any]], count: int) -> Sequence[bytes]:
    """Return the cells that arrays have in each row as one."""
    import numpy as np

    forms = [np.dtype([("size", ">i4"), ("cell", _form(kind))]) for _, kind in arrays]
    laid = np.empty(count, dtype=[(str(at), form) for at, form in enumerate(forms)])
    for at, (values, _) in enumerate(arrays):
        laid[str(at)]["size"], laid[str(at)]["cell"] = forms[at]["cell"].itemsize, values
    found: list[bytes] = laid.view(f"V{laid.itemsize}").tolist()
    return found


def _form(kind: Any) -> str:
    """Return how numpy keeps a cell of a type."""
    forms = {sa.Uuid: "V16", sa.Boolean: "?"} | {number: form[0] + form[2] for number, form in _NUMBERS}
    return next(form for one, form in forms.items() if isinstance(kind, one))


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
