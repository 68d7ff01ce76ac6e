"""The months behind us: which days are closed and reproduce for ever."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from disburse.progress.tables import ProgressSnapshot


def closed_days(session: Session) -> list[date]:
    """Return the last days of the closed months, newest first."""
    days = select(col(ProgressSnapshot.as_of)).distinct().order_by(col(ProgressSnapshot.as_of).desc())
    return list(session.exec(days))
