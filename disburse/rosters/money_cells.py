"""The cells that say what is paid: benefit, coefficient, amount, arrears, total. Sums as text: workbooks/money.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from disburse.programmes.categories import Category, read_category
from disburse.programmes.rates import RateTable
from disburse.rosters.corrections import value_key
from disburse.rosters.values_met import ValuesMet
from disburse.workbooks.binding import Binding
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.money import LEAST, MONTHLY_MOST, parse_coefficient, parse_money, show_money
from disburse.workbooks.sheets import CellValue
from disburse.workbooks.values import clean_text

_OTHER_SUMS = ("arrears", "deduction", "carry_over")
_NO_MARK = frozenset(("", "-", "0", "–"))
_MARKS = frozenset(("x", "v", "✓", "✔", "√", "có", "co", "+", "*", "1"))
_SHOWN = 4


@dataclass
class PayFacts:
    """What is known before the rows: the programme, the day whose rates hold, the unit of each money column."""

    table: RateTable
    programme: str | None
    on: date
    units: dict[int, int] = field(default_factory=dict)
    period_known: bool = False
    told: Mapping[str, str] = field(default_factory=dict)  # an officer's word on texts, by value_key
    met: ValuesMet = field(default_factory=ValuesMet)


class MoneyCells:
    """Reads benefit and money. A missing amount column is one file warning and no row warnings."""

    def __init__(self, binding: Binding, facts: PayFacts) -> None:
        self.facts = facts
        at = binding.at
        self.benefit, self.code = binding.first("benefit"), binding.first("benefit_code")
        self.marks = [(i, _leaf(binding, i)) for i in at.get("benefit_mark", [])]
        self.details = at.get("benefit_detail", [])
        self.injury = binding.first("injury_rate")
        self.coefficient, self.base = binding.first("coefficient"), binding.first("base")
        self.amount, self.total = binding.first("amount"), binding.first("total")
        self.sums = {name: i for name in _OTHER_SUMS if (i := binding.first(name)) is not None}
        self.care = binding.first("care_amount")
        if self.care is None:
            self.care = binding.first("allowance")
        self.mark_money = any(binding.votes(i).money > binding.votes(i).marks for i, _ in self.marks)
        self._sums: dict[tuple[CellValue, int], int | None] = {}
        self._types: dict[tuple[Any, ...], Category] = {}
        self._fits: dict[tuple[str, int, int | None], tuple[bool, int | None]] = {}

    @property
    def has_amount(self) -> bool:
        """Does the table state a monthly amount at all?"""
        return self.amount is not None or self.mark_money

    def read(self, draft: Draft) -> None:
        """Fill benefit and sums, compare them with the rates and with each other."""
        coefficient, base = self._parts(draft)
        mark, mark_amount = self._marked(draft)
        if self.amount is not None:
            self._read_amount(draft)
        elif mark_amount is not None:
            draft.values["amount"] = mark_amount
        self._read_benefit(draft, mark, coefficient)
        for name, index in self.sums.items():
            self._read_sum(draft, name, index)
        if self.care is not None:
            self._read_sum(draft, "care_amount", self.care)
        if not self.has_amount:
            self._fill(draft, coefficient, base)
        elif self.amount is None and mark_amount is None:
            draft.flag(None, flaw("amount_missing"))
        self._compare(draft, coefficient, base)
        if programme := self.facts.programme or self._programme_of(draft.values.get("benefit_type")):
            draft.values["programme"] = programme

    def _programme_of(self, kind: str | None) -> str | None:
        type_ = self.facts.table.get(kind) if kind else None
        return type_.programme if type_ else None

    # Sums ---------------------------------------------------------------------------------------------------------

    def money(self, cell: CellValue, index: int) -> int | None:
        """One money cell in đồng, remembered per distinct value."""
        key = (cell, index)
        if key in self._sums:
            return self._sums[key]
        value = parse_money(cell, self.facts.units.get(index, 1))
        if len(self._sums) < 100_000:
            self._sums[key] = value
        return value

    def _read_amount(self, draft: Draft) -> None:
        index = self.amount
        assert index is not None
        cell = draft.cell(index)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            code = "amount_merged" if index in draft.row.filled else "amount_missing"
            draft.flag(index, flaw(code))
            return
        value = self.money(cell, index)
        if value is None or 0 < value < LEAST:
            draft.flag(index, flaw("amount_unreadable", found=text_of(cell)[:40]))
        elif value > MONTHLY_MOST:
            draft.flag(index, flaw("amount_too_large", found=show_money(value)))
        else:
            draft.values["amount"] = value
            if index in draft.row.filled and value:
                draft.flag(index, flaw("amount_shared", found=show_money(value)))

    def _read_sum(self, draft: Draft, name: str, index: int) -> None:
        cell = draft.cell(index)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return
        value = self.money(cell, index)
        if value is None:
            draft.flag(index, flaw("money_unreadable", found=text_of(cell)[:40]))
        elif value:
            draft.values[name] = value

    def _parts(self, draft: Draft) -> tuple[Decimal | None, int | None]:
        """Coefficient and base of the row."""
        coefficient: Decimal | None = None
        if self.coefficient is not None and (cell := draft.cell(self.coefficient)) not in (None, ""):
            coefficient = parse_coefficient(cell)
            if coefficient is None:
                draft.flag(self.coefficient, flaw("coefficient_unreadable", found=text_of(cell)[:40]))
            else:
                draft.values["coefficient"] = str(coefficient)
        base: int | None = None
        if self.base is not None and (cell := draft.cell(self.base)) not in (None, ""):
            base = self.money(cell, self.base)
            if base is None:
                draft.flag(self.base, flaw("money_unreadable", found=text_of(cell)[:40]))
            else:
                draft.values["base"] = base
        return coefficient, base

    # Benefit ------------------------------------------------------------------------------------------------------

    def _marked(self, draft: Draft) -> tuple[str | None, int | None]:
        """Categories as columns: the header of the marked one, and its amount where the mark is a sum."""
        for index, header in self.marks:
            text = text_of(draft.cell(index)).strip()
            if text.lower() in _NO_MARK:
                continue
            if text.lower() in _MARKS:
                return header, None
            value = self.money(draft.cell(index), index)
            if value:
                return header, value
        return None, None

    def _read_benefit(self, draft: Draft, mark: str | None, coefficient: Decimal | None) -> None:
        section = draft.row.context.get("benefit")
        code = clean_text(draft.cell(self.code)) if self.code is not None else None
        own = clean_text(draft.cell(self.benefit)) if self.benefit is not None else None
        details = [words for i in self.details if (words := clean_text(draft.cell(i)))]
        text = own or mark or (section if isinstance(section, str) else None) or next(iter(details), None)
        if own and isinstance(section, str) and not self._category(own, draft, coefficient).code:
            both = self._category(f"{section} - {own}", draft, coefficient)
            text = f"{section} - {own}" if both.code else own
        if not text and not code:
            return
        if text:
            draft.values["benefit_text"] = text
        index = self.benefit if own or self.code is None else self.code
        self._settle(draft, index, text, code, coefficient, details)

    def _settle(
        self,
        draft: Draft,
        index: int | None,
        text: str | None,
        code: str | None,
        coefficient: Decimal | None,
        details: list[str],
    ) -> None:
        shown = (text or code or "")[:80]
        if told := self.facts.told.get(value_key(shown)):
            self.facts.met.note(shown, told)
            self.facts.met.count(shown)
            draft.values["benefit_type"] = told
            return
        injury = text_of(draft.cell(self.injury)).strip().rstrip("%") if self.injury is not None else ""
        tried: list[Category] = []
        closer = [words for detail in details for words in (f"{text} - {detail}", detail)] if text else []
        for words in (code, f"{text} {injury}%" if text and injury else None, text, *closer):
            if not words:
                continue
            found = self._category(words, draft, coefficient)
            if found.code:
                draft.values["benefit_type"] = found.code
                draft.values.setdefault("benefit_text", words)
                return
            tried.append(found)
        open_ones = next((c for c in tried if c.candidates), None)
        candidates = open_ones.candidates if open_ones else ()
        if shown not in self.facts.met.texts:
            self.facts.met.note(shown, choices=[(kind, kind) for kind in candidates])
        self.facts.met.count(shown)
        if open_ones is None:
            draft.flag(index, flaw("benefit_unknown", found=shown))
        else:
            names = ", ".join(open_ones.candidates[:_SHOWN]) + ("…" if len(open_ones.candidates) > _SHOWN else "")
            draft.flag(index, flaw("benefit_ambiguous", found=shown, choices=names))

    def _category(self, words: str, draft: Draft, coefficient: Decimal | None) -> Category:
        birth = draft.values.get("birth_date")
        age = self.facts.on.year - int(birth[:4]) if birth else None
        if birth and len(birth) == 10 and birth[5:] > self.facts.on.isoformat()[5:]:
            age = age - 1 if age else age
        amount = draft.values.get("amount")
        key = (words, age, coefficient, amount)
        found = self._types.get(key)
        if found is None:
            found = read_category(
                words, programme=self.facts.programme, on=self.facts.on, age=age, coefficient=coefficient, amount=amount
            )
            self._types[key] = found
        return found

    # Rates and control --------------------------------------------------------------------------------------------

    def _fill(self, draft: Draft, coefficient: Decimal | None, base: int | None) -> None:
        """No amount column: coefficient × base, else the dated rate."""
        kind = draft.values.get("benefit_type")
        if base is None and kind and (type_ := self.facts.table.get(kind)):
            base = self.facts.table.base(type_.programme, self.facts.on)
        elif base is None and self.facts.programme:
            base = self.facts.table.base(self.facts.programme, self.facts.on)
        if coefficient is not None and base:
            value, source = int(base * coefficient), "hệ số × mức chuẩn"
        elif kind and (rate := self.facts.table.amount(kind, self.facts.on)):
            value, source = rate, f"mức của {kind}"
        else:
            return
        draft.values["amount"] = value
        draft.flag(self.coefficient, flaw("amount_filled", after=show_money(value), source=source))

    def _compare(self, draft: Draft, coefficient: Decimal | None, base: int | None) -> None:
        values = draft.values
        amount, kind = values.get("amount"), values.get("benefit_type")
        if amount and kind and self.has_amount:
            fits, expected = self._rate_fits(kind, amount, base)
            if not fits and expected is not None:
                facts = {"found": show_money(amount), "expected": show_money(expected), "benefit": kind}
                draft.flag(self.amount, flaw("amount_unlike_rate", **facts))
        elif amount and coefficient is not None and base and self.has_amount and int(base * coefficient) != amount:
            facts = {"found": show_money(amount), "expected": show_money(int(base * coefficient))}
            draft.flag(self.amount, flaw("amount_unlike_rate", **facts, benefit="hệ số × mức chuẩn"))
        if self.total is not None:
            self._check_total(draft)

    def _rate_fits(self, kind: str, amount: int, base: int | None) -> tuple[bool, int | None]:
        key = (kind, amount, base)
        known = self._fits.get(key)
        if known is None:
            table, on = self.facts.table, self.facts.on
            expected = table.amount(kind, on, base=base)
            fits = table.fits(kind, amount, on, base=base) is not False
            if not fits and not self.facts.period_known:
                type_ = table.get(kind)
                days = {r.valid_from for r in (type_.rates if type_ else ())}
                days |= {r.valid_from for r in (table.bases().get(type_.programme, ()) if type_ else ())}
                fits = any(table.fits(kind, amount, day) for day in days)
            known = self._fits[key] = (fits, expected)
        return known

    def _check_total(self, draft: Draft) -> None:
        """amount + arrears + carry-over − deduction must be the printed total of the row."""
        assert self.total is not None
        cell = draft.cell(self.total)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return
        total = self.money(cell, self.total)
        if total is None:
            draft.flag(self.total, flaw("money_unreadable", found=text_of(cell)[:40]))
            return
        values = draft.values
        values["total"] = total
        if "amount" not in values and self.has_amount:
            return
        parts = values.get("amount", 0) + values.get("arrears", 0) + values.get("carry_over", 0)
        expected = parts + values.get("care_amount", 0) - values.get("deduction", 0)
        if total not in (expected, expected - values.get("care_amount", 0)):
            draft.flag(self.total, flaw("parts_do_not_add_up", found=show_money(total), expected=show_money(expected)))


def _leaf(binding: Binding, index: int) -> str:
    column = binding.column(index)
    return column.leaf if column else ""
