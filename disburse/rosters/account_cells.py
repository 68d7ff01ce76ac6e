"""The account columns of a roster: number, bank, holder, way of pay. Nothing here ever parks a row (DESIGN §5.7)."""

from __future__ import annotations

from disburse.accounts.numbers import BankFinder, clean_account
from disburse.workbooks.binding import Binding
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import Flaw, flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.sheets import CellValue
from disburse.workbooks.values import clean_name, clean_text
from matching.text import fold

_PARKING = {"account_card_parked", "account_damaged_parked", "account_invalid_parked"}
_WAYS = {
    "account": "tk|ck|atm|chuyen khoan|tai khoan|qua tai khoan|qua tk|ngan hang|the|qua the|nhan qua tai khoan|"
    "chi qua tai khoan|chuyen khoan ngan hang|qua atm",
    "cash": "tm|tien mat|buu dien|bd|tien mat buu dien|nhan tien mat|buu cuc|tien mat tai diem|diem chi tra|"
    "buu dien xa",
    "home": "tai nha|nha|chi tai nha|chi tra tai nha|tan nha|giao tai nha",
}
_WAY_OF = {word: way for way, words in _WAYS.items() for word in words.split("|")}
_DASHES = frozenset(("-", "x", "0", "không", "khong", "chưa có", "chua co", "không có"))


class AccountCells:
    """Reads the account a roster states beside a person."""

    def __init__(self, binding: Binding, find_bank: BankFinder) -> None:
        self.number = binding.first("account_number")
        self.holder = binding.first("account_holder")
        self.bank, self.code = binding.first("bank"), binding.first("bank_code")
        self.branch = binding.first("branch")
        self.way = binding.first("pay_way")
        column = binding.column(self.way) if self.way is not None else None
        self.way_header = _WAY_OF.get(fold(column.leaf)) if column else None
        self.find_bank = find_bank
        self.anything = any(i is not None for i in (self.number, self.holder, self.bank, self.code, self.way))
        self._banks: dict[str, tuple[str | None, bool]] = {}

    def read(self, draft: Draft) -> None:
        """Fill account, bank, holder and way of pay."""
        if not self.anything:
            return
        if self.way is not None:
            self._read_way(draft)
        extra = self._read_number(draft)
        self._read_bank(draft, extra)
        if self.holder is not None and (text := clean_text(draft.cell(self.holder))):
            found = clean_name(draft.cell(self.holder))
            draft.values["account_holder"] = found.value or text

    def _read_number(self, draft: Draft) -> str:
        """The account number; what else the cell says (often the bank) is returned."""
        cell: CellValue = draft.cell(self.number)
        if cell is None:
            return ""
        number, extra, flaws = clean_account(cell)
        if flaws and (not (text := text_of(cell).strip()) or text.lower() in _DASHES):
            return ""
        if flaws:
            draft.flag(self.number, tuple(_as_warning(f) for f in flaws))
        if number:
            draft.values["account_number"] = number
        return extra

    def _read_bank(self, draft: Draft, extra: str) -> None:
        for index in (self.code, self.bank, self.branch):
            text = text_of(draft.cell(index)).strip() if index is not None else ""
            if not text or text in _DASHES:
                continue
            code = self._bank(text)
            if code:
                draft.values["bank_code"] = code
                return
            if index != self.branch and draft.values.get("account_number"):
                draft.flag(index, flaw("bank_unknown", found=text[:60]))
                return
        if extra and (code := self._bank(extra)):
            draft.values["bank_code"] = code
            return
        if draft.values.get("account_number"):
            draft.flag(self.bank if self.bank is not None else self.number, flaw("bank_missing"))

    def _bank(self, text: str) -> str | None:
        if text not in self._banks:
            self._banks[text] = (self.find_bank(text), True)
        return self._banks[text][0]

    def _read_way(self, draft: Draft) -> None:
        text = fold(text_of(draft.cell(self.way)))
        if not text:
            return
        if text in ("x", "v", "1", "co"):
            if self.way_header:
                draft.values["pay_way"] = self.way_header
            return
        if way := _WAY_OF.get(text):
            draft.values["pay_way"] = way


def _as_warning(found: Flaw) -> Flaw:
    """Bank lists park such numbers; a roster only leaves them out."""
    return Flaw(found.code.removesuffix("_parked"), found.facts) if found.code in _PARKING else found
