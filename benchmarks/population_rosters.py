"""The rosters of a filled province: one for each programme and commune, and one with very many flawed rows."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.db import Database, bulk_insert
from disburse.funnel import actions as funnel
from disburse.ids import new_id
from disburse.people.entries import NewEnrolment, NewLine, NewPerson, NewRecipient
from disburse.rosters import staging
from disburse.rosters.tables import ROW_CLEANED, ROW_RAW, Roster, RosterRow, RosterState, RowState, Scope

AT = datetime(2026, 8, 5, 2, 0, tzinfo=UTC)
UNITS_TODAY = date(2025, 7, 1)
SHEET = "Danh sách"
FIRST_LINE = 9
# Kind, severity, column and facts of the flaws, in turn: a fifth of the rows wait.
KINDS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("commune_unknown", "error", "F", {"found": "Xã Bin Son", "province": "51"}),
    ("id_missing", "warning", "E", {}),
    ("birth_impossible_day", "warning", "D", {"found": "31/6/1950", "kept": "1950"}),
    ("id_restored", "info", "E", {"before": "51051000123", "after": "051051000123"}),
    ("birth_placeholder", "info", "D", {"found": "01/01/1950"}),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A commune as a list names it and the one of today."""

    code: str
    valid_from: date
    name: str
    today: str


class Listed(Protocol):
    """A beneficiary on the way into the database."""

    person: NewPerson
    enrolment: NewEnrolment
    recipient: NewRecipient
    line: NewLine


class Rosters:
    """The roster of each programme and commune, made when its first row comes."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], UUID] = {}
        self._lines: dict[UUID, int] = defaultdict(lambda: FIRST_LINE - 1)

    def give(self, session: Session, found: Sequence[Listed]) -> None:
        """Say of each beneficiary which roster they came with."""
        for one in found:
            key = (one.enrolment.programme, one.enrolment.commune_code)
            if key not in self._ids:
                self._ids[key] = _add_roster(session, *key)
            one.enrolment.roster_id = one.line.roster_id = one.recipient.roster_id = self._ids[key]
        session.flush()

    def stage(self, session: Session, found: Sequence[Listed]) -> None:
        """Keep the row of each beneficiary in its roster, imported as new."""
        columns = ("roster_id", "sheet", "line", "state", "enrolment_id", "commune_code", "origin_code",
                   "origin_valid_from", "raw_sealed", "cleaned_sealed")  # fmt: skip
        bulk_insert(session, RosterRow, columns, (self._row(one) for one in found))

    def close(self, session: Session) -> None:
        """Tell each roster how many rows it came to."""
        for roster in session.exec(select(Roster).where(col(Roster.id).in_(list(self._ids.values())))):
            roster.rows_read = roster.rows_ok = roster.rows_new = self._lines[roster.id] - FIRST_LINE + 1
            session.add(roster)

    def _row(self, one: Listed) -> tuple[Any, ...]:
        roster_id = self._ids[one.enrolment.programme, one.enrolment.commune_code]
        line = self._lines[roster_id] = self._lines[roster_id] + 1
        key, name = staging.row_key(roster_id, SHEET, line), one.person.name
        return (
            roster_id, SHEET, line, RowState.NEW, one.enrolment.id, one.enrolment.commune_code,
            one.enrolment.origin_code, one.enrolment.origin_valid_from,
            ROW_RAW.seal(key, f'["{line - FIRST_LINE + 1}","{name}","","{one.person.hamlet}"]'),
            ROW_CLEANED.seal(key, f'{{"full_name":"{name}","hamlet":"{one.person.hamlet}"}}'),
        )  # fmt: skip


def _add_roster(session: Session, programme: str, commune: str) -> UUID:
    roster = Roster(
        programme=programme, period="2026-08", scope=Scope.FULL, province_code="51", commune_code=commune,
        areas=[[commune, UNITS_TODAY.isoformat()]], file_name=f"{programme}-{commune}-thang08.xlsx",
        sha256=f"{programme}{commune}".encode().hex().ljust(64, "0"), file_key=f"{programme}-{commune}",
        state=RosterState.IMPORTED, created_by="canbo.00",
        created_at=AT, imported_at=AT,
    )  # fmt: skip
    session.add(roster)
    return roster.id


def add_issues(database: Database, issues: int, places: Sequence[Place]) -> UUID:
    """Add a roster of the province with this many row issues, one flawed row of each five lines sound."""
    roster_id = new_id()
    with database.transaction() as session:
        session.add(
            Roster(
                id=roster_id, programme="BTXH", period="2026-08", scope=Scope.PART, province_code="51",
                areas=[[place.code, place.valid_from.isoformat()] for place in places[:40]],
                file_name="BTXH-toan-tinh.xlsx", sha256="f" * 64, file_key="issues", state=RosterState.IMPORTED,
                rows_read=issues * 5 // 4, rows_ok=issues * 21 // 20, rows_parked=issues // 5,
 rows_warned=issues * 2 // 5,
                rows_same=issues * 21 // 20, created_by="canbo.00", created_at=AT, imported_at=AT,
            )
        )  # fmt: skip
        session.flush()
    dice = random.Random(7)
    today = sorted({place.today for place in places})
    lines = issues * 5 // 4
    for start in range(0, lines, staging.CHUNK):
        some = range(start, min(start + staging.CHUNK, lines))
        with database.transaction() as session:
            rows = [_row(number, dice.choice(today)) for number in some]
            staging.stage(session, roster_id, rows)
            parked: dict[str, int] = defaultdict(int)
            for row in rows:
                if row["state"] == "parked":
                    parked[row["values"].get("commune_code", "")] += 1
            for commune, count in parked.items():
                funnel.park(session, programme="BTXH", commune_code=commune, by_count=count)
            sound = sa.update(RosterRow).where(col(RosterRow.roster_id) == roster_id)
            session.execute(sound.where(col(RosterRow.state) == RowState.STAGED).values(state=RowState.SAME))
    return roster_id


def _row(number: int, commune: str) -> dict[str, Any]:
    """Return one line as the reader gives it; a waiting row knows its commune half of the time."""
    flawed = number % 5 != 4
    code, severity, column, facts = KINDS[number * 4 // 5 % len(KINDS)]
    values = {"full_name": "Nguyễn Văn An"}
    if severity != "error" or not flawed or number % 2:
        values |= {"commune_code": commune, "origin_code": commune, "origin_valid_from": UNITS_TODAY.isoformat()}
    issue = {"column": column, "severity": severity, "code": code, "value": facts.get("found", ""), "facts": facts}
    return {
        "sheet": "Toàn tỉnh", "line": number + FIRST_LINE,
        "state": "parked" if flawed and severity == "error" else "ok", "values": values,
        "issues": [issue] if flawed else [], "raw": [str(number), "Nguyễn Văn An", *[""] * 8],
    }  # fmt: skip
