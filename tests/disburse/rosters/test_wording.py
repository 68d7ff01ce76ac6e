"""Every code that can be raised has its sentence in both languages, and every sentence a code that is raised."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from disburse.workbooks.file_wording import FILE_WARNINGS
from disburse.workbooks.flaws import file_sentence, row_sentence
from disburse.workbooks.wording import ROW_ISSUES

_SOURCE = Path(__file__).resolve().parents[3] / "disburse"
_FOLDERS = ("rosters", "accounts", "workbooks")


def _code() -> str:
    return "\n".join(
        p.read_text(encoding="utf-8")
        for f in _FOLDERS
        for p in sorted((_SOURCE / f).glob("*.py"))
        if "wording" not in p.name
    )


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


class TestRowIssues:
    @pytest.mark.parametrize("code", ROW_ISSUES)
    def test_both_languages_with_the_same_facts(self, code: str) -> None:
        """A reason and a remedy: two sentences at least where the officer must act."""
        severity, vietnamese, english = ROW_ISSUES[code]
        assert severity in ("error", "warning", "info")
        assert {f.removesuffix("_en") for f in _facts(english)} == _facts(vietnamese)
        if severity != "info":
            assert len(re.findall(r"[.;]", vietnamese)) >= 2, code
        assert not vietnamese.isascii()

    @pytest.mark.parametrize("code", ROW_ISSUES)
    def test_raised_somewhere(self, code: str) -> None:
        """No sentence without a code that raises it."""
        text = _code()
        assert f'"{code}"' in text or (
            code.startswith("account_") and (code + "_parked" in text or "account_{status}" in text)
        )

    def test_every_raised_code_is_worded(self) -> None:
        """No code without a sentence."""
        raised = set(re.findall(r'flaw\(\s*"([a-z_]+)"', _code()))
        assert raised <= set(ROW_ISSUES)

    def test_a_missing_fact_breaks_nothing(self) -> None:
        """A sentence is never an error."""
        assert "…" in row_sentence("id_restored", {})


class TestFileWarnings:
    @pytest.mark.parametrize("code", FILE_WARNINGS)
    def test_both_languages_and_raised(self, code: str) -> None:
        """Every file warning is worded twice and raised somewhere."""
        vietnamese, english = FILE_WARNINGS[code]
        assert _facts(vietnamese) == _facts(english)
        assert f'"{code}"' in _code()
        assert file_sentence(FILE_WARNINGS, code, {}, "en")
