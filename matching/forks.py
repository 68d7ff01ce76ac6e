"""Pieces of work side by side: this process does the first, forks of it, which share its memory, do the others.

What a fork finds comes back in a file that lives in memory alone and is mapped, not copied. The standard library's
pools send it through a pipe, copied twice, and take a tenth of a second to import: a tenth of what a district takes.
"""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

T = TypeVar("T")
MANY = 100_000  # rows that take longer than to start a process
_ALIGNED = 64  # bytes: numpy is slower on numbers that begin anywhere
_TURNS = 4096  # a pipe holds four times as many numbers


def may_fork() -> bool:
    """A thread that is not there in the child may hold a lock there for ever: fork only where nobody else runs."""
    return sys.platform == "linux" and threading.active_count() == 1


def worth(rows: int, workers: int) -> int:
    """As many processes as so many rows are worth."""
    return workers if rows > MANY else 1


def together(works: Sequence[Callable[[], T]]) -> list[T]:
    """What each piece of work returns, in order. One after the other where forking is not safe."""
    return [found for (found,) in gathered([_alone(work) for work in works])]


def _alone(work: Callable[[], T]) -> Callable[[], Iterable[T]]:
    return lambda: (work(),)


def gathered(works: Sequence[Callable[[], Iterable[T]]]) -> list[list[T]]:
    """All that each piece of work yields. A fork's finds are put away one by one, so it holds no more than one.

    Raises what a piece of work raised; ChildProcessError if a fork was killed.
    """
    if len(works) == 1 or not may_fork():
        return [list(work()) for work in works]
    forks: list[_Fork] = []
    gc.freeze()  # collecting garbage would touch, and so copy, pages that are shared
    try:
        forks.extend(map(_fork, works[1:]))
        own = list(works[0]())
        return [own, *(list(fork.finds()) for fork in forks)]
    finally:
        gc.unfreeze()
        for fork in forks:
            fork.end()


class Turns:
    """Numbers below `size`, each given once, to whichever process asks next."""

    def __init__(self, size: int) -> None:
        self._size, self._turns = size, min(size, _TURNS)
        self._next, write = os.pipe()
        os.write(write, struct.pack(f"={self._turns}I", *range(self._turns)))
        os.close(write)

    def __iter__(self) -> Iterator[int]:
        while turn := os.read(self._next, 4):
            yield from range(struct.unpack("=I", turn)[0], self._size, self._turns)

    def close(self) -> None:
        """No more turns in this process."""
        os.close(self._next)


@dataclass(slots=True)
class _Fork:
    """A child process, and the file it writes to."""

    pid: int
    file: int
    running: bool = True

    def finds(self) -> Iterator[Any]:
        """Wait for the child and read what it found."""
        os.waitpid(self.pid, 0)
        self.running = False
        size = os.fstat(self.file).st_size
        kept = memoryview(mmap.mmap(self.file, size, access=mmap.ACCESS_COPY) if size else b"")
        at = 0
        while at < size:
            value, at = _load(kept, at)
            if value is None:
                return
            if isinstance(value, _Failed):
                raise value.error
            yield value[0]
        raise ChildProcessError("a helper process was killed")

    def end(self) -> None:
        """Leave nothing behind, also when this process failed."""
        if self.running:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.file)


@dataclass(frozen=True)
class _Failed:
    error: Exception


def _fork(work: Callable[[], Iterable[Any]]) -> _Fork:
    file = os.memfd_create("finds")
    if pid := os.fork():
        return _Fork(pid, file)
    try:  # the child: whatever happens, it must never return to the code of its parent
        with open(file, "wb", closefd=False) as kept:
            try:
                for value in work():
                    _store(kept, (value,))
                _store(kept, None)  # the end: without it the child was killed
            except Exception as error:
                _store(kept, _Failed(_portable(error)))
        os._exit(0)
    finally:
        os._exit(1)


def _portable(error: Exception) -> Exception:
    """The error, or its words where it cannot be sent."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _store(kept: BinaryIO, value: object) -> None:
    """Sizes, then the pickle, then the arrays' own bytes."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    sizes = struct.pack(f"={len(parts) + 1}Q", len(parts), *(part.nbytes for part in parts))
    for part in (memoryview(sizes), *parts):
        kept.write(part)
        kept.write(bytes(-kept.tell() % _ALIGNED))


def _load(kept: memoryview, at: int) -> tuple[Any, int]:
    """What was stored at a place, its arrays left where they are, and the place after it."""
    (count,) = struct.unpack_from("=Q", kept, at)
    sizes = struct.unpack_from(f"={count}Q", kept, at + 8)
    parts: list[memoryview] = []
    at = _after(at + 8 * (count + 1))
    for size in sizes:
        parts.append(kept[at : at + size])
        at = _after(at + size)
    return pickle.loads(parts[0], buffers=parts[1:]), at  # noqa: S301  written by our own child


def _after(place: int) -> int:
    return place + -place % _ALIGNED
