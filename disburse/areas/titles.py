"""Finding a commune inside running text: a title, a sheet's tab, an address. Bare names: places.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from disburse.areas.names import COMMUNE_TYPES, is_type_word
from disburse.areas.resolution import NONE, Resolution, join
from disburse.areas.units import District, Units
from matching.text import fold, nfc

if TYPE_CHECKING:
    from disburse.areas.places import Places

MAX_WORDS = 7  # "Văn Miếu - Quốc Tử Giám" has five, "Liên Sơn Lắk" three; the longest district name five
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CAMEL = re.compile(r"(?<=[a-zà-ỹđ])(?=[A-ZÀ-ỸĐ])")
_STOP = re.compile(r"[,;|()\n\r/\\:]")
_DISTRICT_WORDS = {"huyen", "quan", "thi xa", "thanh pho", "tx", "tp"}
_SHORT = {"x", "p", "tt", "ttr", "dk"}
_SHORT_DISTRICT = {"h", "q"}
_PROVINCE_WORDS = {"tinh"}
# What stands around a bare name in tabs and file titles ("BTXH Bình Thạnh T3", "01. Bình Trị"), and is no
# place name.
_NOISE = {
    "ubnd", "uy", "ban", "nhan", "dan", "ds", "danh", "sach", "btxh", "ncc", "htxh", "bhxh", "doi", "tuong",
    "huong", "tro", "cap", "chi", "tra", "thang", "nam", "ky", "quy", "sheet", "tong", "hop", "so", "stt",
    "lan", "bang", "luong", "bieu", "mau", "phu", "luc", "xa", "phuong", "nguoi", "co", "cong", "bao",
    "hoi", "tien", "mat", "tai", "khoan", "tk", "ck", "tm",
}  # fmt: skip
_NOISE_SHAPE = re.compile(r"(?:[tkq]?\d+|v\d+)$")


@dataclass(slots=True, frozen=True)
class _Word:
    text: str
    folded: str
    dotted: bool
    before: str  # what stands between the previous word and this one


def find(
    places: Places, text: str, *, province: str | int | None, units: Units, district: str | int | None
) -> Resolution:
    """Find the commune named in a text; see `Places.find_in_text`.

    A name after a commune's type word counts anywhere in the text; a name without one only if nothing but
    numbers and list words stands beside it. A name after huyện, quận, thị xã, thành phố is a district and
    narrows.
    """
    words = _words(text)
    if not words:
        return NONE
    search = _Search(places, words, province, units)
    typed, named = search.after_type_words()
    district = district if district is not None else named
    if typed:
        return join([search.resolve(text, district) for text in typed])
    return search.bare(district)


def _words(text: str) -> list[_Word]:
    clean = nfc(text)
    if " " not in clean.strip():
        clean = _CAMEL.sub(" ", clean)  # a tab named "XaBinhThanh"
    found: list[_Word] = []
    end = 0
    for match in _WORD.finditer(clean):
        dotted = clean[match.end() : match.end() + 1] == "."
        found.append(_Word(match[0], fold(match[0]), dotted, clean[end : match.start()]))
        end = match.end()
    return found


class _Search:
    """One text being read for one province and list of units."""

    def __init__(self, places: Places, words: list[_Word], province: str | int | None, units: Units) -> None:
        self._places = places
        self._words = words
        self._province = province
        self._units = units

    def resolve(self, text: str, district: str | int | None) -> Resolution:
        """Resolve one cut-out name."""
        return self._places.resolve_exactly(text, province=self._province, units=self._units, district=district)

    def after_type_words(self) -> tuple[list[str], str | None]:
        """Return the names after a commune's type word, with that word, and the last district named."""
        communes: list[str] = []
        district: str | None = None
        at = 0
        while at < len(self._words):
            length, what = self._marker(at)
            start = at + length
            if what == "commune" and (end := self._longest(start, self._is_commune)) > start:
                communes.append(self._join(at, end))
                at = end
            elif what == "district" and (end := self._longest(start, self._is_district)) > start:
                district = self._join(at, end)
                at = end
            else:
                at += max(length, 1)
        return communes, district

    def bare(self, district: str | int | None) -> Resolution:
        """Read pieces without type words, small place before large: `Bình Trị - Bình Sơn`."""
        pieces = self._pieces()
        for number, (start, end) in enumerate(pieces):
            found = self._trimmed(start, end)
            if not found:
                continue
            rest = [self._join(*piece) for piece in pieces[number + 1 :]]
            for text in rest:
                if district is None and self._is_district(text):
                    district = text
            others = [text for text in rest if not self._is_district(text)]
            answers = [self.resolve(found, district), *(self.resolve(text, district) for text in others)]
            # "Đông Sơn, Bình Chánh" in a list of 2024: a hamlet that bears the name of a commune of today.
            return join([answer for answer in answers if not answer.other_list] or answers)
        return NONE

    def _marker(self, at: int) -> tuple[int, str]:
        """How many words at `at` are a type word, and of what."""
        one = self._words[at]
        if at + 1 < len(self._words) and not _STOP.search(self._words[at + 1].before):
            two = f"{one.folded} {self._words[at + 1].folded}"
            if two in _DISTRICT_WORDS:
                return 2, "district"
            if two in COMMUNE_TYPES:
                return 2, "commune"
        if is_type_word(one.text) or (one.folded in _SHORT and (one.dotted or len(one.text) > 1)):
            return 1, "commune"
        if one.folded in _DISTRICT_WORDS or (one.folded in _SHORT_DISTRICT and one.dotted):
            return 1, "district"
        return (1, "province") if one.folded in _PROVINCE_WORDS else (0, "")

    def _longest(self, start: int, known: Callable[[str], bool]) -> int:
        """The end of the longest run of words from `start` that `known` accepts; `start` if none."""
        end = start
        while end < len(self._words) and end - start < MAX_WORDS:
            if end > start and _STOP.search(self._words[end].before):
                break
            end += 1
        while end > start and not known(self._join(start, end)):
            end -= 1
        return end

    def _pieces(self) -> list[tuple[int, int]]:
        cuts = [0]
        for index, word in enumerate(self._words):
            if index and (_STOP.search(word.before) or re.search(r"[-–—_]", word.before)):
                cuts.append(index)
        cuts.append(len(self._words))
        pieces = list(pairwise(cuts))
        whole = (0, len(self._words))
        # "Chân Mây - Lăng Cô" is one name.
        return [whole] if self._trimmed(*whole) else pieces

    def _trimmed(self, start: int, end: int) -> str | None:
        """The longest part of a piece that is a commune's name with only list words and numbers around it."""
        for length in range(end - start, 0, -1):
            for first in range(start, end - length + 1):
                around = self._words[start:first] + self._words[first + length : end]
                if all(_is_noise(word) for word in around):
                    text = self._join(first, first + length)
                    if not text.isdigit() and self._is_commune(text):
                        return text
        return None

    def _join(self, start: int, end: int) -> str:
        return " ".join(word.text for word in self._words[start:end])

    def _is_commune(self, text: str) -> bool:
        return bool(self.resolve(text, None).readings)

    def _is_district(self, text: str) -> bool:
        return bool(self._districts(text))

    def _districts(self, text: str) -> tuple[District, ...]:
        return self._places.districts(text, self._province)


def _is_noise(word: _Word) -> bool:
    return word.folded in _NOISE or bool(_NOISE_SHAPE.match(word.folded))
