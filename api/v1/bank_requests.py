"""`/api/v1/bank/requests`: what a bank is asked, page by page, and its word that it has it."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import deps, errors
from api.clients import Client, require_scope
from api.idempotency import PARAMETER, Post, posted
from api.v1.bank_items import Batch, BatchAnswer, body_of, reader
from api.v1.bank_results import take
from disburse.audit.actions import record
from disburse.banks.scopes import Scope
from disburse.confirmations import wire
from disburse.confirmations.answer import BankAnswer
from disburse.confirmations.tables import WireState
from disburse.confirmations.wire import Asked
from disburse.errors import Invalid

router = APIRouter(tags=["bank"])


class AskedItem(BaseModel):
    """A request. `confirm` asks about an account of this holder; `open` about a holder without one."""

    model_config = ConfigDict(extra="forbid")

    request_id: UUID = Field(description="Opaque; answer with it.")
    kind: Literal["confirm", "open"]
    state: Literal["pdng", "rcvd"]
    account_number: str = Field(description="Empty for `open`.", examples=["1500201234567"])
    holder_name: str = Field(examples=["Nguyễn Văn Tám"])
    holder_citizen_id: str = Field(description="12 digits, or empty.", examples=["051051001234"])
    holder_old_id: str = Field(description="The old card's 9 digits, or empty.")
    holder_birth_date: str = Field(description="YYYY-MM-DD, YYYY-MM or YYYY, or empty.", examples=["1951-03-12"])
    asked_at: datetime
    due_on: date | None = Field(description="The last working day on which an answer is in time.")


class AskedItems(BaseModel):
    """One page; `next_cursor` is null on the last one."""

    model_config = ConfigDict(extra="forbid")

    items: list[AskedItem]
    next_cursor: str | None


class Acknowledgement(BaseModel):
    """The bank has a request and works on it."""

    model_config = ConfigDict(strict=True, extra="forbid")

    request_id: UUID


@router.get("/bank/requests")
def requests(
    request: Request,
    client: Client = require_scope(Scope.REQUESTS_READ),
    state: Annotated[Literal["pdng", "rcvd"], Query(description="Not yet fetched, or acknowledged.")] = "pdng",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[
        str, Query(pattern=r"^([A-Za-z0-9_-]{22})?$", description="`next_cursor` of the page before.")
    ] = "",
) -> AskedItems:
    """Return the bank's own open requests, oldest first. Pulling changes nothing; acknowledge what has arrived."""
    with deps.database_of(request).transaction() as session:
        found = wire.page(
            session, bank_code=client.bank_code, state=WireState(state), after=_read(cursor), limit=limit + 1
        )
        shown = found[:limit]
        if shown:
            record(
                session, action="requests.pulled", object_type="bank", object_id=client.bank_code, by=client.by,
                requests=len(shown), state=state,
            )  # fmt: skip
    request.state.items = len(shown)
    return AskedItems(
        items=[_item(one) for one in shown], next_cursor=_write(shown[-1].id) if len(found) > limit else None
    )


@router.post(
    "/bank/requests/ack",
    response_model=BatchAnswer,
    responses=errors.DOCUMENTED_POSTS,
    openapi_extra={"parameters": [PARAMETER]}
    | body_of(Acknowledgement, {"request_id": "019e8f2a-5b1c-7d3e-8f40-1a2b3c4d5e6f"}),
)
def acknowledge(
    request: Request,
    client: Client = require_scope(Scope.REQUESTS_ACK, with_key=True),
    post: Post[Batch[Acknowledgement]] = posted(reader(Acknowledgement)),
) -> Response:
    """Say that requests have arrived: their state becomes `rcvd`, and they are listed as such."""
    request.state.items = len(post.body.items)

    answers = {
        index: BankAnswer(key=index, bank_code=client.bank_code, status=WireState.RECEIVED, request_id=item.request_id)
        for index, item in post.body.good()
    }
    return post.once(lambda session: take(session, post, answers))


def _item(one: Asked) -> AskedItem:
    return AskedItem(
        request_id=one.id,
        kind=one.kind.value,
        state="rcvd" if one.state == WireState.RECEIVED else "pdng",
        account_number=one.account_number,
        holder_name=one.holder_name,
        holder_citizen_id=one.holder_citizen_id,
        holder_old_id=one.holder_old_id,
        holder_birth_date=one.holder_birth_date,
        asked_at=one.asked_at,
        due_on=one.due_on,
    )


def _write(id_: UUID) -> str:
    return base64.urlsafe_b64encode(id_.bytes).decode().rstrip("=")


def _read(cursor: str) -> UUID | None:
    if not cursor:
        return None
    try:
        return UUID(bytes=base64.b64decode(cursor.encode() + b"==", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as wrong:
        raise Invalid("cursor_invalid") from wrong
