"""The cells about who receives for the person, with relation, ID and paper. The person: person_cells.py."""

from __future__ import annotations

import re
from datetime import date

from disburse.rosters.person_cells import PersonFacts
from disburse.workbooks.binding import Binding
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.values import (
    clean_birth,
    clean_day,
    clean_identity,
    clean_name,
    clean_phone,
    clean_text,
    id_sex,
    id_year,
)
from matching.text import fold

_PARENTS_TEXT = "cha|me|bo|ba|ma|u|tia|cha de|me de|bo de|cha ruot|me ruot|bo ruot|bo me|cha me|cha nuoi|me nuoi"
_PARENTS = frozenset(_PARENTS_TEXT.split("|"))
_SELF = frozenset(("ban than", "chinh chu", "doi tuong", "chu tk", "nguoi huong", "tu nhan", "chinh minh", "ca nhan"))
_KINDS = (
    (re.compile(r"giam ho"), "guardian"),
    (re.compile(r"uy quyen|nhan thay|nhan ho|linh thay|lanh thay|linh ho"), "authorised"),
    (re.compile(r"nuoi duong|cham soc"), "carer"),
    (re.compile(r"dai dien|cha/?me|\bcha\b|\bme\b"), "legal_rep"),
    (re.compile(r"trung tam|co so|mai am|chua|nha tho|hoi chu thap|truong "), "organisation"),
)
_ORGANISATION = re.compile(r"\b(?:trung tam|co so (?:bao tro|tro giup|nuoi)|mai am|nha mo|lang tre|co nhi vien)\b")
_ADULT = 18


class RecipientCells:
    """Reads the recipient; without one, nothing is filled (the person receives in person)."""

    def __init__(self, binding: Binding, facts: PersonFacts, today: date) -> None:
        self.facts = facts
        self.today = today
        self.name = binding.first("recipient_name")
        self.relation = binding.first("recipient_relation")
        self.identity = binding.first("recipient_citizen_id")
        self.birth = binding.first("recipient_birth_date")
        self.phone = binding.first("recipient_phone")
        self.papers = [
            (name, i)
            for name in ("recipient_paper_kind", "recipient_paper_number")
            if (i := binding.first(name)) is not None
        ]
        self.paper_days = [
            (name, i)
            for name in ("recipient_paper_date", "recipient_paper_until")
            if (i := binding.first(name)) is not None
        ]
        column = binding.column(self.name) if self.name is not None else None
        self.headed = _kind_of(fold(column.header)) if column else None
        self.anything = any(i is not None for i in (self.name, self.relation, self.identity)) or bool(self.papers)

    def read(self, draft: Draft) -> None:
        """Fill who receives, how they are related, by which paper."""
        if not self.anything:
            return
        self._read_name(draft)
        if self.relation is not None and (relation := clean_text(draft.cell(self.relation))):
            draft.values["recipient_relation"] = relation
        self._read_identity(draft)
        if self.birth is not None and draft.cell(self.birth) not in (None, ""):
            found = clean_birth(draft.cell(self.birth), self.today, self.facts.date1904)
            if found.value:
                draft.values["recipient_birth_date"] = found.value
            draft.flag(self.birth, found.flaws)
        if self.phone is not None:
            number, flaws = clean_phone(draft.cell(self.phone))
            if number:
                draft.values["recipient_phone"] = number
            draft.flag(self.phone, flaws)
        self._read_papers(draft)
        if kind := self._kind(draft):
            draft.values["recipient_kind"] = kind
            if kind == "own":
                for name in ("recipient_name", "recipient_relation", "recipient_citizen_id", "recipient_birth_date"):
                    draft.values.pop(name, None)

    def _read_name(self, draft: Draft) -> None:
        cell = draft.cell(self.name)
        text = text_of(cell).strip()
        if not text or text in ("-", "x", "0"):
            return
        if _ORGANISATION.search(fold(text)):
            draft.values["recipient_name"] = clean_text(cell)
            return
        found = clean_name(cell)
        if found.value is None:
            if fold(text) not in _SELF:
                draft.flag(self.name, flaw("recipient_name_invalid", found=text[:60]))
            return
        draft.values["recipient_name"] = found.value
        if found.remark and "recipient_relation" not in draft.values:
            draft.values["recipient_relation"] = found.remark

    def _read_identity(self, draft: Draft) -> None:
        cell = draft.cell(self.identity)
        if cell is None or cell == "":
            return
        found = clean_identity(cell, self.facts.all_text)
        if found.citizen_id:
            draft.values["recipient_citizen_id"] = found.citizen_id
            draft.flag(self.identity, tuple(f for f in found.flaws if f.code in ("id_restored", "id_unknown_prefix")))
        elif not any(f.code == "id_missing" for f in found.flaws):
            draft.flag(self.identity, flaw("recipient_id_invalid", found=text_of(cell)[:40]))

    def _read_papers(self, draft: Draft) -> None:
        for name, index in self.papers:
            if text := clean_text(draft.cell(index)):
                draft.values[name] = text
        for name, index in self.paper_days:
            day, _, flaws = clean_day(draft.cell(index), self.facts.date1904)
            if day:
                draft.values[name] = day
            draft.flag(index, flaws)

    def _kind(self, draft: Draft) -> str | None:
        """own, legal_rep, guardian, authorised, carer or organisation; None when nobody is named."""
        values = draft.values
        name = values.get("recipient_name")
        relation = fold(values.get("recipient_relation", ""))
        if not name:
            return "own" if relation in _SELF else None
        if relation in _SELF or (fold(name) == fold(values.get("full_name", "")) and not relation):
            return "own"
        if _ORGANISATION.search(fold(name)):
            return "organisation"
        paper = _kind_of(fold(values.get("recipient_paper_kind", ""))) if values.get("recipient_paper_kind") else None
        said = _kind_of(relation) if relation and relation not in _PARENTS else None
        if paper or said:
            return paper or said
        if relation in _PARENTS and self._minor(draft):
            return "legal_rep"
        return (
            self.headed
            if self.headed and self.headed != "legal_rep"
            else "legal_rep"
            if self._parent_of_minor(draft, relation)
            else "authorised"
        )

    def _parent_of_minor(self, draft: Draft, relation: str) -> bool:
        return self.headed == "legal_rep" and (relation in _PARENTS or not relation)

    def _minor(self, draft: Draft) -> bool:
        birth = draft.values.get("birth_date")
        return birth is not None and self.today.year - int(birth[:4]) < _ADULT


def _kind_of(folded: str) -> str | None:
    return next((kind for pattern, kind in _KINDS if pattern.search(folded)), None)


def fits_recipient(citizen_id: str, draft_values: dict[str, object]) -> bool:
    """Does an ID fit the recipient rather than the person, by birth year and by sex against the relation?"""
    relation = fold(str(draft_values.get("recipient_relation") or ""))
    birth = draft_values.get("birth_date")
    recipient_birth = draft_values.get("recipient_birth_date")
    year = id_year(citizen_id)
    if recipient_birth:
        return str(recipient_birth)[:4] == str(year)
    sex = id_sex(citizen_id)
    women = ("me", "vo", "ba", "chi", "co", "di", "con gai", "me de", "me ruot")
    men = ("cha", "bo", "chong", "ong", "anh", "chu", "bac trai", "con trai", "cha de", "bo de")
    if (relation in women and sex != "Nữ") or (relation in men and sex != "Nam"):
        return False
    wrong_year = bool(birth) and str(birth)[:4] != str(year)
    wrong_sex = bool(draft_values.get("sex")) and draft_values.get("sex") != sex
    return wrong_year or wrong_sex
