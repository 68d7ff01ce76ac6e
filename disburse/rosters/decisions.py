"""Clerks' decisions from a file: rows of imported lists and accounts in, answers to candidates out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import answers
from disburse.accounts.answers import Answer, Decision
from disburse.accounts.statements import find_accounts
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.banks.directory import packaged
from disburse.db import among
from disburse.errors import DisburseError
from disburse.people.tables import Enrolment, Recipient
from disburse.rosters.tables import Roster, RosterRow, RosterState
from disburse.workbooks.answer_files import AnswerFile, AnswerLine, day
from matching.identity import AccountNumber, account_number

COLUMNS = (
    "file", "sheet", "line", "party", "bank_code", "account_number", "decision", "reason", "decided_by", "decided_on",
)  # fmt: skip
NEEDED = COLUMNS[:7]
PARTIES = ("beneficiary", "recipient")

Place = tuple[str, str, int]  # file, sheet, line


@dataclass(slots=True)
class Outcome:
    """What a file of decisions came to, as the command prints it."""

    answers: int = 0
    accepted: int = 0
    rejected: int = 0
    unsure: int = 0
    closed: int = 0
    same: int = 0
    ignored: int = 0
    rejected_unlisted: int = 0
    lines_left_out: list[dict[str, Any]] = field(default_factory=list)

    def leave_out(self, number: int, code: str, /, **facts: object) -> None:
        """Remember a line that was not taken, with the sentence that says why."""
        sentence = DisburseError(code, **facts).sentence()
        self.lines_left_out.append({"line": number, "code": code, "message": sentence})


def take_decisions(session: Session, *, file: AnswerFile, reject_unlisted: bool, by: By) -> Outcome:
    """Answer the pairs a file names; with `reject_unlisted` every other waiting pair is turned down.

    A line that fits no imported row is left out; an answer about a pair that nobody asked is ignored. The same file
    again changes nothing.
    """
    outcome = Outcome(answers=len(file.lines))
    read = [found for line in file.lines if (found := _read(line, outcome))]
    people = _people(session, {one.place for one in read})
    known = find_accounts(session, {one.account for one in read})
    asked: list[Answer] = []
    for one in read:
        party = people.get(one.place)
        if party is None:
            name, sheet, number = one.place
            outcome.leave_out(one.line, "line_row_unknown", file=name, sheet=sheet, line=number)
            continue
        person, account = party.get(one.party), known.get(one.account)
        if person is None or account is None:
            outcome.ignored += 1  # a parked row, or an account no list has brought: nobody asked
            continue
        asked.append(one.answer(person, account.id, by))
    _apply(session, asked, known, outcome, by)
    if reject_unlisted:
        outcome.rejected_unlisted = answers.reject_open(session, decided_on=clock.today(), by=by)
    record(
        session, action="decisions.imported", object_type="decisions", object_id=file.sha256[:40], by=by,
        file=file.name, answers=outcome.answers, accepted=outcome.accepted, rejected=outcome.rejected,
        unsure=outcome.unsure, closed=outcome.closed, same=outcome.same, ignored=outcome.ignored,
        rejected_unlisted=outcome.rejected_unlisted, left_out=len(outcome.lines_left_out),
    )  # fmt: skip
    return outcome


@dataclass(frozen=True, slots=True)
class _Line:
    """One line as understood: which row, whose part, which account, what the clerk says."""

    line: int
    place: Place
    party: str
    account: tuple[str, str]
    decision: Decision
    values: AnswerLine

    def answer(self, person: UUID, account: UUID, by: By) -> Answer:
        return Answer(
            key=self.line,
            person_id=person,
            account_id=account,
            decision=self.decision,
            reason=self.values["reason"] or str(self.decision),
            decided_by=self.values["decided_by"] or by.name,
            decided_on=day(self.values["decided_on"]) or clock.today(),
        )


def _read(line: AnswerLine, outcome: Outcome) -> _Line | None:
    for column, fits in (
        ("line", str.isdecimal),
        ("party", PARTIES.__contains__),
        ("decision", [str(d) for d in Decision].__contains__),
        ("bank_code", lambda text: packaged().resolve(text).code is not None),
        ("account_number", lambda text: isinstance(account_number(text), AccountNumber)),
        ("decided_on", _is_day),
    ):
        if not fits(line[column]):
            outcome.leave_out(line.number, "line_value", column=column, value=line[column])
            return None
    bank = packaged().resolve(line["bank_code"]).code or ""
    place = (line["file"], line["sheet"], int(line["line"]))
    account = (bank, account_number(line["account_number"]).value)
    return _Line(line.number, place, line["party"], account, Decision(line["decision"]), line)


def _is_day(text: str) -> bool:
    try:
        day(text)
    except DisburseError:
        return False
    return True


def _people(session: Session, places: Iterable[Place]) -> dict[Place, dict[str, UUID | None]]:
    """Return for each row of an imported list who it is about and who receives; of equal names the newest list."""
    wanted = set(places)
    names = sorted({name for name, _, _ in wanted})
    statement = (
        sa.select(Roster.id, Roster.file_name)  # type: ignore[call-overload]
        .where(col(Roster.state) == RosterState.IMPORTED)
        .order_by(col(Roster.imported_at), col(Roster.id))
    )
    rosters: dict[UUID, str] = {row[0]: row[1] for row in among(session, statement, col(Roster.file_name), names)}
    rows = sa.select(RosterRow.roster_id, RosterRow.sheet, RosterRow.line, RosterRow.enrolment_id)  # type: ignore[call-overload]
    enrolment_of: dict[Place, UUID | None] = {}
    for roster_id, name in rosters.items():
        for row in session.execute(rows.where(col(RosterRow.roster_id) == roster_id)):
            for sheet in (row.sheet, ""):  # a file of one sheet may be named without it
                place = (name, sheet, row.line)
                if place in wanted:
                    enrolment_of[place] = row.enrolment_id
    parties = _parties(session, [e for e in enrolment_of.values() if e])
    nobody: dict[str, UUID | None] = dict.fromkeys(PARTIES)
    return {place: parties.get(e, nobody) if e else nobody for place, e in enrolment_of.items()}


def _parties(session: Session, enrolments: Sequence[UUID]) -> dict[UUID, dict[str, UUID | None]]:
    current = (
        sa.select(Enrolment.id, Enrolment.person_id, Recipient.person_id.label("recipient_id"))  # type: ignore[call-overload, union-attr]
        .join(Recipient, col(Recipient.enrolment_id) == col(Enrolment.id))
        .where(col(Recipient.ended_on).is_(None))
    )
    rows: Iterable[Any] = among(session, current, col(Enrolment.id), enrolments)
    return {row[0]: {"beneficiary": row[1], "recipient": row[2]} for row in rows}


def _apply(session: Session, asked: list[Answer], known: dict[Any, Any], outcome: Outcome, by: By) -> None:
    done = answers.answer(session, answers=asked, by=by)
    outcome.accepted, outcome.rejected, outcome.unsure = done.accepted, done.rejected, done.unsure
    outcome.closed, outcome.same = done.closed, done.same
    outcome.ignored += done.ignored
    shown = {row.id: bank for (bank, _), row in known.items()}
    accounts = {one.key: shown[one.account_id] for one in asked}
    for key, code in sorted(done.left_out.items()):
        outcome.leave_out(key, code, account=accounts[key], why="")
