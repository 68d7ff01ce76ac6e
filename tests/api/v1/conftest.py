"""A bank's side of the wire: programs with secrets, tokens and keys, and what they were asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from disburse.audit.actor import COMMAND
from disburse.banks import actions
from disburse.banks.actions import ClientChange, NewSecret
from disburse.banks.scopes import EVERYTHING, Scope
from tests.api.conftest import Site

PLENTY = 1_000_000


@dataclass
class Partner:
    """A bank's program with a token, and the calls it makes."""

    site: Site
    bank_code: str
    made: NewSecret
    http: TestClient
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def client_id(self) -> UUID:
        return self.made.client_id

    def sign_in(self, secret: str = "", **form: str) -> Response:
        data = {"grant_type": "client_credentials", **form}
        answer = self.http.post("/oauth/token", data=data, auth=(str(self.client_id), secret or self.made.secret))
        if answer.status_code == 200:
            self.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    def get(self, path: str, **params: Any) -> Response:
        return self.http.get(f"/api/v1/bank/{path}", params=params, headers=self.headers)

    def post(self, path: str, body: Any, key: str = "", **headers: str) -> Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = self.headers | {"idempotency-key": key or str(uuid4()), "content-type": "application/json"} | headers
        return self.http.post(f"/api/v1/bank/{path}", content=content, headers=sent)


Employ = Callable[..., Partner]


@pytest.fixture
def employ(site: Site) -> Employ:
    """Make a program of a bank and sign it in; budgets are large unless the test is about them."""
    return employer(site)


@pytest.fixture
def lite_employ(lite_site: Site) -> Employ:
    """The same on SQLite alone."""
    return employer(lite_site)


def employer(site: Site) -> Employ:
    def make(bank_code: str = "VBA", scopes: frozenset[Scope] = EVERYTHING, **change: Any) -> Partner:
        with site.database.transaction() as session:
            made = actions.add_client(session, bank_code=bank_code, name=f"test {uuid4()}", scopes=scopes, by=COMMAND)
            wanted = ClientChange(**({"per_minute": PLENTY, "per_day": PLENTY} | change))
            actions.change_client(session, client_id=made.client_id, change=wanted, by=COMMAND)
        partner = Partner(site, bank_code, made, site.anonymous())
        assert partner.sign_in().status_code == 200
        return partner

    return make
