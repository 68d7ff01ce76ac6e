"""Acts on many rows alike: a batch is made, applied by a job, and undone as a whole."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.queries import actor_of, user_named
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import Database
from disburse.errors import Conflict, NotFound
from disburse.ids import new_id
from disburse.jobs import actions as jobs
from disburse.jobs.running import Held
from disburse.jobs.tables import Job
from disburse.rosters import actions, rechecking, repair_batches, repairs, row_issues
from disburse.rosters.amended import Patch, Place
from disburse.rosters.rechecking import Rechecked
from disburse.rosters.repair_batches import Plan, Wanted
from disburse.rosters.repairing import add_repairs, check_scope, read_again
from disburse.rosters.sayings import mask_numbers
from disburse.rosters.staging import ERASED
from disburse.rosters.tables import REPAIR_CELLS, RepairBatch, RepairKind, Roster, RowRepair
from disburse.workbooks import uploads

KIND = "rosters.repair"
AT_ONCE = 20_000  # rows of a list up to which the officer waits for the result instead of a worker


def make(session: Session, *, roster: Roster, planned: Plan, by: By) -> tuple[UUID, Job]:
    """Keep what a batch is to do, and the job that does it."""
    rechecking.may_change(roster)
    wanted, batch_id = planned.wanted, new_id()
    said = {"raw": wanted.raw, "value": wanted.value}
    batch = RepairBatch(
        id=batch_id,
        roster_id=roster.id,
        code=wanted.code,
        rule=wanted.rule,
        cells_sealed=REPAIR_CELLS.seal(batch_id, json.dumps(said, ensure_ascii=False)),
        rows=len(planned.cells),
        made_by=by.name,
        made_at=clock.utc_now(),
    )
    session.add(batch)
    session.flush()
    return batch_id, jobs.enqueue(session, kind=KIND, object_id=batch_id, by=by)


def wanted_of(batch: RepairBatch) -> Wanted:
    """Return what a batch was asked to do."""
    if batch.cells_sealed == ERASED:  # its retention has passed: which rule it was is still known
        return Wanted(batch.code, batch.rule, "", "")
    said = json.loads(REPAIR_CELLS.open(batch.id, batch.cells_sealed))
    return Wanted(batch.code, batch.rule, said["raw"], said["value"])


def work(database: Database, held: Held) -> dict[str, Any]:
    """Apply a batch, or undo it: the background task. Applied twice is applied once."""
    batch_id = UUID(held.job.object_id)
    with database.reading() as session:
        batch = session.get(RepairBatch, batch_id)
        if batch is None:
            raise NotFound("not_found")
    by = By(name=str(held.job.payload.get("by") or batch.made_by), via="job")
    if held.job.payload.get("undo"):
        return undo(database, held, batch_id, by)
    return apply(database, held, batch_id, by)


def apply(database: Database, held: Held, batch_id: UUID, by: By) -> dict[str, Any]:
    """Read the file again with the batch's cells laid over it and take over what its rows say now."""
    with database.reading() as session:
        batch = session.get_one(RepairBatch, batch_id)
        if batch.applied_at is not None:
            return {"settled": batch.settled}
        roster = actions.get(session, batch.roster_id)
        actor = _maker(session, batch, by)
        planned = repair_batches.plan(session, actor, roster, wanted_of(batch))
        laid = repairs.patches(session, roster.id)
        for place, cells in planned.cells.items():
            laid.setdefault(place, {}).update({key: after for key, (_, after) in cells.items()})
        content = uploads.content(session, roster.upload_id)
        near = row_issues.related(session, roster, planned.cells)
    fresh = read_again(roster, content, laid, [*planned.cells, *near])
    with database.transaction() as session:
        held.advance(session, done=len(fresh), total=len(fresh))
        roster = actions.get(session, roster.id)
        check_scope(actor, roster, fresh, list(planned.cells))
        done = rechecking.take(session, roster=roster, fresh=fresh, amended=planned.cells, by=by)
        kept = {place: cells for place, cells in planned.cells.items() if place not in set(done.refused)}
        add_repairs(session, roster=roster, cells=kept, kind=RepairKind.BATCH, by=by, batch_id=batch_id)
        batch = session.get_one(RepairBatch, batch_id)
        batch.rows, batch.settled, batch.applied_at = len(kept), _settled(batch, done, kept), clock.utc_now()
        session.add(batch)
        _tell(session, "rows.repaired", roster, batch, by, left_out=len(done.refused), entered=done.entered)
        return {"rows": batch.rows, "settled": batch.settled}


def _maker(session: Session, batch: RepairBatch, by: By) -> Actor:
    """Who made the batch, with the grants of this moment: a revoked one repairs nothing any more."""
    user = user_named(session, batch.made_by)
    if user is None:
        raise NotFound("not_found")
    return actor_of(session, user, by=by)


def _settled(batch: RepairBatch, done: Rechecked, kept: dict[Place, Any]) -> int:
    return sum(batch.code not in done.codes.get(place, [batch.code]) for place in kept)


def order_undo(session: Session, *, batch: RepairBatch, by: By) -> Job:
    """Let a job undo a batch. Raises Conflict("repair_undone") when it is not applied, or undone already."""
    if batch.applied_at is None or batch.undone_at is not None:
        raise Conflict("repair_undone")
    return jobs.enqueue(session, kind=KIND, object_id=batch.id, by=by, payload={"undo": True, "by": by.name})


def undo(database: Database, held: Held, batch_id: UUID, by: By) -> dict[str, Any]:
    """Read the file again without the batch's cells; rows that then cannot be entered wait again, as before it."""
    with database.reading() as session:
        batch = session.get_one(RepairBatch, batch_id)
        if batch.undone_at is not None:
            return {"rows": batch.rows}
        roster = actions.get(session, batch.roster_id)
        places = _places(session, batch_id)
        laid = _without(session, roster, batch_id)
        content = uploads.content(session, roster.upload_id)
        near = row_issues.related(session, roster, places)
    fresh = read_again(roster, content, laid, [*places, *near])
    with database.transaction() as session:
        held.advance(session, done=len(fresh), total=len(fresh))
        roster = actions.get(session, roster.id)
        session.execute(
            sa.update(RowRepair).where(col(RowRepair.batch_id) == batch_id).values(undone_at=clock.utc_now())
        )
        rechecking.take(session, roster=roster, fresh=fresh, amended=places, by=by, takes_back=True)
        batch = session.get_one(RepairBatch, batch_id)
        batch.undone_by, batch.undone_at = by.name, clock.utc_now()
        session.add(batch)
        _tell(session, "rows.repair_undone", roster, batch, by)
        return {"rows": batch.rows}


def _places(session: Session, batch_id: UUID) -> list[Place]:
    made = select(RowRepair.sheet, RowRepair.line).where(RowRepair.batch_id == batch_id)
    return [(sheet, line) for sheet, line in session.exec(made)]


def _without(session: Session, roster: Roster, batch_id: UUID) -> dict[Place, Patch]:
    """What is laid over the file when one batch is left out: an earlier repair of the same cell shows again."""
    other = sa.or_(col(RowRepair.batch_id) != batch_id, col(RowRepair.batch_id).is_(None))
    return repairs.patches(session, roster.id, other_than=other)


def _tell(session: Session, action: str, roster: Roster, batch: RepairBatch, by: By, **facts: Any) -> None:
    wanted = wanted_of(batch)
    record(
        session,
        action=action,
        object_type="repair_batch",
        object_id=batch.id,
        by=by,
        area_code=roster.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        roster=str(roster.id),
        kind=batch.code,
        rule=batch.rule,
        rows=batch.rows,
        settled=batch.settled,
        before=mask_numbers(wanted.raw)[:80],
        after=mask_numbers(repair_batches.said(roster, wanted))[:80],
        **facts,
    )
