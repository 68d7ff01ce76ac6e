"""How values of rows are said where whole numbers must not stand: on pages, in the audit log."""

from __future__ import annotations

import re

_LONG_NUMBER = re.compile(r"\d[\d .]{7,}\d")  # nine digits and more: an ID, an account, a phone


def mask_numbers(text: str) -> str:
    """Hide all but the last four digits of every long number: IDs, accounts, phones."""
    return _LONG_NUMBER.sub(lambda found: "••••" + found.group()[-4:], text)
