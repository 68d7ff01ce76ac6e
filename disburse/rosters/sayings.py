"""How cells of rows are said: as in the officer's own file, and where whole numbers must not stand."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from disburse.workbooks.header import text_of

_LONG_NUMBER = re.compile(r"\d[\d .]{7,}\d")  # nine digits and more: an ID, an account, a phone
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T00:00:00)?")


def shown(cell: Any) -> str:
    """Write a raw cell as the officer sees it in their own file: dates d/m/y, whole numbers without a point."""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, str) and (day := _ISO_DAY.fullmatch(cell)):
        return f"{day[3]}/{day[2]}/{day[1]}"
    return text_of(cell).strip() if cell is not None else ""


def mask_numbers(text: str) -> str:
    """Hide all but the last four digits of every long number: IDs, accounts, phones."""
    return _LONG_NUMBER.sub(lambda found: "•••• " + found.group()[-4:], text)
