"""The linters are part of the tests: what they refuse does not land."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

BIN = Path(sys.executable).parent


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / arguments[0]), *arguments[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )


class TestTools:
    def test_imports_point_one_way(self) -> None:
        """api → disburse → matching, and every feature only on those before it."""
        done = run("lint-imports", "--no-cache")
        assert done.returncode == 0, done.stdout

    @pytest.mark.parametrize("arguments", [("check", "."), ("format", "--check", ".")])
    def test_ruff_is_content(self, arguments: tuple[str, ...]) -> None:
        """Style and formatting are not a matter of opinion."""
        done = run("ruff", *arguments, "--no-cache")
        assert done.returncode == 0, done.stdout

    def test_types_are_strict(self) -> None:
        """mypy --strict finds nothing."""
        done = run("mypy", "--no-incremental")
        assert done.returncode == 0, done.stdout
