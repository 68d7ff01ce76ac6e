"""The red flag about clerks: pair after pair accepted on screen faster than anybody can look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse import clock
from disburse.accounts.flag_kinds import Found, day_text
from disburse.accounts.review_tables import Judgement, Said, Stage
from disburse.accounts.sight import Sight

FAST_ACCEPTS, FAST_SECONDS = 12, 60  # a careful look at a pair takes five seconds and more
FAST_LOOK_BACK = timedelta(days=90)


def fast_clerk(session: Session, sight: Sight) -> Iterator[Found]:
    """One clerk said yes to card after card faster than anybody can look at them.

    First and second words and those on samples alike, whatever became of them; what is accepted in bulk was not looked
    at one by one and is watched by its sample.
    """
    begin = clock.utc_now() - FAST_LOOK_BACK
    words = sa.select(col(Judgement.user_name), col(Judgement.at), col(Judgement.person_id)).where(
        col(Judgement.said) == Said.YES, col(Judgement.stage) != Stage.BULK, col(Judgement.at) >= begin
    )
    days: dict[tuple[str, date], list[tuple[datetime, UUID]]] = defaultdict(list)
    for name, at, person in session.execute(words.order_by(col(Judgement.at))):
        days[name, at.astimezone(clock.VIETNAM).date()].append((at, person))
    hasty = {key: said for key, said in days.items() if _fastest(said) >= FAST_ACCEPTS}
    seen = sight.of(session, {person for said in hasty.values() for _, person in said})
    for (name, day), said in hasty.items():
        own = [one for one in said if one[1] in seen]
        if (fastest := _fastest(own)) >= FAST_ACCEPTS:
            about = {"day": day_text(day), "count": str(len(own)), "fastest": str(fastest)}
            yield Found(f"{name[:60]} {day}", (), about, clerk=name)


def _fastest(said: list[tuple[datetime, UUID]]) -> int:
    return _most_within([at for at, _ in said], timedelta(seconds=FAST_SECONDS))


def _most_within(moments: list[datetime], window: timedelta) -> int:
    """Return the largest number of moments inside any window."""
    most = start = 0
    for end, moment in enumerate(moments):
        while moment - moments[start] > window:
            start += 1
        most = max(most, end - start + 1)
    return most
