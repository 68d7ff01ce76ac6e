"""docs/bank-api.md: it names every scope, call, reason code and refusal of the bank API."""

from __future__ import annotations

from disburse.banks.scopes import Scope
from disburse.confirmations.reasons import REASONS
from tests.api.matrix.banks import BANKS
from tests.house.source import ROOT

PAGE = (ROOT / "docs/bank-api.md").read_text("utf-8")


class TestBankPage:
    def test_every_call_scope_and_reason(self) -> None:
        """What exists is documented."""
        names = [*(f"`{scope}`" for scope in Scope), *(f"`{code}`" for code in REASONS), *(path for _, path in BANKS)]
        assert [name for name in names if name not in PAGE] == []
