"""What exists is documented, and what is documented exists."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields

import pytest
import typer

from disburse import config
from disburse.access.roles import Permission
from disburse.cli import COMMANDS
from disburse.config import Settings
from tests.house.source import ROOT, modules

COMMANDS_PAGE = (ROOT / "docs/commands.md").read_text("utf-8")
SETTINGS_PAGE = (ROOT / "docs/settings.md").read_text("utf-8")


class TestCommands:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_is_documented(self, name: str) -> None:
        """A command nobody can read about does not exist."""
        assert f"disburse {name}" in COMMANDS_PAGE

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_has_help(self, name: str) -> None:
        """Each loads and explains itself."""
        from importlib import import_module

        module, attribute = COMMANDS[name][0].split(":")
        command = typer.main.get_command(getattr(import_module(module), attribute))
        assert command.help or command.commands  # type: ignore[attr-defined]


class TestSettings:
    def test_every_variable_read_is_documented(self) -> None:
        """docs/settings.md names each variable the code asks for."""
        asked = {name for path in modules() for name in re.findall(r"DISBURSE_[A-Z_]+", path.read_text("utf-8"))}
        assert sorted(name for name in asked if f"`{name}`" not in SETTINGS_PAGE) == []

    def test_settings_are_few(self) -> None:
        """More than 25 settings are a second program."""
        assert len(fields(Settings)) <= 25

    def test_the_defaults_need_nothing(self) -> None:
        """An empty environment is a working installation."""
        assert config.load({}).url == "sqlite:///data/disburse.db"


class TestPermissions:
    def test_every_permission_is_documented(self) -> None:
        """docs/permissions.md names each permission."""
        page = (ROOT / "docs/permissions.md").read_text("utf-8")
        assert [permission for permission in Permission if f"`{permission}`" not in page] == []


class TestDependencies:
    def test_each_earns_its_line(self) -> None:
        """docs/dependencies.md says why each package is here."""
        page = (ROOT / "docs/dependencies.md").read_text("utf-8")
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        names = [re.split(r"[\[><=~ ]", line)[0] for line in project["dependencies"]]
        assert [name for name in names if name not in page] == []

    @pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
    def test_locks_hold_hashes_and_no_addresses(self, lock: str) -> None:
        """A lock names what was tested, not where it came from."""
        text = (ROOT / lock).read_text("utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text


class TestReadme:
    def test_the_two_commands_stand_on_the_first_screen(self) -> None:
        """A newcomer sees them without scrolling."""
        first_screen = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:30])
        assert "make demo" in first_screen
        assert "make test" in first_screen

    def test_the_architecture_is_one_sitting(self) -> None:
        """ARCHITECTURE.md stays within 150 lines."""
        assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 150

    def test_every_local_link_leads_somewhere(self) -> None:
        """No page of the documentation points to a file that is not there."""
        own = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "matching/README.md")
        pages = [*(ROOT / page for page in own), *(ROOT / "docs").rglob("*.md")]
        lost = [
            f"{page.name}: {target}"
            for page in pages
            for target in re.findall(r"\]\(([^)#:]+)[^)]*\)", page.read_text("utf-8"))
            if not (page.parent / target).exists()
        ]
        assert lost == []
