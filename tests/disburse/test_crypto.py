"""Sealing: a cell opens only beside its row, an index tells equality and nothing else, a weak key is refused."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from disburse import crypto
from disburse.config import Settings
from disburse.crypto import Keyring, Sealed
from disburse.errors import Unavailable
from disburse.ids import new_id

CITIZEN = Sealed("person", "citizen_id")


class TestSealed:
    def test_what_was_sealed_opens(self) -> None:
        """The number comes back beside its own row."""
        row = new_id()
        assert CITIZEN.open(row, CITIZEN.seal(row, "051151000001")) == "051151000001"

    def test_the_same_number_is_never_sealed_alike(self) -> None:
        """Two cells of one number share nothing a reader of the disk could see."""
        row = new_id()
        assert CITIZEN.seal(row, "051151000001") != CITIZEN.seal(row, "051151000001")

    @pytest.mark.parametrize("column", [Sealed("person", "old_id"), Sealed("account", "citizen_id")])
    def test_a_cell_moved_to_another_column_does_not_open(self, column: Sealed) -> None:
        """A cell is bound to its table and column."""
        row = new_id()
        with pytest.raises(Unavailable, match="altered or moved"):
            column.open(row, CITIZEN.seal(row, "051151000001"))

    def test_a_cell_moved_to_another_row_does_not_open(self) -> None:
        """Nobody can give one person another's number by copying cells."""
        with pytest.raises(Unavailable):
            CITIZEN.open(new_id(), CITIZEN.seal(new_id(), "051151000001"))

    def test_a_changed_cell_does_not_open(self) -> None:
        """One flipped bit is noticed."""
        row = new_id()
        cell = bytearray(CITIZEN.seal(row, "051151000001"))
        cell[-1] ^= 1
        with pytest.raises(Unavailable):
            CITIZEN.open(row, bytes(cell))

    def test_an_index_is_the_same_for_the_same_number_of_the_same_column_only(self) -> None:
        """Equality can be asked within a column; two columns cannot be joined by a reader of the disk."""
        assert CITIZEN.index("051151000001") == CITIZEN.index("051151000001")
        assert CITIZEN.index("051151000001") != CITIZEN.index("051151000002")
        assert CITIZEN.index("051151000001") != Sealed("registration", "holder_citizen_id").index("051151000001")


def table(sealed: list[bytes]) -> Any:
    """Cells of one size as a column of numpy."""
    return np.frombuffer(b"".join(sealed), dtype=f"V{len(sealed[0])}")


class TestOpenTable:
    """Many cells of one size at once: what holds of one holds of each."""

    rows = tuple(str(new_id()) for _ in range(3))
    ids = np.frombuffer("".join(rows).encode(), dtype="V36")
    texts = ("051151000001", "051151000002", "051151000003")

    def sealed(self) -> list[bytes]:
        """Each text beside its row."""
        return [CITIZEN.seal(row, text) for row, text in zip(self.rows, self.texts, strict=True)]

    def test_what_was_sealed_opens(self) -> None:
        """The texts come back end to end, in their order."""
        assert CITIZEN.open_table(self.ids, table(self.sealed())) == "".join(self.texts).encode()

    def test_none_and_nothing(self) -> None:
        """No cell gives no text, and cells of no text give none."""
        assert CITIZEN.open_table(self.ids[:0], table(self.sealed())[:0]) == b""
        assert CITIZEN.open_table(self.ids, table([CITIZEN.seal(row, "") for row in self.rows])) == b""

    def test_cells_that_changed_places_do_not_open(self) -> None:
        """Two rows cannot take each other's number."""
        with pytest.raises(Unavailable, match="altered or moved"):
            CITIZEN.open_table(self.ids, table(self.sealed()[::-1]))

    def test_another_column_does_not_open(self) -> None:
        """A cell is bound to its table and column."""
        with pytest.raises(Unavailable):
            Sealed("person", "old_id").open_table(self.ids, table(self.sealed()))

    @pytest.mark.parametrize("at", [0, 1, 12, 13, -1])
    def test_a_changed_byte_is_noticed(self, at: int) -> None:
        """Wherever it lies in the last cell: its key, the random bytes, the text, the tag."""
        *others, last = self.sealed()
        changed = bytearray(last)
        changed[at] ^= 1
        with pytest.raises(Unavailable):
            CITIZEN.open_table(self.ids, table([*others, bytes(changed)]))

    @pytest.mark.parametrize("size", [1, 28])
    def test_a_cell_too_short_to_be_one_does_not_open(self, size: int) -> None:
        """What is shorter than the key, the random bytes and the tag was never sealed."""
        with pytest.raises(Unavailable):
            CITIZEN.open_table(self.ids, table([cell[:size] for cell in self.sealed()]))


class TestKeyring:
    @pytest.mark.parametrize("root", [b"", b"short", b"\x00" * 32, b"ab" * 32])
    def test_a_weak_key_is_refused(self, root: bytes) -> None:
        """Short or patterned keys do not start the program."""
        with pytest.raises(Unavailable, match="weak"):
            Keyring(root)


class TestRootKey:
    def test_it_is_made_at_first_start_for_its_owner_only(self, tmp_path: Path) -> None:
        """The key file is made with mode 0600 and read again at the next start."""
        settings = Settings(data_dir=tmp_path)
        made = crypto.root_key(settings, may_create=True)
        assert settings.key_file.stat().st_mode & 0o777 == 0o600
        assert crypto.root_key(settings, may_create=False) == made

    def test_a_lost_key_is_not_replaced(self, tmp_path: Path) -> None:
        """Where a database exists, a missing key is an error, not a new key."""
        with pytest.raises(Unavailable, match="not found"):
            crypto.root_key(Settings(data_dir=tmp_path), may_create=False)

    def test_a_key_that_others_can_read_is_refused(self, tmp_path: Path) -> None:
        """The file's mode is part of the secret."""
        settings = Settings(data_dir=tmp_path)
        crypto.root_key(settings, may_create=True)
        settings.key_file.chmod(0o644)
        with pytest.raises(Unavailable, match="chmod 600"):
            crypto.root_key(settings, may_create=False)

    def test_it_comes_from_the_environment_first(self, tmp_path: Path) -> None:
        """A key in DISBURSE_KEY wins and makes no file."""
        root = secrets.token_bytes(32)
        settings = Settings(data_dir=tmp_path, key=root.hex())
        assert crypto.root_key(settings, may_create=True) == root
        assert not settings.key_file.exists()

    @pytest.mark.parametrize("text", ["changethis", "12345678", "zz" * 32])
    def test_a_password_is_not_a_key(self, tmp_path: Path, text: str) -> None:
        """Only 32 random bytes in hex or base64 are a key."""
        with pytest.raises(Unavailable, match="weak"):
            crypto.root_key(Settings(data_dir=tmp_path, key=text), may_create=True)
