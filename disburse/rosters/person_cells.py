"""The cells that say who a row is about: name, birth, sex, ID, old ID, phone. One column each: workbooks/values.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from disburse.workbooks.binding import Binding
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import NONE, Flaws, flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.sheets import CellValue, LongCell
from disburse.workbooks.values import (
    Birth,
    clean_birth,
    clean_identity,
    clean_name,
    clean_phone,
    clean_sex,
    id_sex,
    id_year,
)
from matching.identity import parse_date

_MARKED = frozenset(("x", "v", "✓", "✔", "√", "1", "có", "co", "+", "*"))


@dataclass
class PersonFacts:
    """What is known about a table's cells before its rows are read."""

    today: date
    date1904: bool = False
    all_text: bool = False
    hopeless: set[tuple[int, int]] = field(default_factory=set)
    swapped: set[int] = field(default_factory=set)
    placeholders: set[int] = field(default_factory=set)
    sex_codes: dict[str, str] = field(default_factory=dict)
    blank_is_male: bool = False


class PersonCells:
    """Reads who the row is about. Columns that the table lacks raise nothing in its rows."""

    def __init__(self, binding: Binding, facts: PersonFacts) -> None:
        self.facts = facts
        at = binding.at
        self.name = at.get("full_name", [None])[0]
        self.rest = at.get("full_name+", [])
        self.name_female = binding.first("name_female")
        self.surname = binding.first("surname")
        self.given = binding.first("given")
        self.birth = binding.first("birth_date")
        self.birth_male = binding.first("birth_male")
        self.birth_female = binding.first("birth_female")
        self.parts = (binding.first("birth_day"), binding.first("birth_month"), binding.first("birth_year"))
        self.sex = binding.first("sex")
        self.male, self.female = binding.first("sex_male"), binding.first("sex_female")
        self.identity = binding.first("citizen_id")
        self.old = binding.first("old_id")
        self.phones = at.get("phone", [])
        self._births: dict[CellValue, Birth] = {}

    def read(self, draft: Draft) -> None:
        """Fill who, and flag what the cells contradict."""
        self._read_name(draft)
        self._read_identity(draft)
        self._read_birth(draft)
        self._read_sex(draft)
        if self.phones:
            self._read_phone(draft)
        self._compare(draft)

    # Name ---------------------------------------------------------------------------------------------------------

    def name_text(self, draft: Draft) -> tuple[int | None, CellValue]:
        """The name cell; a name split over two columns is joined."""
        if self.name is None or (self.surname is not None and self.given is not None):
            parts = [text_of(draft.cell(i)).strip() for i in (self.surname, self.given or self.name)]
            return self.surname if self.surname is not None else self.given, " ".join(p for p in parts if p)
        cell = draft.cell(self.name)
        if self.rest:
            parts = [text_of(cell).strip(), *(text_of(draft.cell(i)).strip() for i in self.rest)]
            return self.name, " ".join(p for p in parts if p)
        return self.name, cell

    def _read_name(self, draft: Draft) -> None:
        index, cell = self.name_text(draft)
        if self.facts.hopeless and (draft.line, index) in self.facts.hopeless:
            draft.flag(index, flaw("name_undecodable"))
            return
        found = clean_name(cell)
        if found.flaws:
            draft.flag(index, found.flaws)
        if found.value is not None:
            draft.values["full_name"] = found.value
        if found.remark:
            draft.values["note"] = found.remark
        if self.name_female is not None:
            self._read_name_column(draft)

    def _read_name_column(self, draft: Draft) -> None:
        """Names under "Nam | Nữ" say the sex by their column; the layout has moved the woman's name to the man's."""
        man = draft.row.raw[self.name] if self.name is not None and self.name < len(draft.row.raw) else None
        woman = draft.cell(self.name_female)
        if man not in (None, "") and woman not in (None, ""):
            draft.flag(self.name_female, flaw("sex_unreadable", found="Nam + Nữ"))
        else:
            draft.values["sex"] = "Nam" if woman in (None, "") else "Nữ"

    # Identity -----------------------------------------------------------------------------------------------------

    def _read_identity(self, draft: Draft) -> None:
        old = None
        if self.old is not None and (raw := draft.cell(self.old)) not in (None, ""):
            other = clean_identity(raw, self.facts.all_text)
            old = other.old_id
            if self.identity is None or (other.citizen_id and draft.cell(self.identity) in (None, "")):
                draft.flag(self.old, other.flaws)
                self._keep(draft, other.citizen_id, old)
                return
            if other.old_id is None and other.citizen_id is None:
                draft.flag(self.old, tuple(f for f in other.flaws if f.code != "id_missing"))
        if self.identity is None:
            if self.old is not None:
                draft.flag(self.old, flaw("id_missing"))
            return
        found = clean_identity(draft.cell(self.identity), self.facts.all_text)
        if found.flaws:
            draft.flag(self.identity, found.flaws)
        self._keep(draft, found.citizen_id, found.old_id or old)

    def _keep(self, draft: Draft, citizen_id: str | None, old_id: str | None) -> None:
        if citizen_id:
            draft.values["citizen_id"] = citizen_id
        if old_id:
            draft.values["old_id"] = old_id

    # Birth and sex ------------------------------------------------------------------------------------------------

    def _read_birth(self, draft: Draft) -> None:
        index, found = self._birth(draft)
        if found is None:
            return
        flaws = found.flaws
        if index is not None and found.precision == "day" and (self.facts.swapped or self.facts.placeholders):
            found, flaws = self._doubted(index, found)
        if found.open and (citizen_id := draft.values.get("citizen_id")):
            found, flaws = self._two_digits(found, flaws, citizen_id)
        if flaws:
            draft.flag(index, flaws)
        if found.value:
            draft.values["birth_date"] = found.value
            draft.values["birth_precision"] = found.precision

    def _birth(self, draft: Draft) -> tuple[int | None, Birth | None]:
        if self.birth is not None and self.birth_male is None:
            return self.birth, self.clean(draft.cell(self.birth))
        if self.birth_male is not None or self.birth_female is not None:
            return self._birth_by_sex(draft)
        if self.parts[2] is not None:
            return self.parts[2], self._birth_of_parts(draft)
        return None, None

    def clean(self, cell: CellValue) -> Birth:
        """One birth cell, remembered per distinct value."""
        found = self._births.get(cell)
        if found is None:
            found = clean_birth(cell, self.facts.today, self.facts.date1904)
            if len(self._births) < 200_000:
                self._births[cell] = found
        return found

    def _birth_by_sex(self, draft: Draft) -> tuple[int | None, Birth]:
        """The birth year stands in the column of the sex (words.md §4)."""
        pairs = ((self.birth_male, "Nam"), (self.birth_female, "Nữ"), (self.birth, ""))
        held = [(i, s) for i, s in pairs if i is not None and draft.cell(i) not in (None, "")]
        if not held:
            return self.birth_male if self.birth_male is not None else self.birth_female, self.clean(None)
        if len([s for _, s in held if s]) > 1:
            draft.flag(self.birth_female, flaw("birth_both"))
            years = [self.clean(draft.cell(i)) for i, _ in held]
            same = len({y.value for y in years}) == 1
            return held[0][0], years[0] if same else Birth()
        index, sex = held[0]
        if sex:
            draft.values["sex"] = sex
        return index, self.clean(draft.cell(index))

    def _birth_of_parts(self, draft: Draft) -> Birth:
        day, month, year = (text_of(draft.cell(i)).strip() for i in self.parts)
        if not year:
            return self.clean(None)
        return self.clean(f"{day or '00'}/{month or '00'}/{year}" if day or month else year)

    def _doubted(self, index: int, found: Birth) -> tuple[Birth, Flaws]:
        """A day that cannot be trusted in this column: only its year stays."""
        assert found.value is not None
        year = found.value[:4]
        if index in self.facts.swapped and found.from_cell and int(found.value[8:]) <= 12:
            return Birth(year, "year"), flaw("birth_swapped", kept=year)
        if index in self.facts.placeholders and found.value.endswith("-01-01"):
            return Birth(year, "year"), flaw("birth_placeholder", kept=year)
        return found, found.flaws

    def _two_digits(self, found: Birth, flaws: Flaws, citizen_id: str) -> tuple[Birth, Flaws]:
        """`51` and `12/3/51` are read only as the ID reads."""
        year = id_year(citizen_id)
        if len(found.open) == 2:
            return (Birth(str(year), "year"), NONE) if int(found.open) == year % 100 else (found, flaws)
        read = parse_date(found.open, year)
        return (Birth(read.iso(), read.precision), NONE) if read else (found, flaws)

    def _read_sex(self, draft: Draft) -> None:
        if self.sex is not None:
            text = text_of(draft.cell(self.sex)).strip()
            if not text:
                return
            code = self.facts.sex_codes.get(text)
            sex, flaws = (code, NONE) if code else clean_sex(text)
            if flaws:
                draft.flag(self.sex, flaws)
            if sex:
                draft.values["sex"] = sex
        elif self.male is not None or self.female is not None:
            self._sex_by_mark(draft)

    def _sex_by_mark(self, draft: Draft) -> None:
        male, female = _mark(draft.cell(self.male)), _mark(draft.cell(self.female))
        if male and female:
            draft.flag(self.female, flaw("sex_unreadable", found="Nam + Nữ"))
        elif female:
            draft.values["sex"] = "Nữ"
        elif male or (self.male is None and self.facts.blank_is_male):
            draft.values["sex"] = "Nam"

    def _read_phone(self, draft: Draft) -> None:
        index, cell = draft.first(self.phones)
        if cell is None:
            return
        if isinstance(cell, LongCell):
            draft.flag(index, flaw("cell_too_long"))
            return
        number, flaws = clean_phone(cell)
        if flaws:
            draft.flag(index, flaws)
        if number:
            draft.values["phone"] = number

    # What the cells say of each other ------------------------------------------------------------------------------

    def _compare(self, draft: Draft) -> None:
        """An ID is good when it is there and contradicts neither sex nor birth year."""
        values = draft.values
        citizen_id = values.get("citizen_id")
        if citizen_id is None:
            values["id_ok"] = False
            return
        good = True
        if (sex := values.get("sex")) and sex != id_sex(citizen_id):
            draft.flag(self.identity, flaw("id_sex_mismatch", expected=id_sex(citizen_id), found=sex))
            good = False
        birth, year = values.get("birth_date"), id_year(citizen_id)
        if birth and int(birth[:4]) != year:
            draft.flag(self.identity, flaw("id_birth_mismatch", expected=year, found=birth[:4]))
            good = False
        elif not birth and not self.facts.today.year - 130 <= year <= self.facts.today.year:
            draft.flag(self.identity, flaw("id_implausible", found=citizen_id))
            good = False
        values["id_ok"] = good


def _mark(cell: CellValue) -> bool:
    return cell is True or text_of(cell).strip().lower() in _MARKED
