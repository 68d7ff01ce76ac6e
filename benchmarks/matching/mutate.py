"""Mutation test of decide.py and score.py: change one thing at a time, count how many changes the tests notice.

`python -m benchmarks.matching.mutate [--every N]` runs tests/matching/test_decide.py and test_score.py against each
mutant in a forked child (so only on Linux and macOS) and prints the survivors.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import signal
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import matching.decide
import matching.score  # noqa: F401  loaded once, before the children are forked

ROOT = Path(__file__).resolve().parents[2]
FILES = ("matching/decide.py", "matching/score.py")
TESTS = ("tests/matching/test_decide.py", "tests/matching/test_score.py")
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, what was changed, new source), one change each."""
    tree = ast.parse(source)
    for at, node in enumerate(ast.walk(tree)):
        for change in range(_changes(node)):
            changed = copy.deepcopy(tree)
            target = next(n for i, n in enumerate(ast.walk(changed)) if i == at)
            said = _apply(target, change)
            yield getattr(node, "lineno", 0), said, ast.unparse(changed)


def _changes(node: ast.AST) -> int:
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        return int(type(node.op) in SWAPS)
    if isinstance(node, ast.Compare):
        return int(type(node.ops[0]) in SWAPS)
    if isinstance(node, ast.UnaryOp):
        return int(isinstance(node.op, ast.Invert | ast.USub | ast.Not))
    if isinstance(node, ast.Constant):
        return int(isinstance(node.value, int | float))
    if isinstance(node, ast.Call):  # a level or column left out of a list of words
        words = [a for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        return len(words) if len(words) > 1 else 0
    return 0


def _apply(node: ast.AST, change: int) -> str:
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign):
        before = type(node.op)
        node.op = SWAPS[before]()  # type: ignore[assignment]
        return f"{before.__name__} → {type(node.op).__name__}"
    if isinstance(node, ast.Compare):
        before_op = type(node.ops[0])
        node.ops[0] = SWAPS[before_op]()  # type: ignore[call-overload]
        return f"{before_op.__name__} → {type(node.ops[0]).__name__}"
    if isinstance(node, ast.UnaryOp):
        said = type(node.op).__name__
        node.op = (
            ast.UAdd() if isinstance(node.op, ast.USub) else ast.USub() if isinstance(node.op, ast.Not) else ast.UAdd()
        )
        return f"{said} dropped"
    if isinstance(node, ast.Constant):
        before_value = node.value
        node.value = before_value + 1  # type: ignore[operator]
        return f"{before_value} → {node.value}"
    assert isinstance(node, ast.Call)
    words = [a for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    node.args.remove(words[change])
    return f"{words[change].value!r} left out"


def _unreached(source: str, line: int) -> bool:
    """Docstrings, imports, annotations and dataclass fields are no decisions."""
    text = source.splitlines()[line - 1].strip() if line else ""
    return not text or text.startswith(('"""', "import", "from", "class", "@", "def "))


def main() -> None:
    """Run and print the share killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1, help="only each N-th mutant")
    every = parser.parse_args().every
    killed = total = 0
    for name in FILES:
        source = (ROOT / name).read_text(encoding="utf-8")
        for number, (line, said, mutant) in enumerate(mutants(source)):
            if number % every or _unreached(source, line):
                continue
            total += 1
            if _killed(name, mutant):
                killed += 1
            else:
                print(f"survived: {name}:{line} {said}", flush=True)
    print(f"{killed} of {total} mutants killed ({killed / total:.1%})")


def _killed(name: str, mutant: str) -> bool:
    """Do the tests fail (or hang) when this mutant's code replaces the module's? In a forked child."""
    child = os.fork()
    if child == 0:
        _try(name, mutant)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _try(name: str, mutant: str) -> None:
    """Never returns: the exit status is the tests' answer."""
    status = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        module = import_module(name.removesuffix(".py").replace("/", "."))
        exec(compile(mutant, name, "exec"), module.__dict__)
        status = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--noconftest", *TESTS]))
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
