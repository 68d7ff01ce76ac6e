"""The installed wheel: what a user installs works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(target)], check=True)
    return target


def run(installed: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DISBURSE_")}
    return subprocess.run(
        [sys.executable, "-m", "disburse", *arguments],
        cwd=folder, env=environment | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


class TestWheel:
    @pytest.mark.parametrize(
        "part",
        [
            "disburse/areas/data/communes.csv",
            "disburse/sample/manifest.json",
            "disburse/migrations/env.py",
            "api/web/templates",
            "api/web/static",
            "matching/py.typed",
        ],
    )
    def test_it_holds_its_data(self, installed: Path, part: str) -> None:
        """Tables, templates, the sample and the migrations travel with the code."""
        assert (installed / part).exists()

    def test_it_holds_no_tests(self, installed: Path) -> None:
        """Tests and benchmarks stay at home."""
        assert {path.name for path in installed.iterdir() if path.is_dir()} >= {"disburse", "api", "matching"}
        assert not (installed / "tests").exists()

    def test_a_roster_can_be_checked_from_anywhere(self, installed: Path, tmp_path: Path) -> None:
        """`roster check` needs neither database nor key nor settings, and leaves nothing behind."""
        file = tmp_path / "xa.csv"
        file.write_text("Họ và tên,Năm sinh\nĐinh Thị Lan,1950\n", encoding="utf-8")
        done = run(installed, "roster", "check", str(file), "--commune", "21040", "--json", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert '"verdict": "accept"' in done.stdout
        assert [path.name for path in tmp_path.iterdir()] == ["xa.csv"]

    def test_the_version_is_told(self, installed: Path, tmp_path: Path) -> None:
        """`disburse --version` is the first thing a maintainer asks."""
        assert run(installed, "--version", folder=tmp_path).stdout.startswith("disburse ")
