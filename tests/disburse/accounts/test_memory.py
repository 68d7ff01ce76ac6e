"""Memory that a run keeps and gives back."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from disburse.accounts import memory


def held() -> int:
    """Return the bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(sys.platform != "linux", reason="only with glibc")
class TestKept:
    def test_what_is_freed_stays_until_the_run_has_ended(self) -> None:
        """Asked for again it costs no new pages; afterwards the system has them back."""
        size = 64 << 20
        before = held()
        with memory.kept():
            np.ones(size, dtype=np.uint8)
            assert held() > before + size // 2
        assert held() < before + size // 2
