"""Tokens of banks' programs: the only door to python-jose, and everything it would let through that we refuse.

JWT, HS256 only, ten minutes. What is refused beyond a wrong signature: another header than ours to the byte, more than
4,096 characters, base64 that is not the canonical one, a claim that is missing, of another type or there twice.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jose import jwk, jwt
from jose.exceptions import JOSEError

from disburse import clock, crypto
from disburse.errors import Denied, Unavailable

LIFE_SECONDS = 600
MOST_CHARACTERS = 4_096
KEY_BYTES = 32
ISSUER, AUDIENCE, TYPE = "disburse", "disburse/api/v1/bank", "access"
ALGORITHM = "HS256"
_HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
_CLAIMS = {"iss": str, "aud": str, "sub": str, "jti": str, "iat": int, "exp": int, "typ": str, "sec": str, "scope": str}
# The moment is judged below, by the one clock of the house: jose asks the computer's, even with verify_exp off where
# exp is required of it; that it stands there is checked below as well.
_REQUIRED = {f"require_{name}": True for name in ("iss", "aud", "sub", "jti", "iat")}
_OPTIONS = _REQUIRED | {"verify_exp": False, "verify_at_hash": False}


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: for which client, opened by which secret, with which scopes."""

    client_id: UUID
    secret_id: UUID
    scopes: frozenset[str]


def signing_key(root: bytes | None = None) -> Any:
    """Return the installation's signing key, derived from its root key. Refuses one of less than 32 bytes."""
    key = crypto.keyring().mac("api.tokens", b"HS256 key") if root is None else root
    if len(key) < KEY_BYTES:
        raise Unavailable("key_weak")
    # A ready key, not bytes: jose tries to read bytes as JSON, and a key could happen to be some.
    return jwk.construct(key, ALGORITHM)


def issue(token: Token) -> str:
    """Return the token as text."""
    now = int(clock.utc_now().timestamp())
    return _encode(
        {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(token.client_id),
            "jti": secrets.token_hex(16),
            "iat": now,
            "exp": now + LIFE_SECONDS,
            "typ": TYPE,
            "sec": str(token.secret_id),
            "scope": " ".join(sorted(token.scopes)),
        }
    )


def _encode(claims: dict[str, Any]) -> str:
    text: str = jwt.encode(claims, signing_key(), algorithm=ALGORITHM)
    return text


def read(text: str) -> Token:
    """Return what a token says; anything that is not to the letter one of ours is Denied("token_invalid")."""
    _check_form(text)
    try:
        jwt.decode(text, signing_key(), algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=_OPTIONS)
        claims = json.loads(_decode(text.split(".")[1]), object_pairs_hook=_once)
        _check_claims(claims)
        return Token(UUID(claims["sub"]), UUID(claims["sec"]), frozenset(claims["scope"].split()))
    except (JOSEError, ValueError, RecursionError, OverflowError) as wrong:
        raise Denied("token_invalid") from wrong


def _check_form(text: str) -> None:
    parts = text.split(".") if len(text) <= MOST_CHARACTERS and text.isascii() else []
    if len(parts) != 3 or parts[0] != _HEADER:
        raise Denied("token_invalid")
    for part in parts:
        # One token, one spelling: jose takes padding, and other last characters that decode to the same bytes.
        try:
            canonical = base64.urlsafe_b64encode(_decode(part)).rstrip(b"=").decode()
        except ValueError as wrong:
            raise Denied("token_invalid") from wrong
        if canonical != part:
            raise Denied("token_invalid")


def _decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a claim stands twice")
    return found


def _check_claims(claims: dict[str, Any]) -> None:
    if claims.keys() != _CLAIMS.keys() or any(type(claims[name]) is not kind for name, kind in _CLAIMS.items()):
        raise ValueError("a claim is missing, unknown or of another type")
    if claims["typ"] != TYPE:
        raise ValueError("not an access token")
    now = int(clock.utc_now().timestamp())
    if not claims["iat"] <= now < claims["exp"] <= claims["iat"] + LIFE_SECONDS:
        raise ValueError("expired, not yet valid, or valid for too long")
