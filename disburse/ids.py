"""The ids of rows: UUIDv7, made here and read back here."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from operator import attrgetter
from typing import TypeVar
from uuid import UUID, SafeUUID

from disburse import clock

_UNKNOWN = SafeUUID.unknown
_TAIL = (1 << 62) - 1


def uuid_of(number: int) -> UUID:
    """Return the UUID of 128 bits that are known to be one.

    `UUID()` sorts out which of its seven arguments was meant and checks it, which is a stranger's due: it takes three
    times as long, and a call of 500 bank answers reads 3,000 ids. Set are the two slots that `UUID()` sets.
    """
    made = object.__new__(UUID)
    object.__setattr__(made, "int", number)
    object.__setattr__(made, "is_safe", _UNKNOWN)
    return made


Id = TypeVar("Id", UUID, bytes)


def in_order(ids: Iterable[Id]) -> list[Id]:
    """Return the distinct ids from the oldest to the newest, in a fifth of the time that `sorted` compares UUIDs."""
    distinct = list(set(ids))
    distinct.sort(key=attrgetter("int") if distinct and isinstance(distinct[0], UUID) else None)
    return distinct


_last_id = (0, 0)


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of time, a 12-bit counter, 62 random bits; ordered within a process."""
    global _last_id
    now, count = clock.unix_ms(), 0
    if now <= _last_id[0]:
        now, count = _last_id[0], _last_id[1] + 1
        if count > 0xFFF:
            now, count = now + 1, 0
    _last_id = (now, count)
    tail = int.from_bytes(os.urandom(8)) & _TAIL
    return uuid_of((now << 80) | (7 << 76) | (count << 64) | (2 << 62) | tail)


def new_ids(count: int) -> list[UUID]:
    """Return many UUIDv7 at once, ordered; a fraction of the time that as many calls of `new_id` take."""
    return [uuid_of(number) for number in _new_numbers(count)]


def new_ids_laid(count: int) -> bytes:
    """Return many UUIDv7 as `new_ids` does, end to end in 16 bytes each."""
    return b"".join([number.to_bytes(16) for number in _new_numbers(count)])


def _new_numbers(count: int) -> list[int]:
    global _last_id
    now, serial = max((clock.unix_ms(), -1), _last_id)
    found = []
    for tail in struct.unpack(f">{count}Q", os.urandom(8 * count)):
        serial += 1
        if serial > 0xFFF:
            now, serial = now + 1, 0
        found.append((now << 80) | (7 << 76) | (serial << 64) | (2 << 62) | (tail & _TAIL))
    if count:
        _last_id = (now, serial)
    return found
