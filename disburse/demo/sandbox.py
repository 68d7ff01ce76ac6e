"""The demo's banks with an API: simulated ones, which answer over HTTP through the same door as a real program."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from dataclasses import replace
from types import TracebackType

from disburse import clock
from disburse.banks import actions as banks
from disburse.banks.actions import ClientChange
from disburse.banks.books import read_book
from disburse.banks.partner import Wire
from disburse.banks.simulated import Temper, play
from disburse.config import Settings
from disburse.db import Database
from disburse.demo.accounts import MAKER
from disburse.demo.folder import environment_of
from disburse.demo.steps import Step
from disburse.errors import Unavailable
from disburse.serving import start_web

PROGRAM = "Ngân hàng mô phỏng"
# A bank on an ordinary bad day: it answers late and out of order, sends some of it twice, loses answers, falls over.
TEMPER = Temper(broken_lines=0.3, twice=0.3, outages=0.3, delay=1, seed=6)
CALLS_PER_MINUTE = 600
ROUNDS = 20  # more than this temper ever needs
SECONDS = 120.0  # a busy machine starts slowly


class Sandbox:
    """The web process of the demo as long as its banks need it; it starts with the first of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._web: subprocess.Popen[bytes] | None = None
        self._url = ""

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._web is not None:
            self._web.terminate()
            self._web.wait()

    def answer(self, database: Database, step: Step) -> None:
        """Let a bank pull what it is asked and answer from its book, until nothing of it is left."""
        with database.transaction() as session:
            secret = banks.add_client(session, bank_code=step.options["bank"], name=PROGRAM, by=MAKER)
            faster = ClientChange(per_minute=CALLS_PER_MINUTE)  # a month's delays pass in seconds here
            banks.change_client(session, client_id=secret.client_id, change=faster, by=MAKER)
        wire = Wire(self._address(), str(secret.client_id), secret.secret)
        temper = replace(TEMPER, book=read_book(step.file))
        for turn in range(ROUNDS):
            if play(wire, temper, turn).later == 0:
                return

    def _address(self) -> str:
        if self._web is None:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            settings = replace(self._settings, host="127.0.0.1", port=port)
            self._web = start_web(os.environ | environment_of(settings), clock.utc_now().isoformat(), quiet=True)
            self._url = f"http://127.0.0.1:{port}"
            _wait_for(self._url, self._web)
        return self._url


def _wait_for(url: str, web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and web.poll() is None:
        try:
            urllib.request.urlopen(url + "/healthz", timeout=5).close()  # noqa: S310 - our own process
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Unavailable("partner_unreachable", url=url)
