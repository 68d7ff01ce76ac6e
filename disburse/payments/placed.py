"""Do enrolments that came to another commune, or back, count as paid? Each commune speaks of a month of its own.

The funnel asks it by its name, just before the commit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from disburse.db import among
from disburse.payments import queries
from disburse.people.tables import Enrolment


def paid_where_they_are(session: Session, enrolment_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """Return the stage `paid` of enrolments: were they paid by account in the month their commune of now speaks of?"""
    where = sa.select(col(Enrolment.id), col(Enrolment.programme), col(Enrolment.commune_code))
    placed: dict[str, dict[str, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for enrolment, programme, commune in among(session, where, col(Enrolment.id), enrolment_ids):
        placed[programme][commune].append(enrolment)
    paid: set[UUID] = set()
    for programme, communes in sorted(placed.items()):
        months: dict[str, list[UUID]] = defaultdict(list)
        for commune, period in queries.reported_periods(session, programme, communes).items():
            months[period] += communes[commune]
        for period, here in sorted(months.items()):
            paid |= queries.paid_among(session, programme, period, here)
    return {enrolment: {"paid": int(enrolment in paid)} for enrolment in enrolment_ids}
