"""Fifty identical posts at the same moment, at two processes: one effect, and one answer for everybody."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from disburse import clock, crypto
from disburse.accounts.tables import LinkState
from disburse.audit.tables import KeyCheck
from disburse.db import Database
from tests.api.v1.conftest import YES, Partner, Wire, wire_over
from tests.conftest import TEST_KEY

PARALLEL, PROCESSES = 50, 2


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(url: str, folder: Path) -> Iterator[int]:
    """Run the web over a database in a process of its own; gives its port."""
    port = free_port()
    environment = os.environ | {
        "DISBURSE_DATABASE_URL": url, "DISBURSE_KEY": TEST_KEY, "DISBURSE_PORT": str(port),
        "DISBURSE_DATA_DIR": str(folder),
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "api"], env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def ports(database: Database, tmp_path: Path) -> Iterator[list[int]]:
    """Two processes over one database."""
    with database.transaction() as session:
        session.add(KeyCheck(id=1, value=crypto.keyring().check_value, made_at=clock.utc_now()))
    with ExitStack() as stack:
        yield [stack.enter_context(served(database.url, tmp_path)) for _ in range(PROCESSES)]


def post_at_once(ports: list[int], partner: Partner, key: str, items: list[Any]) -> list[tuple[int, bytes]]:
    """Send one call fifty times, from as many threads that wait for one another; returns status and body of each."""
    body = json.dumps({"items": items}).encode()
    headers = partner.headers | {"idempotency-key": key, "content-type": "application/json"}
    barrier, answers = threading.Barrier(PARALLEL), []

    def send(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", ports[number % len(ports)], timeout=60)
        connection.connect()
        barrier.wait(60)
        connection.request("POST", "/api/v1/bank/results", body, headers)
        answer = connection.getresponse()
        answers.append((answer.status, answer.read()))
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(PARALLEL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def race(wire: Wire, ports: list[int], rounds: int) -> None:
    partner = wire.employ()
    asked, signed = wire.ask(links=rounds), time.monotonic()
    for request_id in asked:
        if time.monotonic() - signed > 120:  # a token holds for ten minutes, and the machine may be busy
            assert partner.sign_in().status_code == 200
            signed = time.monotonic()
        answers = post_at_once(ports, partner, str(uuid4()), [{"request_id": str(request_id)} | YES])
        assert len(answers) == PARALLEL
        assert {status for status, _ in answers} <= {200, 409}, answers
        assert len({body for status, body in answers if status == 200}) == 1  # the first answer and its replays
        for status, body in answers:
            assert status == 200 or json.loads(body)["code"] == "idempotency_running"
    assert len(wire.results()) == rounds
    assert len(wire.acts("results.taken")) == rounds
    assert all(wire.link_of(one).state == LinkState.CONFIRMED for one in asked)


def race_yes_and_no(wire: Wire, ports: list[int]) -> None:
    partner = wire.employ()
    (asked,) = wire.ask()
    no = {"status": "rjct", "reason_code": "rjct.name.mismatch"}
    said: list[str] = []
    barrier = threading.Barrier(2)

    def say(facts: dict[str, str], port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"items": [{"request_id": str(asked)} | facts]}).encode()
        headers = partner.headers | {"idempotency-key": str(uuid4()), "content-type": "application/json"}
        barrier.wait(60)
        connection.request("POST", "/api/v1/bank/results", body, headers)
        said.append(json.loads(connection.getresponse().read())["results"][0]["status"])

    threads = [threading.Thread(target=say, args=pair) for pair in zip((YES, no), ports, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) in (["failed", "taken"], ["taken", "taken"])
    assert wire.link_of(asked).state == LinkState.REFUSED


class TestRaces:
    def test_one_effect(self, database: Database, ports: list[int]) -> None:
        """Three rounds: 200 with one body or 409, one result, one act. A yes and a no under two keys: a no
        after the yes takes it back, a yes after the no hears that nothing is open any more."""
        wire = wire_over(database)
        race(wire, ports, rounds=3)
        race_yes_and_no(wire, ports)


@pytest.mark.campaign
def test_two_hundred_rounds(database: Database, ports: list[int]) -> None:
    """The same two hundred times on each database."""
    race(wire_over(database), ports, rounds=200)
