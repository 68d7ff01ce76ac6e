"""Rules over several rows: the same ID again, identical rows, shared accounts, printed totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from disburse.accounts.numbers import account_key
from disburse.rosters.money_cells import MoneyCells
from disburse.rosters.recipient_cells import fits_recipient
from disburse.rosters.repeats import Holder, Repeats
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.layout import Skipped
from disburse.workbooks.money import show_money
from disburse.workbooks.survey import Table
from disburse.workbooks.values import bare_key
from matching.text import fold

if TYPE_CHECKING:
    from disburse.rosters.reading import Readers

Benefit = tuple[str | None, str, int | None]  # type, its words folded, amount
_SUMMED = ("amount", "total", "arrears", "deduction", "carry_over", "care_amount")


def decide_repeats(draft: Draft, label: str, repeats: Repeats, readers: Readers) -> None:
    """Apply what the first pass found to one row."""
    place = (label, draft.line)
    if first := repeats.duplicates.get(place):
        draft.flag(None, flaw("duplicate_row", line=first[1], where=_where(first[0], label)))
        draft.values["duplicate_of"] = first[1]
    citizen_id = draft.values.get("citizen_id")
    if citizen_id and (others := repeats.others(citizen_id, place)):
        _same_id(draft, label, citizen_id, others, readers)
    number = draft.values.get("account_number")
    if number and (count := repeats.sharers(account_key(number))) > 1:
        draft.flag(readers.account.number, flaw("account_shared", count=count))


def _where(other: str, label: str) -> str:
    return "" if other == label else f" (trang “{other}”)"


def _same_id(draft: Draft, label: str, citizen_id: str, others: list[Holder], readers: Readers) -> None:
    """The same ID again: a second benefit line of the same person, or a conflict (DESIGN §5.3)."""
    values = draft.values
    name = bare_key(values.get("full_name") or "")
    stranger = next((h for h in others if h.name != name), None)
    if stranger is not None:
        _withhold(draft, label, citizen_id, stranger, readers)
        return
    first = min((h.place for h in others if h.place[0] == label), default=others[0].place, key=lambda p: p[1])
    earlier = first[0] != label or first[1] < draft.line
    known = readers.benefits.setdefault(citizen_id, [])
    kind = _kind(values)
    if earlier and not draft.parked and draft.row.second_of is None:
        facts = {"line": first[1], "where": _where(first[0], label)}
        values["second_line_of"] = first[1]
        if any(_same_benefit(kind, other) for other in known):
            values["duplicate_of"] = first[1]
            draft.flag(readers.person.identity, flaw("id_repeated", **facts))
        else:
            draft.flag(readers.person.identity, flaw("second_benefit_line", **facts))
    known.append(kind)


def _kind(values: dict[str, Any]) -> Benefit:
    return values.get("benefit_type"), fold(values.get("benefit_text") or ""), values.get("amount")


def _same_benefit(one: Benefit, other: Benefit) -> bool:
    """One type, under the same words or with the same sum: an allowance beside its pension is another benefit."""
    return one[0] == other[0] and (one[1] == other[1] or one[2] == other[2])


def _withhold(draft: Draft, label: str, citizen_id: str, stranger: Holder, readers: Readers) -> None:
    """Another name under the same ID: stored for neither, proposed as the recipient's where it fits."""
    values = draft.values
    identity = readers.person.identity
    values["id_ok"] = False
    del values["citizen_id"]
    for code in ("id_sex_mismatch", "id_birth_mismatch"):
        draft.drop(code)
    draft.flag(identity, flaw("id_shared", line=stranger.place[1], where=_where(stranger.place[0], label)))
    recipient = values.get("recipient_name")
    if recipient and not values.get("recipient_citizen_id") and fits_recipient(citizen_id, values):
        values["recipient_citizen_id"] = citizen_id
        draft.flag(identity, flaw("id_of_recipient", name=recipient))


class Sums:
    """Adds the money columns up and compares them with printed totals."""

    def __init__(self, table: Table, money: MoneyCells) -> None:
        self.money = money
        self.columns = {f: i for f in _SUMMED if (i := table.binding.first(f)) is not None}
        self.totals = [s for s in table.body.skipped if s.kind == "total"]
        self.running: dict[int, int] = dict.fromkeys(self.columns.values(), 0)
        self.history: list[tuple[int, dict[int, int]]] = []
        self.sections = [s.line for s in table.body.skipped if s.kind == "section"]
        self._next = 0

    def note(self, draft: Draft) -> None:
        """Add one row, in order; totals printed above it have been passed."""
        if not self.columns or not self.totals:
            return
        while self._next < len(self.totals) and self.totals[self._next].line < draft.line:
            self.history.append((self.totals[self._next].line, dict(self.running)))
            self._next += 1
        self._section_marks(draft.line)
        for index in self.running:
            cell = draft.cell(index)
            if cell is not None and cell != "":
                self.running[index] += self.money.money(cell, index) or 0

    def _section_marks(self, line: int) -> None:
        while self.sections and self.sections[0] < line:
            self.history.append((-self.sections.pop(0), dict(self.running)))

    def mismatches(self) -> Iterator[tuple[str, int, dict[str, object]]]:
        """Each printed total that is neither the sum so far nor the sum since any total or section above it."""
        for total in self.totals[self._next :]:
            self.history.append((total.line, dict(self.running)))
        for total in self.totals:
            yield from self._compare(total)

    def _compare(self, total: Skipped) -> Iterator[tuple[str, int, dict[str, object]]]:
        at = next(i for i, (line, _) in enumerate(self.history) if line == total.line)
        now = self.history[at][1]
        starts = [dict.fromkeys(now, 0), *(h for _, h in self.history[:at])]
        for index in self.columns.values():
            cell = total.cells[index] if index < len(total.cells) else None
            printed = self.money.money(cell, index) if cell not in (None, "") else None
            if printed is None or any(now[index] - start[index] == printed for start in starts):
                continue
            yield (
                "control_total_mismatch",
                1,
                {"line": total.line, "printed": show_money(printed), "summed": show_money(now[index])},
            )
            return
