"""The distinct names of a list, each cut once into comparable parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columns import Bool, Int64, Text
from matching.names import honorifics
from matching.text import fold, fold_keep_accents
from matching.words import Tokens, cut, tokens_of, word_hashes

_TITLES = r"ông|bà|cụ|bác|chú|cô|dì|cậu|anh|chị|em|cháu|bé|ô\.|b\.|mẹ|mvnah|liệt|thương"
_NEEDS_CLEANING = re.compile(
    rf"[(\[{{,;–—/]|\s-|^\s*(?:{_TITLES} binh)[\s.:]|\b(?:tức|thường gọi|bí danh|còn gọi)\b", re.IGNORECASE
)
_SIGN = re.compile(r"[(\[{,;–—/-]|tức|gọi|danh", re.IGNORECASE)  # no word of a name that needs no cleaning bears one
_TITLE_FIRST = re.compile(rf"\s*(?:{_TITLES})(?:[\s.:]|$)", re.IGNORECASE)
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

Letters = npt.NDArray[np.uint64]


@dataclass(slots=True)
class Names:
    """Columns over distinct names. Hashes compare equal exactly when the texts do."""

    spelt: Tokens  # the words of the key; none once the names have been compared
    exact: Int64  # hash of the name without accents, titles and remarks
    accented: Int64  # hash with accents; 0 where the name is written without any
    key: Int64  # hash after joining spellings: i/y, Huỳnh/Hoàng, Võ/Vũ, telex leftovers, H' forms
    bag: Int64  # hash of the words of the key in any order
    family: Int64
    middle: Int64
    given: Int64
    letters: Letters  # of the key, see `Tokens.letters`
    initial: npt.NDArray[np.uint8]  # first letter of the given name
    words: npt.NDArray[np.int8]
    short: Bool  # middle name missing or abbreviated, so the name may stand for longer ones
    female: Bool  # holds Thị
    turned: Bool  # seems to start with the given name

    def __len__(self) -> int:
        return len(self.key)

    def take(self, rows: Int64) -> Names:
        """Some of the names, in the order asked for."""
        columns = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return Names(spelt=self.spelt.take(rows), **columns)

    def without_texts(self) -> Names:
        """The same names by their numbers alone."""
        return replace(self, spelt=tokens_of([]))

    @staticmethod
    def join(tables: list[Names]) -> Names:
        """Several tables one after the other (equal names may stand twice)."""
        columns = {name: np.concatenate([getattr(t, name) for t in tables]) for name in _COLUMNS}
        return Names(spelt=Tokens.join([t.spelt for t in tables]), **columns)


_COLUMNS = tuple(f.name for f in fields(Names) if f.name != "spelt")


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


def read_names(values: Text) -> Names:
    """Distinct raw names → parts."""
    written = cut(values)
    rows, cleaned = _cleaned(values, written)
    written = written.replaced(rows, cut(Text.of(cleaned)))
    bare = written.respelt(lambda word: fold(word).split())
    spelt = _spelt(bare)
    kept = written.respelt(lambda word: fold_keep_accents(word).split())
    marked = written.any_at(_flags(written, lambda word: not word.isascii()), 0, 0)
    accented = np.where(marked, kept.chained(word_hashes(kept.vocabulary)), 0)
    return Names(spelt=spelt, accented=accented, **_columns(bare, spelt))


def _flags(tokens: Tokens, says: Callable[[str], object]) -> Bool:
    return np.array([bool(says(word)) for word in tokens.vocabulary], dtype=np.bool_)


def _spelt(bare: Tokens) -> Tokens:
    """The words of the keys: each as keys spell it, and those of a few names in another order."""
    tokens = bare.respelt(lambda word: [_plain_word(word)])
    odd = np.flatnonzero(_out_of_order(tokens))
    first = np.flatnonzero(tokens.count)
    numbers = {word: number for number, word in enumerate(tokens.vocabulary)}
    vocabulary = [*tokens.vocabulary, *(v for v in _FAMILY_VARIANTS.values() if v not in numbers)]
    numbers = {word: number for number, word in enumerate(vocabulary)}
    read_as = np.array([numbers[_FAMILY_VARIANTS.get(word, word)] for word in vocabulary], dtype=np.int64)
    word = tokens.word.copy()
    word[tokens.start[first]] = read_as[tokens.at(first, 0)]
    one_by_one = tokens_of([key_words(text) for text in bare.take(odd).texts().tolist()])
    return Tokens(vocabulary, word, tokens.start, tokens.count).replaced(odd, one_by_one)


def _out_of_order(tokens: Tokens) -> Bool:
    """Names whose key is not simply their words in order: `h bia nie`, `k so r`, `ng van tam`."""
    upland = _flags(tokens, _UPLAND_FAMILY.__contains__)
    special = _flags(tokens, ("h", "k", "ng").__contains__)
    out = np.zeros(len(tokens.count), dtype=np.bool_)
    several = np.flatnonzero(tokens.count > 1)
    first, last = tokens.at(several, 0), tokens.at(several, 0, from_end=True)
    out[several] = special[first] | (upland[last] & ~upland[first])
    return out


def _columns(bare: Tokens, key: Tokens) -> dict[str, npt.NDArray[Any]]:
    """The columns of names as written (`bare`) and as spelt for keys."""
    hashes = word_hashes(key.vocabulary)
    named = np.flatnonzero(key.count)
    family, given = np.zeros((2, len(key.count)), dtype=np.int64)
    family[named] = hashes[key.at(named, 0)].view(np.int64)
    given[named] = hashes[key.at(named, 0, from_end=True)].view(np.int64)
    initial = np.zeros(len(key.count), dtype=np.uint8)
    letters = np.array([ord(w[0]) & 0xFF for w in key.vocabulary], dtype=np.uint8)
    initial[named] = letters[key.at(named, 0, from_end=True)]
    initials = _flags(key, lambda w: len(w) <= 2 and w != "y" and _VOWELS.isdisjoint(w))
    frequent = _flags(key, _FREQUENT_FAMILY.__contains__)
    turned = (key.count > 2) & key.any_at(frequent, 1, 0)  # tam nguyen van: no family name in front, one elsewhere
    turned[named] &= ~frequent[key.at(named, 0)]
    return {
        "exact": bare.chained(word_hashes(bare.vocabulary)),
        "key": key.chained(hashes),
        "bag": key.heaped(hashes),
        "family": family,
        "middle": key.chained(hashes, 1, 1),
        "given": given,
        "letters": key.letters(),
        "initial": initial,
        "words": np.minimum(key.count, 100).astype(np.int8),
        "short": (key.count == 2) | key.any_at(initials, 1, 1),  # no middle name, or one cut to its initials
        "female": bare.any_at(_flags(bare, "thi".__eq__), 1, 1),
        "turned": turned,
    }


def _cleaned(values: Text, written: Tokens) -> tuple[Int64, list[str]]:
    """The names that bear titles or remarks, and what is left of them."""
    suspect = written.any_at(_flags(written, _SIGN.search), 0, 0)
    named = np.flatnonzero(written.count)
    suspect[named] |= _flags(written, _TITLE_FIRST.match)[written.at(named, 0)]
    rows = np.flatnonzero(suspect)
    texts = values.take(rows).tolist()
    return rows, [_clean(text) for text in texts]


def _clean(name: str) -> str:
    if name.isascii():
        return honorifics(name)[0] if _PUNCTUATION.search(name) else name
    return honorifics(name)[0] if _NEEDS_CLEANING.search(name) else name
