"""One table side by side: `python -m benchmarks.matching [--quick] [--scale district|province|million]`.

Peers that are not installed are left out; `--peer-python` names an interpreter that has them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from functools import reduce
from operator import add, attrgetter
from pathlib import Path

from benchmarks.matching.measure import ROOT, Cost, Quality, best_threshold, quality, reliability, run
from benchmarks.matching.peers import ENGINES
from benchmarks.matching.profiles import REPORT_DRAWN, REPORT_SEEDS

SIZES = {
    "small": (1_500, 10_000, "district"),
    "district": (18_000, 120_000, "district"),
    "province": (300_000, 1_500_000, "province"),
    "million": (1_000_000, 2_500_000, "country"),
    "nation": (2_000_000, 5_000_000, "country"),
}
TRIES = {"small": 5, "district": 5, "province": 2, "million": 1, "nation": 1}  # short runs are noisy
PROFILES = ("district", "adversarial", "sparse_bank", "highland", "careful", "dirty")
QUALITY = "precision | recall | found | wrong / 100 k | reviews / 1,000"
UNTUNED = ("highland",)


def lists(profile: str, seed: int, size: str, home: Path) -> Path:
    """The folder of one generated pair of lists, made once.

    By a process of its own, which takes its memory with it.
    """
    folder = home / f"{profile}-{size}-{seed}"
    if not (folder / "truth.csv").exists():
        roster, bank, scale = SIZES[size]
        wanted = ["--profile", profile, "--seed", seed, "--scale", scale, "--roster", roster, "--registrations", bank]
        command = [sys.executable, "-m", "benchmarks.matching.generate", *wanted, "--out", folder]
        subprocess.run([*map(str, command)], cwd=ROOT, check=True)
    return folder


def cost_per_row(home: Path, seed: int, sizes: list[str]) -> None:
    """One line per size: what a row costs in one process, and how much more than in the first size."""
    print(
        "\n| lists | rows | CPU s | CPU microseconds a row | against the first | peak MB |\n|---|---|---|---|---|---|"
    )
    first = 0.0
    for size in sizes:
        folder = lists("district", seed, size, home)
        rows = _rows(folder)
        cost = min((run("benchmarks.matching.ours", str(folder), str(folder / "ours.csv")) for _ in range(TRIES[size])),
                   key=attrgetter("cpu"))  # fmt: skip
        each = cost.cpu / rows * 1e6
        first = first or each
        print(
            f"| {size} | {rows} | {cost.cpu:.2f} | {each:.2f} | {each / first:.2f} | {cost.peak_mb:.0f} |", flush=True
        )


def _rows(folder: Path) -> int:
    """Lines of both files."""
    count = 0
    for name in ("roster.csv", "registrations.csv"):
        with (folder / name).open("rb") as lines:
            count += sum(1 for _ in lines) - 1
    return count


def ours_by_profile(home: Path, seeds: tuple[int, ...], size: str) -> None:
    """One line per profile, the same preset, seeds pooled; then what the stated probabilities are worth."""
    print(f"\n| profile ({size}, seeds {seeds[0]}–{seeds[-1]} pooled) | {QUALITY} |")
    print("|---|---|---|---|---|---|")
    named = [(p + " (never tuned on)" * (p in UNTUNED), [(p, seed) for seed in seeds]) for p in PROFILES]
    by_lot = [(f"drawn {n}", seed) for n, seed in zip(REPORT_DRAWN, seeds, strict=False)]
    stated = {}
    for title, wanted in [*named, (f"{len(by_lot)} profiles drawn by lot", by_lot)]:
        parts, kept = [], []
        for profile, seed in wanted:
            folder = lists(profile, seed, size, home)
            run("benchmarks.matching.ours", str(folder), str(folder / "ours.csv"))
            parts.append(quality(folder, folder / "ours.csv"))
            kept.append(reliability(folder, folder / "ours.csv"))
        stated[title] = reduce(add, kept)
        print(f"| {title} | {reduce(add, parts).row()} |", flush=True)
    for title, found in stated.items():
        print(f"\n| {title}: stated between | pairs | stated | observed |\n|---|---|---|---|")
        print(*(f"| {row} |" for row in found.rows()), sep="\n", flush=True)


def side_by_side(home: Path, seed: int, size: str, peer_python: str, peers: list[str]) -> None:
    """Every engine on one pair of lists: quality and cost."""
    folder = lists("district", seed, size, home)
    print(f"\n| {size}, seed {seed} | {QUALITY} | wall s | CPU s | peak MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    rows = _rows(folder)
    for workers in (1, 2):
        cost = run("benchmarks.matching.ours", str(folder), str(folder / "ours.csv"), "local", str(workers))
        _line(f"this project, {workers} process{'es' * (workers > 1)}", quality(folder, folder / "ours.csv"), cost)
        print(f"<!-- {cost.cpu / rows * 1e6:.2f} CPU microseconds a row -->", flush=True)
    for peer in peers:
        out = folder / "peer.csv"
        try:
            cost = run("benchmarks.matching.peers", peer, str(folder), str(out), python=peer_python)
        except subprocess.CalledProcessError:
            print(f"| {peer}: not installed or failed |", flush=True)
            continue
        for wanted in (0.9998, 0.999):
            at = best_threshold(folder, out, wanted)
            if at is not None:
                _line(f"{peer}, best threshold for {wanted} in hindsight", quality(folder, out, at), cost)
        _line(f"{peer}, score ≥ 0.95", quality(folder, out, 0.95), cost)


def _line(name: str, found: Quality, cost: Cost) -> None:
    print(f"| {name} | {found.row()} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.peak_mb:.0f} |", flush=True)


def main() -> None:
    """Print the tables as Markdown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="small lists, one seed")
    parser.add_argument("--scale", choices=sorted(SIZES), default="district")
    parser.add_argument("--peer-python", default=sys.executable)
    parser.add_argument("--peers", nargs="*", default=list(ENGINES))
    parser.add_argument("--profiles", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--side-by-side", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--cost", nargs="*", choices=sorted(SIZES), help="what a row costs in lists of these sizes")
    parser.add_argument("--keep", type=Path, help="keep the generated lists here")
    given = parser.parse_args()
    size = "small" if given.quick else given.scale
    with tempfile.TemporaryDirectory() as temporary:
        home = given.keep or Path(temporary)
        if given.cost:
            cost_per_row(home, REPORT_SEEDS[0], given.cost)
            return
        if given.side_by_side:
            side_by_side(home, REPORT_SEEDS[0], size, given.peer_python, given.peers)
        if given.profiles:
            ours_by_profile(home, REPORT_SEEDS[:1] if given.quick else REPORT_SEEDS[:5], size)


if __name__ == "__main__":
    main()
