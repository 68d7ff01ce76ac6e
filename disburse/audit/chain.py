"""The chain's arithmetic: hash = HMAC(previous hash, sequence number, every field of the event)."""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from disburse import crypto

FIRST = b"\x00" * 32

FIELDS = (
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

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link_hash(previous: bytes, event: Mapping[str, Any]) -> bytes:
    """Return the 32-byte hash that binds an event, its FIELDS by name, to all before it.

    The body is canonical JSON, length-prefixed, so that no two different events share a body; the key is not in
    the database, so that nobody who can only write the database can make the chain fit again.
    """
    at = event["at"].astimezone(UTC).isoformat(timespec="microseconds")
    body = _CANONICAL.encode({**event, "at": at}).encode()
    return crypto.keyring().mac("audit", previous + len(body).to_bytes(8) + body)
