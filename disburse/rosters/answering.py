"""Answers to the questions that rosters raise: a waiting row is entered, an end confirmed, an absence explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import life
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import among
from disburse.errors import Invalid, NotFound
from disburse.funnel import actions as funnel
from disburse.people import actions as people
from disburse.people import queries
from disburse.people.entries import End
from disburse.people.tables import EndReason, Enrolment, EnrolmentState
from disburse.rosters import actions, contested, waiting
from disburse.rosters.receiving import day_before
from disburse.rosters.recognition import Outcome
from disburse.rosters.removals import reason_of
from disburse.rosters.staging import StagedRow, rows_by_id
from disburse.rosters.tables import (
    QuestionKind,
    QuestionState,
    Roster,
    RosterQuestion,
    RosterRow,
    RowState,
)

ENDS = (EndReason.DIED, EndReason.MOVED, EndReason.STOPPED, EndReason.MISTAKE)
NEW, MOVE, KEEP, DROP, NOTED, AGREE, TAKE = "new", "move", "keep", "drop", "noted", "agree", contested.TAKE

# What may be answered besides one of the persons the question names.
ANSWERS: dict[QuestionKind, tuple[str, ...]] = {
    QuestionKind.WHICH_PERSON: (NEW, DROP),
    QuestionKind.OTHER_ID: (NEW, DROP),
    QuestionKind.ENROLLED_ELSEWHERE: (MOVE, DROP),
    QuestionKind.SAME_ID_OTHER_NAME: (NOTED,),
    QuestionKind.REMOVAL: (AGREE, *ENDS, KEEP),  # agree: for the reason written in the list
    QuestionKind.GONE: (*ENDS, KEEP),
    QuestionKind.RECIPIENT: (KEEP, TAKE),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's word on a question: a person's id, or one of ANSWERS. `on` = the day it happened, where known."""

    question_id: UUID
    answer: str
    on: date | None = None


def answer_question(session: Session, *, answer: Answer, by: By) -> None:
    """Answer one question; see `answer_questions`."""
    answer_questions(session, answers=[answer], by=by)


def answer_questions(session: Session, *, answers: Sequence[Answer], by: By) -> None:
    """Answer questions, all or none (one confirmation for a whole list of removals).

    Raises NotFound("question_unknown") for one that is closed, Invalid("answer_invalid").
    """
    given = {answer.question_id: answer for answer in answers}
    # Locked in one order: of two clerks who answer at once, the second finds the question answered.
    waiting = select(RosterQuestion).where(RosterQuestion.state == QuestionState.OPEN)
    asked = waiting.order_by(col(RosterQuestion.id)).with_for_update()
    questions = [row[0] for row in among(session, asked, col(RosterQuestion.id), given)]
    if len(questions) != len(given):
        raise NotFound("question_unknown")
    ends: list[End] = []
    for question in questions:
        answer = given[question.id]
        _check(question, answer)
        if question.kind in (QuestionKind.REMOVAL, QuestionKind.GONE):
            ends.extend(_explain(session, question, answer))
        elif question.kind == QuestionKind.RECIPIENT:
            if answer.answer == TAKE:
                contested.take(session, question=question, roster=actions.get(session, question.roster_id), by=by)
        elif question.kind != QuestionKind.SAME_ID_OTHER_NAME:
            _place_row(session, question, answer, by)
        _close(session, question, answer, by)
    people.end_enrolments(session, ends=ends, by=by)
    life.reconsider_enrolments(session, enrolments=[end.enrolment_id for end in ends], by=by)


def _check(question: RosterQuestion, answer: Answer) -> None:
    known: Iterable[str] = ANSWERS[question.kind]
    if question.kind in (QuestionKind.WHICH_PERSON, QuestionKind.OTHER_ID):
        known = (*question.person_ids, *known)
    if answer.answer not in known:
        raise Invalid("answer_invalid", answer=answer.answer, known=", ".join(known))


def _explain(session: Session, question: RosterQuestion, answer: Answer) -> list[End]:
    """Return the end that an answer gives, or let the enrolment go on as one that is explained."""
    enrolment = session.get(Enrolment, question.enrolment_id)
    if enrolment is None or enrolment.state != EnrolmentState.ACTIVE:
        return []  # it ended by another way meanwhile: the question is answered by that
    if answer.answer == KEEP:
        enrolment.unexplained_since = None
        session.add(enrolment)
        funnel.restate(session, {enrolment.id: {"unexplained": 0}})
        return []
    reason = reason_of(question.reason) if answer.answer == AGREE else EndReason(answer.answer)
    roster = actions.get(session, question.roster_id)
    if reason == EndReason.MISTAKE:
        return [End(enrolment.id, day_before(enrolment.from_date), reason)]
    return [End(enrolment.id, last_day(roster, answer.on), reason)]


def last_day(roster: Roster, on: date | None) -> date:
    """Return the last day of entitlement: that of the month it happened in, else of the month before the list's."""
    return Period.of(on).last_day if on else day_before(Period.parse(roster.period).first_day)


def _place_row(session: Session, question: RosterQuestion, answer: Answer, by: By) -> None:
    """Enter the waiting row for the person named, for a new one, or drop it."""
    roster = actions.get(session, question.roster_id)
    row = session.exec(
        select(RosterRow).where(
            RosterRow.roster_id == roster.id, RosterRow.sheet == question.sheet, RosterRow.line == question.line
        )
    ).first()
    if row is None or row.id is None or row.state != RowState.PARKED or row.settled_by is not None:
        return  # a later list brought the row again: it waits no more
    session.expunge(row)
    claim, further = waiting.together(
        session, roster, rows_by_id(session, roster.id, [row.id])[row.id], question.further
    )
    _wait_no_more(session, roster, claim.commune, further)
    if answer.answer == DROP:
        given_up = col(RosterRow.id).in_((claim.row_id, *claim.more))
        session.execute(sa.update(RosterRow).where(given_up).values(settled_by=question.id))
        return
    outcome = Outcome(claim)
    _recognise(session, roster, question, answer, outcome)
    waiting.enter_answered(session, roster=roster, outcome=outcome, by=by)


def _wait_no_more(session: Session, roster: Roster, commune: str, further: Sequence[StagedRow]) -> None:
    """Count a row and its person's further lines out of what waits, and ask nothing more about these."""
    waiting.close_questions(session, roster=roster, places=[(one.sheet, one.line) for one in further])
    counts = Counter([commune, *(one.values.get("commune_code") or "" for one in further)])
    for code, count in counts.items():
        funnel.park(session, programme=roster.programme, commune_code=code, by_count=-count)


def _recognise(session: Session, roster: Roster, question: RosterQuestion, answer: Answer, outcome: Outcome) -> None:
    """Say who the row is about. A number that stands for somebody else is left out."""
    claim = outcome.claim
    if answer.answer == MOVE:
        outcome.person_id = UUID(question.person_ids[0])
    elif answer.answer != NEW:
        outcome.person_id = UUID(answer.answer)
    holder = queries.by_citizen_id(session, [claim.citizen]).get(claim.citizen) if claim.citizen else None
    if holder is not None and holder.person_id != outcome.person_id:
        claim.citizen, claim.citizen_valid, outcome.id_taken_by = None, False, holder
    if outcome.person_id is not None:
        enrolled = queries.active_enrolments(session, roster.programme, [outcome.person_id])
        if (known := enrolled.get(outcome.person_id)) is not None:
            outcome.enrolment_id = known.enrolment_id


def _close(session: Session, question: RosterQuestion, answer: Answer, by: By) -> None:
    question.state, question.answer = QuestionState.ANSWERED, answer.answer
    question.answered_by, question.answered_on = by.name, clock.today()
    session.add(question)
    record(
        session,
        action="question.answered",
        object_type="roster_question",
        object_id=question.id,
        by=by,
        kind=str(question.kind),
        answer=answer.answer,
        roster=str(question.roster_id),
    )
