"""Acts on people, each with its event: adding one, who receives, moving, ending, what the population database said.

Lists enter their people through `entries`. Who changes a recipient asks `accounts.stages` to look at the link anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import among, upsert
from disburse.errors import NotFound
from disburse.funnel import actions as funnel
from disburse.people import entries, queries
from disburse.people.entries import End, NewPerson, NewRecipient
from disburse.people.tables import (
    BenefitLine,
    Enrolment,
    EnrolmentState,
    Person,
    PersonStatus,
    Recipient,
    Verified,
    VerifiedResult,
    Wish,
)

# What an end says about the person themself; stopping or a mistake says nothing.
_STATUS = {"died": PersonStatus.DEAD, "moved": PersonStatus.MOVED}


def add_person(session: Session, *, person: NewPerson, by: By) -> UUID:
    """Enter one person; a citizen ID that somebody has already raises IntegrityError at the flush."""
    entries.add_people(session, [person])
    record(session, action="person.added", object_type="person", object_id=person.id, by=by)
    return person.id


def set_recipient(session: Session, *, recipient: NewRecipient, by: By) -> UUID:
    """Let somebody else receive for an enrolment from `since` on; who received before stays in the record."""
    before = queries.current_recipients(session, [recipient.enrolment_id]).get(recipient.enrolment_id)
    if before is not None:
        since = max(recipient.since, before.since)
        entries.end_recipients(session, [(before.id, since)])
        recipient.since = since
    entries.add_recipients(session, [recipient])
    flags = {
        "wish_account": int(recipient.wish == Wish.ACCOUNT),
        "wish_cash": int(recipient.wish == Wish.CASH),
    }
    funnel.restate(session, {recipient.enrolment_id: flags})
    record(
        session,
        action="recipient.set",
        object_type="enrolment",
        object_id=recipient.enrolment_id,
        by=by,
        kind=str(recipient.kind),
        before=str(before.kind) if before else None,
    )
    return recipient.id


def state_wish(session: Session, *, recipient_id: UUID, wish: Wish, on: date, by: By) -> None:
    """Remember how a recipient wants to be paid, and since when they say so."""
    recipient = session.get(Recipient, recipient_id)
    if recipient is None:
        raise NotFound("recipient_unknown")
    before, recipient.wish, recipient.wish_on = recipient.wish, wish, on
    session.add(recipient)
    if recipient.ended_on is None:
        flags = {"wish_account": int(wish == Wish.ACCOUNT), "wish_cash": int(wish == Wish.CASH)}
        funnel.restate(session, {recipient.enrolment_id: flags})
    record(
        session,
        action="recipient.wish",
        object_type="recipient",
        object_id=recipient_id,
        by=by,
        before=str(before),
        after=str(wish),
    )


def end_enrolments(session: Session, *, ends: Sequence[End], by: By, why: str = "") -> None:
    """End enrolments for a reason. Death and stop give the last day of that month (`End.last_day` says it).

    The person's status follows from death and moving away; an enrolment that was unexplained is explained now.
    The event keeps the lines that had another last day before, so that an end by mistake can be undone.
    """
    if not ends:
        return
    reasons = {end.enrolment_id: end for end in ends}
    statement = select(Enrolment.id, Enrolment.person_id, Enrolment.programme, Enrolment.commune_code)
    found = list(among(session, statement, col(Enrolment.id), reasons))
    shortened = _shortened(session, reasons)
    entries.end_enrolments(session, ends)
    ids = list(reasons)
    session.execute(sa.update(Enrolment).where(col(Enrolment.id).in_(ids)).values(unexplained_since=None))
    funnel.restate(session, {enrolment: {"unexplained": 0} for enrolment in ids})
    for enrolment, person, programme, commune in found:
        end = reasons[enrolment]
        if status := _STATUS.get(end.reason):
            values = {"status": status, "status_from": end.last_day}
            session.execute(sa.update(Person).where(col(Person.id) == person).values(values))
        record(
            session,
            action="enrolment.ended",
            object_type="enrolment",
            object_id=enrolment,
            by=by,
            area_code=commune,
            programme=programme,
            reason=str(end.reason),
            last_day=end.last_day.isoformat(),
            **_more(why, shortened.get(enrolment)),
        )


def _more(why: str, lines: list[list[object]] | None) -> dict[str, Any]:
    return ({"why": why} if why else {}) | ({"lines": lines} if lines else {})


def _shortened(session: Session, ends: dict[UUID, End]) -> dict[UUID, list[list[object]]]:
    """Return, by enrolment, the lines with a last day of their own that an end is about to shorten: [line, day]."""
    statement = sa.select(BenefitLine.enrolment_id, BenefitLine.id, BenefitLine.to_date)  # type: ignore[call-overload]
    dated = statement.where(col(BenefitLine.to_date).is_not(None))
    found: dict[UUID, list[list[object]]] = {}
    for enrolment, line, day in among(session, dated, col(BenefitLine.enrolment_id), ends):
        if day > ends[enrolment].last_day:
            found.setdefault(enrolment, []).append([line, day.isoformat()])
    return found


def end_enrolments_over(session: Session, *, enrolment_ids: Iterable[UUID], by: By) -> None:
    """Take enrolments out of the funnel whose last day is over: only time has passed, the reason is known."""
    ids = list(enrolment_ids)
    if not ids:
        return
    session.execute(sa.update(Enrolment).where(col(Enrolment.id).in_(ids)).values(state=EnrolmentState.ENDED))
    funnel.leave(session, ids)
    record(
        session,
        action="enrolments.over",
        object_type="enrolment",
        object_id=ids[0],
        by=by,
        count=len(ids),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the population database said of a person, on which day; in which file and line it was read."""

    person_id: UUID
    result: VerifiedResult
    on: date
    source: str
    file_name: str | None = None
    line: int | None = None


def record_verified(session: Session, *, answers: Sequence[Answer], by: By) -> int:
    """Keep answers of the population database; the newest of a person decides whether they count as verified.

    The same answer again changes nothing. Returns how many persons the answers are about.
    """
    if not answers:
        return 0
    now = clock.utc_now()
    rows: dict[tuple[object, ...], dict[str, object]] = {
        (a.person_id, a.source, a.on, a.result): {
            "person_id": a.person_id,
            "source": a.source[:60],
            "on": a.on,
            "result": a.result,
            "imported_at": now,
            "file_name": a.file_name[:200] if a.file_name else None,
            "line": a.line,
        }
        for a in reversed(answers)  # said twice in one file: the first line stays
    }
    _keep_new(session, list(rows.values()))
    people = {answer.person_id for answer in answers}
    matching = queries.verified(session, people)
    statement = select(Enrolment.id, Enrolment.person_id).where(col(Enrolment.state) == EnrolmentState.ACTIVE)
    active = among(session, statement, col(Enrolment.person_id), people)
    funnel.restate(session, {row[0]: {"verified": int(row[1] in matching)} for row in active})
    results = [str(answer.result) for answer in answers]
    record(
        session,
        action="people.verified",
        object_type="person",
        object_id=answers[0].person_id,
        by=by,
        people=len(people),
        match=results.count("match"),
        mismatch=results.count("mismatch"),
        not_found=results.count("not_found"),
    )
    return len(people)


def _keep_new(session: Session, rows: list[dict[str, object]]) -> None:
    """Insert answers that are not there yet: the time of the first import stays."""
    known = {
        tuple(row)
        for row in among(
            session,
            select(Verified.person_id, Verified.source, Verified.on, Verified.result),
            col(Verified.person_id),
            {row["person_id"] for row in rows},
        )
    }
    fresh = [row for row in rows if (row["person_id"], row["source"], row["on"], row["result"]) not in known]
    upsert(session, Verified, fresh, key=("person_id", "source", "on", "result"))
