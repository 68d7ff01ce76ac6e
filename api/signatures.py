"""Message signatures of banks' programs: HTTP Message Signatures (RFC 9421), one form of them, HMAC-SHA256.

Signed are the method, the whole address, the body's digest (RFC 9530), the moment, a nonce and the key's id. A client
that must sign is refused without; one that need not is checked when it does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import Request

from api import deps
from api.clients import Client
from disburse import clock
from disburse.banks import calls, queries
from disburse.banks.actions import signing_key
from disburse.banks.tables import SIGNING_KEY
from disburse.errors import Denied

TOLERANCE_SECONDS = 300
_VECTOR_TARGET = "https://disburse.example/api/v1/bank/results"
_VECTOR_KEYID = "01a1c000-0000-7000-8000-000000000001"
NONCE_LIFE = timedelta(hours=24)
HEADERS = ("signature-input", "signature", "content-digest")
_INPUT = re.compile(
    r'sig1=(?P<params>\("@method" "@target-uri" "content-digest"\);created=(?P<created>[0-9]{1,12});'
    r'nonce="(?P<nonce>[A-Za-z0-9_-]{16,64})";keyid="(?P<keyid>[0-9a-f-]{36})";alg="hmac-sha256")'
)
_SIGNATURE = re.compile(r"sig1=:(?P<bytes>[A-Za-z0-9+/]{43}=):")


@dataclass(frozen=True, slots=True)
class Message:
    """What a signature covers, besides its own parameters."""

    method: str
    target: str
    digest: str  # the value of Content-Digest

    def base(self, params: str) -> bytes:
        """Return the text that is signed (RFC 9421, 2.5)."""
        lines = (
            f'"@method": {self.method}',
            f'"@target-uri": {self.target}',
            f'"content-digest": {self.digest}',
            f'"@signature-params": {params}',
        )
        return "\n".join(lines).encode()


def content_digest(content: bytes) -> str:
    """Return a body's Content-Digest."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def sign(key: bytes, message: Message, *, created: int, nonce: str, keyid: str) -> dict[str, str]:
    """Return the three headers of a signed message; what a partner's program does."""
    params = (
        f'("@method" "@target-uri" "content-digest");created={created};nonce="{nonce}";keyid="{keyid}";'
        'alg="hmac-sha256"'
    )
    mac = base64.b64encode(hmac.digest(key, message.base(params), "sha256")).decode()
    return {
        "content-digest": message.digest,
        "signature-input": f"sig1={params}",
        "signature": f"sig1=:{mac}:",
    }


@dataclass(frozen=True, slots=True)
class Vector:
    """A signed message with everything it was made of, for a partner's engineer to make again."""

    secret: str
    key: str  # hexadecimal
    body: str
    base: str
    headers: dict[str, str]


def vector() -> Vector:
    """Return the one message that the documentation and the screens show; its secret is nobody's."""
    secret, body = "bi-mat-de-thu-khong-cua-ai", '{"items": []}'
    key, message = signing_key(secret), Message("POST", _VECTOR_TARGET, content_digest(body.encode()))
    headers = sign(key, message, created=1_795_827_600, nonce="thu-chu-ky-0001", keyid=_VECTOR_KEYID)
    params = headers["signature-input"].removeprefix("sig1=")
    return Vector(secret, key.hex(), body, message.base(params).decode(), headers)


def check(request: Request, client: Client, content: bytes) -> None:
    """Raise Denied unless the message is signed by this client, now, and for the first time.

    `signature_missing`, `signature_invalid`, `signature_replayed`. Nothing is written but a good signature's nonce.
    """
    given = {name: request.headers.getlist(name) for name in HEADERS}
    if not client.must_sign and not any(given.values()):
        return
    if not all(given.values()):
        raise Denied("signature_missing")
    found = _INPUT.fullmatch(given["signature-input"][0])
    mac = _SIGNATURE.fullmatch(given["signature"][0])
    plain = len(content) == _announced(request) and "transfer-encoding" not in request.headers
    if any(len(values) > 1 for values in given.values()) or found is None or mac is None or not plain:
        raise Denied("signature_invalid")
    digest = content_digest(content)
    fresh = abs(int(clock.utc_now().timestamp()) - int(found["created"])) <= TOLERANCE_SECONDS
    if given["content-digest"][0] != digest or not fresh:
        raise Denied("signature_invalid")
    message = Message(request.method, target_of(request), digest)
    key = _key(request, client, found["keyid"])
    if key is None or not _fits(key, message.base(found["params"]), mac["bytes"]):
        raise Denied("signature_invalid")
    _use_once(request, client, found["nonce"])


def target_of(request: Request) -> str:
    """Return the address as the caller typed it: behind a proxy only the settings know its beginning."""
    site = deps.settings_of(request).public_url or f"{request.url.scheme}://{request.url.netloc}"
    query = request.scope.get("query_string", b"").decode("latin-1")
    path = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1").partition("?")[0]
    return f"{site}{path}" + (f"?{query}" if query else "")


def _announced(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() else -1


def _key(request: Request, client: Client, keyid: str) -> bytes | None:
    try:
        secret_id = UUID(keyid)
    except ValueError:
        return None
    with deps.database_of(request).reading() as session:
        secret = queries.live_secret(session, client_id=client.id, secret_id=secret_id)
    return SIGNING_KEY.open_bytes(secret.id, secret.signing_sealed) if secret else None


def _fits(key: bytes, base: bytes, mac: str) -> bool:
    try:
        given = base64.b64decode(mac, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.digest(key, base, "sha256"), given)


def _use_once(request: Request, client: Client, nonce: str) -> None:
    with deps.database_of(request).transaction() as session:
        if not calls.use_nonce(session, client_id=client.id, nonce=nonce, life=NONCE_LIFE):
            raise Denied("signature_replayed")
