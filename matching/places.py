"""Does an address name the commune of the roster row? Through the caller's table of communes, old and new."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matching.columns import Int64, Text, fold_many, hash_text, text_values

if TYPE_CHECKING:
    from matching.columns import Frame

_TYPES = re.compile(r"^(?:x|xa|p|phuong|tt|thi tran|dac khu)\s+")
_ABOVE = re.compile(r"^(?:h|huyen|q|quan|tx|thi xa|tp|thanh pho|t|tinh)\s+")
_HAMLET = re.compile(r"^(?:thon|to|khu|khom|ap|ban|xom|lang|buon|doi|kdc|tdp|so)\b")
_MAX_WORDS = 4
_DENSE = 1 << 25  # names × places of a table of bytes; all communes of the country, old and new, are 3.4 × 10⁷


@dataclass(slots=True)
class Gazetteer:
    """Commune names (folded, without type word) → today's codes, and any code → today's codes."""

    names: dict[str, int]  # folded name → name number
    links: Int64  # sorted name number * 2**20 + place number
    codes: dict[str, int]  # commune code (old or new) → place number of today's commune
    bare: dict[str, int]  # code of a commune that two vintages share → second place number
    today: tuple[str, ...] = ()  # place number → today's code
    table: npt.NDArray[np.bool_] | None = None  # name number × place number, made when first asked

    def keys(self) -> Int64:
        """A number for each place, the same in every run and table; the last, 0, is for −1."""
        return np.append(hash_text(list(self.today)), 0).astype(np.int64)

    def place_of(self, name: Int64) -> Int64:
        """The first place each name number means, −1 for none."""
        meant = np.full(len(self.names) + 1, -1, dtype=np.int64)
        meant[(self.links >> 20)[::-1]] = (self.links & ((1 << 20) - 1))[::-1]
        return meant[name]

    def _meanings(self) -> npt.NDArray[np.bool_]:
        if self.table is None:
            self.table = np.zeros((len(self.names) + 1, len(self.today) + 1), dtype=np.bool_)
            self.table[self.links >> 20, self.links & ((1 << 20) - 1)] = True
        return self.table

    def agrees(self, name: Int64, place: Int64) -> npt.NDArray[np.bool_]:
        """Does this address name (−1 none) mean this place (−1 unknown)?"""
        if not len(self.links):
            return np.zeros(len(name), dtype=np.bool_)
        if len(self.names) * len(self.today) <= _DENSE:  # one look at a small table instead of a search
            return np.asarray(self._meanings()[name, place])  # −1 is the last row or column, which nothing means
        wanted = (name << np.int64(20)) + place
        at = np.minimum(np.searchsorted(self.links, wanted), len(self.links) - 1)
        return np.asarray((self.links[at] == wanted) & (name >= 0) & (place >= 0))


def bare_name(folded: str) -> str:
    """`xa binh chau` → `binh chau`; numbered wards keep their number as `phuong 3`."""
    bare = _TYPES.sub("", folded)
    return folded if bare.isdigit() else bare


_last: list[tuple[Any, Gazetteer]] = []  # runs over a few rows ask with one and the same frame again


def gazetteer(places: Frame | None) -> Gazetteer:
    """Read the caller's table: `code, valid_from, name, today_code` (other columns are ignored).

    The frame asked with last is not read again: it must not have been changed in place.
    """
    if places is None or not len(places):
        return Gazetteer({}, np.zeros(0, dtype=np.int64), {}, {})
    for known, table in _last:
        if known is places:
            return table
    _last[:] = [(places, _read(places))]
    return _last[0][1]


def _read(places: Frame) -> Gazetteer:
    today = text_values(places, "today_code").strings().tolist()
    number = {code: i for i, code in enumerate(dict.fromkeys(today))}
    names: dict[str, int] = {}
    links: set[int] = set()
    codes: dict[str, int] = {}
    second: dict[str, int] = {}
    folded = fold_many(text_values(places, "name").strings().tolist())
    for name, code, now in zip(folded, text_values(places, "code").strings().tolist(), today, strict=True):
        if not now:
            continue
        links.add((names.setdefault(bare_name(name), len(names)) << 20) + number[now])
        if codes.setdefault(code, number[now]) != number[now]:
            second[code] = number[now]
    return Gazetteer(names, np.array(sorted(links), dtype=np.int64), codes, second, tuple(number))


@dataclass(slots=True)
class Addresses:
    """What addresses say, row by row: up to two commune names (−1 none) and a hash of the hamlet (0 none)."""

    first: Int64
    second: Int64
    hamlet: Int64

    def at(self, rows: Int64) -> Addresses:
        """Some of the rows."""
        return Addresses(self.first[rows], self.second[rows], self.hamlet[rows])


def read_addresses(addresses: Text, table: Gazetteer) -> Addresses:
    """Every distinct segment between commas is looked at once; free text is searched for known names."""
    codes, values = addresses.distinct()
    split = [v.split(",") if "," in v else [v] for v in values]
    whole = {parts[0] for parts in split if len(parts) == 1}
    segments = {s: i for i, s in enumerate(dict.fromkeys(s for parts in split for s in parts))}
    folded = fold_many(list(segments))
    found = [_commune_in(f, table.names, s in whole) for f, s in zip(folded, segments, strict=True)]
    hamlets = hash_text([_hamlet(f) for f in folded])
    empty = hash_text([""])[0]
    out = np.full((len(values) + 1, 3), -1, dtype=np.int64)
    for row, parts in enumerate(split):
        hits = [h for s in parts for h in found[segments[s]]][:2]
        out[row, : len(hits)] = hits
        first = hamlets[segments[parts[0]]]
        out[row, 2] = 0 if first == empty else first
    return Addresses(out[codes, 0], out[codes, 1], out[codes, 2])


def _hamlet(folded: str) -> str:
    return folded if _HAMLET.match(folded) else ""


def _commune_in(folded: str, names: dict[str, int], alone: bool) -> tuple[int, ...]:
    """Name numbers of the communes a segment holds, leftmost first; `alone`: it is the whole address."""
    if not folded or _ABOVE.match(folded):
        return ()
    if (number := names.get(bare_name(folded))) is not None:
        return (number,)
    words = folded.split()
    if len(words) < 3 or (_HAMLET.match(folded) and not alone):  # Thôn An Khánh is no commune of that name
        return ()
    return _scan(words, names)


def _scan(words: list[str], names: dict[str, int]) -> tuple[int, ...]:
    """Known names inside running text, the longest at each place; what stands after `huyen` is a district."""
    found: list[int] = []
    at = 0
    while at < len(words):
        for size in range(min(_MAX_WORDS, len(words) - at), 1, -1):
            number = names.get(" ".join(words[at : at + size]))
            if number is not None and (at == 0 or words[at - 1] not in ("huyen", "h", "quan", "tinh", "t", "tp")):
                found.append(number)
                at += size - 1
                break
        at += 1
    return tuple(found)


def commune_keys(commune: Text, table: Gazetteer) -> Int64:
    """A number for today's commune of each roster row, the same in every run; 0 where unknown."""
    return table.keys()[place_numbers(commune, table)[0]]


def place_numbers(commune: Text, table: Gazetteer) -> tuple[Int64, Int64]:
    """Roster commune codes → (place of today, second reading of a code that two vintages share), −1 unknown."""
    codes, values = commune.distinct()
    first = np.array([*(table.codes.get(v, -1) for v in values), -1], dtype=np.int64)
    second = np.array([*(table.bare.get(v, -1) for v in values), -1], dtype=np.int64)
    return first[codes], second[codes]
