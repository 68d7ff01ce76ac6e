"""Rows that point at a person: pointing them at another, each written down, and pointing them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from disburse.accounts.tables import Candidate, CandidateState, Link, Registration
from disburse.confirmations.tables import ConfirmationRequest
from disburse.db import bulk_insert
from disburse.duplicates.tables import MergedRow
from disburse.people.tables import Enrolment, PersonNote, Recipient, Verified
from disburse.rosters.tables import QuestionState, RosterQuestion

# Every table with a person, and the columns that must stay unique beside it ("" = nothing to mind).
_POINTING: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Enrolment, ()),
    (Recipient, ()),
    (Link, ("account_id", "version")),
    (Candidate, ("account_id",)),
    (Registration, ()),
    (ConfirmationRequest, ("bank_code", "closed_on")),
    (Verified, ("source", "on", "result")),
    (PersonNote, ()),
)
_TABLES: dict[str, type[SQLModel]] = {str(table.__tablename__): table for table, _ in _POINTING}
_COLUMNS = ("merge_id", "table_name", "row_key", "column_name", "before", "after")


def point(session: Session, merge_id: UUID, *, gone: UUID, kept: UUID) -> int:
    """Let every row of `gone` speak of `kept`; a row whose like `kept` has already stays where it is."""
    session.flush()
    rows: list[tuple[Any, ...]] = []
    for table, unique in _POINTING:
        described: Any = table
        taken = set(_keys(session, described, unique, kept)) if unique else set()
        moving = [row for row in _rows(session, described, unique, gone) if not unique or tuple(row[1:]) not in taken]
        ids = [row[0] for row in moving]
        session.execute(sa.update(table).where(described.id.in_(ids)).values(person_id=kept))
        name = str(table.__tablename__)
        rows += [(merge_id, name, str(key), "person_id", str(gone), str(kept)) for key in ids]
    rows += _questions(session, merge_id, gone, kept)
    rows += _left_candidates(session, merge_id, gone)
    bulk_insert(session, MergedRow, _COLUMNS, rows)
    session.expire_all()
    return len(rows)


def _rows(session: Session, table: Any, unique: Sequence[str], person: UUID) -> list[Any]:
    columns = (table.id, *(getattr(table, name) for name in unique))
    return list(session.execute(sa.select(*columns).where(table.person_id == person)))


def _keys(session: Session, table: Any, unique: Sequence[str], person: UUID) -> list[tuple[Any, ...]]:
    return [tuple(row[1:]) for row in _rows(session, table, unique, person)]


def _questions(session: Session, merge_id: UUID, gone: UUID, kept: UUID) -> list[tuple[Any, ...]]:
    asked = select(RosterQuestion).where(
        RosterQuestion.state == QuestionState.OPEN, sa.cast(col(RosterQuestion.person_ids), sa.Text).contains(str(gone))
    )
    rows: list[tuple[Any, ...]] = []
    for question in session.exec(asked):
        _replace(question, str(gone), str(kept))
        session.add(question)
        rows.append((merge_id, "roster_question", str(question.id), "person_ids", str(gone), str(kept)))
    session.flush()
    return rows


def _replace(question: RosterQuestion, old: str, new: str) -> None:
    changed = [new if one == old else one for one in question.person_ids]
    question.person_ids = list(dict.fromkeys(changed))


def _left_candidates(session: Session, merge_id: UUID, gone: UUID) -> list[tuple[Any, ...]]:
    """Take proposals off the queue whose like the kept person has: nobody shall answer them twice."""
    left = select(Candidate).where(
        Candidate.person_id == gone, col(Candidate.state).in_([CandidateState.OPEN, CandidateState.UNSURE])
    )
    rows: list[tuple[Any, ...]] = []
    for candidate in session.exec(left):
        rows.append((merge_id, "candidate", str(candidate.id), "state", str(candidate.state), "superseded"))
        candidate.state = CandidateState.SUPERSEDED
        session.add(candidate)
    session.flush()
    return rows


def note(session: Session, merge_id: UUID, table: str, key: object, column: str, before: str, after: str) -> None:
    """Write down one more row that a merge changed."""
    bulk_insert(session, MergedRow, _COLUMNS, [(merge_id, table, str(key), column, before, after)])


def point_back(session: Session, merge_id: UUID) -> list[MergedRow]:
    """Point everything back that still stands as the merge left it; returns the rows that are not pointers."""
    rows = list(
        session.exec(select(MergedRow).where(MergedRow.merge_id == merge_id).order_by(col(MergedRow.id).desc()))
    )
    others: list[MergedRow] = []
    for row in rows:
        table: Any = _TABLES.get(row.table_name)
        if row.column_name == "person_id" and table is not None and row.before and row.after:
            key = int(row.row_key) if table is Verified else UUID(row.row_key)
            still = (table.id == key, table.person_id == UUID(row.after))
            session.execute(sa.update(table).where(*still).values(person_id=UUID(row.before)))
        elif row.table_name == "roster_question":
            question = session.get(RosterQuestion, UUID(row.row_key))
            if question is not None and question.state == QuestionState.OPEN:
                _replace(question, row.after or "", row.before or "")
                session.add(question)
        elif row.table_name == "candidate" and row.before:
            candidate = session.get(Candidate, UUID(row.row_key))
            if candidate is not None and candidate.state == CandidateState.SUPERSEDED:
                candidate.state = CandidateState(row.before)
                session.add(candidate)
        else:
            others.append(row)
    session.flush()
    session.expire_all()
    return others
