"""The distinct names of a list, each cut once into comparable parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columns import Bool, Int64, fold_many, hash_text
from matching.names import honorifics
from matching.text import fold_keep_accents

_NEEDS_CLEANING = re.compile(
    r"[(\[{,;–—/]|\s-|^\s*(?:ông|bà|cụ|bác|chú|cô|dì|cậu|anh|chị|em|cháu|bé|ô\.|b\.|mẹ|mvnah|liệt|thương binh)[\s.:]"
    r"|\b(?:tức|thường gọi|bí danh|còn gọi)\b",
    re.IGNORECASE,
)
_FAMILY_VARIANTS = {"huynh": "hoang", "vo": "vu", "huinh": "hoang"}
_UPLAND_TEXT = "nie ksor mlo ayun kpa nay rcom siu eban bya rmah hdok kbuor hwing bkrong kdoh puih kpuih ktla bdap"
_UPLAND_FAMILY = frozenset(_UPLAND_TEXT.split())
_TELEX = (("uw", "u"), ("ow", "o"), ("aw", "a"))
_FREQUENT_FAMILY = frozenset(
    [
        "nguyen",
        "tran",
        "le",
        "pham",
        "hoang",
        "phan",
        "vu",
        "dang",
        "bui",
        "do",
        "ho",
        "ngo",
        "duong",
        "li",
        "dinh",
        "truong",
        "doan",
        "dao",
        "lam",
        "luong",
        "cao",
        "chau",
        "ta",
    ]
)
_VOWELS = frozenset("aeiouy")
_PUNCTUATION = re.compile(r"[(\[{,;/]|\s-")
_DOUBLED = re.compile(r"([a-z])\1")  # no Vietnamese name doubles a letter: aa, dd are telex, nn a slip
_TELEX_SHAPE = re.compile(r"aa|ee|oo|dd|uw|ow|aw")
_FINAL_TONE = re.compile(r"(?<=[a-z][a-z])[fjxz]$")  # no Vietnamese syllable ends so
_FINAL_TONE_AFTER_SHAPE = re.compile(r"(?<=[a-z][a-z])[sfrxjz]$")  # Ksor ends in r, Nguyeenr does not
_LONE_Y = re.compile(r"^(h|k|l|m|s|t|qu)y$")


@dataclass(slots=True)
class Names:
    """Columns over distinct names. Hashes compare equal exactly when the texts do."""

    folded: list[str]  # without accents, titles and remarks
    exact: Int64  # hash of folded
    accented: Int64  # hash with accents; 0 where the name is written without any
    key: Int64  # hash after joining spellings: i/y, Huỳnh/Hoàng, Võ/Vũ, telex leftovers, H' forms
    bag: Int64  # hash of the sorted words of the key
    family: Int64
    middle: Int64
    given: Int64
    words: npt.NDArray[np.int8]
    short: Bool  # middle name missing or abbreviated, so the name may stand for longer ones
    female: Bool  # holds Thị
    turned: Bool  # seems to start with the given name
    parts: list[tuple[str, ...]]  # words of the key, family first, given last

    def take(self, rows: Int64) -> Names:
        """Some of the names, in the order asked for."""
        picked = rows.tolist()
        chosen: dict[str, Any] = {}
        for field in fields(self):
            column = getattr(self, field.name)
            chosen[field.name] = [column[i] for i in picked] if isinstance(column, list) else column[rows]
        return Names(**chosen)

    @staticmethod
    def join(tables: list[Names]) -> Names:
        """Several tables one after the other (equal names may stand twice)."""
        joined: dict[str, Any] = {}
        for field in fields(Names):
            columns = [getattr(t, field.name) for t in tables]
            lists = isinstance(columns[0], list)
            joined[field.name] = list(chain.from_iterable(columns)) if lists else np.concatenate(columns)
        return Names(**joined)


@lru_cache(maxsize=65536)
def _plain_word(word: str) -> str:
    """One folded word brought to the spelling that keys use (few distinct words, so cached)."""
    word = (_FINAL_TONE_AFTER_SHAPE if _TELEX_SHAPE.search(word) else _FINAL_TONE).sub("", word)
    word = _DOUBLED.sub(r"\1", word)
    for keys, letter in _TELEX:
        if keys in word:
            word = word.replace(keys, letter)
    return _LONE_Y.sub(r"\1i", word)


def key_words(folded: str) -> tuple[str, ...]:
    """Words of a folded name in key order: family, middle names, given.

    `h bia nie` → (nie, hbia): Ê Đê and Gia Rai put the family name last.
    """
    words = [_plain_word(w) for w in folded.split()]
    if len(words) >= 3 and words[0] in ("h", "k") and len(words[1]) > 1:
        words = [words[0] + words[1], *words[2:]]
    if len(words) >= 2 and words[-1] in _UPLAND_FAMILY and words[0] not in _UPLAND_FAMILY:
        words = [words[-1], *words[:-1]]
    if len(words) > 1 and words[0] == "ng":  # Ng. Văn Tám
        words[0] = "nguyen"
    if words and words[0] in _FAMILY_VARIANTS:
        words[0] = _FAMILY_VARIANTS[words[0]]
    return tuple(words)


def read_names(values: list[str]) -> Names:
    """Distinct raw names → parts."""
    cleaned = [_clean(v) for v in values]
    folded = fold_many(cleaned)
    parts = [key_words(f) for f in folded]
    return Names(
        folded=folded,
        exact=hash_text(folded),
        accented=_accented(cleaned),
        key=hash_text([" ".join(p) for p in parts]),
        bag=hash_text([" ".join(sorted(p)) for p in parts]),
        family=hash_text([p[0] if p else "" for p in parts]),
        middle=hash_text([" ".join(p[1:-1]) for p in parts]),
        given=hash_text([p[-1] if p else "" for p in parts]),
        words=np.array([min(len(p), 100) for p in parts], dtype=np.int8),
        short=np.array([_short(p) for p in parts], dtype=np.bool_),
        female=np.array([" thi " in f for f in folded], dtype=np.bool_),
        turned=np.array([_turned(p) for p in parts], dtype=np.bool_),
        parts=parts,
    )


def _turned(parts: tuple[str, ...]) -> bool:
    """`tam nguyen van`, `tam van nguyen`: a family name stands elsewhere than in front."""
    return len(parts) > 2 and parts[0] not in _FREQUENT_FAMILY and not _FREQUENT_FAMILY.isdisjoint(parts[1:])


def _short(parts: tuple[str, ...]) -> bool:
    """No middle name, or one cut to its initials (`th`, `v`)."""
    if len(parts) <= 2:
        return len(parts) == 2
    return any(len(w) <= 2 and w != "y" and _VOWELS.isdisjoint(w) for w in parts[1:-1])


def _clean(name: str) -> str:
    """Titles and remarks off, for the few names that show signs of any."""
    if name.isascii():
        return honorifics(name)[0] if _PUNCTUATION.search(name) else name
    return honorifics(name)[0] if _NEEDS_CLEANING.search(name) else name


def _accented(values: list[str]) -> Int64:
    hashes = np.zeros(len(values), dtype=np.int64)
    marked = [i for i, v in enumerate(values) if not v.isascii()]
    if marked:
        hashes[marked] = hash_text([fold_keep_accents(values[i]) for i in marked])
    return hashes
