"""Columns of text and whole numbers: many cells at once, never row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from matching.letters import BARE_TABLE
from matching.text import fold

if TYPE_CHECKING:  # pandas takes half a second to load, and two files are linked without it
    import pandas as pd

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
_LONGEST = 18  # digits that a 64-bit number holds
LANE = 8  # bytes of a text that are hashed at once
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_ZEROS, _OVER_NINE, _TOP_BIT = (np.uint64(n * 0x0101010101010101) for n in (ord("0"), 128 - 10, 128))  # in each byte
_TEN = 10 ** np.arange(LANE + 1, dtype=np.int64)
_PAIRS = [  # of digits, pairs and fours: what the first is worth, how many bits higher the second stands, what stays
    (np.uint64(10), np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(100), np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(10_000), np.uint64(32), np.uint64(0x00000000FFFFFFFF)),
]
_MISSING = np.array([8 * (LANE - size) for size in range(LANE + 1)], dtype=np.uint64)  # bits of the bytes not there
_FIRST = np.array([2 ** (8 * size) - 1 for size in range(LANE + 1)], dtype=np.uint64)  # masks of the first bytes


@cache
def arrow() -> Any:
    """pyarrow where it is installed (the extra `scale`, or with pandas), else None."""
    return import_module("pyarrow") if find_spec("pyarrow") is not None else None


@dataclass(slots=True, frozen=True)
class Text:
    """A column of text, '' where empty. Arrow holds it where that is installed: a cell is no Python string then."""

    cells: Any  # large_string array of pyarrow, or object array

    @staticmethod
    def of(values: Sequence[str]) -> Text:
        """These cells."""
        lib = arrow()
        if lib is None:
            return Text(np.array(values, dtype=object))
        return Text.flat_of(*_flat(values))

    @staticmethod
    def flat_of(data: npt.NDArray[np.uint8], start: Int64) -> Text:
        """Cells laid end to end as UTF-8: cell i is `data[start[i] : start[i + 1]]`."""
        lib = arrow()
        if lib is None:
            return Text(_objects(_cut(data, start)))
        buffers = [None, lib.py_buffer(start.astype(np.int64)), lib.py_buffer(data)]
        return Text(lib.Array.from_buffers(lib.large_string(), len(start) - 1, buffers))

    @staticmethod
    def blank(size: int) -> Text:
        """That many empty cells."""
        lib = arrow()
        if lib is None:
            return Text(np.full(size, "", dtype=object))
        buffers = [None, lib.py_buffer(np.zeros(size + 1, dtype=np.int64)), lib.py_buffer(b"")]
        return Text(lib.Array.from_buffers(lib.large_string(), size, buffers))

    @staticmethod
    def join(parts: list[Text]) -> Text:
        """Several columns one after the other."""
        cells = [p.cells for p in parts]
        return Text(np.concatenate(cells) if arrow() is None else arrow().concat_arrays(cells))

    def __len__(self) -> int:
        return len(self.cells)

    def take(self, rows: Int64) -> Text:
        """Some of the cells; none of a column that was emptied."""
        if not len(self):
            return self
        return Text(self.cells[rows] if arrow() is None else self.cells.take(held(rows)))

    def strings(self) -> npt.NDArray[Any]:
        """The cells as Python strings."""
        return np.asarray(self.cells) if arrow() is None else _objects(self.tolist())

    def tolist(self) -> list[str]:
        """The cells as a list of Python strings."""
        return self.cells.tolist() if arrow() is None else _cut(*self.flat())

    def sort_keys(self) -> list[npt.NDArray[Any]]:
        """Keys for `numpy.lexsort` that order the cells letter by letter, as Python does: the last is the first."""
        data, start = self.flat()
        length = np.diff(start)
        longest = int(length.max(initial=1))
        lanes = [lane(data, start[:-1] + at, length - at).byteswap() for at in range(0, longest, LANE)]
        return [length, *reversed(lanes)]

    def coded(self) -> tuple[Int64, Text]:
        """The number of each cell's value, and the values as a column."""
        if arrow() is None:
            values = self.cells.tolist()
            number = {v: i for i, v in enumerate(dict.fromkeys(values))}
            return np.array([number[v] for v in values], dtype=np.int64), Text.of(list(number))
        coded = self.cells.dictionary_encode()
        return _numbers_in(coded.indices).astype(np.int64), Text(coded.dictionary)

    def repeats(self) -> bool:
        """Does a value stand twice?"""
        data, start = self.flat()
        hashes = np.sort(hash_cells(data, start[:-1], np.diff(start)))
        return bool((hashes[1:] == hashes[:-1]).any()) and len(self.coded()[1]) < len(self)

    def distinct(self) -> tuple[Int64, list[str]]:
        """The number of each cell's value, and the values."""
        codes, values = self.coded()
        return codes, values.tolist()

    def flat(self) -> tuple[npt.NDArray[np.uint8], Int64]:
        """All cells as UTF-8 bytes one after the other, and where each begins (one more for the end)."""
        if arrow() is None:
            return _flat(self.cells.tolist())
        _, starts, data = self.cells.buffers()
        if not len(self):
            return np.zeros(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
        at = self.cells.offset
        return np.frombuffer(data or b"", dtype=np.uint8), np.frombuffer(starts, dtype=np.int64)[
            at : at + len(self) + 1
        ]


if TYPE_CHECKING:
    Frame = pd.DataFrame | Mapping[str, Text]  # a list as a caller brings it, or as `sources` reads it


def rows_of(frame: Frame) -> int:
    """Rows of a frame of pandas or of columns of text."""
    return len(next(iter(frame.values()), ())) if isinstance(frame, Mapping) else len(frame)


def text_values(frame: Frame, column: str) -> Text:
    """A column as text with '' for missing; an absent column is all ''."""
    if column not in frame:
        return Text.blank(rows_of(frame))
    series: Any = frame[column]
    if isinstance(series, Text):
        return series
    from pandas.api.types import is_string_dtype

    if getattr(series, "ndim", 1) > 1:
        raise ValueError(f"the column {column!r} is there more than once")
    if series.dtype == object or not is_string_dtype(series.dtype):  # an object column may hold anything
        return Text.of([v if type(v) is str else _cell_text(v) for v in series.tolist()])
    series = series.fillna("") if series.hasnans else series
    as_arrow = getattr(series.array, "__arrow_array__", None)
    if arrow() is None or as_arrow is None:
        return Text.of(series.tolist())
    cells = as_arrow()
    cells = cells.combine_chunks() if hasattr(cells, "combine_chunks") else cells
    return Text(cells if str(cells.type) == "large_string" else cells.cast(arrow().large_string()))


def _cell_text(value: Any) -> str:
    """One typed cell as text: 1951.0 → 1951, None and NaN → ''."""
    import pandas as pd

    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is pd.NaT or value is pd.NA else str(value)


def numbered(values: npt.NDArray[Any]) -> tuple[Int64, npt.NDArray[Any]]:
    """The number of each value (whole numbers), and the distinct values, in no order that matters."""
    if arrow() is None:
        distinct_values, codes = np.unique(values, return_inverse=True)
        return codes.ravel().astype(np.int64), distinct_values
    coded = held(values).dictionary_encode()  # hashed: three times faster than sorting
    return _numbers_in(coded.indices).astype(np.int64), _numbers_in(coded.dictionary)


def held(values: npt.NDArray[Any]) -> Any:
    """Whole numbers as an Arrow array. (Arrow's own conversions load pandas to look whether it is asked of it.)"""
    lib = arrow()
    values = np.ascontiguousarray(values)
    return lib.Array.from_buffers(lib.from_numpy_dtype(values.dtype), len(values), [None, lib.py_buffer(values)])


def _numbers_in(array: Any) -> npt.NDArray[Any]:
    """An Arrow array of whole numbers as numpy sees it."""
    kind = np.dtype(str(array.type))
    if not len(array):
        return np.zeros(0, dtype=kind)
    return np.frombuffer(array.buffers()[1], dtype=kind)[array.offset : array.offset + len(array)]


def _objects(values: list[str]) -> npt.NDArray[Any]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _cut(data: npt.NDArray[np.uint8], start: Int64) -> list[str]:
    """Bytes laid end to end as strings."""
    if not len(start) or start[-1] == start[0]:
        return [""] * (len(start) - 1)
    raw = data[start[0] : start[-1]].tobytes()
    at = (start - start[0]).tolist()
    text = raw.decode("utf-8", "surrogatepass")
    if len(text) == len(raw):
        return [text[a:b] for a, b in pairwise(at)]
    return [raw[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(at)]


def fold_many(values: list[str]) -> list[str]:
    """`fold` of many values in one pass over one joined text (30 times faster than one by one)."""
    joined = "\n".join(values)
    if joined.count("\n") != max(len(values) - 1, 0):
        return [fold(v) for v in values]
    text = joined.translate({**BARE_TABLE, 10: "\n"})
    if not text.isascii():
        return [fold(v) for v in values]
    while "  " in text:
        text = text.replace("  ", " ")
    return text.replace(" \n", "\n").replace("\n ", "\n").strip(" ").split("\n") if values else []


def distinct(values: Int64) -> Int64:
    """Sorted distinct values. (numpy's own `unique` hashes integers, five times slower on millions.)

    What comes in ascending runs is merged, three times faster than another sort.
    """
    ordered = np.sort(values, kind="stable")
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def grouped(values: Int64) -> Int64:
    """The places of whole numbers (0 to 2³²) in ascending order, equal ones in theirs.

    By counting 16 bits at a time: `argsort` takes three times as long.
    """
    order = np.argsort(values.astype(np.uint16), kind="stable")
    if int(values.max(initial=0)) < 1 << 16:
        return order
    return order[np.argsort((values >> 16).astype(np.uint16)[order], kind="stable")]


def side_by_side(keys: Keys) -> Int64:
    """The places of well mixed keys in the order of their first bits: equal ones stand together, in their order.

    Of two million keys some hundreds share the first 32 bits with a different one.
    """
    first = (keys >> np.uint64(32)).astype(np.int64)
    order = grouped(first)
    keys, first = keys[order], first[order]
    mixed = np.flatnonzero((first[1:] == first[:-1]) & (keys[1:] != keys[:-1]))
    if len(mixed):
        doubtful = np.flatnonzero(np.isin(first, first[mixed]))
        order[doubtful] = order[doubtful][np.argsort(keys[doubtful], kind="stable")]
    return order


def ranks(rows: npt.NDArray[np.signedinteger[Any]], size: int) -> tuple[Int64, Int64]:
    """The distinct row numbers (below `size`) in order, and each one's place among them. (No sorting.)"""
    mask = np.zeros(size, dtype=np.bool_)
    mask[rows] = True
    return np.flatnonzero(mask), (np.cumsum(mask) - 1)[rows]


def _flat(values: Sequence[str]) -> tuple[npt.NDArray[np.uint8], Int64]:
    cells = [v.encode("utf-8", "surrogatepass") for v in values]
    size = np.fromiter(map(len, cells), dtype=np.int64, count=len(cells))
    return np.frombuffer(b"".join(cells), dtype=np.uint8), np.concatenate([[0], np.cumsum(size)])


def hash_text(values: list[str]) -> Int64:
    """A stable 64-bit number for each text: equal texts, equal numbers, on every machine and in every run."""
    data, start = _flat(values)
    return hash_cells(data, start[:-1], np.diff(start))


def hash_cells(data: npt.NDArray[np.uint8], start: Int64, length: Int64) -> Int64:
    """`hash_text` of texts that begin at some places of these bytes."""
    out = length.astype(np.uint64)
    with np.errstate(over="ignore"):
        for first in range(0, int(length.max(initial=0)), LANE):
            rows = np.flatnonzero(length > first)
            out[rows] = stirred(out[rows] ^ lane(data, start[rows] + first, length[rows] - first))
    return out.view(np.int64)


def stirred(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers whose every bit depends on many bits of the numbers given; the multiplication overflows on purpose."""
    values = values * _GOLDEN
    return values ^ (values >> _SHIFT)


def lane(data: npt.NDArray[np.uint8], start: Int64, length: Int64) -> npt.NDArray[np.uint64]:
    """The first eight bytes of texts as numbers, shorter texts filled with zeros."""
    packed = np.zeros(len(start), dtype=np.uint64)
    inside = start <= len(data) - LANE
    if inside.any():
        data = np.ascontiguousarray(data)
        every = np.ndarray(len(data) - LANE + 1, dtype="<u8", buffer=data, strides=(1,))  # eight bytes from each place
        packed[inside] = every[start[inside]]
    for row in np.flatnonzero(~inside).tolist():  # the last few of the buffer
        packed[row] = int.from_bytes(data[start[row] : start[row] + LANE].tobytes(), "little")
    return np.asarray(packed & _FIRST[np.clip(length, 0, LANE)])


def mix(*parts: npt.NDArray[Any]) -> Int64:
    """Several integer columns as one 64-bit key (splitmix-style, order matters)."""
    return mix_on(np.zeros(len(parts[0]), dtype=np.int64), *parts)


def mix_on(key: Int64, *parts: npt.NDArray[Any]) -> Int64:
    """A key that was mixed before, with further columns."""
    mixed = key.view(np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            mixed = stirred(mixed ^ part.astype(np.int64, copy=False).view(np.uint64))
    return mixed.view(np.int64)


def unique_map(cells: Text, read: Callable[[str], tuple[int, ...]], width: int) -> Int64:
    """`read` applied to each distinct value; result as an (n, width) table."""
    codes, values = cells.distinct()
    table = np.array([read(v) for v in values], dtype=np.int64).reshape(-1, width)
    return table[codes] if len(codes) else np.zeros((0, width), dtype=np.int64)


def digits(cells: Text) -> tuple[Int64, Int64]:
    """(value, length) of the cells that are plain ASCII digits up to 18 long; length 0 where empty, -1 otherwise."""
    data, start = cells.flat()
    start, length = start[:-1], np.diff(start)
    value = np.zeros(len(length), dtype=np.int64)
    bad = length > _LONGEST
    for first in range(0, int(min(length.max(initial=0), _LONGEST)), LANE):
        here = np.flatnonzero(length > first)
        size = np.minimum(length[here] - first, LANE)
        further, plain = _digits_of(lane(data, start[here] + first, size), size)
        value[here] = value[here] * _TEN[size] + further
        bad[here] |= ~plain
    value[bad], length[bad] = 0, -1
    return value, length


def _digits_of(letters: Keys, size: Int64) -> tuple[Int64, Bool]:
    """The numbers that up to eight letters are, and whether each letter is a digit.

    All eight at once: neighbours become numbers below 100, these below 10,000, and these one.
    """
    digits = (letters ^ (_ZEROS & _FIRST[size])) << _MISSING[size]  # zeros in front
    plain = ((digits + _OVER_NINE) | digits) & _TOP_BIT == 0
    for ten, bits, mask in _PAIRS:
        digits = (digits * ten + (digits >> bits)) & mask
    return digits.view(np.int64), plain
