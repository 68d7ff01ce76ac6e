"""What a red flag is: its kinds, and one odd thing that a rule found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID


class FlagKind(StrEnum):
    RECIPIENT_HELD = "recipient_held"
    TAKEN_BACK = "taken_back"
    UNUSABLE = "unusable_account"
    MARGIN_LOST = "margin_lost"
    SHARED = "shared_account"
    MANY_PAYEES = "many_payees"
    DRIFT = "holder_drift"
    STAFF = "staff_account"
    CHANGED_BACK = "changed_back"
    FAST_CLERK = "fast_clerk"
    SAME_ID = "same_id"
    DOUBLE = "double_benefit"
    FIFTEEN = "fifteen"


@dataclass(frozen=True, slots=True)
class Found:
    """One odd thing: about whom, at which account, and the facts by which it is known again when they change."""

    subject: str
    people: tuple[UUID, ...]
    about: Mapping[str, str] = field(default_factory=dict)  # facts that its sentence on screen needs
    link_id: UUID | None = None
    account: str = ""
    clerk: str = ""


def day_text(day: date | None) -> str:
    """Write a day among a flag's facts: 22/11/2026, "" where there is none."""
    return "" if day is None else f"{day:%d/%m/%Y}"
