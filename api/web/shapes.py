"""Shapes of data on a page: masked numbers, pages of a list, steps of a colour scale, birth dates with precision."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

PAGE_SIZE = 50
SMALL = 10  # a rate of fewer people says little: it is greyed and left out of rankings


def masked(number: str | None) -> str:
    """Return a personal number with all but its last four digits hidden."""
    if not number:
        return "–"
    return "•••• " + number[-4:] if len(number) > 4 else "••••"


def named(name: str) -> str:
    """Return a name as people read it: what a list wrote in capitals in title case, everything else as written.

    Abbreviations without a vowel stay: TDP 3, KP An Lộc.
    """
    if not name.isupper():
        return name
    return " ".join(_titled(word) for word in name.split())


def _titled(word: str) -> str:
    spelt = set(unicodedata.normalize("NFD", word.lower()))
    return word if not spelt & set("aeiouy") else "-".join(part.capitalize() for part in word.split("-"))


def born(day: date | None, precision: str | None) -> str:
    """Write a birth date as precisely as it is known: 12/03/1951, 03/1951, 1951."""
    if day is None:
        return "–"
    return {"year": f"{day:%Y}", "month": f"{day:%m/%Y}"}.get(precision or "day", f"{day:%d/%m/%Y}")


def step(part: int, whole: int) -> int:
    """Return the colour step of a rate, 1 (lowest) to 5: up to 10, 25, 50, 75, 100 percent; 0 = nothing to measure."""
    if not whole:
        return 0
    rate = 100 * part / whole
    return next(index for index, top in enumerate((10, 25, 50, 75, 101), start=1) if rate < top)


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list we are: page numbers count from 1."""

    page: int
    total: int
    path: str
    query: tuple[tuple[str, str], ...] = ()
    size: int = PAGE_SIZE

    @property
    def first(self) -> int:
        return min(self.total, (self.page - 1) * self.size + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.page * self.size)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    def address(self, page: int) -> str:
        """Return the address of another page with the same filters."""
        return address(self.path, *self.query, ("page", str(page) if page > 1 else ""))


def address(path: str, *query: tuple[str, str]) -> str:
    """Return a path with the parameters that say something."""
    kept = [(name, value) for name, value in query if value]
    return path + ("?" + urlencode(kept) if kept else "")


def score(value: float, lang: str = "vi") -> str:
    """Write a probability: two decimals, or as many as four where it needs them: 0,87 and 0,9978."""
    text = f"{min(value, 0.9999) if value < 1 else 1:.4f}"
    text = text[:4] + text[4:].rstrip("0")
    return text.replace(".", ",") if lang == "vi" else text


def weight(value: float, lang: str = "vi") -> str:
    """Write a weight of evidence without its sign: 4,4."""
    text = f"{abs(value):.1f}"
    return text.replace(".", ",") if lang == "vi" else text


def share(part: float, whole: int, lang: str = "vi") -> str:
    """Write an estimated share with two decimals: 0,31 %."""
    if not whole:
        return "–"
    text = f"{100 * part / whole:.2f} %"
    return text.replace(".", ",") if lang == "vi" else text


# The first that fits; Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
             ("Chrome/", "Chrome"), ("CriOS/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
            ("Linux", "Linux"))  # fmt: skip


def browser(agent: str) -> str:
    """Return what a browser's long line about itself says: Chrome · Windows; "" when it says nothing we know."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(name for name in found if name)
