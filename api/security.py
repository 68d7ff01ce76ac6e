"""What stands between a browser and the routes: headers on every answer, same-origin checks, cookies, form secrets."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.datastructures import Headers as RequestHeaders
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import errors
from disburse.config import Settings
from disburse.errors import Denied, Invalid

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FIXED = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
ONE_YEAR = 31_536_000
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BODIES = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json")


class Headers:
    """Puts the security headers on every answer, errors and files included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._fixed = dict(FIXED)
        if settings.demo:
            # Plain HTTP has no Sec-Fetch-Site, and under no-referrer a form's Origin is "null": it could not be told
            # from another site's.
            self._fixed["referrer-policy"] = "same-origin"
        else:
            self._fixed["strict-transport-security"] = f"max-age={ONE_YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers added."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class SameOrigin:
    """Refuses changes that another site's page asks for, and bodies no form or program of ours would send."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._origin = settings.public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403 or 415."""
        if scope["type"] == "http" and scope["method"] in UNSAFE:
            refusal = self._refusal(scope)
            if refusal is not None:
                await errors.answer(Request(scope), refusal)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Denied | Invalid | None:
        headers = RequestHeaders(scope=scope)
        if self._is_foreign(headers):
            return Denied("foreign_origin")
        kind = headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in BODIES and (kind or headers.get("content-length", "0") != "0"):
            return Invalid("body_kind")
        return None

    def _is_foreign(self, headers: RequestHeaders) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site not in ("same-origin", "none"):
            return True
        if origin == "null":  # what no-referrer makes of a form of our own; only Sec-Fetch-Site can vouch for it
            return site != "same-origin"
        return origin is not None and not self._is_ours(origin, headers)

    def _is_ours(self, origin: str, headers: RequestHeaders) -> bool:
        if self._origin:
            return origin == self._origin
        return urlsplit(origin).netloc == headers.get("host", "")


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; the __Host- prefix needs HTTPS, which a demo does not have."""
    return "sid" if settings.demo else "__Host-sid"


def set_session_cookie(response: Response, token: str, settings: Settings) -> None:
    """Hand the browser its session: unreadable for scripts, not sent from other sites' forms."""
    response.set_cookie(cookie_name(settings), token, path="/", httponly=True, secure=not settings.demo, samesite="lax")


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(cookie_name(settings), path="/", httponly=True, secure=not settings.demo, samesite="lax")


async def check_csrf(request: Request, expected: str) -> None:
    """Raise Denied unless the form field `csrf`, or the header X-CSRF-Token, is the session's secret."""
    given = request.headers.get("x-csrf-token", "")
    if not given and request.headers.get("content-type", "").startswith(BODIES[:2]):
        field = (await request.form()).get("csrf")
        given = field if isinstance(field, str) else ""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise Denied("page_expired")
