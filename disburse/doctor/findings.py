"""What the doctor says: which check, where, and what is wrong, so that a person can go and look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what is stored and what the rows say."""

    check: str
    where: str
    what: str


Check = Callable[[Session], Iterator[Finding]]
