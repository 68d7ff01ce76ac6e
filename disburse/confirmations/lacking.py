"""Who has no account and needs one: seen by programme, commune and wish; a bank is asked to open accounts for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.access.actor import Actor
from disburse.access.roles import Permission
from disburse.areas.tables import Area
from disburse.audit.actor import By
from disburse.confirmations import actions
from disburse.confirmations.openings import lacking
from disburse.confirmations.queries import Condition
from disburse.db import take_turns
from disburse.errors import Conflict
from disburse.people.queries import enrolments_within
from disburse.people.tables import Enrolment, EnrolmentState, Person, Recipient, Wish

_ORDER = (col(Person.sort_key), col(Person.id))
MOST = 5_000  # people of one asking: what a bank takes in one call


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom an officer looks at: "" is every programme, every commune; `all_wishes` also those who have not said."""

    programme: str = ""
    commune: str = ""
    all_wishes: bool = False


@dataclass(frozen=True, slots=True)
class Lacking:
    """Somebody without an account, as the list shows them."""

    id: UUID
    name: str
    born: int | None
    commune: str


def count(session: Session, actor: Actor, chosen: Chosen) -> int:
    """Return how many people the actor may ask about."""
    people = lacking(*_where(actor, chosen)).subquery()
    return int(session.execute(sa.select(sa.func.count()).select_from(people)).scalar_one())


def people(session: Session, actor: Actor, chosen: Chosen, *, limit: int, offset: int) -> list[Lacking]:
    """Return one page of them, by name: the order in which a bank is asked."""
    statement: Any = (
        sa.select(
            col(Person.id), col(Person.name), col(Person.birth_date), col(Area.name)
        )
        .outerjoin(Area, sa.and_(col(Area.code) == col(Person.commune_code), col(Area.valid_to).is_(None)))
        .where(col(Person.id).in_(lacking(*_where(actor, chosen))))
        .order_by(*_ORDER)
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return [
        Lacking(id_, name, born.year if born else None, commune or "")
        for id_, name, born, commune in session.execute(statement)
    ]


def communes(session: Session, actor: Actor, chosen: Chosen) -> list[tuple[str, str, int]]:
    """Return the communes in which people lack an account, whatever commune is chosen: code, name, how many."""
    where = _where(actor, Chosen(chosen.programme, "", chosen.all_wishes))
    rows = session.execute(
        sa.select(col(Enrolment.commune_code), col(Area.name), sa.func.count(sa.distinct(col(Recipient.person_id))))
        .select_from(Recipient)
        .join(Enrolment, col(Enrolment.id) == col(Recipient.enrolment_id))
        .outerjoin(Area, sa.and_(col(Area.code) == col(Enrolment.commune_code), col(Area.valid_to).is_(None)))
        .where(
            col(Recipient.person_id).in_(lacking(*where)),
            col(Recipient.ended_on).is_(None),
            col(Enrolment.state) == EnrolmentState.ACTIVE,
            *where,
        )
        .group_by(col(Enrolment.commune_code), col(Area.name), col(Area.sort_key))
        .order_by(col(Area.sort_key))
    )
    return [(code, name or code, number) for code, name, number in rows]


def ask_bank(session: Session, *, actor: Actor, bank_code: str, chosen: Chosen, seen: int, by: By) -> int:
    """Ask a bank to open accounts for the people chosen, at most `MOST`; returns how many. `seen` = how many the
    officer was shown: were it others by now, nobody is asked about."""
    take_turns(session, "openings")  # two officers at two banks must not both ask for one person
    ids = session.execute(lacking(*_where(actor, chosen)).order_by(*_ORDER).limit(MOST)).scalars().all()
    if len(ids) != seen:
        raise Conflict("openings_changed")
    return actions.ask_to_open(session, bank_code=bank_code, person_ids=ids, by=by)


def _where(actor: Actor, chosen: Chosen) -> list[Condition]:
    where: list[Condition] = [enrolments_within(actor, Permission.REQUEST_SEND)]
    if chosen.programme:
        where.append(col(Enrolment.programme) == chosen.programme)
    if chosen.commune:
        where.append(col(Enrolment.commune_code) == chosen.commune)
    if not chosen.all_wishes:
        where.append(col(Recipient.wish) == Wish.ACCOUNT)
    return where
