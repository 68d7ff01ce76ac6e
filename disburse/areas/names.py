"""How a place name is compared: its type word cut off, one spelling of it with accents and one without."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from matching.text import fold, fold_keep_accents, nfc, sort_key

COMMUNE_TYPES = {"xa": "Xã", "phuong": "Phường", "thi tran": "Thị trấn", "dac khu": "Đặc khu"}
# 52 communes are called Phương …, Phượng … or Xà …: with accents only these spellings are the type word.
_TYPE_SPELLINGS = {"xã", "xa", "phường", "phuong", "phừơng", "phuờng", "phưòng"}
# Saigon writes "F.1" for Phường 1. A lone letter is a type only before a dot, a digit or a blank.
_SHORT_TYPES = {"x": "Xã", "p": "Phường", "f": "Phường", "tt": "Thị trấn", "ttr": "Thị trấn", "dk": "Đặc khu"}
_DISTRICT_TYPES = frozenset({"huyen", "quan", "thi xa", "thanh pho", "h", "q", "tx", "tp"})
_OFFICE = re.compile(
    r"^\s*(?:u\.?b\.?n\.?d|(?:ủy|uỷ|uy)\s+ban\s+nhân\s+dân|uy\s+ban\s+nhan\s+dan)\b\.?\s*", re.IGNORECASE
)
_FIRST = re.compile(r"\s*([^\W\d_]+)(\.?)\s*")
_LEADING_ZEROS = re.compile(r"\b0+(?=\d)")
# Mỹ/Mĩ, Kỳ/Kì, Lý/Lí, Quý/Quí: one sound, both spellings in use; no two places differ by it alone.
_LONE_Y = re.compile(r"\b(h|k|l|m|s|t|qu)([yỳýỷỹỵ])\b")
_Y_TO_I = str.maketrans("yỳýỷỹỵ", "iìíỉĩị")
# Đắk, Đăk and Đắc (Lắk, Lăk, Lắc) name one and the same place in lists from the highlands.
_HIGHLAND = re.compile(r"\b(d|l)ac\b")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_LAST_ROMAN = re.compile(r"\b(i{1,3}|iv|v)$")  # Mỹ Đình I = Mỹ Đình 1; no place name ends in a word of its own I or V


@dataclass(slots=True, frozen=True)
class PlaceName:
    """A written commune name, ready to be looked up.

    `type` is the type word found ("Xã", "Phường", "Thị trấn", "Đặc khu") or None; `accented` and `folded` are
    the rest, without blanks, `plain` is the rest as the packaged older names are written (accents off);
    `has_accents` says whether the whole text shows any Vietnamese letter: a text without one
    ("XA BA TO") says nothing about accents. `is_one_word`: the rest has no blank ("BinhTri").
    """

    type: str | None
    accented: str
    folded: str
    plain: str
    has_accents: bool
    is_one_word: bool


def place_sort_key(bare: str) -> str:
    """Places sort by their first word, people by their last: the same letters, words in order.

    `bare` is the name without its type word; hyphens and apostrophes count as blanks.
    """
    return "0".join(sort_key(word) for word in bare.replace("-", " ").replace("'", " ").split())


def accented_key(text: str) -> str:
    """Lower case, one tone placement, i for y where both are written, no blanks: `Mỹ Hoà` → `mĩhòa`."""
    plain = _LAST_ROMAN.sub(lambda m: _ROMAN[m[1]], _LEADING_ZEROS.sub("", fold_keep_accents(text)))
    return _LONE_Y.sub(lambda m: m[1] + m[2].translate(_Y_TO_I), plain).replace(" ", "")


def folded_key(text: str) -> str:
    """The same without accents: `Mỹ Hoà` → `mihoa`; `Đắk Hà`, `Đăk Hà`, `Đắc Hà` → `dakha`; `01` → `1`."""
    plain = _LAST_ROMAN.sub(lambda m: _ROMAN[m[1]], _LEADING_ZEROS.sub("", fold(text)))
    plain = _LONE_Y.sub(r"\1i", plain)
    return _HIGHLAND.sub(r"\1ak", plain).replace(" ", "")


@lru_cache(maxsize=32768)
def read_name(text: str, *, with_type: bool = True) -> PlaceName:
    """Cut an office ("UBND") and the type word off a commune name and make its keys.

    `with_type=False` takes the first word as part of the name: "PHUONG MAI" may be Phương Mai.
    """
    clean = _OFFICE.sub("", nfc(text))
    kind, rest = split_type(clean) if with_type else (None, clean)
    plain = fold(rest).replace(" ", "")
    one_word = len(rest.split()) == 1
    return PlaceName(kind, accented_key(rest), folded_key(rest), plain, not nfc(text).isascii(), one_word)


def split_type(text: str) -> tuple[str | None, str]:
    """The type word at the start, if something follows it, and the rest: `X. Bình Trị` → Xã, `Bình Trị`."""
    first = _FIRST.match(text)
    if not first:
        return None, text
    word, rest = fold(first[1]), text[first.end() :]
    second = _FIRST.match(rest)
    if second and (kind := COMMUNE_TYPES.get(f"{word} {fold(second[1])}")) and rest[second.end() :].strip():
        return kind, rest[second.end() :]
    kind = COMMUNE_TYPES.get(word) if is_type_word(first[1]) else _SHORT_TYPES.get(word)
    if kind is None or not rest.strip(" .:"):
        return None, text
    if len(word) == 1 and not (first[2] or rest[0].isdigit()) and not text[: first.end()].endswith(" "):
        return None, text
    return kind, rest.lstrip(" .:")


def is_type_word(word: str) -> bool:
    """Is this word the type of a commune? `Xã`, `XA`, `phường` are; `Xà` (Xà Phiên) and `Phương` are not."""
    return nfc(word).lower() in _TYPE_SPELLINGS


def district_key(text: str) -> str:
    """A district's name without type word and accents: `H. Bình Sơn`, `BÌNH SƠN` → `binhson`; `Q.1` → `1`."""
    words = re.findall(r"[^\W\d_]+|\d+", fold(text))
    for length in (2, 1):
        if len(words) > length and " ".join(words[:length]) in _DISTRICT_TYPES:
            words = words[length:]
            break
    return folded_key(" ".join(words))


def province_key(text: str) -> str:
    """A province's name without `tỉnh`, `thành phố`, `TP.` and accents: `TP. Hồ Chí Minh` → `hochiminh`."""
    plain = re.sub(r"^(?:tinh|thanh pho|tp|t)\b\s*(?=\S)", "", fold(_OFFICE.sub("", nfc(text))))
    return folded_key(plain)


def code_of(value: str | int | float | None, digits: int) -> str | None:
    """A code cell as text with its lost zeros: 1000 → `01000`, `21061.0` → `21061`; None if it is no code."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value).strip().strip("'’")
    text = text[:-2] if text.endswith(".0") else text
    if not text.isascii() or not text.isdigit() or len(text) > digits:
        return None
    return text.zfill(digits)
