"""The streams of an OLE compound file, as far as needed to know what it is. Reads no cell."""

from __future__ import annotations

import struct
from pathlib import Path

from disburse.workbooks.refusals import Refusal

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # sector numbers from here on are marks, not places
_ENTRY_BYTES = 128
_MOST_ENTRIES = 4096


class Compound:
    """The directory of a compound file and its streams by name; loops and wild sector numbers are damage."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()  # at most UPLOAD_BYTES: checked before
        if len(self._data) < 512 or not self._data.startswith(MAGIC):
            raise Refusal("damaged", "ole")
        shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Refusal("damaged", "ole")
        self._sector = 1 << shift
        self._table = self._sector_table()
        root_start = struct.unpack_from("<L", self._data, 48)[0]
        self._entries = self._read_directory(self._chain(root_start))

    def names(self) -> set[str]:
        """Return the names of all streams and storages."""
        return set(self._entries)

    def stream(self, name: str) -> bytes:
        """Return one stream as a whole."""
        start, size = self._entries[name]
        cutoff = struct.unpack_from("<L", self._data, 56)[0]
        if size >= cutoff or name == "Root Entry":
            return self._chain(start)[:size]
        return self._small(start, size)

    def _at(self, sector: int) -> bytes:
        offset = (sector + 1) * self._sector
        piece = self._data[offset : offset + self._sector]
        if not piece:
            raise Refusal("damaged", "ole")
        return piece

    def _sector_table(self) -> list[int]:
        listed = list(struct.unpack_from("<109L", self._data, 76))
        following, count = struct.unpack_from("<LL", self._data, 68)
        for _ in range(min(count, len(self._data) // self._sector)):
            if following >= _LAST:
                break
            more = struct.unpack(f"<{self._sector // 4}L", self._at(following).ljust(self._sector, b"\xff"))
            listed.extend(more[:-1])
            following = more[-1]
        table: list[int] = []
        for sector in listed:
            if sector < _LAST:
                table.extend(struct.unpack(f"<{self._sector // 4}L", self._at(sector).ljust(self._sector, b"\xff")))
        return table

    def _chain(self, start: int) -> bytes:
        pieces, sector, left = [], start, len(self._data) // self._sector + 1
        while sector < _LAST:
            if sector >= len(self._table) or left <= 0:
                raise Refusal("damaged", "ole")
            pieces.append(self._at(sector))
            sector, left = self._table[sector], left - 1
        return b"".join(pieces)

    def _small(self, start: int, size: int) -> bytes:
        """Return a stream kept in the root's small sectors of 64 bytes."""
        store = self.stream("Root Entry")
        raw = self._chain(struct.unpack_from("<L", self._data, 60)[0])
        table = struct.unpack(f"<{len(raw) // 4}L", raw[: len(raw) // 4 * 4])
        pieces, sector, left = [], start, len(table) + 1
        while sector < _LAST:
            if sector >= len(table) or left <= 0:
                raise Refusal("damaged", "ole")
            pieces.append(store[sector * 64 : sector * 64 + 64])
            sector, left = table[sector], left - 1
        return b"".join(pieces)[:size]

    def _read_directory(self, raw: bytes) -> dict[str, tuple[int, int]]:
        entries: dict[str, tuple[int, int]] = {}
        for at in range(0, min(len(raw), _MOST_ENTRIES * _ENTRY_BYTES) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            name_bytes, kind = struct.unpack_from("<HB", raw, at + 64)
            if kind in (1, 2, 5) and 2 <= name_bytes <= 64:
                name = raw[at : at + name_bytes - 2].decode("utf-16-le", "replace")
                entries.setdefault(name, struct.unpack_from("<LL", raw, at + 116))
        if "Root Entry" not in entries:
            raise Refusal("damaged", "ole")
        return entries
