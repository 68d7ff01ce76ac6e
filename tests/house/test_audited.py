"""Every act that the source records can be told in a sentence, in both languages."""

from __future__ import annotations

import ast
import re
import string

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
