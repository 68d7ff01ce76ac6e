"""Sums of money and their units as people type them. What a sum is for: the caller."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from disburse.workbooks.header import text_of
from disburse.workbooks.sheets import CellValue
from matching.text import fold

MONTHLY_MOST = 50_000_000  # đồng a month; arrears and one-off sums may be more
LEAST = 1_000  # đồng: a smaller sum is a sum in thousands whose unit nobody wrote down
_UNIT = re.compile(r"(nghin|ngan|1 ?000|trieu)(?: ?(?:dong|d|vnd))?|(dong|vnd|vn dong)")
_FACTORS = {"nghin": 1_000, "ngan": 1_000, "1000": 1_000, "1 000": 1_000, "trieu": 1_000_000}
_TAIL = re.compile(
    r"\s*(?:(nghìn|ngàn|nghin|ngan|k|triệu|trieu|tr)\s*)?(?:đồng|dong|vnđ|vnd|đ|d|₫)?\s*(?:/\s*(?:tháng|"
    r"thang|người|ng))?\.?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9][0-9.,\s\u00a0\u202f]*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[., \u00a0\u202f][0-9]{3})+")
_ZERO_DECIMALS = re.compile(
    r"([0-9]{1,3}(?:\.[0-9]{3})+),0{1,2}|([0-9]{1,3}(?:,[0-9]{3})+)\.0{1,2}|([0-9]{4,})[.,]0{1,2}"
)
_LONGEST = 60  # characters of a sum with unit and blanks; thousands of digits are no money
_NO_CENTS = re.compile(r"(?<=[0-9])[.,]\s?[-–—]{1,2}(?=\s*(?:đ|d|v|₫|$))", re.IGNORECASE)  # 500.000,-
_WORD_FACTORS = {"k": 1_000, "tr": 1_000_000, "trieu": 1_000_000, "nghin": 1_000, "ngan": 1_000}


def unit_in(text: str) -> tuple[int, str] | None:
    """The factor a text states as unit of money: `ĐVT: nghìn đồng` → (1000, "nghìn đồng"); None if it says none."""
    folded = fold(text)
    start = re.search(r"(?:don vi tinh|dvt|dv tinh|don vi|đvt)\b(.*)", folded)
    found = _UNIT.search(start.group(1)) if start else None
    return _factor(found)


def header_unit(text: str) -> tuple[int, str] | None:
    """The unit inside a column's header: `Mức hưởng (1.000đ)` → (1000, …)."""
    inside = re.findall(r"[(\[]([^)\]]*)[)\]]", text)
    for part in inside:
        found = re.fullmatch(r"(?:dvt |don vi |tinh )?" + _UNIT.pattern, fold(part))
        if found:
            return _factor(found)
    return None


def _factor(found: re.Match[str] | None) -> tuple[int, str] | None:
    if not found:
        return None
    factor = _FACTORS.get(found.group(1) or "", 1)
    return factor, {1: "đồng", 1_000: "nghìn đồng", 1_000_000: "triệu đồng"}[factor]


@lru_cache(maxsize=65536)
def _text_amount(text: str, unit: int) -> int | None:
    """Whole đồng in a text, or None when doubtful."""
    if len(text) > _LONGEST:
        return None
    plain = _NO_CENTS.sub("", text.strip().strip("'").replace("\u00a0", " ")).removeprefix("+").lstrip()
    if plain in ("-", "–", "—", "0"):
        return 0
    found = _NUMBER.match(plain)
    if not found:
        return None
    number = found.group().strip()
    tail = _TAIL.fullmatch(plain[len(found.group()) :].strip() and plain[len(number) :])
    if tail is None and plain != number:
        return None
    word = fold(tail.group(1)) if tail and tail.group(1) else ""
    factor = _WORD_FACTORS.get(word, unit)
    value = _parsed(number, factor > 1)
    return None if value is None else _whole(value * factor)


def _parsed(number: str, decimals: bool) -> Decimal | None:
    if number.isdigit():
        return Decimal(number)
    if _GROUPED.fullmatch(number) and len(set(re.findall(r"[., \u00a0\u202f]", number))) == 1:
        return Decimal(re.sub(r"\D", "", number))
    if zero := _ZERO_DECIMALS.fullmatch(number):
        return Decimal(re.sub(r"\D", "", next(g for g in zero.groups() if g)))
    if decimals and (part := re.fullmatch(r"([0-9]+)[.,]([0-9]{1,2})", number)):
        return Decimal(f"{part[1]}.{part[2]}")
    return None


def _whole(value: Decimal) -> int | None:
    return int(value) if value == value.to_integral_value() else None


def parse_money(cell: CellValue, unit: int = 1) -> int | None:
    """A sum in whole đồng; None when the cell is doubtful. Blank cells are the caller's."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell * unit if cell >= 0 else None
    if isinstance(cell, float):
        if not abs(cell) < 1e15:  # also NaN
            return None
        value = round(Decimal(repr(cell)) * unit, 4)
        return _whole(value) if value >= 0 else None
    if isinstance(cell, str):
        return _text_amount(cell, unit)
    return None


@lru_cache(maxsize=1024, typed=True)
def parse_coefficient(cell: CellValue) -> Decimal | None:
    """A coefficient: 2,5 and 2.5 alike; more than 50 is none."""
    text = text_of(cell).strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]{1,4})?", text):
        return None
    value = Decimal(text)
    return value if value <= 50 else None


def show_money(amount: int) -> str:
    """1234567 → 1.234.567."""
    return f"{amount:,}".replace(",", ".")
