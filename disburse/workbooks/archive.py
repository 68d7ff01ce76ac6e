"""A zip file opened with suspicion: its directory checked, its entries inflated under a count. No workbook here."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from disburse.workbooks import limits
from disburse.workbooks.refusals import Refusal

_END = b"PK\x05\x06"
_END_SIZE = 22
_END64_LOCATOR = b"PK\x06\x07"
_LOCAL = struct.Struct("<4s5H3L2H")
_READ_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive; sizes as the directory declares them, held to them while inflating."""

    name: str
    start: int
    packed: int
    unpacked: int
    crc: int
    stored: bool


class Archive:
    """The entries of a zip by name. Everything that can be refused without inflating is refused here."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self._file: BinaryIO = path.open("rb")
        try:
            self.entries = self._directory()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _directory(self) -> dict[str, Entry]:
        self._check_end()
        try:
            with zipfile.ZipFile(self._file) as found:
                infos = found.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, UnicodeDecodeError) as error:
            raise Refusal("damaged", "zip") from error
        if not infos:
            raise Refusal("damaged", "zip")
        _check_names(infos)
        entries = [self._entry(info) for info in infos]
        self._check_places(entries, infos)
        _check_sizes(entries, self.size)
        return {entry.name: entry for entry in entries}

    def _check_end(self) -> None:
        """The end record closes the file and the directory is short, before anything builds a list from it."""
        tail_size = min(self.size, _END_SIZE + 0xFFFF)
        self._file.seek(self.size - tail_size)
        tail = self._file.read(tail_size)
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < _END_SIZE:
            raise Refusal("damaged", "zip")
        count, directory_bytes = struct.unpack_from("<HL", tail, at + 10)
        comment = struct.unpack_from("<H", tail, at + 20)[0]
        if len(tail) - at - _END_SIZE != comment:
            raise Refusal("hostile", "trailing_data")
        if count == 0xFFFF or directory_bytes == 0xFFFFFFFF or tail[at - 20 : at - 16] == _END64_LOCATOR:
            raise Refusal("hostile", "zip64")  # a file of 25 MB never needs it
        if count > limits.ENTRIES or directory_bytes > limits.ENTRIES * limits.ENTRY_HEADER_BYTES:
            raise Refusal("too_big", "entries", found=count, limit=limits.ENTRIES)

    def _entry(self, info: zipfile.ZipInfo) -> Entry:
        self._file.seek(info.header_offset)
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
            raise Refusal("damaged", "zip")
        local = _LOCAL.unpack(head)
        name_size, extra_size = local[9], local[10]
        name = self._file.read(name_size)
        encoding = "utf-8" if local[2] & 0x800 else "cp437"
        if name.decode(encoding, "replace") != info.orig_filename and name != info.orig_filename.encode(
            "utf-8", "replace"
        ):
            raise Refusal("hostile", "two_names")  # two readers would see two different files
        if (info.flag_bits | local[2]) & 0x2041:
            raise Refusal("encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or local[3] != info.compress_type:
            raise Refusal("hostile", "compression")
        start = info.header_offset + _LOCAL.size + name_size + extra_size
        stored = info.compress_type == zipfile.ZIP_STORED
        if stored and info.compress_size != info.file_size:
            raise Refusal("damaged", "zip")
        return Entry(info.filename, start, info.compress_size, info.file_size, info.CRC, stored)

    def _check_places(self, entries: list[Entry], infos: list[zipfile.ZipInfo]) -> None:
        """No entry overlaps another, and the first one opens the file (nothing else hides before it)."""
        order = sorted(zip(infos, entries, strict=True), key=lambda pair: pair[0].header_offset)
        free = 0
        for info, entry in order:
            if info.header_offset < free or (free == 0 and info.header_offset != 0):
                raise Refusal("hostile", "overlap")
            free = entry.start + entry.packed
        if free > self.size:
            raise Refusal("damaged", "zip")

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Inflate an entry in pieces of at most WINDOW_BYTES, held to its declared size and checksum."""
        made, crc = 0, 0
        for piece in self._stored(entry) if entry.stored else self._inflated(entry):
            made += len(piece)
            if made > entry.unpacked:
                raise Refusal("hostile", "size_lie")
            crc = zlib.crc32(piece, crc)
            yield piece
        if made != entry.unpacked or crc != entry.crc:
            raise Refusal("damaged", "zip")

    def _stored(self, entry: Entry) -> Iterator[bytes]:
        at, end = entry.start, entry.start + entry.packed
        while at < end:
            self._file.seek(at)
            piece = self._file.read(min(end - at, _READ_BYTES))
            if not piece:
                raise Refusal("damaged", "zip")
            at += len(piece)
            yield piece

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for packed in self._stored(entry):
            while packed:
                try:
                    piece = inflater.decompress(packed, limits.WINDOW_BYTES)
                except zlib.error as error:
                    raise Refusal("damaged", "zip") from error
                if piece:
                    yield piece
                packed = inflater.unconsumed_tail
        rest = inflater.flush()
        if rest:
            yield rest
        if not inflater.eof:
            raise Refusal("damaged", "zip")

    def read(self, name: str) -> bytes:
        """Return a small part as a whole, or nothing when it is absent or over the limit for parts."""
        entry = self.entries.get(name)
        if entry is None or entry.unpacked > limits.PART_BYTES:
            return b""
        return b"".join(self.chunks(entry))


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > limits.ENTRIES:
        raise Refusal("too_big", "entries", found=len(infos), limit=limits.ENTRIES)
    seen: set[str] = set()
    for info in infos:
        name = info.orig_filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name:
            raise Refusal("hostile", "traversal")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise Refusal("hostile", "link")
        plain = "/".join(part for part in name.casefold().split("/") if part not in ("", "."))
        if plain in seen:
            raise Refusal("hostile", "duplicate_name")
        seen.add(plain)


def _check_sizes(entries: list[Entry], size: int) -> None:
    unpacked = sum(entry.unpacked for entry in entries)
    if unpacked > limits.RATIO * size:
        raise Refusal("hostile", "ratio", found=unpacked // size, limit=limits.RATIO)
    if unpacked > limits.UNPACKED_BYTES:
        raise Refusal("too_big", "unpacked", found=unpacked // limits.MIB, limit=limits.UNPACKED_BYTES // limits.MIB)
