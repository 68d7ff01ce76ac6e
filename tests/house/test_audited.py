"""Every act that the source records can be told in a sentence, in both languages."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import string
from enum import StrEnum

import disburse
from disburse.audit.facts import LABELS, VALUES
from disburse.audit.sentences import SENTENCES, SUBJECTS
from tests.house.source import calls, modules, tree

DOTTED = re.compile(r"[a-z_]+\.[a-z_]+")
# Dotted words beside the actions of modules whose record() takes the action from a variable.
NO_ACTIONS = {"rosters.import", "rosters.prepare", "rosters.repair", "link.account_id", "link.person_id"}
# Acts whose sentence is still to be written: the generic one tells them until then. The list only gets shorter.
AWAITED: set[str] = set()


def recorded() -> set[str]:
    """Return every action string that may reach the log."""
    found: set[str] = set()
    for path in modules():
        values = [word.value for call in calls(path) for word in call.keywords if word.arg == "action"]
        found |= {text for value in values for text in dotted(value)}
        if any(not isinstance(value, ast.Constant) for value in values):
            found |= dotted(tree(path))
    return found - NO_ACTIONS


def dotted(node: ast.AST) -> set[str]:
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and DOTTED.fullmatch(one.value)
    }


def facts_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


# What `record` is told beside the facts.
NO_FACTS = {"action", "object_type", "object_id", "by", "area_code", "programme", "province_code", "session"}
# Facts told as before → after, whose own name is not shown.
CHANGED = {"before", "after", "changes"}
# Codes that never become facts: permissions, steps of a sign-in, kinds of work, notes of what is due to be matched;
# scopes have words beside the screen.
NO_VALUES = {
    "Permission", "Next", "Scope", "UserState", "ProposalState", "Likeness", "Sex", "DueKind", "ShardKind",
    "WorkbookState", "ListOrigin", "Stand",
}  # fmt: skip


def tellers(module: ast.Module) -> set[str]:
    """Return the functions of a module that record what they are told as facts."""
    return {"record"} | {
        one.name
        for one in ast.walk(module)
        if isinstance(one, ast.FunctionDef)
        and one.args.kwarg
        and any(isinstance(call, ast.Call) and called(call) == "record" for call in ast.walk(one))
    }


def called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def told() -> set[str]:
    """Return the name of every fact that may reach the log."""
    found: set[str] = set()
    for path in modules():
        names = tellers(tree(path))
        found |= {word.arg for call in calls(path) if called(call) in names for word in call.keywords if word.arg}
    return found - NO_FACTS


def codes() -> dict[str, str]:
    """Return every code that a table or rule knows, and whose it is."""
    found: dict[str, str] = {}
    for one in pkgutil.walk_packages(disburse.__path__, "disburse."):
        if "migrations" in one.name or one.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(one.name)).items():
            if isinstance(value, type) and issubclass(value, StrEnum) and name not in NO_VALUES:
                found |= {str(member): name for member in value}
    return found


class TestFacts:
    def test_every_fact_has_a_name_in_words(self) -> None:
        """No fact of an act is shown by the name a program gave it."""
        assert sorted(told() - LABELS.keys() - CHANGED) == []

    def test_every_code_has_words(self) -> None:
        """No value is shown as a code: `measure: registered` says nothing to an officer."""
        assert {code: name for code, name in codes().items() if code not in VALUES} == {}


class TestSentences:
    def test_every_act_has_one(self) -> None:
        """No act is shown to a person by its code."""
        assert sorted(recorded() - SENTENCES.keys() - AWAITED) == []

    def test_both_languages_tell_the_same(self) -> None:
        """A fact told in one language and not in the other is a fact somebody lacks."""
        uneven = {
            code
            for code, (vietnamese, english) in SENTENCES.items()
            if facts_of(vietnamese) - {"who", "whom"} != facts_of(english) - {"who", "whom"}
        }
        assert uneven == set()

    def test_the_filter_knows_its_subjects(self) -> None:
        """Each subject of the filter leads to acts that exist."""
        subjects = {action.split(".")[0] for action in SENTENCES}
        assert set(SUBJECTS) - subjects == set()
