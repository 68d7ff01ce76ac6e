"""What identifies a person besides the name: citizen ID, old ID, phone, account (dates: `dates`)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from matching.dates import PartialDate, parse_date

__all__ = [
    "AccountNumber",
    "AccountProblem",
    "CitizenId",
    "DamagedNumber",
    "PartialDate",
    "account_number",
    "citizen_id",
    "clean_number",
    "damaged_digits",
    "old_id",
    "pad_citizen_id",
    "parse_date",
    "phone",
    "province_codes",
]

Sex = Literal["Nam", "Nữ"]

_DROP = dict.fromkeys(map(ord, " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff\u202f\u2009.'’‘`´"))
_ASCII_DIGITS = re.compile(r"[0-9]+")
_SCIENTIFIC = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?0*([0-9]{1,2})")
_PHONE_KEEP = re.compile(r"[\s.\-()/\u00a0]+")
_CARD = re.compile(r"9704[0-9]{12}(?:[0-9]{3})?")
_CENTURY = (1900, 2000, 2100, 2200, 2300)
_MOVED_2018 = {  # Decision 798/QĐ-BTTTT: eleven-digit mobile prefixes became ten-digit ones
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


@cache
def province_codes() -> dict[str, str]:
    """The 63 known three-digit prefixes of the citizen ID and their provinces."""
    table = files("matching").joinpath("data/citizen_id_province_codes.csv")
    with table.open(encoding="utf-8") as lines:
        return {row["code"]: row["name"] for row in csv.DictReader(lines)}


@dataclass(slots=True, frozen=True)
class CitizenId:
    """A 12-digit citizen ID and what it says (Circular 59/2021/TT-BCA, art. 4). It has no check digit."""

    value: str
    province_code: str
    province: str | None  # None: prefix unknown to us (born abroad), a warning, never a refusal
    sex: Sex
    birth_year: int

    @property
    def known_prefix(self) -> bool:
        return self.province is not None

    def contradicts(self, birth_year: int | None = None, sex: str | None = None) -> tuple[str, ...]:
        """Which known facts the number contradicts: any of `birth_year`, `sex`."""
        wrong = []
        if birth_year is not None and birth_year != self.birth_year:
            wrong.append("birth_year")
        if sex and sex != self.sex:
            wrong.append("sex")
        return tuple(wrong)


def clean_number(text: str) -> str:
    """A trailing `.0` dropped, then blanks, zero-width characters, dots and apostrophes anywhere."""
    stripped = text.strip()
    if stripped.endswith(".0"):
        stripped = stripped[:-2]
    return stripped.translate(_DROP)


@lru_cache(maxsize=131072)
def citizen_id(text: str) -> CitizenId | None:
    """The citizen ID in a cell; None unless exactly 12 ASCII digits remain after cleaning. Pads nothing."""
    digits = clean_number(text)
    if len(digits) != 12 or not _ASCII_DIGITS.fullmatch(digits):
        return None
    kind = int(digits[3])
    return CitizenId(
        value=digits,
        province_code=digits[:3],
        province=province_codes().get(digits[:3]),
        sex="Nữ" if kind % 2 else "Nam",
        birth_year=_CENTURY[kind // 2] + int(digits[4:6]),
    )


def pad_citizen_id(digits: str) -> str | None:
    """Zeros a number cell lost: 10–12 digits → 12. None for another length (9 and 8: see `old_id`).

    Every known prefix 001–096 starts with 0, so a number cell always loses one (11 digits) or two zeros (10).
    """
    if not 10 <= len(digits) <= 12 or not _ASCII_DIGITS.fullmatch(digits):
        return None
    return digits.zfill(12)


def old_id(text: str) -> str | None:
    """A 9-digit identity card number (CMND); 8 digits get their lost zero back; anything else is None."""
    digits = clean_number(text)
    if len(digits) not in (8, 9) or not _ASCII_DIGITS.fullmatch(digits):
        return None
    return digits.zfill(9)


@dataclass(slots=True, frozen=True)
class DamagedNumber:
    """What is left of a number that a spreadsheet turned into `5.1049E+10`.

    leading: digits that are certain, lost zeros put back when the number was a citizen ID;
    rounded: the last printed digit, off by at most one; length: digits of the whole number (12 for an ID).
    """

    leading: str
    rounded: str
    length: int


@lru_cache(maxsize=16384)
def damaged_digits(text: str) -> DamagedNumber | None:
    """Read `5.1049E+10` as leading `05104`, rounded `9`, length 12. None if it is no such notation."""
    found = _SCIENTIFIC.fullmatch(text.strip().replace("\u00a0", ""))
    if not found:
        return None
    digits = found.group(1) + (found.group(2) or "")
    length = int(found.group(3)) + 1
    if len(digits) > length:
        return None
    zeros = "0" * (12 - length) if 10 <= length <= 11 else ""
    return DamagedNumber(zeros + digits[:-1], digits[-1], length + len(zeros))


@lru_cache(maxsize=65536)
def phone(text: str) -> str | None:
    """A Vietnamese phone number as 10 or 11 digits starting with 0, or None.

    +84, a zero lost in a number cell and the eleven-digit mobile prefixes of before 2018 become today's form.
    """
    digits = _PHONE_KEEP.sub("", text.strip().removesuffix(".0")).removeprefix("'")
    digits = re.sub(r"^(?:\+84|0084|84(?=\d{9}$))0?", "0", digits)
    if not _ASCII_DIGITS.fullmatch(digits):
        return None
    if (len(digits) == 9 and digits[0] in "35789") or (len(digits) == 10 and digits[0] == "1"):
        digits = "0" + digits
    if len(digits) == 11 and digits[:4] in _MOVED_2018:
        digits = _MOVED_2018[digits[:4]] + digits[4:]
    mobile = len(digits) == 10 and digits[0] == "0" and digits[1] in "35789"
    landline = len(digits) in (10, 11) and digits.startswith("02")
    return digits if mobile or landline else None


@dataclass(slots=True, frozen=True)
class AccountNumber:
    """A usable account number; `kind` is `letters` for nicknames and old numbers such as 711A…"""

    value: str
    kind: Literal["digits", "letters"] = "digits"


@dataclass(slots=True, frozen=True)
class AccountProblem:
    """Why a cell is no account number; `card` is 9704…, `damaged` is 1.2E+12."""

    code: Literal["empty", "card", "damaged", "too_short", "too_long", "characters"]
    value: str


_ACCOUNT_DROP = dict.fromkeys(map(ord, " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff\u202f.-'’‘`´"))


@lru_cache(maxsize=131072)
def account_number(text: str) -> AccountNumber | AccountProblem:
    """An account number (6–19 characters, leading zeros count) or what is wrong with the cell."""
    raw = text.strip()
    if not raw:
        return AccountProblem("empty", text)
    if _SCIENTIFIC.fullmatch(raw):
        return AccountProblem("damaged", text)
    value = (raw[:-2] if raw.endswith(".0") else raw).translate(_ACCOUNT_DROP).upper()
    if not value.isascii() or not value.isalnum():
        return AccountProblem("characters", text)
    if _CARD.fullmatch(value):
        return AccountProblem("card", text)
    if len(value) < 6:
        return AccountProblem("too_short", text)
    if len(value) > 19:
        return AccountProblem("too_long", text)
    if value.isdigit():
        return AccountNumber(value)
    return AccountNumber(value, "letters") if any(c.isdigit() for c in value) else AccountProblem("characters", text)
