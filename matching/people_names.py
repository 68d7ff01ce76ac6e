"""The distinct names of a list, each cut once into comparable parts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columns import Bool, Int64, distinct, fold_many, hash_text
from matching.letters import KEPT_TABLE
from matching.names import honorifics
from matching.text import fold_keep_accents, place_tone
from matching.words import Tokens, cut, tokens_of, word_hashes

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
_SUSPECT = np.zeros(256, dtype=np.bool_)  # bytes without which a name needs no look
_SUSPECT[[*b"([{,;/-", *range(128, 256)]] = True
_KEPT_LINES = {**KEPT_TABLE, 10: "\n"}
_ODD_BLANKS = frozenset("\x1c\x1d\x1e\x1f\x85\u2028\u2029\r\v\f")
_LONE_Y = re.compile(r"^(h|k|l|m|s|t|qu)y$")


@dataclass(slots=True)
class Names:
    """Columns over distinct names. Hashes compare equal exactly when the texts do."""

    folded: npt.NDArray[Any]  # text without accents, titles and remarks; empty once the names have been compared
    exact: Int64  # hash of folded
    accented: Int64  # hash with accents; 0 where the name is written without any
    key: Int64  # hash after joining spellings: i/y, Huỳnh/Hoàng, Võ/Vũ, telex leftovers, H' forms
    bag: Int64  # hash of the words of the key in any order
    family: Int64
    middle: Int64
    given: Int64
    initial: npt.NDArray[np.uint8]  # first letter of the given name
    words: npt.NDArray[np.int8]
    short: Bool  # middle name missing or abbreviated, so the name may stand for longer ones
    female: Bool  # holds Thị
    turned: Bool  # seems to start with the given name

    def __len__(self) -> int:
        return len(self.key)

    def take(self, rows: Int64) -> Names:
        """Some of the names, in the order asked for."""
        return Names(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def without_texts(self) -> Names:
        """The same names by their numbers alone."""
        return replace(self, folded=self.folded[:0])

    @staticmethod
    def join(tables: list[Names]) -> Names:
        """Several tables one after the other (equal names may stand twice)."""
        return Names(**{f.name: np.concatenate([getattr(t, f.name) for t in tables]) for f in fields(Names)})


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
    cleaned = _cleaned(values)
    folded = fold_many(cleaned)
    raw, plain = cut(folded)
    spelt = [_plain_word(w) for w in raw.vocabulary]
    numbers = {w: i for i, w in enumerate(dict.fromkeys([*spelt, *_FAMILY_VARIANTS.values()]))}
    vocabulary = list(numbers)
    respelt = np.array([numbers[w] for w in spelt], dtype=np.int64)
    tokens = replace(raw, vocabulary=vocabulary, word=respelt[raw.word])
    odd = ~plain | _out_of_order(tokens)
    tokens.word[tokens.start[tokens.count > 0]] = _variants(numbers)[tokens.at(np.flatnonzero(tokens.count), 0)]
    names = Names(folded=np.array(folded, dtype=object), accented=_accented(cleaned), **_columns(raw, tokens))
    rows = np.flatnonzero(odd)
    if len(rows):
        texts = [folded[i] for i in rows.tolist()]
        one_by_one = _columns(tokens_of([t.split() for t in texts]), tokens_of([key_words(t) for t in texts]))
        for name, column in one_by_one.items():
            getattr(names, name)[rows] = column
    return names


def _out_of_order(tokens: Tokens) -> Bool:
    """Names whose key is not simply their words in order: `h bia nie`, `k so r`, `ng van tam`."""
    words = tokens.vocabulary
    upland = np.array([w in _UPLAND_FAMILY for w in words], dtype=np.bool_)
    special = np.array([w in ("h", "k", "ng") for w in words], dtype=np.bool_)
    out = np.zeros(len(tokens.count), dtype=np.bool_)
    several = np.flatnonzero(tokens.count > 1)
    first, last = tokens.at(several, 0), tokens.at(several, 0, from_end=True)
    out[several] = special[first] | (upland[last] & ~upland[first])
    return out


def _variants(numbers: dict[str, int]) -> Int64:
    """Word number → number of the family name it is read as."""
    out = np.arange(len(numbers), dtype=np.int64)
    for word, read_as in _FAMILY_VARIANTS.items():
        if word in numbers:
            out[numbers[word]] = numbers[read_as]
    return out


def _columns(raw: Tokens, key: Tokens) -> dict[str, npt.NDArray[Any]]:
    """The columns of names as written (`raw`) and as spelt for keys."""
    hashes = word_hashes(key.vocabulary)
    named = np.flatnonzero(key.count)
    family, given = np.zeros((2, len(key.count)), dtype=np.int64)
    family[named] = hashes[key.at(named, 0)].view(np.int64)
    given[named] = hashes[key.at(named, 0, from_end=True)].view(np.int64)
    initial = np.zeros(len(key.count), dtype=np.uint8)
    letters = np.array([ord(w[0]) & 0xFF for w in key.vocabulary], dtype=np.uint8)
    initial[named] = letters[key.at(named, 0, from_end=True)]
    initials = np.array([len(w) <= 2 and w != "y" and _VOWELS.isdisjoint(w) for w in key.vocabulary], dtype=np.bool_)
    frequent = np.array([w in _FREQUENT_FAMILY for w in key.vocabulary], dtype=np.bool_)
    turned = (key.count > 2) & key.any_at(frequent, 1, 0)  # tam nguyen van: no family name in front, one elsewhere
    turned[named] &= ~frequent[key.at(named, 0)]
    return {
        "exact": raw.chained(word_hashes(raw.vocabulary)),
        "key": key.chained(hashes),
        "bag": key.heaped(hashes),
        "family": family,
        "middle": key.chained(hashes, 1, 1),
        "given": given,
        "initial": initial,
        "words": np.minimum(key.count, 100).astype(np.int8),
        "short": (key.count == 2) | key.any_at(initials, 1, 1),  # no middle name, or one cut to its initials
        "female": raw.any_at(np.array([w == "thi" for w in raw.vocabulary], dtype=np.bool_), 1, 1),
        "turned": turned,
    }


def _cleaned(values: list[str]) -> list[str]:
    """Titles and remarks off, for the few names that show signs of any."""
    joined = "\n".join(values)
    if joined.count("\n") != max(len(values) - 1, 0):
        return [_clean(v) for v in values]
    data = np.frombuffer(joined.encode("utf-8", "surrogatepass"), dtype=np.uint8)
    suspect = np.flatnonzero(_SUSPECT[data])
    line = np.searchsorted(np.flatnonzero(data == 10), suspect)
    out = list(values)
    for at in distinct(line).tolist():
        out[at] = _clean(values[at])
    return out


def _clean(name: str) -> str:
    if name.isascii():
        return honorifics(name)[0] if _PUNCTUATION.search(name) else name
    return honorifics(name)[0] if _NEEDS_CLEANING.search(name) else name


def _accented(values: list[str]) -> Int64:
    hashes = np.zeros(len(values), dtype=np.int64)
    marked = [i for i, v in enumerate(values) if not v.isascii()]
    if marked:
        hashes[marked] = hash_text(_kept_many([values[i] for i in marked]))
    return hashes


def _kept_many(values: list[str]) -> list[str]:
    """`fold_keep_accents` of many values, each distinct word looked at once."""
    joined = "\n".join(values)
    if joined.count("\n") != len(values) - 1 or not _ODD_BLANKS.isdisjoint(joined):
        return [fold_keep_accents(v) for v in values]
    text = unicodedata.normalize("NFC", joined).translate(_KEPT_LINES).lower()
    words = text.replace("\n", " \n ").split(" ")
    placed = {w: place_tone(w) for w in set(words)}
    placed["\n"] = "\n"
    return _lines([placed[w] for w in words if w])


def _lines(words: list[str]) -> list[str]:
    """Words and line ends → lines with single blanks."""
    return " ".join(words).replace(" \n ", "\n").replace(" \n", "\n").replace("\n ", "\n").split("\n")
