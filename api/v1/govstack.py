"""`POST|PUT /govstack/identityAccountMapper/beneficiary`, `POST /govstack/beneficiaries?command=validate`.

The payments building block of GovStack in its current shape, over the same claims as everybody else's. Modality `00`, a
bank account, is the only one on which its own documents agree; others are failed cases. Registering is a claim, and
validating says whether this bank has confirmed the account: nobody is looked up who the bank was not asked about.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.clients import Client, require_scope
from api.v1.messages import MOST_ITEMS, Message, described, message, text_of
from disburse.banks.directory import packaged
from disburse.banks.scopes import Scope
from disburse.confirmations import claims
from disburse.confirmations.claims import Claim
from matching.identity import AccountNumber, account_number, citizen_id

router = APIRouter(prefix="/govstack", tags=["govstack"])

BASIS = "GovStack"
ACCOUNT = "00"


class Sent(BaseModel):
    """What every message carries. Fields we do not use are let through."""

    model_config = ConfigDict(extra="ignore")


class Registered(Sent):
    """Beneficiaries whose accounts are at this bank; items are read one by one."""

    request_id: str = Field(alias="requestID", min_length=1, max_length=50)
    beneficiaries: list[dict[str, Any]] = Field(max_length=MOST_ITEMS)


class Lookup(Sent):
    """Accounts to validate before a payment."""

    batch_id: str = Field(alias="batchId", min_length=1, max_length=50)
    beneficiaries: list[dict[str, Any]] = Field(max_length=MOST_ITEMS)


_CASE = {
    "payeeIdentity": "051051001234", "paymentModality": "00", "bankingInstitutionCode": "VBA",
    "financialAddress": "1500201234567",
}  # fmt: skip


def _described(name: str, case: dict[str, str]) -> dict[str, Any]:
    cases = {"type": "array", "maxItems": MOST_ITEMS, "items": {"type": "object"}}
    schema = {
        "type": "object",
        "required": [name, "beneficiaries"],
        "properties": {name: text_of(50, 1), "beneficiaries": cases},
    }
    return described(schema, {name: "b-1", "beneficiaries": [case]})


def _request_id(sent: Registered) -> str:
    return sent.request_id


def _batch_id(sent: Lookup) -> str:
    return sent.batch_id


@router.post("/identityAccountMapper/beneficiary", status_code=202, openapi_extra=_described("requestID", _CASE))
def register(
    client: Client = require_scope(Scope.REGISTRATIONS_WRITE),
    sent: Message = message("govstack", Registered, _request_id),
) -> Response:
    """Take claims in; the answer names the cases that failed."""
    return _claimed(client, sent)


@router.put("/identityAccountMapper/beneficiary", status_code=202, openapi_extra=_described("requestID", _CASE))
def change(
    client: Client = require_scope(Scope.REGISTRATIONS_WRITE),
    sent: Message = message("govstack put", Registered, _request_id),
) -> Response:
    """Take claims of other accounts in; the person a case is about cannot be changed."""
    return _claimed(client, sent)


@router.post(
    "/beneficiaries",
    status_code=202,
    openapi_extra=_described("batchId", {"instructionID": "i-1"} | _CASE),
)
def validate(
    _command: Annotated[Literal["validate"], Query(alias="command")],
    client: Client = require_scope(Scope.REQUESTS_READ),
    sent: Message = message("govstack validate", Lookup, _batch_id),
) -> Response:
    """Say which accounts this bank has not confirmed for these people."""
    lookup: Lookup = sent.body

    def answer(session: Session) -> dict[str, Any]:
        failed = []
        for case in lookup.beneficiaries:
            person, number, why = _read(case, client.bank_code)
            if not why:
                found = claims.standing(session, bank_code=client.bank_code, citizen_id=person, account_number=number)
                why = "" if found is not None and found.confirmed else "account not confirmed"
            if why:
                failed.append({"instructionID": _text(case, "instructionID"), "failureReason": why})
        return {
            "batchId": lookup.batch_id,
            "numberOfFailedCases": len(failed),
            "failedAccountLookups": failed,
            **_accepted(),
        }

    return sent.once(answer, json.loads, 202)


def _claimed(client: Client, sent: Message) -> Response:
    registered: Registered = sent.body

    def answer(session: Session) -> dict[str, Any]:
        failed, good = [], []
        seen: set[str] = set()
        for case in registered.beneficiaries:
            person, number, why = _read(case, client.bank_code)
            if not why and person in seen:
                why = "payeeIdentity is repeated in this request"
            seen.add(person)
            if why:
                failed.append({"payeeIdentity": _masked(case), "failureReason": why})
            else:
                good.append(Claim(citizen_id=person, account_number=number, holder_name=_text(case, "payeeName")))
        if good:
            claims.claim_accounts(session, bank_code=client.bank_code, claims=good, basis=BASIS, by=client.by)
        return {
            "requestID": registered.request_id,
            "numberFailedCases": len(failed),
            "failedCases": failed,
            **_accepted(),
        }

    return sent.once(answer, json.loads, 202)


def _accepted() -> dict[str, str]:
    return {"ResponseCode": "00", "ResponseDescription": "Request received"}


def _read(case: dict[str, Any], bank_code: str) -> tuple[str, str, str]:
    """Return citizen ID, account number and why the case cannot be used ("" when it can)."""
    known = citizen_id(_text(case, "payeeIdentity"))
    if known is None:
        return "", "", "payeeIdentity is no 12-digit citizen ID"
    if _text(case, "paymentModality") not in ("", ACCOUNT):
        return known.value, "", "only payment modality 00 (bank account) is supported"
    bank = _text(case, "bankingInstitutionCode")
    if bank and packaged().resolve(bank).code != bank_code:
        return known.value, "", "bankingInstitutionCode is not the caller's"
    number = account_number(_text(case, "financialAddress"))
    if not isinstance(number, AccountNumber):
        return known.value, "", "financialAddress is no account number"
    return known.value, number.value, ""


def _text(case: dict[str, Any], name: str) -> str:
    value = case.get(name)
    return value.strip() if isinstance(value, str) else ""


def _masked(case: dict[str, Any]) -> str:
    return "…" + _text(case, "payeeIdentity")[-4:]
