"""Many rows as columns, whose cells are no objects of Python: ids, numbers, texts and sealed cells laid end to end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import numpy as np
import numpy.typing as npt

from disburse import crypto
from disburse.crypto import Sealed
from disburse.ids import new_ids_laid, uuid_of

if TYPE_CHECKING:
    from matching.columns import Text

Ids = npt.NDArray[np.void]  # 16 bytes each
Kind = Literal["ids", "numbers", "texts", "sealed"]
Opened = Mapping[str, Mapping[str, Sealed]]  # columns of text, each from sealed ones: the first cell that is there


@dataclass(slots=True)
class Gathered:
    """Columns by name: ids, numbers, texts ('' for none), and bytes end to end with the size of each (0 for none)."""

    rows: int
    ids: dict[str, Ids]
    numbers: dict[str, npt.NDArray[np.int64]]
    texts: dict[str, Text]
    sealed: dict[str, tuple[bytes, npt.NDArray[np.int64]]]

    def plain(self, bound_to: str, opened: Opened) -> dict[str, Text]:
        """Return all texts, the sealed columns opened."""
        return self.texts | {name: self.opened(bound_to, columns) for name, columns in opened.items()}

    def opened(self, bound_to: str, columns: Mapping[str, Sealed]) -> Text:
        """Open sealed columns bound to the rows' ids: of each row the first cell that is there, '' where none is."""
        from matching.columns import Text

        sizes, free = {}, np.ones(self.rows, dtype=np.bool_)
        for name in columns:
            sizes[name] = np.where(free, self.sealed[name][1], 0)
            free &= self.sealed[name][1] == 0
        start = _starts(np.maximum(sum(sizes.values()) - crypto.ADDED, 0))
        text, rows = np.empty(start[-1], dtype=np.uint8), np.frombuffer(dashed(self.ids[bound_to]), dtype="V36")
        for name, column in columns.items():
            content, at = self.sealed[name][0], _starts(self.sealed[name][1])
            for size in (np.flatnonzero(np.bincount(sizes[name])[1:]) + 1).tolist():
                some = np.flatnonzero(sizes[name] == size)
                opened = column.open_table(rows[some], _windows(content, size)[at[some]])
                if opened:
                    width = size - crypto.ADDED
                    _windows(text, width)[start[some]] = np.frombuffer(opened, dtype=f"V{width}")
        return Text.flat_of(text, start)


def read_laid(row: Sequence[Any], kinds: Mapping[str, Kind]) -> Gathered:
    """Read the one row in which PostgreSQL has laid columns of these kinds: how many cells, then the cells of each."""
    given = iter(row)
    found = Gathered(next(given), {}, {}, {}, {})
    for name, kind in kinds.items():
        content = next(given) or b""
        if kind == "ids":
            found.ids[name] = np.frombuffer(content, dtype="V16")
        elif kind == "numbers":
            found.numbers[name] = np.frombuffer(content, dtype=">i8").astype(np.int64)
        elif kind == "sealed":
            found.sealed[name] = content, np.frombuffer(next(given) or b"", dtype=">i4").astype(np.int64)
        else:
            found.texts[name] = _text(content, found.rows)
    return found


def _text(content: bytes, rows: int) -> Text:
    """Cells that are parted by NUL."""
    from matching.columns import Text

    data = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(data == 0) - np.arange(max(rows - 1, 0))
    start = np.concatenate([[0], ends, [len(data) - max(rows - 1, 0)]])[: rows + 1].astype(np.int64)
    return Text.flat_of(data[data != 0], start)


def _starts(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)])


def _windows(data: bytes | npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.void]:
    """So many bytes from each place."""
    return np.ndarray(len(data) - size + 1, dtype=f"V{size}", buffer=data, strides=(1,))


def uuids(ids: Ids) -> list[UUID]:
    """Return ids as objects."""
    text = ids.tobytes()
    return [uuid_of(int.from_bytes(text[at : at + 16])) for at in range(0, len(text), 16)]


def ids_of(uuids_: Iterable[UUID]) -> Ids:
    """Return objects as ids."""
    return np.frombuffer(b"".join([one.bytes for one in uuids_]), dtype="V16")


def fresh_ids(count: int) -> Ids:
    """Return new ids."""
    return np.frombuffer(new_ids_laid(count), dtype="V16")


def dashed(ids: Ids) -> bytes:
    """Return ids as texts of 36 characters, end to end."""
    digits = np.frombuffer(ids.tobytes().hex().encode(), dtype=np.uint8).reshape(-1, 32)
    text = np.full((len(ids), 36), ord("-"), dtype=np.uint8)
    for at, (start, stop) in enumerate(((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))):
        text[:, start + at : stop + at] = digits[:, start:stop]
    return text.tobytes()


def texts(ids: Ids) -> list[str]:
    """Return ids as texts."""
    text = dashed(ids).decode()
    return [text[at : at + 36] for at in range(0, len(text), 36)]
