"""`disburse serve`: starts the web as a child process, because nothing in disburse may import the web."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Annotated

import typer

from disburse import config, console
from disburse.installation import open_installation

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Địa chỉ nghe.")] = None,
    port: Annotated[int | None, typer.Option(help="Cổng nghe.", min=1, max=65535)] = None,
) -> int:
    """Mở trang web và API cho đến khi được yêu cầu dừng."""
    settings = config.load()
    open_installation(settings).close()  # says in one line what is missing, before the web starts
    site = settings.public_url or f"http://{_by_name(host or settings.host)}:{port or settings.port}"
    console.say(f"Mở trình duyệt: {site}   (Ctrl+C để dừng)")
    child = start_web(os.environ | _address(host, port))
    signal.signal(signal.SIGTERM, lambda number, _frame: _pass_on(child, number, _frame))
    try:
        return child.wait()
    except KeyboardInterrupt:
        return child.wait()


def _by_name(host: str) -> str:
    # Browsers keep the secure cookies of a sign-in on plain HTTP for this name alone.
    return "localhost" if host == "127.0.0.1" else host


def start_web(environment: dict[str, str], *arguments: str, quiet: bool = False) -> subprocess.Popen[bytes]:
    """Start `python -m api` with this environment; `quiet` = without its log."""
    output = subprocess.DEVNULL if quiet else None
    command = [sys.executable, "-m", "api", *arguments]
    return subprocess.Popen(command, env=environment, stdout=output, stderr=output)


def _address(host: str | None, port: int | None) -> dict[str, str]:
    chosen = {"DISBURSE_HOST": host, "DISBURSE_PORT": port and str(port)}
    return {name: value for name, value in chosen.items() if value}


def _pass_on(child: subprocess.Popen[bytes], number: int, _frame: FrameType | None) -> None:
    child.send_signal(number)
