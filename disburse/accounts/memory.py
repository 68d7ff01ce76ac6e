"""Memory that a run frees and asks for again stays with the process: given back to the system each time, a third of a
province's reading was the kernel clearing the same pages again and again."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's <malloc.h>
_MOST = 1 << 30
_USUAL = 32 << 20  # as far as glibc goes by itself


@contextmanager
def kept() -> Iterator[None]:
    """Keep freed memory while the block runs, and give it back after it; only with glibc, elsewhere nothing."""
    keep()
    try:
        yield
    finally:
        _give_back()


def keep() -> None:
    """Keep freed memory from now on: for a process of one run."""
    _set(_MOST)


def _give_back() -> None:
    _set(_USUAL)
    if trim := getattr(_libc(), "malloc_trim", None):
        trim(0)


def _set(most: int) -> None:
    if choose := getattr(_libc(), "mallopt", None):
        choose(_MMAP_THRESHOLD, most)
        choose(_TRIM_THRESHOLD, most)


def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if sys.platform == "linux" else None
