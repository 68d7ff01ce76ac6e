"""What is noticed of each request: an id, one log line, and counters. Never a query string, a body or a name."""

from __future__ import annotations

import secrets
import time

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

REGISTRY = CollectorRegistry()
REQUESTS = Counter("disburse_requests_total", "Requests answered.", ["method", "route", "status"], registry=REGISTRY)
SECONDS = Histogram("disburse_request_seconds", "Time to answer.", ["method", "route"], registry=REGISTRY)


class Observed:
    """Gives each request an id, and counts and times it under its route's template, not its address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(6)
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _note(scope, request_id, status, time.perf_counter() - started)


def _note(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    route = scope["app"].state.paths.get(scope.get("endpoint"), "other") if "app" in scope else "other"
    method = scope["method"] if scope["method"] in ("GET", "POST", "HEAD", "PUT", "DELETE") else "other"
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)
    if route == "other" and status < 400:
        return  # a static file
    log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1), request=request_id)
