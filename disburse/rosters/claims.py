"""What a row says of who it is. When two such statements may be about one person: people/likeness. No database."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from disburse.people.likeness import Birth
from disburse.people.tables import CITIZEN_ID, OLD_ID
from disburse.rosters.staging import StagedRow
from matching.text import fold

# Names of a list hardly repeat: remembering them would cost 20 MB for 100,000 rows.
_fold = fold.__wrapped__


@dataclass(slots=True)
class Claim:
    """Who one row (or one person's several rows) says it is about. Numbers stand as their keyed indexes."""

    row_id: int
    sheet: str
    line: int
    parked: bool
    fold: str
    birth: Birth
    citizen: bytes | None
    citizen_valid: bool
    old: bytes | None
    commune: str
    file_number: str | None
    second_line_of: int | None
    more: tuple[int, ...] = ()  # row ids of the person's further lines


def claim_of(row: StagedRow) -> Claim:
    """Return the claim of a kept row."""
    values = row.values
    citizen = values.get("citizen_id")
    return Claim(
        row_id=row.id,
        sheet=row.sheet,
        line=row.line,
        parked=row.parked,
        fold=_fold(values.get("full_name") or ""),
        birth=birth_of(values),
        citizen=CITIZEN_ID.maybe_index(citizen),
        citizen_valid=bool(citizen and values.get("id_ok")),
        old=OLD_ID.maybe_index(values.get("old_id")),
        commune=sys.intern(values.get("commune_code") or ""),
        file_number=values.get("file_number"),
        second_line_of=values.get("second_line_of"),
    )


def birth_of(values: dict[str, Any], field_name: str = "birth_date") -> Birth:
    """Read the reader's date: `1951-03-12`, `1951-03` or `1951`, or a whole date with its precision beside it."""
    text = values.get(field_name)
    if not text:
        return None
    return _birth(str(text), values.get("birth_precision") if field_name == "birth_date" else None)


@lru_cache(maxsize=32768)
def _birth(text: str, stated: str | None) -> Birth:
    parts = [int(part) for part in text.split("-")]
    precision = stated or ("year", "month", "day")[len(parts) - 1]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1), precision
