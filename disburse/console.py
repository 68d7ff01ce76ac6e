"""What every command shares: results to stdout, messages and bars to stderr, one way to open the installation."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from disburse import config
from disburse.db import Database
from disburse.installation import open_installation

DONE, ERROR, USAGE, REFUSED, PARTLY = 0, 1, 2, 3, 4

# A file or pipe has no width of its own; 100 columns keep a table whole.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 100)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Watch = Callable[[int, int, str], None]


def open_database() -> Database:
    """Open the installation that the environment describes."""
    return open_installation(config.load())


def print_json(document: object) -> None:
    """Print a document and nothing else to stdout: another program reads it."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: object) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID | StrEnum):
        return str(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


def say(message: str) -> None:
    """Tell the person at the terminal something, on stderr, as plain text."""
    err.print(message, markup=False)


@contextmanager
def bar(label: str) -> Iterator[Watch]:
    """Show progress on a terminal; give the function that moves it (done, total, message)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(label, total=None)

        def move(done: int, total: int, message: str) -> None:
            described = f"{label} · {message}" if message else label
            progress.update(task, completed=done, total=total or None, description=described)

        yield move
