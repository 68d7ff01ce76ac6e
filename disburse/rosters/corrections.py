"""What an officer says of a file where its reader guessed otherwise: sheets, header lines, columns, values.

Knows no database.
It travels as JSON to the reading child, stands with the roster, and is remembered by layout (`remembering`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from disburse.workbooks.header import Header, column_index, column_letter
from disburse.workbooks.sheets import Sheet
from matching.text import fold, fold_keep_accents

Texts = Mapping[str, str]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Remembered:
    """A mapping of columns and values that was used before for a header of this signature."""

    height: int  # lines of the header
    columns: Texts  # column letter → field, "" = kept as it is
    day: str  # ISO: when it was last used
    texts: Texts = field(default_factory=lambda: _NOTHING)  # column letter → what its header said, folded

    def found_in(self, header: Header) -> dict[int, str] | None:
        """Return column index → field where the same header texts stand in other places; None for another header.

        Of equal texts the one in the same place comes first, then those in order. Four of five columns that had a
        field must be there again, a name among them; a column that is new keeps what its own words say.
        """
        places = _paired(self.texts, header)
        wanted = [letter for letter, name in self.columns.items() if name and self.texts.get(letter)]
        again = [letter for letter in wanted if letter in places]
        if not any(self.columns[letter] in _NAMES for letter in again) or 5 * len(again) < 4 * len(wanted):
            return None
        found = {place: self.columns.get(letter, "") for letter, place in places.items()}
        for letter, name in self.columns.items():  # a column without a header goes with its neighbour on the left
            left = column_letter(column_index(letter) - 1) if column_index(letter) else ""
            if name and not self.texts.get(letter) and left in places:
                found.setdefault(places[left] + 1, name)
        for column in header.columns:
            own = column.match.only if column.match else None
            if column.index not in found and own and own not in found.values():
                found[column.index] = own
        return found


_NAMES = ("full_name", "surname", "given")


def _paired(texts: Texts, header: Header) -> dict[str, int]:
    """Return letter of then → index of now for the columns whose header says the same."""
    here: dict[str, list[int]] = {}
    for column in sorted(header.columns, key=lambda column: column.index):
        here.setdefault(fold(column.header), []).append(column.index)
    there: dict[str, list[str]] = {}
    for letter in sorted((one for one, text in texts.items() if text), key=column_index):
        there.setdefault(texts[letter], []).append(letter)
    found: dict[str, int] = {}
    for text, letters in there.items():
        free = list(here.get(text, ()))
        staying = [letter for letter in letters if column_index(letter) in free]
        for letter in staying:
            found[letter] = column_index(letter)
            free.remove(column_index(letter))
        found |= dict(zip((letter for letter in letters if letter not in staying), free, strict=False))
    return found


@dataclass(frozen=True, slots=True)
class Corrections:
    """An officer's word on a file; what is not mentioned is the reader's guess.

    sheets: name → read it or not; headers: sheet → line where its header begins; columns: table key (`Sheet!A7`) →
    column letter → field ("" = kept as it is); communes: text → `code/valid_from/code of today`; benefits: text →
    benefit type (both by `value_key`); remembered: header signature → what was used for it before.
    """

    sheets: Mapping[str, bool] = field(default_factory=lambda: _NOTHING)
    headers: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    columns: Mapping[str, Texts] = field(default_factory=lambda: _NOTHING)
    communes: Texts = field(default_factory=lambda: _NOTHING)
    benefits: Texts = field(default_factory=lambda: _NOTHING)
    remembered: Mapping[str, Remembered] = field(default_factory=lambda: _NOTHING)

    def as_json(self) -> dict[str, Any]:
        """Return the form that is stored and sent to the child; empty parts are left out."""
        found: dict[str, Any] = {
            "sheets": dict(self.sheets),
            "headers": dict(self.headers),
            "columns": {key: dict(texts) for key, texts in self.columns.items()},
            "communes": dict(self.communes),
            "benefits": dict(self.benefits),
            "remembered": {
                signature: {
                    "height": one.height,
                    "columns": dict(one.columns),
                    "day": one.day,
                    "texts": dict(one.texts),
                }
                for signature, one in self.remembered.items()
            },
        }
        return {name: value for name, value in found.items() if value}

    @classmethod
    def from_json(cls, found: Mapping[str, Any] | None) -> Corrections:
        """Rebuild corrections from `as_json`."""
        given = found or {}
        return cls(
            sheets=dict(given.get("sheets", {})),
            headers={name: int(line) for name, line in given.get("headers", {}).items()},
            columns={key: dict(texts) for key, texts in given.get("columns", {}).items()},
            communes=dict(given.get("communes", {})),
            benefits=dict(given.get("benefits", {})),
            remembered={
                signature: Remembered(
                    int(one["height"]), dict(one["columns"]), str(one["day"]), dict(one.get("texts", {}))
                )
                for signature, one in given.get("remembered", {}).items()
            },
        )

    def recalled(self, header: Header) -> Recalled | None:
        """Return what was used before for this header: the very same one, else the newest whose columns moved."""
        known = self.remembered.get(signature_of(header))
        if known is not None:
            return Recalled(known, {column_index(letter): name for letter, name in known.columns.items()}, moved=False)
        for one in sorted(self.remembered.values(), key=lambda one: one.day, reverse=True):
            if one.texts and (found := one.found_in(header)) is not None:
                return Recalled(one, found, moved=True)
        return None

    def fields_of(self, key: str, header: Header) -> dict[int, str] | None:
        """Return column index → field as told for this table, else as remembered for its header, else None."""
        told = self.columns.get(key)
        if told is not None:
            return {column_index(letter): name for letter, name in told.items()}
        recalled = self.recalled(header)
        return recalled.fields if recalled else None


@dataclass(frozen=True, slots=True)
class Recalled:
    """A mapping that was used before, as it fits the header at hand; `moved`: found by the texts of the columns."""

    known: Remembered
    fields: dict[int, str]
    moved: bool


def table_key(sheet: Sheet, header: Header) -> str:
    """Return the name of a table: the cell where its header begins, `BTXH 3.2024!A7`."""
    first = min((column.index for column in header.columns), default=0)
    return f"{sheet.name}!{column_letter(first)}{sheet.lines[header.first].number}"


def signature_of(header: Header) -> str:
    """Return what two headers share when they say the same in the same columns."""
    said = "|".join(f"{column}:{text}" for column, text in sorted(header.places) if text)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def value_key(text: object) -> str:
    """Return under which key a cell's text is told: case and blanks do not matter, accents do (Ba Tơ, Ba Tô)."""
    return fold_keep_accents(str(text))[:100]
