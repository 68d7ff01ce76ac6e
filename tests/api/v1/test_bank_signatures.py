"""Signed messages: a good one is taken once, and every mutation of it is refused with nothing written."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from sqlmodel import select

from api import signatures
from api.signatures import Message
from disburse import clock
from disburse.audit.actor import COMMAND
from disburse.banks import actions
from disburse.banks.tables import UsedNonce
from tests.api.conftest import HOST
from tests.api.v1.conftest import YES, Partner, Wire
from tests.house.source import ROOT

PATH = "/api/v1/bank/results"


def test_the_shown_message_is_what_the_documentation_says() -> None:
    """Made again here by other means, from the secret alone; every part of it stands in the documentation."""
    shown, page = signatures.vector(), (ROOT / "docs/bank-api.md").read_text("utf-8")
    key = hmac.digest(shown.secret.encode(), b"disburse message signature 1", "sha256")
    assert key.hex() == shown.key
    digest = base64.b64encode(hashlib.sha256(shown.body.encode()).digest()).decode()
    assert shown.headers["content-digest"] == f"sha-256=:{digest}:" in shown.base
    mac = base64.b64encode(hmac.digest(key, shown.base.encode(), "sha256")).decode()
    assert shown.headers["signature"] == f"sig1=:{mac}:"
    for part in (shown.secret, shown.key, shown.body, shown.base, *shown.headers.values()):
        assert part in page


class Signer:
    """A partner's program that signs what it sends."""

    def __init__(self, wire: Wire, asked: UUID) -> None:
        self.wire = wire
        self.partner = wire.employ(must_sign=True)
        self.body = json.dumps({"items": [{"request_id": str(asked)} | YES]}).encode()
        self.now = int(clock.utc_now().timestamp())

    def headers(self, *, secret: str = "", keyid: UUID | None = None, **changed: Any) -> dict[str, str]:
        made = self.partner.made
        signed = signatures.sign(
            actions.signing_key(secret or made.secret),
            Message(changed.get("method", "POST"), HOST + changed.get("path", PATH),
                    signatures.content_digest(changed.get("body", self.body))),
            created=self.now + changed.get("later", 0),
            nonce=changed.get("nonce", uuid4().hex),
            keyid=str(keyid or made.secret_id),
        )  # fmt: skip
        return self.partner.headers | signed | {"content-type": "application/json", "idempotency-key": str(uuid4())}

    def send(self, headers: Any, *, path: str = PATH, body: bytes | None = None, **more: Any) -> Response:
        content = self.body if body is None else body
        return self.partner.http.post(path, content=content, headers=headers, **more)


@pytest.fixture
def signer(wire: Wire) -> Signer:
    (asked,) = wire.ask()
    return Signer(wire, asked)


def without(name: str) -> Callable[[Signer], Response]:
    return lambda s: s.send({k: v for k, v in s.headers().items() if k != name})


def twice(name: str) -> Callable[[Signer], Response]:
    def send(s: Signer) -> Response:
        headers = s.headers()
        return s.send([*headers.items(), (name, headers[name])])

    return send


def changed_header(name: str, before: str, after: str) -> Callable[[Signer], Response]:
    def send(s: Signer) -> Response:
        headers = s.headers()
        assert before in headers[name]
        return s.send(headers | {name: headers[name].replace(before, after)})

    return send


def by_another_bank(s: Signer) -> Response:
    other = s.wire.employ("BIDV")
    return s.send(s.headers(secret=other.made.secret, keyid=other.made.secret_id))


def by_an_old_key(s: Signer) -> Response:
    with s.wire.database.transaction() as session:
        second = actions.add_secret(session, client_id=s.partner.client_id, by=COMMAND)
        actions.revoke_secret(session, client_id=s.partner.client_id, secret_id=second.secret_id, by=COMMAND)
    return s.send(s.headers(secret=second.secret, keyid=second.secret_id))


def gzipped(s: Signer) -> Response:
    return s.send(s.headers() | {"content-encoding": "gzip"})


def chunked(s: Signer) -> Response:
    return s.partner.http.post(PATH, content=iter([s.body[:10], s.body[10:]]), headers=s.headers())


MUTATIONS: dict[str, Callable[[Signer], Response]] = {
    "another method": lambda s: s.send(s.headers(method="PUT")),
    "another address": lambda s: s.send(s.headers(path="/api/v1/bank/events")),
    "replayed at another route": lambda s: s.send(s.headers(), path="/api/v1/bank/requests/ack"),
    "another query": lambda s: s.send(s.headers(), path=PATH + "?x=1"),
    "another body": lambda s: s.send(s.headers(), body=s.body.replace(b"citizen_id", b"none")),
    "the body in another order": lambda s: s.send(
        s.headers(), body=json.dumps(json.loads(s.body), sort_keys=True).encode()
    ),
    "another digest": lambda s: s.send(s.headers(body=b"{}")),
    "another moment": changed_header("signature-input", "created=", "created=1"),
    "another nonce": changed_header("signature-input", 'nonce="', 'nonce="a'),
    "an empty nonce": lambda s: s.send(s.headers(nonce="")),
    "another key id": lambda s: s.send(s.headers(keyid=uuid4())),
    "another algorithm": changed_header("signature-input", "hmac-sha256", "hmac-sha512"),
    "fewer parts covered": changed_header("signature-input", '"@target-uri" ', ""),
    "another signature": lambda s: s.send(s.headers(secret="x" * 43)),
    "301 seconds old": lambda s: s.send(s.headers(later=-302)),
    "too early": lambda s: s.send(s.headers(later=420)),  # by far: on a busy machine seconds pass until it is read
    "no signature": without("signature"),
    "no input": without("signature-input"),
    "no digest": without("content-digest"),
    "the signature twice": twice("signature"),
    "the input twice": twice("signature-input"),
    "the digest twice": twice("content-digest"),
    "another bank's key": by_another_bank,
    "a revoked key": by_an_old_key,
    "gzip": gzipped,
    "chunked": chunked,
}


class TestSignatures:
    def test_a_signed_message_is_taken_once(self, signer: Signer) -> None:
        """Once; sent again as it is, also under another key of repetition, it is a replay."""
        headers = signer.headers()
        assert signer.send(headers).status_code == 200
        for again in (headers, headers | {"idempotency-key": "another"}):
            answer = signer.send(again)
            assert (answer.status_code, answer.json()["code"]) == (401, "signature_replayed")
        assert len(signer.wire.results()) == 1

    def test_every_mutation_is_refused_and_nothing_is_written(self, signer: Signer) -> None:
        """At least the fourteen of the threat model: 401 (415 for gzip), no result, no nonce, no act."""
        assert len(MUTATIONS) >= 14
        acts = len(signer.wire.acts("results.taken"))
        for what, send in MUTATIONS.items():
            answer = send(signer)
            wanted = 415 if what == "gzip" else 401
            assert answer.status_code == wanted, (what, answer.text)
            assert answer.json()["code"] in ("signature_invalid", "signature_missing", "body_kind"), what
        assert signer.wire.results() == []
        assert len(signer.wire.acts("results.taken")) == acts
        with signer.wire.database.reading() as session:
            assert session.exec(select(UsedNonce)).all() == []

    def test_both_secrets_sign_while_they_live(self, signer: Signer) -> None:
        """A second secret's key is good too, so that a bank can change over."""
        with signer.wire.database.transaction() as session:
            second = actions.add_secret(session, client_id=signer.partner.client_id, by=COMMAND)
        assert signer.send(signer.headers(secret=second.secret, keyid=second.secret_id)).status_code == 200

    def test_who_need_not_sign_is_checked_when_he_does(self, lite_wire: Wire) -> None:
        """Unsigned goes through; signed wrongly does not."""
        (asked,) = lite_wire.ask()
        signer = Signer(lite_wire, asked)
        signer.partner = lite_wire.employ()
        assert signer.send(signer.headers(later=-400)).status_code == 401
        plain = signer.partner.post("results", json.loads(signer.body)["items"])
        assert plain.status_code == 200
        assert isinstance(signer.partner, Partner)

    @pytest.mark.parametrize("later", [-299, 0, 299])
    def test_five_minutes_either_way(self, lite_wire: Wire, later: int) -> None:
        """Clocks may differ by as much."""
        (asked,) = lite_wire.ask()
        signer = Signer(lite_wire, asked)
        assert signer.send(signer.headers(later=later)).status_code == 200
