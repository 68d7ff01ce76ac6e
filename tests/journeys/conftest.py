"""One finished demo for all journeys, and the way to run its commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT


@dataclass(frozen=True)
class Run:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def disburse(*arguments: object, folder: Path, **variables: str) -> Run:
    """Run a command of this checkout in a folder, with no setting but those given."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DISBURSE_")}
    done = subprocess.run(
        [sys.executable, "-m", "disburse", *map(str, arguments)],
        cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)} | variables,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """One run of the demo in an empty folder, without the web page."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, disburse("demo", "--data", folder / "d", "--no-serve", "--json", folder=folder)
