"""Whom an actor may see, asked of people already found: a few look-ups a person instead of a list of everybody.

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
from disburse.people.queries import people_within
from disburse.people.tables import Person


@dataclass(frozen=True, slots=True)
class Sight:
    """The people whom the actor may see, or for another permission than reading: act on (`people_within`)."""

    actor: Actor
    permission: Permission

    def of(self, session: Session, people: Iterable[UUID]) -> set[UUID]:
        """Return those of these people who are the actor's to see, or to act on."""
        mine: sa.Select[Any] = sa.select(col(Person.id)).where(
            people_within(self.actor, self.permission, col(Person.id))
        )
        return {row[0] for row in among(session, mine, col(Person.id), in_order(set(people)))}
