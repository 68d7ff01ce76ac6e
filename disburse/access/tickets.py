"""Sealed tickets between the steps of a sign-in: what was proved so far, kept by the browser for minutes."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from disburse import clock
from disburse.crypto import Sealed
from disburse.errors import DisburseError

_TICKET = Sealed("sign_in", "ticket")
LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The password was right: whose, and the secret of a second factor that is being set up."""

    user_id: UUID
    secret: str = ""


def issue(ticket: Ticket, *, life: timedelta = LIFE) -> str:
    """Return the ticket as text nobody can read or alter."""
    until = int((clock.utc_now() + life).timestamp())
    body = {"user": str(ticket.user_id), "secret": ticket.secret, "until": until}
    return base64.urlsafe_b64encode(_TICKET.seal("", json.dumps(body))).decode()


def read(text: str) -> Ticket | None:
    """Return the ticket, or None when it is old, altered or no ticket at all."""
    try:
        body = json.loads(_TICKET.open("", base64.urlsafe_b64decode(text.encode())))
    except (DisburseError, ValueError, binascii.Error):
        return None
    if clock.utc_now().timestamp() > body["until"]:
        return None
    return Ticket(user_id=UUID(body["user"]), secret=body["secret"])
