"""Acts on rosters: receiving a file, refusing it, noting what was read. What an officer orders on screen: ordering.

Entering rows: importing; answering what they ask: answering; undoing: undoing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock, crypto
from disburse.areas.places import packaged
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import take_turns
from disburse.errors import Conflict, Invalid, NotFound
from disburse.jobs import actions as jobs
from disburse.jobs.tables import Job
from disburse.programmes.tables import Programme
from disburse.rosters import remembering, staging
from disburse.rosters.tables import ROSTER_OUTLINE, Roster, RosterState, Scope
from disburse.workbooks import uploads

KIND = "rosters.import"
PREPARE = "rosters.prepare"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the sender says of a file; `province_code` or `commune_code` may be empty where the rows tell."""

    programme: str
    period: str
    scope: Scope = Scope.PART
    units: str = ""
    province_code: str = ""
    commune_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(About):
    """A file and what its sender says of it."""

    content: bytes
    name: str

    @property
    def file_key(self) -> str:
        """Return what makes two uploads one."""
        return file_key(crypto.digest(self.content), self)


def file_key(sha256: str, about: About) -> str:
    """Return what makes two uploads one: bytes, programme, period, declared areas, scope."""
    said = (about.programme, about.period, about.scope, about.province_code, about.commune_code)
    return crypto.digest("|".join((sha256, *said)).encode())


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file: its roster, the job that works on it, and whether the same file came before."""

    roster_id: UUID
    job_id: UUID | None
    known: bool


def receive(session: Session, *, upload: Upload, by: By, on_screen: bool = False) -> Receipt:
    """Keep a file, sealed, with the roster it becomes and the job that works on it; the same again is the same.

    `on_screen`: the job prepares it and an officer decides; else the job imports it. A file that waits on the screen
    and comes by the command line is imported as the command says.
    """
    take_turns(session, f"roster {upload.file_key}")  # two senders of one file at once: one roster
    earlier = session.exec(select(Roster).where(Roster.file_key == upload.file_key)).first()
    if earlier is not None:
        if not on_screen:
            _take_off_screen(session, earlier, by)
        return Receipt(earlier.id, newest_job(session, earlier.id), True)
    _check_programme(session, upload.programme)
    kept = uploads.keep(session, content=upload.content, name=upload.name, by=by)
    roster = Roster(
        programme=upload.programme,
        period=upload.period,
        scope=upload.scope,
        units=upload.units,
        province_code=upload.province_code or _province_of(upload.commune_code, upload.units),
        commune_code=upload.commune_code,
        upload_id=kept.id,
        file_name=upload.name[:255],
        sha256=kept.sha256,
        file_key=upload.file_key,
        on_screen=on_screen,
        created_by=by.name,
        created_at=clock.utc_now(),
    )
    if on_screen:
        roster.corrections = remembering.recall(session, roster).as_json()
    session.add(roster)
    session.flush()
    job = jobs.enqueue(session, kind=PREPARE if on_screen else KIND, object_id=roster.id, by=by)
    tell(session, action="roster.received", roster=roster, by=by, sha256=roster.sha256, scope=str(roster.scope))
    return Receipt(roster.id, job.id, False)


def newest_job(session: Session, roster_id: UUID) -> UUID | None:
    """Return the job that was made last for a roster."""
    return session.exec(select(Job.id).where(Job.object_id == str(roster_id)).order_by(col(Job.id).desc())).first()


def _take_off_screen(session: Session, roster: Roster, by: By) -> None:
    if not roster.on_screen or roster.ordered_by or roster.state not in (RosterState.READING, RosterState.STAGED):
        return
    restart(session, roster, by=by, kind=KIND)
    roster.on_screen, roster.corrections = False, {}
    session.add(roster)


def restart(session: Session, roster: Roster, *, by: By, kind: str = PREPARE) -> Job:
    """Let a roster that was not imported be read from the beginning; a job that is at it stops at its next step."""
    jobs.cancel_all(session, object_id=roster.id, by=by)
    staging.drop(session, roster.id)
    roster.state, roster.report = RosterState.READING, {}
    roster.rows_read = roster.rows_ok = roster.rows_parked = roster.rows_warned = roster.rows_skipped = 0
    roster.issues_total = 0
    session.add(roster)
    return jobs.enqueue(session, kind=kind, object_id=roster.id, by=by)


def _check_programme(session: Session, code: str) -> None:
    if session.get(Programme, code) is None:
        known = ", ".join(session.exec(select(Programme.code).order_by(col(Programme.position))))
        raise Invalid("programme_unknown", code=code, known=known)


def _province_of(commune_code: str, units: str) -> str:
    if not commune_code:
        return ""
    asked = "old" if units == "old" else "new" if units == "new" else "undecided"
    found = packaged().resolve(commune_code, province=None, units=asked)  # type: ignore[arg-type]
    return found.readings[0].today.province_code if found.readings else ""


def refuse(session: Session, *, roster_id: UUID, code: str, report: dict[str, Any], by: By) -> None:
    """Say that a file cannot be used: its staged rows go, and the file may be tried again."""
    roster = get(session, roster_id)
    staging.drop(session, roster_id)
    roster.state, roster.reject_code, roster.file_key = RosterState.REFUSED, code, None
    roster.report = report
    session.add(roster)
    tell(session, action="roster.refused", roster=roster, by=by, code=code)


def note_outline(session: Session, *, roster_id: UUID, outline: dict[str, Any]) -> None:
    """Remember what a file looks like, sealed; `problem` is what a person is asked before its rows can be read."""
    roster = _on_the_way(session, roster_id)
    _seal_outline(roster, outline)
    roster.report = {"problem": outline["problem"]} if outline["problem"] else {}
    session.add(roster)


def outline_of(roster: Roster) -> dict[str, Any]:
    """Return what a roster's file looks like; empty before it was opened."""
    if roster.outline_sealed is None:
        return {}
    found: dict[str, Any] = json.loads(ROSTER_OUTLINE.open(roster.id, roster.outline_sealed))
    return found


def _seal_outline(roster: Roster, outline: dict[str, Any]) -> None:
    text = json.dumps(outline, ensure_ascii=False, separators=(",", ":"))
    roster.outline_sealed = ROSTER_OUTLINE.seal(roster.id, text)


def note_read(session: Session, *, roster_id: UUID, report: dict[str, Any]) -> None:
    """Remember that a file has been read to its end: its counts and file warnings, no cell's value."""
    roster = _on_the_way(session, roster_id)
    roster.state = RosterState.STAGED
    roster.rows_read, roster.rows_skipped = report["rows_read"], report["rows_skipped"]
    roster.rows_ok, roster.rows_parked = report["rows_ok"], report["rows_bad"]
    roster.rows_warned, roster.issues_total = report["rows_warned"], report["issues_total"]
    roster.report = {name: value for name, value in report.items() if name not in ("kind", "issues", "met")}
    if roster.on_screen:
        _seal_outline(roster, outline_of(roster) | {"met": report.get("met", {})})
    session.add(roster)


def note_rehearsed(session: Session, *, roster_id: UUID, found: dict[str, Any]) -> None:
    """Remember what an import would do."""
    roster = _on_the_way(session, roster_id)
    roster.report = roster.report | {"rehearsal": found}
    session.add(roster)


def _on_the_way(session: Session, roster_id: UUID) -> Roster:
    roster = get(session, roster_id)
    if roster.state not in (RosterState.READING, RosterState.STAGED):
        raise Conflict("roster_settled")
    return roster


def get(session: Session, roster_id: UUID) -> Roster:
    """Return a roster; NotFound where there is none."""
    roster = session.get(Roster, roster_id)
    if roster is None:
        raise NotFound("roster_unknown")
    return roster


def tell(session: Session, *, action: str, roster: Roster, by: By, **facts: Any) -> None:
    """Record an event about a roster."""
    record(
        session,
        action=action,
        object_type="roster",
        object_id=roster.id,
        by=by,
        area_code=roster.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        period=roster.period,
        **facts,
    )
