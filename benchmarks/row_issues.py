"""How long a page of row issues takes with 50,000 issues in one roster, against a page that asks the database nothing.

    python -m benchmarks.row_issues [ISSUES] [sqlite|postgres]

Prints the median and the 95th percentile of 20 requests, in milliseconds, for each view and each reader.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from disburse import crypto, migrations, reference
from disburse.access import actions as access
from disburse.audit.actor import By
from disburse.config import Settings
from disburse.db import Database
from disburse.rosters import staging
from disburse.rosters.tables import Roster, RosterState, Scope
from tests.api import seeding
from tests.conftest import TEST_KEY, PostgresServer

HOST = "https://disburse.test"
KINDS = (
    ("commune_unknown", "error", "F", {"found": "Xã Bin Son", "province": "51"}),
    ("id_missing", "warning", "E", {}),
    ("birth_impossible_day", "warning", "D", {"found": "31/6/1950", "kept": "1950"}),
    ("id_restored", "info", "E", {"before": "51051000123", "after": "051051000123"}),
)
VIEWS = ("", "?waiting=1", "?code=birth_impossible_day", "?severity=warning&page=200", "?page=900")


def fill(database: Database, issues: int) -> tuple[UUID, str]:
    """Make one roster of that many issues, four rows of five flawed; returns it and its commune."""
    seeded = seeding.fill(database, per_cell=4)
    with database.transaction() as session:
        roster = Roster(
            programme="BTXH", period="2026-05", scope=Scope.FULL, province_code="51", file_name="lon.xlsx",
            sha256="0" * 64, state=RosterState.IMPORTED, created_by="canbo.xa",
            created_at=seeding.clock.utc_now(), rows_read=issues, rows_ok=issues * 3 // 4, rows_parked=issues // 4,
        )  # fmt: skip
        session.add(roster)
        session.flush()
        roster_id = roster.id
    for start in range(0, issues, staging.CHUNK):
        rows = [_row(line, seeded.commune) for line in range(start + 2, min(start + staging.CHUNK, issues) + 2)]
        with database.transaction() as session:
            staging.stage(session, roster_id, rows)
    return roster_id, seeded.commune


def _row(line: int, commune: str) -> dict[str, object]:
    code, severity, column, facts = KINDS[line % len(KINDS)]
    values: dict[str, object] = {"full_name": "Nguyễn Văn An"}
    if severity != "error":
        values |= {"commune_code": commune, "origin_code": commune, "origin_valid_from": "2025-07-01"}
    issue = {"column": column, "severity": severity, "code": code, "value": facts.get("found", ""), "facts": facts}
    state = "parked" if severity == "error" else "ok"
    return {"sheet": "T", "line": line, "state": state, "values": values, "issues": [issue], "raw": ["1"] * 10}


def client_of(app: FastAPI, database: Database, user: str) -> TestClient:
    """Return a signed-in client."""
    with database.transaction() as session:
        account = seeding.user_named(session, user)
        token, _ = access.begin_session(session, user=account, by=By(name=user))
    client = TestClient(app, base_url=HOST, client=("127.0.0.1", 50_000))
    client.cookies.set("__Host-sid", token)
    return client


def measured(client: TestClient, address: str) -> str:
    """Return median and 95th percentile of 20 requests."""
    times = []
    for _ in range(20):
        start = time.perf_counter()
        answer = client.get(address)
        times.append(1000 * (time.perf_counter() - start))
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
    return f"{statistics.median(times):7.0f} {sorted(times)[18]:7.0f}"


def main() -> None:
    """Measure and print."""
    issues = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    crypto.use(crypto.Keyring(bytes.fromhex(TEST_KEY)))
    server = PostgresServer() if sys.argv[2:] == ["postgres"] else None
    with tempfile.TemporaryDirectory() as folder:
        if server:
            server.run("CREATE DATABASE row_issues")
        database = Database(server.url_of("row_issues") if server else f"sqlite:///{Path(folder) / 'b.db'}")
        migrations.upgrade(database)
        reference.load(database)
        roster_id, _ = fill(database, issues)
        app = create_app(database, Settings(key=TEST_KEY, public_url=HOST))
        sys.stdout.write(f"{issues} issues: median and p95 in ms\n")
        for user in ("canbo.tinh", "canbo.xa"):
            client = client_of(app, database, user)
            sys.stdout.write(f"{measured(client, '/healthz')}  {user} /healthz\n")
            for view in VIEWS:
                sys.stdout.write(f"{measured(client, f'/rosters/{roster_id}/issues{view}')}  {user} issues{view}\n")
        database.close()
    if server:
        server.stop()


if __name__ == "__main__":
    main()
