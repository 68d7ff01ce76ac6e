"""The shape of the house: sizes, names, and the doors that exist only once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.source import ROOT, calls, functions, imported, modules, shown, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
NOT_A_NAME = {"utils", "util", "helpers", "helper", "service", "services", "manager", "common", "base", "misc"}


def suites() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


class TestSizes:
    def test_no_file_is_longer_than_a_sitting(self) -> None:
        """A file of more than 400 lines mixes two jobs."""
        long = {shown(p): n for p in modules() if (n := len(p.read_text("utf-8").splitlines())) > LONGEST_FILE}
        assert long == {}

    def test_no_function_is_longer_than_a_screen(self) -> None:
        """A function of more than 50 lines is a procedure nobody named the steps of."""
        long = {
            f"{shown(path)}:{node.name}": node.end_lineno - node.lineno + 1
            for path in modules()
            for node in functions(path)
            if node.end_lineno and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
        }
        assert long == {}


class TestNames:
    def test_no_module_is_called_after_nothing(self) -> None:
        """A module is named for what it is about; `utils` is about nothing."""
        assert [shown(path) for path in modules() if path.stem in NOT_A_NAME] == []

    def test_every_module_says_what_belongs_in_it(self) -> None:
        """The first line of a module is its docstring."""
        assert [shown(path) for path in modules() if not ast.get_docstring(tree(path))] == []

    def test_every_test_is_a_sentence(self) -> None:
        """A test without a docstring says what it calls, not what it promises."""
        silent = [
            f"{shown(path)}:{node.name}"
            for path in suites()
            for node in functions(path)
            if node.name.startswith("test_") and not ast.get_docstring(node)
        ]
        assert silent == []


class TestDoors:
    def test_one_commit(self) -> None:
        """Only db.py commits: an action's changes and its audit event stand or fall together."""
        committing = {
            shown(path)
            for path in modules()
            for call in calls(path)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
        }
        assert committing == {"disburse/db.py"}

    def test_one_clock(self) -> None:
        """Only clock.py asks the computer for the time."""
        asking = {
            shown(path)
            for path in modules()
            for call in calls(path)
            if isinstance(call.func, ast.Attribute)
            and call.func.attr in {"now", "utcnow", "today"}
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in {"datetime", "date"}
        }
        assert asking <= {"disburse/clock.py"}

    def test_one_cipher(self) -> None:
        """Only crypto.py touches a cipher."""
        assert {shown(path) for path in modules() if "cryptography" in imported(path)} == {"disburse/crypto.py"}

    def test_jose_has_at_most_one_door(self) -> None:
        """Tokens of bank clients go through one wrapper; nothing else may import the library."""
        assert len([path for path in modules() if "jose" in imported(path)]) <= 1

    def test_no_mocks(self) -> None:
        """Tests run the real thing: none replaces our own code."""
        mocking = [shown(path) for path in suites() if "unittest.mock" in path.read_text("utf-8")]
        assert [name for name in mocking if not name.startswith("tests/house/")] == []

    def test_nothing_prints(self) -> None:
        """Results and messages leave through console.py, cli.py or the web; print() is for nobody."""
        printing = [
            shown(path) for path in modules() for call in calls(path)
            if isinstance(call.func, ast.Name) and call.func.id == "print"
        ]  # fmt: skip
        assert printing == []


class TestMoney:
    def test_no_amount_is_a_float(self) -> None:
        """Đồng are whole: no column or field named after money is a float."""
        floating = [
            f"{shown(path)}:{node.target.id}"
            for path in modules()
            for node in ast.walk(tree(path))
            if isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and "amount" in node.target.id
            and "float" in ast.unparse(node.annotation)
        ]
        assert floating == []


class TestActions:
    def test_writes_are_keyword_only(self) -> None:
        """An action takes the session, and everything else by name."""
        loose = [
            f"{shown(path)}:{node.name}"
            for path in modules()
            if path.name == "actions.py" and path.parent.parent.name == "disburse"
            for node in tree(path).body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and len(node.args.args) > 2
        ]
        assert loose == []


class TestTables:
    def test_a_key_names_a_table_that_its_module_knows(self) -> None:
        """A command loads the tables of its own features alone; a key to one nobody loaded fails at the first write."""
        files = {f"disburse.{p.parent.name}.{p.stem}": p for p in modules() if p.stem.endswith("tables")}
        home = {name: module for module, path in files.items() for name in table_names(path)}
        unknown = {
            f"{module}: {name}"
            for module, path in files.items()
            for name in named_by_keys(path)
            if home[name] not in known_from(module, files)
        }
        assert home
        assert unknown == set()


def table_names(path: Path) -> set[str]:
    """The tables that a module's classes describe."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and any(keyword.arg == "table" for keyword in node.keywords):
            stated = re.search(r'__tablename__ = "(\w+)"', ast.get_source_segment(path.read_text("utf-8"), node) or "")
            found.add(stated[1] if stated else node.name.lower())
    return found


def named_by_keys(path: Path) -> set[str]:
    """The tables that a module's foreign keys name, each key alone or several columns together."""
    text = path.read_text("utf-8")
    alone = re.findall(r'(?:foreign_key=|ForeignKey\()"(\w+)\.', text)
    return {*alone, *re.findall(r'ForeignKeyConstraint\(\[[^\]]*\], \["(\w+)\.', text)}


def known_from(module: str, files: dict[str, Path]) -> set[str]:
    """The modules of tables that loading this one loads."""
    known, left = set(), [module]
    while left:
        if (here := left.pop()) in files and here not in known:
            known.add(here)
            for node in ast.walk(tree(files[here])):
                if isinstance(node, ast.ImportFrom) and node.module:
                    left += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return known
