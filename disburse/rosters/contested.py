"""A list that names another recipient than an officer entered, or than the bank's yes stands behind: asked, not done.

A list is often older than what it is sent with: last month's guardian is copied into this month's file. So it does not
put anybody in the place of a recipient whom an officer wrote down, who has a paper, or whose account is confirmed. The
rest of the row comes in; who receives is one question, and the same answer is not asked for twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import life, stages, stakes
from disburse.accounts.statements import state_accounts
from disburse.accounts.tables import RecipientHold
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import among, bulk_update
from disburse.errors import Conflict, Denied
from disburse.ids import new_id
from disburse.people import actions as people
from disburse.people import entries, queries
from disburse.people.entries import NewRecipient
from disburse.people.queries import CurrentRecipient
from disburse.people.tables import Enrolment, EnrolmentState, Recipient, Wish
from disburse.rosters import questions
from disburse.rosters.claims import Claim, claim_of
from disburse.rosters.receiving import Recipients, Ward
from disburse.rosters.recognition import Outcome
from disburse.rosters.staging import rows_by_id
from disburse.rosters.standing import Listed
from disburse.rosters.stated_accounts import statements_of
from disburse.rosters.tables import QuestionKind, QuestionState, Roster, RosterQuestion, RosterRow, RowState
from matching.text import fold

KEEP, TAKE = "keep", "take"


def protected(session: Session, current: Sequence[CurrentRecipient]) -> set[UUID]:
    """Return those of these recipients whom a list does not replace by itself."""
    found = {one.id for one in current if one.roster_id is None or one.paper_kind or one.paper_date or one.paper_until}
    left = [one for one in current if one.id not in found]
    settled = sa.select(col(RecipientHold.recipient_id)).where(col(RecipientHold.settled_on).is_not(None))
    found |= {row[0] for row in among(session, settled, col(RecipientHold.recipient_id), [one.id for one in left])}
    paid = stakes.confirmed_holders(session, [one.person_id or one.organisation_id for one in left])
    return found | {one.id for one in left if (one.person_id or one.organisation_id) in paid}


@dataclass(frozen=True, slots=True)
class Contested:
    """A row whose recipient was not taken: the enrolment, who receives for it, and the name that the list gives."""

    claim: Claim
    enrolment_id: UUID
    receives: UUID
    name: str


def ask(session: Session, roster: UUID, contested: Sequence[Contested], settled: Iterable[UUID]) -> int:
    """Ask who receives; what earlier lists asked of these enrolments, and of those now agreed on, is asked no more."""
    ours = {one.enrolment_id for one in contested}
    earlier = select(RosterQuestion).where(RosterQuestion.kind == QuestionKind.RECIPIENT)
    found = [row[0] for row in among(session, earlier, col(RosterQuestion.enrolment_id), {*ours, *settled})]
    over = [(one.id, QuestionState.CLOSED, clock.today()) for one in found if one.state == QuestionState.OPEN]
    bulk_update(session, RosterQuestion, "id", ("state", "answered_on"), over)
    kept = {_said(one.enrolment_id, one.person_ids, one.reason) for one in found if one.answer == KEEP}
    fresh = [one for one in contested if _said(one.enrolment_id, [str(one.receives)], one.name) not in kept]
    return questions.ask(
        session,
        [
            questions.about_row(
                roster, QuestionKind.RECIPIENT, one.claim, one.enrolment_id, [str(one.receives)], one.name
            )
            for one in fresh
        ],
    )


def _said(enrolment: UUID | None, people: Sequence[str], name: str) -> tuple[UUID | None, tuple[str, ...], str]:
    return enrolment, tuple(people), fold(name)


def take(session: Session, *, question: RosterQuestion, roster: Roster, by: By) -> None:
    """Let the recipient that the list names receive after all.

    Raises Denied("list_own_recipient") where the present one's account is confirmed and it is the answerer's own list:
    two people stand behind such a change. Conflict("recipient_changed") where somebody else receives by now.
    """
    enrolment = session.get(Enrolment, question.enrolment_id, with_for_update=True)
    row = session.exec(
        select(RosterRow).where(
            RosterRow.roster_id == roster.id, RosterRow.sheet == question.sheet, RosterRow.line == question.line
        )
    ).first()
    if enrolment is None or enrolment.state != EnrolmentState.ACTIVE or row is None or row.id is None:
        return  # it ended by another way meanwhile: the question is answered by that
    current = queries.current_recipients(session, [enrolment.id])[enrolment.id]
    if [str(current.person_id or current.organisation_id)] != question.person_ids:
        raise Conflict("recipient_changed")
    holder = current.person_id or current.organisation_id
    own = by.name in (roster.created_by, roster.ordered_by)
    if own and stakes.confirmed_holders(session, [holder], ended_by=by.name):
        raise Denied("list_own_recipient")
    _enter(session, roster, row, enrolment, current, by)


def _enter(
    session: Session, roster: Roster, row: RosterRow, enrolment: Enrolment, current: CurrentRecipient, by: By
) -> None:
    assert row.id is not None
    staged = rows_by_id(session, roster.id, [row.id])[row.id]
    outcome = Outcome(claim_of(staged), person_id=enrolment.person_id, enrolment_id=enrolment.id)
    recipients = Recipients(session, roster.province_code, {})
    ward = Ward(enrolment.person_id, outcome.claim, staged.values)
    receiving = recipients.of([ward], {row.id: current})[0]
    entries.add_people(session, recipients.made)
    session.add_all(recipients.organisations)
    session.flush()
    period = Period.parse(roster.period)
    listed = Listed(roster.id, roster.programme, period, roster.scope, {}, frozenset(), clock.today())
    recipient = NewRecipient(
        id=new_id(), enrolment_id=enrolment.id, kind=receiving.kind, person_id=receiving.person_id,
        organisation_id=receiving.organisation_id, relation=receiving.relation,
        wish=receiving.wish if receiving.wish != Wish.UNKNOWN else current.wish, since=listed.since,
        roster_id=roster.id,
    )  # fmt: skip
    people.set_recipient(session, recipient=recipient, by=by)
    # Undoing the list gives back who received before it, as for a recipient who came in with it.
    row.changes = {**(row.changes or {}), "recipient": [str(current.id), str(recipient.id)]}
    if row.state == RowState.SAME:
        row.state = RowState.CHANGED
        roster.rows_same, roster.rows_changed = roster.rows_same - 1, roster.rows_changed + 1
        session.add(roster)
    session.add(row)
    state_accounts(session, statements=list(statements_of(listed, [staged], receiving, outcome)), by=by)
    stages.restate(session, [enrolment.id])
    holders = [enrolment.person_id, current.person_id, recipient.person_id]
    life.reconsider(session, persons=[one for one in holders if one], by=by)


def overtaken(session: Session, recipients: Iterable[UUID]) -> set[UUID]:
    """Return those of these recipients in whose place an officer has put somebody since."""
    ended = sa.select(col(Recipient.id)).where(col(Recipient.ended_on).is_not(None))
    return {row[0] for row in among(session, ended, col(Recipient.id), recipients)}
