"""Section lines between the rows of a table: their numbering, what they say, which of them are in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_MARKER = re.compile(r"\s*(?:([IVX]{1,6}|[A-ZĐ]|[a-zđ]|\d{1,2}(?:\.\d{1,2})*)\s*[.)/:\-]+|([*+•\-–—§]+))\s*(?=\S)")
LONE_MARKER = re.compile(r"[IVX]{1,6}|[A-ZĐ]|[*+•\-–]|[a-zđ]\)?|[IVX]{1,6}[.)]|[A-ZĐ][.)]")


@dataclass(slots=True)
class Section:
    """What a section line says: facts carried down to the rows below it ({'commune': …, 'hamlet': …})."""

    facts: Mapping[str, object]
    sure: bool = True  # a place or category beyond doubt, not merely a text that stands alone

    @property
    def kind(self) -> str:
        """What it says first: district, commune, hamlet, benefit, change; "" when nothing is known."""
        return next((name for name in self.facts if name != "text"), "")


@dataclass(slots=True)
class Levels:
    """The sections in force, outermost first, and the facts they carry down together."""

    facts: Mapping[str, object] = field(default_factory=dict)
    _open: list[tuple[str, Section]] = field(default_factory=list)  # (numbering, section)

    def enter(self, marker: str, found: Section) -> None:
        """Close the sections of this level and deeper, open this one.

        Equal numbering is an equal level. Of lines without numbering the kind decides: a hamlet stands under the
        commune above it. A commune ends the one before it however either is numbered, and so does a line without
        numbering that nobody understands: it may be a commune.
        """
        for at, (other, section) in enumerate(self._open):
            ends = other == marker and (marker or _ends(found.kind, section.kind))
            if ends or (found.kind == section.kind == "commune"):
                del self._open[at:]
                break
        self._open.append((marker, found))
        merged: dict[str, object] = {}
        for _, section in self._open:
            merged.update(section.facts)
        self.facts = merged


def _ends(kind: str, other: str) -> bool:
    """Say whether a section without numbering ends another one: of its own kind, a smaller place, or unknown."""
    if not kind or not other:
        return True
    places = ("district", "commune", "hamlet")
    return kind == other or (kind in places and other in places[places.index(kind) :])


def unmarked(text: str) -> str:
    """Take the numbering off a section's text."""
    return _MARKER.sub("", text, count=1)


def marker_style(texts: list[tuple[int, str]], text: str) -> str:
    """The kind of numbering in front of a section: I, A, 1, a, * — equal kinds are equal levels."""
    lone = next((t for _, t in texts if t != text and LONE_MARKER.fullmatch(t)), "")
    found = _MARKER.match(text)
    sign = lone.strip(".)") or (found.group(1) or found.group(2) if found else "")
    if not sign:
        return ""
    if re.fullmatch(r"[IVX]+", sign):
        return "I"
    if sign.isdigit():
        return "1"
    if "." in sign:
        return "1." * sign.count(".")
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return sign[0]
