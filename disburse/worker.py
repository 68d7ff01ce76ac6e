"""`disburse worker`: the registry of background tasks, and the loop that runs them until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated

import structlog
import typer

from disburse import clock, config, console
from disburse.access import tasks as access
from disburse.accounts import tasks as accounts
from disburse.audit import tasks as audit
from disburse.banks import tasks as banks
from disburse.config import Settings
from disburse.confirmations import tasks as confirmations
from disburse.db import Database
from disburse.duplicates import finding as duplicates
from disburse.installation import open_installation
from disburse.jobs.running import Task, run_next
from disburse.payments import tasks as payments
from disburse.progress import tasks as progress
from disburse.rosters import repairing_many, retention
from disburse.rosters import tasks as rosters

log = structlog.get_logger()

TASKS: Mapping[str, Task] = {
    "rosters.import": rosters.import_roster,
    "rosters.prepare": rosters.prepare_roster,
    "rosters.repair": repairing_many.work,
    "accounts.check": accounts.check_list,
    "accounts.import": accounts.import_list,
    "confirmations.registrations": confirmations.take_posted,
    "banks.deliver": banks.deliver,
    "accounts.link": accounts.link_all,
    "accounts.link_due": accounts.link_due,
}

# What comes round by itself: name → (every, what). Each is harmless when run twice or by two workers.
ROUNDS: Mapping[str, tuple[timedelta, Callable[[Database, Settings], object]]] = {
    "audit.anchor": (timedelta(minutes=15), audit.anchor),
    "audit.check": (timedelta(hours=6), audit.check),
    "progress.turn_day": (timedelta(hours=1), progress.turn_day),
    "rosters.erase_raw": (timedelta(days=1), retention.erase_raw),
    "payments.erase_raw": (timedelta(days=1), payments.erase_raw),
    "duplicates.find": (timedelta(hours=6), duplicates.search_all),
    "accounts.link_due": (timedelta(minutes=1), accounts.enqueue_due),
    "accounts.erase_unmatched": (timedelta(days=1), accounts.erase_unmatched),
    "accounts.erase_lists": (timedelta(days=1), accounts.erase_lists),
    "confirmations.ask": (timedelta(minutes=1), confirmations.ask_banks),
    "confirmations.erase_answers": (timedelta(days=1), confirmations.erase_answers),
    "access.forget_forms": (timedelta(minutes=10), access.forget_forms),
    "banks.forget_old": (timedelta(hours=1), banks.forget_old),
}

IDLE_SECONDS = 1.0

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def worker(
    once: Annotated[bool, typer.Option("--once", help="Dừng khi không còn tác vụ nào chờ.")] = False,
) -> None:
    """Chạy các tác vụ nền cho đến khi được yêu cầu dừng."""
    settings = config.load()
    database = open_installation(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    console.say("Đang chờ tác vụ. Nhấn Ctrl+C để dừng.")
    work(database, settings, stop=stop, once=once)


def work(database: Database, settings: Settings, *, stop: threading.Event, once: bool = False) -> None:
    """Run jobs as they come, and the rounds when they are due; a failure of one never ends the loop."""
    last_run: dict[str, float] = {}
    while not stop.is_set():
        _make_rounds(database, settings, last_run)
        try:
            worked = run_next(database, TASKS, lease_seconds=settings.job_lease_seconds)
        except Exception as error:
            log.warning("worker.database", error=type(error).__name__)
            worked = False
        if not worked and once:
            return
        if not worked:
            stop.wait(IDLE_SECONDS)


def _make_rounds(database: Database, settings: Settings, last_run: dict[str, float]) -> None:
    now = clock.utc_now().timestamp()
    for name, (every, what) in ROUNDS.items():
        if now - last_run.get(name, 0.0) < every.total_seconds():
            continue
        last_run[name] = now
        try:
            what(database, settings)
        except Exception as error:
            log.warning("worker.round", round=name, error=type(error).__name__)
