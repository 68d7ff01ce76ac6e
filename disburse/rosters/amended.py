"""Cells that an officer has put right, laid over the file before its rows are read. Runs in the reading child.

The file itself never changes: an amendment says what to read at a place instead of what stands there.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from disburse.areas.places import Places
from disburse.areas.resolution import Reading, Resolution
from disburse.workbooks.drafts import Draft
from disburse.workbooks.header import column_index
from disburse.workbooks.layout import Row
from disburse.workbooks.sheets import CellValue
from disburse.workbooks.survey import Table

if TYPE_CHECKING:
    from disburse.rosters.reading import Readers

COMMUNE, BENEFIT = "commune", "benefit"  # picked from our lists, whatever the cells say
# Facts that a file without their column may still be given, row by row.
ADDED = ("citizen_id", "birth_date", "sex", "phone")
PICKED = (COMMUNE, BENEFIT, *ADDED)
# Flaws that speak of another row: when one of the two is put right, the other is read anew as well.
CROSS_ROW = frozenset(
    ("duplicate_row", "id_shared", "id_repeated", "id_other_birth", "second_benefit_line", "account_shared")
)
_PLACES = ("commune", "commune_code", "commune_old", "commune_new")

Place = tuple[str, int]  # table label, line
Patch = dict[str, str]  # column letter, or one of PICKED → what to read there


class Amendments:
    """What is laid over which row, and which rows the parent wants to see."""

    def __init__(self, options: dict[str, Any], places: Places) -> None:
        self.places = places
        self.patches: dict[Place, Patch] = {
            (sheet, line): patch for sheet, line, patch in options.get("amendments") or ()
        }
        wanted = options.get("wanted")
        self.wanted: set[Place] | None = None if wanted is None else {(sheet, line) for sheet, line in wanted}
        self._added: dict[Place, dict[str, int]] = {}
        self._follows: set[Place] = set()

    def lay(self, tables: Iterable[Table]) -> None:
        """Put every amended cell in the place of the one it corrects; `row.raw` keeps what the file says."""
        if not self.patches:
            return
        for table in tables:
            amended: dict[int, dict[int, CellValue]] = {}
            for row in table.body.rows:
                if (patch := self.patches.get((table.label, row.line))) is not None:
                    self._lay_row(table, row, patch)
                    amended[row.line] = {column_index(k): v for k, v in patch.items() if k not in PICKED}
                elif row.second_of in amended:
                    self._follow(table, row, amended[row.second_of])

    def _lay_row(self, table: Table, row: Row, patch: Patch) -> None:
        cells, at = list(row.cells), table.binding.at
        for key, value in patch.items():
            if key not in PICKED:
                _put(cells, column_index(key), value or None)
                table.repair.hopeless.discard((row.line, column_index(key)))
        context = dict(row.context)
        if reading := self._picked(patch.get(COMMUNE, "")):
            for index in (i for name in _PLACES for i in at.get(name, ())):
                _put(cells, index, None)
            context["commune"] = Resolution((reading,), how="code")
        added = {}
        width = max([len(cells), *(c.index + 1 for c in table.header.columns)])
        for offset, name in enumerate(n for n in (BENEFIT, *ADDED) if patch.get(n)):
            added[name] = width + offset
            _put(cells, width + offset, patch[name])
        self._added[table.label, row.line] = added
        row.cells, row.context = cells, context
        row.fields = 0  # whoever put a cell right has looked where the others stand

    def _follow(self, table: Table, row: Row, amended: dict[int, CellValue]) -> None:
        """A further line of a person repeats what the first line says, also when that was put right."""
        taken = {index: value for index, value in amended.items() if index in row.filled}
        if taken:
            row.cells = list(row.cells)
            for index, value in taken.items():
                _put(row.cells, index, value or None)
            self._follows.add((table.label, row.line))

    def _picked(self, key: str) -> Reading | None:
        """`origin code/valid from/today's code` → the reading it stands for."""
        parts = key.split("/")
        if len(parts) != 3:
            return None
        try:
            origin = self.places.unit(parts[0], date.fromisoformat(parts[1]))
        except (KeyError, ValueError):
            return None
        today = self.places.commune(parts[2])
        return Reading(origin, today) if today is not None and today.code in (*origin.today, origin.code) else None

    def readers(self, label: str, row: Row, usual: Readers) -> Readers:
        """The readers of a row: the table's, or a copy that also looks where picked facts were added."""
        added = self._added.get((label, row.line))
        if not added:
            return usual
        own = copy.copy(usual)
        if BENEFIT in added:
            own.money = copy.copy(usual.money)
            own.money.code = added[BENEFIT]
        own.person = copy.copy(usual.person)
        own.person.identity = added.get("citizen_id", usual.person.identity)
        own.person.birth = added.get("birth_date", usual.person.birth)
        own.person.sex = added.get("sex", usual.person.sex)
        own.person.phones = [added["phone"]] if "phone" in added else usual.person.phones
        return own

    def asks_for(self, label: str, draft: Draft) -> bool:
        """Does the parent want this row? All of them, or the amended, the named and those that speak of others."""
        place = (label, draft.line)
        if self.wanted is None or place in self.wanted or place in self._follows:
            return True
        return any(code in CROSS_ROW for _, code, _ in draft.flags)


def commune_key(reading: Reading) -> str:
    """What an officer picks when they pick this reading."""
    return f"{reading.origin.code}/{reading.origin.valid_from.isoformat()}/{reading.today.code}"


def as_options(patches: dict[Place, Patch], wanted: Sequence[Place] | None = None) -> dict[str, Any]:
    """The reading options that lay `patches` over the file and give all rows, or those `wanted` and their relations."""
    options: dict[str, Any] = {"amendments": [[sheet, line, patch] for (sheet, line), patch in patches.items()]}
    return options if wanted is None else options | {"wanted": [list(place) for place in wanted]}


def _put(cells: list[CellValue], index: int, value: CellValue) -> None:
    cells.extend([None] * (index + 1 - len(cells)))
    cells[index] = value
