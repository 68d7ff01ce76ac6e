"""The red flag about clerks: pair after pair accepted on screen faster than anybody can look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.flag_kinds import Found, day_text
from disburse.accounts.sight import Sight
from disburse.accounts.tables import Link
from disburse.audit.tables import AuditEvent
from disburse.db import among

FAST_ACCEPTS, FAST_SECONDS = 12, 60  # a careful look at a pair takes five seconds and more
FAST_LOOK_BACK = timedelta(days=90)


def fast_clerk(session: Session, sight: Sight) -> Iterator[Found]:
    """One clerk accepted pair after pair on screen faster than anybody can look at them."""
    begin = clock.utc_now() - FAST_LOOK_BACK
    rows = session.execute(
        sa.select(AuditEvent.actor_name, AuditEvent.at, AuditEvent.request_id, AuditEvent.object_id)  # type: ignore[call-overload]
        .where(col(AuditEvent.action) == "link.accepted", col(AuditEvent.via) == "web", col(AuditEvent.at) >= begin)
        .order_by(col(AuditEvent.at))
    )
    days: dict[tuple[str, date], list[Any]] = defaultdict(list)
    for row in rows:
        days[row[0], row[1].astimezone(clock.VIETNAM).date()].append(row)
    hasty = {key: acts for key, acts in days.items() if _fastest(acts) >= FAST_ACCEPTS}
    ours = _links_seen(session, sight, {row[3] for acts in hasty.values() for row in acts})
    for (name, day), acts in hasty.items():
        own = [row for row in acts if row[3] in ours]
        if (fastest := _fastest(own)) >= FAST_ACCEPTS:
            about = {"day": day_text(day), "count": str(len(_moments(own))), "fastest": str(fastest)}
            yield Found(f"{name[:60]} {day}", (), about, clerk=name)


def _links_seen(session: Session, sight: Sight, links: set[str]) -> set[str]:
    """Return those of these links whose holder may be seen."""
    asked = sa.select(col(Link.id), col(Link.person_id)).where(col(Link.person_id).is_not(None))
    holders = {row[0]: row[1] for row in among(session, asked, col(Link.id), [UUID(link) for link in sorted(links)])}
    seen = sight.of(session, holders.values())
    return {str(link) for link, holder in holders.items() if holder in seen}


def _moments(acts: list[Any]) -> list[datetime]:
    moments: dict[str, datetime] = {}
    for _, at, request, link in acts:
        moments.setdefault(request or link, at)  # a bulk act is one act
    return sorted(moments.values())


def _fastest(acts: list[Any]) -> int:
    return _most_within(_moments(acts), timedelta(seconds=FAST_SECONDS))


def _most_within(moments: list[datetime], window: timedelta) -> int:
    """Return the largest number of moments inside any window."""
    most = start = 0
    for end, moment in enumerate(moments):
        while moment - moments[start] > window:
            start += 1
        most = max(most, end - start + 1)
    return most
