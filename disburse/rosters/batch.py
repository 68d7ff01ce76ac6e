"""What a chunk of rows will write, table by table, and the writing of it. What is written: `entering` decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import carrying
from disburse.accounts import stages as links
from disburse.accounts.statements import Statement
from disburse.db import among, bulk_update
from disburse.funnel import actions as funnel
from disburse.funnel import queries as counted
from disburse.funnel.stages import Entry
from disburse.people import entries, queries
from disburse.people.entries import NewEnrolment, NewLine, NewPerson, NewRecipient
from disburse.people.queries import LineInForce
from disburse.people.tables import Enrolment, EnrolmentState, LineKind, Organisation, Recipient, Wish
from disburse.rosters.comparison import Changes
from disburse.rosters.contested import Contested
from disburse.rosters.tables import RosterRow, RowState


@dataclass(slots=True)
class Batch:
    """Rows to insert and to change. Written once, in an order that every foreign key allows."""

    people: list[NewPerson] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    changed_people: list[tuple[Any, ...]] = field(default_factory=list)
    id_valid: dict[UUID, bool] = field(default_factory=dict)
    enrolments: list[NewEnrolment] = field(default_factory=list)
    changed_enrolments: list[tuple[Any, ...]] = field(default_factory=list)
    ended_enrolments: list[entries.End] = field(default_factory=list)
    lines: list[NewLine] = field(default_factory=list)
    ended_lines: list[tuple[int, date]] = field(default_factory=list)
    recipients: list[NewRecipient] = field(default_factory=list)
    ended_recipients: list[tuple[UUID, date]] = field(default_factory=list)
    carried: list[tuple[UUID, UUID]] = field(default_factory=list)  # recipients who go on in another enrolment
    wishes: list[tuple[UUID, Wish, date]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    restated: dict[UUID, dict[str, int]] = field(default_factory=dict)
    moved: dict[UUID, str] = field(default_factory=dict)
    repaid: set[UUID] = field(default_factory=set)  # enrolments whose lines changed
    relinked: set[UUID] = field(default_factory=set)  # enrolments whose recipient may have a link
    contested: list[Contested] = field(default_factory=list)  # rows whose recipient was not taken
    agreed: set[UUID] = field(default_factory=set)  # enrolments of which the list says who receives, as it is now
    statements: list[Statement] = field(default_factory=list)
    row_states: list[tuple[int, RowState, UUID | None, Changes | None]] = field(default_factory=list)
    issues: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)

    def write(self, session: Session) -> None:
        """Write everything but statements and issues, which whoever made the batch hands on."""
        entries.add_people(session, self.people)
        session.add_all(self.organisations)
        session.flush()
        entries.change_people(session, self.changed_people)
        entries.end_enrolments(session, self.ended_enrolments)
        entries.add_enrolments(session, self.enrolments)
        entries.change_enrolments(session, self.changed_enrolments)
        entries.end_lines(session, self.ended_lines)
        entries.begin_lines(session, self.lines)
        entries.end_recipients(session, self.ended_recipients)
        entries.add_recipients(session, self.recipients)
        if self.carried:
            carrying.carry(session, self.carried)
        bulk_update(session, Recipient, "id", ("wish", "wish_on"), self.wishes)
        bulk_update(session, RosterRow, "id", ("state", "enrolment_id", "changes"), self.row_states)
        self._count(session)

    def _count(self, session: Session) -> None:
        funnel.enter(session, self.entries)
        funnel.restate(session, self.restated)
        funnel.move_all(session, self.moved)
        funnel.restate(session, _id_valid(session, self.id_valid))
        restate_lines(session, self.repaid)
        if self.relinked:
            links.restate(session, self.relinked)


def _id_valid(session: Session, people: dict[UUID, bool]) -> dict[UUID, dict[str, int]]:
    """Return the stage of every active enrolment of people whose ID became (in)valid, in any programme."""
    statement = select(Enrolment.id, Enrolment.person_id).where(col(Enrolment.state) == EnrolmentState.ACTIVE)
    found = among(session, statement, col(Enrolment.person_id), people)
    return {row[0]: {"id_valid": int(people[row[1]])} for row in found}


def restate_lines(session: Session, enrolment_ids: Iterable[UUID]) -> None:
    """Count the lines of enrolments and their đồng a month anew, as in force today."""
    ids = set(enrolment_ids)
    if not ids:
        return
    lines = queries.lines_on(session, ids, clock.today())
    stages = counted.stages(session, ids)
    restated = {}
    for enrolment, stage in stages.items():
        number, amount = in_force(lines.get(enrolment, ()))
        paid = amount if stage["paid"] else 0
        restated[enrolment] = {"lines": number, "amount_total": amount, "amount_by_account": paid}
    funnel.restate(session, restated)


def in_force(lines: Iterable[LineInForce | NewLine]) -> tuple[int, int]:
    """Return how many monthly lines there are and their đồng a month; a held line counts without amount."""
    monthly = [line for line in lines if line.kind == LineKind.MONTHLY]
    return len(monthly), sum(line.amount or 0 for line in monthly)
