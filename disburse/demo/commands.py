"""`disburse demo`: from empty to the progress table, checked against the sample's truth, then the web page."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from disburse import clock, config, console, reference
from disburse.clock import Period
from disburse.config import Settings
from disburse.db import Database
from disburse.demo.accounts import ACCOUNTS, MAKER, PASSWORD, add_accounts
from disburse.demo.folder import demo_settings, environment_of, prepare_folder
from disburse.demo.sandbox import Sandbox
from disburse.demo.steps import read_steps, sample_folder, take
from disburse.demo.truth import differences
from disburse.errors import Invalid
from disburse.installation import prepare_installation
from disburse.progress.actions import close_month
from disburse.progress.commands import print_table
from disburse.progress.queries import EVERYWHERE, ProgressDocument, table
from disburse.serving import start_web

app = typer.Typer(rich_markup_mode=None, add_completion=False)

MONTH = Period(2024, 3)
CLOSED_ON = date(2024, 4, 1)  # the day after the month's last


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="Thư mục của bản trình diễn; được tạo mới.")] = Path("data/demo"),
    port: Annotated[int | None, typer.Option(help="Cổng trang web.", min=1, max=65535)] = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Dừng sau khi in bảng.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="In bảng dạng JSON.")] = False,
) -> int:
    """Dữ liệu mẫu huyện Bình Sơn, tháng 3/2024: từ tệp Excel đến bảng tiến độ, rồi mở trang web."""
    sample = sample_folder()
    settings = demo_settings(config.load(), data, port)
    if not no_serve:
        _check_port(settings.host, settings.port)
    prepare_folder(data)
    database = prepare_installation(settings)
    reference.load(database)
    document = live_through(database, sample, settings)
    if as_json:
        console.print_json(document.as_json() | {"months": []})
    else:
        print_table(document)
    wrong = list(differences(sample, document.as_json()))
    for line in wrong:
        console.say(line)
    if wrong:
        console.say(f"Bảng khác sự thật của dữ liệu mẫu ở {len(wrong)} chỗ.")
        return console.ERROR
    console.say("Bảng đúng bằng sự thật của dữ liệu mẫu, từng con số.")
    database.close()
    return console.DONE if no_serve else _serve(environment_of(settings), settings.port)


def live_through(database: Database, sample: Path, settings: Settings) -> ProgressDocument:
    """Live through the sample's month: every file in its order, then the month is closed. Returns its table.

    Banks with an API answer through it; the others by their files, as the office's own lists come.
    """
    steps = read_steps(sample)
    with clock.living_on(steps[0].on):
        add_accounts(database)
    with _bar() as bar:
        task = bar.add_task("", total=len(steps))
        for day, of_day in groupby(steps, key=attrgetter("on")):
            with clock.living_on(day), Sandbox(settings) as sandbox:
                for step in of_day:
                    bar.update(task, description=step.title)
                    if step.kind == "bank":
                        sandbox.answer(database, step)
                    else:
                        take(database, step)
                    bar.advance(task)
    with clock.living_on(CLOSED_ON):
        with database.transaction() as session:
            close_month(session, period=MONTH, by=MAKER)
        with database.reading() as session:
            return table(session, EVERYWHERE, as_of=MONTH.last_day)


def _bar() -> Progress:
    columns = (TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise Invalid("port_taken", port=port) from taken


def _serve(variables: dict[str, str], port: int) -> int:
    environment: dict[str, Any] = os.environ | variables
    web = start_web(environment)
    worker = subprocess.Popen([sys.executable, "-m", "disburse", "worker"], env=environment, stderr=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: web.terminate())
    console.say(f"\nMở trình duyệt: http://127.0.0.1:{port}   (Ctrl+C để dừng)")
    console.say(f"Mật khẩu chung của các tài khoản mẫu: {PASSWORD}")
    for account in ACCOUNTS:
        console.say(f"  {account.name:<9} {account.full_name} ({account.role})")
    try:
        return web.wait()
    except KeyboardInterrupt:
        return console.DONE
    finally:
        for child in (web, worker):
            child.terminate()
            child.wait()
