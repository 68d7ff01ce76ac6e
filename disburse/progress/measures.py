"""The funnel's measures, named once: DESIGN's one definition, used by every table, chart, export and test."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Funnel:
    """The counts of some enrolments. Every stage is counted over `total`; stages need not nest.

    `paid` and `amount_by_account` are None until a period was closed or reported; amounts are đồng a month.
    """

    total: int = 0
    id_valid: int = 0
    verified: int = 0
    registered_own: int = 0
    registered_other: int = 0
    confirmed: int = 0
    paid: int | None = None
    wish_account: int = 0
    wish_cash: int = 0
    lines: int = 0
    amount_total: int = 0
    amount_by_account: int | None = None
    unexplained: int = 0
    parked: int = 0

    @property
    def registered(self) -> int:
        """Return the enrolments whose recipient has a live link, own or another's."""
        return self.registered_own + self.registered_other

    def __add__(self, other: Funnel) -> Funnel:
        sums: dict[str, Any] = {name: _sum(getattr(self, name), getattr(other, name)) for name in MEASURES}
        return Funnel(**sums)

    def as_json(self) -> dict[str, int | None]:
        """Return the measures in the order a reader expects them, `registered` before its two parts."""
        document: dict[str, int | None] = {}
        for name in MEASURES:
            if name == "registered_own":
                document["registered"] = self.registered
            document[name] = getattr(self, name)
        return document


MEASURES = tuple(field.name for field in fields(Funnel))

# What each enrolment carries and a cell sums; `total` counts enrolments, `parked` rows that are none yet.
SUMMED = tuple(name for name in MEASURES if name not in ("total", "parked"))

# The stages that stand for people, in the order of the way to an account; for charts and drill-downs.
STAGES = ("total", "id_valid", "verified", "registered", "confirmed", "paid")


def _sum(left: int | None, right: int | None) -> int | None:
    if left is None:
        return right
    return left if right is None else left + right


def funnel_of(row: Any) -> Funnel:
    """Return the measures of anything that has them as attributes: a cell, a snapshot, a counted row."""
    return Funnel(**{name: getattr(row, name) for name in MEASURES})
