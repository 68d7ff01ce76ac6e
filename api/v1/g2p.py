"""`POST /g2p/mapper/sync/link|update|unlink|resolve`: the account mapper of G2P Connect 1.0 over our own acts.

Two envelopes are understood and answered in kind: the specification's (`header`, `message`) and that of SPAR 2.x
(`request_header`, `request_body`). ids are `cccd:<12 digits>@…`, addresses `account:<number>@<bank code>`; SPAR's
address object is taken too. The published pattern of addresses forbids the ":" of its own examples; it is not enforced.
A link or update is a claim, never an active link; unlink closes and deletes nothing; resolve answers yes or no.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session

from api import errors
from api.clients import Client, require_scope
from api.v1.messages import LONGEST_NAME, MOST_ITEMS, Message, as_object, described, message, text_in, text_of
from disburse import clock
from disburse.banks.directory import packaged
from disburse.banks.scopes import Scope
from disburse.confirmations import claims
from disburse.confirmations.claims import Claim, Standing
from matching.identity import AccountNumber, account_number, citizen_id, phone

router = APIRouter(prefix="/g2p/mapper/sync", tags=["g2p"], responses={409: errors.DOCUMENTED_POSTS[409]})

BASIS = "G2P Connect"
_ID = re.compile(r"cccd:([0-9]{12})(?:@.{1,100})?")
_FA = re.compile(r"account:([0-9A-Za-z .-]{4,40})@(.{1,60})")


class Act(StrEnum):
    """What a message asks for; names the list in its body."""

    LINK = "link"
    UPDATE = "update"
    UNLINK = "unlink"
    RESOLVE = "resolve"


class Envelope(BaseModel):
    """A message in either shape. Items are read one by one, so that a bad one never fails the call."""

    model_config = ConfigDict(extra="ignore")
    act: ClassVar[Act]

    message_id: str = Field(min_length=1, max_length=255)
    transaction_id: str = Field(max_length=255)
    items: list[Any]
    spar: bool = False
    header: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _either_shape(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        spar = "request_header" in given
        header = given.get("request_header" if spar else "header")
        body = _part(given.get("request_body"), "request_payload") if spar else given.get("message")
        header, body = header if isinstance(header, dict) else {}, body if isinstance(body, dict) else {}
        return {
            "message_id": header.get("request_id" if spar else "message_id"),
            "transaction_id": body.get("transaction_id"),
            "items": body.get(f"{cls.act}_request"),
            "spar": spar,
            "header": header,
        }


def _part(given: Any, name: str) -> Any:
    return given.get(name) if isinstance(given, dict) else None


class LinkMessage(Envelope):
    """Claims: this person's account is here."""

    act = Act.LINK


class UpdateMessage(Envelope):
    """Claims of another account than before."""

    act = Act.UPDATE


class UnlinkMessage(Envelope):
    """Accounts that are not this person's any more."""

    act = Act.UNLINK


class ResolveMessage(Envelope):
    """Questions whether a link that this bank was asked about stands."""

    act = Act.RESOLVE


_ITEM = {
    "type": "object",
    "required": ["reference_id", "timestamp"],
    "properties": {
        "reference_id": text_of(255, 1),
        "timestamp": text_of(64, 1),
        "id": {"type": "string", "description": "cccd:<12 digits>@<provider>"},
        "fa": {"description": "account:<number>@<bank code>, or SPAR's object with account_number and bank_code."},
        "name": text_of(LONGEST_NAME),
        "phone_number": {"type": "string"},
        "scope": {"type": "string", "description": "resolve: yes_no (the default) or details."},
    },
}


def _described(act: Act) -> dict[str, Any]:
    """Return what OpenAPI says of a message's body, in both shapes."""
    said = f"Up to {MOST_ITEMS}; one that is wrong is rejected for itself."
    items = {"type": "array", "description": said, "items": {"anyOf": [_ITEM, {}]}}
    inner = {
        "type": "object",
        "required": ["transaction_id", f"{act}_request"],
        "properties": {"transaction_id": text_of(255), f"{act}_request": items},
    }

    def header(name: str) -> dict[str, Any]:
        return {"type": "object", "required": [name], "properties": {name: text_of(255, 1)}}

    spec = {
        "type": "object",
        "required": ["header", "message"],
        "properties": {"header": header("message_id"), "message": inner, "request_header": False},
    }
    body = {"type": "object", "required": ["request_payload"], "properties": {"request_payload": inner}}
    spar = {
        "type": "object",
        "required": ["request_header", "request_body"],
        "properties": {"request_header": header("request_id"), "request_body": body},
    }
    return described({"anyOf": [spec, spar]}, _example(act))


def _example(act: Act) -> dict[str, Any]:
    item = {
        "reference_id": "r-1",
        "timestamp": "2026-11-22T08:00:00+07:00",
        "id": "cccd:051051001234@gov.vn",
        "fa": "account:1500201234567@VBA",
        "name": "NGUYEN VAN TAM",
    }
    return {
        "header": {"message_id": "m-1", "message_ts": "2026-11-22T08:00:00+07:00", "action": act, "sender_id": "vba"},
        "message": {"transaction_id": "t-1", f"{act}_request": [item]},
    }


def _message_id(envelope: Envelope) -> str:
    return envelope.message_id


@router.post("/link", openapi_extra=_described(Act.LINK))
def link(
    client: Client = require_scope(Scope.REGISTRATIONS_WRITE), sent: Message = message("g2p", LinkMessage, _message_id)
) -> Response:
    """Take claims in; the matcher, the clerks and a request to the bank decide what becomes of them."""
    return _answered(client, sent, _claim)


@router.post("/update", openapi_extra=_described(Act.UPDATE))
def update(
    client: Client = require_scope(Scope.REGISTRATIONS_WRITE),
    sent: Message = message("g2p", UpdateMessage, _message_id),
) -> Response:
    """Take claims of other accounts in; what was confirmed stays until two people and the bank have agreed."""
    return _answered(client, sent, _claim)


@router.post("/unlink", openapi_extra=_described(Act.UNLINK))
def unlink(
    client: Client = require_scope(Scope.EVENTS_WRITE), sent: Message = message("g2p", UnlinkMessage, _message_id)
) -> Response:
    """Close links this bank was asked about. Unknown, another bank's and closed ones get the same answer."""
    return _answered(client, sent, _withdraw)


@router.post("/resolve", openapi_extra=_described(Act.RESOLVE))
def resolve(
    client: Client = require_scope(Scope.REQUESTS_READ), sent: Message = message("g2p", ResolveMessage, _message_id)
) -> Response:
    """Say whether a link that this bank has confirmed stands; `scope: details` adds the address."""
    return _answered(client, sent, _resolve)


@dataclass(frozen=True, slots=True)
class Item:
    """One item, as far as it can be read: what cannot is empty."""

    reference_id: str
    raw: dict[str, Any]
    citizen_id: str
    account_number: str
    wants_fa: bool

    @property
    def name(self) -> str:
        """Return the holder's name as it was sent."""
        return text_in(self.raw, "name")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the items of a message are worked through with; claims are stated together when all were read."""

    session: Session
    client: Client
    claimed: list[Claim] = field(default_factory=list)


Work = Callable[[Desk, Item], dict[str, Any]]


def _answered(client: Client, sent: Message, work: Work) -> Response:
    envelope: Envelope = sent.body

    def answer(session: Session) -> dict[str, Any]:
        if len(envelope.items) > MOST_ITEMS:
            return _wrapped(envelope, [], "rjct.total_count.limit_exceeded")
        desk = Desk(session, client)
        items = list(_each(desk, envelope, work))
        if desk.claimed:
            claims.claim_accounts(session, bank_code=client.bank_code, claims=desk.claimed, basis=BASIS, by=client.by)
        return _wrapped(envelope, items)

    def again(first: bytes) -> dict[str, Any]:
        return _wrapped(envelope, _items_of(json.loads(first), envelope), "rjct.message_id.duplicate")

    return sent.once(answer, again)


def _each(desk: Desk, envelope: Envelope, work: Work) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for raw in envelope.items:
        item = _item(as_object(raw), desk.client.bank_code)
        if not item.reference_id or len(item.reference_id) > 255:
            yield _rejected(item, "rjct.reference_id.invalid")
        elif item.reference_id in seen:
            yield _rejected(item, "rjct.reference_id.duplicate")
        elif not text_in(item.raw, "timestamp"):
            yield _rejected(item, "rjct.timestamp.invalid")
        else:
            seen.add(item.reference_id)
            yield work(desk, item)


def _item(raw: dict[str, Any], bank_code: str) -> Item:
    found = _ID.fullmatch(text_in(raw, "id"))
    known = citizen_id(found[1]) if found else None
    return Item(
        reference_id=text_in(raw, "reference_id"),
        raw=raw,
        citizen_id=known.value if known else "",
        account_number=_own_account(raw.get("fa"), bank_code),
        wants_fa=bool(raw.get("fa")),
    )


def _own_account(fa: Any, bank_code: str) -> str:
    """Return the account number when the address names one of this bank, else ""."""
    if isinstance(fa, dict):  # SPAR 2.x
        number, bank = text_in(fa, "account_number"), text_in(fa, "bank_code") or text_in(fa, "bank_name")
    else:
        found = _FA.fullmatch(fa) if isinstance(fa, str) else None
        number, bank = (found[1], found[2]) if found else ("", "")
    clean = account_number(number) if number else None
    own = packaged().resolve(bank).code == bank_code if bank else False
    return clean.value if own and isinstance(clean, AccountNumber) else ""


def _claim(desk: Desk, item: Item) -> dict[str, Any]:
    told = text_in(item.raw, "phone_number")
    number = phone(told) if told else None
    for wrong, code in (
        (not item.citizen_id, "rjct.id.invalid"),
        (not item.account_number, "rjct.fa.invalid"),
        (not 0 < len(item.name) <= LONGEST_NAME, "rjct.name.invalid"),
        (bool(told) and number is None, "rjct.mobile_number.invalid"),
    ):
        if wrong:
            return _rejected(item, code)
    desk.claimed.append(
        Claim(citizen_id=item.citizen_id, account_number=item.account_number, holder_name=item.name, phone=number)
    )
    return _taken(item, fa=item.raw.get("fa"))


def _withdraw(desk: Desk, item: Item) -> dict[str, Any]:
    if not item.citizen_id:
        return _rejected(item, "rjct.id.invalid")
    # An address that is not of this bank names nothing of its own.
    done = (item.account_number or not item.wants_fa) and claims.withdraw(
        desk.session,
        bank_code=desk.client.bank_code,
        citizen_id=item.citizen_id,
        account_number=item.account_number,
        by=desk.client.by,
    )
    return _taken(item) if done else _rejected(item, "rjct.id.invalid")


def _resolve(desk: Desk, item: Item) -> dict[str, Any]:
    if text_in(item.raw, "scope") not in ("", "yes_no", "details"):
        return _rejected(item, "rjct.resolve_type.not_supported")
    if not item.citizen_id and not item.account_number:
        return _rejected(item, "rjct.fa.invalid" if item.wants_fa else "rjct.id.invalid")
    found: Standing | None = None
    if item.account_number or not item.wants_fa:
        found = claims.standing(
            desk.session,
            bank_code=desk.client.bank_code,
            citizen_id=item.citizen_id,
            account_number=item.account_number,
        )
    about = "fa" if item.account_number else "id"
    state = "not_found" if found is None else "active" if found.confirmed else "inactive"
    more: dict[str, Any] = {}
    if found is not None and found.confirmed and text_in(item.raw, "scope") == "details":
        more = {
            "fa": f"account:{found.account_number}@{desk.client.bank_code}",
            "account_provider_info": {"name": desk.client.bank_code, "code": desk.client.bank_code, "subcode": ""},
        }
    return _taken(item, status_reason_code=f"succ.{about}.{state}", id=item.raw.get("id"), **more)


def _taken(item: Item, **more: Any) -> dict[str, Any]:
    said = {name: value for name, value in more.items() if value}
    return {"reference_id": item.reference_id, "timestamp": clock.utc_now(), "status": "succ"} | said


def _rejected(item: Item, code: str) -> dict[str, Any]:
    return {
        "reference_id": item.reference_id[:255], "timestamp": clock.utc_now(), "status": "rjct",
        "status_reason_code": code,
    }  # fmt: skip


def _wrapped(envelope: Envelope, items: list[dict[str, Any]], wrong: str = "") -> dict[str, Any]:
    body = {"transaction_id": envelope.transaction_id, "correlation_id": "", f"{envelope.act}_response": items}
    if envelope.spar:
        header: dict[str, Any] = {
            "request_id": envelope.message_id,
            "response_status": "ERROR" if wrong else "SUCCESS",
            "response_error_code": wrong or None,
            "response_timestamp": clock.utc_now(),
        }
        return {"response_header": header, "response_body": {"response_payload": body}}
    header = {
        "version": "1.0.0",
        "message_id": envelope.message_id,
        "message_ts": clock.utc_now(),
        "action": str(envelope.act),
        "status": "rjct" if wrong else "succ",
        "status_reason_code": wrong,
        "total_count": len(envelope.items),
        "completed_count": len(items),
        "sender_id": "disburse",
        "receiver_id": str(envelope.header.get("sender_id", "")),
        "is_msg_encrypted": False,
    }
    return {"signature": "", "header": header, "message": body}


def _items_of(first: dict[str, Any], envelope: Envelope) -> list[dict[str, Any]]:
    body = first["message"] if "message" in first else first["response_body"]["response_payload"]
    items: list[dict[str, Any]] = body[f"{envelope.act}_response"]
    return items
