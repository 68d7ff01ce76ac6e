"""Argon2id hashing of passwords, within what the machine can bear. Nothing else hashes a password."""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from disburse.errors import Invalid, Unavailable

MIN_LENGTH = 12
MAX_LENGTH = 1024
MIN_DISTINCT = 5

# t=1, m=46 MiB, p=1: 30 ms a hash. Twice the cores at once is 184 MiB on 2 cores; 50 may wait, no more.
_hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=47_104, parallelism=1),))
_at_once = threading.BoundedSemaphore(2 * (os.cpu_count() or 1))
_waiting = threading.BoundedSemaphore(50)

# The hash of nobody's password: checking it takes as long as a real one, so time does not tell who exists.
_DUMMY = _hasher.hash(os.urandom(16).hex())


@contextmanager
def _turn() -> Iterator[None]:
    if not _waiting.acquire(blocking=False):
        raise Unavailable("sign_in_busy")
    try:
        with _at_once:
            yield
    finally:
        _waiting.release()


def _one_form(password: str) -> str:
    # Two keyboards write "ế" as different code points: typed alike must be equal.
    return unicodedata.normalize("NFKC", password)


def check_rules(password: str, *, user_name: str) -> None:
    """Raise Invalid unless the password is long and not trivial; no rules on kinds of characters."""
    password = _one_form(password)
    if len(password) < MIN_LENGTH:
        raise Invalid("password_short", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        raise Invalid("password_long", most=MAX_LENGTH)
    if len(set(password)) < MIN_DISTINCT or user_name.casefold() in password.casefold():
        raise Invalid("password_guessable")


def make_hash(password: str) -> str:
    """Return the Argon2id hash of a password, with its salt and parameters."""
    with _turn():
        return _hasher.hash(_one_form(password))


def fits(password: str, stored: str | None) -> bool:
    """Say whether the password fits; takes as long when there is nothing to compare with."""
    with _turn():
        try:
            right = _hasher.verify(_one_form(password[:MAX_LENGTH]), stored or _DUMMY)
        except UnknownHashError:
            return False
    return right and stored is not None
