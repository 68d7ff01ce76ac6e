"""What a row states to be paid: its benefit lines. Sums that a list leaves to the rates come filled in by the reader.

Which of them are news to an enrolment is decided in `comparison`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from disburse.people.tables import LineKind
from disburse.programmes.rates import RateTable

# Sums for this month only; their column says what they are.
_ONCE = (
    ("arrears", LineKind.ARREARS),
    ("deduction", LineKind.DEDUCTION),
    ("carry_over", LineKind.CARRY_OVER),
)
_SAYS = ("amount", "benefit_type", "benefit_text", "coefficient")


@dataclass(slots=True, frozen=True)
class StatedLine:
    """A benefit line as a row states it. `amount` None = held from payment until somebody says what it is."""

    kind: LineKind
    type_code: str | None
    amount: int | None
    coefficient: Decimal | None = None


@dataclass(slots=True, frozen=True)
class Paying:
    """What tells one list's kinds of money apart: the rates of its day."""

    rates: RateTable
    programme: str
    on: date
    has_amounts: bool

    def lines(self, rows: Iterable[Mapping[str, Any]], *, new: bool) -> list[StatedLine]:
        """Return the lines that one person's rows state, in the order of the rows.

        A list without amounts and kinds (recipients' papers, say) states no line; somebody new has one all the same,
        held from payment. A row that repeats a benefit already stated (`duplicate_of`) states none again.
        """
        found: list[StatedLine] = []
        for values in rows:
            if values.get("duplicate_of") is not None:
                continue
            if self.has_amounts or any(values.get(name) for name in _SAYS) or (new and not found):
                found.append(self._monthly(values))
            if care := values.get("care_amount"):
                found.append(StatedLine(LineKind.MONTHLY, self._care_type(int(care)), int(care)))
            found.extend(
                StatedLine(kind, values.get("benefit_type"), int(values[name]))
                for name, kind in _ONCE
                if values.get(name)
            )
        return found

    def _monthly(self, values: Mapping[str, Any]) -> StatedLine:
        amount = values.get("amount")
        return StatedLine(
            LineKind.MONTHLY,
            values.get("benefit_type"),
            None if amount is None else int(amount),
            _decimal(values.get("coefficient")),
        )

    def _care_type(self, amount: int) -> str | None:
        """Return the kind of care money a sum is; the list only says "tiền chăm sóc"."""
        kinds = [kind for kind in self.rates.types(self.programme) if kind.group == "care"]
        fitting = [kind for kind in kinds if self.rates.fits(kind.code, amount, self.on)]
        return next((kind.code for kind in (*fitting, *kinds)), None)


def _decimal(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return number if abs(number) < 10_000 else None  # the column holds six digits, two of them after the point
