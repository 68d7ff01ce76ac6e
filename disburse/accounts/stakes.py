"""What hangs on a yes: the money that would move to the account, and a confirmed account it would replace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.stages import live_clause
from disburse.accounts.tables import Candidate, Link, LinkState
from disburse.db import among
from disburse.people.tables import BenefitLine, Enrolment, EnrolmentState, LineKind, Recipient

# From this sum on (monthly, arrears and one-off đồng together) one clerk alone does not decide. Of the sample's
# 18,992 monthly lines 68 lie above it: few enough to ask for, and each as much as the usual person's year.
FOUR_EYES_FROM = 5_000_000
_PAYS = (LineKind.MONTHLY, LineKind.ARREARS, LineKind.CARRY_OVER, LineKind.ONE_OFF)


@dataclass(frozen=True, slots=True)
class Stake:
    """What a yes would move: đồng a person receives now, for whomever, and the confirmed link it would replace."""

    amount: int
    replaces: UUID | None = None

    @property
    def needs_two(self) -> bool:
        """Whether a second clerk must agree."""
        return self.amount >= FOUR_EYES_FROM or self.replaces is not None


def stake_of(session: Session, candidate: Candidate) -> Stake:
    """Return what hangs on a pair."""
    confirmed = sa.select(col(Link.id)).where(
        col(Link.person_id) == candidate.person_id,
        col(Link.is_primary),
        col(Link.state) == LinkState.CONFIRMED,
        col(Link.account_id) != candidate.account_id,
        live_clause(),
    )
    amount = amounts(session, [candidate.person_id]).get(candidate.person_id, 0)
    return Stake(amount, session.execute(confirmed.limit(1)).scalar())


def confirmed_holders(session: Session, holders: Iterable[UUID | None], *, ended_by: str = "") -> set[UUID]:
    """Return those of these people and bodies whose account the bank has confirmed.

    `ended_by`: also those whose confirmed link ended by an act of this person: nobody's own act clears the way.
    """
    ids = sorted({one for one in holders if one is not None})
    stands = col(Link.state) == LinkState.CONFIRMED
    if ended_by:
        own_act = sa.and_(col(Link.state) == LinkState.CLOSED, col(Link.confirmed_on).is_not(None))
        stands = sa.or_(stands, sa.and_(own_act, col(Link.ended_by) == ended_by))
    return {
        row[0]
        for column in (col(Link.person_id), col(Link.organisation_id))
        for row in among(session, sa.select(column).where(stands), column, ids)
    }


def amounts(session: Session, persons: Iterable[UUID]) -> dict[UUID, int]:
    """Return for each person the đồng in force today that they receive, for themselves and others."""
    today = clock.today()
    statement = (
        sa.select(col(Recipient.person_id), sa.func.sum(col(BenefitLine.amount)))
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .join(BenefitLine, col(BenefitLine.enrolment_id) == col(Enrolment.id))
        .where(
            col(Recipient.ended_on).is_(None),
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            col(BenefitLine.kind).in_(_PAYS),
            sa.or_(col(BenefitLine.to_date).is_(None), col(BenefitLine.to_date) >= today),
        )
        .group_by(col(Recipient.person_id))
    )
    return {row[0]: int(row[1] or 0) for row in among(session, statement, col(Recipient.person_id), persons)}
