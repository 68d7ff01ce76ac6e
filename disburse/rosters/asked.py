"""Open questions as a clerk may see them: the row beside the persons it may be about. Answering: `answering`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.access.actor import Actor
from disburse.access.queries import within
from disburse.access.roles import Permission
from disburse.people import queries
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, EnrolmentState, LineKind, Person
from disburse.rosters.staging import opened_all
from disburse.rosters.tables import QuestionKind, QuestionState, Roster, RosterQuestion, RosterRow

ENDING = (QuestionKind.REMOVAL, QuestionKind.GONE)  # answered in bulk; the others one by one


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of question, and how many of it wait."""

    kind: QuestionKind
    count: int


@dataclass(slots=True)
class Candidate:
    """A person that a question names, with the enrolments the reader may see and whether there are others."""

    person: Person
    enrolments: list[Enrolment] = field(default_factory=list)
    elsewhere: bool = False


@dataclass(slots=True)
class Card:
    """One question: its list, the cleaned values of its row ({} where no row speaks), and whom it may be about."""

    question: RosterQuestion
    roster: Roster
    values: dict[str, Any]
    candidates: list[Candidate]
    enrolment: Enrolment | None = None
    amount: int = 0


def _asked(actor: Actor, *columns: Any) -> Any:
    """Select from open questions of what the actor may answer: the row's commune, else the enrolment's, counts."""
    on_row = sa.and_(
        col(RosterRow.roster_id) == col(RosterQuestion.roster_id),
        col(RosterRow.sheet) == col(RosterQuestion.sheet),
        col(RosterRow.line) == col(RosterQuestion.line),
    )
    return (
        sa.select(*columns)
        .select_from(RosterQuestion)
        .join(Roster, col(Roster.id) == col(RosterQuestion.roster_id))
        .outerjoin(RosterRow, on_row)
        .outerjoin(Enrolment, col(Enrolment.id) == col(RosterQuestion.enrolment_id))
        .where(
            col(RosterQuestion.state) == QuestionState.OPEN,
            within(
                actor,
                Permission.QUESTION_ANSWER,
                commune=sa.func.coalesce(RosterRow.commune_code, Enrolment.commune_code, ""),
                programme=col(Roster.programme),
                province=col(Roster.province_code),
            ),
        )
    )


def facets(session: Session, actor: Actor) -> list[Facet]:
    """Return the kinds of open questions with their counts, in the order of QuestionKind."""
    counted = _asked(actor, col(RosterQuestion.kind), sa.func.count()).group_by(col(RosterQuestion.kind))
    counts = {QuestionKind(kind): count for kind, count in session.execute(counted)}
    return [Facet(kind, counts[kind]) for kind in QuestionKind if kind in counts]


def lists(session: Session, actor: Actor, kind: QuestionKind) -> list[tuple[UUID, str, str, int]]:
    """Return the lists that raise questions of a kind: id, file name, period, how many."""
    columns = (col(Roster.id), col(Roster.file_name), col(Roster.period))
    counted = _asked(actor, *columns, sa.func.count()).where(col(RosterQuestion.kind) == kind).group_by(*columns)
    return [tuple(row) for row in session.execute(counted.order_by(col(Roster.period).desc(), col(Roster.file_name)))]


def ids(
    session: Session, actor: Actor, kind: QuestionKind, roster_id: UUID | None, among: Iterable[UUID] | None = None
) -> list[UUID]:
    """Return the open questions of a kind (and list) that the actor may answer, those of `among` if given."""
    found = _of(_asked(actor, col(RosterQuestion.id)), kind, roster_id)
    if among is not None:
        found = found.where(col(RosterQuestion.id).in_(list(among)))
    return list(session.execute(found).scalars())


def _of(statement: Any, kind: QuestionKind, roster_id: UUID | None) -> Any:
    statement = statement.where(col(RosterQuestion.kind) == kind)
    return statement.where(col(RosterQuestion.roster_id) == roster_id) if roster_id else statement


def cards(
    session: Session, actor: Actor, kind: QuestionKind, *, roster_id: UUID | None = None, limit: int, offset: int
) -> tuple[int, list[Card]]:
    """Return how many questions of a kind wait and one page of them, the oldest list first."""
    total = session.execute(_of(_asked(actor, sa.func.count()), kind, roster_id)).scalar_one()
    page = _of(_asked(actor, RosterQuestion, Roster, RosterRow, Enrolment), kind, roster_id)
    order = (col(Roster.created_at), col(Roster.id), col(RosterQuestion.sheet), col(RosterQuestion.line))
    rows = session.execute(page.order_by(*order, col(RosterQuestion.id)).limit(limit).offset(offset)).all()
    return int(total), _cards(session, actor, rows)


def of_ids(session: Session, actor: Actor, question_ids: Sequence[UUID]) -> list[Card]:
    """Return the cards of these open questions, as far as the actor may answer them."""
    statement = _asked(actor, RosterQuestion, Roster, RosterRow, Enrolment)
    return _cards(session, actor, session.execute(statement.where(col(RosterQuestion.id).in_(question_ids))).all())


def _cards(session: Session, actor: Actor, rows: Sequence[Any]) -> list[Card]:
    people = _candidates(session, actor, {UUID(one) for row in rows for one in row[0].person_ids})
    amounts = _amounts(session, [row[3].id for row in rows if row[3] is not None])
    found = []
    for question, roster, row, enrolment in rows:
        values = {}
        if row is not None:
            kept = (row.id, row.sheet, row.line, row.state, row.cleaned_sealed)
            values = opened_all(roster.id, [kept])[0].values
        known = [people[UUID(one)] for one in question.person_ids if UUID(one) in people]
        amount = amounts.get(enrolment.id, 0) if enrolment is not None else 0
        found.append(Card(question, roster, values, known, enrolment, amount))
    return found


def _amounts(session: Session, enrolment_ids: list[UUID]) -> dict[UUID, int]:
    lines = queries.lines_on(session, enrolment_ids, clock.today())
    return {key: sum(x.amount or 0 for x in some if x.kind == LineKind.MONTHLY) for key, some in lines.items()}


def _candidates(session: Session, actor: Actor, person_ids: set[UUID]) -> dict[UUID, Candidate]:
    """Return the persons that questions name; of enrolments outside the reader's grants only that there are some."""
    people = session.execute(sa.select(Person).where(col(Person.id).in_(person_ids))).scalars()
    found = {person.id: Candidate(person) for person in people}
    seen = enrolments_within(actor, Permission.QUESTION_ANSWER)
    active = sa.select(Enrolment, seen.label("seen")).where(
        col(Enrolment.person_id).in_(person_ids), col(Enrolment.state) == EnrolmentState.ACTIVE
    )
    for enrolment, is_seen in session.execute(active.order_by(col(Enrolment.programme))):
        candidate = found[enrolment.person_id]
        if is_seen:
            candidate.enrolments.append(enrolment)
        else:
            candidate.elsewhere = True
    return found
