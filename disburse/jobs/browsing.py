"""Jobs as a page lists them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from disburse.jobs.tables import Job


def jobs(session: Session, *, made_by: str | None = None, limit: int, offset: int) -> tuple[int, list[Job]]:
    """Return how many jobs there are (of one maker, or of all) and one page of them, newest first."""
    shown = select(Job)
    if made_by is not None:
        shown = shown.where(Job.created_by == made_by)
    total = session.exec(select(sa.func.count()).select_from(shown.subquery())).one()
    return total, list(session.exec(shown.order_by(col(Job.id).desc()).limit(limit).offset(offset)))
