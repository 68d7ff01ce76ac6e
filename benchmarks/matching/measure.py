"""Run an engine as a process of its own and say what it cost and what it got right."""

from __future__ import annotations

import compileall
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds, peak resident memory of the process and its children together, in MB."""

    wall: float
    cpu: float
    peak_mb: float


def run(module: str, *arguments: str, python: str = sys.executable) -> Cost:
    """Run `python -m module arguments` and measure it; CalledProcessError when it fails."""
    _compile()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    child = subprocess.Popen([python, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)  # fmt: skip
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(child, peak), daemon=True)
    watcher.start()
    status = child.wait()
    wall = time.perf_counter() - start
    if status:
        raise subprocess.CalledProcessError(status, module)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, peak[0])


@cache
def _compile() -> None:
    """Compile this project as an installer does: where Python may write nothing, every start would do it anew."""
    for package in ("matching", "benchmarks"):
        compileall.compile_dir(ROOT / package, quiet=1)


def _watch(child: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Largest sum of proportional set sizes seen: twenty times a second, less often where looking takes long.

    To look, the kernel walks the pages and stops the process meanwhile: looking may cost a twentieth of the time.
    """
    while child.poll() is None:
        began = time.perf_counter()
        peak[0] = max(peak[0], sum(map(_memory, _family(child.pid))) / 1024)
        time.sleep(max(0.05, 19 * (time.perf_counter() - began)))


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(p for c in children for p in _family(int(c)))]


def _memory(pid: int) -> float:
    """Kilobytes of one process, what it shares with others counted by its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0.0)


@dataclass(frozen=True)
class Quality:
    """Counts that can be pooled over lists."""

    true: int
    automatic: int
    right: int
    reviews: int
    right_reviews: int
    rows: int

    def __add__(self, other: Quality) -> Quality:
        return Quality(*(a + b for a, b in zip(self.numbers(), other.numbers(), strict=True)))

    def numbers(self) -> tuple[int, ...]:
        return (self.true, self.automatic, self.right, self.reviews, self.right_reviews, self.rows)

    def row(self) -> str:
        """precision | recall | found | wrong per 100 k | reviews per 1,000"""
        wrong = self.automatic - self.right
        return (
            f"{self.right / max(self.automatic, 1):.5f} | {self.right / self.true:.3f} | "
            f"{(self.right + self.right_reviews) / self.true:.3f} | {wrong / self.rows * 1e5:.1f} | "
            f"{self.reviews / self.rows * 1e3:.0f}"
        )


@dataclass(frozen=True)
class Reliability:
    """Per band of stated probability: pairs, the sum of what was stated, how many are true. Can be pooled."""

    pairs: np.ndarray
    stated: np.ndarray
    right: np.ndarray

    def __add__(self, other: Reliability) -> Reliability:
        return Reliability(self.pairs + other.pairs, self.stated + other.stated, self.right + other.right)

    def rows(self) -> list[str]:
        """band | pairs | stated | observed, the bands that hold pairs"""
        edges = zip(BANDS[:-1], BANDS[1:], self.pairs, self.stated, self.right, strict=True)
        return [f"{a:g}–{b:g} | {n:.0f} | {s / n:.5f} | {r / n:.5f}" for a, b, n, s, r in edges if n]


BANDS = (0.0, 0.31, 0.5, 0.7, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999, 1.0)  # a clerk is asked from 0.31


def reliability(folder: Path, out: Path) -> Reliability:
    """Of the written pairs in which no conflict forbids a match: what they state, and what is so."""
    pairs, right, _, _ = labelled(folder, out)
    free = ~pairs["reasons"].str.contains("veto:").to_numpy(dtype=bool)
    score = pairs["score"].to_numpy()[free]
    band = np.searchsorted(BANDS[1:-1], score, side="right")
    size = len(BANDS) - 1
    return Reliability(
        np.bincount(band, minlength=size), np.bincount(band, score, size), np.bincount(band, right[free], size)
    )


def labelled(folder: Path, out: Path) -> tuple[pd.DataFrame, np.ndarray, int, int]:
    """The written pairs, which are true, how many true ones there are, how many roster rows."""
    pairs = pd.read_csv(out)
    truth = pd.read_csv(folder / "truth.csv")
    known = pd.MultiIndex.from_frame(truth[["roster_row_id", "registration_row_id"]])
    right = pd.MultiIndex.from_frame(pairs[["roster_row_id", "registration_row_id"]]).isin(known)
    with (folder / "roster.csv").open("rb") as lines:
        rows = sum(1 for _ in lines) - 1
    return pairs, np.asarray(right), len(truth), rows


def quality(folder: Path, out: Path, accept: float | None = None) -> Quality:
    """By the engine's own decisions, or at a threshold where it makes none."""
    pairs, right, true, rows = labelled(folder, out)
    match = pairs["decision"] == "match" if accept is None else pairs["score"] >= accept
    match = match.to_numpy(dtype=bool)
    return Quality(
        true, int(match.sum()), int((match & right).sum()), int((~match).sum()), int((~match & right).sum()), rows
    )


def best_threshold(folder: Path, out: Path, precision: float) -> float | None:
    """The threshold that would have given most matches at this precision: hindsight no user has."""
    pairs, right, _, _ = labelled(folder, out)
    order = np.argsort(-pairs["score"].to_numpy(), kind="stable")
    score = pairs["score"].to_numpy()[order]
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last = np.append(score[1:] != score[:-1], True)
    good = np.flatnonzero((share >= precision) & last)
    return float(score[good[-1]]) if len(good) else None
