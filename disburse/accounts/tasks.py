"""Background work on accounts: taking a list in, running the matcher, erasing what time has passed for."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from sqlmodel import Session

from disburse import clock, config
from disburse.accounts import (
    arrivals,
    due,
    frames,
    increments,
    linking,
    lists,
    memory,
    proposals,
    queries,
    reopening,
    snapshots,
    stages,
)
from disburse.accounts.due import LINK, LINK_DUE
from disburse.accounts.freezing import Freezing
from disburse.accounts.gathering import Ids, ids_of
from disburse.accounts.match_tables import DueKind
from disburse.accounts.neighbours import Ground
from disburse.accounts.pairs import Rows, placed
from disburse.accounts.statements import Statement
from disburse.accounts.tables import ListOrigin, ListState, RegistrationList
from disburse.audit.actor import SYSTEM, By
from disburse.config import Settings
from disburse.db import Database, take_turns
from disburse.errors import Conflict
from disburse.jobs import actions as jobs
from disburse.jobs.queries import at_work, under_way
from disburse.jobs.running import Held
from disburse.workbooks import child, uploads
from disburse.workbooks.refusals import Refusal

if TYPE_CHECKING:
    import matching

READER = "disburse.accounts.reading:read"
PERSONS_A_STEP = 5_000  # about half a second of one writer's turn
STEPS_AT_ONCE = 3  # PostgreSQL writes one while another is decided, and one waits at the log's end
REBUILD = 20_000  # changes from which posting everything anew is quicker than row by row
ROUNDS = 5  # a freed account may free another; in practice two
_TRIES = 3
_SOUGHT_AFTER = 100_000  # objects, a step's rows: by the usual 700 a fifteenth of the run was seeking garbage

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
        if made.origin == ListOrigin.SCREEN:
            _begin_matching(session)
        held.advance(session, done=report["rows_read"], total=report["rows_read"])
    return {"list": str(list_id), **counts}


def _begin_matching(session: Session) -> None:
    """Match everybody for the first time, where nobody has yet: an officer has no command line. Later runs follow."""
    if snapshots.newest(session) is None and not under_way(session, LINK, LINK_DUE):
        jobs.enqueue(session, kind=LINK, object_id="all", by=SYSTEM)


def check_list(database: Database, held: Held) -> dict[str, Any]:
    """Read a list that an officer brought, and note what it holds for them to see; nothing of it counts."""
    list_id = UUID(held.job.object_id)
    with database.reading() as session:
        made = lists.get_list(session, list_id)
        if made.state != ListState.CHECKING:
            return {"list": str(list_id)}
        content = uploads.content(session, made.upload_id)
    report: dict[str, Any] = {}
    try:
        statements, parked, report = _read(made, content)
        if report["verdict"] == "reject":
            raise Refusal(report["reject_code"])
    except Refusal as refusal:
        columns = report.get("columns", [])
        with database.transaction() as session:
            lists.refuse(session, list_id=list_id, code=refusal.reject_code, columns=columns, by=SYSTEM)
        raise
    with database.transaction() as session:
        arrivals.note_checked(session, list_id=list_id, statements=statements, parked=parked, report=report, by=SYSTEM)
        held.advance(session, done=report["rows_read"], total=report["rows_read"])
    return {"list": str(list_id)}


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


@memory.kept()
def link_all(database: Database, held: Held) -> dict[str, Any]:
    """Run the matcher over everybody and apply its pairs, some thousands of people a transaction.

    Nothing is kept between the steps: a run that was killed starts again and finds the earlier steps done. A run over
    everybody ends by freezing its counts and posting its keys, on which `link_due` stands from then on.
    """
    scope = held.job.payload
    whole = not scope.get("programme") and not scope.get("area")
    with database.transaction() as session:
        reopening.reopen(session, by=SYSTEM)
        # Of another run at work the counts would stand on notes made since it began to read.
        if snapshots.newest(session) is None and at_work(session, LINK, LINK_DUE) == 1:
            held.advance(session, message="")  # whoever has lost the job forgets nothing
            due.forget(session)
    with database.reading() as session:
        settings = _settings(session)
        rebuild = whole and (due.waiting(session) > REBUILD or not snapshots.same_keys(snapshots.newest(session)))
        # before the rows: what changes while they are read stays due
        noted = due.read_notes(session) if rebuild else due.read(session)
    with Freezing(database, held, settings, noted if whole else None, rebuild) as freezing, _uncollected():
        with database.reading() as session:
            run = proposals.propose_all(session, settings, keep_words=rebuild, read=freezing.begin)
            wanted = frames.in_scope(session, scope.get("programme"), scope.get("area"))
            places = _concerned(run.proposals, linking.undecided(session), wanted)
        with _set_aside():
            total = _apply_all(database, held, run.proposals, places)
        freezing.end(run.frequencies)
    if whole:
        _follow_up(database, held, settings, total)
    return _result(database, total, wanted, run.proposals.preset) | {"full": True}


def _concerned(proposed: proposals.Proposals, undecided: Ids, wanted: set[UUID] | None) -> Rows:
    """Return the places of people with a pair, stored or proposed, among those wanted."""
    concerned = proposed.with_pairs() | (placed(proposed.persons, undecided) >= 0)
    if wanted is not None:
        concerned &= placed(proposed.persons, ids_of(wanted)) >= 0
    return np.flatnonzero(concerned)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let no garbage be sought where millions of objects are made and none is garbage."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def _set_aside() -> Iterator[None]:
    """Seek garbage again, but rarely, and only among what is made from now on, not among a run's millions."""
    was, enabled = gc.get_threshold(), gc.isenabled()
    gc.set_threshold(_SOUGHT_AFTER, *was[1:])
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        if not enabled:
            gc.disable()
        gc.unfreeze()
        gc.set_threshold(*was)


def link_due(database: Database, held: Held) -> dict[str, Any]:
    """Decide anew whatever concerns changes since the last run, as a full run with the same counts would.

    Where there are no such counts, or so much has changed that names weigh otherwise, this is a full run.
    """
    with database.reading() as session:
        settings, snapshot = _settings(session), snapshots.newest(session)
        full = snapshot is None or not snapshots.fits(snapshot, settings)
        full = full or (snapshot is not None and snapshots.drifted(snapshot, due.waiting(session)))
    if full:
        return link_all(database, held)
    with database.transaction() as session:
        reopening.reopen(session, by=SYSTEM, persons=due.read(session, DueKind.PERSON).of(DueKind.PERSON))
    total = linking.Applied()
    _follow_up(database, held, settings, total)
    return _result(database, total, None, settings.name) | {"full": False}


def enqueue_due(database: Database, _settings: Settings) -> bool:
    """Let a worker match what has changed since the last run, once there was a first; says whether there is work.

    Without its counts, which an update may take away, that run is one over everybody.
    """
    with database.reading() as session:
        counted = snapshots.newest(session) is not None
        if not (counted or linking.proposed_before(session)) or not due.waiting(session):
            return False
        if under_way(session, LINK, LINK_DUE):
            return False
    with database.transaction() as session:
        kind, what = (LINK_DUE, "due") if counted else (LINK, "all")
        jobs.enqueue(session, kind=kind, object_id=what, by=SYSTEM)
    return True


def _settings(session: Session) -> matching.Settings:
    chosen = config.load()
    return proposals.settings_of(chosen.match_preset, session).with_thresholds(accept=chosen.match_accept)


def _apply_all(database: Database, held: Held, proposed: proposals.Proposals, places: Rows) -> linking.Applied:
    """Apply what is proposed of the people at these places, some thousands a step."""
    by = By(name=held.job.payload.get("by") or SYSTEM.name, via="job")
    total = linking.Applied()
    with database.reading() as session:  # what matches may be accepted; step by step each would be sought by itself
        shown = queries.shown(session, proposed.pairs.account[proposed.pairs.matched])

    def step(start: int) -> linking.Applied:
        some = places[start : start + PERSONS_A_STEP]
        return _apply(database, held, proposed, some, shown, by, done=start + len(some), total=len(places))

    with _steps(database) as run:
        for applied in run(step, range(0, len(places), PERSONS_A_STEP)):
            total.add(applied)
    return total


@contextmanager
def _steps(database: Database) -> Iterator[Callable[..., Iterator[linking.Applied]]]:
    """Give a `map` for the steps of one run, while other runs wait: two of one run never speak of the same person."""
    if database.is_sqlite:
        yield map
        return
    with database.transaction() as session, ThreadPoolExecutor(STEPS_AT_ONCE) as pool:
        take_turns(session, "matching run")
        yield pool.map


def _follow_up(database: Database, held: Held, settings: matching.Settings, total: linking.Applied) -> None:
    """Decide what is due until nothing is: a link that ends frees an account for somebody else."""
    for _ in range(ROUNDS):
        with _uncollected(), database.transaction() as session:
            held.advance(session, message="")  # whoever has lost the job writes nothing more
            snapshot = snapshots.newest(session)
            if snapshot is None or not due.waiting(session):
                return
            ground = Ground(settings, snapshots.frequencies_of(snapshot))
            due.take_up(session, ground, snapshot)
        with _uncollected(), database.reading() as session:
            noted = due.read(session, DueKind.JUDGE)
            if not noted.notes:
                return
            proposed = increments.propose_for(session, ground, noted.of(DueKind.JUDGE))
        total.add(_apply_all(database, held, proposed, np.arange(len(proposed.persons))))
        with database.transaction() as session:
            due.settle(session, noted.notes)


def _result(database: Database, total: linking.Applied, wanted: set[UUID] | None, preset: str) -> dict[str, Any]:
    with database.reading() as session:
        total.review = linking.open_questions(session, wanted)
    return {
        "candidates": total.candidates,
        "accepted": total.accepted,
        "review": total.review,
        "returned": total.returned,
        "preset": preset,
    }


def _apply(
    database: Database,
    held: Held,
    proposed: proposals.Proposals,
    some: Rows,
    shown: Mapping[bytes, str],
    by: By,
    *,
    done: int,
    total: int,
) -> linking.Applied:
    persons, pairs = proposed.persons[some], proposed.about(some)
    for left in reversed(range(_TRIES)):
        try:
            with database.transaction() as session:
                applied = linking.apply(
                    session, persons=persons, pairs=pairs, preset=proposed.preset, by=by, shown=shown
                )
                stages.settle(session)  # before the job's row, which the steps beside this one wait for
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


def erase_lists(database: Database, settings: Settings) -> None:
    """Put aside what no officer settled within the retention, and erase the bytes and raw cells of old lists."""
    before = clock.utc_now() - timedelta(days=settings.raw_retention_days)
    with database.transaction() as session:
        for list_id in arrivals.left_waiting(session, before):
            arrivals.put_aside(session, list_id=list_id, by=SYSTEM)
        arrivals.erase_old(session, before=before)
