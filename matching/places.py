"""Does an address name the commune of the roster row? Through the caller's table of communes, old and new."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matching.columns import Int64, Text, fold_many, hash_text, numbered, text_values

if TYPE_CHECKING:
    from matching.columns import Frame

_TYPES = re.compile(r"^(?:x|xa|p|phuong|tt|thi tran|dac khu)\s+")
_ABOVE = re.compile(r"^(?:h|huyen|q|quan|tx|thi xa|tp|thanh pho|t|tinh)\s+")
_HAMLET = re.compile(r"^(?:thon|to|khu|khom|ap|ban|xom|lang|buon|doi|kdc|tdp|so)\b")
_DISTRICT = frozenset(("huyen", "h", "quan", "tinh", "t", "tp"))
_COMMA = ord(",")
_MAX_WORDS = 4
_REMEMBERED = 200_000  # segments of addresses
Starts = dict[tuple[str, str], list[tuple[list[str], int]]]  # first two words of a name → its other words, its number
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
    _keys: Int64 | None = None
    _starts: Starts | None = None
    _told: dict[tuple[str, bool], tuple[int, int, int]] = field(default_factory=dict)

    def keys(self) -> Int64:
        """A number for each place, the same in every run and table; the last, 0, is for −1."""
        if self._keys is None:
            self._keys = np.append(hash_text(list(self.today)), 0).astype(np.int64)
        return self._keys

    def starts(self) -> Starts:
        """The names of two to four words by their first two, longest first."""
        if self._starts is not None:
            return self._starts
        found: Starts = {}
        for name, number in sorted(self.names.items(), key=lambda item: -item[0].count(" ")):
            words = name.split(" ")
            if 2 <= len(words) <= _MAX_WORDS:
                found.setdefault((words[0], words[1]), []).append((words[2:], number))
        self._starts = found
        return found

    def told(self, segments: list[str], alone: list[bool]) -> list[tuple[int, int, int]]:
        """What each segment of an address says: up to two commune names (−1 none), and a hash of the hamlet (0 none).

        `alone`: the segment is the whole address. Slices repeat each other's segments, so they are remembered.
        """
        wanted = list(zip(segments, alone, strict=True))
        unknown = [segment for segment in wanted if segment not in self._told]
        if len(self._told) > _REMEMBERED:
            self._told.clear()
            unknown = wanted
        self._told.update(zip(unknown, self._read_segments(unknown), strict=True))
        return [self._told[segment] for segment in wanted]

    def _read_segments(self, segments: list[tuple[str, bool]]) -> list[tuple[int, int, int]]:
        folded = fold_many([segment for segment, _ in segments])
        starts = self.starts()
        hits = [(*_commune_in(f, self.names, starts, a), -1, -1) for f, (_, a) in zip(folded, segments, strict=True)]
        hamlets = hash_text([f if _HAMLET.match(f) else "" for f in folded])
        hamlets[hamlets == hash_text([""])[0]] = 0
        return [(h[0], h[1], hamlet) for h, hamlet in zip(hits, hamlets.tolist(), strict=True)]

    def meanings(self, addresses: Addresses) -> tuple[Int64, Int64]:
        """Every commune that the first name in an address may mean: (row, its key), row by row."""
        first = np.append(np.searchsorted(self.links >> 20, np.arange(len(self.names) + 1)), 0)  # the last for −1
        row = np.flatnonzero(addresses.first >= 0)
        name = addresses.first[row]
        count = first[name + 1] - first[name]
        end = np.cumsum(count)
        at = np.arange(len(row) and end[-1]) + np.repeat(first[name] - end + count, count)
        return np.repeat(row, count), self.keys()[self.links[at] & ((1 << 20) - 1)]

    def _meanings(self) -> npt.NDArray[np.bool_]:
        if self.table is None:
            self.table = np.zeros((len(self.names), len(self.today)), dtype=np.bool_)
            self.table[self.links >> 20, self.links & ((1 << 20) - 1)] = True
        return self.table

    def agrees(self, name: Int64, place: Int64) -> npt.NDArray[np.bool_]:
        """Does this address name (−1 none) mean this place (−1 unknown)?"""
        if not len(self.links):
            return np.zeros(len(name), dtype=np.bool_)
        out = np.zeros(len(name), dtype=np.bool_)
        known = np.flatnonzero((name >= 0) & (place >= 0))
        name, place = name[known], place[known]
        if len(self.names) * len(self.today) <= _DENSE:  # one look at a small table instead of a search
            out[known] = self._meanings()[name, place]
            return out
        wanted = (name << np.int64(20)) + place
        at = np.minimum(np.searchsorted(self.links, wanted), len(self.links) - 1)
        out[known] = self.links[at] == wanted
        return out


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


_read_last: list[tuple[Text, Gazetteer, Addresses]] = []  # what is posted is matched next, and has the same addresses


def read_addresses(addresses: Text, table: Gazetteer) -> Addresses:
    """Every distinct segment between commas is looked at once; free text is searched for known names.

    The column asked with last is not read again: what is returned must not be changed in place.
    """
    for column, by, known in _read_last:
        if column is addresses and by is table:
            return known
    read = _read_addresses(addresses, table)
    _read_last[:] = [(addresses, table, read)]
    return read


def _read_addresses(addresses: Text, table: Gazetteer) -> Addresses:
    row, addresses = addresses.coded()
    segments, count = _segments(addresses)
    codes, values = segments.distinct()
    first_of = np.cumsum(count) - count
    alone = np.repeat(count == 1, count)  # the segment is the whole address
    codes, kinds = numbered(codes * 2 + alone)
    told = table.told([values[kind >> 1] for kind in kinds.tolist()], (kinds & 1 > 0).tolist())
    first, second, hamlets = np.array(told, dtype=np.int64).reshape(-1, 3).T
    out = np.full((2, len(count)), -1, dtype=np.int64)
    for place in range(int(count.max(initial=0))):  # the first two names found, segment by segment
        here = np.flatnonzero(count > place)
        segment = codes[first_of[here] + place]
        here, segment = here[first[segment] >= 0], segment[first[segment] >= 0]
        fresh = out[0, here] < 0
        out[1, here] = np.where(fresh, second[segment], np.where(out[1, here] < 0, first[segment], out[1, here]))
        out[0, here] = np.where(fresh, first[segment], out[0, here])
    hamlet = hamlets[codes[first_of]] if len(count) else np.zeros(0, dtype=np.int64)
    return Addresses(out[0][row], out[1][row], hamlet[row])


def _segments(addresses: Text) -> tuple[Text, Int64]:
    """All segments between commas in order, and how many each row has."""
    data, start = addresses.flat()
    data, start = data[int(start[0]) : int(start[-1])], start - start[0]
    comma = np.flatnonzero(data == _COMMA)
    rows, count = len(addresses), np.diff(np.searchsorted(comma, start)) + 1
    first = np.ones(len(comma) + rows, dtype=np.bool_)
    first[np.cumsum(count) - count] = False  # begun by a comma, or by its row
    begin = np.empty(len(first) + 1, dtype=np.int64)
    begin[:-1][~first], begin[:-1][first], begin[-1] = start[:-1], comma + 1, len(data)
    begin -= np.append(np.cumsum(first), len(comma))  # the commas before it are left out
    return Text.flat_of(np.frombuffer(data.tobytes().translate(None, b","), dtype=np.uint8), begin), count


def _commune_in(folded: str, names: dict[str, int], starts: Starts, alone: bool) -> tuple[int, ...]:
    """Name numbers of the communes a segment holds, leftmost first; `alone`: it is the whole address."""
    if not folded or _ABOVE.match(folded):
        return ()
    if (number := names.get(bare_name(folded))) is not None:
        return (number,)
    words = folded.split()
    if len(words) < 3 or (_HAMLET.match(folded) and not alone):  # Thôn An Khánh is no commune of that name
        return ()
    return _scan(words, starts)


def _scan(words: list[str], starts: Starts) -> tuple[int, ...]:
    """Known names inside running text, the longest at each place; what stands after `huyen` is a district."""
    found: list[int] = []
    free = 0
    for at, pair in enumerate(pairwise(words)):
        if pair not in starts or at < free or (at and words[at - 1] in _DISTRICT):
            continue
        for rest, number in starts[pair]:
            if words[at + 2 : at + 2 + len(rest)] == rest:
                found.append(number)
                free = at + 2 + len(rest)
                break
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
