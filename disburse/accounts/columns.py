"""The columns of a bank's list: which column is which, and each cell → value or flaw (DESIGN §5.7)."""

from __future__ import annotations

import re
from datetime import date

from disburse.accounts.headers import BANK_LIST
from disburse.accounts.numbers import BankFinder, clean_account
from disburse.workbooks.binding import Binding, bind
from disburse.workbooks.content import Votes, same_values
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.header import Column, Header, text_of
from disburse.workbooks.sheets import Line, LongCell
from disburse.workbooks.values import (
    Birth,
    clean_birth,
    clean_day,
    clean_identity,
    clean_name,
    clean_phone,
    clean_sex,
    clean_text,
    id_sex,
    id_year,
)
from matching.text import fold

_DECISIVE = frozenset(("account_number", "holder_name", "citizen_id", "birth_date", "sex", "bank"))
_OPEN = frozenset(
    [
        "hoat dong",
        "dang hoat dong",
        "mo",
        "dang mo",
        "active",
        "open",
        "opened",
        "a",
        "o",
        "normal",
        "binh thuong",
        "su dung",
        "dang su dung",
        "1",
        "hieu luc",
        "con hieu luc",
        "hd",
    ]
)
_CLOSED = re.compile(r"\b(?:dong|da dong|tat toan|closed|close|huy|da huy|cham dut|dong tk|c)\b")
_LOCKED = re.compile(
    r"\b(?:khoa|tam khoa|phong toa|locked|lock|blocked|block|frozen|ngu|dormant|inactive|tam dung|tam "
    r"ngung|han che|ngung|treo)\b"
)
_VND = frozenset(("vnd", "vnđ", "đ", "d", "dong", "viet nam dong", "704", "dong viet nam"))
_CURRENCIES = {
    "usd": "USD",
    "eur": "EUR",
    "do la": "USD",
    "do la my": "USD",
    "euro": "EUR",
    "jpy": "JPY",
    "840": "USD",
    "978": "EUR",
    "cny": "CNY",
    "aud": "AUD",
    "gbp": "GBP",
    "lak": "LAK",
    "krw": "KRW",
    "thb": "THB",
}
_JOINT = re.compile(r"\b(?:chung|dong chu|dong so huu|joint|dong tai khoan)\b")
_NOT_JOINT = re.compile(r"\b(?:rieng|ca nhan|khong|don|single)\b")
_TWO_NAMES = re.compile(r"\s+(?:&|và|VÀ|Và|VA|va|/|,|;)\s+|\s*[&/;]\s*")


def bind_bank_list(header: Header, sample: list[Line]) -> Binding:
    """Decide a bank list's columns; raises AmbiguousColumnsError."""
    return bind(BANK_LIST, header, sample, _choose, [_split])


def _choose(_column: Column, seen: Votes, fields: frozenset[str], binding: Binding) -> str | None:
    if not fields:
        return "citizen_id" if seen.id12 > 0.6 and seen.filled >= 2 and not binding.of("citizen_id") else None
    return next((f.name for f in BANK_LIST.fields if f.name in fields), None)


def _split(name: str, claims: list[Column], binding: Binding) -> None:
    """One column per field: "Chủ tài khoản" before a plain "Họ và tên"; equal columns are one."""
    if name == "holder_name" and binding.of("surname") and (given := [c for c in claims if fold(c.leaf) == "ten"]):
        given[0].field = "given"
        return
    cells = [binding.cells(c.index) for c in claims]
    if all(same_values(cells[0], other) for other in cells[1:]) or name not in _DECISIVE:
        for column in claims[1:]:
            column.field = None
        return
    if name == "holder_name":
        holders = [c for c in claims if re.search(r"\b(?:chu|khach hang|kh|tk|account|customer)\b", fold(c.leaf))]
        if len(holders) == 1:
            for column in claims:
                column.field = "holder_name" if column is holders[0] else None


class BankListCells:
    """Reads one row of a bank list. Cards and damaged numbers park; closed and the like are kept with a status."""

    def __init__(self, binding: Binding, bank: str | None, find_bank: BankFinder, today: date, all_text: bool) -> None:
        at = binding.at
        self.bank_code, self.find_bank, self.today, self.all_text = bank, find_bank, today, all_text
        self.number = binding.first("account_number")
        self.names = [i for f in ("surname", "holder_name", "holder_name+", "given") for i in at.get(f, ())]
        self.birth, self.sex = binding.first("birth_date"), binding.first("sex")
        self.identity, self.old = binding.first("citizen_id"), binding.first("old_id")
        self.phones, self.addresses, self.branches = at.get("phone", []), at.get("address", []), at.get("branch", [])
        self.banks = [i for f in ("bank_code", "bank") for i in at.get(f, ())]
        self.status, self.currency = binding.first("account_status"), binding.first("currency")
        self.types, self.opened = at.get("account_type", []), binding.first("opened_on")
        self.hopeless: set[tuple[int, int]] = set()
        self._banks: dict[str, str | None] = {}
        self._births: dict[object, Birth] = {}

    def read(self, draft: Draft) -> None:
        """Fill the statement about one account."""
        self._read_number(draft)
        self._read_bank(draft)
        self._read_name(draft)
        self._read_identity(draft)
        self._read_birth(draft)
        self._read_rest(draft)
        self._read_standing(draft)
        self._compare(draft)

    def _read_number(self, draft: Draft) -> None:
        cell = draft.cell(self.number)
        if cell is None or (not isinstance(cell, LongCell) and not text_of(cell).strip()):
            draft.flag(self.number, flaw("account_missing"))
            return
        number, _, flaws = clean_account(cell)
        draft.flag(self.number, flaws)
        if number:
            draft.values["account_number"] = number

    def _read_bank(self, draft: Draft) -> None:
        found: str | None = None
        for index in self.banks:
            text = text_of(draft.cell(index)).strip()
            if not text:
                continue
            found = self._bank(text)
            if found is None:
                draft.flag(index, flaw("bank_unknown", found=text[:60]))
            elif self.bank_code and found != self.bank_code:
                draft.flag(index, flaw("bank_differs", found=found, expected=self.bank_code))
            break
        draft.values["bank_code"] = found or self.bank_code

    def _bank(self, text: str) -> str | None:
        if text not in self._banks:
            self._banks[text] = self.find_bank(text)
        return self._banks[text]

    def _read_name(self, draft: Draft) -> None:
        index = self.names[0] if self.names else None
        if index is not None and (draft.line, index) in self.hopeless:
            draft.flag(index, flaw("name_undecodable"))
            return
        cell = draft.cell(index)
        if len(self.names) > 1:
            cell = " ".join(t for i in self.names if (t := text_of(draft.cell(i)).strip()))
        if isinstance(cell, str) and _TWO_NAMES.search(cell) and (both := _two_names(cell)):
            draft.values["holder_name"], draft.values["joint"] = both, True
            draft.flag(index, flaw("account_joint"))
            return
        found = clean_name(cell)
        draft.flag(index, found.flaws)
        if found.value:
            draft.values["holder_name"] = found.value

    def _read_identity(self, draft: Draft) -> None:
        found = clean_identity(draft.cell(self.identity), self.all_text) if self.identity is not None else None
        old = clean_identity(draft.cell(self.old), self.all_text) if self.old is not None else None
        if found is not None:
            if not (old and old.old_id and not found.citizen_id):
                draft.flag(self.identity, found.flaws)
        elif old is not None:
            draft.flag(self.old, old.flaws)
        citizen_id = (found and found.citizen_id) or (old and old.citizen_id)
        old_id = (found and found.old_id) or (old and old.old_id)
        if citizen_id:
            draft.values["citizen_id"] = citizen_id
        if old_id:
            draft.values["old_id"] = old_id

    def _read_birth(self, draft: Draft) -> None:
        if self.birth is None:
            return
        cell = draft.cell(self.birth)
        found = self._births.get(cell)
        if found is None:
            found = _bank_birth(cell, self.today)
            self._births[cell] = found
        draft.flag(self.birth, found.flaws)
        if found.value:
            draft.values["birth_date"], draft.values["birth_precision"] = found.value, found.precision

    def _read_rest(self, draft: Draft) -> None:
        if self.sex is not None:
            sex, flaws = clean_sex(text_of(draft.cell(self.sex)))
            draft.flag(self.sex, flaws)
            if sex:
                draft.values["sex"] = sex
        if self.phones:
            index, cell = draft.first(self.phones)
            number, flaws = clean_phone(cell)
            draft.flag(index, flaws)
            if number:
                draft.values["phone"] = number
        for name, indexes in (("address", self.addresses), ("branch", self.branches)):
            parts = [t for i in indexes if (t := clean_text(draft.cell(i)))]
            if parts:
                draft.values[name] = ", ".join(parts)
        if self.opened is not None:
            day, precision, flaws = clean_day(draft.cell(self.opened))
            draft.flag(self.opened, flaws)
            if day and precision == "day":
                draft.values["opened_on"] = day

    def _read_standing(self, draft: Draft) -> None:
        """Status, currency, joint: kept, flagged, and not linkable unless open, VND and of one holder."""
        if self.status is not None and (text := text_of(draft.cell(self.status)).strip()):
            status = status_of(text)
            if status is None:
                draft.flag(self.status, flaw("status_unknown", found=text[:40]))
            else:
                draft.values["account_status"] = status
                if status != "open":
                    draft.flag(self.status, flaw(f"account_{status}", found=text[:40]))
        if self.currency is not None and (text := text_of(draft.cell(self.currency)).strip()):
            folded = fold(text)
            currency = "VND" if folded in _VND else _CURRENCIES.get(folded, text.upper()[:3])
            draft.values["currency"] = currency
            if currency != "VND":
                draft.flag(self.currency, flaw("account_foreign", found=text[:20]))
        for index in self.types:
            folded = fold(text_of(draft.cell(index)))
            if _JOINT.search(folded) and not _NOT_JOINT.search(folded) and not draft.values.get("joint"):
                draft.values["joint"] = True
                draft.flag(index, flaw("account_joint"))
            elif "ngoai te" in folded and "currency" not in draft.values:
                draft.flag(index, flaw("account_foreign", found=folded[:20]))
                draft.values["currency"] = "XXX"

    def _compare(self, draft: Draft) -> None:
        values = draft.values
        citizen_id = values.get("citizen_id")
        if not citizen_id:
            return
        if (sex := values.get("sex")) and sex != id_sex(citizen_id):
            draft.flag(self.identity, flaw("id_sex_mismatch", expected=id_sex(citizen_id), found=sex))
        birth = values.get("birth_date")
        if birth and int(birth[:4]) != id_year(citizen_id):
            draft.flag(self.identity, flaw("id_birth_mismatch", expected=id_year(citizen_id), found=birth[:4]))


def status_of(text: str) -> str | None:
    """open, locked or closed; None when the words are not known."""
    folded = fold(text)
    if folded in _OPEN:
        return "open"
    if _LOCKED.search(folded):
        return "locked"
    if folded.startswith(("khong hoat dong", "ngung hoat dong")):
        return "locked"
    if "hoat dong" in folded:
        return "open"
    return "closed" if _CLOSED.search(folded) else None


def _bank_birth(cell: object, today: date) -> Birth:
    """Birth dates of bank systems: also yyyymmdd, as text or number."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 18_960_101 <= cell <= 20_991_231:
        cell = str(int(cell))
    if isinstance(cell, str) and len(cell) == 8 and cell.isdigit() and cell[:2] in ("18", "19", "20"):
        cell = f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
    return clean_birth(cell, today)  # type: ignore[arg-type]


def _two_names(text: str) -> str | None:
    """`NGUYEN VAN A & TRAN THI B`: both holders as written; None when it is one name after all."""
    parts = [clean_name(p.strip()).value for p in _TWO_NAMES.split(text) if p.strip()]
    if len(parts) < 2 or not all(p and len(p.split()) >= 2 for p in parts):
        return None
    return " ".join(text.split())
