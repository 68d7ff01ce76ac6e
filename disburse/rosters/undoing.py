"""Undoing the newest roster: a compensating act. Enrolments go back to what they were; persons and links stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import stages as links
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.clock import Period
from disburse.db import among, bulk_update
from disburse.errors import Conflict
from disburse.free_text import without_numbers
from disburse.funnel import actions as funnel
from disburse.people import entries
from disburse.people import queries as people
from disburse.people.entries import End
from disburse.people.tables import BenefitLine, EndReason, Enrolment, EnrolmentState, Recipient, Wish
from disburse.rosters import actions, contested
from disburse.rosters.batch import restate_lines
from disburse.rosters.counting import entry_of
from disburse.rosters.receiving import day_before
from disburse.rosters.tables import (
    QuestionKind,
    QuestionState,
    Roster,
    RosterQuestion,
    RosterRow,
    RosterState,
    RowState,
    Scope,
)

_FACTS = ("commune_code", "province_code", "origin_code", "origin_valid_from", "file_number", "decision_number",
          "decision_date", "unexplained_since")  # fmt: skip
_NAMES = (RowState.NEW, RowState.CHANGED, RowState.SAME)  # rows that say: this person is entitled
_DAYS = ("origin_valid_from", "decision_date", "unexplained_since")


def check_may_undo(session: Session, *, roster: Roster, is_paid_from: bool) -> None:
    """Raise Conflict("roster_paid") or Conflict("roster_not_newest") where a roster cannot be undone."""
    if is_paid_from:
        raise Conflict("roster_paid")
    _check_newest(session, roster)


def undo(session: Session, *, roster_id: UUID, is_paid_from: bool, by: By, reason: str = "") -> None:
    """Undo an imported roster. `is_paid_from`: a payment list or report was made from it, which forbids it.

    Raises NotFound, Conflict("roster_paid") or Conflict("roster_not_newest").
    """
    roster = actions.get(session, roster_id)
    check_may_undo(session, roster=roster, is_paid_from=is_paid_from)
    changed = list(
        session.execute(
            sa.select(RosterRow.enrolment_id, RosterRow.changes).where(  # type: ignore[call-overload]
                col(RosterRow.roster_id) == roster_id, col(RosterRow.changes).is_not(None)
            )
        )
    )
    kept = hand_on(session, roster)
    ended = _end_new(session, roster)
    mine = [(e, c) for e, c in changed if e is not None and c and e not in kept]
    _restore_moved(session, [c["moved_from"][0] for _, c in mine if "moved_from" in c])
    touched = {e: c for e, c in mine if e not in ended}
    stay = restore(session, roster, touched)
    _find_again(session, roster)
    _let_named(session, roster)
    _wait_again(session, roster)
    _recount_waiting(session, roster)
    roster.state, roster.undone_at, roster.file_key = RosterState.UNDONE, clock.utc_now(), None
    session.add(roster)
    record(
        session,
        action="roster.undone",
        object_type="roster",
        object_id=roster.id,
        by=by,
        area_code=roster.commune_code or None,
        programme=roster.programme,
        province_code=roster.province_code or None,
        period=roster.period,
        kept=len(kept),
        ended=len(ended),
        restored=len(touched),
        **({"recipients_stay": stay} if stay else {}),
        **({"reason": without_numbers(" ".join(reason.split()))[:300]} if reason else {}),
    )


def restore(session: Session, roster: Roster, touched: dict[UUID, dict[str, Any]]) -> int:
    """Give enrolments back what rows of a roster changed about them: facts, lines, recipients.

    Returns for how many who receives stays as it is, because somebody else was put in the roster's recipient's place.
    """
    _restore_facts(session, touched)
    _restore_lines(session, roster, touched)
    return _restore_recipients(session, touched)


def overtaken(session: Session, roster_id: UUID) -> int:
    """Return how many recipients whom a roster brought have been replaced since: they stay, whatever is undone."""
    changed = select(RosterRow.changes).where(RosterRow.roster_id == roster_id, col(RosterRow.changes).is_not(None))
    brought = [UUID(c["recipient"][1]) for c in session.exec(changed) if c and c.get("recipient")]
    return len(contested.overtaken(session, brought))


def _check_newest(session: Session, roster: Roster) -> None:
    if roster.state != RosterState.IMPORTED or roster.imported_at is None:
        raise Conflict("roster_not_newest", newest="")
    newer = session.exec(
        select(Roster.file_name)
        .where(Roster.programme == roster.programme, Roster.areas_key == roster.areas_key)
        .where(Roster.state == RosterState.IMPORTED, col(Roster.imported_at) > roster.imported_at)
        .order_by(col(Roster.imported_at).desc())
    ).first()
    if newer is not None:
        raise Conflict("roster_not_newest", newest=newer)


def hand_on(session: Session, roster: Roster, among_these: Iterable[UUID] | None = None) -> set[UUID]:
    """Give the enrolments that the roster made, and another imported list names, to the first of those lists.

    among_these: enrolments asked about (None: all of the roster's). Returns those that were given.
    Nobody on a list ends because another list is undone. They are entitled from the month of the list that is left.
    """
    made = select(Enrolment.id).where(Enrolment.first_roster_id == roster.id, Enrolment.state == EnrolmentState.ACTIVE)
    named = (
        sa.select(RosterRow.enrolment_id, Roster.id, Roster.period)  # type: ignore[call-overload]
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .where(col(Roster.id) != roster.id, col(Roster.state) == RosterState.IMPORTED)
        .where(col(Roster.scope) != Scope.REMOVALS, col(RosterRow.state).in_(_NAMES))
    )
    if among_these is None:
        own = list(session.exec(made))
    else:
        own = [row[0] for row in among(session, made, col(Enrolment.id), among_these)]
    found = among(session, named, col(RosterRow.enrolment_id), own)
    first: dict[UUID, tuple[str, UUID]] = {}
    for enrolment, other, period in found:
        first[enrolment] = min(first.get(enrolment, (period, other)), (period, other))
    starts = {e: Period.parse(period).first_day for e, (period, _) in first.items()}
    before = select(col(Enrolment.id), col(Enrolment.from_date))
    began = {row[0]: row[1] for row in among(session, before, col(Enrolment.id), first)}
    later = {
        e: day for e, day in starts.items() if began[e] >= Period.parse(roster.period).first_day and day > began[e]
    }
    bulk_update(session, Enrolment, "id", ("first_roster_id",), [(e, other) for e, (_, other) in first.items()])
    bulk_update(session, Enrolment, "id", ("from_date",), list(later.items()))
    _hand_on_lines(session, roster, first, starts)
    funnel.leave(session, [e for e, day in later.items() if day > clock.today()])
    return set(first)


def _hand_on_lines(
    session: Session, roster: Roster, first: dict[UUID, tuple[str, UUID]], starts: dict[UUID, date]
) -> None:
    """Let the lines that the roster began begin with the list that is left; those over by then never were."""
    line = (BenefitLine.id, BenefitLine.enrolment_id, BenefitLine.from_date, BenefitLine.to_date)
    mine = sa.select(*line).where(col(BenefitLine.roster_id) == roster.id)  # type: ignore[call-overload]
    over, on = [], []
    for line_id, enrolment, begun, until in among(session, mine, col(BenefitLine.enrolment_id), first):
        if until is not None and until < starts[enrolment]:
            over.append((line_id, day_before(begun)))
        else:
            on.append((line_id, max(begun, starts[enrolment]), first[enrolment][1]))
    entries.end_lines(session, over)
    bulk_update(session, BenefitLine, "id", ("from_date", "roster_id"), on)
    restate_lines(session, first)


def _end_new(session: Session, roster: Roster) -> set[UUID]:
    """End the enrolments that the roster made, as if they had never been."""
    made = session.exec(
        select(col(Enrolment.id), col(Enrolment.from_date)).where(
            Enrolment.first_roster_id == roster.id, Enrolment.state == EnrolmentState.ACTIVE
        )
    )
    ends = [End(enrolment, day_before(start), EndReason.UNDONE) for enrolment, start in made]
    entries.end_enrolments(session, ends)
    return {end.enrolment_id for end in ends}


def _restore_moved(session: Session, ids: Iterable[str]) -> None:
    """Let enrolments go on that ended because their person passed to the roster's programme."""
    for enrolment_id in ids:
        enrolment = session.get(Enrolment, UUID(enrolment_id))
        if enrolment is None or enrolment.end_reason != EndReason.CHANGED_PROGRAMME:
            continue
        if people.active_enrolments(session, enrolment.programme, [enrolment.person_id]):
            continue  # a later list has enrolled the person there again
        of_enrolment = (col(BenefitLine.enrolment_id) == enrolment.id, col(BenefitLine.to_date) == enrolment.to_date)
        session.execute(sa.update(BenefitLine).where(*of_enrolment).values(to_date=None))
        was_over = enrolment.state == EnrolmentState.ENDED
        enrolment.state, enrolment.to_date, enrolment.end_reason = EnrolmentState.ACTIVE, None, None
        session.add(enrolment)
        session.flush()
        if was_over:
            reenter(session, enrolment)


def reenter(session: Session, enrolment: Enrolment) -> None:
    """Count an enrolment again that had left the funnel."""
    funnel.enter(session, [entry_of(session, enrolment)])
    funnel.came_back(session, [enrolment.id])
    links.restate(session, [enrolment.id])


def _restore_facts(session: Session, changed: dict[UUID, dict[str, Any]]) -> None:
    moved: dict[UUID, str] = {}
    for enrolment_id, changes in changed.items():
        values = {name: _before(name, changes[name][0]) for name in _FACTS if name in changes}
        if "province_code" not in values:
            values.pop("commune_code", None)  # it stands alone in lists of before: the person's, not the enrolment's
        if not values:
            continue
        session.execute(sa.update(Enrolment).where(col(Enrolment.id) == enrolment_id).values(values))
        if "commune_code" in values:
            moved[enrolment_id] = values["commune_code"]
        if "unexplained_since" in values:
            funnel.restate(session, {enrolment_id: {"unexplained": int(values["unexplained_since"] is not None)}})
    funnel.move_all(session, moved)
    _ask_again(session, [e for e, changes in changed.items() if changes.get("unexplained_since", [None])[0]])


def _ask_again(session: Session, missing: Iterable[UUID]) -> None:
    """Open the question again about those whom only the undone list named after another had missed them."""
    gone = (
        select(RosterQuestion.enrolment_id, RosterQuestion.id, RosterQuestion.state)
        .join(Roster, col(Roster.id) == col(RosterQuestion.roster_id))
        .where(RosterQuestion.kind == QuestionKind.GONE, Roster.state == RosterState.IMPORTED)
        .order_by(col(RosterQuestion.id))
    )
    newest = {row[0]: (row[1], row[2]) for row in among(session, gone, col(RosterQuestion.enrolment_id), missing)}
    closed = [question for question, state in newest.values() if state == QuestionState.CLOSED]
    _reopen(session, closed)


def _reopen(session: Session, questions: Iterable[UUID]) -> None:
    rows = [(question, QuestionState.OPEN, None) for question in questions]
    bulk_update(session, RosterQuestion, "id", ("state", "answered_on"), rows)


def _wait_again(session: Session, roster: Roster) -> None:
    """Open the questions again about rows of earlier lists that the undone one had settled, the last of each row."""
    place = sa.and_(
        col(RosterRow.roster_id) == col(RosterQuestion.roster_id),
        col(RosterRow.sheet) == col(RosterQuestion.sheet),
        col(RosterRow.line) == col(RosterQuestion.line),
    )
    asked = (
        select(RosterRow.id, RosterQuestion.id, RosterQuestion.state)
        .join(RosterQuestion, place)
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .where(RosterRow.settled_by == roster.id, Roster.state == RosterState.IMPORTED)
        .where(RosterQuestion.kind != QuestionKind.SAME_ID_OTHER_NAME)
        .order_by(col(RosterQuestion.id))
    )
    newest = {row[0]: (row[1], row[2]) for row in session.exec(asked)}
    _reopen(session, [question for question, state in newest.values() if state == QuestionState.CLOSED])


def _before(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DAYS and value else value


def _restore_lines(session: Session, roster: Roster, changed: dict[UUID, dict[str, Any]]) -> None:
    begun = among(
        session,
        select(col(BenefitLine.id), col(BenefitLine.from_date)).where(BenefitLine.roster_id == roster.id),
        col(BenefitLine.enrolment_id),
        changed,
    )
    entries.end_lines(session, [(row[0], day_before(row[1])) for row in begun])
    ended = [line for changes in changed.values() if "lines" in changes for line in changes["lines"][0]]
    rows = [(line["id"], _before("decision_date", line["to_date"])) for line in ended]
    bulk_update(session, BenefitLine, "id", ("to_date",), rows)
    restate_lines(session, [enrolment for enrolment, changes in changed.items() if "lines" in changes])


def _restore_recipients(session: Session, changed: dict[UUID, dict[str, Any]]) -> int:
    brought = {e: UUID(c["recipient"][1]) for e, c in changed.items() if "recipient" in c}
    later = contested.overtaken(session, brought.values())
    for enrolment_id, changes in changed.items():
        recipient: Recipient | None = None
        if brought.get(enrolment_id) in later:
            continue  # an officer's later act stands, and their wish with it
        if "recipient" in changes and changes["recipient"][0] is not None:
            before, after = (UUID(text) for text in changes["recipient"])
            session.execute(sa.update(Recipient).where(col(Recipient.id) == after).values(ended_on=Recipient.since))
            session.execute(sa.update(Recipient).where(col(Recipient.id) == before).values(ended_on=None))
            recipient = session.get(Recipient, before, populate_existing=True)
            links.restate(session, [enrolment_id])
        elif "wish" in changes:
            of_enrolment = (col(Recipient.enrolment_id) == enrolment_id, col(Recipient.ended_on).is_(None))
            session.execute(sa.update(Recipient).where(*of_enrolment).values(wish=changes["wish"][0]))
            recipient = session.exec(select(Recipient).where(*of_enrolment)).first()
        if recipient is not None:
            wishes = {
                "wish_account": int(recipient.wish == Wish.ACCOUNT),
                "wish_cash": int(recipient.wish == Wish.CASH),
            }
            funnel.restate(session, {enrolment_id: wishes})
    return len(later)


def _find_again(session: Session, roster: Roster) -> None:
    """Let enrolments point to the newest list that names them besides the undone one."""
    of_roster = select(Enrolment.id).where(Enrolment.last_roster_id == roster.id)
    newest: dict[UUID, UUID | None] = dict.fromkeys(session.exec(of_roster))
    named = (
        select(RosterRow.enrolment_id, Roster.id)
        .join(Roster, col(Roster.id) == col(RosterRow.roster_id))
        .where(Roster.id != roster.id, Roster.state == RosterState.IMPORTED, RosterRow.state != RowState.GONE)
        .order_by(col(Roster.period), col(Roster.imported_at))
    )
    for row in among(session, named, col(RosterRow.enrolment_id), list(newest)):
        newest[row[0]] = row[1]
    bulk_update(session, Enrolment, "id", ("last_roster_id",), list(newest.items()))


def _let_named(session: Session, roster: Roster) -> None:
    """Nobody is missing from a list that is none any more; what it asked needs no answer."""
    gone = select(RosterRow.enrolment_id).where(RosterRow.roster_id == roster.id, RosterRow.state == RowState.GONE)
    ids = [enrolment for enrolment in session.exec(gone) if enrolment is not None]
    bulk_update(session, Enrolment, "id", ("unexplained_since",), [(enrolment, None) for enrolment in ids])
    funnel.restate(session, {enrolment: {"unexplained": 0} for enrolment in ids})
    session.execute(
        sa.update(RosterQuestion)
        .where(col(RosterQuestion.roster_id) == roster.id, col(RosterQuestion.state) == QuestionState.OPEN)
        .values(state=QuestionState.CLOSED)
    )


def _recount_waiting(session: Session, roster: Roster) -> None:
    """Take the roster's waiting rows out of the count, and those in again that it had settled."""
    counts: Counter[str] = Counter()
    parked = select(RosterRow.commune_code, sa.func.count()).where(RosterRow.state == RowState.PARKED)
    grouped = parked.group_by(col(RosterRow.commune_code))
    waiting = grouped.where(col(RosterRow.roster_id) == roster.id, col(RosterRow.settled_by).is_(None))
    for commune, count in session.exec(waiting):
        counts[commune or ""] -= count
    settled = grouped.join(Roster, col(Roster.id) == col(RosterRow.roster_id))
    settled = settled.where(col(RosterRow.settled_by) == roster.id, Roster.state == RosterState.IMPORTED)
    for commune, count in session.exec(settled):
        counts[commune or ""] += count
    session.execute(sa.update(RosterRow).where(col(RosterRow.settled_by) == roster.id).values(settled_by=None))
    for commune, count in counts.items():
        funnel.park(session, programme=roster.programme, commune_code=commune, by_count=count)
