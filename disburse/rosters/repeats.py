"""What only the whole file shows: repeated rows, IDs under two names, shared accounts, swapped dates, sex codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from disburse.accounts.numbers import account_key
from disburse.rosters.person_cells import PersonCells, PersonFacts
from disburse.rosters.titles import sheet_month
from disburse.workbooks.drafts import Draft
from disburse.workbooks.header import text_of
from disburse.workbooks.layout import Row
from disburse.workbooks.survey import Table
from disburse.workbooks.values import bare_key, clean_identity, clean_name, id_sex
from matching.text import fold

_DMY = re.compile(r"\s*'?(\d{1,2})\s*[/\-.]\s*(\d{1,2})\s*[/\-.]\s*\d{2,4}")
_PLACEHOLDER_SHARE = 0.05  # of full dates on 01/01 from which they mean "day unknown" (chance gives 0.3 %)
_PLACEHOLDER_LEAST = 3
Place = tuple[str, int]  # table label, line


@dataclass(slots=True)
class Holder:
    """One row that states an ID: where, whose name."""

    place: Place
    name: str


@dataclass
class Repeats:
    """Found in the first pass; asked in the second."""

    ids: dict[str, Holder | list[Holder]] = field(default_factory=dict)
    seen: dict[int, Place] = field(default_factory=dict)
    duplicates: dict[Place, Place] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)

    def note_id(self, citizen_id: str, holder: Holder) -> None:
        """Remember who states an ID; a list only where it is stated twice."""
        known = self.ids.get(citizen_id)
        if known is None:
            self.ids[citizen_id] = holder
        elif isinstance(known, list):
            known.append(holder)
        else:
            self.ids[citizen_id] = [known, holder]

    def others(self, citizen_id: str, place: Place) -> list[Holder]:
        """The other rows with that ID."""
        known = self.ids.get(citizen_id)
        return [h for h in known if h.place != place] if isinstance(known, list) else []

    def note_account(self, number: str, name: str) -> None:
        """Remember whose rows state an account: one name, or the set of several."""
        known = self.accounts.get(number)
        if known is None:
            self.accounts[number] = name
        elif isinstance(known, set):
            known.add(name)
        elif known != name:
            self.accounts[number] = {known, name}

    def sharers(self, number: str) -> int:
        """How many names an account stands beside."""
        known = self.accounts.get(number)
        return len(known) if isinstance(known, set) else 1


def scan(tables: Iterable[Table], facts: dict[int, PersonFacts]) -> Repeats:
    """The first pass over all rows; `facts` (by table) learns what its columns show."""
    found = Repeats()
    for number, table in enumerate(tables):
        known = facts[number]
        _learn(table, known)
        _scan_rows(table, known, found)
    return found


def _scan_rows(table: Table, facts: PersonFacts, found: Repeats) -> None:
    reader = PersonCells(table.binding, facts)
    at = table.binding.at
    identity, account = reader.identity, table.binding.first("account_number")
    numbering = frozenset(at.get("line_no", ()))
    own = frozenset(c.index for c in table.header.columns) if table.side else None
    # Equal rows on the tabs of two communes are two people, unless the rows themselves say where.
    own_place = at.get("commune") or at.get("commune_code") or sheet_month(table.sheet.name)
    tab = "" if own_place else table.sheet.name
    simple = reader.name is not None and reader.surname is None and not reader.rest
    for row in table.body.rows:
        cells = row.cells
        place = (table.label, row.line)
        if row.second_of is None:  # a merged or nameless further line says itself that it is one
            first = found.seen.setdefault(_row_key(row, numbering, own, tab), place)
            if first is not place:
                found.duplicates[place] = first
        name: str | None = None
        if identity is not None and identity < len(cells) and (cell := cells[identity]) is not None:
            citizen_id = clean_identity(cell, facts.all_text).citizen_id
            if citizen_id:
                name = _name(reader, row, simple)
                found.note_id(citizen_id, Holder(place, name))
        digits = account_key(cells[account]) if account is not None and account < len(cells) else ""
        if digits:
            found.note_account(digits, name if name is not None else _name(reader, row, simple))


def _row_key(row: Row, numbering: frozenset[int], own: frozenset[int] | None, tab: str) -> int:
    """A row's cells without its line number, with the sections it stands in; `own`: the columns of one side."""
    cells = row.cells
    if own is not None:
        cells = [c for i, c in enumerate(cells) if i in own and i not in numbering]
    elif numbering:
        cells = [c for i, c in enumerate(cells) if i not in numbering]
    section = tuple(str(v) for v in row.context.values()) if row.context else ()
    return hash((tuple(cells), section, tab))


def _name(reader: PersonCells, row: Row, simple: bool) -> str:
    cell = row.cells[reader.name] if simple and reader.name is not None and reader.name < len(row.cells) else None
    if cell is None:
        _, cell = reader.name_text(Draft(row))
    return bare_key(clean_name(cell).value or text_of(cell))


def _learn(table: Table, facts: PersonFacts) -> None:
    """Columns typed on an English-locale spreadsheet, placeholder days, codes for the sexes, marks for women."""
    at = table.binding.at
    for name in ("birth_date", "birth_male", "birth_female"):
        for index in at.get(name, ()):
            _learn_dates(table, index, facts)
    if (sex := table.binding.first("sex")) is not None:
        facts.sex_codes = _sex_codes(table, sex, table.binding.first("citizen_id"))
    if (female := table.binding.first("sex_female")) is not None and not at.get("sex_male"):
        rows = table.body.rows
        marked = sum(1 for r in rows if female < len(r.cells) and text_of(r.cells[female]).strip())
        facts.blank_is_male = 0 < marked < len(rows)


def _learn_dates(table: Table, index: int, facts: PersonFacts) -> None:
    cells = [r.cells[index] for r in table.body.rows if index < len(r.cells)]
    real = [c for c in cells if isinstance(c, (date, datetime))]
    texts = [m for c in cells if type(c) is str and (m := _DMY.match(c))]
    if real and all(c.day <= 12 for c in real) and any(int(m[1]) > 12 >= int(m[2]) for m in texts):
        facts.swapped.add(index)
    full = len(real) + len(texts)
    first = sum(c.day == 1 and c.month == 1 for c in real) + sum(int(m[1]) == 1 == int(m[2]) for m in texts)
    if first >= _PLACEHOLDER_LEAST and first > _PLACEHOLDER_SHARE * full:
        facts.placeholders.add(index)


def _sex_codes(table: Table, sex: int, identity: int | None) -> dict[str, str]:
    """1/0 or 1/2: 1 is Nam, learned only if the IDs agree (words.md §4)."""
    agree = against = 0
    codes: set[str] = set()
    for row in table.body.rows:
        text = text_of(row.cells[sex]).strip() if sex < len(row.cells) else ""
        if text not in ("0", "1", "2"):
            if text and fold(text) not in ("nam", "nu"):
                return {}
            continue
        codes.add(text)
        cell = row.cells[identity] if identity is not None and identity < len(row.cells) else None
        if citizen_id := clean_identity(cell, True).citizen_id:
            same = (text == "1") == (id_sex(citizen_id) == "Nam")
            agree, against = agree + same, against + (not same)
    if not codes or codes == {"0", "1", "2"} or agree < 1 or against * 5 > agree:
        return {}
    return {"1": "Nam", "0": "Nữ", "2": "Nữ"}
