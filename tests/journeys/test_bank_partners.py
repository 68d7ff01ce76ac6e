"""A bank's engineer follows docs/bank-partners.md to the letter: every line of it is run."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.journeys.conftest import Run

PAGE = (ROOT / "docs/bank-partners.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
DEMO, OTHERS = BLOCKS[0], BLOCKS[1:]


@dataclass(frozen=True)
class Desk:
    """Where the engineer works: a folder like a clone's, and the demo's page."""

    folder: Path
    url: str

    def run(self, lines: str) -> subprocess.CompletedProcess[str]:
        """Run lines as they stand on the page, but for the port."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", lines.replace("http://127.0.0.1:8000", self.url)],
            cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def desk(demo: tuple[Path, Run], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """What `make demo` leaves: its folder and its page; a copy, because the lines change it."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(demo[0] / "d", folder / "data" / "demo")
    (folder / "sample").symlink_to(ROOT / "sample")
    (folder / ".venv/bin").mkdir(parents=True)
    command = folder / ".venv/bin/disburse"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m disburse "$@"\n')
    command.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"DISBURSE_DATA_DIR": str(folder / "data/demo"), "DISBURSE_DEMO": "1", "DISBURSE_PORT": str(port)}
    environment = os.environ | settings | {"PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, "-m", "api"], env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(url + "/healthz").close()
            break
        except OSError:
            time.sleep(0.1)
    yield Desk(folder, url)
    server.terminate()
    server.wait()


@pytest.mark.xdist_group("demo")
class TestThePage:
    def test_it_begins_with_the_demo(self) -> None:
        """The page needs nothing but a clone."""
        assert DEMO == "make demo\n"

    def test_every_line_works(self, desk: Desk) -> None:
        """From nothing to the first confirmed account, then a whole program and a bank on a bad day."""
        done = desk.run("".join(OTHERS))
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        assert '"status":"taken"' in done.stdout
        assert "idempotent-replayed: true" in done.stdout.lower()
        assert re.search(r"[1-9]\d* of \d+ answered", done.stdout)
        assert "Lượt 1: lấy" in done.stderr

    def test_the_table_of_endings_is_the_program_s(self) -> None:
        """Each ending on the page is one that the simulated bank knows, and the other way round."""
        from disburse.banks.simulated import SILENT, VERDICTS

        written = set(re.findall(r"\b9\d\b", "\n".join(re.findall(r"^\| (9[\d, ]+) \|", PAGE, re.M))))
        assert written == {*VERDICTS, SILENT}
