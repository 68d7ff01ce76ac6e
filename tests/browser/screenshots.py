"""`make screenshots`: every screen at desk and phone width, as pictures to look at.

    python -m tests.browser.screenshots [--language vi|en] [--whole] [--data DIR] [--out DIR] [--only NAME …]

Builds the demo in DIR/whole, its month before the clerks decide in DIR/undecided, and the tests' small province, which
has what no month of the demo leaves behind, in DIR/small; or takes those that are there. Writes NAME-1366.png and
NAME-390.png into OUT/LANGUAGE. A screen that cannot be reached is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from api.web.words import LANGUAGES
from disburse import clock, config, reference
from disburse.demo.accounts import PASSWORD, add_accounts
from disburse.demo.folder import demo_settings, prepare_folder
from disburse.demo.steps import read_steps, sample_folder, take
from disburse.installation import prepare_installation
from tests.api import seeding
from tests.browser.screens import EXPIRE, SCREENS, Screen, Station

WIDTHS = (1366, 390)
LOCALES = {"vi": "vi-VN", "en": "en-GB"}
ROOT = Path(__file__).parents[2]
NAMES = "seeded.json"  # the small province's ids by the names that addresses use in braces
DATA = "data"  # the name by which its folder goes among them


def main() -> int:
    """Take the pictures; returns 1 when a screen could not be reached."""
    asked = _arguments()
    out = asked.out / asked.language
    out.mkdir(parents=True, exist_ok=True)
    lost = []
    for station in Station:
        screens = [s for s in SCREENS if s.station == station and (not asked.only or s.name in asked.only)]
        if screens:
            lost += _take_station(asked.data / station, screens, Camera(out, asked.language, asked.whole))
    for name, why in lost:
        sys.stderr.write(f"{name}: {why}\n")
    return 1 if lost else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "data" / "screenshots", help="the installations' folder")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots", help="where the pictures go")
    parser.add_argument("--language", choices=LANGUAGES, default="vi", help="the language of the screens")
    parser.add_argument("--whole", action="store_true", help="also what lies below the fold, on every screen")
    parser.add_argument("--only", nargs="*", default=[], help="names of screens")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Camera:
    """How pictures are taken: where they go, in which language, and whether with what lies below the fold."""

    out: Path
    language: str
    whole: bool


def _take_station(data: Path, screens: list[Screen], camera: Camera) -> list[tuple[str, str]]:
    if not (data / "disburse.db").exists():
        _BUILDERS[Station(data.name)](data)
    prepare_installation(demo_settings(config.load(), data, None)).close()  # migrates what an earlier run built
    names = json.loads((data / NAMES).read_text("utf-8")) | {DATA: str(data)} if (data / NAMES).exists() else {}
    lost = []
    with _served(data) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for user, of_user in _by_user(screens).items():
            lost += _take_all(browser, url, user, of_user, names, camera)
        browser.close()
    return lost


def _live_whole(data: Path) -> None:
    """Live through the whole month of the sample."""
    _run("demo", "--data", str(data), "--no-serve")


def _live_until_decisions(data: Path) -> None:
    """Live through the sample's month up to the morning when the clerks begin to decide."""
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


def _fill_small(data: Path) -> None:
    """Make the tests' small province: files in the middle of their upload, a bank's user, a payer's, empty lists."""
    data.mkdir(parents=True, exist_ok=True)
    database = prepare_installation(demo_settings(config.load(), data, None))
    reference.load(database)
    seeded = seeding.fill(database)
    database.close()
    (data / NAMES).write_text(json.dumps({name: str(value) for name, value in asdict(seeded).items()}), "utf-8")


_BUILDERS = {Station.WHOLE: _live_whole, Station.UNDECIDED: _live_until_decisions, Station.SMALL: _fill_small}


def _by_user(screens: list[Screen]) -> Mapping[str, list[Screen]]:
    found: dict[str, list[Screen]] = {}
    for screen in screens:
        found.setdefault(screen.user, []).append(screen)
    return found


def _take_all(
    browser: Browser, url: str, user: str, screens: list[Screen], names: Mapping[str, str], camera: Camera
) -> list[tuple[str, str]]:
    lost = []
    password = seeding.PASSWORD if names else PASSWORD
    for width in WIDTHS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale=LOCALES[camera.language], reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(url + "/sign-in")
        if user:
            _sign_in(page, user, password)
        _speak(page, camera.language)
        for screen in screens:
            if width not in screen.widths:
                continue
            try:
                _open(page, url, screen, names, password)
            except Exception as error:  # the other screens are still wanted
                lost.append((f"{screen.name}-{width}", str(error).splitlines()[0]))
                continue
            path = camera.out / f"{screen.name}-{width}.png"
            page.screenshot(path=path, full_page=screen.whole or camera.whole)
        context.close()
    return lost


def _sign_in(page: Page, user: str, password: str) -> None:
    page.fill("#name", user)
    page.fill("#password", password)
    page.click("form[action='/sign-in'] button[type=submit]")
    page.wait_for_load_state()


def _speak(page: Page, language: str) -> None:
    """Switch to the language if the page speaks another; a user's choice is kept in the installation."""
    button = page.locator(f"form.language button[value={language}]")
    if button.count():
        button.click()
        page.wait_for_load_state()


def _open(page: Page, url: str, screen: Screen, names: Mapping[str, str], password: str) -> None:
    answer = page.goto(url + screen.address.format(**names))
    for step in screen.follow:
        if step is EXPIRE:
            _end_sessions(names[DATA])
        elif isinstance(step, tuple):
            page.fill(step[0], step[1] or password, timeout=10_000)
        else:
            page.locator(step).first.click(timeout=10_000)
            page.wait_for_load_state()
    if answer is None or answer.status != screen.status or page.locator("main").count() == 0:
        raise RuntimeError(f"{screen.address} answered {answer.status if answer else 'nothing'}")


def _end_sessions(data: str) -> None:
    """Let an hour go by for every session, as over a lunch break."""
    with sqlite3.connect(Path(data) / "disburse.db", timeout=30) as database:
        database.execute("UPDATE user_session SET seen_at = datetime(seen_at, '-1 hour')")


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
    for _ in range(900):  # a loaded machine starts it in a minute
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
