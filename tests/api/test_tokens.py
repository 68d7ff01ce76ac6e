"""The token wrapper: sixty tokens that are not ours to the letter, each refused, whatever the library would take."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from jose import jwt

from api import tokens
from disburse import clock, crypto
from disburse.errors import Denied, Unavailable

OURS = tokens.Token(uuid4(), uuid4(), frozenset({"results.write"}))


def key() -> bytes:
    return crypto.keyring().mac("api.tokens", b"HS256 key")


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def signed(payload: bytes, header: bytes = b'{"alg":"HS256","typ":"JWT"}', with_key: bytes | None = None) -> str:
    """Return a token with a right signature over any bytes at all."""
    text = f"{encode(header)}.{encode(payload)}"
    return f"{text}.{encode(hmac.digest(key() if with_key is None else with_key, text.encode(), 'sha256'))}"


def claims(**changed: Any) -> dict[str, Any]:
    """Return good claims, changed; None takes one away."""
    now = int(clock.utc_now().timestamp())
    good = {
        "iss": tokens.ISSUER, "aud": tokens.AUDIENCE, "sub": str(OURS.client_id), "jti": "0" * 32, "iat": now,
        "exp": now + 600, "typ": "access", "sec": str(OURS.secret_id), "scope": "results.write",
    }  # fmt: skip
    return {name: value for name, value in (good | changed).items() if value is not None}


def with_claims(**changed: Any) -> str:
    return signed(json.dumps(claims(**changed), separators=(",", ":")).encode())


def forged() -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, the token)."""
    now = int(clock.utc_now().timestamp())
    good = json.dumps(claims(iat=now, exp=now + 600), separators=(",", ":")).encode()  # the second may turn meanwhile
    ours = tokens.issue(OURS)
    head, body, mac = ours.split(".")
    for name in ("iss", "aud", "sub", "jti", "iat", "exp", "typ", "sec", "scope"):
        yield f"without {name}", with_claims(**{name: None})
    yield from (
        ("no token", ""),
        ("one part", "abc"),
        ("two parts", f"{head}.{body}"),
        ("four parts", f"{ours}.{mac}"),
        ("five parts, as JWE has", f"{ours}.{mac}.{mac}"),
        ("no signature", f"{head}.{body}."),
        ("another signature", f"{head}.{body}.{encode(b'0' * 32)}"),
        ("a shorter signature", f"{head}.{body}.{encode(b'0' * 16)}"),
        ("padding", ours + "="),
        ("double padding", ours + "=="),
        ("padding inside", f"{head}.{body}=.{mac}"),
        ("a blank", f" {ours}"),
        ("a line end", f"{ours}\n"),
        ("a blank inside", f"{head}. {body}.{mac}"),
        ("standard base64", ours.replace("-", "+").replace("_", "/") + "+"),
        ("no ASCII", f"{head}.{body}.{mac[:-1]}é"),
        ("4,097 characters", with_claims(scope="a" * 3_000)),
        ("40 MB", f"{head}.{'A' * 40_000_000}.{mac}"),
        ("100,000 brackets", signed(b"[" * 100_000)),
        ("2,000 brackets", signed(b"[" * 2_000)),
        ("a list", signed(b"[]")),
        ("a number", signed(b"1")),
        ("no JSON", signed(b"access")),
        ("no UTF-8", signed(b"\xff\xfe")),
        ("a claim twice", signed(good.replace(b'"scope"', b'"scope":"requests.read","scope"'))),
        ("a claim of another kind", with_claims(role="administrator")),
        ("exp as text", with_claims(exp=str(now + 600))),
        ("exp as a fraction", with_claims(exp=now + 600.5)),
        ("exp 1e308", signed(good.replace(str(now + 600).encode(), b"1e308"))),
        ("exp NaN", signed(good.replace(str(now + 600).encode(), b"NaN"))),
        ("exp true", with_claims(exp=True)),
        ("expired", with_claims(iat=now - 700, exp=now - 100)),
        ("expired now", with_claims(iat=now - 600, exp=now)),
        ("too long a life", with_claims(iat=now, exp=now + 601)),
        ("from the future", with_claims(iat=now + 60, exp=now + 120)),
        ("iat as text", with_claims(iat=str(now))),
        ("another audience", with_claims(aud="disburse/api/v1/users")),
        ("many audiences", with_claims(aud=[tokens.AUDIENCE, "x"])),
        ("another issuer", with_claims(iss="somebody")),
        ("issuers", with_claims(iss=[tokens.ISSUER])),
        ("a refresh token", with_claims(typ="refresh")),
        ("a client that is no id", with_claims(sub="admin")),
        ("a secret that is no id", with_claims(sec="1")),
        ("scopes as a list", with_claims(scope=["results.write"])),
        ("alg none", signed(good, b'{"alg":"none","typ":"JWT"}')),
        ("alg none without signature", encode(b'{"alg":"none","typ":"JWT"}') + f".{body}."),
        ("alg HS384", signed(good, b'{"alg":"HS384","typ":"JWT"}')),
        ("alg HS512, rightly signed", jwt.encode(claims(), key(), algorithm="HS512")),
        ("alg RS256", signed(good, b'{"alg":"RS256","typ":"JWT"}')),
        ("an unknown crit", signed(good, b'{"alg":"HS256","crit":["b64"],"typ":"JWT"}')),
        ("a key id", signed(good, b'{"alg":"HS256","kid":"../../etc/passwd","typ":"JWT"}')),
        ("alg twice", signed(good, b'{"alg":"none","alg":"HS256","typ":"JWT"}')),
        ("another order of the header", signed(good, b'{"typ":"JWT","alg":"HS256"}')),
        ("blanks in the header", signed(good, b'{"alg": "HS256", "typ": "JWT"}')),
        ("an empty key", signed(good, with_key=b"")),
        ("a key of one byte", signed(good, with_key=b"\x00")),
        ("a DER public key as key", signed(good, with_key=bytes.fromhex("3059301306072a8648ce3d0201"))),
        ("a PEM public key as key", signed(good, with_key=b"-----BEGIN PUBLIC KEY-----\nMFkw\n")),
        ("the audit key as key", signed(good, with_key=crypto.keyring().mac("audit", b"HS256 key"))),
    )  # fmt: skip
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    same_bytes = [
        c for c in last if c != mac[-1] and base64.urlsafe_b64decode(f"{mac[:-1]}{c}=") == tokens._decode(mac)
    ]
    assert len(same_bytes) == 3  # the last character has bits nobody reads
    for character in same_bytes:
        yield f"the signature's last character as {character}", f"{head}.{body}.{mac[:-1]}{character}"


class TestRead:
    def test_ours_is_read(self) -> None:
        """What we issued says what we put in."""
        assert tokens.read(tokens.issue(OURS)) == OURS

    def test_the_house_s_clock_judges_it(self) -> None:
        """In the demo's March 2024 a token of that morning is good, and one of today is not."""
        today = tokens.issue(OURS)
        with clock.living_on(date(2024, 3, 16)):
            assert tokens.read(tokens.issue(OURS)) == OURS
            with pytest.raises(Denied):
                tokens.read(today)

    def test_every_other_is_refused(self) -> None:
        """At least sixty tokens, one answer for all of them."""
        tried = 0
        for what, token in forged():
            with pytest.raises(Denied) as refused:
                tokens.read(token)
            assert refused.value.code == "token_invalid", what
            tried += 1
        assert tried >= 60

    def test_every_byte_counts(self) -> None:
        """One character changed, anywhere in a token, and it is no token of ours."""
        ours = tokens.issue(OURS)
        for place in range(0, len(ours), 7):
            other = "A" if ours[place] != "A" else "B"
            with pytest.raises(Denied):
                tokens.read(ours[:place] + other + ours[place + 1 :])


class TestKey:
    @pytest.mark.parametrize("length", [0, 1, 16, 31])
    def test_a_short_key_is_refused(self, length: int) -> None:
        """A key of fewer than 32 bytes signs nothing."""
        with pytest.raises(Unavailable):
            tokens.signing_key(b"\x07" * length)
