"""Background work on accounts: taking a list in, running the matcher, erasing what time has passed for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from disburse import clock, config
from disburse.accounts import frames, linking, lists, proposals
from disburse.accounts.statements import Statement
from disburse.accounts.tables import ListState, RegistrationList
from disburse.audit.actor import SYSTEM, By
from disburse.config import Settings
from disburse.db import Database
from disburse.errors import Conflict
from disburse.jobs.running import Held
from disburse.workbooks import child, uploads
from disburse.workbooks.refusals import Refusal

READER = "disburse.accounts.reading:read"
PERSONS_A_STEP = 5_000  # about half a second of one writer's turn
_TRIES = 3

Tell = Callable[[dict[str, Any]], None]


def import_list(database: Database, held: Held, tell: Tell | None = None) -> dict[str, Any]:
    """Read a list in the child and make it count in one act; a second run finds it done.

    `tell` gets the reader's whole report, with the cells' values: those are stored only sealed.
    """
    list_id = UUID(held.job.object_id)
    with database.reading() as session:
        made = lists.get_list(session, list_id)
        if made.state != ListState.READING:
            return _counts(made)
        content = uploads.content(session, made.upload_id)
    by = By(name=made.created_by, via="job")
    try:
        statements, parked, report = _read(made, content)
        if tell is not None:
            tell(report)
        if report["verdict"] == "reject":
            raise Refusal(report["reject_code"])
    except Refusal as refusal:
        with database.transaction() as session:
            lists.refuse(session, list_id=list_id, code=refusal.reject_code, by=by)
        raise
    with database.transaction() as session:
        counts = lists.take_in(session, list_id=list_id, statements=statements, parked=parked, report=report, by=by)
        held.advance(session, done=report["rows_read"], total=report["rows_read"])
    return {"list": str(list_id), **counts}


def _counts(made: RegistrationList) -> dict[str, Any]:
    return {"list": str(made.id), "new": made.rows_new, "changed": made.rows_changed, "same": made.rows_same}


def _read(made: RegistrationList, content: bytes) -> tuple[list[Statement], list[dict[str, Any]], dict[str, Any]]:
    settings, stated_on = config.load(), clock.today()
    options = {"bank": made.bank_code, "today": stated_on.isoformat(), "name": made.file_name}
    statements: list[Statement] = []
    parked: list[dict[str, Any]] = []
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="disburse-") as folder:
        path = Path(folder) / f"list{Path(made.file_name).suffix.lower()}"
        path.write_bytes(content)
        found = child.run(READER, path, options, seconds=settings.upload_seconds, memory_mb=settings.upload_memory_mb)
        for row in found:
            if row["kind"] == "report":
                report = row
            elif row["state"] == "ok":
                statements.append(lists.statement_of(made, row, stated_on))
            else:
                parked.append(row)
    report.pop("kind", None)
    return statements, parked, report


def link_all(database: Database, held: Held) -> dict[str, Any]:
    """Run the matcher over everybody and apply its pairs, some thousands of people a transaction.

    Nothing is kept between the steps: a run that was killed starts again and finds the earlier steps done.
    """
    scope = held.job.payload
    by = By(name=held.job.payload.get("by") or SYSTEM.name, via="job")
    chosen = config.load()
    with database.reading() as session:
        kept = proposals.settings_of(chosen.match_preset, session)
        settings = kept.with_thresholds(accept=chosen.match_accept)
        proposed = proposals.propose(session, settings)
        wanted = frames.in_scope(session, scope.get("programme"), scope.get("area"))
    persons = [p for p in proposed.persons if wanted is None or p in wanted]
    total = linking.Applied()
    for start in range(0, len(persons), PERSONS_A_STEP):
        some = persons[start : start + PERSONS_A_STEP]
        applied = _apply(database, held, proposed, some, by, done=start + len(some), total=len(persons))
        total.candidates += applied.candidates
        total.accepted += applied.accepted
        total.returned += applied.returned
    with database.reading() as session:
        total.review = linking.open_questions(session, wanted)
    return {
        "candidates": total.candidates,
        "accepted": total.accepted,
        "review": total.review,
        "returned": total.returned,
        "preset": proposed.preset,
    }


def _apply(
    database: Database, held: Held, proposed: proposals.Proposals, some: list[UUID], by: By, *, done: int, total: int
) -> linking.Applied:
    for left in reversed(range(_TRIES)):
        try:
            with database.transaction() as session:
                applied = linking.apply(
                    session, persons=some, pairs=proposed.pairs, claims=proposed.claims, preset=proposed.preset, by=by
                )
                held.advance(session, done=done, total=total)
                return applied
        except Conflict as conflict:
            if conflict.code == "job_lost" or not left:
                raise
            # A clerk took one of these accounts between our look and our write: look again.
    raise AssertionError("unreachable")


def erase_unmatched(database: Database, settings: Settings) -> int:
    """Erase, once a day, what banks stated of people who draw no benefit, after the setting's days."""
    with database.transaction() as session:
        return lists.erase_unmatched(session, days=settings.unmatched_retention_days, by=SYSTEM)
