"""The store itself: the file is sound, the schema is the newest, the audit chain holds, no number lies open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import migrations
from disburse.access.tables import Grant, Role, User, UserSession
from disburse.areas.tables import Area
from disburse.audit import queries as audit
from disburse.audit.tables import AuditEvent
from disburse.doctor.findings import Finding
from disburse.jobs.tables import Job

# A whole citizen ID standing free in a text that should only hold masked numbers.
_CITIZEN_ID = re.compile(r"(?<![0-9a-fA-F-])0\d{11}(?![0-9a-fA-F-])")


def file_is_sound(session: Session) -> Iterator[Finding]:
    """SQLite's own checks of the file and of every foreign key; PostgreSQL's durability settings."""
    if session.connection().dialect.name == "sqlite":
        for (line,) in session.execute(sa.text("PRAGMA integrity_check")):
            if line != "ok":
                yield Finding("store", "database file", line)
        for row in session.execute(sa.text("PRAGMA foreign_key_check")):
            yield Finding("store", f"{row[0]} row {row[1]}", f"points to a row of {row[2]} that is not there")
        return
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if session.execute(sa.text(f"SHOW {setting}")).scalar_one() == "off":
            yield Finding("store", setting, "is off: acknowledged changes may be lost")


def schema_is_newest(session: Session) -> Iterator[Finding]:
    """The tables are of the version this program knows."""
    version = session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if version != migrations.head():
        yield Finding("store", "schema", f"version {version}, not {migrations.head()}")


def chain_holds(session: Session) -> Iterator[Finding]:
    """The audit chain has no gap and recomputes."""
    for found in audit.verify(session):
        yield Finding("audit", f"event {found.seq}", found.what)


def no_number_lies_open(session: Session) -> Iterator[Finding]:
    """No whole citizen ID stands in the audit log or in a job."""
    for seq, facts in session.execute(sa.select(col(AuditEvent.seq), col(AuditEvent.facts))):
        if _CITIZEN_ID.search(json.dumps(facts)):
            yield Finding("leak", f"event {seq}", "holds a whole citizen ID")
    for job in session.exec(select(Job)):
        if _CITIZEN_ID.search(json.dumps([job.payload, job.checkpoint, job.result, job.error])):
            yield Finding("leak", f"job {job.id}", "holds a whole citizen ID")


def grants_make_sense(session: Session) -> Iterator[Finding]:
    """Grants point to areas that exist; who sees one commune names it; a disabled user has no session."""
    codes = set(session.exec(select(Area.code)))
    for grant in session.exec(select(Grant)):
        if grant.area_code and grant.area_code not in codes:
            yield Finding("access", f"grant {grant.id}", f"names area {grant.area_code}, which does not exist")
        if grant.role == Role.COMMUNE and len(grant.area_code) != 5:
            yield Finding("access", f"grant {grant.id}", "a commune officer without a commune")
        if grant.role == Role.BANK and not grant.bank_code:
            yield Finding("access", f"grant {grant.id}", "a bank's user without a bank")
    still_in = (
        select(User.name)
        .join(UserSession, col(UserSession.user_id) == col(User.id))
        .where(col(User.disabled_at).is_not(None), col(UserSession.ended_at).is_(None))
    )
    for name in session.exec(still_in):
        yield Finding("access", f"user {name}", "disabled, but with an open session")
