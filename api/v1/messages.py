"""Calls in other systems' words, which carry a message id of their own: done once, answered the same when repeated."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json
from sqlmodel import Session

from api import deps, signatures
from api.clients import Client
from disburse import crypto
from disburse.banks import repeats
from disburse.banks.repeats import Begun
from disburse.db import Database
from disburse.errors import Invalid

_PLAIN = re.compile(r"[^\x00-\x1f\x7f]*")
LONGEST_NAME = 200
MOST_ITEMS = 1_000  # a call is answered while its sender waits


@dataclass(frozen=True, slots=True)
class Message:
    """A message that came in: from whom, what, and what makes another one the same."""

    client: Client
    body: Any
    key: str
    digest: str
    reused: str
    database: Database

    def once(self, work: Callable[[Session], Any], again: Callable[[bytes], Any], status: int = 200) -> Response:
        """Do the work and keep its answer in one transaction; a repeated message gets `again` of the first answer."""
        begun = self._begin()
        if begun.status is not None:
            return _json(to_json(again(begun.answer)), begun.status)
        content = repeats.once(self.database, begun=begun, work=lambda session: to_json(work(session)), status=status)
        return _json(content, status)

    def _begin(self) -> Begun:
        # Not before the route has taken the whole call: one refused for its query would have left its id running.
        try:
            return repeats.begin(self.database, client_id=self.client.id, key=self.key, digest=self.digest)
        except Invalid as wrong:
            raise Invalid("message_reused", field=self.reused) from wrong


class Reader:
    """The dependency behind `message`: reads the body once the door was passed, and takes the message in hand."""

    def __init__(self, kind: str, model: type[BaseModel], id_of: Callable[[Any], str], reused: str) -> None:
        self._kind, self._model, self._id_of, self._reused = kind, model, id_of, reused

    async def __call__(self, request: Request) -> Message:
        """Return the message. Raises what is wrong with its signature or its envelope."""
        client: Client = request.state.caller  # set by the guard; without one this is a programming error
        content = await request.body()
        return await run_in_threadpool(self._read, request, client, content)

    def _read(self, request: Request, client: Client, content: bytes) -> Message:
        signatures.check(request, client, content)
        try:
            body = self._model.model_validate_json(content)
        except ValidationError as wrong:
            place = ".".join(map(str, wrong.errors()[0]["loc"])) or "body"
            raise Invalid("request_invalid", field=place) from wrong
        request.state.body_bytes = len(content)
        database = deps.database_of(request)
        key = f"{self._kind}:{request.url.path}:{crypto.digest(self._id_of(body).encode())}"
        # Where an answer can say so (G2P's header does), the sender's id alone makes the message.
        digest = crypto.digest(to_json(body)) if self._reused else self._kind
        return Message(client, body, key, digest, self._reused, database)


def message(kind: str, model: type[BaseModel], id_of: Callable[[Any], str], reused: str = "") -> Any:
    """Ask for a message with an id of its own, after `require_scope` in the route's signature.

    The same id with other content is answered as the first was; with the id's name in `reused` it is refused.
    """
    return Depends(Reader(kind, model, id_of, reused))


def described(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """Return what OpenAPI says of a body that a route reads by itself."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def as_object(item: Any) -> dict[str, Any]:
    """Return an item of a message; one that is no object has nothing in it, and is rejected for that alone."""
    return item if isinstance(item, dict) else {}


def text_in(item: dict[str, Any], name: str) -> str:
    """Return a text of an item without blanks around it; "" for what is none, or holds what no database takes."""
    value = item.get(name)
    return value.strip() if isinstance(value, str) and _PLAIN.fullmatch(value) else ""


def text_of(most: int, least: int = 0) -> dict[str, Any]:
    """Return the schema of a text."""
    return {"type": "string", "minLength": least, "maxLength": most}


def _json(content: bytes, status: int) -> Response:
    return Response(content, status, media_type="application/json")
