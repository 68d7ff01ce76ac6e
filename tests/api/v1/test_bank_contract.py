"""The bank API against its own published contract: what schemathesis makes of it, good calls and bad ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as st
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
BANK = ("/api/v1/bank/", "/oauth/")
ADAPTERS = ("/g2p/", "/govstack/")


def operations(wire: Wire, paths: tuple[str, ...]) -> Iterator[APIOperation]:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", wire.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.startswith(paths):
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
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body |= {
                name: uuid4().hex for name in ("requestID", "batchId") if name in case.body
            }  # as has a message
        case.call_and_validate(headers=headers, excluded_checks=[allow_header_conformance])

    call()
    return called


def try_all(wire: Wire, cases: int, paths: tuple[str, ...] = BANK, roles: Iterable[str] = ROLES) -> int:
    wire.ask(links=3)
    called = 0
    for scopes in (ROLES[role] for role in roles):
        partner, signed = wire.employ(scopes=scopes), time.monotonic()
        for operation in operations(wire, paths):
            if time.monotonic() - signed > 120:  # a token holds for ten minutes
                assert partner.sign_in().status_code == 200
                signed = time.monotonic()
            if operation.path.startswith("/oauth/") and scopes != EVERYTHING:
                continue  # 60 tries a minute from one address
            called += try_out(operation, partner, GenerationMode.POSITIVE, cases)
            if operation.path != "/api/v1/bank/stats":  # which takes nothing that could be wrong
                called += try_out(operation, partner, GenerationMode.NEGATIVE, cases)
    return called


BAD_TEXTS = ["\x00", "a\x00b", "a\nb", "\x1b[0m", "\ufdfa" * 200, "D" * 201, "١٢٣", "", " "]
_NO_TEXT = st.one_of(
    st.text(max_size=300), st.none(), st.integers(), st.floats(allow_nan=False), st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)  # fmt: skip
ODD = st.one_of(st.sampled_from(BAD_TEXTS), _NO_TEXT)
G2P_ITEM = {
    "reference_id": "r-{}", "timestamp": "2026-11-22T08:00:00+07:00", "id": "cccd:051051{:06d}@gov.vn",
    "fa": "account:1500201234567@VBA", "name": "DINH VAN TAM", "phone_number": "0905123456", "scope": "yes_no",
}  # fmt: skip
CASE = {
    "instructionID": "i-{}", "payeeIdentity": "051051{:06d}", "paymentModality": "00", "bankingInstitutionCode": "VBA",
    "financialAddress": "1500201234567", "payeeName": "DINH VAN TAM",
}  # fmt: skip


def numbered(good: dict[str, str], odd: list[Any]) -> list[Any]:
    """Return items with their odd fields, each about somebody else: a repeated one is turned away unread."""
    return [
        {name: value.format(n) for name, value in good.items()} | one if isinstance(one, dict) else one
        for n, one in enumerate(odd)
    ]


def items_like(good: dict[str, str]) -> st.SearchStrategy[list[Any]]:
    """Return messages' items: each good but for a field or two, or no item at all."""
    changed = st.dictionaries(st.sampled_from(sorted(good)), ODD, min_size=1, max_size=2)
    return st.lists(st.one_of(changed, ODD), min_size=20, max_size=60).map(lambda odd: numbered(good, odd))


def every(good: dict[str, str]) -> list[Any]:
    """Return an item for each bad text in each field."""
    return numbered(good, [{name: text} for name in good for text in BAD_TEXTS])


def try_fields(wire: Wire, messages: int) -> None:
    """Send messages whose items are odd in any field; every call is taken, and each item has its own answer."""
    partner = wire.employ()

    def post(method: str, path: str, body: dict[str, Any]) -> Any:
        answer = partner.http.request(method, path, json=body, headers=partner.headers)
        if answer.status_code == 401:  # a token holds for ten minutes
            assert partner.sign_in().status_code == 200
            answer = partner.http.request(method, path, json=body, headers=partner.headers)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    @seed(20261128)
    @settings(max_examples=messages, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @example(items=every(G2P_ITEM), cases=every(CASE))
    @given(items=items_like(G2P_ITEM), cases=items_like(CASE))
    def send(items: list[Any], cases: list[Any]) -> None:
        for act in ("link", "update", "unlink", "resolve"):
            message = {"transaction_id": "t", f"{act}_request": items}
            sent = {"header": {"message_id": str(uuid4())}, "message": message}
            answered = post("POST", f"/g2p/mapper/sync/{act}", sent)["message"][f"{act}_response"]
            assert len(answered) == len(items)
            assert {one["status"] for one in answered} <= {"succ", "rjct"}
        for method in ("POST", "PUT"):
            body = {"requestID": uuid4().hex, "beneficiaries": cases}
            answer = post(method, "/govstack/identityAccountMapper/beneficiary", body)
            assert answer["numberFailedCases"] == len(answer["failedCases"]) <= len(cases)
        looked = post(
            "POST", "/govstack/beneficiaries?command=validate", {"batchId": uuid4().hex, "beneficiaries": cases}
        )
        assert looked["numberOfFailedCases"] == len(cases)  # this bank has confirmed none of them

    send()


class TestContract:
    def test_every_answer_is_documented(self, lite_wire: Wire) -> None:
        """No server error, no undocumented status, no schema violation, no ignored authentication."""
        assert try_all(lite_wire, cases=4) >= 80

    def test_other_systems_words_are_answered_as_documented(self, lite_wire: Wire) -> None:
        """The same of the adapters."""
        assert try_all(lite_wire, cases=1, paths=ADAPTERS, roles=["everything"]) >= 14

    def test_no_field_of_an_item_fails_the_call(self, wire: Wire) -> None:
        """On each database: what only PostgreSQL refuses is the item's own fault too."""
        try_fields(wire, messages=3)

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


@pytest.mark.campaign
def test_five_thousand_messages(wire: Wire) -> None:
    """The same in other systems' words."""
    assert try_all(wire, cases=180, paths=ADAPTERS) >= 5_000
    try_fields(wire, messages=300)
