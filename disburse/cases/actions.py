"""Acts of an officer on one case that reach more than the person: ending, opening again, moving, who receives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts import carrying, life, stages
from disburse.areas import queries as areas
from disburse.areas.tables import Area, AreaKind
from disburse.audit.actions import record
from disburse.audit.actor import By
from disburse.audit.queries import of_object
from disburse.cases.effects import ONE_DAY, last_day_of
from disburse.db import bulk_update
from disburse.errors import Conflict, Invalid, NotFound
from disburse.free_text import without_numbers
from disburse.funnel import actions as funnel
from disburse.ids import new_id
from disburse.people import actions as people
from disburse.people import entries, queries
from disburse.people.entries import End, NewEnrolment, NewLine
from disburse.people.tables import (
    BenefitLine,
    EndReason,
    Enrolment,
    EnrolmentState,
    LineKind,
    Person,
    PersonStatus,
)
from disburse.rosters.counting import entry_of
from disburse.rosters.undoing import reenter

# What an officer may end an enrolment for, and what of it an officer may open again.
ENDS = (EndReason.DIED, EndReason.MOVED, EndReason.STOPPED, EndReason.MISTAKE)


def end(session: Session, *, enrolments: Sequence[Enrolment], reason: EndReason, on: date, why: str, by: By) -> None:
    """End enrolments of one person. Raises Invalid("end_reason_invalid"), Conflict("enrolment_over")."""
    if reason not in ENDS:
        raise Invalid("end_reason_invalid")
    if not enrolments or any(one.state != EnrolmentState.ACTIVE for one in enrolments):
        raise Conflict("enrolment_over")
    if any(on < one.from_date for one in enrolments) and reason != EndReason.MISTAKE:
        raise Invalid("before_beginning", day=f"{on:%d/%m/%Y}")
    ends = [End(one.id, last_day_of(one, reason, on), reason) for one in enrolments]
    people.end_enrolments(session, ends=ends, by=by, why=why)
    life.reconsider_enrolments(session, enrolments=[one.id for one in enrolments], by=by)


def reopen(session: Session, *, enrolment_id: UUID, why: str, by: By) -> None:
    """Let an enrolment go on whose end was a mistake, with the lines it had.

    Raises NotFound, Conflict("not_ended_by_hand") or ("enrolled_again") where another one has begun since.
    """
    enrolment = session.get(Enrolment, enrolment_id, with_for_update=True)
    if enrolment is None:
        raise NotFound("enrolment_unknown")
    if enrolment.to_date is None or enrolment.end_reason not in ENDS:
        raise Conflict("not_ended_by_hand")
    if enrolment.state == EnrolmentState.ENDED:
        again = queries.active_enrolments(session, enrolment.programme, [enrolment.person_id])
        if again:
            raise Conflict("enrolled_again")
    was_over, last_day, reason = enrolment.state == EnrolmentState.ENDED, enrolment.to_date, enrolment.end_reason
    _restore_lines(session, enrolment, last_day)
    enrolment.state, enrolment.to_date, enrolment.end_reason = EnrolmentState.ACTIVE, None, None
    session.add(enrolment)
    person = session.get_one(Person, enrolment.person_id)
    if person.status in (PersonStatus.DEAD, PersonStatus.MOVED):
        person.status, person.status_from = PersonStatus.ACTIVE, None
        session.add(person)
    session.flush()
    if was_over and enrolment.from_date <= clock.today():
        reenter(session, enrolment)
    life.reconsider(session, persons=[person.id], by=by)  # a paper may have run out meanwhile
    _tell(session, "enrolment.reopened", enrolment, by, why=why, reason=str(reason), last_day=last_day.isoformat())


def _restore_lines(session: Session, enrolment: Enrolment, last_day: date) -> None:
    of_enrolment = (col(BenefitLine.enrolment_id) == enrolment.id, col(BenefitLine.to_date) == last_day)
    session.execute(sa.update(BenefitLine).where(*of_enrolment).values(to_date=None))
    ended = next((e for e in of_object(session, "enrolment", enrolment.id) if e.action == "enrolment.ended"), None)
    lines = ended.facts.get("lines", []) if ended else []
    bulk_update(session, BenefitLine, "id", ("to_date",), [(key, date.fromisoformat(day)) for key, day in lines])


@dataclass(frozen=True, slots=True)
class Moving:
    """Where an enrolment goes: a commune of today, from which day, and the hamlet where it is known."""

    enrolment_id: UUID
    commune_code: str
    on: date
    hamlet: str = ""
    address: str = ""


def move(session: Session, *, moving: Moving, why: str, by: By) -> UUID:
    """End an enrolment in the old commune and begin it in the new one, with lines, recipient and named account.

    Only inside the province: who leaves it is ended as moved away (`end`), and the province they come to enters them.
    Returns the new enrolment. Raises NotFound, Invalid("move_commune"), ("move_province") or ("move_day").
    """
    old = session.get(Enrolment, moving.enrolment_id, with_for_update=True)
    if old is None or old.state != EnrolmentState.ACTIVE:
        raise NotFound("enrolment_unknown")
    area = areas.on_day(session, moving.commune_code)
    if area is None or area.kind != AreaKind.COMMUNE or area.code == old.commune_code:
        raise Invalid("move_commune")
    if area.province_code != old.province_code:
        raise Invalid("move_province")
    if not old.from_date < moving.on <= clock.today():
        raise Invalid("move_day", earliest=f"{old.from_date + ONE_DAY:%d/%m/%Y}", latest=f"{clock.today():%d/%m/%Y}")
    lines = queries.lines_on(session, [old.id], moving.on).get(old.id, [])
    current = queries.current_recipients(session, [old.id]).get(old.id)
    people.end_enrolments(session, ends=[End(old.id, moving.on - ONE_DAY, EndReason.MOVED)], by=by, why=why)
    new = _begin(session, old, area, moving.on)
    entries.begin_lines(
        session,
        [
            NewLine(
                new, line.kind, line.type_code, line.amount, line.coefficient, moving.on, line.to_date, line.roster_id
            )
            for line in lines
            if line.kind == LineKind.MONTHLY
        ],
    )
    if current is not None:
        going_on = carrying.going_on(
            current, recipient_id=new_id(), enrolment_id=new, since=moving.on, roster_id=current.roster_id
        )
        entries.add_recipients(session, [going_on])
        carrying.carry(session, [(current.id, going_on.id)])
    _settle(session, old.person_id, area, moving)
    session.flush()
    enrolment = session.get_one(Enrolment, new)
    funnel.enter(session, [entry_of(session, enrolment)])
    stages.restate(session, [new])
    life.reconsider(session, persons=[old.person_id], by=by)
    _tell(session, "enrolment.came", enrolment, by, why=why, changes={"commune_code": [old.commune_code, area.code]})
    return new


def _begin(session: Session, old: Enrolment, area: Area, on: date) -> UUID:
    enrolment = NewEnrolment(
        id=new_id(),
        person_id=old.person_id,
        programme=old.programme,
        commune_code=area.code,
        origin_code=area.code,
        origin_valid_from=area.valid_from,
        province_code=area.province_code,
        from_date=on,
        file_number=old.file_number,
        decision_number=old.decision_number,
        decision_date=old.decision_date,
    )
    entries.add_enrolments(session, [enrolment])
    return enrolment.id


def _settle(session: Session, person_id: UUID, area: Area, moving: Moving) -> None:
    """Let the person live in the new commune: moving inside the province is no moving away."""
    person = session.get_one(Person, person_id, populate_existing=True)
    person.status, person.status_from = PersonStatus.ACTIVE, None
    hamlet, address = without_numbers(moving.hamlet), without_numbers(moving.address)
    person.commune_code, person.hamlet, person.address = area.code, hamlet[:100], address[:300]
    session.add(person)


def _tell(session: Session, action: str, enrolment: Enrolment, by: By, **facts: Any) -> None:
    record(
        session,
        action=action,
        object_type="enrolment",
        object_id=enrolment.id,
        by=by,
        area_code=enrolment.commune_code,
        programme=enrolment.programme,
        **facts,
    )
