"""The day's first review card in a fresh web process, with and without what the process loads at its start.

    python -m benchmarks.first_card [--rounds 3]

Each round starts a process, signs in, opens the queue, and asks for eleven cards over HTTP: the first one, and the
median of the ten after it. "cold" is the same process without `review_cards.get_ready`; both stand side
by side because the machine is shared.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from disburse import reference
from disburse.config import Settings
from disburse.installation import prepare_installation
from tests.api import seeding

WARM = "import sys; from api.__main__ import main; sys.exit(main([]))"
COLD = "from api.web import review_cards; review_cards.get_ready = lambda: None; " + WARM
READING = 3.0  # seconds from the sign-in to the first card: an officer looks at the queue first


def main() -> None:
    """Fill an installation, then take turns."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    rounds = asked.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        database = prepare_installation(Settings(data_dir=Path(folder)))
        reference.load(database)
        seeding.fill(database)
        database.close()
        for _ in range(rounds):
            for name, code in (("cold", COLD), ("warm", WARM)):
                first, later = _measure(folder, code)
                print(f"{name}: first card {first * 1000:.0f} ms, later ones {later * 1000:.0f} ms (median)")


def _measure(folder: str, code: str) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"DISBURSE_DATA_DIR": folder, "DISBURSE_DEMO": "1", "DISBURSE_PORT": str(port)}
    web = subprocess.Popen([sys.executable, "-c", code], env=os.environ | settings, stdout=subprocess.DEVNULL)
    try:
        return _cards(f"http://127.0.0.1:{port}", web)
    finally:
        web.terminate()
        web.wait()


def _cards(url: str, web: subprocess.Popen[bytes]) -> tuple[float, float]:
    officer = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    while web.poll() is None:
        try:
            officer.open(url + "/healthz").close()
            break
        except OSError:
            time.sleep(0.05)
    form = urllib.parse.urlencode({"name": "canbo.tinh", "password": seeding.PASSWORD}).encode()
    for path, data in (("/sign-in", None), ("/sign-in", form), ("/review", None)):
        officer.open(url + path, data).read()
    time.sleep(READING)
    times = []
    for _ in range(11):
        began = time.perf_counter()
        officer.open(url + "/review/next").read()
        times.append(time.perf_counter() - began)
    return times[0], statistics.median(times[1:])


if __name__ == "__main__":
    main()
