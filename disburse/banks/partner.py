"""The wire as a bank's program sees it: a token, pages of requests, and posts that may be sent again. Standard library.

Used by the simulated bank; a partner's own program is forty lines (`sample/bank_client/client.py`).
"""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from disburse.errors import Denied, Invalid, Unavailable

SECONDS = 30.0
EARLY = 30.0  # a token is renewed this long before it ends
TRIES = 5
MOST_PATIENCE = 60.0  # a budget of calls is a minute's


@dataclass(slots=True)
class Wire:
    """Calls to one installation as one client. Raises Denied, Invalid or Unavailable with the answer's own words."""

    url: str
    client_id: str
    secret: str
    _token: str = ""
    _until: float = 0.0
    calls: dict[str, int] = field(default_factory=dict)  # route → how often it was called

    def requests(self, state: str = "pdng", limit: int = 100) -> Iterator[dict[str, Any]]:
        """Yield the bank's own open requests, page by page."""
        cursor = ""
        while True:
            asked = urlencode({"state": state, "limit": limit, "cursor": cursor})
            page = self._call("GET", f"/api/v1/bank/requests?{asked}")
            yield from page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return

    def post(self, route: str, items: list[dict[str, Any]], *, key: str = "", lost: int = 0) -> dict[str, Any]:
        """Post items. The answers of the first `lost` tries are thrown away, as a broken line would; the same call is
        then sent again under its key."""
        key = key or str(uuid4())
        for _ in range(lost):
            self._call("POST", f"/api/v1/bank/{route}", {"items": items}, key)
        answer: dict[str, Any] = self._call("POST", f"/api/v1/bank/{route}", {"items": items}, key)
        return answer

    def _call(self, method: str, target: str, body: Any = None, key: str = "") -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        for attempt in range(1, TRIES + 1):
            headers = {"authorization": f"Bearer {self._signed_in()}", "accept-language": "vi"}
            if body is not None:
                headers |= {"content-type": "application/json", "idempotency-key": key}
            try:
                status, answer, later = self._exchange(method, target, content, headers)
            except OSError as failed:
                if attempt == TRIES:
                    raise Unavailable("partner_unreachable", url=self.url) from failed
                time.sleep(0.2 * 2**attempt)
                continue
            self.calls[target.partition("?")[0]] = self.calls.get(target.partition("?")[0], 0) + 1
            if status == 401 and attempt == 1:
                self._until = 0.0  # the token ended early: a new one, once
            elif status in (409, 429, 503) and attempt < TRIES:
                time.sleep(max(later, 0.2 * 2**attempt))
            else:
                return self._content(status, answer)
        raise Unavailable("partner_unreachable", url=self.url)

    def _content(self, status: int, answer: bytes) -> Any:
        try:
            document = json.loads(answer)
        except ValueError as wrong:
            raise Unavailable("partner_unreachable", url=self.url) from wrong
        if status < 300:
            return document
        kind = Denied if status in (401, 403) else Invalid
        raise kind("partner_refused", status=status, code=document.get("code", ""), detail=document.get("detail", ""))

    def _signed_in(self) -> str:
        if time.monotonic() >= self._until:
            basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            headers = {"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"}
            try:
                status, answer, _ = self._exchange("POST", "/oauth/token", b"grant_type=client_credentials", headers)
            except OSError as failed:
                raise Unavailable("partner_unreachable", url=self.url) from failed
            token = self._content(status, answer)
            self._token, self._until = token["access_token"], time.monotonic() + token["expires_in"] - EARLY
        return self._token

    def _exchange(self, method: str, target: str, content: bytes, headers: dict[str, str]) -> tuple[int, bytes, float]:
        """Call once; returns status, body and the seconds after which the other side wants to be asked again."""
        parts = urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
        try:
            connection.request(method, parts.path.rstrip("/") + target, content or None, headers)
            answer = connection.getresponse()
            later = answer.getheader("retry-after", "")
            return answer.status, answer.read(), min(float(later), MOST_PATIENCE) if later.isdecimal() else 0.0
        except http.client.HTTPException as broken:
            raise ConnectionError(str(broken)) from broken
        finally:
            connection.close()
