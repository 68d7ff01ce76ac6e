"""A row and a person fact by fact: what agrees, what differs, and numbers shown only where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from disburse.people.likeness import births_agree
from disburse.people.tables import CITIZEN_ID, OLD_ID, PHONE, Person
from disburse.rosters.claims import birth_of
from matching.text import fold, fold_keep_accents

MOST_DIFFERING = 4  # a slip of the pen or two; more are two numbers
SAME, NEAR, OTHER, MISSING = "same", "near", "other", "missing"
FACTS = ("name", "birth", "sex", "citizen_id", "old_id", "phone", "hamlet", "address")
_NUMBERS = {"citizen_id": CITIZEN_ID, "old_id": OLD_ID, "phone": PHONE}


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact on both sides as it may be shown, and how the two go together: same, near, other or missing."""

    left: str
    right: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Side:
    """The facts of one side, numbers open: they leave this module masked."""

    name: str
    birth: tuple[date, str] | None
    sex: str
    citizen_id: str
    old_id: str
    phone: str
    hamlet: str
    address: str


def of_row(values: Mapping[str, Any]) -> Side:
    """Return the facts of a list's row."""

    def text(name: str) -> str:
        return str(values.get(name) or "")

    return Side(
        name=text("full_name"),
        birth=birth_of(dict(values)),
        sex=text("sex"),
        citizen_id=text("citizen_id"),
        old_id=text("old_id"),
        phone=text("phone"),
        hamlet=text("hamlet"),
        address=text("address"),
    )


def of_person(person: Person) -> Side:
    """Return the facts of a person."""
    numbers = {
        name: sealed.maybe_open(person.id, getattr(person, f"{name}_sealed")) or "" for name, sealed in _NUMBERS.items()
    }
    birth = (person.birth_date, str(person.birth_precision or "day")) if person.birth_date else None
    return Side(
        name=person.name,
        birth=birth,
        sex=str(person.sex or ""),
        **numbers,
        hamlet=person.hamlet,
        address=person.address,
    )


def compare(left: Side, right: Side) -> dict[str, Compared]:
    """Return every fact compared, in the order of FACTS."""
    found = {}
    for name in FACTS:
        a, b = getattr(left, name), getattr(right, name)
        shown_left, shown_right = (_born(a), _born(b)) if name == "birth" else (a, b)
        if name in _NUMBERS:
            shown_left, shown_right = masked_pair(a, b)
        found[name] = Compared(shown_left, shown_right, _verdict(name, a, b))
    return found


def _verdict(name: str, left: Any, right: Any) -> str:
    if not left or not right:
        return MISSING
    if left == right:
        return SAME
    if name == "name":
        if fold_keep_accents(left) == fold_keep_accents(right):
            return SAME
        return NEAR if fold(left) == fold(right) else OTHER
    if name == "birth":
        return NEAR if births_agree(left, right) else OTHER
    if name in _NUMBERS:
        return OTHER
    return SAME if fold(left) == fold(right) else OTHER


def _born(birth: tuple[date, str] | None) -> str:
    if birth is None:
        return ""
    day, precision = birth
    return {"year": f"{day:%Y}", "month": f"{day:%m/%Y}"}.get(precision, f"{day:%d/%m/%Y}")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two records agree: facts that do, of those known on both sides, and the names of both kinds."""

    agree: int
    known: int
    same: tuple[str, ...]
    other: tuple[str, ...]


def agreement(compared: Mapping[str, Compared]) -> Agreement:
    """Return how many facts agree, nearly or wholly, and which speak for and against one human being."""
    same = tuple(name for name, one in compared.items() if one.verdict in (SAME, NEAR))
    other = tuple(name for name, one in compared.items() if one.verdict == OTHER)
    return Agreement(len(same), len(same) + len(other), same, other)


def masked_pair(left: str, right: str) -> tuple[str, str]:
    """Return two numbers masked: `•••• 0866`; of two that differ in a digit or two also the digits that differ.

    Only then does the mask have as many places as the number: the reader must see which digit is meant.
    """
    return _masked(left, right), _masked(right, left)


def _masked(number: str, other: str) -> str:
    if not number:
        return ""
    differing = sum(a != b for a, b in zip(number, other, strict=False))
    slip = len(number) == len(other) and 0 < differing <= MOST_DIFFERING
    if not slip:  # the same number, two other numbers, or none beside it: the last four say enough
        return "•••• " + number[-4:] if len(number) > 4 else "••••"
    last = len(number) - 4
    return "".join(digit if place >= last or digit != other[place] else "•" for place, digit in enumerate(number))
