"""Acts on rows of a roster: putting cells right, giving a row up. The row is read again by the very same rules.

Reading takes a child process and up to seconds, so it stands outside the transaction: `attempt` looks, `read_again`
reads, `fix_row` writes, and refuses when somebody else was quicker.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import Conflict, Invalid
from disburse.funnel import actions as funnel
from disburse.ids import new_id
from disburse.rosters import actions, rechecking, repairs, row_issues
from disburse.rosters.amended import Patch, Place, as_options
from disburse.rosters.rechecking import Rechecked
from disburse.rosters.repairs import Before, OpenRow
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.tables import RepairKind, Roster, RosterRow, RosterState, RowRepair, RowState
from disburse.rosters.tasks import reading
from disburse.workbooks import uploads

LONGEST = 500  # characters a cell may be given
REASONS = ("not_a_person", "listed_twice", "dead_or_gone", "other")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A repair about to be made: what to read, and what was there when the officer looked."""

    roster: Roster
    row: OpenRow
    cells: Before
    patches: dict[Place, Patch]
    content: bytes
    related: tuple[Place, ...]  # rows of which an issue speaks of this row, or this row's issue of them


def attempt(session: Session, *, roster: Roster, row: OpenRow, typed: Mapping[str, str]) -> Attempt | None:
    """Compare what was typed with what stands there; None when nothing differs. Writes nothing.

    Raises Invalid("repair_cell_unknown", "repair_cell_long") and Conflict("roster_rows_closed").
    """
    rechecking.may_change(roster)
    if row.settled:
        raise Conflict("row_settled")
    now = {cell.key: cell.value for cell in row.cells}
    cells: Before = {}
    for key, text in typed.items():
        after = unicodedata.normalize("NFC", " ".join(text.split()))
        if key not in now:
            raise Invalid("repair_cell_unknown", cell=key)
        if len(after) > LONGEST:
            raise Invalid("repair_cell_long", limit=LONGEST)
        if after != now[key]:
            cells[key] = [now[key], after]
    if not cells:
        return None
    laid = repairs.patches(session, roster.id)
    laid.setdefault(row.place, {}).update({key: after for key, (_, after) in cells.items()})
    related = tuple(row_issues.related(session, roster, [row.place]))
    return Attempt(roster, row, cells, laid, uploads.content(session, roster.upload_id), related)


def read_attempt(tried: Attempt) -> list[dict[str, Any]]:
    """Read the row of an attempt again, with those it has to do with."""
    return read_again(tried.roster, tried.content, tried.patches, [tried.row.place, *tried.related])


def changed_meanwhile() -> Conflict:
    """Return the refusal of a form that was opened before somebody else's repair."""
    return Conflict("row_changed_meanwhile")


def read_again(
    roster: Roster, content: bytes, patches: dict[Place, Patch], wanted: Sequence[Place]
) -> list[dict[str, Any]]:
    """Read the file once more with everything that was put right laid over it; returns the rows asked for."""
    with reading(roster, content, as_options(patches, wanted)) as rows:
        return [row for row in rows if row["kind"] == "row"]


def fix_row(session: Session, *, tried: Attempt, fresh: list[dict[str, Any]], actor: Actor, by: By) -> Rechecked:
    """Keep one row's repair and what the row says now; enters it when its roster is imported.

    Raises Conflict("row_changed_meanwhile", "repair_would_park"), Invalid("repair_outside").
    """
    roster = actions.get(session, tried.roster.id)
    row = repairs.open_row(session, actor, roster, tried.row.id, Permission.ROW_FIX)
    if (row.version, row.settled) != (tried.row.version, tried.row.settled):
        raise changed_meanwhile()
    check_scope(actor, roster, fresh, [row.place])
    session.add(_repair(roster, row.place, RepairKind.EDIT, tried.cells, by))
    done = rechecking.take(session, roster=roster, fresh=fresh, amended=[row.place], by=by)
    if row.place in done.refused:
        raise Conflict("repair_would_park")
    record(
        session,
        action="row.fixed",
        object_type="roster_row",
        object_id=row.id,
        by=by,
        area_code=row.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        roster=str(roster.id),
        sheet=row.sheet,
        line=row.line,
        cells=masked(roster, row.sheet, tried.cells),
        still_waits=row.place in done.waiting,
    )
    return done


def check_scope(actor: Actor, roster: Roster, fresh: Sequence[dict[str, Any]], places: Sequence[Place]) -> None:
    """Raise Invalid("repair_outside") when a repair sends a row to a commune that its maker does not look after."""
    wanted = set(places)
    for row in fresh:
        commune = row["values"].get("commune_code")
        if (row["sheet"], row["line"]) not in wanted or not commune:
            continue
        where = {"province_code": roster.province_code, "commune_code": commune, "programme": roster.programme}
        if not actor.covers(Permission.ROW_FIX, **where):
            raise Invalid("repair_outside")


def _repair(
    roster: Roster, place: Place, kind: RepairKind, cells: Before, by: By, batch_id: UUID | None = None
) -> RowRepair:
    return RowRepair(
        roster_id=roster.id,
        sheet=place[0],
        line=place[1],
        kind=kind,
        batch_id=batch_id,
        cells_sealed=repairs.sealed(roster.id, *place, cells),
        made_by=by.name,
        made_at=clock.utc_now(),
    )


def add_repairs(
    session: Session,
    *,
    roster: Roster,
    cells: Mapping[Place, Before],
    kind: RepairKind,
    by: By,
    batch_id: UUID | None = None,
) -> None:
    """Keep many rows' repairs; whoever made them records one event for all."""
    session.add_all(_repair(roster, place, kind, before, by, batch_id) for place, before in cells.items())
    session.flush()


def masked(roster: Roster, sheet: str, cells: Before) -> dict[str, list[str]]:
    """Return what changed as the audit log may hold it: by column, long numbers but for their last digits."""
    names = {
        column["column"]: f"{column['column']} ({column['header']})"[:60]
        for column in repairs.columns_of(roster, sheet)
    }
    return {names.get(key, key): [mask_numbers(text)[:80] for text in pair] for key, pair in cells.items()}


def drop_row(session: Session, *, roster: Roster, row: OpenRow, reason: str, words: str = "", by: By) -> None:
    """Give a waiting row up: it no longer waits, stays where it is, and is counted as given up.

    Raises Invalid("drop_needs_reason"), Conflict("row_settled", "row_is_in").
    """
    rechecking.may_change(roster)
    words = " ".join(words.split())[:200]
    if reason not in REASONS or (reason == "other" and len(words) < 3):
        raise Invalid("drop_needs_reason")
    if row.settled:
        raise Conflict("row_settled")
    if row.state != RowState.PARKED:
        raise Conflict("row_is_in")
    mark = new_id()
    repair = _repair(roster, row.place, RepairKind.DROP, {}, by)
    repair.reason, repair.settled_as = words if reason == "other" else reason, mark
    session.add(repair)
    session.execute(sa.update(RosterRow).where(col(RosterRow.id) == row.id).values(settled_by=mark))
    _count_dropped(session, roster, row, -1)
    _record_drop(session, "row.dropped", roster, row, by, reason=reason)


def restore_row(session: Session, *, roster: Roster, row: OpenRow, by: By) -> None:
    """Let a row that was given up wait again. Raises Conflict("row_not_dropped")."""
    rechecking.may_change(roster)
    given_up = sa.select(RowRepair).where(
        col(RowRepair.roster_id) == roster.id,
        col(RowRepair.sheet) == row.sheet,
        col(RowRepair.line) == row.line,
        col(RowRepair.kind) == RepairKind.DROP,
        col(RowRepair.undone_at).is_(None),
    )
    repair = session.execute(given_up).scalars().first()
    held = sa.and_(col(RosterRow.id) == row.id, col(RosterRow.settled_by) == (repair.settled_as if repair else None))
    if repair is None or not session.execute(sa.update(RosterRow).where(held).values(settled_by=None)).rowcount:  # type: ignore[attr-defined]
        raise Conflict("row_not_dropped")
    repair.undone_at = clock.utc_now()
    session.add(repair)
    _count_dropped(session, roster, row, 1)
    _record_drop(session, "row.restored", roster, row, by)


def _count_dropped(session: Session, roster: Roster, row: OpenRow, by_count: int) -> None:
    if roster.state == RosterState.IMPORTED:
        funnel.park(session, programme=roster.programme, commune_code=row.commune_code, by_count=by_count)


def _record_drop(session: Session, action: str, roster: Roster, row: OpenRow, by: By, **facts: Any) -> None:
    record(
        session,
        action=action,
        object_type="roster_row",
        object_id=row.id,
        by=by,
        area_code=row.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        roster=str(roster.id),
        sheet=row.sheet,
        line=row.line,
        **facts,
    )
