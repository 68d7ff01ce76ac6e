"""`POST /api/v1/bank/events`: an account was closed, locked or unlocked."""

from __future__ import annotations

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api import errors
from api.clients import Client, require_scope
from api.idempotency import PARAMETER, Post, posted
from api.v1.bank_items import Bad, Batch, BatchAnswer, ItemAnswer, Text, answer_of, body_of, failed, reader
from disburse import clock
from disburse.banks.scopes import Scope
from disburse.confirmations import events
from disburse.confirmations.events import Told
from disburse.confirmations.tables import EventKind
from matching.identity import AccountNumber, account_number

router = APIRouter(tags=["bank"])
EARLIEST = date(2000, 1, 1)


class Event(BaseModel):
    """Something that happened to an account. Whether anybody here uses the account is never answered."""

    model_config = ConfigDict(strict=True, extra="forbid")

    event_id: Text = Field(min_length=1, max_length=64, description="The bank's own; the same id is the same event.")
    type: Literal["account_closed", "account_locked", "account_unlocked"]
    account_number: str = Field(min_length=4, max_length=30, examples=["1500201234567"])
    on: date = Field(description="The day it happened, not in the future.")


EXAMPLE = {
    "event_id": "VBA-2026-000123", "type": "account_closed", "account_number": "1500201234567", "on": "2026-11-20",
}  # fmt: skip


@router.post(
    "/bank/events",
    response_model=BatchAnswer,
    responses=errors.DOCUMENTED_POSTS,
    openapi_extra={"parameters": [PARAMETER]} | body_of(Event, EXAMPLE),
)
def post_events(
    request: Request,
    client: Client = require_scope(Scope.EVENTS_WRITE, with_key=True),
    post: Post[Batch[Event]] = posted(reader(Event)),
) -> Response:
    """Tell what happened to accounts of the bank. The answer is the same whether or not an account is known here."""
    request.state.items = len(post.body.items)
    told = {index: made for index, item in post.body.good() if (made := _told(index, item))}

    def work(session: Session) -> BatchAnswer:
        heard = events.hear(
            session, bank_code=client.bank_code, told=list(told.values()), source=f"api: {client.name}", by=client.by
        )
        return answer_of([_answer(index, item, post, told, heard) for index, item in enumerate(post.body.items)])

    return post.once(work)


def _answer(
    index: int, item: Event | Bad, post: Post[Batch[Event]], told: dict[int, Told], heard: events.Heard
) -> ItemAnswer:
    reference = "" if isinstance(item, Bad) else item.event_id
    if index not in told:
        field = item.field if isinstance(item, Bad) else "account_number or on"
        return failed(index, reference, "item_invalid", {"field": field}, post.lang)
    if index in heard.left_out:
        code, facts = heard.left_out[index]
        return failed(index, reference, code, facts, post.lang)
    return ItemAnswer(index=index, reference=reference, status="same" if index in heard.repeated else "taken")


def _told(index: int, item: Event) -> Told | None:
    number = account_number(item.account_number)
    if not isinstance(number, AccountNumber) or not EARLIEST <= item.on <= clock.today():
        return None
    return Told(index, item.event_id, EventKind(item.type), number.value, item.on)
