"""Acts on rosters: receiving a file, refusing it. Entering its rows: importing; answering what they ask: answering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock, crypto
from disburse.areas.places import packaged
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import take_turns
from disburse.errors import Invalid, NotFound
from disburse.jobs import actions as jobs
from disburse.jobs.tables import Job
from disburse.programmes.tables import Programme
from disburse.rosters import staging
from disburse.rosters.tables import Roster, RosterState, Scope
from disburse.workbooks import uploads

KIND = "rosters.import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file and what its sender says of it; `province_code` or `commune_code` may be empty where the rows tell."""

    content: bytes
    name: str
    programme: str
    period: str
    scope: Scope = Scope.PART
    units: str = ""
    province_code: str = ""
    commune_code: str = ""

    @property
    def file_key(self) -> str:
        """Return what makes two uploads one: bytes, programme, period, declared areas, scope."""
        said = (self.programme, self.period, self.scope, self.province_code, self.commune_code)
        return crypto.digest("|".join((crypto.digest(self.content), *said)).encode())


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file: its roster, the job that imports it, and whether the same file came before."""

    roster_id: UUID
    job_id: UUID | None
    known: bool


def receive(session: Session, *, upload: Upload, by: By) -> Receipt:
    """Keep a file, sealed, with the roster it becomes and the job that imports it; the same again is the same."""
    take_turns(session, f"roster {upload.file_key}")  # two senders of one file at once: one roster
    earlier = session.exec(select(Roster).where(Roster.file_key == upload.file_key)).first()
    if earlier is not None:
        newest = select(Job.id).where(Job.object_id == str(earlier.id)).order_by(col(Job.id).desc())
        return Receipt(earlier.id, session.exec(newest).first(), True)
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
        created_by=by.name,
        created_at=clock.utc_now(),
    )
    session.add(roster)
    session.flush()
    job = jobs.enqueue(session, kind=KIND, object_id=roster.id, by=by)
    _tell(session, "roster.received", roster, by, sha256=roster.sha256, scope=str(roster.scope))
    return Receipt(roster.id, job.id, False)


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
    _tell(session, "roster.refused", roster, by, code=code)


def note_read(session: Session, *, roster_id: UUID, report: dict[str, Any]) -> None:
    """Remember that a file has been read to its end: its counts and file warnings, no cell's value."""
    roster = get(session, roster_id)
    roster.state = RosterState.STAGED
    roster.rows_read, roster.rows_skipped = report["rows_read"], report["rows_skipped"]
    roster.rows_ok, roster.rows_parked = report["rows_ok"], report["rows_bad"]
    roster.rows_warned, roster.issues_total = report["rows_warned"], report["issues_total"]
    roster.report = {name: value for name, value in report.items() if name not in ("kind", "issues")}
    session.add(roster)


def get(session: Session, roster_id: UUID) -> Roster:
    """Return a roster; NotFound where there is none."""
    roster = session.get(Roster, roster_id)
    if roster is None:
        raise NotFound("roster_unknown")
    return roster


def _tell(session: Session, action: str, roster: Roster, by: By, **facts: Any) -> None:
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
