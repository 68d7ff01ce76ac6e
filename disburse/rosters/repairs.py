"""What officers have put right in rows, and one row as a form shows it. Reads only; acts: `repairing`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.db import among
from disburse.errors import NotFound
from disburse.rosters.amended import ADDED, BENEFIT, COMMUNE, Patch, Place
from disburse.rosters.sayings import shown
from disburse.rosters.staging import ERASED, row_key
from disburse.rosters.tables import (
    REPAIR_CELLS,
    ROW_CLEANED,
    ROW_RAW,
    RepairKind,
    Roster,
    RosterRow,
    RowRepair,
    RowState,
)
from disburse.workbooks.header import column_index

Before = dict[str, list[str]]  # cell → [before, after]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row in its form: `key` is its column's letter or one of PICKED."""

    key: str
    header: str
    field: str
    raw: str  # what the file says
    value: str  # what is read there now

    @property
    def changed(self) -> bool:
        return self.raw != self.value


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One row with its cells in the order of the file. `version` is the newest repair: it tells two editors apart."""

    id: int
    sheet: str
    line: int
    state: RowState
    settled: bool
    commune_code: str
    values: dict[str, Any]
    cells: tuple[Cell, ...]
    version: int

    @property
    def waits(self) -> bool:
        return self.state == RowState.PARKED and not self.settled

    @property
    def place(self) -> Place:
        return self.sheet, self.line


@dataclass(frozen=True, slots=True)
class PastRepair:
    """One act on a row, as its history shows it."""

    kind: RepairKind
    cells: Before
    reason: str
    made_by: str
    made_at: Any
    undone: bool


def rows_within(actor: Actor, permission: Permission, roster: Roster) -> sa.ColumnElement[bool]:
    """Return the condition on rows of a roster: all of them, or those of the actor's communes.

    A row without a known commune belongs to whoever sent the list, or to the commune it was sent for.
    """
    if actor.covers(permission, province_code=roster.province_code, programme=roster.programme):
        return sa.true()
    scopes = [s for s in actor.scopes(permission) if s.programme in ("", roster.programme)]
    programme = sa.literal(roster.programme)  # a grant for another programme gives none of these rows
    mine = within(actor, permission, commune=col(RosterRow.commune_code), programme=programme)
    declared = any(scope.area_code == roster.commune_code for scope in scopes if scope.area_code)
    if scopes and (declared or roster.created_by == actor.name):
        return sa.or_(mine, col(RosterRow.commune_code).is_(None))
    return mine


def open_row(session: Session, actor: Actor, roster: Roster, row_id: int, permission: Permission) -> OpenRow:
    """Return one row, opened; NotFound where there is none or the actor may not see it."""
    row = session.exec(
        select(RosterRow).where(
            RosterRow.id == row_id, RosterRow.roster_id == roster.id, rows_within(actor, permission, roster)
        )
    ).first()
    if row is None or row.id is None or row.state == RowState.GONE:
        raise NotFound("not_found")
    raw = raw_cells(row)
    patch = patches(session, roster.id, [(row.sheet, row.line)]).get((row.sheet, row.line), {})
    last = sa.select(sa.func.max(RowRepair.id)).where(*_of_place(roster.id, row.sheet, row.line))
    return OpenRow(
        id=row.id,
        sheet=row.sheet,
        line=row.line,
        state=row.state,
        settled=row.settled_by is not None,
        commune_code=row.commune_code or "",
        values=json.loads(ROW_CLEANED.open(row_key(roster.id, row.sheet, row.line), row.cleaned_sealed)),
        cells=tuple(cells_of(roster, row.sheet, raw, patch)),
        version=session.execute(last).scalar_one() or 0,
    )


def raw_cells(row: RosterRow) -> list[Any]:
    """Return a row's cells as they came; NotFound once the retention has erased them."""
    if row.raw_sealed is None:
        raise NotFound("row_erased")
    found: list[Any] = json.loads(ROW_RAW.open(row_key(row.roster_id, row.sheet, row.line), row.raw_sealed))
    return found


def cells_of(
    roster: Roster, sheet: str, raw: Sequence[Any], patch: Patch, *, everything: bool = False
) -> Iterable[Cell]:
    """Yield the cells that can be put right: the columns that mean something, then facts that have no column.

    With `everything` instead: every column of the file, whatever it means, and nothing else.
    """
    columns = columns_of(roster, sheet, everything=everything)
    for column in columns:
        index = column_index(column["column"])
        written = shown(raw[index] if index < len(raw) else None)
        yield Cell(column["column"], column["header"], column["field"], written, patch.get(column["column"], written))
    if everything:
        return
    fields = {column["field"] for column in columns}
    for key in (COMMUNE, BENEFIT):
        yield Cell(key, "", key, "", patch.get(key, ""))
    for key in ADDED:
        if not fields & _STANDS_FOR[key]:
            yield Cell(key, "", key, "", patch.get(key, ""))


_STANDS_FOR = {
    "citizen_id": {"citizen_id", "old_id"},
    "birth_date": {"birth_date", "birth_male", "birth_female", "birth_year"},
    "sex": {"sex", "sex_male", "sex_female", "birth_male", "birth_female", "name_female"},
    "phone": {"phone"},
}


def columns_of(roster: Roster, sheet: str, *, everything: bool = False) -> list[dict[str, str]]:
    """Return the columns of a table that the reader understands (or all), in the order of the file."""
    mine = {c["column"]: c for c in reversed(roster.report.get("columns", [])) if c.get("sheet") == sheet}
    known = [c for c in mine.values() if everything or c.get("field")]
    return sorted(known, key=lambda column: column_index(column["column"]))


def patches(
    session: Session,
    roster_id: UUID,
    places: Sequence[Place] | None = None,
    *,
    other_than: sa.ColumnElement[bool] | None = None,
) -> dict[Place, Patch]:
    """Return what is laid over the rows of a roster (or some of them) now: later repairs win cell by cell.

    `other_than` is a condition that leaves repairs out, such as those of one batch.
    """
    made = (
        sa.select(RowRepair.sheet, RowRepair.line, RowRepair.cells_sealed)  # type: ignore[call-overload]
        .where(col(RowRepair.roster_id) == roster_id, col(RowRepair.undone_at).is_(None))
        .where(col(RowRepair.kind) != RepairKind.DROP)
        .order_by(col(RowRepair.id))
    )
    if other_than is not None:
        made = made.where(other_than)
    chosen = set(places) if places is not None else None
    if places is None:
        found: Iterable[Any] = session.execute(made)
    else:
        found = among(session, made, col(RowRepair.line), sorted({line for _, line in places}))
    laid: dict[Place, Patch] = {}
    for sheet, line, sealed in found:
        if chosen is None or (sheet, line) in chosen:
            cells = opened(roster_id, sheet, line, sealed)
            laid.setdefault((sheet, line), {}).update({key: after for key, (_, after) in cells.items()})
    return laid


def history(session: Session, roster_id: UUID, place: Place) -> list[PastRepair]:
    """Return what was done to a row, newest first."""
    done = select(RowRepair).where(*_of_place(roster_id, *place)).order_by(col(RowRepair.id).desc())
    return [
        PastRepair(
            repair.kind,
            opened(roster_id, repair.sheet, repair.line, repair.cells_sealed),
            repair.reason,
            repair.made_by,
            repair.made_at,
            repair.undone_at is not None,
        )
        for repair in session.exec(done)
    ]


def sealed(roster_id: UUID, sheet: str, line: int, cells: Before) -> bytes:
    """Seal what a repair changed."""
    return REPAIR_CELLS.seal(row_key(roster_id, sheet, line), json.dumps(cells, ensure_ascii=False))


def opened(roster_id: UUID, sheet: str, line: int, cells: bytes) -> Before:
    """Open what a repair changed; nothing once the retention has erased it."""
    if cells == ERASED:
        return {}
    found: Before = json.loads(REPAIR_CELLS.open(row_key(roster_id, sheet, line), cells))
    return found


def newest(session: Session, roster_id: UUID) -> int:
    """Return the number of the newest repair of a roster; 0 before the first."""
    last = sa.select(sa.func.max(RowRepair.id)).where(col(RowRepair.roster_id) == roster_id)
    return session.execute(last).scalar_one() or 0


def dropped(session: Session, roster_id: UUID) -> int:
    """Return how many rows of a roster were given up with a reason: they no longer wait, and still are counted."""
    given_up = sa.select(sa.func.count()).where(
        col(RowRepair.roster_id) == roster_id,
        col(RowRepair.kind) == RepairKind.DROP,
        col(RowRepair.undone_at).is_(None),
    )
    return int(session.execute(given_up).scalar_one())


def _of_place(roster_id: UUID, sheet: str, line: int) -> tuple[sa.ColumnElement[bool], ...]:
    return col(RowRepair.roster_id) == roster_id, col(RowRepair.sheet) == sheet, col(RowRepair.line) == line
