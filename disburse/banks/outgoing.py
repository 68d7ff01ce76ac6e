"""Posting to an address that a partner gave: https only, no redirects, never into our own network.

The name is resolved once, every address it has is checked, and the connection goes to the checked address: a name that
answers differently a moment later (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import NewType
from urllib.parse import SplitResult, urlsplit

from disburse.errors import Invalid

SECONDS = 10.0  # for one step: to connect, or to wait for the next bytes
WHOLE_SECONDS = 20.0  # for all of a call: who answers byte by byte would hold the worker up for months otherwise
_MOST_CHARACTERS = 500
_ANSWER_BYTES = 4_096  # of the answer nothing but its status matters


Checked = NewType("Checked", str)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back: a status, or in one word why none did."""

    status: int | None
    error: str
    milliseconds: int


def checked(url: str, *, allow_private: bool) -> Checked:
    """Return an address that may be posted to, or raise Invalid("webhook_refused").

    Looks a name up, which may take seconds: not for the middle of a transaction.
    """
    parts = _parts(url, allow_private=allow_private)
    _resolve(parts, allow_private=allow_private)
    return Checked(url)


def post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> Outcome:
    """Post once and say what came back; never raises for what the other side does."""
    began = time.monotonic()
    try:
        status, error = _post(url, body, headers, allow_private=allow_private), ""
    except Invalid as refused:
        status, error = None, f"refused: {refused.facts['reason']}"
    except (OSError, http.client.HTTPException) as failed:
        status, error = None, type(failed).__name__
    return Outcome(status, error, int((time.monotonic() - began) * 1000))


def _post(url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> int:
    parts = _parts(url, allow_private=allow_private)
    address = _resolve(parts, allow_private=allow_private)
    connection = _connection(parts, address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection), connection.ending_after(WHOLE_SECONDS):
        connection.request("POST", target, body, dict(headers))
        answer = connection.getresponse()
        answer.read(_ANSWER_BYTES)
        return answer.status


def _parts(url: str, *, allow_private: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise Invalid("webhook_refused", reason="no address") from wrong
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or len(url) > _MOST_CHARACTERS:
        raise Invalid("webhook_refused", reason="not https")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("webhook_refused", reason="user or fragment")
    if any(ord(c) <= 32 or ord(c) > 126 for c in url) or port == 0:
        raise Invalid("webhook_refused", reason="characters")
    return parts


def _resolve(parts: SplitResult, *, allow_private: bool) -> str:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise Invalid("webhook_refused", reason="host unknown") from unknown
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private and not all(_is_public(address) for address in addresses):
        raise Invalid("webhook_refused", reason="private address")
    return addresses[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return _is_public(str(inner))
        if address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _connection(parts: SplitResult, address: str) -> _Pinned:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _PinnedHTTPS(host, parts.port or 443, address)
    return _Pinned(host, parts.port or 80, address)


class _Pinned(http.client.HTTPConnection):
    """A connection to a checked address under the name it was checked for."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address = address
        self._over = threading.Event()

    def connect(self) -> None:
        """Connect to the address, not to whatever the name means by now."""
        self._hold(socket.create_connection((self._address, self.port), SECONDS))

    def _hold(self, sock: socket.socket) -> None:
        self.sock = sock
        if self._over.is_set():  # it ended while there was nothing to shut down yet
            raise TimeoutError

    @contextmanager
    def ending_after(self, seconds: float) -> Iterator[None]:
        """Let what is done with the connection last so long and no longer; raises TimeoutError then."""
        timer = threading.Timer(seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (OSError, http.client.HTTPException, ValueError) as cut:  # ValueError: read from what was shut
            if self._over.is_set():
                raise TimeoutError from cut
            raise
        finally:
            timer.cancel()
        if self._over.is_set():  # half an answer that reads like a whole one
            raise TimeoutError

    def _end(self) -> None:
        self._over.set()
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                # The socket's own, not TLS's, which would take the session away from under the thread that reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _PinnedHTTPS(_Pinned):
    """The same over TLS; the certificate must be the name's."""

    def connect(self) -> None:
        """Connect and check the certificate."""
        super().connect()
        context = ssl.create_default_context()
        # Held before its handshake, which may be as slow as anything else.
        held = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self._hold(held)
        held.do_handshake()
