"""Runs the reading of one file in a disposable process with little memory and little time. Reads no file itself.

`run` is the parent's side; `python -m disburse.workbooks.child` is the child's. A parser that aborts, loops
or eats memory takes only the child with it, and the parent sees a Refusal. Objects travel as JSON lines:
a child taken over by a hostile file must not be able to hand its parent anything that runs.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from disburse.workbooks.refusals import Refusal

_log = logging.getLogger(__name__)

ROWS_A_LINE = 250  # about 100 KiB: the parent works on one line while the child makes the next
_LONGEST_LINE = 64 * 1024 * 1024
_PIPE_BYTES = 1024 * 1024  # how far the child may get ahead
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
_ROOT = Path(__file__).resolve().parents[2]


def run(
    entry: str, path: Path, options: dict[str, Any], *, seconds: float = 30, memory_mb: int = 1024
) -> Iterator[dict[str, Any]]:
    """Call `entry` ("package.module:function") as `function(path, options)` in a child; yield what it yields.

    `options` must be JSON. The child may use `seconds` of processor time and make its parent wait that
    long in total; then it is killed with all it started. Raises Refusal: what the child refused, or
    `hostile` (time, memory, abort) or `damaged` (the reader failed). Closing the iterator kills the child.
    Consume it in the thread that called `run`: on Linux the child dies with that thread.
    """
    process = _spawn()
    waited = _Patience(process, seconds)
    try:
        _send_request(process, {
            "entry": entry, "path": str(Path(path).resolve()), "options": options,
            "seconds": seconds, "memory_mb": memory_mb, "parent": os.getpid(),
        })  # fmt: skip
        while line := waited.line():
            try:
                found = json.loads(line)
                told = found["end"] if isinstance(found, dict) else None
            except (ValueError, KeyError) as error:
                raise Refusal("hostile", "crash") from error
            if isinstance(found, list):
                yield from found
            elif told is None:
                return
            else:
                raise _told(told)
        raise _died(process, waited, seconds)
    finally:
        _kill(process)


class _Patience:
    """Reads lines from the child and counts only the time spent waiting for it."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._left = seconds
        self.over = False

    def line(self) -> bytes:
        """Return the next line; empty when the child ended or its time was up."""
        assert self._process.stdout is not None
        clock = threading.Timer(max(self._left, 0.001), self._time_is_up)
        clock.daemon = True
        start = time.monotonic()
        clock.start()
        try:
            line = self._process.stdout.readline(_LONGEST_LINE)
        finally:
            clock.cancel()
            self._left -= time.monotonic() - start
        return line if line.endswith(b"\n") else b""

    def _time_is_up(self) -> None:
        self.over = True
        _kill(self._process, reap=False)


def _spawn() -> subprocess.Popen[bytes]:
    """Start the child without our secrets, our working directory or our open files."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    paths = [str(_ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    environment |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "disburse.workbooks.child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environment, cwd=tempfile.gettempdir(), start_new_session=True, bufsize=_PIPE_BYTES,
    )  # fmt: skip
    if sys.platform == "linux":
        import fcntl

        with contextlib.suppress(OSError):  # over the user's quota for pipes: the default size does
            assert process.stdout is not None
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return process


def _send_request(process: subprocess.Popen[bytes], request: dict[str, Any]) -> None:
    """Send the request; the pipe stays open, because its end tells the child that the parent is gone."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # the child is dead already: line() finds that out
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()


def _kill(process: subprocess.Popen[bytes], reap: bool = True) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
    if reap:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _told(end: dict[str, Any]) -> Refusal:
    if "refusal" in end:
        try:
            return Refusal.from_json(end["refusal"])
        except (ValueError, KeyError, TypeError):
            return Refusal("hostile", "crash")
    _log.error("the reader failed: %s at %s", end.get("error"), end.get("where"))
    return Refusal("damaged", "reader_failed", error=str(end.get("error")), where=str(end.get("where")))


def _died(process: subprocess.Popen[bytes], waited: _Patience, seconds: float) -> Refusal:
    if waited.over:
        return Refusal("hostile", "time", seconds=int(seconds) or 1)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5)
    code = process.returncode
    if code is not None and hasattr(signal, "SIGXCPU") and -code == signal.SIGXCPU:
        return Refusal("hostile", "time", seconds=int(seconds) or 1)
    if code is not None and -code in (signal.SIGABRT, getattr(signal, "SIGKILL", 9)):
        return Refusal("hostile", "memory")  # a parser that cannot get memory aborts
    return Refusal("hostile", "crash")


# ---- the child's side ------------------------------------------------------------------------------


def main() -> None:
    """Read the request, put the limits on, call the entry, stream what it yields."""
    request = json.loads(sys.stdin.buffer.readline())
    out = os.fdopen(os.dup(1), "wb", buffering=_PIPE_BYTES)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a stray print must not break the stream
    _limit(request)
    _watch_parent(request["parent"])
    end = _answer(request, out)
    with contextlib.suppress(OSError, MemoryError):
        out.write(json.dumps({"end": end}).encode() + b"\n")
        out.flush()
    os._exit(0)  # nothing to tidy: a long farewell of millions of objects helps nobody


def _answer(request: dict[str, Any], out: BinaryIO) -> dict[str, Any] | None:
    import gc

    gc.disable()  # short-lived and under a memory limit: collecting would cost a third of the reading time
    try:
        _stream(_function(request["entry"])(Path(request["path"]), request["options"]), out)
    except Refusal as refusal:
        return {"refusal": refusal.as_json()}
    except MemoryError:
        return {"refusal": Refusal("hostile", "memory").as_json()}
    except RecursionError:
        return {"refusal": Refusal("hostile", "depth").as_json()}
    except BaseException as error:  # the child's last resort: the parent must get an answer
        return {"error": type(error).__name__, "where": _where(error)}
    return None


def _stream(objects: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    """Write objects in lines of up to ROWS_A_LINE rows; anything that is not a row goes out at once."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_as_text).encode
    batch: list[dict[str, Any]] = []
    for one in objects:
        batch.append(one)
        if len(batch) >= ROWS_A_LINE or one.get("kind") != "row":
            out.write(encode(batch).encode("utf-8", "surrogatepass") + b"\n")
            out.flush()
            batch = []
    if batch:
        out.write(encode(batch).encode("utf-8", "surrogatepass") + b"\n")


def _as_text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _function(entry: str) -> Callable[[Path, dict[str, Any]], Iterable[dict[str, Any]]]:
    from importlib import import_module

    module, _, name = entry.partition(":")
    function: Callable[[Path, dict[str, Any]], Iterable[dict[str, Any]]] = getattr(import_module(module), name)
    return function


def _where(error: BaseException) -> str:
    """The innermost place in the code, never a value: a traceback's message may hold a person's data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def _limit(request: dict[str, Any]) -> None:
    """Put limits on memory, processor time, core dumps and written files; refuse sockets and programs."""
    try:
        import resource
    except ImportError:  # Windows: the guard, the separate process and the time budget remain
        pass
    else:
        memory, cpu = int(request["memory_mb"]) * 1024 * 1024, int(request["seconds"]) + 1
        for kind, soft, hard in (
            (resource.RLIMIT_AS, memory, memory),
            (resource.RLIMIT_CPU, cpu, cpu + 2),
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_FSIZE, 0, 0),
        ):
            with contextlib.suppress(ValueError, OSError):  # a lower limit is already in force
                resource.setrlimit(kind, (soft, hard))
    sys.addaudithook(_forbid)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")):
        raise PermissionError(f"{event} in the reading child")


def _watch_parent(parent: int) -> None:
    """Die with the parent: by the kernel's word on Linux, elsewhere when the request pipe closes."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 = PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it died before the call
            os._exit(1)
    threading.Thread(target=_wait_for_end, daemon=True).start()


def _wait_for_end() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
