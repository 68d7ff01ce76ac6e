"""Where an enrolment stands in the funnel, read from the rows: for those that come (back) into it as time passes."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import stages as links
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.errors import NotFound
from disburse.funnel import actions as funnel
from disburse.funnel.stages import Entry
from disburse.funnel.tables import EnrolmentStage
from disburse.people import queries
from disburse.people.tables import BenefitLine, Enrolment, EnrolmentState, Person, Wish
from disburse.rosters.batch import in_force, restate_lines

# Lines that began or ended in the last days are counted again: harmless, and a server may have slept for a while.
LOOKING_BACK = timedelta(days=40)


def entry_of(session: Session, enrolment: Enrolment) -> Entry:
    """Return the enrolment as it counts today; its link's stages are the business of `accounts.stages`."""
    person = session.get(Person, enrolment.person_id)
    if person is None:
        raise NotFound("enrolment_unknown")
    recipient = queries.current_recipients(session, [enrolment.id]).get(enrolment.id)
    wish = recipient.wish if recipient else Wish.UNKNOWN
    number, amount = in_force(queries.lines_on(session, [enrolment.id], clock.today()).get(enrolment.id, ()))
    return Entry(
        enrolment.id,
        enrolment.commune_code,
        enrolment.programme,
        id_valid=int(person.id_valid and person.citizen_id_index is not None),
        verified=int(person.id in queries.verified(session, [person.id])),
        wish_account=int(wish == Wish.ACCOUNT),
        wish_cash=int(wish == Wish.CASH),
        lines=number,
        amount_total=amount,
    )


def enter_begun(session: Session, *, at_most: int, by: By) -> int:
    """Count the enrolments whose first day has come. Returns how many; fewer than `at_most` means all."""
    counted = sa.select(EnrolmentStage.enrolment_id).where(col(EnrolmentStage.enrolment_id) == col(Enrolment.id))  # type: ignore[call-overload]
    due = (
        select(Enrolment)
        .where(Enrolment.state == EnrolmentState.ACTIVE, Enrolment.from_date <= clock.today(), ~counted.exists())
        .order_by(col(Enrolment.id))
        .limit(at_most)
    )
    found = list(session.exec(due))
    if found:
        funnel.enter(session, [entry_of(session, enrolment) for enrolment in found])
        links.restate(session, [enrolment.id for enrolment in found])
        record(
            session,
            action="enrolments.begun",
            object_type="enrolment",
            object_id=found[0].id,
            by=by,
            count=len(found),
        )
    return len(found)


def recount_turned_lines(session: Session) -> None:
    """Count the benefit lines anew of everybody of whose lines one began or ended lately: amounts that time changes."""
    today = clock.today()
    begun = sa.and_(col(BenefitLine.from_date) > today - LOOKING_BACK, col(BenefitLine.from_date) <= today)
    over = sa.and_(col(BenefitLine.to_date) >= today - LOOKING_BACK, col(BenefitLine.to_date) < today)
    entered = sa.and_(begun, col(BenefitLine.from_date) > col(Enrolment.from_date))
    turned = (
        select(col(BenefitLine.enrolment_id))
        .join(Enrolment, col(Enrolment.id) == col(BenefitLine.enrolment_id))
        .where(Enrolment.state == EnrolmentState.ACTIVE, sa.or_(entered, over))
        .distinct()
    )
    restate_lines(session, session.exec(turned))
