"""Whom an actor may see, asked of people already found: two look-ups a person instead of a list of everybody.

A province's 300,000 people as a subquery cost each question that used it seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.db import among
from disburse.ids import in_order
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, Recipient


@dataclass(frozen=True, slots=True)
class Sight:
    """The people with an enrolment the actor may see, and those who receive for one."""

    actor: Actor
    permission: Permission

    def of(self, session: Session, people: Iterable[UUID]) -> set[UUID]:
        """Return those of these people whom the actor may see."""
        inside = enrolments_within(self.actor, self.permission)
        own: sa.Select[Any] = sa.select(col(Enrolment.person_id)).where(inside)
        receiving: sa.Select[Any] = (
            sa.select(col(Recipient.person_id))
            .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
            .where(inside, col(Recipient.ended_on).is_(None))
        )
        wanted = set(people)
        seen = {row[0] for row in among(session, own, col(Enrolment.person_id), in_order(wanted))}
        left = in_order(wanted - seen)
        return seen | {row[0] for row in among(session, receiving, col(Recipient.person_id), left)}
