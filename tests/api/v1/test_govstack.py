"""The payments building block of GovStack over our own claims: failed cases by name, nobody looked up."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from disburse.accounts.statements import find_accounts
from tests.api.conftest import Site
from tests.api.v1.claimed import asked
from tests.api.v1.partners import Employ, Partner, employ, lite_employ

__all__ = ["employ", "lite_employ"]

MAPPER = "/govstack/identityAccountMapper/beneficiary"


def case(citizen_id: str = "051051001234", account: str = "1500201234567", **more: Any) -> dict[str, Any]:
    return {"payeeIdentity": citizen_id, "paymentModality": "00", "financialAddress": account} | more


def send(partner: Partner, method: str, *cases: Any, request_id: str = "") -> Response:
    body: dict[str, Any] = {"requestID": request_id or uuid4().hex, "sourceBBID": "s", "beneficiaries": list(cases)}
    return partner.http.request(method, MAPPER, json=body, headers=partner.headers)


def validate(partner: Partner, *cases: Any) -> Any:
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

    def test_what_no_database_takes_is_the_case_s_own_fault(self, site: Site, employ: Employ) -> None:
        """A control character or too long a name, and what is no case at all, fail no call."""
        cases: list[Any] = [
            case(payeeName="DINH\x00VAN"), case("051051001235", payeeName="D" * 201), case(payeeName=5), "x", None, 7,
            case("051051001236"),
        ]  # fmt: skip
        document = send(employ(), "POST", *cases).json()
        assert (document["ResponseCode"], document["numberFailedCases"]) == ("00", 6)
        assert [failed["failureReason"].split()[0] for failed in document["failedCases"]] == [
            "payeeName", "payeeName", "payeeName", "the", "the", "the",
        ]  # fmt: skip
        assert validate(employ(), "x", None)["numberOfFailedCases"] == 2

    def test_the_same_request_again(self, lite_employ: Employ) -> None:
        """A request that was sent again, its line having broken, has one effect and one answer."""
        partner = lite_employ()
        first = send(partner, "POST", case("123"), request_id="one")
        assert (first.status_code, send(partner, "POST", case("123"), request_id="one").json()) == (202, first.json())

    def test_a_request_id_with_other_cases(self, site: Site, employ: Employ) -> None:
        """Nothing of it is taken, and its sender hears so: silence would lose new claims."""
        partner, number = employ(), f"15{uuid4().int % 10**11:011d}"
        send(partner, "POST", case(), request_id="two")
        answer = send(partner, "POST", case(account=number), request_id="two")
        assert (answer.status_code, answer.json()["code"], answer.json()["ResponseCode"]) == (
            422,
            "message_reused",
            "01",
        )
        assert "requestID" in answer.json()["ResponseDescription"]
        with site.database.reading() as session:
            assert not find_accounts(session, [("VBA", number)])
        assert send(partner, "PUT", case(account=number), request_id="two").status_code == 202

    @pytest.mark.parametrize("header", ["X-Callback-URL", "X-CallbackURL", ""])
    def test_an_address_to_call_back_is_not_called(self, lite_employ: Employ, header: str) -> None:
        """Both spellings are read; the answer is complete and says that nothing follows."""
        partner = lite_employ()
        partner.headers |= {header: "https://bank.example/callback"} if header else {}
        document = send(partner, "POST", case("123")).json()
        assert (document["ResponseCode"], document["numberFailedCases"]) == ("00", 1)
        assert ("no callback" in document["ResponseDescription"]) == bool(header)
        assert ("no callback" in validate(partner, case())["ResponseDescription"]) == bool(header)

    def test_a_change_is_a_claim_too(self, lite_employ: Employ) -> None:
        """Another account is stated beside the earlier one."""
        assert send(lite_employ(), "PUT", case()).json()["numberFailedCases"] == 0

    def test_no_message(self, lite_employ: Employ) -> None:
        """A body that is none is refused in words, and in the caller's own."""
        partner = lite_employ()
        answer = partner.http.post(MAPPER, json={"requestID": ""}, headers=partner.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
        assert answer.json()["ResponseCode"] == "01" and answer.json()["ResponseDescription"]


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

    def test_a_batch_id_with_other_cases(self, lite_employ: Employ) -> None:
        """Another batch is not answered as the first was."""
        partner = lite_employ()
        found = [
            partner.http.post(
                "/govstack/beneficiaries?command=validate",
                json={"batchId": "b-1", "beneficiaries": cases},
                headers=partner.headers,
            )
            for cases in ([case()], [case()], [case("051051001239")])
        ]
        assert [one.status_code for one in found] == [202, 202, 422]
        assert found[0].content == found[1].content and found[2].json()["ResponseCode"] == "01"

    def test_a_batch_that_was_refused_may_come_again(self, lite_employ: Employ) -> None:
        """Mended in its address, the same batch is taken at once: a refused call holds no id."""
        partner, body = lite_employ(), {"batchId": uuid4().hex, "beneficiaries": [case()]}
        for command, status in (("pay", 422), ("validate", 202)):
            path = f"/govstack/beneficiaries?command={command}"
            assert partner.http.post(path, json=body, headers=partner.headers).status_code == status

    def test_another_command(self, lite_employ: Employ) -> None:
        """There is one command."""
        partner = lite_employ()
        answer = partner.http.post("/govstack/beneficiaries?command=pay", json={}, headers=partner.headers)
        assert answer.status_code == 422
