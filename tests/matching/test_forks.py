"""Work in forks of a process: what they find comes back whole, and so does what goes wrong."""

from __future__ import annotations

import subprocess
import sys

import pytest

START = """
import os, signal, sys, threading, time
from functools import partial
import numpy as np
from matching.columns import Text
from matching.forks import Turns, gathered, may_fork, together
assert may_fork()
"""


def run(code: str) -> str:
    """What a process without other threads prints."""
    done = subprocess.run([sys.executable, "-c", START + code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.strip()


class TestTogether:
    def test_in_order_and_elsewhere(self) -> None:
        """Every piece of work but the first has a process of its own."""
        code = "found = together([os.getpid] * 3); print(found[0] == os.getpid(), len(set(found)))"
        assert run(code) == "True 3"

    def test_arrays_and_texts(self) -> None:
        """Columns come back as they were, and may be written to."""
        code = """
def found(n): return np.arange(n), np.zeros((0, 7)), Text.of(["Ánh", "", "đ"] * n), "text"
numbers, none, cells, text = together([partial(found, 2), partial(found, 70_000)])[1]
numbers[0] = 9
print(numbers.sum(), none.shape, cells.tolist()[-3:], len(cells), text)
"""
        assert run(code) == "2449965009 (0, 7) ['Ánh', '', 'đ'] 210000 text"

    def test_with_other_threads(self) -> None:
        """Where another thread runs nothing is forked, and the work is done all the same."""
        code = """
threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
print(len(set(together([os.getpid] * 3))))
"""
        assert run(code) == "1"

    @pytest.mark.parametrize(
        ("work", "says"),
        [
            ("lambda: 1 / 0", "ZeroDivisionError division by zero"),
            ("lambda: os.kill(os.getpid(), signal.SIGKILL)", "ChildProcessError a helper process was killed"),
            ("lambda: os._exit(0)", "ChildProcessError a helper process was killed"),
        ],
    )
    def test_a_fork_that_fails(self, work: str, says: str) -> None:
        """Its error is raised here; one that is gone without a word is an error too; no process is left."""
        code = f"""
try:
    together([int, {work}])
except Exception as error:
    print(type(error).__name__, error)
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("none left")
"""
        assert run(code).splitlines() == [says, "none left"]

    def test_the_parent_fails(self) -> None:
        """Nobody works on for a process that gave up."""
        code = """
try:
    together([lambda: 1 / 0, lambda: time.sleep(60)])
except ZeroDivisionError:
    print("soon")
"""
        assert run(code) == "soon"


class TestTurns:
    @pytest.mark.parametrize("size", [0, 1, 7, 10_000])
    def test_each_once(self, size: int) -> None:
        """Whoever asks takes the next; together they take all."""
        code = f"""
turns = Turns({size})
print(sorted(n for found in gathered([lambda: turns, lambda: turns]) for n in found) == list(range({size})))
"""
        assert run(code) == "True"
