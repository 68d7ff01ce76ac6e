"""A cell → the value of a person's field, or what is wrong with it: names, IDs, birth dates, sex, phones.

Shared by rosters and bank lists. One cell at a time; what needs two cells is decided by the caller.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from disburse.workbooks.flaws import NONE, Flaws, flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.sheets import CellValue, LongCell
from matching.identity import clean_number, damaged_digits, parse_date, phone, province_codes
from matching.letters import BARE_TABLE
from matching.text import fold, honorifics, nfc, strip_invisible

MAX_NAME = 100
_LETTER = "A-Za-zÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹĔĕĬĭŎŏŬŭČčƀɃ"
_PLAIN_NAME = re.compile(rf"[{_LETTER}]+(?: [{_LETTER}]+)+")
_ANY_NAME = re.compile(rf"[{_LETTER}](?:[{_LETTER} .'\-]*[{_LETTER}.'])?")
_BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‑": "-"} | {"（": "(", "）": ")"}
)
_TITLES_TEXT = (
    "ông bà cụ bác chú cô dì cậu mợ thím anh chị em cháu bé ô b ô. b. ong ba cu mẹ bà. mvnah liệt thương ông. mr mr. "
    "mrs ms ông/bà ô/b"
)
_TITLE_WORDS = frozenset(_TITLES_TEXT.split())
_ZERO_TAIL = re.compile(r"(?<=[0-9]{8})\.00+\s*$")
_RUN12 = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_RUN9 = re.compile(r"(?<![0-9])[0-9]{9}(?![0-9])")
_BLANK_ID = frozenset(("", "-", "0", "không", "khong", "chưa có", "chua co", "x", "không có"))
_SEXES = {
    "nam": "Nam", "nữ": "Nữ", "nu": "Nữ", "m": "Nam", "f": "Nữ", "male": "Nam", "female": "Nữ",
    "trai": "Nam", "gái": "Nữ", "gai": "Nữ", "ông": "Nam", "bà": "Nữ", "n": "Nữ", "ñö": "Nữ",
}  # fmt: skip
_DASH_DATE = re.compile(r"(?:[-–_.?x]{0,2}\s*/\s*){1,2}(\d{4})")
_SHORT_DATE = re.compile(r"(?:\d{1,2}\s*[/\-.]\s*\d{1,2}\s*[/\-.]\s*)?'?(\d{2})")
_FIRST_YEAR = 1901
_OLDEST = 130

Precision = Literal["day", "month", "year"]


class Name(NamedTuple):
    """A person's name as written, cleaned of titles and remarks; None if it cannot be used."""

    value: str | None
    flaws: Flaws = NONE
    remark: str = ""


class Identity(NamedTuple):
    """What an ID cell holds: a 12-digit ID, an old 9-digit number, or neither."""

    citizen_id: str | None = None
    old_id: str | None = None
    flaws: Flaws = NONE


class Birth(NamedTuple):
    """A birth date (`1951-03-12`, `1951-03`, `1951`); `open` is a text whose two-digit year the ID may settle."""

    value: str | None = None
    precision: Precision | None = None
    flaws: Flaws = NONE
    open: str = ""
    from_cell: bool = False  # a real date cell of day ≤ 12: day and month may have been swapped

    @property
    def year(self) -> int | None:
        return int(self.value[:4]) if self.value else None


def clean_name(cell: CellValue) -> Name:
    """A name cell. The usual clean name passes on one regular expression."""
    if type(cell) is str and len(cell) <= MAX_NAME and _PLAIN_NAME.fullmatch(cell):
        start = cell.split(" ", 1)[0].lower()
        if start not in _TITLE_WORDS and cell.count(" ") < 6:
            return Name(cell)
    return _careful_name(cell)


def _careful_name(cell: CellValue) -> Name:
    raw = text_of(cell)
    if isinstance(cell, LongCell):
        return Name(None, flaw("name_too_long"))
    if not raw.strip():
        return Name(None, flaw("name_missing"))
    if not isinstance(cell, str):
        return Name(None, flaw("name_invalid", found="số"))
    if _BIDI.search(raw):
        return Name(None, flaw("name_invalid", found="ký tự đảo chiều ẩn"))
    plain = strip_invisible(nfc(raw)).translate(_QUOTES).strip().lstrip("' ")
    flaws = flaw("name_repaired", before=raw, after=plain) if plain != " ".join(raw.split()) else NONE
    name, removed = honorifics(plain)
    titles, remarks = _titles_of(plain, removed)
    if titles:
        flaws += flaw("honorific_removed", removed=", ".join(titles))
    if remarks:
        flaws += flaw("remark_in_name", removed=", ".join(remarks))
    return _judged(name, flaws, ", ".join(remarks))


def _titles_of(plain: str, removed: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What was taken off a name, as titles in front and remarks elsewhere."""
    titles: list[str] = []
    rest = plain.lower()
    for part in removed:
        if not rest.startswith(part.lower()):
            break
        titles.append(part)
        rest = rest[len(part) :].lstrip(" .:")
    return titles, list(removed[len(titles) :])


def _judged(name: str, flaws: Flaws, remark: str) -> Name:
    if not name:
        return Name(None, (*flaws, *flaw("name_missing")), remark)
    if len(name) > MAX_NAME:
        return Name(None, (*flaws, *flaw("name_too_long")), remark)
    if not _ANY_NAME.fullmatch(name) or sum(c.isalpha() for c in name) < 2:
        return Name(None, (*flaws, *flaw("name_invalid", found=_odd(name))), remark)
    return Name(name, flaws, remark)


def _odd(name: str) -> str:
    """What does not belong into a name, in words."""
    if any(c.isdigit() for c in name):
        return "chữ số"
    odd = next((c for c in name if not re.fullmatch(rf"[{_LETTER} .'\-]", c)), "")
    if not odd:
        return f"“{name[:30]}”"
    if odd.isalpha():
        script = unicodedata.name(odd, "?").split(" ")[0].title()
        return f"chữ “{odd}” ({script})"
    return f"ký tự “{odd}”"


def clean_identity(cell: CellValue, all_text: bool) -> Identity:
    """A citizen-ID cell. all_text: the source has no number cells, so all-digit fields may have lost zeros too."""
    if type(cell) is str and len(cell) == 12 and cell.isascii() and cell.isdigit():
        return _twelve(cell, NONE)
    if cell is None or cell == "":
        return Identity(flaws=flaw("id_missing"))
    if isinstance(cell, bool):
        return Identity(flaws=_invalid("không phải số", "is no number"))
    if isinstance(cell, (int, float)):
        if not 0 <= cell < 1e15 or float(cell) != int(cell):
            return Identity(flaws=flaw("id_damaged", found=text_of(cell)))
        return _digits(str(int(cell)), NONE, padded=True) if cell else Identity(flaws=flaw("id_missing"))
    if not isinstance(cell, str):
        return Identity(flaws=_invalid("là ngày tháng", "is a date"))
    return _text_identity(cell, all_text)


def _text_identity(raw: str, all_text: bool) -> Identity:
    raw = _ZERO_TAIL.sub("", raw)
    digits = clean_number(raw)
    if digits.lower() in _BLANK_ID:
        return Identity(flaws=flaw("id_missing"))
    if damaged_digits(raw.strip()) or re.fullmatch(r"[0-9.,]+[eE][+]?[0-9]+", raw.strip()):
        return Identity(flaws=flaw("id_damaged", found=raw.strip()))
    if digits.isascii() and digits.isdigit() and not (len(digits) in (21, 24) and len(raw.split()) == 2):
        repaired = flaw("id_repaired", before=raw, after=digits) if digits != raw.strip() else NONE
        return _digits(digits, repaired, padded=all_text or raw.strip().endswith(".0"))
    twelve, nine = set(_RUN12.findall(raw)), set(_RUN9.findall(raw))
    if len(twelve) == 1 and len(nine) <= 1:
        number = twelve.pop()
        rest = raw.replace(number, " ")
        old = nine.pop() if nine else None
        rest = " ".join((rest.replace(old, " ") if old else rest).split()).strip(" /;,-–()")
        extra = flaw("id_extra_text", removed=rest) if rest else NONE
        found = _twelve(number, extra)
        return found._replace(old_id=old)
    if not twelve and len(nine) == 1 and re.search(r"cm|cũ|cu|cấp|/", raw.lower()):
        return Identity(old_id=nine.pop(), flaws=flaw("id_old"))
    kind = ("có chữ hoặc ký tự lạ", "holds letters or signs")
    if any(c.isdigit() and not c.isascii() for c in raw):
        kind = ("có chữ số không phải dạng thường", "holds unusual digits")
    return Identity(flaws=_invalid(*kind))


def _invalid(found: str, found_en: str) -> Flaws:
    return flaw("id_invalid", found=found, found_en=found_en)


def _digits(digits: str, flaws: Flaws, padded: bool) -> Identity:
    """Only digits: by their number. padded: zeros may have been lost."""
    length = len(digits)
    if length == 12:
        return _twelve(digits, flaws)
    if length in (10, 11) and padded and digits.zfill(12)[:3] in province_codes():
        full = digits.zfill(12)
        return _twelve(full, (*flaws, *flaw("id_restored", before=digits, after=full)))
    if length in (8, 9):
        return Identity(old_id=digits.zfill(9), flaws=(*flaws, *flaw("id_old")))
    return Identity(flaws=(*flaws, *_invalid(f"có {length} chữ số", f"has {length} digits")))


def _twelve(value: str, flaws: Flaws) -> Identity:
    if value[:3] not in province_codes():
        if len(set(value)) == 1:
            return Identity(flaws=(*flaws, *flaw("id_implausible", found=value)))
        flaws = (*flaws, *flaw("id_unknown_prefix", prefix=value[:3]))
    return Identity(value, None, flaws)


def id_year(citizen_id: str) -> int:
    """The birth year inside a 12-digit ID."""
    return 1900 + 100 * (int(citizen_id[3]) // 2) + int(citizen_id[4:6])


def id_sex(citizen_id: str) -> str:
    """The sex inside a 12-digit ID."""
    return "Nữ" if int(citizen_id[3]) % 2 else "Nam"


def clean_birth(cell: CellValue, today: date, date1904: bool = False) -> Birth:
    """A birth date cell: date, serial, year or text (DESIGN §5.6)."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return _dated(cell, today)
    if cell is None or cell == "":
        return Birth(flaws=flaw("birth_missing"))
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _number_birth(float(cell), today, date1904)
    if isinstance(cell, str):
        return _text_birth(cell, today)
    return Birth(flaws=flaw("birth_unreadable", found=text_of(cell)))


def _dated(day: date, today: date) -> Birth:
    if bad := _outside(day.year, day, today, day.strftime("%d/%m/%Y")):
        return bad
    return Birth(day.isoformat(), "day", from_cell=True)


def _outside(year: int, day: date | None, today: date, shown: str) -> Birth | None:
    if (day and day > today) or year > today.year:
        return Birth(flaws=flaw("birth_future", found=shown))
    if year < today.year - _OLDEST:
        return Birth(flaws=flaw("birth_too_old", found=shown))
    return None


def _number_birth(number: float, today: date, date1904: bool) -> Birth:
    shown = text_of(number)
    if not abs(number) < 1e12:  # also NaN
        return Birth(flaws=flaw("birth_unreadable", found=shown))
    if number.is_integer() and _FIRST_YEAR <= number <= today.year:
        return Birth(str(int(number)), "year")
    if not number.is_integer() and number < 2100:  # 1951.5 is a slip, no afternoon of 1905
        return Birth(flaws=flaw("birth_unreadable", found=shown))
    if number.is_integer() and 0 <= number < 100:
        return Birth(flaws=flaw("birth_two_digit_year", found=shown), open=f"{int(number):02d}")
    if number.is_integer() and (1800 <= number < _FIRST_YEAR or number >= 10_000_000):
        return _text_birth(str(int(number)), today)
    if not 366 <= number < 2_958_466:
        return Birth(flaws=flaw("birth_unreadable", found=shown))
    day = date(1899, 12, 30) + timedelta(days=int(number) + (1462 if date1904 else 0))
    return _dated(day, today)._replace(from_cell=False)


def _text_birth(raw: str, today: date) -> Birth:
    text = strip_invisible(raw).strip(" '`’").rstrip(".,; ").replace("\\", "/")
    if not text:
        return Birth(flaws=flaw("birth_missing"))
    if blank := _DASH_DATE.fullmatch(text):
        text = blank[1]
    if _SHORT_DATE.fullmatch(text):
        return Birth(flaws=flaw("birth_two_digit_year", found=text), open=text.strip("'"))
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _number_birth(float(text), today, False)
    found = parse_date(text)
    if found is None:
        return Birth(flaws=flaw("birth_unreadable", found=raw.strip()[:60]))
    day = date(found.year, found.month, found.day) if found.month and found.day else None
    if found.precision == "year" and found.year < _FIRST_YEAR:
        return Birth(flaws=flaw("birth_too_old", found=text[:60]))
    if bad := _outside(found.year, day, today, text[:60]):
        return bad
    flaws = NONE
    if found.note == "impossible_day":
        flaws = flaw("birth_impossible_day", found=text[:60], kept=found.year)
    elif found.note == "remark":
        flaws = flaw("birth_remark", found=text[:60], kept=found.year)
    return Birth(found.iso(), found.precision, flaws)


@lru_cache(maxsize=4096)
def clean_sex(text: str) -> tuple[str | None, Flaws]:
    """Nam, Nữ and their spellings; codes 1/0/2 are learned by the caller."""
    plain = strip_invisible(nfc(text)).lower().strip(" .")
    if not plain:
        return None, NONE
    known = _SEXES.get(plain)
    return (known, NONE) if known else (None, flaw("sex_unreadable", found=text.strip()[:30]))


def clean_phone(cell: CellValue) -> tuple[str | None, Flaws]:
    """The first usable phone number in a cell."""
    text = text_of(cell).strip()
    if not text or text in ("-", "0"):
        return None, NONE
    for part in (text, *re.split(r"[;,/\n]|\s-\s", text)):
        if found := phone(part.strip()):
            return found, NONE
    return None, flaw("phone_unreadable", found=text[:40])


def clean_day(cell: CellValue, date1904: bool = False) -> tuple[str | None, str | None, Flaws]:
    """A date of a paper: (ISO date or None, precision, flaws). A month is precision month."""
    if cell is None or cell == "":
        return None, None, NONE
    if isinstance(cell, datetime):
        return cell.date().isoformat(), "day", NONE
    if isinstance(cell, date):
        return cell.isoformat(), "day", NONE
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 20000 < cell < 80000:
        day = date(1899, 12, 30) + timedelta(days=int(cell) + (1462 if date1904 else 0))
        return day.isoformat(), "day", NONE
    text = text_of(cell).strip()
    found = parse_date(re.sub(r"^(?:từ|tu|ngày|ngay|tháng|thang|t)\b\.?\s*(?=\d)", "", text.lower()))
    if found is None or found.note == "remark":
        return None, None, flaw("date_unreadable", found=text[:60])
    return found.iso(), found.precision, NONE


def clean_text(cell: CellValue) -> str | None:
    """Free text: NFC, invisible characters and surplus blanks gone; None when nothing is left."""
    if cell is None:
        return None
    if type(cell) is str:
        return _tidy(cell)
    if isinstance(cell, (date, datetime)):
        return cell.strftime("%d/%m/%Y")
    return _tidy(text_of(cell))


@lru_cache(maxsize=32768)
def _tidy(text: str) -> str | None:
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) or None
    return strip_invisible(nfc(text)) or None


def bare_key(text: str) -> str:
    """Folded name for comparing two cells of one file, without a cache of its own."""
    plain = " ".join(text.translate(BARE_TABLE).split())
    return plain if plain.isascii() else fold(text)
