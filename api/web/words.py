"""The words of the pages: Vietnamese in the code, other languages from catalogues; numbers and dates as people read.

Messages are the Vietnamese sentences themselves. The catalogues, one file a subject, are read at start, so nothing is
compiled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from disburse import clock
from disburse.audit.actor import COMMAND, SYSTEM
from disburse.demo.accounts import MAKER

LANGUAGES = ("vi", "en")
# Programmes are data; those that every installation has also have a name in the other languages. A code stays as it is.
PROGRAMMES = ("Người có công", "Bảo trợ xã hội", "Hưu trí xã hội")
BEFORE = "(trước 01/7/2025)"  # what `areas` puts behind the name of a former commune
# Who acts without being a user leaves a name in the records; here is what a page calls them.
ACTORS = {COMMAND.name: "lệnh trên máy chủ", SYSTEM.name: "hệ thống", MAKER.name: "bản trình diễn"}
LOCALE = Path(__file__).parent / "locale"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its sentences and its ways to write numbers, rates, money and days."""

    lang: str
    sentences: dict[str, str] = field(default_factory=dict)
    of_one: dict[str, str] = field(default_factory=dict)  # how a sentence that counts is said of one

    def gettext(self, message: str) -> str:
        """Return a message in this language."""
        return self.sentences.get(message, message)

    def counted(self, message: str, values: Mapping[str, Any]) -> str:
        """Return a message in this language, as it is said of one when its first value is 1."""
        if message in self.of_one:
            first = _PLACE.search(message)
            if first and str(values.get(first[1])) == "1":
                return self.of_one[message]
        return self.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the singular or the plural; Vietnamese has one form."""
        found = one if count == 1 and self.lang != "vi" else many
        return self.sentences.get(found, found)

    def number(self, value: int) -> str:
        """Write a whole number: 1.234.567."""
        return f"{value:,}".replace(",", "." if self.lang == "vi" else ",")

    def percent(self, part: int | None, whole: int, digits: int = 1) -> str:
        """Write a rate: 26,4 %; nothing of nothing is a dash."""
        if part is None or not whole:
            return "–"
        return self.points(100 * part / whole, digits) + " %"

    def points(self, value: float, digits: int = 1) -> str:
        """Write a number with decimals: 26,4."""
        text = f"{value:,.{digits}f}"
        return text.translate(str.maketrans(",.", ".,")) if self.lang == "vi" else text

    def day(self, value: date | None) -> str:
        """Write a day: 22/11/2026."""
        return "–" if value is None else f"{value:%d/%m/%Y}"

    def typed_day(self, text: str) -> str:
        """Write what stands in a field for a day: an address has it as 2026-01-31, people type 31/01/2026."""
        try:
            return self.day(date.fromisoformat(text)) if _ISO_DAY.fullmatch(text) else text
        except ValueError:
            return text

    def moment(self, value: datetime | None) -> str:
        """Write a moment in Vietnam's time: 08:30 22/11/2026."""
        return "–" if value is None else f"{value.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"

    def programme(self, name: str) -> str:
        """Write a programme's name; one that this installation added stays as it was entered."""
        return self.gettext(name) if name in PROGRAMMES else name

    def place(self, label: str) -> str:
        """Write the name of a commune that had another name or extent before."""
        return label.replace(BEFORE, self.gettext(BEFORE))

    def who(self, name: str) -> str:
        """Write who did something: a user's name as it is, the system and the command line in words."""
        return self.gettext(ACTORS[name]) if name in ACTORS else name

    def short_money(self, value: int) -> str:
        """Write a sum of đồng for a tile: 1,25 tỷ, 350,2 triệu."""
        for size, unit in ((10**9, self.gettext("tỷ")), (10**6, self.gettext("triệu"))):
            if value >= size:
                return f"{self.points(value / size, 2 if size == 10**9 else 1)} {unit}"
        return self.number(value)


@cache
def words_of(lang: str) -> Words:
    """Return the words of a language; an unknown one is Vietnamese."""
    if lang not in LANGUAGES or lang == "vi":
        return Words("vi")
    found = Words(lang)
    for path in sorted((LOCALE / lang).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang)
        for message in catalogue:
            source = message.id if isinstance(message.id, str) else message.id[0]
            texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
            if source and texts[-1]:
                found.sentences[source] = texts[-1]
            if source and len(texts) > 1:
                found.of_one[source] = texts[0]
    return found
