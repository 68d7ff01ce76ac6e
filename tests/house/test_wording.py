"""Every error has its sentence, in Vietnamese and in English, with the same facts in both."""

from __future__ import annotations

import ast
import string

import pytest

from disburse.wording import ERRORS, merged
from tests.house.source import calls, modules

RAISED = {"Invalid", "NotFound", "Conflict", "Denied", "Unavailable", "DisburseError"}


def raised_codes() -> dict[str, set[str]]:
    """Return each code that the source raises, with the facts it passes."""
    found: dict[str, set[str]] = {}
    for path in modules():
        for call in calls(path):
            if isinstance(call.func, ast.Name) and call.func.id in RAISED and call.args:
                code = call.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found.setdefault(code.value, set()).update(k.arg for k in call.keywords if k.arg)
    return found


def facts_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


class TestErrors:
    def test_every_code_raised_has_its_sentences(self) -> None:
        """No code reaches a person without words."""
        assert sorted(set(raised_codes()) - set(ERRORS)) == []

    def test_both_languages_tell_the_same_facts(self) -> None:
        """A fact in one language and not in the other is a fact somebody lacks."""
        assert {code for code, (vi, en) in ERRORS.items() if facts_of(vi) != facts_of(en)} == set()

    def test_raisers_pass_the_facts_the_sentences_need(self) -> None:
        """A sentence with a hole in it is a traceback at the worst moment."""
        lacking = {code: facts_of(ERRORS[code][0]) - facts for code, facts in raised_codes().items() if code in ERRORS}
        assert {code: missing for code, missing in lacking.items() if missing} == {}

    def test_sentences_end(self) -> None:
        """Each is a sentence or a command to run, not a fragment."""
        assert [code for code, (vi, _) in ERRORS.items() if len(vi.split()) < 3] == []

    def test_a_code_belongs_to_one_subject(self) -> None:
        """The same code for two errors is refused at the start; else one would be told in the other's words."""
        with pytest.raises(ValueError, match="batch_gone"):
            merged({"batch_gone": ("a", "a"), "other": ("b", "b")}, {"batch_gone": ("c", "c")})
        assert merged({"one": ("a", "a")}, {"two": ("b", "b")}) == {"one": ("a", "a"), "two": ("b", "b")}
