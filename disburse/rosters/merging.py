"""An error workbook that comes back is merged by row key: what changed is read again, what changed twice is shown."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import config
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import Database, among
from disburse.errors import Conflict, Invalid
from disburse.rosters import actions, rechecking, repairs, row_issues
from disburse.rosters.amended import PICKED, Patch, Place
from disburse.rosters.error_workbook import Made, read_key
from disburse.rosters.repairing import LONGEST, add_repairs, check_scope, read_again
from disburse.rosters.repairs import Before
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.tables import RepairKind, Roster, RosterRow, RowRepair, RowState
from disburse.workbooks import child, uploads

READER = "disburse.rosters.error_workbook_reading:read"
# Why a line of the workbook was not taken.
NO_KEY, TWICE, NOT_WAITING, TOO_LONG, WOULD_PARK = "no_key", "twice", "not_waiting", "too_long", "would_park"


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell changed in the workbook and on screen since it was made: a person decides, on screen."""

    row_id: int
    line: int
    column: str
    in_file: str
    on_screen: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of the workbook that was not taken, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Merged:
    """What came of a workbook sent back; lines are those of the original file, of `left_out` the workbook's own."""

    taken: int = 0
    settled: int = 0
    waiting: int = 0
    unchanged: int = 0
    clashes: list[Clash] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def read_back(content: bytes, name: str) -> list[dict[str, Any]]:
    """Read a workbook sent back, in the child. Raises Refusal, or Invalid("error_workbook_unknown")."""
    settings = config.load()
    with tempfile.TemporaryDirectory(prefix="disburse-") as folder:
        path = Path(folder) / f"errors{Path(name).suffix.lower()}"
        path.write_bytes(content)
        limits = {"seconds": settings.upload_seconds, "memory_mb": settings.upload_memory_mb}
        rows = list(child.run(READER, path, {"name": name}, **limits))
    if not rows:
        raise Invalid("error_workbook_unknown")
    return rows


def merge(database: Database, *, roster_id: UUID, rows: Sequence[dict[str, Any]], actor: Actor, by: By) -> Merged:
    """Take what the workbook's rows changed, as one act, and say what was taken and what was not."""
    done = Merged()
    with database.reading() as session:
        roster = actions.get(session, roster_id)
        rechecking.may_change(roster)
        cells = _changes(session, actor, roster, rows, done)
        laid = repairs.patches(session, roster.id)
        seen = repairs.newest(session, roster.id)
        content = uploads.content(session, roster.upload_id) if cells else b""
        near = row_issues.related(session, roster, cells) if cells else set()
    if not cells:
        return done
    for place, changed in cells.items():
        laid.setdefault(place, {}).update({key: after for key, (_, after) in changed.items()})
    fresh = read_again(roster, content, laid, [*cells, *near])
    with database.transaction() as session:
        roster = actions.get(session, roster_id)
        if repairs.newest(session, roster.id) != seen:
            raise Conflict("row_changed_meanwhile")
        check_scope(actor, roster, fresh, list(cells))
        found = rechecking.take(session, roster=roster, fresh=fresh, amended=cells, by=by)
        refused = set(found.refused)
        kept = {place: changed for place, changed in cells.items() if place not in refused}
        add_repairs(session, roster=roster, cells=kept, kind=RepairKind.MERGE, by=by)
        done.taken, done.left_out = len(kept), [*done.left_out, *(LeftOut(line, WOULD_PARK) for _, line in refused)]
        done.waiting = sum(place in cells for place in found.waiting)
        done.settled = sum(place in cells for place in found.good)
        _tell(session, roster, done, by)
    return done


def _changes(
    session: Session, actor: Actor, roster: Roster, rows: Sequence[dict[str, Any]], done: Merged
) -> dict[Place, Before]:
    keyed: dict[int, tuple[Made, dict[str, Any]]] = {}
    for row in rows:
        key = read_key(roster.id, row["key"])
        if key is None or key[0] in keyed:
            done.left_out.append(LeftOut(row["line"], TWICE if key else NO_KEY))
        else:
            keyed[key[0]] = (key[1], row)
    mine = select(RosterRow).where(
        RosterRow.roster_id == roster.id, repairs.rows_within(actor, Permission.ROW_FIX, roster)
    )
    known = {found.id: found for (found,) in among(session, mine, col(RosterRow.id), list(keyed))}
    made = _repairs(session, roster)
    changes: dict[Place, Before] = {}
    for row_id, (at, row) in keyed.items():
        found = known.get(row_id)
        if found is None or found.settled_by is not None or found.state == RowState.GONE or found.raw_sealed is None:
            done.left_out.append(LeftOut(row["line"], NOT_WAITING))
            continue
        _compare(roster, found, at, row, made.get((found.sheet, found.line), []), changes, done)
    return changes


def _compare(
    roster: Roster,
    known: RosterRow,
    at: Made,
    row: dict[str, Any],
    made: list[RowRepair],
    changes: dict[Place, Before],
    done: Merged,
) -> None:
    """Three ways: as the workbook was made, as it came back, as it stands now."""
    raw = repairs.raw_cells(known)
    then = _laid(roster, [r for r in made if at.knew(r)])
    now = _laid(roster, [r for r in made if r.undone_at is None])
    was = {cell.key: cell.value for cell in repairs.cells_of(roster, known.sheet, raw, then, everything=True)}
    changed: Before = {}
    clashed = False
    for cell in repairs.cells_of(roster, known.sheet, raw, now, everything=True):
        text = unicodedata.normalize("NFC", " ".join(str(row["cells"].get(cell.key, cell.value)).split()))
        if text in (" ".join(was[cell.key].split()), " ".join(cell.value.split())):
            continue
        if len(text) > LONGEST:
            done.left_out.append(LeftOut(row["line"], TOO_LONG))
            return
        if cell.value != was[cell.key]:
            done.clashes.append(Clash(known.id or 0, known.line, cell.key, text, cell.value))
            clashed = True
        else:
            changed[cell.key] = [cell.value, text]
    if changed:
        changes[known.sheet, known.line] = changed
    elif not clashed:
        done.unchanged += 1


def _laid(roster: Roster, made: Sequence[RowRepair]) -> Patch:
    laid: Patch = {}
    for repair in made:
        cells = repairs.opened(roster.id, repair.sheet, repair.line, repair.cells_sealed)
        laid.update({key: after for key, (_, after) in cells.items() if key not in PICKED})
    return laid


def _repairs(session: Session, roster: Roster) -> dict[Place, list[RowRepair]]:
    made = select(RowRepair).where(RowRepair.roster_id == roster.id, RowRepair.kind != RepairKind.DROP)
    found: dict[Place, list[RowRepair]] = {}
    for repair in session.exec(made.order_by(col(RowRepair.id))):
        found.setdefault((repair.sheet, repair.line), []).append(repair)
    return found


def _tell(session: Session, roster: Roster, done: Merged, by: By) -> None:
    record(
        session,
        action="rows.merged",
        object_type="roster",
        object_id=roster.id,
        by=by,
        area_code=roster.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        taken=done.taken,
        settled=done.settled,
        waiting=done.waiting,
        unchanged=done.unchanged,
        clashes=len(done.clashes),
        left_out=len(done.left_out),
    )


def masked(clash: Clash) -> Clash:
    """Return a clash as a page may show it."""
    return Clash(clash.row_id, clash.line, clash.column, mask_numbers(clash.in_file), mask_numbers(clash.on_screen))
