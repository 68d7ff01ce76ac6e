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
from matching.text import fold_keep_accents

Texts = Mapping[str, str]
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Remembered:
    """A mapping of columns and values that was used before for a header of this signature."""

    height: int  # lines of the header
    columns: Texts  # column letter → field, "" = kept as it is
    day: str  # ISO: when it was last used


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
                signature: {"height": one.height, "columns": dict(one.columns), "day": one.day}
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
                signature: Remembered(int(one["height"]), dict(one["columns"]), str(one["day"]))
                for signature, one in given.get("remembered", {}).items()
            },
        )

    def fields_of(self, key: str, header: Header) -> dict[int, str] | None:
        """Return column index → field as told for this table, else as remembered for its header, else None."""
        told = self.columns.get(key)
        if told is None and (known := self.remembered.get(signature_of(header))) is not None:
            told = known.columns
        return None if told is None else {column_index(letter): name for letter, name in told.items()}


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
