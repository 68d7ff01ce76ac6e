"""Background work of progress: what time alone changes."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from disburse import clock
from disburse.accounts import life, reopening
from disburse.audit.actor import SYSTEM
from disburse.config import Settings
from disburse.db import Database
from disburse.people import actions as people
from disburse.people.tables import Enrolment, EnrolmentState
from disburse.rosters import counting

AT_ONCE = 500


def turn_day(database: Database, _settings: Settings) -> int:
    """End the enrolments whose last day is over, count those whose first day has come, and look at the links and
    recipients that this, an expired paper, a birthday or a corrected holder puts in question. Returns how many.

    Safe to run at any hour and by several workers: what is ended already is not ended again.
    """
    turned = 0
    while True:
        with database.transaction() as session:
            over = _over(session)
            people.end_enrolments_over(session, enrolment_ids=over, by=SYSTEM)
        turned += len(over)
        if len(over) < AT_ONCE:
            break
    while True:
        with database.transaction() as session:
            begun = counting.enter_begun(session, at_most=AT_ONCE, by=SYSTEM)
        turned += begun
        if begun < AT_ONCE:
            break
    with database.transaction() as session:
        counting.recount_turned_lines(session)
    with database.transaction() as session:
        turned += life.turn_day(session, by=SYSTEM)
    with database.transaction() as session:
        turned += reopening.reopen(session, by=SYSTEM)
    return turned


def _over(session: Session) -> list[UUID]:
    return list(
        session.exec(
            select(Enrolment.id)
            .where(Enrolment.state == EnrolmentState.ACTIVE, col(Enrolment.to_date) < clock.today())
            .order_by(col(Enrolment.id))
            .limit(AT_ONCE)
        )
    )
