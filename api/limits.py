"""How much may be sent: bodies are counted as they arrive, before anything is parsed or written to disk."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from disburse.errors import Invalid

MEGABYTE = 1_048_576
FORM = MEGABYTE
BANK_BATCH = 8 * MEGABYTE  # 5,000 items of a bank take 2 to 3
SCAN = 6 * MEGABYTE  # a scanned paper of at most 5, and what a form wraps around it
WORKBOOKS = 101 * MEGABYTE  # four workbooks of 25 MB; with scripts each is sent by itself
BANK_LIST = 27 * MEGABYTE  # one workbook of 25, and somewhat more, whose sender is told on the form
# Where more than a form is sent, by the beginning of the path.
LARGER = {"/api/v1/bank/": BANK_BATCH, "/scans/": SCAN, "/rosters/new": WORKBOOKS}

# By the end of the path: 20,000 rows of an error workbook take 3, as many answers of a bank 2.
LARGER_END = {"/workbooks/errors/back": BANK_BATCH, "/workbooks/answers": BANK_BATCH, "/banks/lists": BANK_LIST}


class BodyLimit:
    """Answers 413 when a body is announced too big, or grows too big.

    FastAPI reads a form before it runs dependencies: without this a caller without a session could fill the disk,
    and an exception raised while it reads would be answered as 400.
    """

    def __init__(self, app: ASGIApp, limit: int = FORM) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or int(announced) > limit:
            await self._refuse(scope, receive, send, limit)
            return
        await self._counted(scope, receive, send, limit)

    def _limit_of(self, path: str) -> int:
        ends = (most for ending, most in LARGER_END.items() if path.endswith(ending))
        return next((most for beginning, most in LARGER.items() if path.startswith(beginning)), next(ends, self._limit))

    async def _counted(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        read, over, started = 0, False, False

        async def counting_receive() -> Message:
            nonlocal read, over
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def watching_send(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # whatever the application says to a body cut off, 413 is the answer
            started = True
            await send(message)

        try:
            await self._app(scope, counting_receive, watching_send)
        except Exception:
            if not over:
                raise
        if over and not started:
            await self._refuse(scope, receive, send, limit)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        error = Invalid("body_too_big", most=f"{limit // MEGABYTE} MB")
        await errors.answer(Request(scope), error)(scope, receive, send)
