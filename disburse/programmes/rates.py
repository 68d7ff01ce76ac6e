"""Programmes, benefit types and what they pay on a day, from the packaged table. Reading categories: categories.py."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent / "data" / "benefit_types.csv"

# What the table's first column means: the programme, and whether its types make the regular monthly total.
_GROUPS: dict[str, tuple[str, Group]] = {
    "NCC": ("NCC", "regular"),
    "BTXH": ("BTXH", "regular"),
    "HTXH": ("HTXH", "regular"),
    "BTXH-CHAMSOC": ("BTXH", "care"),
    "BTXH-1LAN": ("BTXH", "one_off"),
    "BTXH-KHANCAP": ("BTXH", "emergency"),
}
Group = Literal["regular", "care", "one_off", "emergency"]
Per = Literal["", "child", "year"]
BASE = "BASE-"  # a programme's base is kept as a benefit type of this prefix, outside every total
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(slots=True, frozen=True)
class Programme:
    """A policy that pays every month, and the department of the province that owns it."""

    code: str
    name: str
    owner: str


# Since 1 July 2025 the Department of Home Affairs runs NCC, the Department of Health guides BTXH and HTXH.
PROGRAMMES = (
    Programme("NCC", "Người có công", "Sở Nội vụ"),
    Programme("BTXH", "Bảo trợ xã hội", "Sở Y tế"),
    Programme("HTXH", "Hưu trí xã hội", "Sở Y tế"),
)


@dataclass(slots=True, frozen=True)
class Rate:
    """What holds from a day on: an amount in đồng a month, or a coefficient of the programme's base.

    `floor`: provinces may pay more. `per`: the sum is for each child (single parents) or year of service.
    """

    valid_from: date
    amount: int | None
    coefficient: Decimal | None
    floor: bool
    per: Per
    legal_basis: str


@dataclass(slots=True, frozen=True)
class BenefitType:
    """A kind of benefit with its rates, oldest first."""

    code: str
    programme: str
    name: str
    group: Group
    rates: tuple[Rate, ...]

    @property
    def regular(self) -> bool:
        """Does it count in the regular monthly total? Care, one-off and emergency money stand beside it."""
        return self.group == "regular"


class RateTable:
    """All benefit types, and the amount each pays on a day. Built from the packaged table in a few milliseconds."""

    def __init__(self, types: Iterable[BenefitType], bases: dict[str, tuple[Rate, ...]]) -> None:
        self._types = {kind.code: kind for kind in types}
        self._bases = bases

    def types(self, programme: str | None = None) -> tuple[BenefitType, ...]:
        """Return all types, or those of one programme, in the table's order."""
        return tuple(t for t in self._types.values() if programme in (None, t.programme))

    def get(self, code: str) -> BenefitType | None:
        """Return one type, or None."""
        return self._types.get(code)

    def bases(self) -> dict[str, tuple[Rate, ...]]:
        """Return each programme's bases, oldest first."""
        return dict(self._bases)

    def base(self, programme: str, on: date) -> int | None:
        """Return the programme's base (mức chuẩn) in đồng on a day, or None where the table has none."""
        rate = _newest(self._bases.get(programme, ()), on)
        return rate.amount if rate else None

    def rate(self, code: str, on: date) -> Rate | None:
        """Return the rate of a type on a day, or None where none is known.

        A fixed amount ends when its programme's base changes: the new one stands in the new decree's annex, and is
        unknown until the table has it. The plain HTXH amount is the base itself.
        """
        kind = self._types.get(code)
        own = _newest(kind.rates, on) if kind else None
        if kind is None or own is None or own.amount is None:
            return own
        base = _newest(self._bases.get(kind.programme, ()), on)
        if base is None or base.valid_from <= own.valid_from:
            return own
        if kind.programme == "HTXH":
            return base if own.floor else own
        return None

    def amount(self, code: str, on: date, *, base: int | None = None) -> int | None:
        """Return the monthly đồng of a type on a day (for one child, for one year of service), or None if unknown.

        `base` is the base the list itself states; provinces may set a higher one than the decree's.
        """
        rate = self.rate(code, on)
        if rate is None:
            return None
        if rate.coefficient is None:
            return rate.amount
        national = self.base(self._types[code].programme, on)
        if national is None:
            return None
        return _times(max(base or 0, national), rate.coefficient)

    def fits(self, code: str, amount: int, on: date, *, base: int | None = None) -> bool | None:
        """Say whether a monthly amount is what the type pays on a day; None where no rate is known.

        A sum per child or year may be any multiple, a floor may be exceeded.
        """
        rate, expected = self.rate(code, on), self.amount(code, on, base=base)
        if rate is None or expected is None:
            return None
        if rate.per:
            return amount > 0 and amount % expected == 0
        return amount >= expected if rate.floor else amount == expected


def _newest(rates: Iterable[Rate], on: date) -> Rate | None:
    valid = [rate for rate in rates if rate.valid_from <= on]
    return valid[-1] if valid else None


def _times(base: int, coefficient: Decimal) -> int:
    """Base × coefficient in whole đồng, halves up."""
    return int((base * coefficient).to_integral_value(ROUND_HALF_UP))


def parse_rate(text: str, valid_from: date, legal_basis: str) -> Rate:
    """Read the table's third column: `hệ số 1.5`, `tối thiểu 20 lần mức chuẩn`, `2789000 đồng/tháng (trợ cấp)`."""
    number = _NUMBER.search(text)
    if number is None:
        raise ValueError(f"no number in {text!r}")
    floor = "tối thiểu" in text or "tỉnh có thể cao hơn" in text
    per: Per = "child" if "số con" in text else "year" if "thâm niên" in text else ""
    if "đồng/tháng" in text:
        return Rate(valid_from, int(number[0]), None, floor, per, legal_basis)
    return Rate(valid_from, None, Decimal(number[0]), floor, per, legal_basis)


@cache
def packaged() -> RateTable:
    """Return the table that comes with the program."""
    names: dict[str, tuple[str, str]] = {}
    rates: dict[str, list[Rate]] = {}
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names.setdefault(row["code"], (row["programme"], row["name_vi"]))
            rate = parse_rate(
                row["coefficient_or_amount"], date.fromisoformat(row["effective_from"]), row["legal_basis"]
            )
            rates.setdefault(row["code"], []).append(rate)
    dated = {code: tuple(sorted(of, key=lambda rate: rate.valid_from)) for code, of in rates.items()}
    types = [
        BenefitType(code, *_named(name, *_GROUPS[group]), dated[code])
        for code, (group, name) in names.items()
        if not code.startswith(BASE)
    ]
    bases = {code.removeprefix(BASE): of for code, of in dated.items() if code.startswith(BASE)}
    return RateTable(types, bases)


def _named(name: str, programme: str, group: Group) -> tuple[str, str, Group]:
    return programme, name, group
