"""The reading child: its answers arrive whole, its misbehaviour stays its own."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from disburse.workbooks import child
from disburse.workbooks.refusals import Refusal

ENTRIES = "tests.disburse.workbooks.entries:"


def ask(entry: str, options: dict[str, Any] | None = None, **limits: Any) -> list[dict[str, Any]]:
    return list(child.run(ENTRIES + entry, Path(__file__), options or {}, **limits))


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


class TestRun:
    """What a well-behaved child says."""

    def test_yields_objects_in_order(self) -> None:
        """Rows arrive one by one in their order, whatever travels together."""
        found = ask("echo", {"rows": 1001})
        assert [one["line"] for one in found[:-1]] == list(range(1001))
        assert found[-1]["rows"] == 1001
        assert found[0]["text"] == "Nguyễn Thị Ánh "

    def test_starts_within_a_quarter_of_a_second(self) -> None:
        """In processor time, the best of five: the child loads no pandas, no database, no web."""
        best = 9.0
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            ask("echo", {"rows": 0})
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            best = min(best, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
        assert best < 0.25

    def test_imports_nothing_heavy(self) -> None:
        """Neither pandas nor the database nor pydantic stands in the child's import path."""
        code = (
            "import sys, disburse.workbooks.child, disburse.workbooks.sheets;"
            "print([m for m in ('pandas', 'numpy', 'sqlmodel', 'sqlalchemy', 'pydantic') if m in sys.modules])"
        )
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert said.stdout.strip() == "[]"

    def test_memory_of_the_parent_stays_flat(self) -> None:
        """Sixty megabytes of rows pass through a parent that keeps none of them."""
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rows = sum(1 for _ in child.run(ENTRIES + "echo", Path(__file__), {"rows": 100_000, "times": 40}))
        assert rows == 100_001
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024

    def test_secrets_stay_with_the_parent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The key and the database's address are not in the child's environment."""
        monkeypatch.setenv("DISBURSE_KEY", "0" * 64)
        monkeypatch.setenv("DISBURSE_DATABASE_URL", "postgresql://someone:secret@db/x")
        environment = ask("echo", {"rows": 0})[-1]["environment"]
        assert not [name for name in environment if name.startswith("DISBURSE")]

    def test_prints_do_not_break_the_stream(self) -> None:
        """What a library prints is no answer."""
        assert ask("chatter") == [{"kind": "report"}]


class TestLimits:
    """What a child does that was taken over or caught in a loop."""

    @pytest.mark.parametrize("entry", ["sleep", "spin"])
    def test_is_killed_at_its_time_budget(self, entry: str) -> None:
        """Asleep or busy, it is gone when its second is over, and the refusal says so."""
        start = time.monotonic()
        pids = []
        with pytest.raises(Refusal) as refused:
            for one in child.run(ENTRIES + entry, Path(__file__), {}, seconds=1):
                pids.append(one["pid"])
        assert time.monotonic() - start < 6  # the machine may be busy; without the budget it would be 600
        assert (refused.value.reject_code, refused.value.reason) == ("hostile", "time")
        assert not any(map(is_alive, pids))

    def test_time_of_the_consumer_does_not_count(self) -> None:
        """A parent that writes slowly does not get its child killed."""
        rows = child.run(ENTRIES + "echo", Path(__file__), {"rows": 100_000}, seconds=2)
        next(rows)
        time.sleep(2.5)
        assert sum(1 for _ in rows) == 100_000

    @pytest.mark.parametrize(
        ("entry", "code", "reason"),
        [
            ("eat", "hostile", "memory"),
            ("abort", "hostile", "memory"),
            ("crash", "hostile", "crash"),
            ("fail", "damaged", "reader_failed"),
        ],
    )
    def test_dying_becomes_a_refusal(self, entry: str, code: str, reason: str) -> None:
        """Too much memory, an abort, a crash and a failing reader all end as a refusal."""
        with pytest.raises(Refusal) as refused:
            ask(entry, memory_mb=512)
        assert (refused.value.reject_code, refused.value.reason) == (code, reason)

    def test_a_failing_reader_tells_the_place_and_no_value(self) -> None:
        """The refusal names file and line of the failure; the message with the ID stays in the child."""
        with pytest.raises(Refusal) as refused:
            ask("fail")
        assert refused.value.facts["error"] == "ValueError"
        assert str(refused.value.facts["where"]).startswith("entries.py:")
        assert "051051000001" not in f"{refused.value.facts} {refused.value}"

    def test_cannot_reach_the_network(self) -> None:
        """A connection that would succeed is not made."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            with pytest.raises(Refusal):
                ask("connect", {"port": server.getsockname()[1]})
            with pytest.raises(TimeoutError):
                server.accept()

    def test_cannot_start_programs(self) -> None:
        """The child is the last process of its line."""
        with pytest.raises(Refusal) as refused:
            ask("start_program")
        assert refused.value.facts["error"] == "PermissionError"

    @pytest.mark.skipif(sys.platform == "win32", reason="no limit on written files there")
    def test_cannot_write_files(self, tmp_path: Path) -> None:
        """Not one byte reaches the disk."""
        target = tmp_path / "left behind"
        with pytest.raises(Refusal):
            ask("write_file", {"target": str(target)})
        assert not target.exists() or target.stat().st_size == 0


class TestLifeTime:
    """No child outlives the interest in it."""

    def test_closing_the_iterator_kills_it(self) -> None:
        """A consumer that has seen enough leaves nobody behind."""
        rows = child.run(ENTRIES + "sleep", Path(__file__), {})
        pid = next(rows)["pid"]
        assert is_alive(pid)
        rows.close()
        assert not is_alive(pid)

    def test_dies_with_its_parent(self) -> None:
        """A parent killed without a word takes the child along."""
        code = (
            "import sys\nfrom pathlib import Path\nfrom disburse.workbooks import child\n"
            f"rows = child.run({ENTRIES + 'sleep'!r}, Path({__file__!r}), {{}})\n"
            "print(next(rows)['pid'], flush=True)\nimport time; time.sleep(600)"
        )
        parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_alive(pid)
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 5
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not is_alive(pid)

    def test_many_runs_leave_no_open_files(self) -> None:
        """Pipes and processes are given back, also after refusals."""
        ask("echo", {"rows": 1})
        handles = Path("/proc/self/fd")
        before = len(list(handles.iterdir())) if handles.exists() else 0
        for _ in range(5):
            ask("echo", {"rows": 1})
            with pytest.raises(Refusal):
                ask("fail")
        assert (len(list(handles.iterdir())) if handles.exists() else 0) == before
