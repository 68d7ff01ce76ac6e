"""Opening an installation: nothing starts on a wrong key, a missing key or old tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from disburse import crypto
from disburse.config import Settings
from disburse.errors import Unavailable
from disburse.installation import open_installation, prepare_installation
from tests.conftest import TEST_KEY


@pytest.fixture(autouse=True)
def _own_key() -> Iterator[None]:
    yield
    crypto.use(crypto.Keyring(bytes.fromhex(TEST_KEY)))


class TestPrepare:
    def test_the_first_start_makes_database_and_key(self, tmp_path: Path) -> None:
        """An empty folder becomes an installation that opens."""
        settings = Settings(data_dir=tmp_path / "data")
        prepare_installation(settings).close()
        assert settings.key_file.exists()
        open_installation(settings).close()

    def test_twice_changes_nothing(self, tmp_path: Path) -> None:
        """Preparing again keeps the key."""
        settings = Settings(data_dir=tmp_path)
        prepare_installation(settings).close()
        key = settings.key_file.read_text()
        prepare_installation(settings).close()
        assert settings.key_file.read_text() == key


class TestOpen:
    def test_before_migrate_it_says_what_to_run(self, settings: Settings) -> None:
        """No tables yet: the sentence names the command."""
        with pytest.raises(Unavailable, match="disburse migrate"):
            open_installation(settings)

    def test_another_key_is_noticed_before_anything_is_read(self, settings: Settings) -> None:
        """The right form is not enough: it must be this database's key."""
        prepare_installation(settings).close()
        with pytest.raises(Unavailable, match="not this database's key"):
            open_installation(replace(settings, key=bytes(range(32)).hex()))

    def test_a_lost_key_file_is_not_replaced(self, tmp_path: Path) -> None:
        """Starting with an existing database and no key refuses, and makes no new key."""
        settings = Settings(data_dir=tmp_path)
        prepare_installation(settings).close()
        settings.key_file.unlink()
        for start in (open_installation, prepare_installation):
            with pytest.raises(Unavailable, match="not found"):
                start(settings)
        assert not settings.key_file.exists()

    def test_an_unreachable_server_is_one_sentence(self, settings: Settings) -> None:
        """A database that does not answer is told as such."""
        with pytest.raises(Unavailable, match="cannot be opened"):
            open_installation(replace(settings, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"))

    def test_a_file_that_is_no_database_is_one_sentence(self, settings: Settings) -> None:
        """A damaged file does not end in a traceback."""
        settings.data_dir.mkdir(parents=True)
        (settings.data_dir / "disburse.db").write_bytes(b"not a database" * 100)
        with pytest.raises(Unavailable, match="cannot be opened"):
            open_installation(settings)
