"""What is known before a chunk of rows is entered: the list they stand on, and their people as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from disburse.clock import Period
from disburse.people import queries
from disburse.people.entries import ENROLMENT_FACTS, PERSON_FACTS
from disburse.people.queries import CurrentRecipient, Known, LineInForce
from disburse.people.tables import Enrolment, Person
from disburse.rosters.recognition import Outcome
from disburse.rosters.tables import Scope

# Who passes from the first programme to the second makes one move: the old enrolment ends when the new one begins.
MOVES = {"HTXH": "BTXH"}


@dataclass(slots=True, frozen=True)
class Listed:
    """What all rows of one roster have in common. `later` = rosters of later periods that have been imported."""

    roster_id: UUID
    programme: str
    period: Period
    scope: Scope
    provinces: Mapping[str, str]  # commune of today → its province
    later: frozenset[UUID]
    today: date

    @property
    def since(self) -> date:
        """The day from which a new recipient is the current one: never a day to come."""
        return min(self.period.first_day, self.today)


@dataclass(slots=True)
class Standing:
    """What is known of a chunk's people before it is entered."""

    people: dict[UUID, dict[str, Any]]
    enrolments: dict[UUID, dict[str, Any]]
    lines: dict[UUID, list[LineInForce]]
    recipients: dict[UUID, CurrentRecipient]
    verified: set[UUID]
    moving: dict[UUID, Known]  # person → the enrolment that a move to this programme ends


def standing_of(session: Session, listed: Listed, outcomes: Sequence[Outcome]) -> Standing:
    """Return what is known of these people, each table asked once."""
    known = [o.person_id for o in outcomes if o.person_id is not None and not o.new_person]
    enrolments = [o.enrolment_id for o in outcomes if o.enrolment_id is not None and not o.new_enrolment]
    joining = [o.person_id for o in outcomes if o.person_id is not None and o.new_enrolment and not o.new_person]
    left = MOVES.get(listed.programme)
    moving = queries.active_enrolments(session, left, joining) if left and joining else {}
    leaving = [known.enrolment_id for known in moving.values() if known.enrolment_id is not None]
    return Standing(
        people=queries.facts(session, Person, PERSON_FACTS, known),
        enrolments=queries.facts(session, Enrolment, ENROLMENT_FACTS, enrolments),
        lines=queries.lines_on(session, enrolments, listed.period.first_day),
        recipients=queries.current_recipients(session, enrolments + leaving),
        verified=queries.verified(session, joining),
        moving=moving,
    )
