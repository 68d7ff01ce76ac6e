"""The chain's arithmetic: hash = HMAC(previous hash, sequence number, every field of the event)."""

import json
from datetime import UTC
from typing import Any

from disburse import crypto

FIRST = b"\x00" * 32

_FIELDS = (
    "seq",
    "at",
    "actor_id",
    "actor_name",
    "via",
    "action",
    "object_type",
    "object_id",
    "province_code",
    "area_code",
    "programme",
    "facts",
    "request_id",
    "ip",
)


def link_hash(previous: bytes, event: Any) -> bytes:
    """Return the 32-byte hash that binds `event` (an AuditEvent, or what is to become one) to all before it.

    The body is canonical JSON, length-prefixed, so that no two different events share a body; the key is not in
    the database, so that nobody who can only write the database can make the chain fit again.
    """
    body = json.dumps(
        {name: _plain(getattr(event, name)) for name in _FIELDS},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    return crypto.keyring().mac("audit", previous + len(body).to_bytes(8) + body)


def _plain(value: Any) -> Any:
    if hasattr(value, "astimezone"):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
