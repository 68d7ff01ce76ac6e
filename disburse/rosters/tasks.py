"""Background work on rosters: importing one, preparing one for the screen."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from disburse import clock, config
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import Database
from disburse.jobs.running import Held
from disburse.rosters import actions, repairs, staging
from disburse.rosters.amended import as_options
from disburse.rosters.corrections import Corrections
from disburse.rosters.importing import enter_roster
from disburse.rosters.rehearsal import rehearse
from disburse.rosters.tables import Roster, RosterState
from disburse.workbooks import child, uploads
from disburse.workbooks.refusals import Refusal
from disburse.workbooks.report import refused

READER = "disburse.rosters.reading:read"
OUTLINER = "disburse.rosters.outlining:outline"
# From this period on a list names today's communes unless its sender says otherwise.
_NEW_UNITS_FROM = Period(2025, 7)


class NoRows(Refusal):
    """A file that was read to its end and holds no row to import; its report says why, row by row."""

    def __init__(self, report: dict[str, Any]) -> None:
        super().__init__("no_rows")
        self.report = report


def import_roster(database: Database, held: Held) -> dict[str, Any]:
    """Stage what the child reads, then enter it in one act. Start and resume are the same walk.

    Killed while staging, the next run goes on behind the rows already kept; killed while entering, nothing of it
    is there. Raises Refusal for a file that cannot be used.
    """
    roster_id = UUID(held.job.object_id)
    with database.reading() as session:
        roster = actions.get(session, roster_id)
    with _without_collecting():
        return _walk(database, held, roster)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let the garbage collector rest: among a million live rows its rounds took a third of the time.

    After each chunk it is called for the young objects: PostgreSQL's driver leaves 4 MB of circles with each.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _walk(database: Database, held: Held, roster: Roster) -> dict[str, Any]:
    roster_id = roster.id
    if roster.state == RosterState.READING:
        _stage(database, held, roster)
        with database.reading() as session:
            roster = actions.get(session, roster_id)
    if roster.state == RosterState.STAGED:
        _enter(database, held, roster_id)
        with database.reading() as session:
            roster = actions.get(session, roster_id)
    return {
        "roster": str(roster_id),
        "new": roster.rows_new,
        "changed": roster.rows_changed,
        "same": roster.rows_same,
        "gone": roster.rows_gone,
    }


def _stage(database: Database, held: Held, roster: Roster) -> None:
    with database.reading() as session:
        content = uploads.content(session, roster.upload_id)
        kept = staging.count_staged(session, roster.id)
        # What was put right before a column was mapped anew stays right.
        laid = as_options(repairs.patches(session, roster.id))
    report: dict[str, Any] = {}
    try:
        with reading(roster, content, laid) as rows:
            found = (row for row in rows if row["kind"] == "row" or report.update(row))
            kept = _keep_rows(database, held, roster, islice(found, kept, None), kept)
        if report["verdict"] == "reject" and not roster.on_screen:
            raise NoRows(report)
    except Refusal as refusal:
        _refuse(database, held, roster, refusal, report)
        raise
    with database.transaction() as session:
        held.advance(session, done=kept, total=2 * kept, checkpoint={"read": True})
        actions.note_read(session, roster_id=roster.id, report=report)
        staging.settle_dropped(session, roster.id)


def _refuse(database: Database, held: Held, roster: Roster, refusal: Refusal, report: dict[str, Any]) -> None:
    with database.transaction() as session:
        held.advance(session, done=0)
        actions.refuse(
            session,
            roster_id=roster.id,
            code=refusal.reject_code,
            report=_without_values(report or refused(refusal))
            | {"message": [refusal.sentence(), refusal.sentence("en")]},
            by=By(name=roster.created_by, via="job"),
        )


def prepare_roster(database: Database, held: Held) -> dict[str, Any]:
    """Read a file for an officer who decides: its outline, its rows staged, the import rehearsed. Nothing is imported.

    Start and resume are the same walk: what is there already is not made again. Raises Refusal for a file that cannot
    be used; where a person can help, the roster says what is asked instead.
    """
    roster_id = UUID(held.job.object_id)
    with database.reading() as session:
        roster = actions.get(session, roster_id)
    if roster.state == RosterState.READING and roster.outline_sealed is None:
        _show(database, held, roster)
    with _without_collecting():
        if roster.state == RosterState.READING and not roster.report.get("problem"):
            _stage(database, held, roster)
            with database.reading() as session:
                roster = actions.get(session, roster_id)
        if roster.state == RosterState.STAGED and "rehearsal" not in roster.report:
            _rehearse(database, held, roster)
    return {"roster": str(roster_id)}


def _show(database: Database, held: Held, roster: Roster) -> None:
    """Keep what the file looks like; `roster` learns whether a person is asked first."""
    with database.transaction() as session:
        held.advance(session, message="đang mở tệp")
        content = uploads.content(session, roster.upload_id)
    try:
        with reading(roster, content, entry=OUTLINER) as found:
            outline = next(found)
    except Refusal as refusal:
        _refuse(database, held, roster, refusal, {})
        raise
    with database.transaction() as session:
        held.advance(session, message="đang đọc")
        actions.note_outline(session, roster_id=roster.id, outline=outline)
    roster.report = {"problem": outline["problem"]} if outline["problem"] else {}


def _rehearse(database: Database, held: Held, roster: Roster) -> None:
    total = roster.rows_ok + roster.rows_parked

    def tell(done: int, _total: int) -> None:
        with database.transaction() as session:
            held.advance(session, done=total + done, total=2 * total, message="đang so sánh")

    tell(0, total)
    with database.reading() as session:
        found = rehearse(session, roster_id=roster.id, tell=tell)
    with database.transaction() as session:
        held.advance(session, done=2 * total, total=2 * total)
        actions.note_rehearsed(session, roster_id=roster.id, found=found.as_json())


def _without_values(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name not in ("kind", "issues", "met")}


def _keep_rows(database: Database, held: Held, roster: Roster, rows: Iterator[dict[str, Any]], kept: int) -> int:
    """Keep rows chunk by chunk, each in a transaction of its own; the last one may be short."""
    while chunk := list(islice(rows, staging.CHUNK)):
        with database.transaction() as session:
            kept += staging.stage(session, roster.id, chunk)
            place = {"sheet": chunk[-1]["sheet"], "line": chunk[-1]["line"], "rows": kept}
            held.advance(session, done=kept, message="đang đọc", checkpoint=place)
        gc.collect(1)
    return kept


def units_of(roster: Roster) -> Literal["old", "new"]:
    """Return which list of communes a roster uses: what its sender said, else that of its period."""
    said = roster.units or ("new" if Period.parse(roster.period) >= _NEW_UNITS_FROM else "old")
    return "old" if said == "old" else "new"


@contextmanager
def reading(
    roster: Roster, content: bytes, amendments: dict[str, Any] | None = None, *, entry: str = READER
) -> Iterator[Iterator[dict[str, Any]]]:
    """Give what the child reads of a file, in the same order every time; `amendments`: amended.py."""
    settings = config.load()
    options = {
        "name": roster.file_name,
        "programme": roster.programme,
        "period": roster.period,
        "units": units_of(roster),
        "province": roster.province_code,
        "commune": roster.commune_code,
        "today": roster.created_at.astimezone(clock.VIETNAM).date().isoformat(),
        "corrections": Corrections.from_json(roster.corrections).as_json(),
    }
    with tempfile.TemporaryDirectory(prefix="disburse-") as folder:
        path = Path(folder) / f"roster{Path(roster.file_name).suffix.lower()}"
        path.write_bytes(content)
        given = {name: value for name, value in options.items() if value} | (amendments or {})
        yield child.run(entry, path, given, seconds=settings.upload_seconds, memory_mb=settings.upload_memory_mb)


def _enter(database: Database, held: Held, roster_id: UUID) -> None:
    with database.transaction() as session:
        held.advance(session, message="đang ghi")
        roster = actions.get(session, roster_id)
        read = roster.rows_ok + roster.rows_parked

        def tell(done: int, _total: int) -> None:
            held.advance(session, done=read + done, total=2 * read, message="đang ghi")
            gc.collect(1)

        enter_roster(session, roster=roster, by=By(name=roster.ordered_by or roster.created_by, via="job"), tell=tell)
