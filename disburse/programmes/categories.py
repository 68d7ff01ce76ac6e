"""What a roster writes in its category column → one benefit type. The phrases stand in phrases.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from disburse.programmes.phrases import (
    AGES,
    ARTICLE_5,
    ARTICLE_6,
    DISABILITY_RANKS,
    INVALIDITY,
    PHRASES,
    PUBLIC_NAMES,
)
from disburse.programmes.rates import RateTable, packaged
from matching.text import fold, nfc

_PERCENT = re.compile(r"(?<!\d)(\d{2,3})(?:[.,]\d+)?\s*(?:%|phan tram)")
_SPAN = re.compile(r"(?<!\d)(\d{2,3})\s*%?\s*(?:-|–|den)\s*(\d{2,3})\s*%?")
_RANK = re.compile(r"(?<!\d)([1-4])\s*/\s*([34])(?!\d)")
_CLAUSE = re.compile(r"\b(?:khoan|k)\s*\.?\s*([1-8])\b")
_POINT = re.compile(r"\bdiem ([a-d])\b")
_POINT_AS_WRITTEN = re.compile(r"\b(?:điểm|diem)\s+([a-eđg])\b")
_ARTICLE_6 = re.compile(r"\bdieu 6\b")
_SHORT_CODE = re.compile(r"^(?:BTXH)?([1-8][A-D]?[12]?\+?)$")
_SQUEEZE = re.compile(r"[^A-Z0-9.+]")


@dataclass(slots=True, frozen=True)
class Category:
    """What a text in a category column means. `code` only when it can be one type alone; else the `candidates`."""

    code: str | None
    candidates: tuple[str, ...]
    programme: str | None


UNKNOWN = Category(None, (), None)


def read_category(
    text: str,
    *,
    programme: str | None = None,
    on: date | None = None,
    age: int | None = None,
    coefficient: Decimal | None = None,
    amount: int | None = None,
) -> Category:
    """Say which benefit type a roster's words mean: `NKT đặc biệt nặng`, `TB 45%`, `Con liệt sĩ`, `Khoản 5`, codes.

    `programme` is the roster's; `age` in whole years, `coefficient` and `amount` (đồng on day `on`) settle what the
    words leave open. What they cannot settle stays open: no code, never a guess.
    """
    found = _candidates(" ".join(text.split()), programme)
    if not found:
        return UNKNOWN
    table = packaged()
    left = _by_rate(table, found, on, coefficient, amount)
    left = _by_age(left, age) if len(left) > 1 else left
    if len(left) > 1 and age is None:
        left = _usual(left)
    kind = table.get(found[0])
    return Category(left[0] if len(left) == 1 else None, left, kind.programme if kind else None)


@lru_cache(maxsize=8192)
def _candidates(text: str, programme: str | None) -> tuple[str, ...]:
    if code := _code(text, programme):
        return (code,)
    plain = _plain(text)
    if programme in (None, "NCC") and (by_injury := _by_injury(text, plain)):
        return by_injury
    if programme is None and re.search(r"\bhtxh\b|huu tri xa hoi", plain):
        programme = "HTXH"
    for owner, pattern, codes in _patterns():
        # "75 tuổi" or "cận nghèo" mean the social pension only on its own lists.
        if (owner == programme or (programme is None and owner != "HTXH")) and pattern.search(plain):
            return codes
    return _by_article(text, plain) if programme in (None, "BTXH") else ()


def _plain(text: str) -> str:
    """Folded, with the signs that carry meaning kept: % + - / and "80+" as "80 tro len"."""
    signs = text.replace("≥", " tu du ").replace(">=", " tu du ")
    kept = re.sub(r"[%+/–-]", lambda m: f" {_SIGNS[m[0]]} ", signs)
    return " ".join(fold(kept).split())


_SIGNS = {"%": "phan tram", "+": "tro len", "/": "gach", "-": "den", "–": "den"}


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]:
    return tuple((owner, re.compile(pattern), codes) for owner, pattern, codes in PHRASES)


@cache
def _codes() -> dict[str, str]:
    return {_SQUEEZE.sub("", kind.code.upper()): kind.code for kind in packaged().types()}


def _code(text: str, programme: str | None) -> str | None:
    squeezed = _SQUEEZE.sub("", text.upper())
    if known := _codes().get(squeezed):
        return known
    if programme is not None and (known := _codes().get(programme + squeezed)):
        return known
    short = _SHORT_CODE.match(squeezed)
    known = _codes().get(f"BTXH{short[1]}") if short else None
    # A bare "5" or "2" is a clause, a line number or a count of children, "6A" is not.
    return known if known and not text.strip().isdigit() and programme in (None, "BTXH") else None


def _by_injury(text: str, plain: str) -> tuple[str, ...]:
    """War invalids and their like, by percentage (`45%`), span (`21-30%`) or rank (`2/4`)."""
    kind = next((name for name, pattern in PUBLIC_NAMES if re.search(pattern, plain)), None)
    if kind is None:
        return ()
    low, high = _injury_span(fold_signs(text), kind)
    if low is None:
        return tuple(code for _span, code in INVALIDITY[kind])
    return tuple(code for (first, last), code in INVALIDITY[kind] if first <= high and last >= low)


def fold_signs(text: str) -> str:
    """Folded word by word with % / - . and , left standing: `Thương binh 2/4` → `thuong binh 2/4`."""
    return "".join(fold(part) if part[0].isalpha() else part for part in re.findall(r"[^\W\d_]+|[^a-zA-Z]", text))


def _injury_span(text: str, kind: str) -> tuple[int | None, int]:
    if span := _SPAN.search(text):
        return int(span[1]), int(span[2])
    if percent := _PERCENT.search(text):
        return int(percent[1]), int(percent[1])
    if (rank := _RANK.search(text)) and (limits := DISABILITY_RANKS.get((kind == "BB", rank[1], rank[2]))):
        return limits
    return None, 0


def _by_article(text: str, plain: str) -> tuple[str, ...]:
    """`Khoản 6`, `điểm a khoản 6`, `K5 Đ5` of article 5, `điểm đ khoản 1 Điều 6`, Decree 20/2021."""
    if _ARTICLE_6.search(plain):
        written = _POINT_AS_WRITTEN.search(nfc(text).lower())
        return _sixth(written[1], text.isascii()) if written else ()
    clause = _CLAUSE.search(plain)
    if not clause or "dieu 20" in plain:
        return ()
    point = _POINT.search(plain)
    key = clause[1] + (point[1] if point else "")
    return ARTICLE_5.get(key) or ARTICLE_5.get(clause[1], ())


def _sixth(point: str, no_accents: bool) -> tuple[str, ...]:
    """Points of article 6, clause 1; without accents `d` is d or đ."""
    points = ("d", "đ") if point == "d" and no_accents else (point,)
    return tuple(code for one in points for code in ARTICLE_6.get(one, ()))


def _by_rate(
    table: RateTable, codes: tuple[str, ...], on: date | None, coefficient: Decimal | None, amount: int | None
) -> tuple[str, ...]:
    """Those whose coefficient, or else whose amount on the day, is the stated one; all if none is."""
    if on is None or len(codes) == 1:
        return codes
    left = codes
    if coefficient is not None:
        rates = {code: table.rate(code, on) for code in codes}
        left = tuple(c for c, r in rates.items() if r is not None and r.coefficient == coefficient) or left
    if amount is not None and len(left) > 1:
        left = tuple(code for code in left if table.amount(code, on) == amount) or left
    return left


def _by_age(codes: tuple[str, ...], age: int | None) -> tuple[str, ...]:
    if age is None:
        return codes
    return tuple(code for code in codes if code not in AGES or any(age in span for span in AGES[code])) or codes


def _usual(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Without an age, "người khuyết tật nặng" is the grown person's type, not the child's or the old person's."""
    for pair in (("BTXH-6A", "BTXH-6A+"), ("BTXH-6B", "BTXH-6B+")):
        if codes == pair:
            return pair[:1]
    return codes
