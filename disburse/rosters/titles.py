"""What stands around the rows: titles, sheet names and section lines. Cells of the rows: the *_cells modules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from disburse.areas.places import Places
from disburse.areas.resolution import Resolution
from disburse.areas.units import Units
from disburse.programmes.categories import read_category
from disburse.workbooks.header import text_of
from disburse.workbooks.money import unit_in
from disburse.workbooks.sections import Section
from disburse.workbooks.sheets import Line
from matching.names import FAMILY_NAMES
from matching.text import fold, fold_keep_accents

_COMMUNE = re.compile(r"(?:xa|phuong|thi tran|dac khu|tt|p)\b\.?\s*\S")
_DISTRICT = re.compile(r"(?:huyen|quan|thi xa|tx)\s+\S")
_HAMLET = re.compile(
    r"(?:thon|to dan pho|to dp|tdp|to \d|to so|khu pho|khu dan cu|kdc|kp|khu \S+$|khoi|khom|ap|xom|lang|"
    r"ban|buon|doi \d|cum|plei|plây)\b"
)
_ADDED = re.compile(
    r"(?:ds |danh sach |doi tuong |phan |bien dong |so )*(?:tang|bo sung|tang moi|moi)(?: (?:moi|trong "
    r"(?:thang|ky)|thang \d.*|doi tuong.*))?"
)
_REMOVED = re.compile(
    r"(?:ds |danh sach |doi tuong |phan |bien dong |so )*(?:giam|cat|cat giam|thoi huong|dung huong|"
    r"giam tru doi tuong|thoi tro cap|ngung huong)(?: (?:trong (?:thang|ky)|thang \d.*|tro cap.*|doi "
    r"tuong.*))?"
)
_PERIOD = re.compile(r"(?:thang|ky|ky thang)\s*0?(\d{1,2})\s*(?:nam|/|-|\.)?\s*((?:20)\d{2})")
_SHEET_MONTH = re.compile(r"(?:thang|t|th)\s*0?(\d{1,2})(?:\s*(?:nam)?\s*((?:20)?\d{2}))?|0?(\d{1,2})\s+((?:20)\d{2})")
_BENEFIT_WORDS = re.compile(
    r"\b(?:khoan|diem|nhom|doi tuong|dien|nguoi|tre em|nkt|nct|thuong binh|benh binh|than nhan|chat doc|"
    r"don than|khuyet tat|cao tuoi)\b"
)
_SUMMARY = re.compile(r"(?:tong hop|th|bia|bieu tong hop|tong|sheet ?\d*|bang tong hop|summary)(?: .*)?")
_NO_HAMLET = re.compile(
    r"\b(?:danh sach|ds|sheet|bang|bieu|tong|bia|trang|tang|giam|moi|cu|ncc|nguoi|tre|doi tuong|btxh|htxh|bao tro|"
    r"huu tri|thang|quy|nam|ky|dot|chi|tra|tien|mat|tai khoan|ngan hang|buu dien|khac|mau|phu luc|du lieu|data|xa|"
    r"phuong|huyen|tinh|tro cap|bo sung|truy linh|cat|dung|chet|copy|ban sao|chinh thuc|nhap|goc)\b"
)
_TAIL = re.compile(r"\s*[:\-–(]\s*(?:tổng|cộng|có|gồm|\d).*$", re.IGNORECASE)


_PLACE_TEXT = "xã phường thị đặc thôn tổ khối khóm ấp xóm làng bản buôn đội cụm plây"
_PLACE_WORDS = tuple(_PLACE_TEXT.split())
_MIDDLE_NAMES = frozenset(("van", "thi", "huu", "duc", "ngoc", "minh"))
_MIDDLE_NAMES_WRITTEN = frozenset(("văn", "thị", "hữu", "đức", "ngọc", "minh"))
_NO_FAMILY = frozenset(("xã", "thôn"))  # with these accents nobody is called so; "Phường" may be a slip for Phương


@dataclass
class Titles:
    """What the lines above a header say."""

    period: str | None = None
    unit: tuple[int, str] | None = None
    commune: Resolution | None = None
    commune_text: str = ""
    change: str | None = None
    texts: list[str] = field(default_factory=list)


def read_titles(lines: list[Line], places: Places, province: str | None, units: Units) -> Titles:
    """Read the lines above a header: period, unit of money, commune."""
    found = Titles()
    for line in lines:
        for cell in line.cells:
            text = text_of(cell).strip()
            if not text or not isinstance(cell, str) or len(text) > 400:
                continue
            found.texts.append(text)
            found.unit = unit_in(text) or found.unit
            found.period = period_in(text) or found.period
            if province and found.commune is None and re.search(r"\b(?:xa|phuong|thi tran|dac khu|tt)\b", fold(text)):
                answer = places.find_in_text(text, province=province, units=units)
                if answer.status == "one" or (answer.status == "several" and answer.reason != "several_named"):
                    found.commune, found.commune_text = answer, text
    return found


@lru_cache(maxsize=1024)
def period_in(text: str) -> str | None:
    """`tháng 11 năm 2026`, `Kỳ 11/2026` → `2026-11`."""
    found = _PERIOD.search(fold(text))
    if found and 1 <= int(found[1]) <= 12:
        return f"{int(found[2]):04d}-{int(found[1]):02d}"
    compact = re.search(r"\bky(?: ?chi ?tra)?\W*(20\d{2})(0[1-9]|1[0-2])\b", fold(text))
    return f"{compact[1]}-{compact[2]}" if compact else None


def sheet_month(name: str) -> tuple[int | None, int] | None:
    """A sheet named by a month only: `T11`, `Tháng 3.2026` → (year or None, month)."""
    found = _SHEET_MONTH.fullmatch(fold(name))
    if not found:
        return None
    month = int(found[1] or found[3])
    year = found[2] or found[4]
    if not 1 <= month <= 12:
        return None
    return (2000 + int(year) % 100 if year else None), month


def is_summary(name: str) -> bool:
    """A sheet called Tổng hợp, BIA, Sheet2 …"""
    return bool(_SUMMARY.fullmatch(fold(name)))


def hamlet_tab(name: str, is_commune: bool) -> str | None:
    """The hamlet a tab is named after: `Thôn Phú Lộc`, `TDP 3`, `T. Phú Lộc`, or a bare name that is no commune's."""
    clean = re.split(r"\s*[,(]\s*|\s+[-–]\s+", " ".join(name.replace("_", " ").split()).strip(" .-"))[0]
    folded = fold(clean)
    if re.match(r"[Tt](?:hôn|hon)?\.\s*\S", clean):
        return "Thôn " + clean.split(".", 1)[1].strip()
    if _HAMLET.match(folded) and _is_typed_place(clean):
        return clean
    words = clean.split()
    named = 2 <= len(words) <= 4 and all(w.isalpha() and w[0].isupper() for w in words)
    if named and not is_commune and not _NO_HAMLET.search(folded) and not read_category(clean).candidates:
        return clean
    return None


def tab_text(name: str) -> str:
    """What a tab says that may stand for a place; "" for a month, a summary, Tăng, Danh sách, a bare number."""
    plain = " ".join(name.split())
    says_else = is_summary(plain) or sheet_month(plain) or change_of(plain) or plain.isdigit()
    folded = fold(plain)
    return "" if says_else or (_NO_HAMLET.search(folded) and not _COMMUNE.match(folded)) else plain


def change_of(text: str) -> str | None:
    """`added` or `removed` where a sheet's name or a section says Tăng or Giảm."""
    folded = fold(text)
    accented = fold_keep_accents(text)
    if _ADDED.fullmatch(folded) and (text.isascii() or "tăng" in accented or "bổ sung" in accented):
        return "added"
    if _REMOVED.fullmatch(folded) and (text.isascii() or not accented.startswith("giám")):
        return "removed"
    return None


class Sections:
    """Reads section lines of one sheet; equal texts once."""

    def __init__(self, places: Places, province: str | None, units: Units, programme: str | None) -> None:
        self.places, self.province, self.units, self.programme = places, province, units, programme
        self._known: dict[tuple[str, bool], Section | None] = {}

    def __call__(self, text: str, marked: bool) -> Section | None:
        """What a text opens as a section, or None; `marked` = numbered, starred or merged across."""
        key = (text, marked)
        if key not in self._known:
            self._known[key] = self._read(text, marked)
        return self._known[key]

    def _read(self, text: str, marked: bool) -> Section | None:
        clean = _TAIL.sub("", " ".join(text.split())).strip(" :.-*+•")
        folded = fold(clean)
        if not folded:
            return None
        if change := change_of(clean):
            return Section({"change": change})
        if _DISTRICT.match(folded) and not _COMMUNE.match(folded):
            return Section({"district": clean})
        if place := self._place(clean, folded, marked):
            return place
        if not marked and _looks_like_person(clean):
            return None
        category = read_category(clean, programme=self.programme)
        if category.candidates and (marked or _BENEFIT_WORDS.search(folded)):
            return Section({"benefit": clean})
        if marked and _BENEFIT_WORDS.search(folded) and not _looks_like_person(clean):
            return Section({"benefit": clean})
        return None

    def _place(self, clean: str, folded: str, marked: bool) -> Section | None:
        typed, sure = _typed_place(clean)
        if typed and _HAMLET.match(folded):
            facts: dict[str, object] = {"hamlet": clean.split(",")[0].strip()}
            if "," in clean and (answer := self._commune(clean.split(",", 1)[1])):
                facts |= {"commune": answer, "commune_text": clean.split(",", 1)[1].strip()}
            return Section(facts, sure)
        if _COMMUNE.match(folded) and not read_category(clean, programme=self.programme).candidates:
            answer = self._commune(clean) if typed or clean.isascii() else None
            if typed or answer:
                facts = {"commune": answer or Resolution(), "commune_text": clean, "hamlet": None}
                return Section(facts, sure) if self.province else Section({})
        if marked and self.province and len(folded.split()) <= 5 and not _looks_like_person(clean):
            answer = self.places.resolve_exactly(clean, province=self.province, units=self.units)
            if answer.readings:
                return Section({"commune": answer, "commune_text": clean, "hamlet": None})
        return None

    def _commune(self, text: str) -> Resolution | None:
        if not self.province:
            return None
        answer = self.places.resolve(text.strip(), province=self.province, units=self.units)
        return answer if answer.readings else None


def _is_typed_place(text: str) -> bool:
    return _typed_place(text)[0]


def _typed_place(text: str) -> tuple[bool, bool]:
    """Say whether the first word is a place's type word with its own accents, and whether that is beyond doubt.

    Bàn, Lang, Phương and Xa are family names; Bản, Làng, Phường and Xã are places. Before a middle name only the words
    that are nobody's family name count: "Xã Văn Nguyên" is a commune, "Bản Văn Nguyên" may be a person.
    """
    words = text.split()
    first = fold_keep_accents(words[0].rstrip(".")) if words else ""
    if not (first.isascii() or any(first.startswith(w) for w in _PLACE_WORDS)):
        return False, False
    if not _has_middle_name(words) or any(c.isdigit() for c in text):
        return True, True
    likely = first == "phường" or (text.isascii() and first in ("xa", "thon"))
    return first in _NO_FAMILY or likely, first in _NO_FAMILY


def _has_middle_name(words: list[str]) -> bool:
    """Say whether the second word is a middle name; with accents Vạn is none, without them it may be Văn."""
    if len(words) < 2:
        return False
    if all(word.isascii() for word in words):
        return fold(words[1]) in _MIDDLE_NAMES
    return fold_keep_accents(words[1]) in _MIDDLE_NAMES_WRITTEN


def _looks_like_person(text: str) -> bool:
    """Two to five words, letters only, beginning with a family name."""
    words = text.split()
    if not 2 <= len(words) <= 5 or any(c.isdigit() for c in text):
        return False
    return fold(words[0]) in FAMILY_NAMES and all(w[:1].isupper() for w in words)
