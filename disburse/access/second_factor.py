"""Time-based one-time codes (RFC 6238: SHA-1, 6 digits, 30 s): secrets, checking, and who needs them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

import pyotp

from disburse import clock
from disburse.access.tables import Role
from disburse.crypto import Sealed

TOTP = Sealed("user_account", "totp")
STEP_SECONDS = 30
WINDOW = 1  # steps before and after now: phones' clocks differ by up to half a minute
ISSUER = "Disburse"


def needed_by(roles: Iterable[Role]) -> bool:
    """Say whether these roles must prove a second factor: everyone but who is a leader and nothing else."""
    return any(role is not Role.LEADER for role in roles)


def new_secret() -> str:
    """Return a new secret of 160 bits, as base32."""
    return pyotp.random_base32()


def address(secret: str, user_name: str) -> str:
    """Return the otpauth:// address an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=ISSUER)


def step_of(code: str, secret: str, *, after: int) -> int | None:
    """Return the time step `code` belongs to, or None; steps up to `after` were used and count no more."""
    digits = "".join(character for character in code if character in "0123456789")
    now = int(clock.utc_now().timestamp()) // STEP_SECONDS
    codes = pyotp.HOTP(secret)
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(codes.at(step).encode(), digits.encode()) and step > after:
            found = step
    return found
