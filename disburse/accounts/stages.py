"""What an enrolment owes to its recipient's link: the stages registered (own, other) and confirmed.

The flags are read just before the commit, with the enrolments' stages locked, so that of two transactions
that change the recipient and the link of one enrolment the later one sees both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col

from disburse.accounts.tables import LIVE, Link, LinkState, RecipientHold, RecipientLink
from disburse.at_commit import AtCommit
from disburse.db import INSERT_CHUNK, Given, among, given, one_in
from disburse.funnel import actions as funnel
from disburse.funnel.tables import EnrolmentStage
from disburse.people.tables import Recipient, RecipientKind

_NAMES = ("registered_own", "registered_other", "confirmed")


def restate(session: Session, enrolment_ids: Iterable[UUID]) -> None:
    """Have `registered_own`, `registered_other` and `confirmed` of enrolments set anew before the commit."""
    if ids := set(enrolment_ids):
        _NOTED.add(session, ids)


def restate_holders(session: Session, person_ids: Iterable[UUID], organisation_ids: Iterable[UUID] = ()) -> None:
    """Have the enrolments set anew whose current recipient is one of these persons or organisations."""
    recipient = sa.inspect(Recipient).local_table.c
    current = sa.select(recipient.enrolment_id).where(recipient.ended_on.is_(None))
    for column, ids in ((recipient.person_id, person_ids), (recipient.organisation_id, organisation_ids)):
        restate(session, (row[0] for row in among(session, current, column, ids)))


def settle(session: OrmSession) -> None:
    """Write what was noted, and the cells it moves. The commit does it by itself."""
    _NOTED.settle(session)
    funnel.settle(session)


def live_clause(link: Any = Link) -> sa.ColumnElement[bool]:
    """Return the condition under which a row of `link` (or of an alias of it) is live."""
    unconfirmed = [state for state in LIVE if state != LinkState.CONFIRMED]
    return sa.or_(
        col(link.state) == LinkState.CONFIRMED,
        sa.and_(col(link.state).in_(unconfirmed), col(link.replaces).is_(None)),
    )


def _select_used() -> sa.Select[Any]:
    """Select (enrolment, kind, state of the link used) of current recipients; None where there is no live link.

    A recipient uses the link it names, where that is live and its holder's, else the holder's primary one. Three
    look-ups a row, no joins, and a holder's links are sifted after they were found (there is one at most that is live
    and primary): so each goes by the index of who is asked for, however little the database knows of its tables. With
    the condition beside the look-up, the first five thousand links were each sought among all live ones.
    """
    recipient, naming, link = (sa.inspect(table).local_table.c for table in (Recipient, RecipientLink, Link))
    # Two levels deep SQLAlchemy does not see the recipient by itself: without the word the name would be anybody's.
    name = sa.select(naming.link_id).where(naming.recipient_id == recipient.id).correlate(recipient.id.table)
    of_recipient = sa.or_(link.person_id == recipient.person_id, link.organisation_id == recipient.organisation_id)
    named = sa.select(sa.func.max(sa.case((sa.and_(live_clause(link), of_recipient), link.state))))
    named = named.where(link.id == name.scalar_subquery())
    primary = sa.select(sa.func.max(sa.case((sa.and_(live_clause(link), link.is_primary), link.state))))
    own = primary.where(link.person_id == recipient.person_id)
    common = primary.where(link.organisation_id == recipient.organisation_id)
    state = sa.func.coalesce(named.scalar_subquery(), own.scalar_subquery(), common.scalar_subquery())
    return sa.select(recipient.enrolment_id, recipient.kind, state.label("state"))


def _select_current() -> sa.Select[Any]:
    """Leave out who received before, and who is held until an officer has looked."""
    recipient, hold = (sa.inspect(table).local_table.c for table in (Recipient, RecipientHold))
    held = sa.exists().where(hold.recipient_id == recipient.id, hold.settled_on.is_(None))
    return _select_used().where(recipient.ended_on.is_(None), ~held)


_CURRENT = _select_current()
_STAGE: sa.Table = EnrolmentStage.__table__  # type: ignore[attr-defined]


def _told(session: OrmSession, ids: Given) -> sa.CTE:
    """Select the three flags of these enrolments as their recipients and links stand, once and by itself."""
    recipients = sa.inspect(Recipient).local_table.c
    used = _CURRENT.where(one_in(session, recipients.enrolment_id, ids)).subquery("used")
    is_own = used.c.kind == RecipientKind.OWN
    return (
        sa.select(
            _STAGE.c.enrolment_id,
            _flag(used.c.state.is_not(None), is_own).label("registered_own"),
            _flag(used.c.state.is_not(None), ~is_own).label("registered_other"),
            _flag(used.c.state == LinkState.CONFIRMED).label("confirmed"),
        )
        .select_from(_STAGE.outerjoin(used, used.c.enrolment_id == _STAGE.c.enrolment_id))
        .where(one_in(session, _STAGE.c.enrolment_id, ids))
        .cte("told")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )


def _flag(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.case((sa.and_(*conditions), 1), else_=0)


def _write(session: OrmSession, noted: list[set[UUID]]) -> None:
    session.flush()
    ids = sorted(set[UUID]().union(*noted), key=lambda id_: id_.int)
    for start in range(0, len(ids), INSERT_CHUNK):
        some = given(session, _STAGE.c.enrolment_id, ids[start : start + INSERT_CHUNK])
        funnel.restate_by(session, ids=some, names=_NAMES, told=_told(session, some))


# Made after the funnel's notes and so written before them: it notes for the funnel.
_NOTED = AtCommit("registered", _write)
