"""`POST /api/v1/bank/results`: a bank's answers, up to 5,000 in a call, through the same actions as its files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlmodel import Session

from api import errors
from api.clients import Client, require_scope
from api.idempotency import PARAMETER, Post, posted
from api.v1.bank_items import Bad, Batch, BatchAnswer, ItemAnswer, Text, answer_of, body_of, failed, reader
from disburse import clock
from disburse.banks.scopes import Scope
from disburse.confirmations import actions
from disburse.confirmations.answer import BankAnswer
from disburse.confirmations.reasons import REASONS
from disburse.confirmations.tables import WireState
from disburse.errors import DisburseError
from matching.identity import AccountNumber, account_number

router = APIRouter(tags=["bank"])

# What tells a request of one's own that is closed from one that never was is nobody's business on this wire.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
TOLERANCE = timedelta(minutes=5)
_ONE_ANSWER = frozenset({"line_request_unknown", "line_link_ended"})


class Result(BaseModel):
    """What the bank found about one request. The ID compared is the account holder's."""

    model_config = ConfigDict(strict=True, extra="forbid")

    request_id: UUID
    status: Literal["rcvd", "succ", "rjct"] = Field(
        description="rcvd: received; succ: yes, this account is this holder's (for `open`: it was opened); rjct: no."
    )
    reason_code: str = Field(
        default="", description="With rjct: one of the closed list in docs/bank-api.md.",
        json_schema_extra={"enum": ["", *REASONS]},
    )  # fmt: skip
    account_number: str = Field(default="", max_length=30, description="With succ for `open`: the account opened.")
    account_exists: bool | None = None
    name_match: Literal["", "yes", "no", "partial"] = ""
    id_match: Literal["", "citizen_id", "old_id", "none"] = Field(
        default="", description="By the 12-digit ID, by the old 9-digit one, or by neither."
    )
    account_status: Literal["", "open", "locked", "closed"] = ""
    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    account_kind: Literal["", "payment", "savings", "card", "wallet"] = ""
    joint: bool | None = Field(default=None, description="true: held by more than one person.")
    papers: bool | None = Field(default=None, description="true: the bank holds the holder's valid papers.")
    biometrics: bool | None = Field(default=None, description="true: biometrics were checked.")
    branch: Text = Field(default="", max_length=100)
    checked_at: AwareDatetime | None = Field(default=None, description="With a time zone.")


EXAMPLE = {
    "request_id": "019e8f2a-5b1c-7d3e-8f40-1a2b3c4d5e6f", "status": "succ", "account_exists": True,
    "name_match": "yes", "id_match": "citizen_id", "account_status": "open", "currency": "VND",
    "account_kind": "payment", "joint": False, "papers": True, "biometrics": True, "branch": "Bình Sơn",
    "checked_at": "2026-11-20T09:30:00+07:00",
}  # fmt: skip


@router.post(
    "/bank/results",
    response_model=BatchAnswer,
    responses=errors.DOCUMENTED_POSTS,
    openapi_extra={"parameters": [PARAMETER]} | body_of(Result, EXAMPLE),
)
def results(
    request: Request,
    client: Client = require_scope(Scope.RESULTS_WRITE, with_key=True),
    post: Post[Batch[Result]] = posted(reader(Result)),
) -> Response:
    """Answer requests. Each item has its own answer: one that is wrong fails by itself, the others are taken."""
    request.state.items = len(post.body.items)

    answers: dict[int, BankAnswer] = {}
    for index, item in post.body.good():
        if made := _answer(index, client, item):
            answers[index] = made
    return post.once(lambda session: take(session, post, answers))


def take(session: Session, post: Post[Batch[Any]], answers: Mapping[int, BankAnswer]) -> BatchAnswer:
    """Take what can be taken, and answer each item of the call in its place."""
    client = post.client
    done = actions.take_answers(session, answers=list(answers.values()), source=f"api: {client.name}", by=client.by)
    found = []
    for index, item in enumerate(post.body.items):
        reference = "" if isinstance(item, Bad) else str(item.request_id)
        if index not in answers:
            field = item.field if isinstance(item, Bad) else "account_number or checked_at"
            found.append(failed(index, reference, "item_invalid", {"field": field}, post.lang))
        elif index in done.left_out:
            code, facts = done.left_out[index]
            code, facts = ("request_unknown", {}) if code in _ONE_ANSWER else (code, facts)
            found.append(failed(index, reference, code, facts, post.lang))
        else:
            code = "yes_doubtful" if index in done.doubtful else ""
            message = DisburseError(code).sentence(post.lang) if code else ""
            status: Literal["taken", "same"] = "same" if index in done.repeated else "taken"
            found.append(ItemAnswer(index=index, reference=reference, status=status, code=code, message=message))
    return answer_of(found)


def _answer(index: int, client: Client, item: Result) -> BankAnswer | None:
    number = account_number(item.account_number) if item.account_number else None
    if number is not None and not isinstance(number, AccountNumber):
        return None
    if item.checked_at is not None and not EARLIEST <= item.checked_at <= clock.utc_now() + TOLERANCE:
        return None
    return BankAnswer(
        key=index,
        bank_code=client.bank_code,
        status=WireState(item.status),
        request_id=item.request_id,
        account_number=number.value if number else "",
        reason_code=item.reason_code[:60],
        name_match=item.name_match,
        id_match=item.id_match,
        account_status=item.account_status,
        currency=item.currency,
        account_exists=item.account_exists,
        account_kind=item.account_kind,
        joint=item.joint,
        papers=item.papers,
        biometrics=item.biometrics,
        branch=item.branch,
        checked_at=item.checked_at,
    )
