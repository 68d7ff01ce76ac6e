"""The names of the funnel's stages, and one enrolment's place in it. No database."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

# Counted only once a period was closed or reported for the cell: null before, never zero.
PAID = ("paid", "amount_by_account")
STAGES = (
    "total",
    "id_valid",
    "verified",
    "registered_own",
    "registered_other",
    "confirmed",
    "paid",
    "wish_account",
    "wish_cash",
    "lines",
    "amount_total",
    "amount_by_account",
    "unexplained",
)
ALWAYS = tuple(name for name in STAGES if name not in PAID)


@dataclass(slots=True, frozen=True)
class Entry:
    """A new active enrolment as it first counts: flags are 0 or 1, amounts đồng a month."""

    enrolment_id: UUID
    commune_code: str
    programme: str
    id_valid: int = 0
    verified: int = 0
    registered_own: int = 0
    registered_other: int = 0
    confirmed: int = 0
    wish_account: int = 0
    wish_cash: int = 0
    lines: int = 0
    amount_total: int = 0

    def as_row(self) -> tuple[UUID, str, str, int, int, int, int, int, int, int, int, int, int, int, int, int]:
        """Return the stage row: key, cell, then the stages in the order of STAGES."""
        return (
            self.enrolment_id,
            self.commune_code,
            self.programme,
            1,
            self.id_valid,
            self.verified,
            self.registered_own,
            self.registered_other,
            self.confirmed,
            0,
            self.wish_account,
            self.wish_cash,
            self.lines,
            self.amount_total,
            0,
            0,
        )
