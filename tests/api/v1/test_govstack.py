"""The payments building block of GovStack over our own claims: failed cases by name, nobody looked up."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from httpx2 import Response

from tests.api.conftest import Site
from tests.api.v1.claimed import asked
from tests.api.v1.partners import Employ, Partner, employ, lite_employ

__all__ = ["employ", "lite_employ"]

MAPPER = "/govstack/identityAccountMapper/beneficiary"


def case(citizen_id: str = "051051001234", account: str = "1500201234567", **more: str) -> dict[str, str]:
    return {"payeeIdentity": citizen_id, "paymentModality": "00", "financialAddress": account} | more


def send(partner: Partner, method: str, *cases: dict[str, str], request_id: str = "") -> Response:
    body: dict[str, Any] = {"requestID": request_id or uuid4().hex, "sourceBBID": "s", "beneficiaries": list(cases)}
    return partner.http.request(method, MAPPER, json=body, headers=partner.headers)


def validate(partner: Partner, *cases: dict[str, str]) -> Any:
    body = {"batchId": uuid4().hex, "beneficiaries": list(cases)}
    answer = partner.http.post("/govstack/beneficiaries?command=validate", json=body, headers=partner.headers)
    assert answer.status_code == 202
    return answer.json()


class TestRegister:
    def test_anonymous(self, lite_site: Site) -> None:
        """Without a token nothing is read."""
        assert lite_site.anonymous().post(MAPPER, json={}).status_code == 401

    def test_failed_cases_are_named(self, employ: Employ) -> None:
        """Good cases are taken, each bad one is told with its reason, and no ID is sent back whole."""
        answer = send(
            employ(), "POST", case(), case(), case("123"), case("051051001235", paymentModality="03"),
            case("051051001236", bankingInstitutionCode="BIDV"), case("051051001237", account="9704050000000001"),
        )  # fmt: skip
        document = answer.json()
        assert (answer.status_code, document["ResponseCode"], document["numberFailedCases"]) == (202, "00", 5)
        assert [failed["failureReason"].split()[0] for failed in document["failedCases"]] == [
            "payeeIdentity", "payeeIdentity", "only", "bankingInstitutionCode", "financialAddress",
        ]  # fmt: skip
        assert "051051001235" not in answer.text

    def test_the_same_request_again(self, lite_employ: Employ) -> None:
        """A request id is answered once, whatever comes with it later."""
        partner = lite_employ()
        first = send(partner, "POST", case("123"), request_id="one")
        assert send(partner, "POST", case(), request_id="one").json() == first.json()

    def test_a_change_is_a_claim_too(self, lite_employ: Employ) -> None:
        """Another account is stated beside the earlier one."""
        assert send(lite_employ(), "PUT", case()).json()["numberFailedCases"] == 0

    def test_no_message(self, lite_employ: Employ) -> None:
        """A body that is none is refused in words."""
        partner = lite_employ()
        answer = partner.http.post(MAPPER, json={"requestID": ""}, headers=partner.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


class TestValidate:
    def test_only_what_this_bank_confirmed_passes(self, site: Site, employ: Employ) -> None:
        """Unconfirmed, unknown and another bank's accounts fail alike."""
        yes, waiting = asked(site), asked(site, confirmed=False)
        cases = [
            case(yes.citizen_id, yes.account_number, instructionID="a"),
            case(waiting.citizen_id, waiting.account_number, instructionID="b"),
            case("051051999999", instructionID="c"),
        ]
        own = validate(employ(), *cases)
        assert {failed["instructionID"] for failed in own["failedAccountLookups"]} == {"b", "c"}
        other = validate(employ("BIDV"), *cases)
        assert {failed["failureReason"] for failed in other["failedAccountLookups"]} == {"account not confirmed"}
        assert other["numberOfFailedCases"] == 3

    def test_another_command(self, lite_employ: Employ) -> None:
        """There is one command."""
        partner = lite_employ()
        answer = partner.http.post("/govstack/beneficiaries?command=pay", json={}, headers=partner.headers)
        assert answer.status_code == 422
