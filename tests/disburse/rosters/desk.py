"""An officer's desk for tests: lists drawn as text go through the real staging and the real import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.audit.actor import COMMAND
from disburse.db import Database
from disburse.funnel import queries as funnel
from disburse.people.tables import BenefitLine, Enrolment, EnrolmentState, LineKind, Person, Recipient
from disburse.rosters import actions, staging
from disburse.rosters.actions import Upload
from disburse.rosters.importing import enter_roster
from disburse.rosters.tables import Roster, RosterQuestion, RosterRow, RowState, Scope
from disburse.rosters.undoing import undo

# Drawn headers → what the reader calls them.
FIELDS = {
    "name": "full_name", "born": "birth_date", "id": "citizen_id", "old": "old_id", "commune": "commune_code",
    "amount": "amount", "kind": "benefit_type", "file": "file_number", "recipient": "recipient_name",
    "recipient id": "recipient_citizen_id", "recipient born": "recipient_birth_date", "relation": "recipient_relation",
    "account": "account_number", "bank": "bank_code", "pay": "pay_way", "reason": "removal_reason",
    "arrears": "arrears", "care": "care_amount", "second of": "second_line_of", "state": "state", "sex": "sex",
    "start": "start", "phone": "phone", "hamlet": "hamlet", "duplicate": "duplicate_of",
}  # fmt: skip
NUMBERS = ("amount", "arrears", "care_amount", "second_line_of", "duplicate_of")
TODAY = date(2026, 6, 15)
_uploads = count(1)
# Two people of a list, and one of them.
TWO = (
    "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 500000\nTrần Văn Bảy | 1947 | 051047000002 | 700000"
)
LAN = "name | born | id | amount\nLê Thị Lan | 1950 | 051150000001 | 500000"


def drawn(table: str, commune: str = "21040") -> list[dict[str, Any]]:
    """Read a table drawn with | into rows of the reader's contract; lines are numbered from 2."""
    lines = [line.strip() for line in table.strip().splitlines()]
    names = [FIELDS[cell.strip()] for cell in lines[0].split("|")]
    return [
        _row(number, dict(zip(names, line.split("|"), strict=True)), commune)
        for number, line in enumerate(lines[1:], 2)
    ]


def _row(number: int, cells: dict[str, str], commune: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    values |= {name: int(values[name]) for name in NUMBERS if name in values}
    state = values.pop("state", "ok")
    place = values.pop("commune_code", commune)
    if place != "?":
        values |= {"commune_code": place, "origin_code": place, "origin_valid_from": "2025-07-01"}
    if born := values.get("birth_date"):
        values["birth_precision"] = {4: "year", 7: "month", 10: "day"}[len(born)]
    values["id_ok"] = "citizen_id" in values
    if "recipient_name" in values:
        values["recipient_kind"] = "authorised"
    return {
        "kind": "row",
        "sheet": "T",
        "line": number,
        "state": state,
        "values": values,
        "issues": [],
        "raw": list(cells.values()),
    }


@dataclass
class Desk:
    """Puts lists in and looks at what became of them. `programme` and `period` are those of the next list."""

    database: Database
    programme: str = "BTXH"

    def put(
        self,
        scope: Scope,
        period: str,
        table: str,
        *,
        programme: str = "",
        commune: str = "21040",
        province: str = "51",
    ) -> Roster:
        """Import a drawn list; its file is unlike any other."""
        rows = drawn(table, commune)
        upload = Upload(
            content=f"{next(_uploads)}".encode(),
            name="ve.csv",
            programme=programme or self.programme,
            period=period,
            scope=scope,
            province_code=province,
        )
        with self.database.transaction() as session:
            receipt = actions.receive(session, upload=upload, by=COMMAND)
            staging.stage(session, receipt.roster_id, rows)
            actions.note_read(session, roster_id=receipt.roster_id, report=_report(rows))
        with self.database.transaction() as session:
            roster = actions.get(session, receipt.roster_id)
            enter_roster(session, roster=roster, by=COMMAND)
        return roster

    def undo(self, roster: Roster) -> None:
        """Take a list back as a whole."""
        with self.database.transaction() as session:
            undo(session, roster_id=roster.id, is_paid_from=False, by=COMMAND)

    def full(self, period: str, table: str, **more: str) -> Roster:
        """Import a full list."""
        return self.put(Scope.FULL, period, table, **more)

    def part(self, period: str, table: str, **more: str) -> Roster:
        """Import a part of a list."""
        return self.put(Scope.PART, period, table, **more)

    def rows(self, roster: Roster) -> list[tuple[int, str]]:
        """Return (line, state) of a list's own rows in order."""
        with self.database.reading() as session:
            found = select(RosterRow.line, RosterRow.state).where(
                RosterRow.roster_id == roster.id, col(RosterRow.line) > 0
            )
            return [(line, str(state)) for line, state in session.exec(found.order_by(col(RosterRow.line)))]

    def questions(self, roster: Roster | None = None) -> list[RosterQuestion]:
        """Return the questions raised, all or those of one list."""
        with self.database.reading() as session:
            asked = select(RosterQuestion)
            if roster is not None:
                asked = asked.where(RosterQuestion.roster_id == roster.id)
            return list(session.exec(asked.order_by(col(RosterQuestion.id))))

    def people(self) -> list[tuple[str, str | None]]:
        """Return (name, birth) of everybody, in alphabetical order."""
        with self.database.reading() as session:
            found = session.exec(select(Person.name, Person.birth_date).order_by(col(Person.name), col(Person.id)))
            return [(name, born.isoformat() if born else None) for name, born in found]

    def active(self, programme: str = "") -> int:
        """Return the number of active enrolments of a programme."""
        with self.database.reading() as session:
            return session.exec(
                select(sa.func.count())
                .select_from(Enrolment)
                .where(Enrolment.programme == (programme or self.programme), Enrolment.state == EnrolmentState.ACTIVE)
            ).one()

    def enrolment(self, name: str, programme: str = "") -> Enrolment:
        """Return the newest enrolment of the one who bears this name."""
        with self.database.reading() as session:
            found = (
                select(Enrolment).join(Person, col(Person.id) == col(Enrolment.person_id)).where(Person.name == name)
            )
            if programme:
                found = found.where(Enrolment.programme == programme)
            return session.exec(found.order_by(col(Enrolment.id).desc())).first() or _nobody(name)

    def lines(self, name: str) -> list[tuple[str, int | None, str, str | None]]:
        """Return (kind, amount, from, to) of somebody's benefit lines, oldest first."""
        with self.database.reading() as session:
            found = session.exec(
                select(BenefitLine)
                .join(Enrolment, col(Enrolment.id) == col(BenefitLine.enrolment_id))
                .join(Person, col(Person.id) == col(Enrolment.person_id))
                .where(Person.name == name)
                .order_by(col(BenefitLine.from_date), col(BenefitLine.id))
            )
            return [
                (str(x.kind), x.amount, x.from_date.isoformat(), x.to_date.isoformat() if x.to_date else None)
                for x in found
            ]

    def recipient(self, name: str) -> tuple[str, str]:
        """Return (kind, name) of who receives for somebody now."""
        enrolment = self.enrolment(name)
        with self.database.reading() as session:
            found = select(Recipient).where(Recipient.enrolment_id == enrolment.id, col(Recipient.ended_on).is_(None))
            current = session.exec(found).one()
            person = session.get(Person, current.person_id)
            return str(current.kind), person.name if person else ""

    def cell(self, commune: str = "21040", programme: str = "") -> dict[str, Any]:
        """Return a cell's measures that are not zero."""
        with self.database.reading() as session:
            found = funnel.cell(session, programme or self.programme, commune)
            measures = found.model_dump() if found else {}
            return {k: v for k, v in measures.items() if v and k not in ("programme", "commune_code")}

    def is_sound(self) -> bool:
        """Say whether every cell is the sum of its stages."""
        with self.database.reading() as session:
            return funnel.differences(session) == []


def _nobody(name: str) -> Enrolment:
    raise AssertionError(f"nobody is called {name}")


def _report(rows: list[dict[str, Any]]) -> dict[str, Any]:
    ok = sum(row["state"] == "ok" for row in rows)
    fields = {name for row in rows for name in row["values"]}
    return {
        "verdict": "accept", "rows_read": len(rows), "rows_ok": ok, "rows_bad": len(rows) - ok, "rows_warned": 0,
        "rows_skipped": 0, "issues_total": 0, "file_warnings": [], "columns": [{"field": name} for name in fields],
    }  # fmt: skip


def first_id(session: Session) -> UUID:
    """Return some person's id."""
    return session.exec(select(Person.id)).first() or UUID(int=0)


def monthly(lines: list[tuple[str, int | None, str, str | None]]) -> list[tuple[int | None, str, str | None]]:
    """Keep the monthly lines, without their kind."""
    return [line[1:] for line in lines if line[0] == LineKind.MONTHLY]


def living() -> Any:
    """Let the clock start on the day the drawn lists live in."""
    return clock.living_on(TODAY)


def state_of(rows: list[tuple[int, str]], line: int) -> str:
    """Return the state of one line."""
    return dict(rows)[line]


__all__ = ["Desk", "RowState", "drawn", "first_id", "living", "monthly", "state_of"]
