"""A real browser on a real server: the system's Chromium, and the site on a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

from api.app import create_app
from disburse.access import actions as access
from disburse.audit.actor import By
from disburse.config import Settings
from disburse.db import Database
from tests.api import seeding
from tests.conftest import TEST_KEY, Templates

AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text()
A4_ACROSS = 1039  # CSS pixels between the margins of print.css: 275 mm
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")


@dataclass(frozen=True)
class Site:
    """A served site: where it is, and what is in it."""

    url: str
    database: Database
    seeded: seeding.Seeded


def _browser_path() -> str | None:
    named = os.environ.get("CHROMIUM", "")
    found = [named] if named else [path for path in map(shutil.which, BROWSERS) if path]
    return found[0] if found else None


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium; without one the test is skipped, or fails where a browser is required."""
    path = _browser_path()
    if path is None:
        if os.environ.get("DISBURSE_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium was found, and DISBURSE_REQUIRE_BROWSER=1")
        pytest.skip("no Chromium was found: install one, or name it in CHROMIUM")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=path, args=sandbox)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def filled(sqlite_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, seeding.Seeded]:
    """A database with a small province in it."""
    path = tmp_path_factory.mktemp("browser") / "site.db"
    shutil.copy(sqlite_templates.stocked, path)
    database = Database(f"sqlite:///{path}")
    return database, seeding.fill(database, per_cell=30)


@pytest.fixture(scope="session")
def demo_site(filled: tuple[Database, seeding.Seeded]) -> Iterator[Site]:
    """The site as a demo: plain HTTP, no second factor."""
    yield from _served(*filled, demo=True)


@pytest.fixture(scope="session")
def real_site(filled: tuple[Database, seeding.Seeded]) -> Iterator[Site]:
    """The site as in an office: secure cookies (which browsers accept from localhost), second factor."""
    yield from _served(*filled, demo=False)


def _served(database: Database, seeded: seeding.Seeded, *, demo: bool) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    app = create_app(database, Settings(key=TEST_KEY, demo=demo, public_url=url))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield Site(url, database, seeded)
    server.should_exit = True
    thread.join(timeout=10)


class Watched:
    """A page that remembers what a user would never forgive: script errors and broken rules of the CSP."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that answers 404 or 403 on purpose is reported as a failed resource; all else counts.
        if message.type == "error" and "the server responded with a status" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.site.url + path)

    def sign_in(self, name: str) -> None:
        """Begin a session of a sample user of a demo site; the form itself has tests of its own."""
        with self.site.database.transaction() as session:
            user = seeding.user_named(session, name)
            token, _ = access.begin_session(session, user=user, by=By(name=name))
        self.page.context.add_cookies([{"name": "sid", "value": token, "url": self.site.url}])

    def barriers(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA, one line each."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        # Passes are counted by nobody here; without "resultTypes" axe describes every node of theirs too.
        rules = {
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            "resultTypes": ["violations"],
        }
        run = "async rules => (await axe.run(document, rules)).violations"
        found: list[dict[str, Any]] = self.page.evaluate(run, rules)
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found
            for node in violation["nodes"]
        ]

    def fits_everywhere(self) -> None:
        """Assert that the page as it stands has no barrier on a screen and on a phone, fits at 400 % zoom and on paper.

        One load for all: 1366 px, 390 px, the 320 px that WCAG 1.4.10 means by 400 %, and a sheet of A4 across.
        """
        for width in (1366, 390, 320):
            self.page.set_viewport_size({"width": width, "height": 844})
            assert self.overflow() <= 0, f"the page is wider than {width} px"
            if width != 320:
                assert self.barriers() == []
        self.page.emulate_media(media="print")
        self.page.set_viewport_size({"width": A4_ACROSS, "height": 700})
        assert self.overflow() <= 0, "the page is wider than a sheet of A4 across"
        self.page.emulate_media(media="screen")
        self.page.set_viewport_size({"width": 1366, "height": 844})
        assert self.complaints == []

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wide


Opener = Callable[..., Watched]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Opener]:
    """Open a page: `visit(site)`, with another window width by `width=`."""
    contexts = []

    def opened(site: Site, *, width: int = 1366) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, locale="vi-VN", reduced_motion="reduce"
        )
        contexts.append(context)
        return Watched(context.new_page(), site)

    yield opened
    for context in contexts:
        context.close()
