"""The log of calls that banks' programs make: when, what, how it ended, how long it took. Never a body."""

from __future__ import annotations

import time

import structlog
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from disburse import clock
from disburse.banks import calls
from disburse.banks.calls import Line
from disburse.db import Database

log = structlog.get_logger()
# The beginnings of paths that programs of banks call.
LOGGED = ("/api/v1/bank/", "/oauth/", "/g2p/", "/govstack/")


class Recorded:
    """Writes one line a call once it was answered; the caller does not wait for it, and it never breaks an answer.

    A post that had an effect has its line in the same transaction (`mark_kept`); its `ms` are those before the commit.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http" or not scope["path"].startswith(LOGGED):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["call_began"], status = time.perf_counter(), 500

        async def watching_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watching_send)
        finally:
            if "call_kept" not in state:
                await _write(scope, status)


async def _write(scope: Scope, status: int) -> None:
    application = scope.get("app")
    if application is None:  # refused before any route was looked for, by a middleware further in
        return
    try:
        await run_in_threadpool(_keep, application.state.database, line_of(scope, status))
    except Exception as error:
        log.warning("request_log.failed", error=type(error).__name__)


def _keep(database: Database, line: Line) -> None:
    with database.transaction() as session:
        calls.keep_line(session, line)


def mark_kept(scope: Scope) -> None:
    """Say that the line of this call is written."""
    scope["state"]["call_kept"] = True


def line_of(scope: Scope, status: int) -> Line:
    """Return the line of a call as it stands now."""
    state = scope["state"]
    client_id, bank_code = state.get("bank_client", (None, ""))
    announced = Headers(scope=scope).get("content-length", "0")
    peer = scope.get("client")
    return Line(
        at=clock.utc_now(),
        client_id=client_id,
        bank_code=bank_code,
        method=scope["method"][:10],
        route=scope["app"].state.paths.get(scope.get("endpoint"), "other")[:100],
        status=status,
        code=state.get("problem", "")[:60],
        idempotency_key=state.get("idempotency_key", "")[:255],
        items=state.get("items"),
        body_bytes=min(int(announced), 2**31 - 1) if announced.isdecimal() else 0,
        ms=int((time.perf_counter() - state["call_began"]) * 1000),
        request_id=str(state.get("request_id", ""))[:40],
        ip=peer[0][:45] if peer else "",
    )
