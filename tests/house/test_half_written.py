"""A refused form writes nothing: whoever catches a refusal has left the transaction that the refused work ran in."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from disburse import errors
from tests.house.source import modules, shown, tree

REFUSALS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
CATCHING = REFUSALS | {"Exception", "BaseException"}
# They read and judge: nothing was written before the refusal, and nothing is after it.
READERS = {
    "api/web/rosters/undo.py:_why_not",
    "disburse/doctor/accounts.py:account_numbers_open",
    "disburse/people/commands.py:import_file",
}


def catching_inside(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the function and line of each `except` that goes on in a transaction begun outside its `try`."""
    waiting: list[tuple[ast.AST, str, bool]] = [(module, "", False)]
    while waiting:
        node, name, writes = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            name, writes = node.name, _is_given_a_transaction(node)
        elif isinstance(node, ast.With):
            writes = writes or any(_is_transaction(item.context_expr) for item in node.items)
        elif isinstance(node, ast.Try) and writes:
            yield from ((name, one.lineno) for one in node.handlers if _goes_on(one))
        waiting.extend((child, name, writes) for child in ast.iter_child_nodes(node))


def _is_given_a_transaction(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return any(one.annotation is not None and ast.unparse(one.annotation) in ("Writing", "Session") for one in given)


def _is_transaction(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "transaction"


def _goes_on(handler: ast.ExceptHandler) -> bool:
    if isinstance(handler.body[-1], ast.Raise):
        return False
    caught = ast.walk(handler.type) if handler.type is not None else ()
    names = {node.id for node in caught if isinstance(node, ast.Name)}
    return handler.type is None or bool(names & CATCHING)


class TestCatching:
    def test_nobody_goes_on_in_the_transaction_of_a_refused_act(self) -> None:
        """An act that is refused after its first write must not be committed by the page that says so."""
        found = {
            f"{shown(path)}:{name}": line
            for path in modules()
            for name, line in catching_inside(tree(path))
            if f"{shown(path)}:{name}" not in READERS
        }
        assert found == {}

    def test_the_pattern_is_seen(self) -> None:
        """A route with a Writing session that catches, and a `with` around the `try`, are found; work within is not."""
        source = (
            "def form(session: Writing):\n  try:\n    act(session)\n  except (Invalid, Conflict):\n    return page()\n"
            "def loop(database):\n  with database.transaction() as session:\n    try:\n      act(session)\n"
            "    except DisburseError:\n      pass\n"
            "def good(database):\n  try:\n    with database.transaction() as session:\n      act(session)\n"
            "  except DisburseError:\n    return page()\n"
            "def told(session: Session):\n  try:\n    act(session)\n  except Conflict:\n    raise\n"
        )
        assert sorted(name for name, _ in catching_inside(ast.parse(source))) == ["form", "loop"]
