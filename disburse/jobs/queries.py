"""Reads of jobs: for the jobs page and the readiness probe."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from disburse.jobs.tables import Job, JobState


def newest(session: Session, *, limit: int = 50, offset: int = 0) -> list[Job]:
    """Return jobs, newest first."""
    return list(session.exec(select(Job).order_by(col(Job.id).desc()).limit(limit).offset(offset)))


def count(session: Session) -> int:
    """Return how many jobs there are."""
    return session.exec(select(func.count()).select_from(Job)).one()


def get(session: Session, job_id: UUID) -> Job | None:
    """Return one job."""
    return session.get(Job, job_id)


def of_object(session: Session, object_id: object) -> list[Job]:
    """Return the jobs that work on one object, newest first."""
    return list(session.exec(select(Job).where(Job.object_id == str(object_id)).order_by(col(Job.id).desc())))


def waiting(session: Session) -> int:
    """Return how many jobs wait or run."""
    states = [JobState.QUEUED, JobState.RUNNING]
    return session.exec(select(func.count()).select_from(Job).where(col(Job.state).in_(states))).one()


def under_way(session: Session, *kinds: str) -> bool:
    """Return whether a job of these kinds waits or runs."""
    states = [JobState.QUEUED, JobState.RUNNING]
    going = select(Job.id).where(col(Job.kind).in_(kinds), col(Job.state).in_(states))
    return session.exec(going.limit(1)).first() is not None


def at_work(session: Session, *kinds: str) -> int:
    """Return how many jobs of these kinds run."""
    running = (col(Job.kind).in_(kinds), col(Job.state) == JobState.RUNNING)
    return session.exec(select(func.count()).select_from(Job).where(*running)).one()


def queued(session: Session, *, kind: str, object_ids: Iterable[object]) -> dict[str, datetime]:
    """Return when the waiting jobs of a kind about these objects may begin, by the object's id."""
    asked = select(Job.object_id, Job.run_after, Job.created_at).where(
        Job.kind == kind, Job.state == JobState.QUEUED, col(Job.object_id).in_([str(one) for one in object_ids])
    )
    return {about: run_after or made for about, run_after, made in session.exec(asked)}
