"""What the reading child is asked to do in these tests: read a file, or misbehave."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from disburse.workbooks import sheets


def summary(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Tell of each sheet how many lines it has, and its first cells."""
    workbook = sheets.open_workbook(path, options.get("name", path.name))
    for sheet in workbook.sheets:
        yield {
            "kind": "sheet",
            "name": sheet.name,
            "visible": sheet.visible,
            "lines": len(sheet.lines),
            "numbers": [line.number for line in sheet.lines[:5]],
            "top": [line.cells for line in sheet.lines[:5]],
        }


def echo(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give back as many rows as asked for, each with its number and a text."""
    for number in range(options["rows"]):
        yield {"kind": "row", "line": number, "text": "Nguyễn Thị Ánh " * options.get("times", 1)}
    yield {"kind": "report", "rows": options["rows"], "environment": sorted(os.environ)}


def sleep(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Say who one is, then do nothing for a long time."""
    yield {"kind": "pid", "pid": os.getpid()}
    time.sleep(600)


def spin(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Use the processor and never answer."""
    while True:
        sum(range(10_000))
    yield {}


def eat(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Ask for more memory than allowed."""
    yield {"kind": "size", "size": len(bytearray(8 << 30))}


def abort(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Die as a parser does that cannot get memory."""
    yield {"kind": "row"}
    os.abort()


def crash(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Read address zero."""
    ctypes.string_at(0)
    yield {}


def fail(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Fail with a message that holds a person's data."""
    raise ValueError("051051000001 Phạm Văn A")
    yield {}


def chatter(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Print where only answers belong."""
    sys.stdout.write("not an answer")
    os.write(1, b'{"end": null}\n')
    sys.stderr.write("nor this\n")
    yield {"kind": "report"}


def connect(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Try the network."""
    socket.create_connection(("127.0.0.1", options["port"]), timeout=2)
    yield {"kind": "report"}


def start_program(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Try to start a program."""
    subprocess.run(["true"], check=True)
    yield {"kind": "report"}


def write_file(path: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Try to leave something on the disk."""
    Path(options["target"]).write_bytes(b"x" * 10)
    yield {"kind": "report"}
