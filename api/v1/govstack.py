"""`POST|PUT /govstack/identityAccountMapper/beneficiary`, `POST /govstack/beneficiaries?command=validate`.

The payments building block of GovStack in its current shape, over the same claims as everybody else's. Modality `00`, a
bank account, is the only one on which its own documents agree; others are failed cases. Registering is a claim, and
validating says whether this bank has confirmed the account: nobody is looked up who the bank was not asked about.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api import errors
from api.clients import Client, require_scope
from api.v1.messages import LONGEST_NAME, MOST_ITEMS, Message, as_object, described, message, text_in, text_of
from disburse.banks.directory import packaged
from disburse.banks.scopes import Scope
from disburse.confirmations import claims
from disburse.confirmations.claims import Claim
from matching.identity import AccountNumber, account_number, citizen_id

router = APIRouter(prefix="/govstack", tags=["govstack"], responses={409: errors.DOCUMENTED_POSTS[409]})

BASIS = "GovStack"
ACCOUNT = "00"


def _callback(
    _new: Annotated[str | None, Header(alias="X-Callback-URL")] = None,
    _old: Annotated[str | None, Header(alias="X-CallbackURL", description="The same as Mifos spells it.")] = None,
) -> bool:
    """Return whether the caller gave an address to call back, in either spelling. None is ever called (ADR 9)."""
    return _new is not None or _old is not None


CALLBACK: Any = Depends(_callback)


class Sent(BaseModel):
    """What every message carries. Fields we do not use are let through."""

    model_config = ConfigDict(extra="ignore")


class Registered(Sent):
    """Beneficiaries whose accounts are at this bank; items are read one by one."""

    request_id: str = Field(alias="requestID", min_length=1, max_length=50)
    beneficiaries: list[Any] = Field(max_length=MOST_ITEMS)


class Lookup(Sent):
    """Accounts to validate before a payment."""

    batch_id: str = Field(alias="batchId", min_length=1, max_length=50)
    beneficiaries: list[Any] = Field(max_length=MOST_ITEMS)


_CASE = {
    "payeeIdentity": "051051001234", "paymentModality": "00", "bankingInstitutionCode": "VBA",
    "financialAddress": "1500201234567",
}  # fmt: skip


_BENEFICIARY = {
    "type": "object",
    "required": ["payeeIdentity", "financialAddress"],
    "properties": {
        "payeeIdentity": {"type": "string", "description": "The citizen ID, 12 digits."},
        "paymentModality": {"type": "string", "description": "00 or none: a bank account."},
        "bankingInstitutionCode": {"type": "string", "description": "The caller's own bank, or none."},
        "financialAddress": {"type": "string", "description": "The account number."},
        "payeeName": text_of(LONGEST_NAME),
        "instructionID": {"type": "string"},
    },
}


def _described(name: str, case: dict[str, str]) -> dict[str, Any]:
    cases = {"type": "array", "maxItems": MOST_ITEMS, "items": {"anyOf": [_BENEFICIARY, {}]}}
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
    sent: Message = message("govstack", Registered, _request_id, reused="requestID"),
    callback: bool = CALLBACK,
) -> Response:
    """Take claims in; the answer names the cases that failed."""
    return _claimed(client, sent, callback)


@router.put("/identityAccountMapper/beneficiary", status_code=202, openapi_extra=_described("requestID", _CASE))
def change(
    client: Client = require_scope(Scope.REGISTRATIONS_WRITE),
    sent: Message = message("govstack put", Registered, _request_id, reused="requestID"),
    callback: bool = CALLBACK,
) -> Response:
    """Take claims of other accounts in; the person a case is about cannot be changed."""
    return _claimed(client, sent, callback)


@router.post(
    "/beneficiaries",
    status_code=202,
    openapi_extra=_described("batchId", {"instructionID": "i-1"} | _CASE),
)
def validate(
    _command: Annotated[Literal["validate"], Query(alias="command")],
    client: Client = require_scope(Scope.REQUESTS_READ),
    sent: Message = message("govstack validate", Lookup, _batch_id, reused="batchId"),
    callback: bool = CALLBACK,
) -> Response:
    """Say which accounts this bank has not confirmed for these people."""
    lookup: Lookup = sent.body

    def answer(session: Session) -> dict[str, Any]:
        failed = []
        for case in map(as_object, lookup.beneficiaries):
            person, number, why = _read(case, client.bank_code)
            if not why:
                found = claims.standing(session, bank_code=client.bank_code, citizen_id=person, account_number=number)
                why = "" if found is not None and found.confirmed else "account not confirmed"
            if why:
                failed.append({"instructionID": text_in(case, "instructionID"), "failureReason": why})
        return {
            "batchId": lookup.batch_id,
            "numberOfFailedCases": len(failed),
            "failedAccountLookups": failed,
            **_accepted(callback),
        }

    return sent.once(answer, json.loads, 202)


def _claimed(client: Client, sent: Message, callback: bool) -> Response:
    registered: Registered = sent.body

    def answer(session: Session) -> dict[str, Any]:
        failed, good = [], []
        seen: set[str] = set()
        for case in map(as_object, registered.beneficiaries):
            person, number, why = _read(case, client.bank_code)
            if not why and person in seen:
                why = "payeeIdentity is repeated in this request"
            seen.add(person)
            if why:
                failed.append({"payeeIdentity": _masked(case), "failureReason": why})
            else:
                good.append(Claim(citizen_id=person, account_number=number, holder_name=text_in(case, "payeeName")))
        if good:
            claims.claim_accounts(session, bank_code=client.bank_code, claims=good, basis=BASIS, by=client.by)
        return {
            "requestID": registered.request_id,
            "numberFailedCases": len(failed),
            "failedCases": failed,
            **_accepted(callback),
        }

    return sent.once(answer, json.loads, 202)


def _accepted(callback: bool) -> dict[str, str]:
    told = "Request received; this answer is complete, no callback follows" if callback else "Request received"
    return {"ResponseCode": "00", "ResponseDescription": told}


def _read(case: dict[str, Any], bank_code: str) -> tuple[str, str, str]:
    """Return citizen ID, account number and why the case cannot be used ("" when it can)."""
    if not case:
        return "", "", "the case is no object with fields"
    known = citizen_id(text_in(case, "payeeIdentity"))
    if known is None:
        return "", "", "payeeIdentity is no 12-digit citizen ID"
    if text_in(case, "paymentModality") not in ("", ACCOUNT):
        return known.value, "", "only payment modality 00 (bank account) is supported"
    bank = text_in(case, "bankingInstitutionCode")
    if bank and packaged().resolve(bank).code != bank_code:
        return known.value, "", "bankingInstitutionCode is not the caller's"
    number = account_number(text_in(case, "financialAddress"))
    if not isinstance(number, AccountNumber):
        return known.value, "", "financialAddress is no account number"
    name = text_in(case, "payeeName")
    if (not name and case.get("payeeName") not in (None, "")) or len(name) > LONGEST_NAME:
        return known.value, "", f"payeeName is no text of up to {LONGEST_NAME} letters"
    return known.value, number.value, ""


def _masked(case: dict[str, Any]) -> str:
    return "…" + text_in(case, "payeeIdentity")[-4:]
