"""What re-opens the question who receives where: death, the end of all entitlements, an expired paper, coming of age,
an account that the bank says is closed. Time alone brings most of it (`turn_day`); who acts asks at once.

Two things come of it. A recipient whose right has run out is held until an officer has looked: the enrolment counts as
without an account meanwhile. A link that nobody receives through any more ends with its reason, and its candidate is
forgotten as an answer, so that the matcher or a clerk decides anew if the holder comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import actions, queries, stages
from disburse.accounts.states import CloseReason, Step
from disburse.accounts.tables import (
    AccountStatus,
    Candidate,
    CandidateState,
    HoldReason,
    LinkState,
    RecipientHold,
)
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.db import among, bulk_insert
from disburse.errors import Conflict, Invalid, NotFound
from disburse.free_text import without_numbers
from disburse.ids import new_id
from disburse.people.tables import (
    EndReason,
    Enrolment,
    EnrolmentState,
    Person,
    PersonStatus,
    Precision,
    Recipient,
    RecipientKind,
)

GROWN_UP = 18
_FOR_A_CHILD = (RecipientKind.LEGAL_REP, RecipientKind.GUARDIAN)
_OVER = (LinkState.CLOSED, LinkState.REFUSED)
_NEVER_WAS = (EndReason.MISTAKE, EndReason.UNDONE)
_LINK = queries.LINK_TABLE


def turns(born: date | None, precision: Precision | None, years: int) -> date | None:
    """Return the first day on which somebody is certainly `years` old; None without a birth date.

    Of a year alone that is the New Year's day after, of a month the first of the next.
    """
    if born is None:
        return None
    if precision == Precision.YEAR:
        return date(born.year + years + 1, 1, 1)
    if precision == Precision.MONTH:
        return date(born.year + years + born.month // 12, born.month % 12 + 1, 1)
    leap = born.month == 2 and born.day == 29
    return date(born.year + years, 3, 1) if leap else born.replace(year=born.year + years)


def due_reason(row: Any, today: date) -> HoldReason | None:
    """Return why a recipient's right has run out, or None.

    `row` has kind, since, paper_until, the ward's birth_date and birth_precision, and whether an officer has seen the
    coming of age (`seen_of_age`). A guardian of somebody who was grown up from the start is none of this.
    """
    if row.kind in (None, RecipientKind.OWN):
        return None
    if row.paper_until is not None and row.paper_until < today:
        return HoldReason.EXPIRED
    grown_up = turns(row.birth_date, row.birth_precision, GROWN_UP)
    if row.kind in _FOR_A_CHILD and grown_up and row.since < grown_up <= today and not row.seen_of_age:
        return HoldReason.OF_AGE
    return None


def seen_of_age() -> sa.ColumnElement[bool]:
    """Return whether an officer let this recipient go on after the ward had grown up (for a query of `recipient`)."""
    seen = sa.select(col(RecipientHold.id)).where(
        col(RecipientHold.recipient_id) == col(Recipient.id),
        col(RecipientHold.reason) == HoldReason.OF_AGE,
        col(RecipientHold.settled_on).is_not(None),
    )
    return seen.correlate(Recipient).exists()


def turn_day(session: Session, *, by: By) -> int:
    """Look at everybody: what has time brought? Returns how many recipients were held and links ended."""
    return _hold_due(session, None, by) + _end_unused(session, None, by) + _end_unused_of_bodies(session, None, by)


def reconsider(session: Session, *, persons: Iterable[UUID], by: By) -> int:
    """Look at these holders and wards after an act about them. Returns how many were held and links ended."""
    ids = sorted(set(persons))
    session.flush()
    ended = _end_unused(session, _holders_for(session, ids), by)
    return _hold_due(session, ids, by) + ended + _end_unused_of_bodies(session, _bodies_for(session, ids), by)


def reconsider_enrolments(session: Session, *, enrolments: Iterable[UUID], by: By) -> int:
    """Look at whoever has to do with these enrolments: the people themselves, and who receives or received for them."""
    asked = sa.select(col(Enrolment.person_id))
    return reconsider(session, persons=[row[0] for row in among(session, asked, col(Enrolment.id), enrolments)], by=by)


def _holders_for(session: Session, persons: Sequence[UUID]) -> list[UUID]:
    asked = sa.select(col(Recipient.person_id)).join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
    asked = asked.where(col(Recipient.person_id).is_not(None))
    return sorted({row[0] for row in among(session, asked, col(Enrolment.person_id), persons)} | set(persons))


def _bodies_for(session: Session, persons: Sequence[UUID]) -> list[UUID]:
    """Return the organisations that receive or received for these people."""
    asked = sa.select(col(Recipient.organisation_id)).join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
    asked = asked.where(col(Recipient.organisation_id).is_not(None))
    return sorted({row[0] for row in among(session, asked, col(Enrolment.person_id), persons)})


def _hold_due(session: Session, persons: Sequence[UUID] | None, by: By) -> int:
    today = clock.today()
    held = sa.select(col(RecipientHold.id)).where(
        col(RecipientHold.recipient_id) == col(Recipient.id), col(RecipientHold.settled_on).is_(None)
    )
    latest = today.replace(year=today.year - GROWN_UP, day=min(today.day, 28))
    child = sa.and_(col(Recipient.kind).in_(_FOR_A_CHILD), col(Person.birth_date) <= latest.replace(month=12, day=31))
    statement = (
        sa.select(  # type: ignore[call-overload]
            Recipient.id, Recipient.enrolment_id, Recipient.kind, Recipient.since, Recipient.paper_until,
            Person.birth_date, Person.birth_precision, seen_of_age().label("seen_of_age"), Enrolment.programme,
            Enrolment.commune_code,
        )
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(Person, col(Person.id) == col(Enrolment.person_id))
        .where(
            col(Recipient.ended_on).is_(None),
            col(Recipient.kind) != RecipientKind.OWN,
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            sa.or_(col(Recipient.paper_until) < today, child),
            ~held.correlate(Recipient).exists(),
        )
        .order_by(col(Recipient.id))
    )  # fmt: skip
    rows = (
        session.execute(statement) if persons is None else among(session, statement, col(Enrolment.person_id), persons)
    )
    due = [(row, reason) for row in rows if (reason := due_reason(row, today))]
    made = [(new_id(), row.id, reason, today, "", "") for row, reason in due]
    bulk_insert(session, RecipientHold, ("id", "recipient_id", "reason", "since", "settled_by", "note"), made)
    stages.restate(session, [row.enrolment_id for row, _ in due])
    for row, reason in due:
        record(
            session, action="recipient.held", object_type="recipient", object_id=row.id, by=by,
            area_code=row.commune_code, programme=row.programme, reason=str(reason),
        )  # fmt: skip
    return len(due)


_CURRENT = sa.and_(col(Recipient.ended_on).is_(None), col(Enrolment.state) == EnrolmentState.ACTIVE)


def _received(by_holder: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select what a link's holder receives or received for anybody; `by_holder` ties the recipient to the link."""
    of_holder = sa.select(col(Recipient.id)).join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
    return of_holder.where(by_holder).correlate(_LINK)


def on_hold() -> sa.Exists:
    """Return whether a recipient is held until an officer has looked (for a query of `recipient`)."""
    open_hold = sa.select(col(RecipientHold.id)).where(
        col(RecipientHold.recipient_id) == col(Recipient.id), col(RecipientHold.settled_on).is_(None)
    )
    return open_hold.correlate(Recipient).exists()


def _end_unused(session: Session, persons: Sequence[UUID] | None, by: By) -> int:
    """End the links (and proposals) of the dead, and of those who receive for nobody any more."""
    session.flush()
    received = _received(col(Recipient.person_id) == _LINK.c.person_id)
    was = sa.or_(col(Enrolment.end_reason).is_(None), col(Enrolment.end_reason).not_in(_NEVER_WAS))
    dead = sa.select(col(Person.id)).where(col(Person.id) == _LINK.c.person_id, col(Person.status) == PersonStatus.DEAD)
    is_dead = dead.correlate(_LINK).exists()
    statement = (
        sa.select(
            _LINK.c.id,
            _LINK.c.person_id,
            _LINK.c.account_id,
            is_dead.label("dead"),
            sa.select(col(RecipientHold.reason))
            .join(Recipient, col(Recipient.id) == col(RecipientHold.recipient_id))
            .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
            .where(col(Recipient.person_id) == _LINK.c.person_id, _CURRENT, col(RecipientHold.settled_on).is_(None))
            .order_by(col(RecipientHold.since).desc(), col(RecipientHold.id))
            .limit(1)
            .correlate(_LINK)
            .scalar_subquery()
            .label("held"),
        )
        .where(
            _LINK.c.state.not_in(_OVER),
            _LINK.c.person_id.is_not(None),
            sa.or_(is_dead, sa.and_(received.where(was).exists(), ~received.where(_CURRENT, ~on_hold()).exists())),
        )
        .order_by(_LINK.c.id)
    )
    found = session.execute(statement) if persons is None else among(session, statement, _LINK.c.person_id, persons)
    rows = list(found)
    reasons = {row.id: CloseReason.DIED if row.dead else _reason_of_hold(row.held) for row in rows}
    end_links(session, reasons, {(row.person_id, row.account_id): reasons[row.id] for row in rows}, by)
    return len(rows)


def _end_unused_of_bodies(session: Session, bodies: Sequence[UUID] | None, by: By) -> int:
    """End the links of organisations that receive for nobody any more: the home that nobody lives in now."""
    session.flush()
    received = _received(col(Recipient.organisation_id) == _LINK.c.organisation_id)
    receives = received.where(_CURRENT, ~on_hold())
    unused = sa.select(_LINK.c.id).where(
        _LINK.c.state.not_in(_OVER), _LINK.c.organisation_id.is_not(None), received.exists(), ~receives.exists()
    )
    unused = unused.order_by(_LINK.c.id)
    found = session.execute(unused) if bodies is None else among(session, unused, _LINK.c.organisation_id, bodies)
    reasons = {row[0]: CloseReason.ENDED for row in found}
    end_links(session, reasons, {}, by)
    return len(reasons)


def _reason_of_hold(held: HoldReason | None) -> CloseReason:
    return CloseReason(held) if held else CloseReason.ENDED


def end_links(
    session: Session, links: Mapping[UUID, CloseReason], pairs: Mapping[tuple[UUID, UUID], CloseReason], by: By
) -> None:
    """Close links with their reasons; what was answered about these pairs is asked anew when they meet again."""
    today = clock.today()
    actions.move(session, steps=[Step(id_, LinkState.CLOSED, today, reason) for id_, reason in links.items()], by=by)
    accepted = sa.select(col(Candidate.id), col(Candidate.person_id), col(Candidate.account_id)).where(
        col(Candidate.state) == CandidateState.ACCEPTED
    )
    rows: Iterable[Any] = among(session, accepted, col(Candidate.person_id), sorted({person for person, _ in pairs}))
    by_reason: dict[CloseReason, list[UUID]] = {}
    for id_, person, account in rows:
        if reason := pairs.get((person, account)):
            by_reason.setdefault(reason, []).append(id_)
    for reason, ids in by_reason.items():
        for some in range(0, len(ids), 5_000):
            values = {"state": CandidateState.SUPERSEDED, "asks": "", "reason": str(reason)}
            ours = sa.update(Candidate).where(col(Candidate.id).in_(ids[some : some + 5_000]))
            session.execute(ours.values(values), execution_options={"synchronize_session": False})


def accounts_changed(session: Session, *, account_ids: Iterable[UUID], by: By) -> int:
    """A bank said something new of these accounts: end the links of those it has closed. Returns how many.

    Confirmed or not, nobody can be paid there, and the holder needs another account. A locked one may open again:
    its link stays, flagged, and is not payable meanwhile.
    """
    found = queries.accounts(session, account_ids)
    closed = [id_ for id_, account in found.items() if account.status == AccountStatus.CLOSED]
    statement = sa.select(_LINK.c.id, _LINK.c.person_id, _LINK.c.account_id).where(_LINK.c.state.not_in(_OVER))
    rows = list(among(session, statement, _LINK.c.account_id, sorted(closed)))
    reason = CloseReason.ACCOUNT_CLOSED
    pairs = {(row.person_id, row.account_id): reason for row in rows if row.person_id}
    end_links(session, {row.id: reason for row in rows}, pairs, by)
    return len(rows)


def keep_recipient(session: Session, *, hold_id: UUID, note: str, paper_until: date | None, by: By) -> None:
    """Let a held recipient go on: with a paper that is still in force, or because the ward cannot act (say why).

    Raises Invalid: `reason_needed`, `paper_not_in_force`; Conflict("hold_settled").
    """
    hold = session.get(RecipientHold, hold_id)
    recipient = session.get(Recipient, hold.recipient_id) if hold else None
    if hold is None or recipient is None:
        raise NotFound("hold_unknown")
    if hold.settled_on is not None or recipient.ended_on is not None:
        raise Conflict("hold_settled")
    if not note.strip():
        raise Invalid("reason_needed")
    today = clock.today()
    until = paper_until or recipient.paper_until
    if (hold.reason == HoldReason.EXPIRED and paper_until is None) or (until is not None and until < today):
        raise Invalid("paper_not_in_force")
    before, recipient.paper_until = recipient.paper_until, until
    hold.settled_on, hold.settled_by, hold.note = today, by.name, without_numbers(note.strip())[:300]
    session.add_all([recipient, hold])
    stages.restate(session, [recipient.enrolment_id])
    record(
        session, action="recipient.kept", object_type="recipient", object_id=recipient.id, by=by,
        reason=str(hold.reason), note=hold.note, before=str(before or ""), after=str(until or ""),
    )  # fmt: skip
