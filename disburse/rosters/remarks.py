"""The cells that only say something about a row: decision, file number, start, status, notes. They never act."""

from __future__ import annotations

import re
from datetime import date

from disburse.workbooks.binding import Binding
from disburse.workbooks.drafts import Draft
from disburse.workbooks.flaws import flaw
from disburse.workbooks.header import text_of
from disburse.workbooks.values import clean_day, clean_text
from matching.text import fold

_ENDED = re.compile(
    r"\b(?:chet|da mat|tu tran|qua doi|dung|ngung|thoi|cat|tam dung|tam ngung|dinh chi|chuyen di|het "
    r"han|het huong|giam|khong con)\b"
)
_GOES_ON = re.compile(r"\b(?:dang huong|con huong|dang hoat dong|khong dung|binh thuong)\b")
_NUMBER_AND_DAY = re.compile(
    r"(.*?\S)\s*(?:,|;|-|–|\()?\s*(?:ngày|ngay|ngày ký|\()\s*(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4})", re.IGNORECASE
)
_TRAILING_DAY = re.compile(r"(\S+/\S+?)\s*[,;(\s]\s*(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4})\)?$")


class RemarkCells:
    """Reads papers and remarks. A status of "stopped" is a warning and a question, never an act."""

    def __init__(self, binding: Binding, today: date, date1904: bool, sheet_change: str | None) -> None:
        at = binding.at
        self.today, self.date1904 = today, date1904
        self.number, self.day = binding.first("decision_number"), binding.first("decision_date")
        self.file, self.start = binding.first("file_number"), binding.first("start")
        self.notes, self.reasons, self.statuses = at.get("note", []), at.get("removal_reason", []), at.get("status", [])
        self.sheet_change = sheet_change

    def read(self, draft: Draft) -> None:
        """Fill papers and remarks."""
        self._decision(draft)
        if self.file is not None and (text := clean_text(draft.cell(self.file))):
            draft.values["file_number"] = text
        if self.start is not None:
            day, _, flaws = clean_day(draft.cell(self.start), self.date1904)
            if day:
                draft.values["start"] = day if len(day) == 10 else f"{day}-01" if len(day) == 7 else f"{day}-01-01"
            draft.flag(self.start, flaws)
        for name, indexes in (("note", self.notes), ("removal_reason", self.reasons)):
            parts = [t for i in indexes if (t := clean_text(draft.cell(i)))]
            if parts:
                own = draft.values.get(name)
                draft.values[name] = "; ".join([own, *parts] if own else parts)
        self._status(draft)
        if draft.row.second_of is not None:
            draft.values["second_line_of"] = draft.row.second_of
            draft.flag(None, flaw("second_benefit_line", line=draft.row.second_of))

    def _decision(self, draft: Draft) -> None:
        if self.number is not None and (text := clean_text(draft.cell(self.number))):
            found = _NUMBER_AND_DAY.match(text) or _TRAILING_DAY.match(text)
            if found and self.day is None:
                draft.values["decision_number"] = found[1].strip(" ,;-")
                day, _, _ = clean_day(found[2])
                if day:
                    draft.values["decision_date"] = day
            else:
                draft.values["decision_number"] = text
        if self.day is not None:
            day, _, flaws = clean_day(draft.cell(self.day), self.date1904)
            if day:
                draft.values["decision_date"] = day
            draft.flag(self.day, flaws)

    def _status(self, draft: Draft) -> None:
        for index in self.statuses:
            text = text_of(draft.cell(index)).strip()
            folded = fold(text)
            if folded and _ENDED.search(folded) and not _GOES_ON.search(folded):
                draft.values["status"] = text
                draft.flag(index, flaw("status_not_active", found=text[:60]))
        change = draft.row.context.get("change") or self.sheet_change
        if change:
            draft.values["change"] = change
        if change == "removed":
            draft.flag(None, flaw("listed_as_removed", found="Giảm"))
