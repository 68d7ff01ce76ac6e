"""Both sides of the wire: a small commune of ours, and banks' programs with secrets, tokens and keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from api.app import create_app
from disburse.accounts import actions as accounts
from disburse.accounts.actions import Acceptance
from disburse.accounts.states import How
from disburse.accounts.tables import Link
from disburse.audit.actor import COMMAND
from disburse.audit.tables import AuditEvent
from disburse.banks import actions
from disburse.banks.actions import ClientChange, NewSecret
from disburse.banks.scopes import EVERYTHING, Scope
from disburse.config import Settings
from disburse.confirmations import actions as confirmations
from disburse.confirmations.tables import ConfirmationRequest, ConfirmationResult
from disburse.db import Database
from tests.api.conftest import HOST
from tests.conftest import TEST_KEY
from tests.disburse.accounts.world import CLERK, MARCH, World

PLENTY = 1_000_000
YES = {"status": "succ", "name_match": "yes", "id_match": "citizen_id", "account_status": "open", "currency": "VND"}


@dataclass
class Partner:
    """A bank's program with a token, and the calls it makes."""

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

    def post(self, path: str, items: Any, key: str = "", **headers: str) -> Response:
        content = items if isinstance(items, bytes) else json.dumps({"items": items}).encode()
        sent = self.headers | {"idempotency-key": key or str(uuid4()), "content-type": "application/json"} | headers
        return self.http.post(f"/api/v1/bank/{path}", content=content, headers=sent)


@dataclass
class Wire:
    """An installation over a small commune, and the banks that call it."""

    world: World
    app: FastAPI
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def database(self) -> Database:
        return self.world.database

    def http(self, address: str = "127.0.0.1") -> TestClient:
        return TestClient(self.app, base_url=HOST, follow_redirects=False, client=(address, 50_000))

    def employ(self, bank_code: str = "VBA", scopes: frozenset[Scope] = EVERYTHING, **change: Any) -> Partner:
        """Make a program of a bank and sign it in; its budgets are large unless the test is about them."""
        with self.database.transaction() as session:
            made = actions.add_client(session, bank_code=bank_code, name=f"test {uuid4()}", scopes=scopes, by=COMMAND)
            wanted = ClientChange(**({"per_minute": PLENTY, "per_day": PLENTY} | change))
            actions.change_client(session, client_id=made.client_id, change=wanted, by=COMMAND)
        partner = Partner(bank_code, made, self.http())
        assert partner.sign_in().status_code == 200
        return partner

    def link(self, bank_code: str = "VBA") -> UUID:
        """Accept a link of a new person to a new account of a bank."""
        number = next(self.numbers)
        key = f"person {number}"
        self.world.person(key, "Nguyễn Văn Tám", "1951-03-12", f"051051{number:06d}")
        account = self.world.account(f"150020{number:07d}", "NGUYEN VAN TAM", bank=bank_code)
        acceptance = Acceptance(person_id=self.world.persons[key], account_id=account, how=How.CLERK, since=MARCH)
        with self.database.transaction() as session:
            return accounts.accept(session, acceptance=acceptance, by=CLERK)

    def ask(self, bank_code: str = "VBA", links: int = 1) -> list[UUID]:
        """Make links at a bank and ask it about them; returns the requests, oldest first."""
        wanted = {self.link(bank_code) for _ in range(links)}
        with self.database.transaction() as session:
            confirmations.ask(session, bank_code=bank_code, by=CLERK)
        return [request.id for request in self.requests() if request.link_id in wanted]

    def requests(self) -> list[ConfirmationRequest]:
        with self.database.reading() as session:
            return list(session.exec(select(ConfirmationRequest).order_by(ConfirmationRequest.id)))  # type: ignore[arg-type]

    def link_of(self, request_id: UUID) -> Link:
        with self.database.reading() as session:
            request = session.get_one(ConfirmationRequest, request_id)
            return session.get_one(Link, request.link_id)

    def results(self) -> list[ConfirmationResult]:
        with self.database.reading() as session:
            return list(session.exec(select(ConfirmationResult)))

    def acts(self, action: str) -> list[AuditEvent]:
        with self.database.reading() as session:
            return list(session.exec(select(AuditEvent).where(AuditEvent.action == action)))


@pytest.fixture
def wire(database: Database) -> Wire:
    """An empty commune with three banks, on each database."""
    return wire_over(database)


@pytest.fixture
def lite_wire(sqlite_database: Database) -> Wire:
    """The same on SQLite alone, for what has nothing to do with the database."""
    return wire_over(sqlite_database)


def wire_over(database: Database) -> Wire:
    return Wire(World(database).reference(), create_app(database, Settings(key=TEST_KEY, public_url=HOST)))
