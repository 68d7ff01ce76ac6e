"""Rules over several rows: the same ID again, identical rows, shared accounts, printed totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from disburse.accounts.numbers import account_key
from disburse.rosters.money_cells import MoneyCells
from disburse.rosters.recipient_cells import fits_recipient
from disburse.rosters.repeats import Holder, Place, Repeats
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.layout import Skipped
from disburse.workbooks.money import show_money
from disburse.workbooks.survey import Table
from disburse.workbooks.values import bare_key
from matching.text import fold

if TYPE_CHECKING:
    from disburse.rosters.reading import Readers

Benefit = tuple[str | None, str, int | None, str, str]  # type, its words folded, amount; year of birth, citizen ID
Known = dict[int, list[tuple[Place, Benefit]]]
_SUMMED = ("amount", "total", "arrears", "deduction", "carry_over", "care_amount")


def decide_repeats(draft: Draft, label: str, repeats: Repeats, readers: Readers) -> None:
    """Apply what the first pass found to one row."""
    place = (label, draft.line)
    if first := repeats.duplicates.get(place):
        draft.flag(None, flaw("duplicate_row", line=first[1], where=_where(first[0], label)))
        draft.values["duplicate_of"] = first[1]
    citizen_id = draft.values.get("citizen_id")
    others = repeats.others(citizen_id, place) if citizen_id else []
    if citizen_id and others:
        _same_id(draft, label, citizen_id, others, readers)
    if not draft.parked and (signs := _signs(draft.values, bool(others))):
        _repeat(draft, label, readers, signs)
    number = draft.values.get("account_number")
    if number and (count := repeats.sharers(account_key(number))) > 1:
        draft.flag(readers.account.number, flaw("account_shared", count=count))


def _signs(values: dict[str, Any], repeated: bool) -> list[int]:
    """What tells that two rows are one person: a repeated ID, an old ID, a commune's file number, with the name."""
    if not repeated and "old_id" not in values and "file_number" not in values:
        return []
    name = bare_key(values.get("full_name") or "")
    signs = [hash((kind, values[kind], name)) for kind in ("citizen_id", "old_id") if kind in values]
    if "file_number" in values:
        signs.append(hash((values.get("commune_code"), values["file_number"], name)))
    return signs


def _where(other: str, label: str) -> str:
    return "" if other == label else f" (trang “{other}”)"


def _same_id(draft: Draft, label: str, citizen_id: str, others: list[Holder], readers: Readers) -> None:
    """The same ID under another name is a conflict (DESIGN §5.3)."""
    name = bare_key(draft.values.get("full_name") or "")
    stranger = next((h for h in others if h.name != name), None)
    if stranger is not None:
        _withhold(draft, label, citizen_id, stranger, readers)


def _repeat(draft: Draft, label: str, readers: Readers, signs: list[int]) -> None:
    """A person met before: a further benefit line, or the same benefit again, which is never counted twice."""
    values, place = draft.values, (label, draft.line)
    known = next((k for s in signs if (k := readers.benefits.get(s)) and _may_be_one(k, values)), None)
    kind = _kind(values)
    if known is not None and draft.row.second_of is None:
        first = known[0][0]
        facts = {"line": first[1], "where": _where(first[0], label)}
        column = readers.person.identity if "citizen_id" in values else readers.person.name
        if first[0] == label:
            values["second_line_of"] = first[1]
        if any(_same_benefit(kind, other) for _, other in known):
            values["duplicate_of"] = first[1]
            draft.flag(column, flaw("id_repeated", **facts))
        else:
            draft.flag(column, flaw("second_benefit_line", **facts))
    if known is None:
        _say_other_birth(draft, label, readers, signs[0])
        known = []
    known.append((place, kind))
    for sign in signs:
        readers.benefits.setdefault(sign, known)


def _say_other_birth(draft: Draft, label: str, readers: Readers, sign: int) -> None:
    """One ID and one name with two years of birth: a slip, or two people; a person decides at the import."""
    met = readers.benefits.get(sign) if "citizen_id" in draft.values else None
    if met is not None:
        facts = {"line": met[0][0][1], "where": _where(met[0][0][0], label)}
        draft.flag(readers.person.identity, flaw("id_other_birth", **facts))


def _may_be_one(known: list[tuple[Place, Benefit]], values: dict[str, Any]) -> bool:
    """No two different birth years or citizen IDs: a namesake with the same file number is somebody else."""
    own = _who(values)
    return all(not a or not b or a == b for _, kind in known for a, b in zip(kind[3:], own, strict=True))


def _who(values: dict[str, Any]) -> tuple[str, str]:
    return str(values.get("birth_date") or "")[:4], str(values.get("citizen_id") or "")


def _kind(values: dict[str, Any]) -> Benefit:
    return values.get("benefit_type"), fold(values.get("benefit_text") or ""), values.get("amount"), *_who(values)


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
