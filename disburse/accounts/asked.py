"""Whether a link's holder is still who the bank was asked about (ADR 15). Its yes counts for nobody else.

Compared where the question is asked, by the database: whoever changes a person, by hand, by a list, by a merge or its
undoing, need not know of it. A correction that leaves the human being the same stops nobody: other accents, a finer
birth date, an old number beside the citizen ID. Another folded name, number or birth year, and a number that stands
where the bank was asked without one, are somebody whom the bank has not confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from disburse.accounts.asked_tables import AskedHolder
from disburse.accounts.tables import Link, LinkState
from disburse.db import INSERT_CHUNK, among, one_in
from disburse.people.tables import Organisation, Person, Precision

ASKED_ABOUT = (LinkState.REQUESTED, LinkState.RECEIVED, LinkState.CONFIRMED)
_LINK, _PERSON, _BODY = (sa.inspect(table).local_table for table in (Link, Person, Organisation))
_ASKED: sa.Table = AskedHolder.__table__  # type: ignore[attr-defined]
HOLDERS: sa.Join = (
    _LINK.outerjoin(_ASKED, _ASKED.c.link_id == _LINK.c.id)
    .outerjoin(_PERSON, _PERSON.c.id == _LINK.c.person_id)
    .outerjoin(_BODY, _BODY.c.id == _LINK.c.organisation_id)
)
_FACTS = ("citizen_id_index", "old_id_index", "birth_date", "birth_precision")
_NAME = sa.func.coalesce(_PERSON.c.name_fold, _BODY.c.name_fold, "")


def remember(session: Session, link_ids: Sequence[UUID]) -> None:
    """Keep whom the bank is asked about by these links, as they are known now."""
    session.flush()
    facts = [_PERSON.c[name] for name in _FACTS]
    now = sa.select(_LINK.c.id, _NAME, *facts).select_from(
        _LINK.outerjoin(_PERSON, _PERSON.c.id == _LINK.c.person_id).outerjoin(
            _BODY, _BODY.c.id == _LINK.c.organisation_id
        )
    )
    for start in range(0, len(link_ids), INSERT_CHUNK):
        some = now.where(one_in(session, _LINK.c.id, link_ids[start : start + INSERT_CHUNK]))
        session.execute(sa.insert(_ASKED).from_select(["link_id", "name_fold", *_FACTS], some))


def changed_among(session: Session, link_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these links whose holder is not, or not any more, whom their bank was asked about."""
    session.flush()
    statement = sa.select(_LINK.c.id).select_from(HOLDERS).where(CHANGED)
    return {row[0] for row in among(session, statement, _LINK.c.id, link_ids)}


def _finer(precision: Any) -> sa.ColumnElement[int]:
    """A year is 0, a month 1, a day 2."""
    return sa.case((precision == Precision.YEAR, 0), (precision == Precision.MONTH, 1), else_=2)


def _other_birth(citizen: Any) -> sa.ColumnElement[bool]:
    """Another year; without a citizen ID, which says more, also another month or day, or a date only one side has."""
    was, now = _ASKED.c.birth_date, _PERSON.c.birth_date
    fineness = (_finer(_ASKED.c.birth_precision), _finer(_PERSON.c.birth_precision))

    def differ(part: str, least: int) -> sa.ColumnElement[bool]:
        return sa.and_(*(one >= least for one in fineness), sa.extract(part, was) != sa.extract(part, now))

    closer = sa.or_(was.is_(None) != now.is_(None), differ("month", 1), differ("day", 2))
    return sa.or_(differ("year", 0), sa.and_(citizen.is_(None), closer))


def _other_holder(citizen: Any) -> sa.ColumnElement[int]:
    """Whether somebody else, had the bank been asked with this citizen ID; 0 or 1, never unknown."""
    was, now = _ASKED.c, _PERSON.c
    other_old_id = sa.and_(
        was.old_id_index.is_distinct_from(now.old_id_index), sa.or_(was.old_id_index.is_not(None), citizen.is_(None))
    )
    differs = (
        was.link_id.is_(None),  # nobody wrote down who was asked about: nobody is confirmed
        was.name_fold != _NAME,
        citizen.is_distinct_from(now.citizen_id_index),
        other_old_id,
        _other_birth(citizen),
    )
    return sa.case((sa.or_(*differs), 1), else_=0)


# For queries of `HOLDERS`: somebody else; the same human being, whose citizen ID was not known when the bank was
# asked; somebody whose citizen ID is not known any more.
CHANGED: sa.ColumnElement[bool] = _other_holder(_ASKED.c.citizen_id_index) == 1
NUMBER_IS_NEW: sa.ColumnElement[bool] = sa.and_(
    _ASKED.c.citizen_id_index.is_(None),
    _PERSON.c.citizen_id_index.is_not(None),
    _other_holder(_PERSON.c.citizen_id_index) == 0,
)
NUMBER_IS_GONE: sa.ColumnElement[bool] = sa.and_(
    _ASKED.c.citizen_id_index.is_not(None), _PERSON.c.citizen_id_index.is_(None)
)
