"""Posts of banks' programs: read after the door was passed, done once, answered the same however often they come."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlmodel import Session
from starlette.types import Scope

from api import deps, errors, request_log, signatures
from api.clients import Client
from disburse import crypto
from disburse.banks import calls, repeats
from disburse.banks.repeats import Begun
from disburse.db import Database
from disburse.errors import Invalid

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
Read = TypeVar("Read")

PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "A new value (a UUID) for each new call; the same value when the same call is sent again. Its "
    "answer is kept for 7 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "4f1c2f0a-6a2e-4f57-9c53-6f2f6a7c2b10",
}


@dataclass(frozen=True, slots=True)
class Post(Generic[Read]):
    """A call that changes something: what was sent, who sent it, and whether it was answered before."""

    client: Client
    content: bytes
    body: Read
    begun: Begun
    database: Database
    lang: str
    scope: Scope

    def once(self, work: Callable[[Session], BaseModel], status: int = 200) -> Response:
        """Do the work, keep its answer and log it in one transaction, or give the answer of the first time."""
        if self.begun.status is not None:
            return _answer(self.begun.answer, self.begun.status, replayed=True)

        def answered(session: Session) -> bytes:
            content = work(session).model_dump_json().encode()
            calls.keep_line(session, request_log.line_of(self.scope, status))
            return content

        content = repeats.once(self.database, begun=self.begun, work=answered, status=status)
        request_log.mark_kept(self.scope)
        return _answer(content, status, replayed=False)


def _answer(content: bytes, status: int, *, replayed: bool) -> Response:
    headers = {"idempotent-replayed": "true"} if replayed else {}
    return Response(content, status, headers, media_type="application/json")


class Poster(Generic[Read]):
    """The dependency behind `posted`; stands after `require_scope` in the route's signature."""

    def __init__(self, read: Callable[[bytes], Read]) -> None:
        self._read = read

    async def __call__(
        self, request: Request, key: Annotated[str | None, Header(alias=HEADER, include_in_schema=False)] = None
    ) -> Post[Read]:
        """Return the call in our hands. Raises what is wrong with its signature, its key or its body."""
        client: Client = request.state.caller  # set by the guard; without one this is a programming error
        try:
            if "content-encoding" in request.headers:
                raise Invalid("body_kind")
            if len(request.headers.getlist(HEADER)) != 1 or not key or not _KEY.fullmatch(key):
                raise Invalid("idempotency_missing")
            request.state.idempotency_key = key
            content = await request.body()
        except Exception:
            await run_in_threadpool(calls.spend, deps.database_of(request), client.budget)
            raise
        return await run_in_threadpool(self._begin, request, client, key, content)

    def _begin(self, request: Request, client: Client, key: str, content: bytes) -> Post[Read]:
        database = deps.database_of(request)
        try:
            signatures.check(request, client, content)
            body = self._read(content)
        except Exception:  # what ends before its key has begun counts by itself
            calls.spend(database, client.budget)
            raise
        request.state.body_bytes = len(content)
        address = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        digest = crypto.digest(address + content)
        begun = repeats.begin(database, client_id=client.id, key=key, digest=digest, budget=client.budget)
        return Post(client, content, body, begun, database, errors.language_of(request), request.scope)


def posted(read: Callable[[bytes], Any]) -> Any:
    """Ask for a call that may come again: `post: Post[list[Item]] = posted(read)`.

    Stands after `require_scope(…, with_key=True)`.
    """
    return Depends(Poster(read))
