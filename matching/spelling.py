"""How two names compare: by the hashes of their parts, then, where those differ, letter by letter."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from matching.columns import Bool, Int64, numbered, ranks
from matching.levels import CODE
from matching.people_names import Letters, Names

Level = npt.NDArray[np.int8]
_FAR = 2  # letters that a slip of the pen may change


def alike(x: Names, y: Names, a: Int64, b: Int64) -> Level:
    """Most pairs met by their names, so each further question is asked of those that did not answer the last."""
    code = CODE["name"]
    level = np.full(len(a), code["exact"], dtype=np.int8)
    left = np.flatnonzero(x.exact[a] != y.exact[b])
    level[left] = code["variant"]
    left = left[x.key[a[left]] != y.key[b[left]]]
    level[left] = code["reordered"]
    left = left[x.bag[a[left]] != y.bag[b[left]]]
    if len(left):
        level[left] = _unlike(x, y, a[left], b[left])
    if not (x.words.all() and y.words.all()):
        level[(x.words[a] == 0) | (y.words[b] == 0)] = code["unknown"]
    return level


def _unlike(x: Names, y: Names, a: Int64, b: Int64) -> Level:
    """Which parts differ, and whether a word left out or a slip of the pen explains it."""
    code = CODE["name"]
    family = x.family[a] == y.family[b]
    given = x.given[a] == y.given[b]
    middle = x.middle[a] == y.middle[b]
    level = np.full(len(a), code["different"], dtype=np.int8)
    level[given & ~family] = code["family_differs"]
    level[family & middle & ~given] = code["given_differs"]
    level[family & given] = code["middle_differs"]
    short = np.flatnonzero(level == code["middle_differs"])
    level[short[_left_out(x, y, a[short], b[short])]] = code["middle_missing"]
    close = np.flatnonzero(_may_be_close(x.letters[a], y.letters[b]))
    level[close] = _slips(x, y, a[close], b[close], level[close])
    return level


def _may_be_close(one: Letters, other: Letters) -> Bool:
    """Each slip brings at most one letter and takes at most one: three of four pairs are too far apart at a glance."""
    return np.asarray((np.bitwise_count(one & ~other) <= _FAR) & (np.bitwise_count(other & ~one) <= _FAR))


def _slips(x: Names, y: Names, a: Int64, b: Int64, level: Level) -> Level:
    """Typing errors, looked for once per distinct pair of names."""
    inverse, pairs = numbered((a << np.int64(32)) + b)
    base = np.zeros(len(pairs), dtype=np.int8)
    base[inverse] = level
    code = CODE["name"]
    keys_a, length_a = _keys(x, pairs >> np.int64(32))
    keys_b, length_b = _keys(y, pairs & np.int64(0xFFFFFFFF))
    distance = cpdist(keys_a, keys_b, scorer=OSA.distance, score_cutoff=_FAR, dtype=np.uint8)
    length = np.minimum(length_a, length_b)
    close = (distance <= 1) | ((distance == _FAR) & (length >= 14) & (base != code["given_differs"]))
    typo_given = close & ((base == code["given_differs"]) | (base == code["different"]))
    typo = close & ((base == code["middle_differs"]) | (base == code["family_differs"]))
    base[typo_given] = code["typo_given"]
    base[typo] = code["typo"]
    return np.asarray(base[inverse], dtype=np.int8)


def _keys(names: Names, wanted: Int64) -> tuple[npt.NDArray[Any], Int64]:
    """The names as their keys spell them, and how long they are; each distinct one made once."""
    used, at = ranks(wanted, len(names))
    texts = names.spelt.take(used).texts().strings()
    return texts[at], np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))[at]


def _left_out(x: Names, y: Names, a: Int64, b: Int64) -> Bool:
    """Is one middle name of each pair the other with words left out? Asked once per two middle names."""
    (one, words_x), (two, words_y) = _middles(x, a), _middles(y, b)
    back, pairs = numbered(one * len(words_y) + two)
    left, right = np.divmod(pairs, max(len(words_y), 1))
    said = [_middle_left_out(words_x[i], words_y[j]) for i, j in zip(left.tolist(), right.tolist(), strict=True)]
    return np.array(said, dtype=np.bool_)[back]


def _middles(names: Names, wanted: Int64) -> tuple[Int64, list[tuple[str, ...]]]:
    """The number of each name's middle name, and the words of the middle names."""
    number, middles = numbered(names.middle[wanted])
    example = np.zeros(len(middles), dtype=np.int64)
    example[number] = wanted
    return number, [tuple(text.split(" ")[1:-1]) for text in names.spelt.take(example).texts().tolist()]


@lru_cache(maxsize=100_000)  # four of five questions of a slice were asked by one before
def _middle_left_out(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Is one middle name the other with words left out or cut to initials? (thi, thi kim) (v, van) ((), van)."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    at = 0
    for word in few:
        while at < len(many) and not (many[at] == word or _initial(word, many[at])):
            at += 1
        if at == len(many):
            return False
        at += 1
    return True


def _initial(one: str, other: str) -> bool:
    few, many = sorted((one, other), key=len)
    return len(few) <= 2 and len(few) < len(many) and many.startswith(few)
