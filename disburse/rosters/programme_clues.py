"""Does a file look like the list of another programme than its sender said? Its words, and its kinds of benefit.

Knows no database. A file that names several programmes, or none, is left to the kinds of benefit alone. What stands in
cells is not repeated: the words are ours, the kinds are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from disburse.programmes import rates
from disburse.programmes.categories import read_category
from matching.text import fold

# What a title, a tab or a file's name calls the programme. Not "thương binh" (the former ministry's name), not
# "trợ cấp xã hội" (said of two programmes).
_WORDS: Mapping[str, Mapping[str, str]] = {
    "NCC": {r"\bncc\b": "NCC", r"nguoi co cong": "người có công", r"than nhan liet s[iy]": "thân nhân liệt sĩ"},
    "BTXH": {
        r"\bbtxh\b": "BTXH",
        r"bao tro xa hoi": "bảo trợ xã hội",
        r"tro giup xa hoi": "trợ giúp xã hội",
        r"nguoi khuyet tat": "người khuyết tật",
    },
    "HTXH": {r"\bhtxh\b": "HTXH", r"huu tri xa hoi": "hưu trí xã hội"},
}
_LEAST = 3  # rows of another programme's benefit: fewer may be slips
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Clues:
    """Why a file looks like another programme's: the words it calls itself by, and rows by kind of benefit."""

    programme: str
    words: tuple[str, ...]
    benefits: tuple[tuple[str, int], ...]  # name of the kind, rows
    rows: int  # with a benefit of that programme
    fitting: int  # with a benefit of the one it was said to be

    def as_json(self) -> dict[str, Any]:
        """Return the form that stands in the roster's report."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any] | None) -> Clues | None:
        """Rebuild clues from `as_json`; None where there were none."""
        if not found:
            return None
        kinds = tuple((name, count) for name, count in found["benefits"])
        return cls(found["programme"], tuple(found["words"]), kinds, found["rows"], found["fitting"])


def look(
    stated: str | None, texts: Iterable[str], known: Mapping[str, int], unknown: Mapping[str, int]
) -> Clues | None:
    """Return what speaks for another programme than `stated`; None where nothing does, or more speaks for it.

    texts: titles, tabs, the file's name; known: benefit type → rows; unknown: text of a benefit that `stated` does not
    have → rows.
    """
    if stated is None or stated not in _WORDS:
        return None
    kinds: Counter[tuple[str, str]] = Counter()  # programme, name of the kind
    for code, rows in known.items():
        if type_ := rates.packaged().get(code):
            kinds[type_.programme, type_.name] += rows
    for text, rows in unknown.items():
        if (name := _kind(text)) is not None:
            kinds[name] += rows
    of: Counter[str] = Counter()
    for (programme, _), rows in kinds.items():
        of[programme] += rows
    said = _said(texts)
    other = next((code for code, _ in of.most_common() if code in _WORDS and code != stated), "")
    if of[other] < _LEAST or of[other] <= of[stated]:
        only = next(iter(said)) if len(said) == 1 else ""
        other = only if only != stated and not of[stated] else ""
    if not other:
        return None
    named = [(name, rows) for (programme, name), rows in kinds.most_common() if programme == other]
    return Clues(other, said.get(other, ()), tuple(named[:_SHOWN]), of[other], of[stated])


def _kind(text: str) -> tuple[str, str] | None:
    found = read_category(text)
    type_ = rates.packaged().get(found.candidates[0]) if found.candidates else None
    return (type_.programme, type_.name) if type_ else None


def _said(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    whole = " | ".join(re.sub(r"[^0-9a-z]+", " ", fold(text)) for text in texts)
    found = {
        programme: tuple(said for pattern, said in words.items() if re.search(pattern, whole))
        for programme, words in _WORDS.items()
    }
    return {programme: words for programme, words in found.items() if words}
