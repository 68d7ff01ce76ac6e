"""An account cell → number, or card, damage, nonsense. Which bank it belongs to: banks/directory.py."""

from __future__ import annotations

import re
from collections.abc import Callable

from disburse.workbooks.flaws import NONE, Flaws, flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.sheets import CellValue, LongCell
from matching.identity import AccountNumber, account_number

# A written bank (code, BIN, name, alias) → its code, or None when unknown or open.
BankFinder = Callable[[str], str | None]
_MOST_NUMERIC = 10**15  # a number cell holds 15 digits exactly; beyond, the spreadsheet has rounded
_RUN = re.compile(r"(?<![0-9])[0-9][0-9 .\-]{4,24}[0-9](?![0-9])")


def clean_account(cell: CellValue) -> tuple[str | None, str, Flaws]:
    """(number, further text of the cell, flaws). Flaws carry the `_parked` codes of bank lists."""
    if type(cell) is str and cell.isascii() and cell.isdigit() and 6 <= len(cell) <= 19 and cell[:4] != "9704":
        return cell, "", NONE
    if isinstance(cell, (LongCell, bool)) or cell is None:
        return None, "", flaw("account_invalid_parked", found=text_of(cell)[:40])
    if isinstance(cell, (int, float)):
        return _numeric(float(cell), cell)
    if not isinstance(cell, str):
        return None, "", flaw("account_invalid_parked", found=text_of(cell)[:40])
    found = account_number(cell)
    if isinstance(found, AccountNumber):
        return found.value, "", NONE
    if found.code == "card":
        return None, "", flaw("account_card_parked")
    if found.code == "damaged" or re.fullmatch(r"[0-9.,]+[eE]\+?[0-9]+", cell.strip()):
        return None, "", flaw("account_damaged_parked", found=cell.strip()[:40])
    return _with_text(cell)


def _numeric(number: float, cell: int | float) -> tuple[str | None, str, Flaws]:
    if not 0 <= number < _MOST_NUMERIC or number != int(number):
        code = "account_card_parked" if str(cell).startswith(("9704", "9.704")) else "account_damaged_parked"
        return None, "", flaw(code, found=text_of(cell)[:40])
    found = account_number(str(int(number)))
    if isinstance(found, AccountNumber):
        return found.value, "", NONE
    return None, "", flaw("account_invalid_parked", found=text_of(cell)[:40])


def _with_text(raw: str) -> tuple[str | None, str, Flaws]:
    """`4506201001234 Agribank Bình Sơn`: one number and a bank in one cell."""
    runs = _RUN.findall(raw)
    letters = any(c.isalpha() for c in raw)
    if len(runs) == 1 and letters:
        found = account_number(runs[0])
        if isinstance(found, AccountNumber):
            rest = " ".join(raw.replace(runs[0], " ").split()).strip(" -:;,()/")
            rest = re.sub(r"^(?:stk|số tk|so tk|tk|số tài khoản)\b[:.\s]*", "", rest, flags=re.IGNORECASE).strip(
                " -:;,()"
            )
            return found.value, rest, flaw("account_extra_text", removed=rest[:60]) if rest else NONE
        if found.code == "card":
            return None, "", flaw("account_card_parked")
    return None, "", flaw("account_invalid_parked", found=raw.strip()[:40])


def account_key(cell: CellValue) -> str:
    """The digits of an account cell: what two rows with the same account share. Empty below six digits."""
    text = text_of(cell)
    digits = text if text.isdigit() else "".join(c for c in text if c.isdigit())
    return digits if len(digits) > 5 else ""
