"""Sealing of personal data: AES-256-GCM cells bound to their row, and keyed indexes for equality.

Nothing else in the project touches a cipher. One root key is the parent of all (HKDF with labels), so that a
column's index key, the cell key and the audit key cannot be used for one another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from disburse.config import Settings
from disburse.errors import Unavailable

if TYPE_CHECKING:  # what opens a cell or two does without it
    import numpy as np
    import numpy.typing as npt

KEY_BYTES = 32
_NONCE_BYTES = 12
_TEXT_AT = 1 + _NONCE_BYTES
ADDED = _TEXT_AT + 16  # bytes that a cell has more than its text
_KEY_ID = b"\x01"  # first byte of every sealed cell, so that a later key can stand beside this one


class Keyring:
    """The keys derived from one root key of 32 random bytes."""

    def __init__(self, root: bytes) -> None:
        if _is_weak(root):
            raise Unavailable("key_weak")
        self._root = root
        self._cells = AESGCM(self._derive("cells"))
        self._index_keys: dict[str, bytes] = {}

    def __reduce__(self) -> tuple[type[Keyring], tuple[bytes]]:
        """Go to a process that this one starts: through the pipe between the two, never into a file."""
        return Keyring, (self._root,)

    def _derive(self, label: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"disburse:" + label.encode()).derive(self._root)

    def seal(self, plain: bytes, bound_to: bytes) -> bytes:
        """Encrypt `plain` so that it opens only beside `bound_to` (table, column, row)."""
        nonce = os.urandom(_NONCE_BYTES)
        return _KEY_ID + nonce + self._cells.encrypt(nonce, plain, bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """Decrypt; raises InvalidTag when the cell was altered or moved."""
        if sealed[:1] != _KEY_ID:
            raise InvalidTag
        return self._cells.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], bound_to)

    def seal_laid(self, start: bytes, rows: bytes, plains: Sequence[bytes]) -> list[bytes]:
        """`seal` of many, each beside `start` and its 36 bytes of `rows`; the random bytes are fetched at once."""
        encrypt, nonces = self._cells.encrypt, os.urandom(_NONCE_BYTES * len(plains))
        found = []
        for row, (plain, at) in enumerate(zip(plains, range(0, len(nonces), _NONCE_BYTES), strict=True)):
            nonce = nonces[at : at + _NONCE_BYTES]
            found.append(_KEY_ID + nonce + encrypt(nonce, plain, start + rows[36 * row : 36 * row + 36]))
        return found

    def open_lines(self, lines: memoryview, cell: int, beside: int) -> bytes:
        """`open` of many, the texts joined: a line is a cell of so many bytes and the bytes it opens `beside`."""
        if cell < ADDED:
            raise InvalidTag
        parts = struct.iter_unpack(f"x{_NONCE_BYTES}s{cell - _TEXT_AT}s{beside}s", lines)
        return b"".join(starmap(self._cells.decrypt, parts))

    def index(self, label: str, text: str) -> bytes:
        """Return 16 bytes that are equal for equal text of the same column and tell nothing else."""
        key = self._index_keys.get(label)
        if key is None:
            key = self._index_keys[label] = self._derive("index:" + label)
        return hmac.digest(key, text.encode(), "sha256")[:16]

    def words(self, label: str, blocks: bytes | memoryview) -> bytes:
        """Return for every 16-byte block the 16 bytes that AES makes of it, equal for equal blocks, telling nothing.

        A keyed index of many short values at once. Each block is a value of its own and nothing is ever opened
        again, so the cipher serves as the pseudo-random function it is, block by block.
        """
        key = self._derive_cached("words:" + label)
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(blocks)  # noqa: S305

    def mac(self, label: str, message: bytes) -> bytes:
        """Return a 32-byte HMAC-SHA256 under a key of its own label (audit chain, payment lines)."""
        return hmac.digest(self._derive_cached("mac:" + label), message, "sha256")

    def _derive_cached(self, label: str) -> bytes:
        key = self._index_keys.get(label)
        if key is None:
            key = self._index_keys[label] = self._derive(label)
        return key

    @property
    def check_value(self) -> bytes:
        """Return what the database remembers of its key, to notice a wrong one at start."""
        return hashlib.sha256(self._derive("check")).digest()[:16]


_current: Keyring | None = None


def use(keyring: Keyring) -> None:
    """Make `keyring` the one this process seals and opens with."""
    global _current
    _current = keyring


def keyring() -> Keyring:
    """Return the process's keyring; without one nothing may be read or written."""
    if _current is None:
        raise Unavailable("key_missing", path="disburse.key")
    return _current


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column: seals text bound to table, column and row, and makes its keyed index.

    `row` is the row's own identifier (a UUID, or the text key of a row that has none), so that a cell moved to
    another row does not open.
    """

    table: str
    column: str

    def _bound_to(self, row: UUID | str) -> bytes:
        return f"{self.table}\x1f{self.column}\x1f{row}".encode()

    def seal(self, row: UUID | str, text: str) -> bytes:
        """Encrypt `text` for this column of `row`."""
        return keyring().seal(text.encode(), self._bound_to(row))

    def open(self, row: UUID | str, sealed: bytes) -> str:
        """Decrypt; a cell that was altered or moved raises Unavailable("seal_broken")."""
        try:
            return keyring().open(sealed, self._bound_to(row)).decode()
        except (InvalidTag, UnicodeDecodeError) as broken:
            raise Unavailable("seal_broken", table=self.table) from broken

    def seal_bytes(self, row: UUID | str, content: bytes) -> bytes:
        """Encrypt a file's bytes for this column of `row`."""
        return keyring().seal(content, self._bound_to(row))

    def open_bytes(self, row: UUID | str, sealed: bytes) -> bytes:
        """Decrypt what `seal_bytes` made; an altered or moved cell raises Unavailable("seal_broken")."""
        try:
            return keyring().open(sealed, self._bound_to(row))
        except InvalidTag as broken:
            raise Unavailable("seal_broken", table=self.table) from broken

    def maybe_seal(self, row: UUID | str, text: str | None) -> bytes | None:
        """Seal text, or pass None on."""
        return None if text is None else self.seal(row, text)

    def maybe_open(self, row: UUID | str, sealed: bytes | None) -> str | None:
        """Open a cell, or pass None on."""
        return None if sealed is None else self.open(row, sealed)

    def open_table(self, rows: npt.NDArray[np.void], cells: npt.NDArray[np.void]) -> bytes:
        """Open cells of one size, each bound to its row's identifier of 36 letters; the texts joined.

        A third of the time of as many `open`: no more of Python than the cipher's call. Raises
        Unavailable("seal_broken") as `open` does.
        """
        import numpy as np

        start, size = f"{self.table}\x1f{self.column}\x1f".encode(), cells.dtype.itemsize
        lines = np.empty(len(cells), dtype=[("cell", cells.dtype), ("start", f"V{len(start)}"), ("row", rows.dtype)])
        lines["cell"], lines["start"], lines["row"] = cells, np.void(start), rows
        try:
            if (cells.view(np.uint8).reshape(-1, size)[:, 0] != _KEY_ID[0]).any():
                raise InvalidTag
            return keyring().open_lines(lines.view(np.uint8).data, size, len(start) + rows.dtype.itemsize)
        except InvalidTag as broken:
            raise Unavailable("seal_broken", table=self.table) from broken

    def seal_laid(self, rows: bytes, texts: Sequence[str]) -> list[bytes]:
        """Encrypt a column of many rows, their identifiers end to end as in `open_laid`.

        Every cell has a nonce and a row of its own; texts that many of them share are encoded once.
        """
        encoded = {text: text.encode() for text in set(texts)}
        start = f"{self.table}\x1f{self.column}\x1f".encode()
        return keyring().seal_laid(start, rows, [encoded[text] for text in texts])

    def index(self, text: str) -> bytes:
        """Return the keyed index of `text` for this column."""
        return keyring().index(f"{self.table}.{self.column}", text)

    def maybe_index(self, text: str | None) -> bytes | None:
        """Index text, or pass None on."""
        return None if text is None else self.index(text)


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes as 64 hex characters."""
    return hashlib.sha256(content).hexdigest()


def root_key(settings: Settings, *, may_create: bool) -> bytes:
    """Return the installation's root key from the environment or its 0600 file, made at first start.

    `may_create` is False once a database exists: a lost key must be found again, not replaced.
    """
    if settings.key:
        return _decode(settings.key)
    path = settings.key_file
    if path.exists():
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise Unavailable("key_readable", path=str(path))
        return _decode(path.read_text().strip())
    if not may_create:
        raise Unavailable("key_missing", path=str(path))
    return _make_key_file(path)


def _make_key_file(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    root = secrets.token_bytes(KEY_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(root.hex() + "\n")
    return root


def _decode(text: str) -> bytes:
    for decode in (bytes.fromhex, lambda value: base64.b64decode(value, validate=True)):
        try:
            root: bytes = decode(text)
        except (ValueError, binascii.Error):
            continue
        if not _is_weak(root):
            return root
    raise Unavailable("key_weak")


def _is_weak(root: bytes) -> bool:
    # 32 random bytes hold 30 different ones on average; fewer than 16 is a pattern, not chance (p < 1e-20).
    return len(root) < KEY_BYTES or len(set(root)) < 16
