"""`make screenshots`: every screen of the demo at desk and phone width, as pictures to look at.

    python -m tests.browser.screenshots [--data DIR] [--out DIR] [--only NAME …]

Builds the demo in DIR/whole, and its month before the clerks decide in DIR/undecided, or takes those that are there;
writes OUT/NAME-1366.png and OUT/NAME-390.png. A screen that cannot be reached is an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from disburse import clock, config, reference
from disburse.demo.accounts import PASSWORD, add_accounts
from disburse.demo.folder import demo_settings, prepare_folder
from disburse.demo.steps import read_steps, sample_folder, take
from disburse.installation import prepare_installation
from tests.browser.screens import SCREENS, Screen

WIDTHS = (1366, 390)
ROOT = Path(__file__).parents[2]


def main() -> int:
    """Take the pictures; returns 1 when a screen could not be reached."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    lost = []
    for station, undecided in (("whole", False), ("undecided", True)):
        screens = [s for s in SCREENS if s.undecided == undecided and (not asked.only or s.name in asked.only)]
        if screens:
            lost += _take_station(asked.data / station, screens, asked.out)
    for name, why in lost:
        sys.stderr.write(f"{name}: {why}\n")
    return 1 if lost else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "screenshots", help="the demo's folder")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots", help="where the pictures go")
    parser.add_argument("--only", nargs="*", default=[], help="names of screens")
    return parser.parse_args()


def _take_station(data: Path, screens: list[Screen], out: Path) -> list[tuple[str, str]]:
    if not (data / "disburse.db").exists():
        _live(data, until_decisions=data.name == "undecided")
    lost = []
    with _served(data) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for user, of_user in _by_user(screens).items():
            lost += _take_all(browser, url, user, of_user, out)
        browser.close()
    return lost


def _live(data: Path, *, until_decisions: bool) -> None:
    """Live through the sample's month: all of it, or up to the morning when the clerks begin to decide."""
    if not until_decisions:
        _run("demo", "--data", str(data), "--no-serve")
        return
    prepare_folder(data)
    database = prepare_installation(demo_settings(config.load(), data, None))
    reference.load(database)
    steps = list(takewhile(lambda step: step.kind != "decisions", read_steps(sample_folder())))
    with clock.living_on(steps[0].on):
        add_accounts(database)
    for step in steps:
        with clock.living_on(step.on):
            take(database, step)
    database.close()


def _by_user(screens: list[Screen]) -> Mapping[str, list[Screen]]:
    found: dict[str, list[Screen]] = {}
    for screen in screens:
        found.setdefault(screen.user, []).append(screen)
    return found


def _take_all(browser: Browser, url: str, user: str, screens: list[Screen], out: Path) -> list[tuple[str, str]]:
    lost = []
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN", reduced_motion="reduce")
        page = context.new_page()
        if user:
            _sign_in(page, url, user)
        for screen in screens:
            try:
                _open(page, url, screen)
            except Exception as error:  # the other screens are still wanted
                lost.append((f"{screen.name}-{width}", str(error).splitlines()[0]))
                continue
            page.screenshot(path=out / f"{screen.name}-{width}.png", full_page=screen.whole)
        context.close()
    return lost


def _sign_in(page: Page, url: str, user: str) -> None:
    page.goto(url + "/sign-in")
    page.fill("#name", user)
    page.fill("#password", PASSWORD)
    page.click("form[action='/sign-in'] button[type=submit]")
    page.wait_for_load_state()


def _open(page: Page, url: str, screen: Screen) -> None:
    answer = page.goto(url + screen.address)
    for step in screen.follow:
        page.locator(step).first.click(timeout=5000)
        page.wait_for_load_state()
    if answer is None or answer.status >= 400 or page.locator("main").count() == 0:
        raise RuntimeError(f"{screen.address} answered {answer.status if answer else 'nothing'}")


@contextmanager
def _served(data: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {"DISBURSE_DATA_DIR": str(data), "DISBURSE_DEMO": "1", "DISBURSE_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "api"], env=os.environ | variables, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url + "/readyz")
        yield url
    finally:
        server.terminate()
        server.wait()


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise RuntimeError("the web did not start")


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "disburse", *arguments], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
