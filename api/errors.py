"""The only map from an error to an HTTP status, and its two shapes: problem+json for programs, a page for people."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web import pages
from disburse.errors import Conflict, Denied, DisburseError, Invalid, NotFound, Unavailable, place_of

log = structlog.get_logger()

PROGRAMS = ("/api/", "/oauth/", "/g2p/", "/govstack/")  # where programs call; all else is for people
STATUS_OF_CODE = {
    "not_signed_in": 401,
    "sign_in_locked": 429,
    "body_too_big": 413,
    "body_kind": 415,
    "method_not_allowed": 405,
    "went_wrong": 500,
    "token_missing": 401,
    "token_invalid": 401,
    "client_refused": 401,
    "signature_missing": 401,
    "signature_invalid": 401,
    "signature_replayed": 401,
    "budget_spent": 429,
    "idempotency_missing": 400,
    "grant_unsupported": 400,
    "credentials_twice": 400,
    "scope_refused": 400,
}
# What programs of the OAuth world look for beside our own code (RFC 6749, 5.2; RFC 6750, 3.1).
OAUTH_WORDS = {
    "token_missing": "invalid_token",
    "token_invalid": "invalid_token",
    "scope_missing": "insufficient_scope",
    "client_refused": "invalid_client",
    "grant_unsupported": "unsupported_grant_type",
    "credentials_twice": "invalid_request",
    "scope_refused": "invalid_scope",
}
STATUS_OF_KIND: list[tuple[type[DisburseError], int]] = [
    (Denied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (Unavailable, 503),
]


class Problem(BaseModel):
    """An error as RFC 9457 writes it, with a `code` that stays the same in every language and release."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }
    for status in (401, 403, 404, 413, 422, 429)
}
# What calls that change something for programs may be answered besides.
DOCUMENTED_POSTS: dict[int | str, dict[str, Any]] = {
    status: DOCUMENTED[422] | {"description": HTTPStatus(status).phrase} for status in (400, 409, 415)
}


def status_of(error: DisburseError) -> int:
    """Return the HTTP status of an error; what is not known is our own fault."""
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next((status for kind, status in STATUS_OF_KIND if isinstance(error, kind)), 500)


def status_of_file(error: DisburseError) -> int:
    """Return the HTTP status of an error about a file: what its reader refuses is its sender's to mend."""
    status = status_of(error)
    return 422 if status == 500 else status


def answer(request: Request, error: DisburseError) -> Response:
    """Return the answer to an error in the shape the caller reads."""
    if _is_program(request):
        return _problem(request, error)
    if error.code == "not_signed_in":
        return _to_sign_in(request)
    return pages.render(request, pages.ErrorPage(error=error, reference=_reference(request)), status_of(error))


def _is_program(request: Request) -> bool:
    return request.url.path.startswith(PROGRAMS)


def _reference(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def language_of(request: Request) -> str:
    """Return the language a program asks for: `en`, else `vi`."""
    return "en" if request.headers.get("accept-language", "vi").startswith("en") else "vi"


def _problem(request: Request, error: DisburseError) -> Response:
    status = status_of(error)
    lang = language_of(request)
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        code=error.code,
        detail=error.sentence(lang),
        instance=_reference(request),
    )
    request.state.problem = error.code
    content, headers = body.model_dump(), _headers(request, error, status)
    if request.url.path.startswith("/govstack/"):
        content |= {"ResponseCode": "01", "ResponseDescription": body.detail}
    if word := OAUTH_WORDS.get(error.code):
        content |= {"error": word, "error_description": body.detail}
    return JSONResponse(content, status, headers, "application/problem+json")


def _headers(request: Request, error: DisburseError, status: int) -> dict[str, str]:
    headers = {}
    if status == 401 and error.code != "not_signed_in":
        word = OAUTH_WORDS.get(error.code, "invalid_token")
        basic = request.url.path.startswith("/oauth/")
        headers["www-authenticate"] = 'Basic realm="disburse"' if basic else f'Bearer realm="disburse", error="{word}"'
    if "seconds" in error.facts:
        headers["retry-after"] = str(error.facts["seconds"])
    return headers


def _to_sign_in(request: Request, kept: str = "") -> Response:
    """Send to the sign-in; it leads back to where one was, or to `kept`, the page of a form that was kept."""
    fragment = bool(request.headers.get("hx-request"))  # a polled fragment: send the whole page, not the fragment
    back = kept or (request.url.path if request.method == "GET" and not fragment else "")
    if back and request.url.query and not kept:
        back += "?" + request.url.query
    address = "/sign-in" + (f"?next={quote(back)}" if back not in ("", "/") else "")
    if fragment:
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def install(app: FastAPI) -> None:
    """Give the application its answers to errors."""
    app.add_exception_handler(DisburseError, _known)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(DataError, _unstorable)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, DisburseError)
    if error.code == "not_signed_in" and request.method == "POST" and not _is_program(request):
        return _to_sign_in(request, await request.app.state.keep_form(request))
    return answer(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        refused = answer(request, Invalid("method_not_allowed"))
        refused.headers.update(error.headers or {})
        return refused
    if error.status_code == 400:  # a form or JSON that cannot be parsed
        return answer(request, Invalid("request_invalid", field="body"))
    _know_who(request)
    return answer(request, NotFound("not_found"))


def _know_who(request: Request) -> None:
    """Let an address that leads nowhere be answered inside the frame of who is signed in."""
    found = request.app.state.who_is(request)
    if found is not None:
        request.state.current = found


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "body"
    if first["loc"][0] == "path":  # an id that is no id names nothing
        return answer(request, NotFound("not_found"))
    return answer(request, Invalid("request_invalid", field=field))


async def _unstorable(request: Request, error: Exception) -> Response:
    # PostgreSQL takes no NUL in a text and no number beyond its type: both can only come from the request.
    assert isinstance(error, DataError)
    return answer(request, Invalid("request_invalid", field="text"))


class LastResort:
    """Turns what nobody foresaw into an answer without details, and a log entry with the same reference."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, or with 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watching_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watching_send)
        except Exception as error:
            if started:
                raise
            await self._answer(scope, receive, send, error)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, error: Exception) -> None:
        request = Request(scope)
        reference = _reference(request) or secrets.token_hex(6)
        # The message may hold a value from the database: only the kind of error and where it arose are logged.
        log.error("request.failed", request=reference, error=type(error).__name__, place=place_of(error))
        await answer(request, DisburseError("went_wrong", reference=reference))(scope, receive, send)
