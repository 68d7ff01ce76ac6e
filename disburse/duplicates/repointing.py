"""Rows that point at a person: pointing them at another, each written down, and pointing them back.

What is made on the merged record goes with what it belongs to when the two part (`follow`); what nobody can tell to
be the one's or the other's stands in the way (`check_nothing_since`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from disburse.accounts.queries import masked
from disburse.accounts.tables import (
    Account,
    Candidate,
    CandidateState,
    Link,
    LinkState,
    RecipientLink,
    Registration,
)
from disburse.cases.tables import RecipientChange
from disburse.confirmations.tables import ConfirmationRequest
from disburse.db import bulk_insert
from disburse.duplicates.tables import MergedRow, PersonMerge
from disburse.errors import Conflict
from disburse.people.tables import (
    Enrolment,
    EnrolmentState,
    Person,
    PersonNote,
    Recipient,
    RecipientKind,
    Verified,
)
from disburse.rosters.tables import QuestionState, RosterQuestion, RosterRow

# Every table with a person, and the columns that must stay unique beside it ("" = nothing to mind).
_POINTING: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (Enrolment, ()),
    (Recipient, ()),
    (RecipientChange, ()),
    (Link, ("account_id", "version")),
    (Candidate, ("account_id",)),
    (Registration, ()),
    (ConfirmationRequest, ("bank_code", "closed_on")),
    (Verified, ("source", "on", "result")),
    (PersonNote, ()),
)
# What may have been made since, and decides where money goes.
_SINCE: tuple[type[SQLModel], ...] = (Enrolment, Recipient, Link)
_KEPT = "kept"
_TABLES: dict[str, type[SQLModel]] = {str(table.__tablename__): table for table, _ in _POINTING}
_COLUMNS = ("merge_id", "table_name", "row_key", "column_name", "before", "after")


def point(session: Session, merge_id: UUID, *, gone: UUID, kept: UUID) -> int:
    """Let every row of `gone` speak of `kept`; a row whose like `kept` has already stays where it is."""
    session.flush()
    rows: list[tuple[Any, ...]] = []
    had = {str(table.__tablename__): _rows(session, table, (), kept) for table in _SINCE}
    for table, unique in _POINTING:
        described: Any = table
        taken = set(_keys(session, described, unique, kept)) if unique else set()
        moving = [row for row in _rows(session, described, unique, gone) if not unique or tuple(row[1:]) not in taken]
        ids = [row[0] for row in moving]
        session.execute(sa.update(table).where(described.id.in_(ids)).values(person_id=kept))
        name = str(table.__tablename__)
        rows += [(merge_id, name, str(key), "person_id", str(gone), str(kept)) for key in ids]
        if table in _SINCE:
            rows += [(merge_id, name, str(row[0]), _KEPT, None, None) for row in had[name]]
    rows += _questions(session, merge_id, gone, kept)
    rows += _left_candidates(session, merge_id, gone)
    bulk_insert(session, MergedRow, _COLUMNS, rows)
    session.expire_all()
    return len(rows)


def _since(session: Session, merge: PersonMerge, table: Any) -> list[Any]:
    """Return the rows of the kept record that came after the merge."""
    named = select(MergedRow.row_key).where(
        MergedRow.merge_id == merge.id, MergedRow.table_name == str(table.__tablename__)
    )
    before = set(session.exec(named))
    # Of a merge from before the kept record's own rows were written down, what is older than the merge is known too.
    made = sa.select(table).where(table.person_id == merge.kept_id, table.id > merge.id).order_by(table.id)
    return [row for row in session.execute(made).scalars() if str(row.id) not in before]


def check_nothing_since(session: Session, merge: PersonMerge) -> None:
    """Refuse, in words, to part two records while something made since decides where money goes for one of them.

    Raises Conflict: `merge_link_since`, `merge_enrolment_since`, `merge_recipient_since`.
    """
    for link in _since(session, merge, Link):
        if link.state not in (LinkState.CLOSED, LinkState.REFUSED):
            account = session.get_one(Account, link.account_id)
            raise Conflict("merge_link_since", account=masked(account.bank_code, account.number_tail))
    for one in _since(session, merge, Enrolment):
        if one.state == EnrolmentState.ACTIVE:
            raise Conflict("merge_enrolment_since", programme=one.programme, day=f"{one.from_date:%d/%m/%Y}")
    for recipient in _since(session, merge, Recipient):
        if recipient.ended_on is None and recipient.kind != RecipientKind.OWN:
            ward = session.get_one(Enrolment, recipient.enrolment_id).person_id
            raise Conflict("merge_recipient_since", name=session.get_one(Person, ward).name)


def follow(session: Session, merge: PersonMerge) -> list[UUID]:
    """Let what was made since go with what it belongs to, once the rows of the merge are pointed back.

    Who received for themself on the merged record does so on their own; what lists stated in a row, what banks are
    asked about a link and notes go with the row's enrolment, the link, the enrolment. A recipient that names the
    other's account names none now. Returns those recipients.
    """
    kept, gone = merge.kept_id, merge.gone_id
    own = sa.select(col(Enrolment.id)).where(col(Enrolment.person_id) == gone)
    theirs = sa.select(col(Link.id)).where(col(Link.person_id) == gone)
    in_row = sa.exists().where(
        col(RosterRow.roster_id) == col(Registration.roster_id),
        col(RosterRow.sheet) == col(Registration.sheet),
        col(RosterRow.line) == col(Registration.line),
        col(RosterRow.enrolment_id).in_(own),
    )
    of_theirs: tuple[tuple[Any, sa.ColumnElement[bool]], ...] = (
        (Recipient, sa.and_(col(Recipient.kind) == RecipientKind.OWN, col(Recipient.enrolment_id).in_(own))),
        (Registration, in_row),
        (ConfirmationRequest, col(ConfirmationRequest.link_id).in_(theirs)),
        (PersonNote, col(PersonNote.enrolment_id).in_(own)),
    )
    for table, belongs in of_theirs:
        moved = sa.update(table).where(table.person_id == kept, belongs).values(person_id=gone)
        session.execute(moved, execution_options={"synchronize_session": False})
    session.expire_all()
    naming = (
        select(RecipientLink)
        .join(Recipient, col(Recipient.id) == col(RecipientLink.recipient_id))
        .join(Link, col(Link.id) == col(RecipientLink.link_id))
        .where(col(Recipient.person_id).in_([kept, gone]), col(Link.person_id) != col(Recipient.person_id))
    )
    return [one.recipient_id for one in session.exec(naming)]


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
        elif row.column_name != _KEPT:
            others.append(row)
    session.flush()
    session.expire_all()
    return others
