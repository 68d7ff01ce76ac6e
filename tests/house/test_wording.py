"""Every error has its sentence, in Vietnamese and in English, with the same facts in both."""

from __future__ import annotations

import ast
import string
from collections import Counter

import pytest

from disburse.rosters.row_issues import issue_title
from disburse.wording import ERRORS, merged
from disburse.workbooks.wording import ROW_ISSUES
from disburse.workbooks.wording_kinds import ISSUE_KINDS
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


class TestIssueKinds:
    @pytest.mark.parametrize("lang", ["vi", "en"])
    def test_each_kind_of_issue_has_a_name_without_a_hole(self, lang: str) -> None:
        """Lists and filters name kinds, not sentences whose facts are left out; no two are called the same."""
        named = {code: issue_title(code, lang) for code in ROW_ISSUES}
        assert {code: name for code, name in named.items() if "…" in name} == {}
        counted = Counter(name for code, name in named.items() if not code.endswith("_parked"))
        assert [name for name, count in counted.items() if count > 1] == []

    def test_no_name_is_left_over(self) -> None:
        """Every name belongs to an issue."""
        assert ISSUE_KINDS.keys() - ROW_ISSUES.keys() == set()
