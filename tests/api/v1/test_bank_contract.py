"""The bank API against its own published contract: what schemathesis makes of it, good calls and bad ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import allow_header_conformance
from schemathesis.schemas import APIOperation

from disburse.banks.scopes import EVERYTHING, Scope
from tests.api.v1.conftest import Partner, Wire

ROLES = {
    "everything": EVERYTHING,
    "reading": frozenset({Scope.REQUESTS_READ, Scope.STATS_READ}),
    "nothing": frozenset[Scope](),
}
PATHS = ("/api/v1/bank/", "/oauth/")


def operations(wire: Wire) -> Iterator[APIOperation]:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", wire.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(PATHS):
            yield operation


def try_out(operation: APIOperation, partner: Partner, mode: GenerationMode, cases: int) -> int:
    """Call one operation with generated cases and check every answer against the contract; returns how many."""
    called = 0

    @seed(20261128)
    @settings(
        max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Case) -> None:
        nonlocal called
        called += 1
        headers = dict(partner.headers)
        if "Idempotency-Key" in case.headers and mode is GenerationMode.POSITIVE:
            headers["Idempotency-Key"] = str(uuid4())  # a new call has a new key: the contract's words, not its schema
        case.call_and_validate(headers=headers, excluded_checks=[allow_header_conformance])

    call()
    return called


def try_all(wire: Wire, cases: int) -> int:
    wire.ask(links=3)
    called = 0
    for scopes in ROLES.values():
        partner, signed = wire.employ(scopes=scopes), time.monotonic()
        for operation in operations(wire):
            if time.monotonic() - signed > 120:  # a token holds for ten minutes
                assert partner.sign_in().status_code == 200
                signed = time.monotonic()
            if operation.path.startswith("/oauth/") and scopes != EVERYTHING:
                continue  # 60 tries a minute from one address
            called += try_out(operation, partner, GenerationMode.POSITIVE, cases)
            if operation.path != "/api/v1/bank/stats":  # which takes nothing that could be wrong
                called += try_out(operation, partner, GenerationMode.NEGATIVE, cases)
    return called


class TestContract:
    def test_every_answer_is_documented(self, lite_wire: Wire) -> None:
        """No server error, no undocumented status, no schema violation, no ignored authentication."""
        assert try_all(lite_wire, cases=4) >= 80

    def test_the_document_is_good_enough_to_generate_a_client(self, lite_wire: Wire) -> None:
        """Every call has a summary, an example of its body, its header, its scopes; the items are named components."""
        document = lite_wire.http().get("/api/v1/openapi.json").json()
        schemas = document["components"]["schemas"]
        assert {"Result", "RegistrationItem", "Event", "Acknowledgement", "BatchAnswer"} <= schemas.keys()
        flows = document["components"]["securitySchemes"]["bank"]["flows"]
        assert flows["clientCredentials"]["tokenUrl"] == "/oauth/token"
        for path, methods in document["paths"].items():
            if not path.startswith("/api/v1/bank/"):
                continue
            for method, operation in methods.items():
                assert operation["summary"] and operation["description"], path
                assert operation["security"] == [{"bank": []}], path
                if method == "post":
                    names = {one["name"] for one in operation["parameters"]}
                    content = operation["requestBody"]["content"]["application/json"]
                    assert "Idempotency-Key" in names and content["example"]["items"], path


@pytest.mark.campaign
def test_five_thousand_cases(wire: Wire) -> None:
    """The same with 180 cases of each kind for each call and role: more than 5,000."""
    assert try_all(wire, cases=180) >= 5_000
