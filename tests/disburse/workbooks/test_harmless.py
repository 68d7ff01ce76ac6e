"""No cell of a CSV of ours is run by a spreadsheet."""

from __future__ import annotations

import pytest

from disburse.workbooks.harmless import harmless


class TestHarmless:
    @pytest.mark.parametrize(
        "text",
        ["=1+1", "+84901", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x"],
    )
    def test_what_looks_like_a_formula_gets_an_apostrophe(self, text: str) -> None:
        """Also behind blanks, after a line break, and in full width."""
        assert harmless(text) == "'" + text

    @pytest.mark.parametrize("text", ["", " ", "Nguyễn Văn Tám", "051051001234", "1-2", "a=b"])
    def test_what_does_not_stays(self, text: str) -> None:
        """A name, a number, nothing."""
        assert harmless(text) == text
